"""Facts about keys, read off the values."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import replace
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
    Disclosure,
    EnvironmentRead,
    EnvironmentWrite,
    Form,
    KeyComment,
    KeyLiteral,
    KeyUse,
    ModuleValue,
    Outlet,
    Position,
    Role,
)
from oai_lint.facts.values import (
    Argument,
    Call,
    Entry,
    Environment,
    Expr,
    Items,
    Literal,
    Mapping,
    Text,
    Value,
)
from oai_lint.knowledge.keys import INFIX, real_keys
from oai_lint.knowledge.variables import KEY_VARIABLES
from oai_lint.patch import Span
from oai_lint.reading.clients import module_host
from oai_lint.reading.hosts import host_of_expr
from oai_lint.reading.texts import unescaped
from oai_lint.reading.tree import dotted
from oai_lint.rule import Confidence

if TYPE_CHECKING:
    from oai_lint.reading import Reading

KEY, ADMIN, AZURE = "OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "AZURE_OPENAI_API_KEY"
_HEADERS = frozenset({"authorization", "api-key"})
_OS_READS = ("os.getenv()", "os.environ.get()", "os.environ.pop()")
_OTHER_READS = {
    "decouple.config()": "default",
    "decouple.Config()()": "default",
    "decouple.AutoConfig()()": "default",
    "environs.Env()()": "default",
    "environs.Env().str()": "default",
    "environs.env()": "default",
    "environs.env.str()": "default",
    "environ.Env()()": "default",
    "environ.Env().str()": "default",
    "starlette.config.Config()()": "default",
    "dotenv.dotenv_values().get()": "default",
}
_SETTINGS = ("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings")
_BASE_URL = re.compile(r"base_?url|api_?base|endpoint", re.I)
_OPTIONS = ("click.option()", "typer.Option()", "click.Option()")
_MOST_SOURCES = 200
"""How many literals of one text are looked for."""


# -- where a key is due ----------------------------------------------------------------------------


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


# -- literals --------------------------------------------------------------------------------------


def key_literals(reading: Reading) -> Iterator[KeyLiteral]:
    """Yield the literals that hold a real key and those that reach a place for a key."""
    reached: dict[cst.CSTNode, list[KeyUse]] = {}
    for use in reading.all(KeyUse):
        for source in use.sources:
            reached.setdefault(source, []).append(use)
    reads = {
        literal.node: read
        for read in reading.all(EnvironmentRead)
        if read.default is not None
        for literal in read.default.literals
    }
    texts: set[str] = set()
    for kind in (cst.SimpleString, cst.FormattedStringText):
        for node in reading.tree.nodes.get(kind, ()):
            raw = node.value  # type: ignore[attr-defined]
            if node not in reached and "sk-" not in raw and INFIX not in raw:
                continue
            text = _text_of(reading, node)
            if text is None:
                continue
            read = reads.get(node)
            uses = reached.get(node, ())
            if not uses and read is None and not real_keys(text, 20):
                continue
            role, label = _role(reading, node)
            if role is not None:
                texts.add(text)
                yield KeyLiteral(node, text, role, label, tuple(uses), reading.site(node), read)
    yield from _compared(reading, texts)


def _compared(reading: Reading, texts: set[str]) -> Iterator[KeyLiteral]:
    """Yield the literals that the file holds some of ``texts`` against, whole or in part."""
    if not texts:
        return
    for node in reading.tree.nodes.get(cst.SimpleString, ()):
        parent = reading.tree.parents[node]
        while isinstance(parent, (cst.Element, cst.Tuple, cst.List, cst.Set)):
            parent = reading.tree.parents[parent]
        call = reading.tree.parents.get(parent)
        tested = isinstance(parent, (cst.Comparison, cst.ComparisonTarget, cst.MatchValue)) or (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Attribute)
            and call.func.attr.value in ("startswith", "endswith")
        )
        text = _text_of(reading, node) if tested else None
        if text is not None and len(text) > 2 and any(text in whole for whole in texts):
            yield KeyLiteral(node, text, Role.COMPARED, "", (), reading.site(node))


def _text_of(reading: Reading, node: cst.CSTNode) -> str | None:
    if isinstance(node, cst.FormattedStringText):
        outer = reading.tree.parents[node]
        assert isinstance(outer, cst.FormattedString)
        return unescaped(node.value, "r" in outer.start.lower())
    text = reading.expr(node).literal
    return text if isinstance(text, str) else None


def _role(reading: Reading, node: cst.CSTNode) -> tuple[Role | None, str]:
    """Say what a literal does where it stands; no role for a statement of its own."""
    parents = reading.tree.parents
    role: Role | None = None
    child, parent = node, parents.get(node)
    if isinstance(node, cst.FormattedStringText):
        role = Role.PART
    while True:
        match parent:
            case cst.Expr():
                return None, ""
            case cst.Arg():
                call = parents[parent]
                label = parent.keyword.value if parent.keyword else ""
                if isinstance(call, cst.Call):
                    if _names_variable(reading, call, parent):
                        return role or Role.NAME, label
                    if not label:
                        label = _position_label(reading, call, parent)
                return role or Role.ARGUMENT, label
            case cst.DictElement():
                key = reading.expr(parent.key).literal
                label = key if isinstance(key, str) and child is parent.value else ""
                return role or Role.ENTRY, label
            case cst.Assign():
                target = parent.targets[0].target
                return role or Role.TARGET, _target_label(reading, target)
            case cst.AnnAssign() | cst.NamedExpr() | cst.AugAssign():
                return role or Role.TARGET, _target_label(reading, parent.target)
            case cst.Param():
                return role or Role.DEFAULT, parent.name.value
            case cst.Comparison() | cst.ComparisonTarget() | cst.MatchValue():
                return Role.COMPARED, ""
            case cst.Index() | cst.SubscriptElement():
                if isinstance(parents.get(parent), (cst.Subscript, cst.SubscriptElement)):
                    outer = parents[parent]
                    while not isinstance(outer, cst.Subscript):
                        outer = parents[outer]
                    if reading.evaluator.origin(outer.value) == "os.environ":
                        return role or Role.NAME, ""
                return role or Role.OTHER, ""
            case cst.Element():
                role = role or Role.ELEMENT
            case cst.FormattedString() | cst.ConcatenatedString():
                role = Role.PART
            case cst.Return() | cst.Lambda():
                return role or Role.TARGET, ""
            case (
                cst.BinaryOperation() | cst.BooleanOperation() | cst.IfExp()
                | cst.Tuple() | cst.List() | cst.Set()
            ):  # fmt: skip
                pass
            case _:
                return role or Role.OTHER, ""
        child, parent = parent, parents.get(parent)


def _target_label(reading: Reading, target: cst.CSTNode) -> str:
    if isinstance(target, cst.Subscript):
        key = reading.evaluator.index(target)
        return key if isinstance(key, str) else dotted(target.value) or ""
    return dotted(target) or ""


def _names_variable(reading: Reading, call: cst.Call, arg: cst.Arg) -> bool:
    origin = f"{reading.evaluator.origin(call.func)}()"
    if origin not in _OS_READS and origin not in _OTHER_READS:
        return False
    return arg is call.args[0] if arg.keyword is None else arg.keyword.value == "key"


def _position_label(reading: Reading, call: cst.Call, arg: cst.Arg) -> str:
    """Return the name of the variable that a call sets, or the callee's own name."""
    if len(call.args) > 1 and arg is not call.args[0]:
        first = reading.expr(call.args[0].value).literal
        if isinstance(first, str):
            return first
    return dotted(call.func) or ""


# -- the environment -------------------------------------------------------------------------------


def environment_writes(reading: Reading) -> Iterator[EnvironmentWrite]:
    """Yield every assignment to an environment variable."""
    if "environ" not in reading.text and "putenv" not in reading.text:
        return
    evaluator, parents = reading.evaluator, reading.tree.parents
    names = _environ_names(reading)
    for node in reading.tree.nodes.get(cst.AssignTarget, ()):
        assert isinstance(node, cst.AssignTarget)
        target = node.target
        if not isinstance(target, cst.Subscript) or not _is_environ(reading, target.value, names):
            continue
        name = evaluator.index(target)
        assign = parents[node]
        assert isinstance(assign, cst.Assign)
        if isinstance(name, str):
            alone = len(assign.targets) == 1
            yield EnvironmentWrite(
                target, name, target.slice[0], reading.expr(assign.value),
                assign if alone else None, reading.site(target),
            )  # fmt: skip
    for node, call, origin, _ in reading.made():
        if origin in ("os.environ.setdefault()", "os.putenv()") and len(call.positional) == 2:
            name = call.positional[0].literal
            if isinstance(name, str):
                statement = parents.get(node)
                yield EnvironmentWrite(
                    node, name, call.positional[0].expr.node, call.positional[1].expr,
                    statement if isinstance(statement, cst.Expr) else None, reading.site(node),
                )  # fmt: skip
        elif origin == "os.environ.update()":
            yield from _updated(reading, call)


def _environ_names(reading: Reading) -> frozenset[str]:
    """Return the names that the file may give ``os.environ``."""
    found = {"environ"}
    for names in reading.scopes.bindings.values():
        for name, bindings in names.items():
            for binding in bindings:
                given = binding.value
                if binding.kind == "from" and isinstance(binding.node, cst.ImportAlias):
                    given = binding.node.name
                elif isinstance(binding.node, cst.Param):
                    given = binding.node.default
                if given is not None and (dotted(given) or "").endswith("environ"):
                    found.add(name)
    return frozenset(found)


def _is_environ(reading: Reading, node: cst.CSTNode, names: frozenset[str]) -> bool:
    """Say whether an expression is ``os.environ``; most are told from their spelling."""
    written = dotted(node)
    if written is None or not (written in names or written.endswith(".environ")):
        return False
    return reading.evaluator.origin(node) == "os.environ"


def _updated(reading: Reading, call: Call) -> Iterator[EnvironmentWrite]:
    for argument in call.keywords.values():
        if argument.name is not None and not argument.spread:
            yield EnvironmentWrite(
                argument.node, argument.name, argument.node, argument.expr, argument.node,
                reading.site(argument.node),
            )  # fmt: skip
    for argument in call.positional[:1]:
        for value in argument.values:
            for entry in value.entries if isinstance(value, Mapping) else ():
                if isinstance(entry.key, str) and isinstance(entry.node, cst.DictElement):
                    yield EnvironmentWrite(
                        entry.node, entry.key, entry.key_node, entry.value, entry.node,
                        reading.site(entry.node),
                    )  # fmt: skip


def environment_reads(reading: Reading) -> Iterator[EnvironmentRead]:
    """Yield every read of an environment variable, with the default that stands in for it."""
    found = [*_plain_reads(reading), *_or_reads(reading), *_conditional_reads(reading),
             *_fields(reading), *_options(reading)]  # fmt: skip
    for read in sorted(found, key=lambda read: read.site.order):
        yield replace(read, host=_read_host(reading, read.uses))


def _reached(
    reading: Reading, nodes: Iterable[cst.CSTNode], default: Expr | None
) -> tuple[KeyUse, ...]:
    wanted = set(nodes)
    if default is not None:
        wanted.update(value.node for value in default.values)
    return tuple(
        use
        for use in reading.all(KeyUse)
        if any(value.node in wanted for value in _all_values(use.expr))
    )


def _read_host(reading: Reading, uses: tuple[KeyUse, ...]) -> Host:
    """Return whose key a variable holds: UNKNOWN where a URL beside it may name any server."""
    if uses:
        return next((use.host for use in uses if not use.host.is_ours), uses[0].host)
    if _BASE_URL.search(reading.text):
        return Host.UNKNOWN
    return file_host(reading)


def _all_values(expr: Expr) -> Iterator[Value]:
    for value in expr.values:
        yield value
        if isinstance(value, Text):
            for part in value.parts:
                if isinstance(part, Expr):
                    yield from part.values


def _plain_reads(reading: Reading) -> Iterator[EnvironmentRead]:
    for node, call, origin, _ in reading.made():
        keyword = "default" if origin in _OS_READS else _OTHER_READS.get(origin)
        if keyword is None:
            continue
        name = call.get("key", 0)
        variable = name.literal if name is not None else None
        if isinstance(variable, str):
            default = call.get(keyword, 1)
            expr = default.expr if default is not None else None
            yield EnvironmentRead(
                node, variable, Form.READ, expr, reading.site(node),
                argument=default.node if default is not None else None,
                uses=_reached(reading, (node,), expr), by_os=origin in _OS_READS,
            )  # fmt: skip
    subscripts = reading.tree.nodes.get(cst.Subscript, ()) if "environ" in reading.text else ()
    names = _environ_names(reading) if subscripts else frozenset()
    for sub in subscripts:
        assert isinstance(sub, cst.Subscript)
        if isinstance(reading.tree.parents.get(sub), cst.AssignTarget):
            continue
        if not _is_environ(reading, sub.value, names):
            continue
        for value in reading.evaluator.values(sub):
            if isinstance(value, Environment) and value.node is sub:
                yield EnvironmentRead(
                    sub, value.variable, Form.READ, None, reading.site(sub),
                    uses=_reached(reading, (sub,), None),
                )  # fmt: skip


def _key_reads(reading: Reading, node: cst.CSTNode) -> list[Environment]:
    return [
        value
        for value in reading.evaluator.values(node)
        if isinstance(value, Environment) and value.variable in KEY_VARIABLES
    ]


def _or_reads(reading: Reading) -> Iterator[EnvironmentRead]:
    for node in reading.tree.nodes.get(cst.BooleanOperation, ()):
        assert isinstance(node, cst.BooleanOperation)
        if not isinstance(node.operator, cst.Or) or not reading.may_matter(node.left):
            continue
        default = reading.expr(node.right)
        if not isinstance(default.literal, str):
            continue
        reads = _key_reads(reading, node.left)
        if reads:
            direct = any(read.node is node.left for read in reads)
            yield EnvironmentRead(
                node, reads[0].variable, Form.OR, default, reading.site(node), node.left,
                uses=_reached(reading, [read.node for read in reads], default), by_os=direct,
            )  # fmt: skip


def _conditional_reads(reading: Reading) -> Iterator[EnvironmentRead]:
    for node in reading.tree.nodes.get(cst.IfExp, ()):
        assert isinstance(node, cst.IfExp)
        for rest, other in ((node.body, node.orelse), (node.orelse, node.body)):
            if not reading.may_matter(rest):
                continue
            default = reading.expr(other)
            if not isinstance(default.literal, str):
                continue
            reads = _key_reads(reading, rest)
            if not reads:
                continue
            test = reading.code(node.test)
            if reads[0].variable not in test and reading.code(rest) not in test:
                continue
            direct = any(read.node is rest for read in reads)
            yield EnvironmentRead(
                node, reads[0].variable, Form.CONDITIONAL, default, reading.site(node), rest,
                uses=_reached(reading, [read.node for read in reads], default), by_os=direct,
            )  # fmt: skip


def _fields(reading: Reading) -> Iterator[EnvironmentRead]:
    for owner in reading.tree.nodes.get(cst.ClassDef, ()):
        assert isinstance(owner, cst.ClassDef)
        if not any(reading.evaluator.origin(base.value) in _SETTINGS for base in owner.bases):
            continue
        prefixed = "env_prefix" in reading.code(owner)
        for line in owner.body.body:
            for field in line.body if isinstance(line, cst.SimpleStatementLine) else ():
                if isinstance(field, cst.AnnAssign) and field.value is not None:
                    yield from _field(reading, field, prefixed=prefixed)


def _field(reading: Reading, field: cst.AnnAssign, *, prefixed: bool) -> Iterator[EnvironmentRead]:
    assert field.value is not None
    names = [] if prefixed else [(dotted(field.target) or "").upper()]
    default: Expr = reading.expr(field.value)
    argument = None
    origin = reading.evaluator.origin(field.value)
    if origin in ("pydantic.Field()", "pydantic.fields.Field()", "pydantic.v1.Field()"):
        assert isinstance(field.value, cst.Call)
        call = reading.evaluator.call(field.value)
        given = call.get("default", 0)
        if given is None:
            return
        default, argument = given.expr, given.node
        for keyword in ("env", "alias", "validation_alias"):
            alias = call[keyword]
            if alias is not None:
                names = [alias.literal.upper()] if isinstance(alias.literal, str) else []
    variable = next((name for name in names if name in KEY_VARIABLES), "")
    if variable:
        yield EnvironmentRead(
            field, variable, Form.FIELD, default, reading.site(field), field.target,
            field.annotation.annotation, argument, _reached(reading, (), default), by_os=False,
        )  # fmt: skip


def _options(reading: Reading) -> Iterator[EnvironmentRead]:
    for node, call, origin, _ in reading.made():
        if origin in _OPTIONS or (
            origin.startswith("argparse.") and origin.endswith(".add_argument()")
        ):
            yield from _option(reading, node, call, origin)


def _option(reading: Reading, node: cst.Call, call: Call, origin: str) -> Iterator[EnvironmentRead]:
    position = 0 if origin.startswith("typer.") else None
    default = call.get("default", position)
    if default is None:
        return
    names = [a.literal for a in call.positional if isinstance(a.literal, str)]
    names = [name for name in names if name.startswith("-")]
    parent = reading.tree.parents.get(node)
    if isinstance(parent, cst.Param):
        names.append(parent.name.value)
    dest = call["dest"]
    if dest is not None and isinstance(dest.literal, str):
        names.append(dest.literal)
    words = [re.sub(r"[-_]", "", name).lower() for name in names]
    variable = KEY if any("openai" in word and "key" in word for word in words) else ""
    uses: tuple[KeyUse, ...] = ()
    envvar = call["envvar"]
    if envvar is not None and envvar.literal in KEY_VARIABLES:
        variable = envvar.literal
    if origin.startswith("argparse."):
        ends = {"." + name.lstrip("-").replace("-", "_") for name in names}
        uses = tuple(
            use
            for use in reading.all(KeyUse)
            for o in use.expr.origins
            if o.startswith("argparse.") and any(o.endswith(f"(){end}") for end in ends)
        )
        if uses and any("key" in word for word in words):
            variable = variable or uses[0].variable
    if variable and (not any("azure" in word for word in words) or variable == AZURE):
        yield EnvironmentRead(
            node, variable, Form.OPTION, default.expr, reading.site(node),
            argument=default.node, uses=uses, by_os=envvar is not None,
        )  # fmt: skip


# -- what comes to light ---------------------------------------------------------------------------

_PRINTS = frozenset({
    "builtins.print()", "rich.print()", "pprint.pprint()", "pprint.pp()", "click.echo()",
    "click.secho()", "typer.echo()", "typer.secho()", "sys.stdout.write()", "sys.stderr.write()",
    "warnings.warn()", "sys.exit()", "builtins.exit()", "streamlit.write()", "streamlit.info()",
    "streamlit.text()", "streamlit.success()", "streamlit.error()",
    "rich.console.Console().print()",
})  # fmt: skip
_LEVELS = "debug|info|warning|warn|error|critical|exception|log|success|trace|fatal"
_LOGGERS = (
    r"logging|logging\.getLogger\(\)|loguru\.logger"
    r"|structlog\.(?:stdlib\.)?get_logger\(\)|[\w.]*\.(?:logger|log|LOGGER|LOG)"
)
_LOG = re.compile(rf"(?:{_LOGGERS})\.(?:{_LEVELS})\(\)")
_COMMANDS = re.compile(
    r"subprocess\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)\(\)"
    r"|os\.(?:system|popen)\(\)|asyncio\.create_subprocess_(?:shell|exec)\(\)"
)
_ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete", "api_route"})
_RESPONSES = frozenset({
    "flask.jsonify()", "fastapi.responses.JSONResponse()", "starlette.responses.JSONResponse()",
    "django.http.JsonResponse()", "django.http.HttpResponse()", "flask.make_response()",
})  # fmt: skip


def disclosures(reading: Reading) -> Iterator[Disclosure]:
    """Yield what shows values outside the program."""
    for shown in _disclosures(reading):
        yield replace(shown, empty=frozenset(_empty_at(reading, shown.node)))


def _empty_at(reading: Reading, node: cst.CSTNode) -> Iterator[str]:
    """Yield the code of what the tests around a place found empty."""
    child = node
    for parent in reading.tree.ancestors(node):
        if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
            return
        if isinstance(parent, cst.If) and child is not parent.test:
            match parent.test:
                case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                    if child is parent.body:
                        yield reading.code(inner)
                case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget() as target]):
                    same = isinstance(target.operator, (cst.Is, cst.Equal))
                    other = reading.expr(target.comparator).literal
                    if child is parent.body and same and other in ("", None):
                        yield reading.code(left)
                case cst.Name() | cst.Attribute():
                    if child is parent.orelse:
                        yield reading.code(parent.test)
        child = parent


def _disclosures(reading: Reading) -> Iterator[Disclosure]:
    for node, call, origin, confidence in reading.made():
        outlet, shown = None, [*call.positional, *call.keywords.values()]
        if origin in _PRINTS:
            outlet = Outlet.PRINTED
            shown = list(call.positional)
        elif _LOG.fullmatch(origin):
            outlet = Outlet.LOGGED
        elif _COMMANDS.fullmatch(origin):
            outlet = Outlet.COMMAND
            every = origin == "asyncio.create_subprocess_exec()"
            args = call["args"]
            shown = list(call.positional if every else call.positional[:1])
            shown += [args] if args is not None else []
        elif origin in _RESPONSES:
            outlet = Outlet.RESPONSE
        if outlet is not None:
            exprs = tuple(expr for a in shown for expr in _elements(a.expr))
            yield Disclosure(node, outlet, exprs, reading.site(node), confidence=confidence)
    for raw in reading.all(RawCall):
        given = [raw.url, raw.call["params"]]
        exprs = tuple(argument.expr for argument in given if argument is not None)
        if exprs:
            yield Disclosure(raw.node, Outlet.URL, exprs, raw.site, confidence=raw.confidence)
    yield from _answers(reading)
    for statement in reading.tree.nodes.get(cst.Raise, ()):
        assert isinstance(statement, cst.Raise)
        if isinstance(statement.exc, cst.Call):
            arguments = reading.evaluator.call(statement.exc)
            exprs = tuple(a.expr for a in (*arguments.positional, *arguments.keywords.values()))
            yield Disclosure(statement.exc, Outlet.RAISED, exprs, reading.site(statement))


def _answers(reading: Reading) -> Iterator[Disclosure]:
    """Yield what the handlers of a web framework return."""
    for function in reading.tree.nodes.get(cst.FunctionDef, ()):
        assert isinstance(function, cst.FunctionDef)
        if not any(_is_route(reading, decorator) for decorator in function.decorators):
            continue
        for node in reading.tree.nodes.get(cst.Return, ()):
            assert isinstance(node, cst.Return)
            if node.value is not None and reading.tree.function(node) is function:
                expr = reading.expr(node.value)
                yield Disclosure(node.value, Outlet.RESPONSE, (expr,), reading.site(node))


def _is_route(reading: Reading, decorator: cst.Decorator) -> bool:
    call = decorator.decorator
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        return False
    if call.func.attr.value not in _ROUTES or not call.args:
        return False
    path = reading.expr(call.args[0].value).literal
    return isinstance(path, str) and path.startswith("/")


def _elements(expr: Expr) -> Iterator[Expr]:
    """Yield the elements of a list of words, or the expression itself."""
    for value in expr.values:
        if isinstance(value, Items):
            yield from value.items
    yield expr


_BINDERS = (cst.Attribute, cst.ImportAlias, cst.ImportFrom, cst.AsName, cst.Param)


def module_values(reading: Reading) -> Iterator[ModuleValue]:
    """Yield the places where the module itself is a value."""
    names = {read.alias for read in reading.all(ModuleRead) if read.name == "openai"}
    for node in reading.tree.nodes.get(cst.Name, ()):
        assert isinstance(node, cst.Name)
        parent = reading.tree.parents.get(node)
        if node.value not in names or isinstance(parent, _BINDERS):
            continue
        if isinstance(parent, cst.Arg):
            call = reading.tree.parents[parent]
            if parent.keyword is node or (
                isinstance(call, cst.Call) and dotted(call.func) in ("setattr", "hasattr")
            ):
                continue
        if reading.evaluator.origin(node) == "openai":
            yield ModuleValue(node, reading.site(node))


# -- comments --------------------------------------------------------------------------------------


def key_comments(reading: Reading) -> Iterator[KeyComment]:
    """Yield the real keys in comments, and those in strings that stand alone as a statement."""
    if not real_keys(reading.text):
        return
    source = reading.source
    starts = source.line_starts
    previous = None
    pending: list[KeyComment] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.code, newline="").readline):
            offset = starts[token.start[0] - 1] + token.start[1]
            if any(start <= offset < end for start, end in source.foreign):
                continue
            if token.type == tokenize.COMMENT:
                yield from _in_text(token.string, offset, docstring=False)
                continue
            if token.type == tokenize.NEWLINE:
                yield from pending
            if token.type == tokenize.STRING and previous in _BREAKS:
                pending = list(_in_text(token.string, offset, docstring=True))
            elif token.type != tokenize.NL:
                pending = []
            if token.type != tokenize.NL:
                previous = token.type
    except (tokenize.TokenError, SyntaxError, IndexError):
        return


_BREAKS = (None, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


def _in_text(text: str, offset: int, *, docstring: bool) -> Iterator[KeyComment]:
    for found in real_keys(text):
        yield KeyComment(Span(offset + found.start, offset + found.end), found.key, docstring)
