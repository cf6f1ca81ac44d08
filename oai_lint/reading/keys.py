"""Places where a key is due, and where what stands there comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import (
    ApiCall,
    ClientCopy,
    ClientInit,
    ClientSetting,
    Host,
    ModuleRead,
    ModuleSetting,
)
from oai_lint.facts.http import HttpClient, HttpSetting, RawCall
from oai_lint.facts.keys import (
    EnvironmentWrite,
    KeyUse,
    ModuleValue,
    Position,
)
from oai_lint.facts.values import (
    Argument,
    Entry,
    Expr,
    Literal,
    Mapping,
    Text,
    Value,
)
from oai_lint.knowledge.variables import KEY_VARIABLES
from oai_lint.reading.hosts import host_of_expr
from oai_lint.reading.openai_module import module_host
from oai_lint.reading.tree import dotted
from oai_lint.rule import Confidence

if TYPE_CHECKING:
    from oai_lint.reading import Reading

KEY, ADMIN, AZURE = "OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "AZURE_OPENAI_API_KEY"
_HEADERS = frozenset({"authorization", "api-key"})
_MOST_SOURCES = 200
"""How many literals of one text are looked for."""


def key_uses(reading: Reading) -> Iterator[KeyUse]:
    """Yield every expression in a place where a key is due."""
    found = [*_of_clients(reading), *_of_module(reading), *_of_headers(reading),
             *_of_environment(reading)]  # fmt: skip
    yield from sorted(found, key=lambda use: use.site.order)


def _use(
    reading: Reading,
    node: cst.CSTNode,
    expr: Expr,
    position: Position,
    host: Host,
    *,
    variable: str = KEY,
    argument: Argument | None = None,
    removable: cst.CSTNode | None = None,
    by_sdk: bool = True,
    confidence: Confidence = Confidence.HIGH,
) -> KeyUse:
    if argument is not None and (argument.spread or argument.node is argument.expr.node):
        argument = None
    return KeyUse(
        node, expr, position, host, variable, frozenset(_sources(reading, expr)),
        reading.site(expr.node), argument, removable, by_sdk, confidence,
    )  # fmt: skip


def _of_clients(reading: Reading) -> Iterator[KeyUse]:
    hosts = {}
    for init in reading.all(ClientInit):
        hosts[init.node] = init
        variable = AZURE if init.is_azure else KEY
        arguments = [(init.call["api_key"], variable), (init.call["admin_api_key"], ADMIN)]
        if init.call.positional and init.call["api_key"] is None:
            arguments.append((init.call.positional[0], variable))
        for argument, name in arguments:
            if argument is not None:
                yield _use(
                    reading, argument.node, argument.expr, Position.CLIENT, init.host,
                    variable=name, argument=argument, confidence=init.confidence,
                )  # fmt: skip
    for copy in reading.all(ClientCopy):
        argument = copy.call["api_key"]
        if argument is None:
            continue
        made = hosts.get(copy.made)
        host = made.host if made is not None else Host.UNKNOWN
        base_url = copy.call["base_url"]
        yield _use(
            reading, argument.node, argument.expr, Position.CLIENT,
            host if base_url is None else host_of_expr(base_url.expr),
            variable=AZURE if "Azure" in copy.client else KEY, confidence=copy.confidence,
        )  # fmt: skip
    for setting in reading.all(ClientSetting):
        if setting.name == "api_key":
            made = hosts.get(getattr(getattr(setting.owner, "call", None), "node", None))
            host = made.host if made is not None else Host.UNKNOWN
            variable = AZURE if "Azure" in setting.owner.origin else KEY
            yield _use(
                reading, setting.node, setting.value, Position.ATTRIBUTE, host,
                variable=variable, confidence=setting.owner.confidence,
            )  # fmt: skip


def _of_module(reading: Reading) -> Iterator[KeyUse]:
    for setting in reading.all(ModuleSetting):
        if setting.name == "api_key":
            yield _use(reading, setting.node, setting.value, Position.MODULE, module_host(reading))
    for call in reading.all(ApiCall):
        argument = call.call["api_key"]
        if not call.legacy or not call.on_module or argument is None:
            continue
        host = call.host
        for name in ("api_base", "api_type"):
            given = call.call[name]
            if given is not None:
                host = host_of_expr(given.expr) if name == "api_base" else Host.UNKNOWN
        yield _use(
            reading, argument.node, argument.expr, Position.CALL, host,
            argument=argument, confidence=call.confidence,
        )  # fmt: skip


def _of_headers(reading: Reading) -> Iterator[KeyUse]:
    places: list[tuple[Expr, Host, bool, Confidence]] = []
    for raw in reading.all(RawCall):
        headers = raw.call.get("headers", 2 if raw.library == "urllib" else None)
        if raw.host.is_ours and headers is not None:
            places.append((headers.expr, raw.host, False, raw.confidence))
    for client in reading.all(HttpClient):
        headers = client.call["headers"]
        ours = [host for host in client.serves if host.is_ours]
        if headers is not None and ours and not client.injected:
            places.append((headers.expr, ours[0], False, client.confidence))
    for init in reading.all(ClientInit):
        for name in ("default_headers", "extra_headers"):
            headers = init.call[name]
            if headers is not None:
                places.append((headers.expr, init.host, True, init.confidence))
    for call in reading.all(ApiCall):
        headers = call.call["extra_headers"]
        if headers is not None:
            places.append((headers.expr, call.host, True, call.confidence))
    seen = set()
    for expr, host, by_sdk, confidence in places:
        for value in expr.values:
            for entry in _secret_headers(value):
                if entry.value.node not in seen:
                    seen.add(entry.value.node)
                    yield _header(
                        reading, entry.node, entry.value, host, by_sdk=by_sdk,
                        confidence=confidence,
                    )  # fmt: skip
    made = {c.node: c for c in reading.all(HttpClient)}
    for setting in reading.all(HttpSetting):
        client = made.get(setting.made)  # type: ignore[assignment]
        ours = [host for host in client.serves if host.is_ours] if client is not None else []
        if setting.name != "headers" or not ours or client.injected:
            continue
        if setting.key is not None:
            if setting.key.lower() in _HEADERS:
                yield _header(reading, setting.node, setting.value, ours[0], by_sdk=False)
            continue
        for value in setting.value.values:
            for entry in _secret_headers(value):
                yield _header(reading, entry.node, entry.value, ours[0], by_sdk=False)


def _secret_headers(value: Value) -> Iterator[Entry]:
    """Yield the entries of a mapping of headers that carry a key."""
    for entry in value.entries if isinstance(value, Mapping) else ():
        if isinstance(entry.key, str) and entry.key.lower() in _HEADERS:
            yield entry


def _header(
    reading: Reading,
    node: cst.CSTNode,
    expr: Expr,
    host: Host,
    *,
    by_sdk: bool,
    confidence: Confidence = Confidence.HIGH,
) -> KeyUse:
    variable = AZURE if host is Host.AZURE else KEY
    return _use(
        reading, node, expr, Position.HEADER, host, variable=variable, by_sdk=by_sdk,
        confidence=confidence,
    )  # fmt: skip


def _of_environment(reading: Reading) -> Iterator[KeyUse]:
    written = [w for w in reading.all(EnvironmentWrite) if w.variable in KEY_VARIABLES]
    host = file_host(reading) if written else Host.UNKNOWN
    for write in written:
        its = Host.AZURE if write.variable == AZURE else host
        yield _use(
            reading, write.node, write.value, Position.ENVIRONMENT, its,
            variable=write.variable,
            removable=write.removable, by_sdk=reading.imports("openai"),
        )  # fmt: skip


def file_host(reading: Reading) -> Host:
    """Return whose server the clients of the file talk to, as far as the file says."""
    hosts = {init.host for init in reading.all(ClientInit)}
    hosts |= {raw.host for raw in reading.all(RawCall) if raw.host.is_ours}
    if any(setting.name in ("api_base", "base_url") for setting in reading.all(ModuleSetting)):
        hosts.add(module_host(reading))
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
        written = reading.variable(name)
        if written is not None:
            hosts.add(host_of_expr(written))
    if any(not host.is_ours for host in hosts):
        return next(host for host in hosts if not host.is_ours)
    return Host.OPENAI


def _sources(reading: Reading, expr: Expr) -> Iterator[cst.CSTNode]:
    """Yield the literals that make up the text of an expression."""
    seen: set[cst.CSTNode] = set()
    waiting = _texts(expr.values)
    while waiting and len(seen) <= _MOST_SOURCES:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        owners: list[cst.CSTNode] = []
        match node:
            case cst.SimpleString() | cst.FormattedStringText():
                yield node
            case cst.ConcatenatedString(left=left, right=right):
                waiting += (left, right)
            case cst.FormattedString(parts=parts):
                waiting += parts
            case cst.FormattedStringExpression(expression=inner):
                owners = [inner]
            case cst.BinaryOperation(left=left, right=right):
                owners = [left, right]
            case cst.Call(func=cst.Attribute(value=owner), args=args):
                owners = [owner, *(arg.value for arg in args)]
        for inside in owners:
            waiting += _texts(reading.evaluator.values(inside))


def _texts(values: Iterable[Value]) -> list[cst.CSTNode]:
    return [value.node for value in values if isinstance(value, (Literal, Text))]


_BINDERS = (cst.Attribute, cst.ImportAlias, cst.ImportFrom, cst.AsName)


def module_values(reading: Reading) -> Iterator[ModuleValue]:
    """Yield the places where the module itself is a value."""
    names = {read.alias for read in reading.all(ModuleRead) if read.name == "openai"}
    for node in reading.tree.nodes.get(cst.Name, ()):
        assert isinstance(node, cst.Name)
        parent = reading.tree.parents.get(node)
        binds = isinstance(parent, _BINDERS)
        if isinstance(parent, cst.Param):
            binds = parent.default is not node
        if node.value not in names or binds:
            continue
        if isinstance(parent, cst.Arg):
            call = reading.tree.parents[parent]
            if parent.keyword is node or (
                isinstance(call, cst.Call) and dotted(call.func) in ("setattr", "hasattr")
            ):
                continue
        if reading.evaluator.origin(node) == "openai":
            yield ModuleValue(node, reading.site(node))
