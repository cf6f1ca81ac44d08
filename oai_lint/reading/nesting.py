"""Code nested deeper than the interpreter's stack goes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_ROOM = 512 << 20
_FRAMES = 150_000


class SyntaxFault(Exception):  # noqa: N818
    """The text is not Python; carries the offset at which that shows, and the reason."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason


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
