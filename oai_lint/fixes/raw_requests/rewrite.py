"""One raw request, or all that go through one session, and everything round them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oai_lint.facts import File, Host, HttpClient, RawCall
from oai_lint.fixes.raw_requests.answer import answer
from oai_lint.fixes.raw_requests.client import client_for
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.fixes.raw_requests.handlers import handlers_round
from oai_lint.fixes.raw_requests.names import Names
from oai_lint.fixes.raw_requests.opened import by_urllib
from oai_lint.fixes.raw_requests.request import data_of, headers_of, request
from oai_lint.patch import Change, Delete


class Rewrite(NamedTuple):
    """The changes, or why there are none."""

    changes: tuple[Change, ...]
    reason: str = ""


def sdk_call(raw: RawCall, file: File) -> Rewrite:
    """Return the changes that write a request as an SDK call, with all that share its session."""
    try:
        calls = [c for c in file.all(RawCall) if c.made is raw.made] if raw.session else [raw]
        if any(call.host is not Host.OPENAI for call in calls):
            raise Declined("its session is used for other hosts")
        names = Names(file, whole=False)
        changes = _rewritten(calls, names, file)
        if len(names.imported) > 1:
            changes = _rewritten(calls, Names(file, whole=True), file)
    except Declined as declined:
        return Rewrite((), str(declined))
    return Rewrite(changes)


def _rewritten(calls: Sequence[RawCall], names: Names, file: File) -> tuple[Change, ...]:
    if calls[0].library == "urllib":
        return (*by_urllib(calls[0], names, file), *_unused(calls[0], file))
    handlers = handlers_round(calls, names, file)
    client = client_for(calls, names, file)
    changes: list[Change] = [*client.changes, *handlers.changes]
    for raw in calls:
        changes += answer(
            raw, client, request(raw, file), names, file,
            exact=handlers.exact, free=handlers.none_waits,
        )  # fmt: skip
        changes += _unused(raw, file)
    return tuple(changes)


def _unused(raw: RawCall, file: File) -> list[Change]:
    """Return the changes that delete assignments which only the request has read."""
    changes: list[Change] = []
    given = [raw.url, headers_of(raw), data_of(raw), raw.call["proxies"], raw.call["files"]]
    given += [made.call["headers"] for made in file.all(HttpClient) if made.node is raw.made]
    for argument in given:
        if argument is None:
            continue
        for value in argument.values:
            site = file.site(value.node)
            if value.node is argument.expr.node or len(site.names) != 1 or not raw.site.function:
                continue
            uses = file.lifetime(value.node).uses
            if len(uses) == 1 and uses[0] is argument.expr.node:
                changes += [Delete(site.statement)] if site.function is raw.site.function else []
    return changes
