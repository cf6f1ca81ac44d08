"""The SDK client that takes the place of a session, or of no session at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from oai_lint.facts import (
    Argument,
    ClientInit,
    Entry,
    Environment,
    Expr,
    File,
    HttpClient,
    HttpSetting,
    Lifetime,
    Literal,
    LoopRun,
    Mapping,
    RawCall,
    Text,
)
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.fixes.raw_requests.names import Names
from oai_lint.fixes.raw_requests.request import headers_of, seconds
from oai_lint.patch import Before, Change, Delete, Node, Piece, Replace, Unwrap

_DROPPED_HEADERS = frozenset({
    "content-type", "content type", "accept", "accept-encoding", "user-agent", "connection",
    "openai-beta",
})  # fmt: skip
_NAMES = ("client", "openai_client", "other_client", "another_client")
_CLIENT_HEADERS = {"openai-organization": "organization", "openai-project": "project"}
_CARRIED = frozenset({
    "headers", "timeout", "proxies", "proxy", "verify", "base_url", "follow_redirects", "trust_env",
    "raise_for_status",
})  # fmt: skip


class Client(NamedTuple):
    """How to reach an SDK client, and the changes that make it."""

    name: str
    changes: tuple[Change, ...]
    arguments: tuple[tuple[Piece, ...], ...] = ()
    """What each call has to say besides what its request said."""


class _Session(NamedTuple):
    made: HttpClient
    life: Lifetime
    settings: tuple[HttpSetting, ...]


def is_async(raw: RawCall) -> bool:
    """Say whether a request is awaited."""
    return raw.library == "aiohttp" or raw.session.endswith("AsyncClient")


def client_for(calls: Sequence[RawCall], names: Names, file: File) -> Client:
    """Return the client for requests that go through one session, or for one without a session.

    Raises:
        Declined: key, transport or session cannot be taken over.
    """
    raw = calls[0]
    session = _session(calls, file)
    arguments: list[tuple[Piece, ...]] = []
    extra: tuple[Piece, ...] = ()
    texts = set()
    for call in calls:
        headers = _headers(call, session, file)
        extra = headers.extra
        texts.add(_text(headers.arguments, file) + "|" + _text([extra], file))
        arguments = list(headers.arguments)
    if len(texts) > 1:
        raise Declined("its session is used with different headers")
    transport = _transport(calls, session, names, file)
    cls, imports = names.of("AsyncOpenAI" if is_async(raw) else "OpenAI", raw.node)
    if transport.arguments:
        arguments.append(transport.arguments)
    changes = (*imports, *transport.imports)
    besides = [extra] if extra else []
    if session is None:
        name, made = _new(raw, _built(cls, arguments), file)
    else:
        limit = session.made.call["timeout"]
        time = seconds(limit) if limit is not None else None
        if _moves(session, raw, _built(cls, arguments), file):
            name, made = _instead_of(session, raw, _built(cls, arguments), file)
            besides += [("timeout=", time)] if time is not None else []
        else:
            arguments += [("timeout=", time)] if time is not None else []
            name, made = _in_place_of(session, _built(cls, arguments))
    used = any(not isinstance(change, (Delete, Unwrap)) for change in made)
    return Client(name, (*made, *changes) if used else made, tuple(besides))


def _built(cls: str, arguments: Sequence[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    written: list[Piece] = [f"{cls}("]
    for index, argument in enumerate(arguments):
        written += (", ", *argument) if index else argument
    return (*written, ")")


# -- where it is built -----------------------------------------------------------------------------


def _new(raw: RawCall, written: tuple[Piece, ...], file: File) -> tuple[str, tuple[Change, ...]]:
    """Return the name of a client at module level, or in front of the request."""
    function, nodes = raw.site.function, _nodes(written)
    statement = raw.site.statement
    if function is None:
        if raw.site.loops:
            raise Declined("it stands in a loop of the module")
        known = _known(written, raw, file)
        name = known or _free_name(raw, file)
        return name, () if known else (Before(statement, ((f"{name} = ", *written),)),)
    if _is_fixed(nodes, raw, file):
        return _of_module(raw, written, file)
    # A client per call is right only where each call has a key of its own.
    if raw.site.loops or not any(_is_callers(node, function, file) for node in nodes):
        raise Declined("its key belongs to an object")
    name = _free_name(raw, file)
    return name, (Before(statement, ((f"{name} = ", *written),)),)


def _of_module(
    raw: RawCall, written: tuple[Piece, ...], file: File
) -> tuple[str, tuple[Change, ...]]:
    known = _known(written, raw, file)
    if known:
        return known, ()
    top = next(
        top
        for call in file.all(RawCall)
        if call.host is raw.host and call.site.function is not None
        for top in [file.top_level(call.node)]
        if all(file.ready(node, top) for node in _nodes(written)) or call is raw
    )
    name = _free_name(raw, file)
    return name, (Before(top, ((f"{name} = ", *written), (), ())),)


def _is_fixed(nodes: Sequence[Node], raw: RawCall, file: File) -> bool:
    """Say whether all that a client is built of is there before the functions are."""
    function, top = raw.site.function, file.top_level(raw.node)
    return all(
        not file.reads_own(node, function)
        and not file.code(node).startswith(("self.", "cls."))
        and file.site(node).function in (function, None)
        and file.ready(node, top)
        for node in nodes
    )


def _known(written: tuple[Piece, ...], raw: RawCall, file: File) -> str:
    """Return the name of a client of the module that is built in the same way."""
    text = _text([written], file)
    plain = text.endswith("OpenAI()")
    for init in file.all(ClientInit):
        names = init.site.names
        if not init.site.at_module_level or len(names) != 1 or "." in names[0]:
            continue
        same = file.code(init.node) == text
        if not same and plain and not init.call.keywords and not init.call.open:
            same = init.cls == ("AsyncOpenAI" if is_async(raw) else "OpenAI")
        if same and init.site.order < raw.site.order:
            return names[0]
    return ""


def _free_name(raw: RawCall, file: File) -> str:
    """Return a name that no other client of the file gets, unless it is built in the same way."""
    wanted = [_kind(call, file) for call in file.all(RawCall) if call.host is raw.host]
    kinds = list(dict.fromkeys(kind for kind in wanted if kind))
    free = [name for name in _NAMES if not re.search(rf"\b{name}\b", file.text)]
    index = kinds.index(_kind(raw, file)) if _kind(raw, file) in kinds else 0
    if index >= len(free):
        raise Declined("no good name for a client is free")
    return free[index]


def _kind(raw: RawCall, file: File) -> str:
    """Return what tells the client of a request from others; nothing if it is not known."""
    try:
        together = [call for call in file.all(RawCall) if call.made is raw.made]
        session = _session(together, file) if raw.session else None
        headers = _headers(raw, session, file)
    except Declined:
        return ""
    return f"{is_async(raw)}{_text(headers.arguments, file)}"


def _is_callers(node: Node, function: Node, file: File) -> bool:
    return file.varies(node, function) and not file.code(node).startswith(("self.", "cls."))


# -- sessions --------------------------------------------------------------------------------------


def _session(calls: Sequence[RawCall], file: File) -> _Session | None:
    raw = calls[0]
    if not raw.session:
        return None
    made = next((made for made in file.all(HttpClient) if made.node is raw.made), None)
    if made is None:
        raise Declined("its session comes from elsewhere")
    life = file.lifetime(made.node)
    settings = tuple(s for s in file.all(HttpSetting) if s.made is made.node)
    if made.call.open or set(made.call.keywords) - _CARRIED:
        raise Declined("its session is set up in a way of its own")
    if any(setting.name != "headers" for setting in settings):
        raise Declined("its session is set up in a way of its own")
    kept = life.captured and not made.site.at_module_level
    if len(life.names) != 1 or life.returned or life.passed or kept or life.clients:
        raise Declined("its session is used elsewhere")
    if not all(file.is_bound_once(use) for use in life.uses):
        raise Declined("its session may be something else where it is used")
    if life.stored or len(life.uses) != len(calls) + len(settings) + len(life.closes):
        raise Declined("its session is used elsewhere")
    if len(life.entrances) > 1 or any(not entrance.alone for entrance in life.entrances):
        raise Declined("its session is entered beside something else")
    if any(not close.site.is_statement and not close.site.under_await for close in life.closes):
        raise Declined("its session is used elsewhere")
    return _Session(made, life, settings)


def _moves(session: _Session, raw: RawCall, written: tuple[Piece, ...], file: File) -> bool:
    """Say whether a client of the module can do what a session of a function did."""
    function = session.made.site.function
    if function is None or raw.site.function is not function:
        return False
    if is_async(raw) and len(file.all(LoopRun)) > 1:  # its connections belong to one event loop
        return False
    return _is_fixed(_nodes(written), raw, file)


def _instead_of(
    session: _Session, raw: RawCall, written: tuple[Piece, ...], file: File
) -> tuple[str, tuple[Change, ...]]:
    """Take a session away, for a client of the module."""
    life = session.life
    name, built = _of_module(raw, written, file)
    changes: list[Change] = [Delete(setting.site.statement) for setting in session.settings]
    changes += (Delete(close.site.statement) for close in life.closes)
    if life.entrances:
        changes.append(Unwrap(life.entrances[0].node))
    else:
        changes.append(Delete(session.made.site.statement))
    return name, (*built, *changes)


def _in_place_of(session: _Session, written: tuple[Piece, ...]) -> tuple[str, tuple[Change, ...]]:
    """Build the client where the session was built."""
    settings = (Delete(setting.site.statement) for setting in session.settings)
    return session.life.names[0], (Replace(session.made.node, written), *settings)


# -- headers ---------------------------------------------------------------------------------------


class _Headers(NamedTuple):
    arguments: tuple[tuple[Piece, ...], ...]
    extra: tuple[Piece, ...]


def _headers(raw: RawCall, session: _Session | None, file: File) -> _Headers:
    entries: dict[str, Entry | HttpSetting] = {}
    sources: list[Expr] = []
    if session is not None:
        sources += (h.expr for h in (session.made.call["headers"],) if h is not None)
        for setting in session.settings:
            if setting.key is None:
                sources.append(setting.value)
            else:
                entries[setting.key.lower()] = setting
    elif raw.library == "urllib":
        for setting in file.all(HttpSetting):
            if setting.made is raw.node and setting.key is not None:
                entries[setting.key.lower()] = setting
    sources += (h.expr for h in (headers_of(raw),) if h is not None)
    for source in sources:
        mapping = source.value
        if not isinstance(mapping, Mapping) or mapping.open:
            raise Declined("its headers cannot be read")
        for entry in mapping.entries:
            if not isinstance(entry.key, str) or not entry.certain:
                raise Declined("its headers cannot be read")
            entries[entry.key.lower()] = entry
    arguments: list[tuple[Piece, ...]] = []
    extra: list[Piece] = []
    if "authorization" not in entries:
        raise Declined("its key cannot be read")
    for name, header in sorted(entries.items(), key=lambda item: item[0] != "authorization"):
        if name == "authorization":
            arguments += _bearer(header.value)
        elif name in _CLIENT_HEADERS:
            arguments.append((f"{_CLIENT_HEADERS[name]}=", header.value.node))
        elif name not in _DROPPED_HEADERS:
            if not isinstance(header, Entry):
                raise Declined("its headers cannot be read")
            extra += (", " if extra else "", header.key_node, ": ", header.value.node)
    for node in _nodes(piece for argument in arguments for piece in argument):
        if file.site(node).function not in (raw.site.function, None) and not _is_attribute(
            node, file
        ):
            raise Declined("its key comes from another function")
    return _Headers(tuple(arguments), ("extra_headers={", *extra, "}") if extra else ())


def _is_attribute(node: Node, file: File) -> bool:
    return file.code(node).startswith("self.")


def _bearer(expr: Expr) -> list[tuple[Piece, ...]]:
    value = expr.value
    if isinstance(value, Literal) and isinstance(value.value, str):
        key = value.value.removeprefix("Bearer ").strip()
        if value.value.startswith("Bearer ") and '"' not in key and "\\" not in key:
            return [(f'api_key="{key}"',)]
    if isinstance(value, Text) and len(value.parts) == 2 and value.parts[0] == "Bearer ":
        key_part = value.parts[1]
        if isinstance(key_part, Expr):
            known = key_part.value
            if (
                isinstance(known, Environment)
                and known.default is None
                and known.variable == "OPENAI_API_KEY"
            ):
                return []
            return [("api_key=", key_part.node)]
    raise Declined("its key cannot be read")


# -- the way to the server -------------------------------------------------------------------------


class _Transport(NamedTuple):
    arguments: tuple[Piece, ...]
    imports: tuple[Change, ...] = ()


def _transport(
    calls: Sequence[RawCall], session: _Session | None, names: Names, file: File
) -> _Transport:
    """Return the ``http_client=`` that does what ``proxies=`` and ``verify=`` did."""
    raw = calls[0]
    sources = [call.call for call in calls] + ([session.made.call] if session is not None else [])
    proxies = [a for call in sources for a in (call["proxies"], call["proxy"]) if a is not None]
    verify = [a for call in sources for a in (call["verify"],) if a is not None]
    if not proxies and not verify:
        return _Transport(())
    if len(proxies) > 1 or len(verify) > 1 or len(calls) > 1:
        raise Declined("its proxy or certificates change from call to call")
    if file.http_client != "default" or not file.target.reaches(1, 17):
        raise Declined("its proxy or certificates need a client of their own")
    pieces: list[Piece] = []
    if proxies:
        pieces += ("proxy=", _proxy(proxies[0]))
    if verify:
        pieces += (", " if pieces else "", "verify=", verify[0].expr.node)
    kind = "DefaultAsyncHttpxClient" if is_async(raw) else "DefaultHttpxClient"
    helper, imports = names.of(kind, raw.node)
    return _Transport((f"http_client={helper}(", *pieces, ")"), imports)


def _proxy(argument: Argument) -> Node:
    value = argument.value
    if isinstance(value, Mapping):
        entry = value.get("https") or value.get("all")
        if entry is not None and not value.open and isinstance(entry.value.literal, str):
            return entry.value.node
    elif isinstance(argument.literal, str):
        return argument.expr.node
    raise Declined("its proxy cannot be read")


def _nodes(pieces: Iterable[Piece]) -> list[Node]:
    return [piece for piece in pieces if not isinstance(piece, str)]


def _text(arguments: Sequence[Sequence[Piece]], file: File) -> str:
    return "".join(
        piece if isinstance(piece, str) else file.code(piece)
        for argument in arguments
        for piece in argument
    )
