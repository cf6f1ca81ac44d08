"""What a raw request sends, as the arguments of an SDK call."""

from __future__ import annotations

import re
from typing import NamedTuple

from oai_lint.facts import (
    Argument,
    Attribute,
    Entry,
    Expr,
    File,
    Items,
    Literal,
    Mapping,
    RawCall,
    Result,
)
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.knowledge.endpoints import RawEndpoint, endpoint, raw_endpoint
from oai_lint.patch import Node, Piece

_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
_BASE = re.compile(r"https://api\.openai\.com/+(?:v1/+)?(?P<below>[^?#]*)$")
_CARRIED = frozenset({
    "method", "url", "headers", "json", "data", "content", "files", "timeout", "proxies", "proxy",
    "verify", "stream", "allow_redirects", "follow_redirects",
})  # fmt: skip
_OBJECTS = frozenset({"json", "verbose_json", "diarized_json"})


class Request(NamedTuple):
    """The call of an SDK method.

    Attributes:
        row: which method.
        arguments: its arguments.
        streams: whether the body asks for a stream.
        as_text: whether the answer may be plain text, so that there is no object to read.
    """

    row: RawEndpoint
    arguments: tuple[tuple[Piece, ...], ...]
    streams: bool
    as_text: bool = False


def request(raw: RawCall, file: File) -> Request:
    """Return the call that sends what a raw request sends.

    Raises:
        Declined: a part of the request cannot be read, or has no counterpart.
    """
    if raw.call.open:
        raise Declined("its arguments are not all seen")
    for name in raw.call.keywords:
        if name not in _CARRIED:
            raise Declined(f"`{name}=` has no counterpart")
    row, values = _endpoint(raw)
    arguments: list[tuple[Piece, ...]] = [(f'"{value}"',) for value in values.values()]
    streams = as_text = False
    if row.body == "form":
        entries = (*_mapping(raw.call["files"], file), *_mapping(data_of(raw), file))
        as_text = _is_text(entries)
        arguments += (_field(entry, row, file) for entry in entries)
    elif row.body == "json":
        body = _body(raw, file)
        arguments += _parameters(body, row, file)
        streams = _streams(body)
    elif any(sent is not None and not sent.is_none for sent in (data_of(raw), raw.call["json"])):
        raise Declined("it sends a body that the SDK does not")
    timeout = _timeout(raw)
    if timeout is not None:
        arguments.append(("timeout=", timeout))
    return Request(row, tuple(arguments), streams, as_text)


def _endpoint(raw: RawCall) -> tuple[RawEndpoint, dict[str, str]]:
    address = _BASE.match(re.sub(r"(?<!:)//+", "/", raw.address.strip()))
    found = raw_endpoint(raw.method, f"/{address['below']}") if address is not None else None
    if found is None or any(_HOLE in value for value in found[1].values()):
        raise Declined("the endpoint is not fully known")
    return found


# -- bodies ----------------------------------------------------------------------------------------


def headers_of(raw: RawCall) -> Argument | None:
    """Return the headers that a request is given where it is made."""
    return raw.call.get("headers", 2 if raw.library == "urllib" else None)


def data_of(raw: RawCall) -> Argument | None:
    """Return what a request sends, unless it is given as ``json=``."""
    by_position = raw.library == "urllib" or raw.call.func.origin == "requests.post"
    given = raw.call.get("data", 1 if by_position else None)
    return raw.call["content"] if given is None and raw.library.startswith("httpx") else given


def _body(raw: RawCall, file: File) -> Expr:
    data, body = data_of(raw), raw.call["json"]
    if (data is None) == (body is None) or raw.call["files"] is not None:
        raise Declined("its body cannot be read")
    found = body.expr if body is not None else dumped(data)
    if found is None:
        raise Declined("its body cannot be read")
    if file.site(found.node).function is not raw.site.function:
        raise Declined("its body is written elsewhere")
    return found


def dumped(data: Argument | None) -> Expr | None:
    """Return what ``json.dumps`` was given, or a mapping that would have gone as a form."""
    if data is None:
        return None
    value = data.value
    if isinstance(value, Mapping):
        return data.expr
    if isinstance(value, Result) and value.origin == "json.dumps().encode()":
        method = value.of
        value = method.of if isinstance(method, Attribute) else value
    if isinstance(value, Result) and value.origin == "json.dumps()" and value.call is not None:
        first = value.call.get("obj", 0)
        return first.expr if first is not None else None
    return None


def _streams(body: Expr) -> bool:
    value = body.value
    stream = value.get("stream") if isinstance(value, Mapping) else None
    if stream is None:
        return False
    if not isinstance(stream.value.literal, bool) or not stream.certain:
        raise Declined("it streams or not, as it comes")
    return stream.value.literal


def _parameters(body: Expr, row: RawEndpoint, file: File) -> list[tuple[Piece, ...]]:
    value = body.value
    method = endpoint(row.path)
    known = method.parameters if method is not None else {}
    if isinstance(value, Mapping):
        foreign = [e for e in value.entries if not isinstance(e.key, str) or e.key not in known]
        if value.node is body.node and not value.open:
            return _written_out(value, foreign, file)
        if foreign:
            key = foreign[0].key
            raise Declined(f"`{key}` is no parameter of the SDK" if isinstance(key, str) else
                           "its body cannot be read")  # fmt: skip
        if value.node is body.node:
            return [("**", body.node)]
    if not file.code(body.node).replace(".", "").isidentifier():
        raise Declined("its body cannot be read")
    return [("**", body.node)]


def _written_out(value: Mapping, foreign: list[Entry], file: File) -> list[tuple[Piece, ...]]:
    found: list[tuple[Piece, ...]] = [
        (f"{e.key}=", *_alone(e.value.node, file)) for e in value.entries if e not in foreign
    ]
    extra: list[Piece] = []
    for entry in foreign:
        if entry.key_node is None:
            raise Declined("its body cannot be read")
        key = entry.key_node
        extra += (", " if extra else "", key, ": ", *_alone(entry.value.node, file))
    return [*found, ("extra_body={", *extra, "}")] if extra else found


def _alone(node: Node, file: File) -> tuple[Piece, ...]:
    """Return an expression with the brackets that it stands in, which a tuple needs."""
    return ("(", node, ")") if file.code(node).startswith("(") else (node,)


def _mapping(argument: Argument | None, file: File) -> tuple[Entry, ...]:
    """Return the entries of a form that stands in the call, or is made for it."""
    if argument is None:
        return ()
    value = argument.value
    if not isinstance(value, Mapping) or value.open:
        raise Declined("its form cannot be read")
    if value.node is argument.expr.node or all(_can_move(entry) for entry in value.entries):
        return value.entries
    # What is built in a statement that goes may be built in the call.
    if list(file.lifetime(value.node).uses) != [argument.expr.node]:
        raise Declined("its form is built elsewhere")
    return value.entries


def _can_move(entry: Entry) -> bool:
    """Say whether an entry means the same in another statement of the same flow."""
    return entry.certain and all(
        isinstance(value, Literal) or value.node is not entry.value.node
        for value in entry.value.values
    )


def _field(entry: Entry, row: RawEndpoint, file: File) -> tuple[Piece, ...]:
    method = endpoint(row.path)
    if method is None or not isinstance(entry.key, str) or entry.key not in method.parameters:
        raise Declined(f"`{entry.key}` is no parameter of the SDK")
    for value in entry.value.values:
        if isinstance(value, Items) and value.items and value.items[0].literal is None:
            raise Declined("a field of its form is sent as a file without a name")
    return (f"{entry.key}=", *_alone(entry.value.node, file))


def _is_text(entries: tuple[Entry, ...]) -> bool:
    return any(
        entry.key == "response_format" and entry.value.literal not in _OBJECTS for entry in entries
    )


# -- time ------------------------------------------------------------------------------------------


def _timeout(raw: RawCall) -> Node | None:
    given = raw.call["timeout"]
    return seconds(given) if given is not None else None


def seconds(given: Argument) -> Node | None:
    """Return what gives a limit in seconds; None for no limit at all, which nobody wants.

    Raises:
        Declined: it is anything else.
    """
    if given.literal is None:
        return None
    value = given.value
    if isinstance(value, Result) and value.origin == "aiohttp.ClientTimeout()" and value.call:
        total = value.call.get("total", 0)
        if total is not None and value.node is given.expr.node:
            given = total
    if isinstance(given.literal, bool) or not isinstance(given.literal, (int, float)):
        raise Declined("its timeout cannot be read")
    return given.expr.node
