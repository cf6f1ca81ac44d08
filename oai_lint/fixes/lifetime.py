"""``with`` round the life of a client, and clients moved to where they are built once."""

from __future__ import annotations

from oai_lint.facts import ApiCall, ClientInit, File, Lifetime, RawCall
from oai_lint.patch import Before, Change, Delete, Enclose, Node, Replace


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
    if life.entered or life.closes:
        return ()
    if len(life.names) == 1 and life.extent is not None:
        name, gone = life.names[0], Delete(life.extent[0])
        return _built_before(file, life.node, name, gone, loop)
    if life.dropped and not life.names and file.is_free("client", life.node):
        return _built_before(file, life.node, "client", Replace(life.node, ("client",)), loop)
    return ()


def _built_before(
    file: File, node: Node, name: str, gone: Change, loop: Node | None
) -> tuple[Change, ...]:
    """Build a client under a name in front of a loop or of the functions; ``gone`` is for here."""
    site = file.site(node)
    if loop is not None:
        return () if file.reads_own(node, loop) else (Before(loop, ((f"{name} = ", node),)), gone)
    if site.function is None or file.reads_own(node, site.function):
        return ()
    known = file.module_value(name)
    if known is None:
        # One name of the module is for one client: the first that functions build under it.
        first = next(
            init
            for init in file.all(ClientInit)
            if init.node is node or name in (init.site.names or ("client",))
        )
        if file.code(first.node) != file.code(node):
            return ()
        top = file.top_level(first.node)
        if not file.ready(node, top):
            return ()
        return (Before(top, ((f"{name} = ", node), (), ())), gone)
    return (gone,) if known == file.code(node) else ()
