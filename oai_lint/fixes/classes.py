"""How an exception of the SDK is named where a handler needs it."""

from __future__ import annotations

from oai_lint.facts import File
from oai_lint.fixes.migration import module_name
from oai_lint.patch import Change, Import, Node


def named(file: File, cls: str, at: Node) -> tuple[str, tuple[Change, ...]]:
    """Return how a class is written at a place, and the import that it takes."""
    name = file.name_of(f"openai.{cls}", at)
    if name:
        return name, ()
    found = module_name(file, at)
    if found is not None and not found[1]:
        return f"{found[0]}.{cls}", ()
    if file.is_free(cls, at):
        return cls, (Import("openai", cls),)
    return (f"{found[0]}.{cls}", found[1]) if found is not None else ("", ())
