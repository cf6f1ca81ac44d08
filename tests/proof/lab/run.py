"""What is known about a program after it has run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.proof.lab.api import ApiRequest
from tests.proof.lab.proxy import ProxyRequest


class LabError(Exception):
    """The lab cannot tell: what was asked for has not been measured."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception: its class as one writes it (`openai.RateLimitError`) and its message."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning, also one that Python hides by default."""

    category: str
    message: str


@dataclass(frozen=True, slots=True)
class Timeouts:
    """The limits of one request that was sent, in seconds; None is no limit."""

    library: str
    connect: float | None = None
    read: float | None = None
    write: float | None = None
    pool: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Sockets:
    """Connections made, open at once at most, open at the end, and left when all is dropped."""

    made: int = 0
    peak: int = 0
    at_end: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A program that has run: what it printed, raised, sent and left behind."""

    exit_code: int | None
    """None if it was stopped at the time limit."""
    stdout: str
    stderr: str
    seconds: float
    """From the first line of the program to its last, imports included."""
    requests: tuple[ApiRequest, ...]
    proxy_requests: tuple[ProxyRequest, ...]
    proxied: tuple[ApiRequest, ...]
    """The requests to the API that came through the proxy."""
    raised: tuple[Raised, ...]
    """The uncaught exception, then its cause, the cause's cause, and so on."""
    warnings: tuple[Warned, ...]
    timeouts: tuple[Timeouts, ...]
    """The effective timeouts, one per request of httpx, httpx2, requests or aiohttp."""
    left_behind: Sockets | None
    """None if the program was stopped or left by `os._exit`; see `sockets`."""
    longest_stall: float | None
    """Seconds for which one callback held up the event loop; None without a loop."""
    blocked: tuple[str, ...]
    """What the program tried to reach outside of the lab."""

    @property
    def ok(self) -> bool:
        """Whether the program ended as it should."""
        return self.exit_code == 0

    @property
    def error(self) -> str | None:
        """The class of the uncaught exception."""
        return self.raised[0].name if self.raised else None

    @property
    def causes(self) -> tuple[str, ...]:
        """The classes of what caused it, nearest first."""
        return tuple(raised.name for raised in self.raised[1:])

    @property
    def sockets(self) -> Sockets:
        """The connections; an error if the program did not live to have them counted."""
        if self.left_behind is None:
            raise LabError("the program did not come to an end at which sockets are counted")
        return self.left_behind

    @property
    def resource_warnings(self) -> int:
        """How many objects were left unclosed; an error under the same condition."""
        if self.left_behind is None:
            raise LabError("the program did not come to an end at which warnings are counted")
        return sum(warned.category == "ResourceWarning" for warned in self.warnings)

    @property
    def connections(self) -> int:
        """How many TCP connections reached the API with a request."""
        return len({request.client_port for request in self.requests})


@dataclass(frozen=True, slots=True)
class Report:
    """The lines a child has written, by kind."""

    lines: tuple[dict[str, Any], ...]

    @classmethod
    def read(cls, path: Path) -> Report:
        """Read the report; of a killed child it may end early, or not exist."""
        text = path.read_text("utf-8") if path.exists() else ""
        return cls(tuple(_complete_lines(text.splitlines())))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the data of all lines of a kind."""
        return [
            {name: value for name, value in line.items() if name != "kind"}
            for line in self.lines
            if line["kind"] == kind
        ]

    def last(self, kind: str) -> dict[str, Any]:
        """Return the data of the last line of a kind, or nothing."""
        found = self.of(kind)
        return found[-1] if found else {}


def _complete_lines(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue
