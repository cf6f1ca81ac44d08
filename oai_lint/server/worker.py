"""The thread that checks files, beside the event loop, and what it does for itself in between."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

STACK = 16 * 2**20
"""Bytes for the worker's stack: the parser recurses, and threads get half a MiB on macOS."""

TURN = 0.000_5
"""Seconds for which the worker keeps the interpreter while the event loop wants it.

Reading one message takes several turns, at Python's own 5 ms each more than most files' check.
"""

YOUNG = 200_000
"""Objects after which Python looks for garbage by itself.

A syntax tree has tens of thousands, alive till its check is through: with Python's 700 a fifth of
a large file's check is spent on finding nothing.
"""

QUIET = 0.5
"""Seconds without work after which garbage is collected: between keystrokes is too soon."""


class Worker:
    """One thread, doing one piece of work at a time, in order.

    It is a pool of our own: the one of pygls also reads stdin, so a check there would keep the
    server from hearing.
    """

    def __init__(self) -> None:
        with contextlib.suppress(ValueError, RuntimeError):
            threading.stack_size(STACK)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="oai-lint")
        self._pending = 0
        self._tidying: asyncio.TimerHandle | None = None
        self._is_settled = False

    def begin(self) -> None:
        """Have this process's interpreter serve two threads, one of which makes large trees."""
        sys.setswitchinterval(TURN)
        gc.set_threshold(YOUNG, 5, 10)

    def submit(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> asyncio.Future[T]:
        """Do something slow; to be called on the event loop."""
        loop = asyncio.get_running_loop()
        if self._tidying is not None:
            self._tidying.cancel()
            self._tidying = None
        future = loop.run_in_executor(self._pool, work, *arguments)
        self._pending += 1
        future.add_done_callback(lambda _: self._finished(loop))
        return future

    def close(self) -> None:
        """Drop all work that has not begun."""
        if self._tidying is not None:
            self._tidying.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _finished(self, loop: asyncio.AbstractEventLoop) -> None:
        self._pending -= 1
        if not self._pending and not loop.is_closed():
            self._tidying = loop.call_later(QUIET, self._tidy)

    def _tidy(self) -> None:
        self._tidying = None
        with contextlib.suppress(RuntimeError):  # closed meanwhile
            self._pool.submit(self._collect)

    def _collect(self) -> None:
        gc.collect()
        if not self._is_settled:  # what the modules made stays for good: never look at it again
            gc.freeze()
            self._is_settled = True
