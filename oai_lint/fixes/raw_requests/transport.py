"""The HTTP client that goes the way that a raw request went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oai_lint.facts import Argument, File, Mapping, RawCall
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.fixes.raw_requests.names import Names
from oai_lint.fixes.raw_requests.session import Session, is_async
from oai_lint.patch import Change, Node, Piece


class Transport(NamedTuple):
    """An argument of the client, if any, and the imports that it takes."""

    arguments: tuple[Piece, ...]
    imports: tuple[Change, ...] = ()


def transport_for(
    calls: Sequence[RawCall], session: Session | None, names: Names, file: File
) -> Transport:
    """Return the ``http_client=`` that does what ``proxies=`` and ``verify=`` did."""
    raw = calls[0]
    sources = [call.call for call in calls] + ([session.made.call] if session is not None else [])
    proxies = [a for call in sources for a in (call["proxies"], call["proxy"]) if a is not None]
    verify = [a for call in sources for a in (call["verify"],) if a is not None]
    if not proxies and not verify:
        return Transport(())
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
    return Transport((f"http_client={helper}(", *pieces, ")"), imports)


def _proxy(argument: Argument) -> Node:
    value = argument.value
    if isinstance(value, Mapping):
        entry = value.get("https") or value.get("all")
        if entry is not None and not value.open and isinstance(entry.value.literal, str):
            return entry.value.node
    elif isinstance(argument.literal, str):
        return argument.expr.node
    raise Declined("its proxy cannot be read")
