"""``await`` put before calls, and clients exchanged for their asynchronous twins."""

from __future__ import annotations

from oai_lint.facts import ClientInit, File, Site
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
