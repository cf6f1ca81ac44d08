"""``await`` put before calls, and clients exchanged for their asynchronous twins."""

from __future__ import annotations

from oai_lint.facts import ApiCall, ClientInit, File, Site
from oai_lint.knowledge.clients import twin
from oai_lint.knowledge.endpoints import endpoint
from oai_lint.patch import Change, Import, Lead, Node, Rename, Replace


def awaited(node: Node, site: Site) -> Change:
    """Return the change that awaits a call, in parentheses where something is read off it."""
    if site.chained:
        return Replace(node, ("(await ", node, ")"))
    return Lead(node, node, ("await ",))


def renamed_class(file: File, init: ClientInit, name: str) -> tuple[Change, ...]:
    """Return the changes that build a client of another class."""
    written = file.code(init.call.func.node)
    if "." in written:
        return (Rename(init.call.func.node, name),)
    text = file.name_of(f"openai.{name}", init.node)
    if text and "." not in text:
        return (Replace(init.call.func.node, (text,)),)
    return (Replace(init.call.func.node, (name,)), Import("openai", name))


def made_async(init: ClientInit, file: File) -> tuple[Change, ...]:
    """Return the changes that make a client asynchronous and await its calls.

    Nothing where others may use it, or where one of its calls cannot be awaited.
    """
    if init.is_async or init.partial or init.http_client is not None or init.call.open:
        return ()
    life = file.lifetime(init.node)
    if life.escapes and (life.returned or life.passed):
        return ()
    if life.entered or life.closes or life.clients:
        return ()
    calls = [api for api in file.all(ApiCall) if api.made is init.node]
    if len(life.called) > len(calls):
        return ()
    changes: list[Change] = []
    for api in calls:
        method = endpoint(api.path)
        coroutine = method is not None and method.is_coroutine
        if not coroutine or not api.site.in_async or api.call.open:
            return ()
        if "with_streaming_response" in api.via or not _stream_fits(api, file):
            return ()
        if not api.site.under_await:
            changes.append(awaited(api.node, api.site))
    return (*renamed_class(file, init, twin(init.cls)), *changes)


def _stream_fits(api: ApiCall, file: File) -> bool:
    """Say whether a stream, if it is one, is read as an asynchronous one is."""
    loops = file.lifetime(api.node).iterated
    if api.call["stream"] is not None and not loops:
        return False
    return all(loop.asynchronous for loop in loops)
