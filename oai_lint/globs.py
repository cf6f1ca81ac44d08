"""Patterns of paths, as ruff reads them: ``*`` also crosses directories.

Paths are compared with ``/`` between their parts, whatever the system writes there.
"""

# Paths are strings here: pathlib alone would cost as much as a bare interpreter start.
# ruff: noqa: PTH117, PTH118

from __future__ import annotations

import os
import re
from functools import lru_cache

_SPECIAL = re.compile(r"[*?\[{}]")
_MEANT_BY_RE = re.compile(r"[\\\[^&|~]|(?<=.-)-")
"""What means something between brackets to ``re``, now or later, and nothing in a pattern."""


class GlobError(ValueError):
    """A pattern that is none; the message says why."""


def slashed(path: str) -> str:
    """Return a path as patterns see it."""
    return path.replace("\\", "/") if os.sep == "\\" else path


def escaped(path: str) -> str:
    """Return a pattern that matches this path alone."""
    return _SPECIAL.sub(r"[\g<0>]", slashed(path))


@lru_cache(maxsize=1024)
def compiled(root: str, pattern: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what matches whole paths below the directory ``root``, and what matches names.

    Raises:
        GlobError: it is no pattern.
    """
    translated = _translated(slashed(pattern).removeprefix("./").rstrip("/"))
    below = "" if os.path.isabs(pattern) else re.escape(slashed(os.path.join(root, "")))
    try:
        return re.compile(below + translated, re.S), re.compile(translated, re.S)
    except re.error:
        raise GlobError("a range of characters runs backwards") from None


def _translated(pattern: str) -> str:
    result: list[str] = []
    depth = position = 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if character == "*":
            if pattern.startswith("*/", position) and (
                position == 1 or pattern[position - 2] == "/"
            ):
                result.append("(?:.*/)?")
                position += 2
            else:
                result.append(".*")
        elif character == "?":
            result.append("[^/]")
        elif character == "[":
            negated = pattern[position : position + 1] in ("!", "^")
            end = pattern.find("]", position + 1 + negated)
            if end < 0:
                raise GlobError("`[` is never closed; `[[]` stands for the character")
            inner = pattern[position + negated : end]
            inner = _MEANT_BY_RE.sub(r"\\\g<0>", inner)
            result.append(f"[{'^' if negated else ''}{inner}]")
            position = end + 1
        elif character == "{":
            result.append("(?:")
            depth += 1
        elif character == "}":
            if not depth:
                raise GlobError("`}` closes nothing; `[}]` stands for the character")
            result.append(")")
            depth -= 1
        elif character == "," and depth:
            result.append("|")
        elif character == "\\" and position < len(pattern):
            result.append(re.escape(pattern[position]))
            position += 1
        else:
            result.append(re.escape(character))
    if depth:
        raise GlobError("`{` is never closed; `[{]` stands for the character")
    return "".join(result)
