"""How to write a name or a piece of text where a fix needs it."""

from __future__ import annotations

import re

from oai_lint.facts import File, Value
from oai_lint.patch import Import, Node, Replace

_OPENING = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\")")


def spelled(file: File, path: str, at: Node) -> tuple[str, tuple[Import, ...]]:
    """Return how an importable thing is written at a place, and the import that it takes."""
    name = file.name_of(path, at)
    if name:
        return name, ()
    module, _, last = path.rpartition(".")
    return last, (Import(module, last),)


def rewritten(file: File, value: Value, old: str, new: str) -> Replace | None:
    """Return the change of one part of a text where it is written, or None where it is not."""
    code = file.code(value.node)
    if code.count(old) != 1 or not _OPENING.match(code):
        return None
    return Replace(value.node, (code.replace(old, new),))


def opened_with(file: File, value: Value, text: str) -> Replace | None:
    """Return the change that puts ``text`` at the start of a literal, None where there is none."""
    code = file.code(value.node)
    match = _OPENING.match(code)
    if match is None:
        return None
    return Replace(value.node, (code[: match.end()] + text + code[match.end() :],))


def joined(file: File, prefix: str, node: Node) -> tuple[str | Node, ...]:
    """Return the pieces of an expression for ``prefix`` and the value of ``node`` behind it."""
    code = file.code(node)
    if "\n" in code or "\\" in code or "{" in code or "#" in code:
        return (f'"{prefix}" + (', node, ")")
    if '"' not in code:
        return (f'f"{prefix}{{', node, '}"')
    if "'" not in code:
        return (f"f'{prefix}{{", node, "}'")
    return (f'"{prefix}" + (', node, ")")
