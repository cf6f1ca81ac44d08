"""Facts about HTTP libraries, read off the values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import ClientInit, Host, ModuleSetting
from oai_lint.facts.http import HttpClient, HttpSetting, LegacyImport, RawCall
from oai_lint.facts.values import (
    UNKNOWN,
    Argument,
    Attribute,
    Call,
    Expr,
    Item,
    Literal,
    Result,
    Value,
)
from oai_lint.reading.hosts import address_of, agreed, host_of
from oai_lint.reading.openai_module import module_host
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_CLASSES = frozenset({
    "requests.Session", "aiohttp.ClientSession",
    *(f"{library}.{name}" for library in ("httpx", "httpx2") for name in
      ("Client", "AsyncClient", "HTTPTransport", "AsyncHTTPTransport")),
    *(f"openai.{name}" for name in
      ("DefaultHttpxClient", "DefaultAsyncHttpxClient", "DefaultHttpx2Client",
       "DefaultAsyncHttpx2Client", "DefaultAioHttpClient")),
})  # fmt: skip
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})
_SESSIONS = {
    "requests.Session()": "requests",
    "aiohttp.ClientSession()": "aiohttp",
    "httpx.Client()": "httpx",
    "httpx.AsyncClient()": "httpx",
    "httpx2.Client()": "httpx2",
    "httpx2.AsyncClient()": "httpx2",
}
_REQUEST = "urllib.request.Request"
_ADDS_HEADER = frozenset({"add_header", "add_unredirected_header"})
_SETTERS = frozenset({"update", "mount", *_ADDS_HEADER})
_SETTINGS = frozenset({
    "proxies", "verify", "trust_env", "cert", "timeout", "headers", "proxy", "mounts",
})  # fmt: skip


def raw_calls(reading: Reading) -> Iterator[RawCall]:
    """Yield every request that does not go through the SDK."""
    for node, call, origin, confidence in reading.made():
        found = _request(origin.removesuffix("()"))
        if found is None:
            continue
        library, session, name = found
        made = _maker(reading, node) if session else None
        method, url = _method_and_url(library, name, call)
        address, host = _address(reading, url, made)
        if library == "urllib" and url is not None:
            method, address, host = _urlopen(call, url, address, host)
        seen = confidence if url is None else min(confidence, url.expr.confidence)
        yield RawCall(
            node,
            library,
            method,
            call,
            url,
            host,
            address,
            reading.site(node),
            session,
            made,
            seen,
        )


def _request(origin: str) -> tuple[str, str, str] | None:
    owner, _, name = origin.rpartition(".")
    if owner in ("requests", "httpx", "httpx2") and (name in _METHODS or name == "stream"):
        return owner, "", name
    if owner in _SESSIONS and (name in _METHODS or name in ("stream", "ws_connect")):
        return _SESSIONS[owner], owner.removesuffix("()"), name
    if origin == "aiohttp.request":
        return "aiohttp", "", "request"
    if origin in ("urllib.request.urlopen", "urllib.request.Request"):
        return "urllib", "", name
    return None


def _method_and_url(library: str, name: str, call: Call) -> tuple[str, Argument | None]:
    if library == "urllib":
        return "", call.get("url", 0)
    if name in ("request", "stream"):
        method = call.get("method", 0)
        literal = method.literal if method is not None else UNKNOWN
        return (literal.upper() if isinstance(literal, str) else ""), call.get("url", 1)
    return name.upper(), call.get("url", 0)


def _address(reading: Reading, url: Argument | None, made: cst.CSTNode | None) -> tuple[str, Host]:
    if url is None:
        return "", Host.UNKNOWN
    addresses = [address_of(value) for value in url.values]
    known = [address for address in addresses if address is not None]
    if not known or len(known) < len(addresses):
        return known[0] if known else "", Host.UNKNOWN
    if "://" not in known[0] and made is not None:
        base = _base_url(reading, made)
        if base is not None:
            known = [base.rstrip("/") + "/" + address.lstrip("/") for address in known]
    return known[0], agreed(host_of(a) if "://" in a else Host.UNKNOWN for a in known)


def _base_url(reading: Reading, made: cst.CSTNode) -> str | None:
    if not isinstance(made, cst.Call):
        return None
    base = reading.evaluator.call(made).get("base_url", 0)  # aiohttp's first argument
    literal = base.literal if base is not None else UNKNOWN
    return literal if isinstance(literal, str) else None


def _urlopen(call: Call, url: Argument, address: str, host: Host) -> tuple[str, str, Host]:
    method = call["method"]
    literal = method.literal if method is not None else UNKNOWN
    data = call.get("data", 1)
    posts = data is not None and not data.is_none
    verb = literal.upper() if isinstance(literal, str) else ("POST" if posts else "GET")
    return verb, address, host


def _maker(reading: Reading, node: cst.Call) -> cst.CSTNode | None:
    """Return the node that built the session a request goes through."""
    for value in reading.evaluator.values(node):
        current: Value | None = value
        while current is not None:
            if isinstance(current, Result) and current.origin in _SESSIONS:
                return current.call.node if current.call is not None else None
            current = current.of if isinstance(current, (Attribute, Result, Item)) else None
    return None


def http_clients(reading: Reading) -> Iterator[HttpClient]:
    """Yield every client, session and transport of an HTTP library that is built."""
    serves: dict[cst.CSTNode, set[Host]] = {}
    injected: set[cst.CSTNode] = set()
    fed: set[cst.CSTNode] = set()

    def serve(expr: Expr, host: Host, *, inject: bool) -> None:
        for value in expr.values:
            if isinstance(value, Result) and value.call is not None:
                made = value.call.node
                if made in serves and host in serves[made]:
                    continue
                serves.setdefault(made, set()).add(host)
                fed.add(made)
                if inject:
                    injected.add(made)
                within(value.call, host)

    def within(call: Call, host: Host) -> None:
        for name in ("transport", "mounts", "http_client"):
            inner = call[name]
            if inner is not None:
                for part in _parts(inner.expr):
                    serve(part, host, inject=False)

    for init in reading.all(ClientInit):
        if init.http_client is not None:
            serve(init.http_client.expr, init.host, inject=True)
    for setting in reading.all(ModuleSetting):
        if setting.name == "http_client":
            serve(setting.value, module_host(reading), inject=True)
    for raw in reading.all(RawCall):
        if raw.made is not None:
            serves.setdefault(raw.made, set()).add(raw.host)
            if isinstance(raw.made, cst.Call) and raw.host.is_ours:
                before = set(fed)
                within(reading.evaluator.call(raw.made), raw.host)
                fed.intersection_update(before)
    owners = {setting.owner for setting in reading.all(HttpSetting)}
    for node, call, origin, confidence in reading.made():
        name = origin.removesuffix("()")
        if name in _CLASSES:
            hosts = set(serves.get(node, ()))
            if name.startswith("openai.") and not hosts:
                hosts = {Host.OPENAI}  # nobody builds the SDK's own class for anything else
            yield HttpClient(
                node,
                name,
                call,
                reading.site(node),
                frozenset(hosts),
                node in injected,
                confidence,
                node in fed,
                _is_idle(reading, node, name, owners),
            )


_SET_UP = frozenset({"auth", "cookies", "params", "hooks", "max_redirects"})


def _is_idle(reading: Reading, node: cst.Call, name: str, owners: set[cst.CSTNode]) -> bool:
    """Say whether a session is set up and nothing else in the file can make a request with it."""
    if name != "requests.Session":
        return False
    if isinstance(reading.tree.parents.get(node), cst.Attribute):
        return node in owners
    site = reading.site(node)
    if not site.names:
        return site.is_statement
    reads = reading.uses(node)
    for held in site.names:
        owner, _, attribute = held.rpartition(".")
        if owner:  # other methods, and other objects' attribute of that name
            reads += [
                read
                for read in reading.tree.nodes.get(cst.Attribute, ())
                if isinstance(read, cst.Attribute)
                and read.attr.value == attribute
                and not isinstance(reading.tree.parents.get(read), cst.AssignTarget)
            ]
    return all(read in owners or _is_harmless(reading, read) for read in reads)


def _is_harmless(reading: Reading, read: cst.CSTNode) -> bool:
    parent = reading.tree.parents.get(read)
    if isinstance(parent, cst.Attribute):
        outer = reading.tree.parents.get(parent)
        return parent.attr.value == "close" or (
            parent.attr.value in _SET_UP and isinstance(outer, cst.AssignTarget)
        )
    return isinstance(parent, (cst.Del, cst.WithItem, cst.Expr, cst.NameItem))


def _parts(expr: Expr) -> Iterator[Expr]:
    """Yield the transports in ``transport=`` or ``mounts=``."""
    from oai_lint.facts.values import Mapping

    for value in expr.values:
        if isinstance(value, Mapping):
            for entry in value.entries:
                yield entry.value
        else:
            yield expr
            return


def http_settings(reading: Reading) -> Iterator[HttpSetting]:
    """Yield what is set on a client of an HTTP library after it was built."""
    evaluator = reading.evaluator
    for node in reading.tree.nodes.get(cst.AssignTarget, ()):
        assert isinstance(node, cst.AssignTarget)
        assign = reading.tree.parents[node]
        assert isinstance(assign, cst.Assign)
        target: cst.BaseExpression = node.target
        key = None
        if type(target) is cst.Subscript:
            target = target.value
        if type(target) is cst.Attribute and target.attr.value in _SETTINGS:
            if isinstance(node.target, cst.Subscript):
                literal = evaluator.index(node.target)
                key = literal if isinstance(literal, str) else ""
            yield from _setting(reading, node.target, target, assign.value, key)
    for call_node in reading.tree.nodes.get(cst.Call, ()):
        assert isinstance(call_node, cst.Call)
        func = call_node.func
        if type(func) is not cst.Attribute or func.attr.value not in _SETTERS:
            continue
        if func.attr.value in _ADDS_HEADER:
            yield from _added_header(reading, call_node, func)
        elif func.attr.value == "mount":
            if call_node.args:
                yield from _setting(
                    reading, call_node, func, call_node.args[-1].value, None, name="mount"
                )
        elif isinstance(func.value, cst.Attribute) and func.value.attr.value in _SETTINGS:
            value = call_node.args[0].value if call_node.args else call_node
            yield from _setting(reading, call_node, func.value, value, None)


def _added_header(reading: Reading, node: cst.Call, func: cst.Attribute) -> Iterator[HttpSetting]:
    call = reading.evaluator.call(node)
    key, value = call.get("key", 0), call.get("val", 1)
    if key is None or value is None or not isinstance(key.literal, str):
        return
    for setting in _setting(reading, node, func, value.expr.node, key.literal, name="headers"):
        if setting.origin == _REQUEST:
            yield setting


def _setting(  # noqa: PLR0917
    reading: Reading,
    node: cst.CSTNode,
    target: cst.Attribute,
    value: cst.CSTNode,
    key: str | None,
    name: str = "",
) -> Iterator[HttpSetting]:
    for owner in reading.evaluator.values(target.value):
        if isinstance(owner, Literal):
            continue
        origin = owner.origin
        known = origin.removesuffix("()") in _CLASSES or origin == f"{_REQUEST}()"
        if known and origin.endswith("()"):
            made = owner.call.node if isinstance(owner, Result) and owner.call else None
            yield HttpSetting(
                node,
                name or target.attr.value,
                reading.expr(value),
                key,
                origin.removesuffix("()"),
                made,
                target.value,
                reading.site(node),
            )
        return


def legacy_imports(reading: Reading) -> Iterator[LegacyImport]:
    """Yield every import of httpx at the top of the module."""
    for kind in (cst.Import, cst.ImportFrom):
        for node in reading.tree.nodes.get(kind, ()):
            found = _httpx_aliases(node)
            if not found:
                continue
            reads = tuple(_reads_of(reading, {alias for alias, _ in found}))
            called = frozenset(
                read
                for read, _ in reads
                if isinstance(reading.tree.parents.get(read), cst.Call)
                and reading.tree.parents[read].func is read  # type: ignore[attr-defined]
            )
            alias, bound = found[0]
            binds = bound if isinstance(node, cst.Import) else ""
            yield LegacyImport(alias, node, binds, reads, called, reading.site(node))


def _httpx_aliases(node: cst.CSTNode) -> list[tuple[cst.ImportAlias, str]]:
    if isinstance(node, cst.ImportFrom):
        module = dotted(node.module) if node.module is not None and not node.relative else ""
        if module != "httpx" or isinstance(node.names, cst.ImportStar):
            return []
        return [(alias, dotted(alias.name) or "") for alias in node.names]
    assert isinstance(node, cst.Import)
    if len(node.names) != 1 or dotted(node.names[0].name) != "httpx":
        return []
    alias = node.names[0]
    return [(alias, dotted(alias.asname.name) or "" if alias.asname else "httpx")]


def _reads_of(reading: Reading, aliases: set[cst.ImportAlias]) -> Iterator[tuple[cst.CSTNode, str]]:
    """Yield the longest dotted paths that begin with one of the imported names."""
    names = {
        (dotted(a.asname.name) if a.asname else dotted(a.name) or "").split(".")[0]  # type: ignore[union-attr]
        for a in aliases
    }
    parents = reading.tree.parents
    for name in reading.tree.nodes.get(cst.Name, ()):
        assert isinstance(name, cst.Name)
        if name.value not in names:
            continue
        parent = parents.get(name)
        if (
            isinstance(parent, (cst.ImportAlias, cst.AsName))
            or (isinstance(parent, cst.Attribute) and parent.attr is name)
            or (isinstance(parent, cst.Arg) and parent.keyword is name)
        ):
            continue
        bindings = reading.scopes.reaching(name, name.value)
        if not bindings or not all(binding.node in aliases for binding in bindings):
            continue
        whole: cst.CSTNode = name
        outer = parents.get(whole)
        origin = reading.evaluator.origin(whole)
        while isinstance(outer, cst.Attribute) and origin == "httpx":
            whole, outer = outer, parents.get(outer)
            origin = reading.evaluator.origin(whole)
        yield whole, origin
