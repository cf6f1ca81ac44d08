"""The headers of a raw request, as arguments of a client and of a call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from oai_lint.facts import (
    Entry,
    Environment,
    Expr,
    File,
    HttpSetting,
    Literal,
    Mapping,
    RawCall,
    Text,
)
from oai_lint.fixes.http_client import quoted
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.fixes.raw_requests.request import headers_of
from oai_lint.fixes.raw_requests.session import Session
from oai_lint.patch import Node, Piece

_DROPPED_HEADERS = frozenset({
    "content-type", "content type", "accept", "accept-encoding", "user-agent", "connection",
    "openai-beta",
})  # fmt: skip
_CLIENT_HEADERS = {"openai-organization": "organization", "openai-project": "project"}


class Headers(NamedTuple):
    """The arguments that give a client its key, and the headers that stay with the call."""

    arguments: tuple[tuple[Piece, ...], ...]
    extra: tuple[Piece, ...]


def headers_for(raw: RawCall, session: Session | None, file: File) -> Headers:
    """Return what carries the headers of a request and of its session.

    Raises:
        Declined: they cannot be read, or have no key.
    """
    entries: dict[str, Entry | HttpSetting] = {}
    sources: list[Expr] = []
    if session is not None:
        sources += (h.expr for h in (session.made.call["headers"],) if h is not None)
        for setting in session.settings:
            if setting.name != "headers":
                continue
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
    known = {raw.site.function, None}
    if session is not None:  # where its client can be built is seen later
        known.add(session.made.site.function)
    for node in nodes_of(piece for argument in arguments for piece in argument):
        if file.site(node).function not in known and not is_attribute(node, file):
            raise Declined("its key comes from another function")
    return Headers(tuple(arguments), ("extra_headers={", *extra, "}") if extra else ())


def is_attribute(node: Node, file: File) -> bool:
    """Say whether a node reads an attribute of the object that a method is called on."""
    return file.code(node).startswith("self.")


def _bearer(expr: Expr) -> list[tuple[Piece, ...]]:
    value = expr.value
    if isinstance(value, Literal) and isinstance(value.value, str):
        key = value.value.removeprefix("Bearer ").strip()
        if value.value.startswith("Bearer ") and key.isprintable():
            return [("api_key=", quoted(key))]
    if isinstance(value, Text) and len(value.parts) == 2 and value.parts[0] == "Bearer ":
        key_part = value.parts[1]
        if isinstance(key_part, Expr):
            known = key_part.value
            if (
                isinstance(known, Environment)
                and (known.default is None or known.default.literal == "")
                and known.variable == "OPENAI_API_KEY"
            ):
                return []
            return [("api_key=", key_part.node)]
    raise Declined("its key cannot be read")


def nodes_of(pieces: Iterable[Piece]) -> list[Node]:
    """Return the pieces that are nodes."""
    return [piece for piece in pieces if not isinstance(piece, str)]


def text_of(arguments: Sequence[Sequence[Piece]], file: File) -> str:
    """Return arguments as text, to compare."""
    return "".join(
        piece if isinstance(piece, str) else file.code(piece)
        for argument in arguments
        for piece in argument
    )
