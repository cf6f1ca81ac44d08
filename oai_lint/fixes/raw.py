"""A raw request written as the SDK call that it stands for."""

from __future__ import annotations

import re
from typing import NamedTuple

from oai_lint.facts import (
    Argument,
    ClientInit,
    Environment,
    Expr,
    File,
    Lifetime,
    Literal,
    Mapping,
    RawCall,
    Result,
    Text,
    Try,
)
from oai_lint.fixes.spelling import spelled
from oai_lint.knowledge.endpoints import BINARY_RESULTS, RawEndpoint, endpoint, raw_endpoint
from oai_lint.patch import Before, Change, Delete, Import, Node, Piece, Replace

_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
_BASE = re.compile(r"https://api\.openai\.com/+(?:v1/+)?(?P<below>[^?#]*)$")
_TAKEN = frozenset({"url", "headers", "json", "data", "timeout", "proxies", "verify", "proxy"})
_PLAIN_HEADERS = frozenset({"content-type", "content type", "accept", "user-agent"})


class _Body(NamedTuple):
    pieces: tuple[Piece, ...]
    statement: Node | None = None


def sdk_call(raw: RawCall, file: File) -> tuple[Change, ...]:
    """Return the changes that write a request as an SDK call; nothing where that is not sure.

    What the answer is used for has to be ``.json()`` and ``.raise_for_status()`` (or ``.content``
    for sound), the key has to be read from its header, and the body from ``json=``.
    """
    if raw.session or raw.library not in ("requests", "httpx", "httpx2") or raw.site.in_async:
        return ()
    if raw.call.open or set(raw.call.keywords) - _TAKEN or raw.url is None:
        return ()
    if len(raw.call.positional) > (2 if raw.library == "requests" else 1):
        return ()
    address = _BASE.match(re.sub(r"(?<!:)//+", "/", raw.address.strip()))
    found = raw_endpoint(raw.method, f"/{address['below']}") if address is not None else None
    if found is None or found[0].body == "form" or _caught(raw, file):
        return ()
    row, values = found
    if any(_HOLE in value for value in values.values()):
        return ()
    reading = _reading(raw, row, file)
    body = _body(raw, row, file)
    client = _client(raw, file)
    if reading is None or body is None or client is None:
        return ()
    name, changes = client
    arguments: list[tuple[Piece, ...]] = [(f'"{value}"',) for value in values.values()]
    if body.pieces:
        arguments.append(body.pieces)
    timeout = raw.call["timeout"]
    if timeout is not None:
        if not isinstance(timeout.literal, (int, float)):
            return ()
        arguments.append(("timeout=", timeout.expr.node))
    written: list[Piece] = [f"{name}.{row.path}("]
    for index, argument in enumerate(arguments):
        written += (", ", *argument) if index else argument
    written.append(")")
    return (*changes, *reading.write(tuple(written)), *_unused(raw, body, file))


# -- what the answer is used for -------------------------------------------------------------------


class _Reading(NamedTuple):
    raw: RawCall
    life: Lifetime
    chained: Node | None
    binary: bool
    file: File

    def write(self, call: tuple[Piece, ...]) -> tuple[Change, ...]:
        if self.chained is not None:
            return (Replace(self.chained, (*call, ".model_dump()")),)
        changes: list[Change] = [Replace(self.raw.node, call)]
        for path, node in self.life.called:
            if path == "json":
                changes.append(Replace(node, (self.life.names[0], ".model_dump()")))
            else:
                changes.append(Delete(self.file.site(node).statement))
        return tuple(changes)


def _reading(raw: RawCall, row: RawEndpoint, file: File) -> _Reading | None:
    life = file.lifetime(raw.node)
    binary = row.path in BINARY_RESULTS
    called = [path for path, _ in life.called]
    if life.dropped and not life.names:
        if called == ["json"] and not binary and not file.site(life.called[0][1]).in_async:
            return _Reading(raw, life, life.called[0][1], binary, file)
        return None
    if len(life.names) != 1 or life.handed_on or life.iterated or life.entrances or binary:
        return None
    if len(life.uses) != len(called) or set(called) - {"json", "raise_for_status"}:
        return None
    for path, node in life.called:
        if path == "raise_for_status" and not file.site(node).is_statement:
            return None
    return _Reading(raw, life, None, binary, file) if "json" in called else None


def _caught(raw: RawCall, file: File) -> bool:
    """Say whether a handler waits for the errors of the library that would go."""
    return any(
        caught.name.startswith((raw.library, "json.", "builtins.KeyError", "builtins.ValueError"))
        for attempt in file.all(Try)
        if any(work.node is raw.node for work in attempt.work)
        for handler in attempt.handlers
        for caught in handler.classes
    )


# -- the body --------------------------------------------------------------------------------------


def _body(raw: RawCall, row: RawEndpoint, file: File) -> _Body | None:
    data = raw.call.get("data", 1 if raw.library == "requests" else None)
    body = raw.call["json"]
    if row.body == "none":
        return _Body(()) if data is None and body is None else None
    if body is not None and data is not None:
        return None
    expr = body.expr if body is not None else _dumped(data)
    if expr is None:
        return None
    value = expr.value
    if isinstance(value, Mapping):
        method = endpoint(row.path)
        known = method.parameters if method is not None else {}
        if value.open or any(
            not isinstance(e.key, str) or e.key not in known for e in value.entries
        ):
            return None
        stream = value.get("stream")
        if stream is not None and stream.value.literal is not False:
            return None
        if value.node is expr.node and value.entries:
            pieces: list[Piece] = []
            for index, entry in enumerate(value.entries):
                pieces += (", " if index else "", f"{entry.key}=", entry.value.node)
            return _Body(tuple(pieces))
    if not file.code(expr.node).replace(".", "").isidentifier():
        return None
    return _Body(("**", expr.node))


def _dumped(data: Argument | None) -> Expr | None:
    """Return what ``json.dumps`` was given, or a mapping that would have gone as a form."""
    if data is None:
        return None
    value = data.value
    if isinstance(value, Mapping):
        return data.expr
    if isinstance(value, Result) and value.origin == "json.dumps()" and value.call is not None:
        first = value.call.get("obj", 0)
        return first.expr if first is not None and value.node is data.expr.node else None
    return None


# -- the client ------------------------------------------------------------------------------------


def _client(raw: RawCall, file: File) -> tuple[str, tuple[Change, ...]] | None:
    """Return the name of a client with the request's key, and what builds it."""
    key = _key(raw, file)
    transport = _transport(raw, file)
    if key is None or transport is None:
        return None
    cls, imports = spelled(file, "openai.OpenAI", raw.node)
    if transport.imports and imports:  # two names: one import of the module
        cls, imports = "openai.OpenAI", (Import("openai"),)
        head = transport.pieces[0]
        assert isinstance(head, str)
        head = head.replace("DefaultHttpxClient", "openai.DefaultHttpxClient")
        transport = _Transport((head, *transport.pieces[1:]))
    arguments: list[Piece] = list(key)
    if transport.pieces:
        arguments += (", " if key else "", *transport.pieces)
    statement = raw.site.statement
    function = raw.site.function
    for init in file.all(ClientInit):
        if init.site.at_module_level and len(init.site.names) == 1 and not arguments:
            name = init.site.names[0]
            plain = init.cls == "OpenAI" and not init.call.keywords and not init.call.open
            if plain and "." not in name and init.site.order < raw.site.order:
                return name, ()
    if file.module_value("client") is not None or re.search(
        r"\bclient\b", file.code(function if function is not None else statement)
    ):
        return None
    nodes = [piece for piece in arguments if not isinstance(piece, str)]
    line: tuple[Piece, ...] = (f"client = {cls}(", *arguments, ")")
    changes: tuple[Change, ...] = (*imports, *transport.imports)
    if function is None:
        if raw.site.loops:
            return None
        return "client", (Before(statement, (line,)), *changes)
    top = file.top_level(raw.node)
    if not any(file.reads_own(node, function) for node in nodes) and all(
        file.ready(node, top) for node in nodes
    ):
        return "client", (Before(top, (line, (), ())), *changes)
    # A client per call is right only where each call has a key of its own.
    if raw.site.loops or not any(_is_callers(node, function, file) for node in nodes):
        return None
    return "client", (Before(statement, (line,)), *changes)


def _is_callers(node: Node, function: Node, file: File) -> bool:
    return file.varies(node, function) and not file.code(node).startswith(("self.", "cls."))


class _Transport(NamedTuple):
    pieces: tuple[Piece, ...]
    imports: tuple[Change, ...] = ()


def _transport(raw: RawCall, file: File) -> _Transport | None:
    """Return the ``http_client=`` that does what ``proxies=`` and ``verify=`` did."""
    proxies, verify = raw.call["proxies"] or raw.call["proxy"], raw.call["verify"]
    if proxies is None and verify is None:
        return _Transport(())
    if file.http_client != "default" or not file.target.reaches(1, 17):
        return None
    pieces: list[Piece] = []
    if proxies is not None:
        value = proxies.value
        if isinstance(value, Mapping):
            entry = value.get("https") or value.get("all")
            if entry is None or value.open or not isinstance(entry.value.literal, str):
                return None
            pieces += ("proxy=", entry.value.node)
        elif isinstance(proxies.literal, str):
            pieces += ("proxy=", proxies.expr.node)
        else:
            return None
    if verify is not None:
        pieces += (", " if pieces else "", "verify=", verify.expr.node)
    helper, imports = spelled(file, "openai.DefaultHttpxClient", raw.node)
    return _Transport((f"http_client={helper}(", *pieces, ")"), imports)


def _key(raw: RawCall, file: File) -> tuple[Piece, ...] | None:
    """Return the arguments that give a client the key in the request's header."""
    headers = raw.call["headers"]
    mapping = headers.value if headers is not None else None
    if not isinstance(mapping, Mapping) or mapping.open:
        return None
    found: tuple[Piece, ...] | None = None
    for entry in mapping.entries:
        name = entry.key.lower() if isinstance(entry.key, str) else ""
        if name == "authorization" and found is None:
            found = _bearer(entry.value)
            if found is None:
                return None
        elif name not in _PLAIN_HEADERS:
            return None
    return found


def _bearer(expr: Expr) -> tuple[Piece, ...] | None:
    value = expr.value
    if isinstance(value, Literal) and isinstance(value.value, str):
        if not value.value.startswith("Bearer ") or '"' in value.value or "\\" in value.value:
            return None
        return (f'api_key="{value.value.removeprefix("Bearer ").strip()}"',)
    if isinstance(value, Text) and len(value.parts) == 2 and value.parts[0] == "Bearer ":
        key = value.parts[1]
        if isinstance(key, Expr):
            known = key.value
            read = isinstance(known, Environment) and known.default is None
            if read and isinstance(known, Environment) and known.variable == "OPENAI_API_KEY":
                return ()
            return ("api_key=", key.node)
    return None


# -- what is left over -----------------------------------------------------------------------------


def _unused(raw: RawCall, body: _Body, file: File) -> tuple[Change, ...]:
    """Return the changes that delete assignments which only the request has read."""
    changes: list[Change] = []
    for name in ("url", "headers", "proxies", "data"):
        argument = raw.url if name == "url" else raw.call[name]
        if argument is None:
            continue
        for value in argument.values:
            site = file.site(value.node)
            if value.node is argument.expr.node or len(site.names) != 1 or not raw.site.function:
                continue
            life = file.lifetime(value.node)
            single = len(life.uses) == 1 and life.uses[0] is argument.expr.node
            if single and site.function is raw.site.function:
                changes.append(Delete(site.statement))
    return tuple(changes)
