"""Requests of urllib: one object for the request, another for the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from oai_lint.facts import File, HttpSetting, RawCall
from oai_lint.fixes.raw_requests.answer import SdkCall, dump
from oai_lint.fixes.raw_requests.client import client_for
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.fixes.raw_requests.handlers import handlers_round
from oai_lint.fixes.raw_requests.names import Names
from oai_lint.fixes.raw_requests.request import request, seconds
from oai_lint.knowledge.endpoints import BINARY_RESULTS
from oai_lint.patch import Change, Delete, Node, Replace, Unwrap


class _Opened(NamedTuple):
    call: RawCall
    name: str
    parsed: Node
    entrance: Node | None


def by_urllib(raw: RawCall, names: Names, file: File) -> tuple[Change, ...]:
    """Return the changes that write a ``Request`` that is opened and parsed as an SDK call.

    Raises:
        Declined: it is opened or read in another way.
    """
    if raw.call.func.origin.endswith("urlopen"):
        raise Declined("its key cannot be read")
    life = file.lifetime(raw.node)
    settings = [s for s in file.all(HttpSetting) if s.made is raw.node and s.name == "headers"]
    opened = _opened(raw, file)
    if len(life.uses) != (1 + len(settings) if life.names else 0) or not all(
        file.is_bound_once(use) for use in life.uses
    ):
        raise Declined("its request is used elsewhere")
    sent = request(raw, file)
    if sent.streams or sent.as_text or sent.row.path in BINARY_RESULTS:
        raise Declined("its answer is no JSON")
    handlers = handlers_round([raw, opened.call], names, file)
    client = client_for([replace(raw, site=opened.call.site)], names, file)
    limit = opened.call.call.get("timeout", 2)
    time = seconds(limit) if limit is not None else None
    if time is not None:
        client = client._replace(arguments=(*client.arguments, ("timeout=", time)))
    written = SdkCall(client, sent, awaited=False).plain()
    changes: list[Change] = [*client.changes, *handlers.changes]
    changes += (Delete(setting.site.statement) for setting in settings)
    if life.names:
        changes.append(Delete(raw.site.statement))
    if opened.entrance is not None:
        changes.append(Unwrap(opened.entrance, ((f"{opened.name} = ", *written),)))
    else:
        changes.append(Replace(opened.call.node, written))
    changes.append(Replace(opened.parsed, (f"{opened.name}.{dump(file, raw)}",)))
    return tuple(changes)


def _opened(raw: RawCall, file: File) -> _Opened:
    receivers = file.lifetime(raw.node).receivers
    calls = [call for call in file.all(RawCall) if call.node in receivers]
    if len(receivers) != 1 or len(calls) != 1 or file.block(calls[0].node) is None:
        raise Declined("it is not seen how the request is sent")
    call = calls[0]
    if (
        call.call.open
        or set(call.call.keywords) - {"url", "timeout"}
        or (len(call.call.positional) > 1 and not call.call.positional[1].is_none)
    ):
        raise Declined("it is opened in a way of its own")
    life = file.lifetime(call.node)
    if len(life.names) != 1 or len(life.uses) != 1 or life.returned or life.stored or life.captured:
        raise Declined("its answer is handed on")
    if len(life.entrances) > 1 or any(not entrance.alone for entrance in life.entrances):
        raise Declined("its answer is entered beside something else")
    parsed = _parsed(life.receivers, [node for path, node in life.called if path == "read"], file)
    entrance = life.entrances[0].node if life.entrances else None
    return _Opened(call, life.names[0], parsed, entrance)


def _parsed(receivers: tuple[Node, ...], reads: list[Node], file: File) -> Node:
    """Return the call that makes JSON of an answer."""
    for call in receivers:
        if file.code(call).startswith("json.load("):
            return call
    for node in reads:
        current = node
        for _ in range(4):  # `.decode`, its call, an argument, the call
            current = file.site(current).parent
            code = file.code(current)
            if code.startswith("json.loads(") and code.endswith(")"):
                return current
    raise Declined("its answer is not read as JSON at once")
