"""The SDK client that takes the place of a session, or of no session at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, count, islice
from typing import NamedTuple

from oai_lint.facts import (
    ClientInit,
    File,
    LoopRun,
    ObjectSetting,
    RawCall,
)
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.fixes.raw_requests.headers import headers_for, is_attribute, nodes_of, text_of
from oai_lint.fixes.raw_requests.names import Names
from oai_lint.fixes.raw_requests.request import seconds
from oai_lint.fixes.raw_requests.session import Session, is_async, session_of
from oai_lint.fixes.raw_requests.transport import transport_for
from oai_lint.patch import After, Before, Change, Delete, Node, Piece, Replace, Unwrap

_NAMES = ("client", "openai_client", "other_client")
_ASYNC_NAMES = ("async_client", "async_openai_client", "other_async_client")
_DEFINITION = re.compile(r"(?:\s|#.*\n)*(?:@|class\b|(?:async\s+)?def\b)")
_LOOP = re.compile(r"(?:\s|#.*\n)*(?:async\s+)?(?:for|while)\b")


class Client(NamedTuple):
    """How to reach an SDK client, and the changes that make it."""

    name: str
    changes: tuple[Change, ...]
    arguments: tuple[tuple[Piece, ...], ...] = ()
    """What each call has to say besides what its request said."""


def client_for(calls: Sequence[RawCall], names: Names, file: File) -> Client:
    """Return the client for requests that go through one session, or for one without a session.

    Raises:
        Declined: key, transport or session cannot be taken over.
    """
    raw = calls[0]
    session = session_of(calls, file)
    arguments: list[tuple[Piece, ...]] = []
    extra: tuple[Piece, ...] = ()
    texts = set()
    for call in calls:
        headers = headers_for(call, session, file)
        extra = headers.extra
        texts.add(text_of(headers.arguments, file) + "|" + text_of([extra], file))
        arguments = list(headers.arguments)
    if len(texts) > 1:
        raise Declined("its session is used with different headers")
    transport = transport_for(calls, session, names, file)
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
            name, made = _in_place_of(session, calls, _built(cls, arguments), file)
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
    function, nodes = raw.site.function, nodes_of(written)
    statement = raw.site.statement
    if function is None:
        if raw.site.loops:
            raise Declined("it stands in a loop of the module")
        top = file.top_level(raw.node)
        if file.block(raw.node) is file.block(top) and all(file.ready(n, top) for n in nodes):
            return _of_module(raw, written, file)
        name = _free_name(raw, file)
        return name, (Before(statement, ((f"{name} = ", *written),)),)
    if _is_fixed(nodes, raw, file):
        return _of_module(raw, written, file)
    if any(map(file.code, nodes)) and all(is_attribute(node, file) for node in nodes):
        return _of_object(raw, written, file)
    # A client per call is right only where each call has a key of its own.
    if not any(_is_callers(node, function, file) for node in nodes):
        raise Declined("its key is worked out in the function")
    if raw.site.loops:
        statement = _loop_round(raw, file)
        if statement is None or any(file.reads_own(node, statement) for node in nodes):
            raise Declined("its key changes in a loop")
    name = _free_name(raw, file)
    return name, (Before(statement, ((f"{name} = ", *written),)),)


def _loop_round(raw: RawCall, file: File) -> Node | None:
    """Return the one statement that repeats a request in its function."""
    node = raw.site.statement if raw.site.loops == 1 else None
    while node is not None and not (
        _LOOP.match(file.code(node)) and file.site(node).statement is node
    ):
        node = file.site(node).parent
    return node


def _of_object(
    raw: RawCall, written: tuple[Piece, ...], file: File
) -> tuple[str, tuple[Change, ...]]:
    """Build the client where an object gets what it is built of."""
    settings = {
        setting.attribute: setting
        for setting in file.all(ObjectSetting)
        if raw.site.function in setting.methods
    }
    wanted = [settings.get(file.code(node)) for node in nodes_of(written)]
    found = [setting for setting in wanted if setting is not None]
    if len(found) < len(wanted) or any(s.node is raw.site.statement for s in found):
        raise Declined("its key belongs to an object")
    if is_async(raw) and len(file.all(LoopRun)) > 1:
        raise Declined("its event loop may be another each time")
    text = text_of([written], file)
    for init in file.all(ClientInit):
        if file.code(init.node) == text and [*init.site.names] and init.site.function in {
            method for setting in found for method in setting.methods
        } and init.site.names[0] in settings:  # fmt: skip
            return init.site.names[0], ()
    name = "self.async_client" if is_async(raw) else "self.client"
    if re.search(rf"\{name.removeprefix('self')}\b", file.text):
        name = f"self.{_free_name(raw, file)}"
    last = max(found, key=lambda setting: file.site(setting.node).order)
    return name, (After(last.node, ((f"{name} = ", *written),)),)


def _of_module(
    raw: RawCall, written: tuple[Piece, ...], file: File
) -> tuple[str, tuple[Change, ...]]:
    known = _known(written, raw, file)
    if known:
        return known, ()
    tops = (file.top_level(call.node) for call in file.all(RawCall) if call.host is raw.host)
    nodes = nodes_of(written)
    top = next((top for top in tops if all(file.ready(node, top) for node in nodes)),
               file.top_level(raw.node))  # fmt: skip
    name = _free_name(raw, file)
    line: tuple[Piece, ...] = (f"{name} = ", *written)
    blank: tuple[tuple[Piece, ...], ...] = ((), ()) if _DEFINITION.match(file.code(top)) else ()
    return name, (Before(top, (line, *blank)),)


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
    text = text_of([written], file)
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
    calls = [call for call in file.all(RawCall) if call.host is raw.host]
    alike = [_kind(call, file) for call in calls if is_async(call) is is_async(raw)]
    kinds = list(dict.fromkeys(kind for kind in alike if kind))
    known = _kind(raw, file)
    index = kinds.index(known) if known in kinds else 0
    names: tuple[str, ...] = _NAMES
    if is_async(raw):
        mixed = len(alike) < len(calls)
        names = _ASYNC_NAMES if mixed else ("client", *_ASYNC_NAMES)
    every = chain(names, (f"{_NAMES[-1]}_{number}" for number in count(2)))
    free = (name for name in every if not re.search(rf"\b{name}\b", file.text))
    return next(islice(free, index, None))


def _kind(raw: RawCall, file: File) -> str:
    """Return what tells the client of a request from others; nothing if it is not known."""
    try:
        together = [call for call in file.all(RawCall) if call.made is raw.made]
        session = session_of(together, file) if raw.session else None
        headers = headers_for(raw, session, file)
    except Declined:
        return ""
    text = text_of(headers.arguments, file)
    ways = (raw.call[name] for name in ("proxies", "proxy", "verify"))
    text += "".join(f", {file.code(way.expr.node)}" for way in ways if way is not None)
    return "" if "=self." in text else f"key: {text}"


def _is_callers(node: Node, function: Node, file: File) -> bool:
    return file.varies(node, function) and not file.code(node).startswith(("self.", "cls."))


# -- sessions --------------------------------------------------------------------------------------


def _moves(session: Session, raw: RawCall, written: tuple[Piece, ...], file: File) -> bool:
    """Say whether a client of the module can do what a session of a function did."""
    function = session.made.site.function
    if function is None or raw.site.function is not function:
        return False
    if is_async(raw) and len(file.all(LoopRun)) > 1:  # its connections belong to one event loop
        return False
    return _is_fixed(nodes_of(written), raw, file) or _is_of_object(nodes_of(written), raw, file)


def _is_of_object(nodes: Sequence[Node], raw: RawCall, file: File) -> bool:
    """Say whether an object has all that a client is built of from the start."""
    known = {s.attribute for s in file.all(ObjectSetting) if raw.site.function in s.methods}
    return bool(nodes) and all(file.code(node) in known for node in nodes)


def _instead_of(
    session: Session, raw: RawCall, written: tuple[Piece, ...], file: File
) -> tuple[str, tuple[Change, ...]]:
    """Take a session away, for a client of the module."""
    life = session.life
    fixed = _is_fixed(nodes_of(written), raw, file)
    name, built = (_of_module if fixed else _of_object)(raw, written, file)
    changes: list[Change] = [Delete(setting.site.statement) for setting in session.settings]
    changes += (Delete(close.site.statement) for close in life.closes)
    if life.entrances:
        changes.append(Unwrap(life.entrances[0].node))
    else:
        changes.append(Delete(session.made.site.statement))
    return name, (*built, *changes)


def _in_place_of(
    session: Session, calls: Sequence[RawCall], written: tuple[Piece, ...], file: File
) -> tuple[str, tuple[Change, ...]]:
    """Build the client where the session was built, or where it got its headers."""
    made, life = session.made, session.life
    nodes, statement = nodes_of(written), made.site.statement
    name = life.names[0]
    changes: list[Change] = []
    if name.startswith("self.") and not re.search(r"\.client\b", file.text):
        name = "self.client"
    if all(_is_there(node, made.node, file) for node in nodes):
        changes += (Delete(setting.site.statement) for setting in session.settings)
        changes.append(Replace(made.node, written))
        if name != life.names[0]:
            changes[-1] = Replace(statement, (f"{name} = ", *written))
    else:
        in_order = sorted(session.settings, key=lambda setting: setting.site.order)
        last = in_order[-1] if in_order else None
        if (
            last is None
            or life.entrances
            or file.block(last.node) is not file.block(made.node)
            or not all(_is_there(node, last.node, file) for node in nodes)
            or any(_is_before(call, last.node, file) for call in calls)
        ):
            raise Declined("its key is not there yet where its session is built")
        changes += (Delete(setting.site.statement) for setting in in_order[:-1])
        changes.append(Delete(statement))
        changes.append(Replace(last.site.statement, (f"{name} = ", *written)))
    changes += (
        Replace(close.node, (f"{name}.close()",))
        for close in life.closes
        if file.code(close.node) != f"{name}.close()"
    )
    return name, tuple(changes)


def _is_there(node: Node, place: Node, file: File) -> bool:
    """Say whether a client that is built at a place can be built of a node."""
    if file.holds_at(node, place):
        return True
    code, site = file.code(node), file.site(place)
    return any(
        setting.attribute == code
        and file.site(node).function in setting.methods
        and file.site(setting.node).function is site.function
        and file.site(setting.node).order < site.order
        for setting in file.all(ObjectSetting)
    )


def _is_before(call: RawCall, place: Node, file: File) -> bool:
    site = file.site(place)
    return call.site.function is site.function and call.site.order < site.order
