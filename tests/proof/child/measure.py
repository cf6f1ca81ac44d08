"""The measurements, each a small function: what goes in is patched, what comes out is reported."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import stat
import sys
import time
import warnings
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, TextIO, cast

from tests.proof.child.report import Report

STEPS = ("connect", "read", "write", "pool")
HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
"""Categories that Python does not show by default (the first one is shown for `__main__`)."""


class Sockets:
    """Connections the process made and how many of them are still open."""

    def __init__(self) -> None:
        self.made = 0
        self.peak = 0
        self._seen: set[tuple[int, int]] = set()

    def connected(self, sock: socket.socket) -> None:
        """Note a connection by descriptor and inode: TLS replaces the socket object, not these."""
        identity = _socket_inode(sock.fileno())
        if identity is not None:
            self._seen.add((sock.fileno(), identity))
            self.made += 1
            self.peak = max(self.peak, self.open())

    def open(self) -> int:
        """Count the connections that have not been closed."""
        self._seen = {known for known in self._seen if _socket_inode(known[0]) == known[1]}
        return len(self._seen)


def _socket_inode(descriptor: int) -> int | None:
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_ino if stat.S_ISSOCK(status.st_mode) else None


class Stalls:
    """How long the event loop was held up by one callback."""

    def __init__(self) -> None:
        self.longest: float | None = None

    def install(self) -> None:
        """Time every callback of `asyncio`."""
        run = asyncio.Handle._run
        stalls = self

        def timed(self: asyncio.Handle) -> None:
            started = time.monotonic()
            try:
                run(self)
            finally:
                stalls.longest = max(stalls.longest or 0.0, time.monotonic() - started)

        cast(Any, asyncio.Handle)._run = timed


def record_warnings(report: Report) -> None:
    """Report every warning, also those that Python hides, and show only what it would show."""
    show = warnings.showwarning

    def record(  # noqa: PLR0917 - the signature is Python's
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        report.add("warning", category=category.__name__, message=str(message))
        if not issubclass(category, HIDDEN):
            show(message, category, filename, lineno, file, line)

    warnings.simplefilter("always")
    warnings.showwarning = record


def record_uncaught(report: Report, own_file: str) -> None:
    """Report the chain of an uncaught exception and print it without the lab's own frames."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        report.add("raised", chain=exception_chain(error))
        while trace is not None and trace.tb_frame.f_code.co_filename == own_file:
            trace = trace.tb_next
        sys.__excepthook__(kind, error.with_traceback(trace), trace)

    sys.excepthook = hook


def exception_chain(error: BaseException | None) -> list[tuple[str, str]]:
    """Return class name and message of an exception, then of what caused it, and so on."""
    chain: list[tuple[str, str]] = []
    while error is not None and len(chain) < 10:
        chain.append((class_name(type(error)), str(error)))
        if error.__cause__ is not None or error.__suppress_context__:
            error = error.__cause__
        else:
            error = error.__context__
    return chain


def class_name(cls: type) -> str:
    """Name a class as one would write it: `openai.APIConnectionError`, `RuntimeError`."""
    if cls.__module__ in {"builtins", "__main__"}:
        return cls.__qualname__
    return f"{cls.__module__}.{cls.__qualname__}"


class Timeouts:
    """The timeouts of the requests that were really sent, whatever the program configured."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def patch_httpx(self, module: ModuleType) -> None:
        """Read the timeout that `Client.send` hands to the transport; httpx2 has the same form."""
        library = cast(Any, module)
        send, send_async = library.Client.send, library.AsyncClient.send
        timeouts = self

        def sent(self: Any, request: Any, *args: Any, **options: Any) -> Any:
            timeouts.add(module.__name__, request.extensions.get("timeout"))
            return send(self, request, *args, **options)

        async def sent_async(self: Any, request: Any, *args: Any, **options: Any) -> Any:
            timeouts.add(module.__name__, request.extensions.get("timeout"))
            return await send_async(self, request, *args, **options)

        library.Client.send = sent
        library.AsyncClient.send = sent_async

    def patch_requests(self, module: ModuleType) -> None:
        """Read the timeout that a session hands to its adapter."""
        adapter = cast(Any, module).adapters.HTTPAdapter
        send = adapter.send
        timeouts = self

        def sent(
            self: Any,
            request: Any,
            stream: bool = False,
            timeout: Any = None,
            *args: Any,
            **kw: Any,
        ) -> Any:
            connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
            timeouts.add("requests", {"connect": connect, "read": read})
            return send(self, request, stream, timeout, *args, **kw)

        adapter.send = sent

    def patch_aiohttp(self, module: ModuleType) -> None:
        """Read the `ClientTimeout` of a call, or else of its session."""
        session = cast(Any, module).ClientSession
        request = session._request
        timeouts = self

        async def sent(self: Any, *args: Any, **options: Any) -> Any:
            timeout: Any = options.get("timeout")
            if not hasattr(timeout, "sock_read"):
                timeout = self.timeout
            timeouts.add(
                "aiohttp",
                {
                    "connect": timeout.sock_connect,
                    "read": timeout.sock_read,
                    "pool": timeout.connect,
                    "total": timeout.total,
                },
            )
            return await request(self, *args, **options)

        session._request = sent

    def add(self, library: str, limits: Any) -> None:
        """Report the limits of one request; what is not a number is no limit we can read."""
        known = limits if isinstance(limits, dict) else {}
        values = {step: limit for step, limit in known.items() if isinstance(limit, int | float)}
        self._report.add("timeout", library=library, **values)


def drop_everything(namespace: dict[str, Any]) -> None:
    """Let go of what the program held, as the end of a process would, while it can be observed.

    The last exception goes too, for its traceback holds every local variable on the way.
    """
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        if hasattr(sys, name):
            delattr(sys, name)
    namespace.clear()
    for _ in range(3):
        gc.collect()


def read_program(path: str) -> bytes:
    """Return the text of the program under test."""
    return Path(path).read_bytes()
