"""Code nested deeper than the parser or the interpreter's stack goes."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

DEEPEST = 200
"""How deep CPython lets brackets nest."""

_ROOM = 512 << 20
_FRAMES = 150_000
_NO_BRACKETS = re.compile(r"[^()\[\]{}]+")
_DEEPER = frozenset("([{")
# Strings and comments, whose brackets do not count; an f-string's do no harm either.
_TOKEN = re.compile(
    r'''#[^\r\n]*|"""(?:\\.|(?!""").)*(?:"""|$)|\'{3}(?:\\.|(?!\'{3}).)*(?:\'{3}|$)'''
    r"""|"(?:\\.|[^"\\\r\n])*"|\'(?:\\.|[^\'\\\r\n])*\'|[()\[\]{}]""",
    re.S,
)


class SyntaxFault(Exception):  # noqa: N818
    """The text is not Python; carries the offset at which that shows, and the reason."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason


def too_deep(text: str) -> int | None:
    """Return the offset of the bracket that is one too many, if there is one."""
    depth = 0
    for bracket in _NO_BRACKETS.sub("", text):
        if bracket in _DEEPER:
            depth += 1
            if depth > DEEPEST:
                break
        elif depth:
            depth -= 1
    else:
        return None
    depth = 0
    for match in _TOKEN.finditer(text):
        if match[0] in _DEEPER:
            depth += 1
            if depth > DEEPEST:
                return match.start()
        elif depth and match[0] in (")", "]", "}"):
            depth -= 1
    return None


def with_room(work: Callable[[], T]) -> T:
    """Do the work; once more on a stack of half a gigabyte where the usual one is too small.

    Raises:
        SyntaxFault: even that is too small.
    """
    try:
        return work()
    except RecursionError:
        pass
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            failed.append(error)

    frames = sys.getrecursionlimit()
    before = threading.stack_size()
    try:
        threading.stack_size(_ROOM)
        thread = threading.Thread(target=run, name="oai-lint: deep code")
        sys.setrecursionlimit(_FRAMES)
        thread.start()
        thread.join()
    except (RuntimeError, ValueError, MemoryError) as error:
        failed.append(error)
    finally:
        threading.stack_size(before)
        sys.setrecursionlimit(frames)
    if found:
        return found[0]
    if isinstance(failed[0], (RecursionError, RuntimeError, MemoryError)):
        raise SyntaxFault(0, "the code is nested too deeply to be read") from None
    raise failed[0]
