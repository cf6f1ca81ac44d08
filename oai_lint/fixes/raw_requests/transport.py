"""The HTTP client that goes the way that a raw request went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oai_lint.facts import Call, Expr, File, Mapping, RawCall
from oai_lint.fixes.http_client import normalised, quoted, spelled
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.fixes.raw_requests.names import Names
from oai_lint.fixes.raw_requests.session import Session, is_async
from oai_lint.patch import Change, Piece


class Transport(NamedTuple):
    """An argument of the client, if any, and the imports that it takes."""

    arguments: tuple[Piece, ...]
    imports: tuple[Change, ...] = ()


def transport_for(
    calls: Sequence[RawCall], session: Session | None, names: Names, file: File
) -> Transport:
    """Return the ``http_client=`` that does what ``proxies=`` and ``verify=`` did."""
    raw = calls[0]
    proxies = [expr for raw in calls for expr in _given(raw.call, "proxies", "proxy")]
    verify = [expr for raw in calls for expr in _given(raw.call, "verify")]
    changing = bool(proxies or verify) and len(calls) > 1
    if session is not None:
        proxies += _given(session.made.call, "proxies", "proxy")
        proxies += (s.value for s in session.settings if s.name == "proxies")
        verify += _given(session.made.call, "verify")
        verify += (s.value for s in session.settings if s.name == "verify")
    if not proxies and not verify:
        return Transport(())
    if len(proxies) > 1 or len(verify) > 1 or changing:
        raise Declined("its proxy or certificates change from call to call")
    if file.http_client != "default" or not file.target.reaches(1, 17):
        raise Declined("its proxy or certificates need a client of their own")
    pieces: list[Piece] = []
    changes: list[Change] = []
    if proxies:
        pieces += ("proxy=", _proxy(proxies[0], file))
    if verify and verify[0].literal is not True:
        written, needed = _verified(verify[0], file)
        pieces += (", " if pieces else "", "verify=", *written)
        changes += needed
    if not pieces:
        return Transport(())
    kind = "DefaultAsyncHttpxClient" if is_async(raw) else "DefaultHttpxClient"
    helper, imports = names.of(kind, raw.node)
    return Transport((f"http_client={helper}(", *pieces, ")"), (*imports, *changes))


def _given(call: Call, *names: str) -> list[Expr]:
    return [argument.expr for name in names if (argument := call[name]) is not None]


def _proxy(given: Expr, file: File) -> Piece:
    """Return the address of a proxy, with the scheme that requests does without."""
    value = given.value
    expr = given
    if isinstance(value, Mapping):
        entry = value.get("https") or value.get("all")
        if entry is None or value.open or not entry.certain:
            raise Declined("its proxy cannot be read")
        expr = entry.value
    if isinstance(expr.literal, str):
        url = normalised(expr.literal)
        return expr.node if url == expr.literal else quoted(url)
    named = file.code(expr.node).replace(".", "").isidentifier()
    if expr is given or not named:
        raise Declined("its proxy cannot be read")
    return expr.node


def _verified(given: Expr, file: File) -> tuple[tuple[Piece, ...], tuple[Change, ...]]:
    """Return what ``verify=`` is for httpx, which takes no paths, and the imports that it takes."""
    if given.literal is False:
        return ("False",), ()
    if isinstance(given.literal, str):
        context = spelled(file, "ssl.create_default_context", given.node)
        return (f"{context.text}(cafile=", given.node, ")"), context.imports
    raise Declined("its certificates cannot be read")
