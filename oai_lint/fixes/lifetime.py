"""``with`` round the life of a client, and clients moved to where they are built once."""

from __future__ import annotations

from oai_lint.facts import ApiCall, ClientInit, File, Lifetime, RawCall
from oai_lint.patch import Before, Change, Delete, Enclose, Node


def header(file: File, node: Node, name: str, *, is_async: bool) -> tuple[str | Node, ...]:
    """Return the head of a ``with`` statement that makes and closes a client."""
    return ("async with " if is_async else "with ", node, f" as {name}:")


def read_later(file: File, made: Node) -> bool:
    """Say whether an answer that comes through a client may be read after its last use."""
    for api in file.all(ApiCall):
        stream = api.call["stream"]
        late = stream is not None and stream.literal is not False
        late = late or "with_streaming_response" in api.via or api.path.endswith("stream")
        if api.made is made and (late or api.call.open):
            return True
    for raw in file.all(RawCall):
        # aiohttp reads the body when it is asked for; `async with` says until when that may be.
        late = raw.library == "aiohttp" and not raw.site.entered
        if raw.made is made and (late or raw.call["stream"] is not None or raw.call.open):
            return True
    return False


def enclosed(
    file: File, life: Lifetime, last: Node | None = None, *, is_async: bool
) -> tuple[Change, ...]:
    """Return the change that puts a client's life under ``with``; nothing where it cannot."""
    if life.extent is None or len(life.names) != 1:
        return ()
    first, own = life.extent
    end = own
    if last is not None and file.site(last).order > file.site(own).order:
        end = last
    if is_async and not file.site(life.node).may_await:
        return ()
    return (
        Enclose(
            first,
            end,
            header(file, life.node, life.names[0], is_async=is_async),
            replace_first=True,
        ),
    )


def hoisted(file: File, life: Lifetime, loop: Node | None) -> tuple[Change, ...]:
    """Return the changes that build a client once: before its loop, or at module level."""
    if len(life.names) != 1 or life.extent is None or life.entered or life.closes:
        return ()
    name = life.names[0]
    site = file.site(life.node)
    statement = life.extent[0]
    if loop is not None:
        if file.reads_own(life.node, loop):
            return ()
        return (Before(loop, ((f"{name} = ", life.node),)), Delete(statement))
    if site.function is None or file.reads_own(life.node, site.function):
        return ()
    known = file.module_value(name)
    if known is None:
        code = file.code(life.node)
        first = next(
            init
            for init in file.all(ClientInit)
            if init.node is life.node or (name in init.site.names and file.code(init.node) == code)
        )
        top = file.top_level(first.node)
        if not file.ready(life.node, top):
            return ()
        return (Before(top, ((f"{name} = ", life.node), (), ())), Delete(statement))
    if known == file.code(life.node):
        return (Delete(statement),)
    return ()
