"""Facts about proxies, read off clients, calls, settings and environment variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import ApiCall, ClientInit, ModuleSetting
from oai_lint.facts.http import HttpClient, HttpSetting, RawCall
from oai_lint.facts.keys import EnvironmentWrite
from oai_lint.facts.proxies import Place, ProxyUse, UnusedOpener
from oai_lint.facts.values import Argument, Expr, Mapping, Result
from oai_lint.knowledge.variables import PROXY_FOR_HTTP, PROXY_FOR_HTTPS

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_ARGUMENTS = {"proxy": Place.PROXY, "proxies": Place.PROXIES, "mounts": Place.MOUNTS}
_HTTPX = ("httpx", "httpx2", "openai")


def proxy_uses(reading: Reading) -> Iterator[ProxyUse]:
    """Yield every proxy that is named for traffic to OpenAI, in source order."""
    found = [
        *_of_clients(reading), *_of_calls(reading), *_of_settings(reading), *_of_module(reading),
        *_of_variables(reading),
    ]  # fmt: skip
    yield from sorted(found, key=lambda use: reading.tree.order[use.node])


def _of_clients(reading: Reading) -> Iterator[ProxyUse]:
    for client in reading.all(HttpClient):
        if client.is_ours:
            for name in _ARGUMENTS:
                yield from _given(reading, client, name, client.library, client.node)
    for init in reading.all(ClientInit):
        for name in ("proxy", "proxies"):
            yield from _given(reading, init, name, "openai", None)


def _of_calls(reading: Reading) -> Iterator[ProxyUse]:
    for raw in reading.all(RawCall):
        if raw.host.is_ours:
            for name in ("proxy", "proxies"):
                yield from _given(reading, raw, name, raw.library, raw.made)


def _given(
    reading: Reading,
    owner: HttpClient | ClientInit | RawCall,
    name: str,
    library: str,
    made: cst.CSTNode | None,
) -> Iterator[ProxyUse]:
    argument = owner.call[name]
    if argument is not None:
        yield ProxyUse(
            argument.node,
            argument.expr,
            _ARGUMENTS[name],
            library,
            reading.site(argument.node),
            made=made,
            confidence=min(argument.expr.confidence, owner.confidence),
        )


def _of_settings(reading: Reading) -> Iterator[ProxyUse]:
    clients = {client.node: client for client in reading.all(HttpClient)}
    for setting in reading.all(HttpSetting):
        client = clients.get(setting.made)
        if setting.name != "proxies" or client is None:
            continue
        ignored = client.idle and through_sdk(reading)
        if not (client.for_openai or ignored) or client.library in _HTTPX:
            continue
        place = Place.PROXIES if setting.key is None else Place.ITEM
        yield ProxyUse(
            setting.node, setting.value, place, client.library, setting.site, setting.key or "",
            works=not ignored, made=setting.made, removable=setting.site.statement,
            confidence=client.confidence,
        )  # fmt: skip


def _of_module(reading: Reading) -> Iterator[ProxyUse]:
    for setting in reading.all(ModuleSetting):
        if setting.name in ("proxy", "proxies"):
            yield ProxyUse(
                setting.node, setting.value, Place.MODULE, "requests", setting.site,
                setting.name, works=setting.name == "proxy" and not reading.target.starts(1),
            )  # fmt: skip


def _of_variables(reading: Reading) -> Iterator[ProxyUse]:
    written = [
        write
        for write in reading.all(EnvironmentWrite)
        if write.variable in PROXY_FOR_HTTP or write.variable in PROXY_FOR_HTTPS
    ]
    if not written or not _talks(reading):
        return
    complete = not _writes_unknown(reading)
    for write in written:
        yield ProxyUse(
            write.node, write.value, Place.VARIABLE, "environment", write.site, write.variable,
            complete=complete, removable=write.removable,
        )  # fmt: skip


def through_sdk(reading: Reading) -> bool:
    """Say whether the file calls the API through the SDK."""
    return bool(reading.all(ClientInit) or reading.all(ApiCall))


def _talks(reading: Reading) -> bool:
    return reading.imports("openai") or any(raw.host.is_ours for raw in reading.all(RawCall))


def _writes_unknown(reading: Reading) -> bool:
    """Say whether the file sets variables whose names it does not show."""
    evaluator = reading.evaluator
    for node in reading.tree.nodes.get(cst.AssignTarget, ()):
        assert isinstance(node, cst.AssignTarget)
        target = node.target
        if (
            isinstance(target, cst.Subscript)
            and evaluator.origin(target.value) == "os.environ"
            and not isinstance(evaluator.index(target), str)
        ):
            return True
    for _, call, origin, _ in reading.made():
        if origin in ("os.environ.setdefault()", "os.putenv()"):
            if not call.positional or not isinstance(call.positional[0].literal, str):
                return True
        elif origin == "os.environ.update()":
            values = [value for argument in call.positional for value in argument.values]
            if call.open or any(not isinstance(v, Mapping) or v.open for v in values):
                return True
    return False


def unused_openers(reading: Reading) -> Iterator[UnusedOpener]:
    """Yield the openers with proxies in a file that makes no request by ``urllib``."""
    calls = reading.made()
    urllib = [origin for _, _, origin, _ in calls if origin.startswith("urllib.request.")]
    if not through_sdk(reading) or any(
        origin.rpartition(".")[2] in ("urlopen()", "urlretrieve()", "Request()", "open()")
        for origin in urllib
    ):
        return
    for node, call, origin, _ in calls:
        if origin != "urllib.request.build_opener()":
            continue
        proxies = _handled(call.positional)
        statements = _installed(reading, node)
        if proxies is not None and statements is not None:
            yield UnusedOpener(node, proxies, statements, reading.site(node))


def _handled(arguments: tuple[Argument, ...]) -> Expr | None:
    for argument in arguments:
        value = argument.value
        if isinstance(value, Result) and value.origin == "urllib.request.ProxyHandler()":
            given = value.call.get("proxies", 0) if value.call is not None else None
            return given.expr if given is not None else None
    return None


def _installed(reading: Reading, node: cst.Call) -> tuple[cst.CSTNode, ...] | None:
    """Return the statements that build and install an opener; None where it does more."""
    site = reading.site(node)
    parent = reading.tree.parents.get(node)
    if isinstance(parent, cst.Arg):
        call = reading.tree.parents[parent]
        if reading.evaluator.origin(call) == "urllib.request.install_opener()":
            return (site.statement,)
        return None
    if not site.names:
        return (site.statement,) if site.is_statement else None
    found: list[cst.CSTNode] = [site.statement]
    for read in reading.uses(node):
        holder = reading.tree.parents.get(read)
        outer = reading.tree.parents.get(holder) if holder is not None else None
        if not isinstance(holder, cst.Arg) or outer is None:
            return None
        if reading.evaluator.origin(outer) != "urllib.request.install_opener()":
            return None
        found.append(reading.site(outer).statement)
    return tuple(found)
