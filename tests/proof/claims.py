"""What a proof says about a run: small claims that can be combined with `&`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.proof.lab import Run, Timeouts


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence about a run and the test of it."""

    says: str
    holds: Callable[[Run], bool]

    def __and__(self, other: Claim) -> Claim:
        """Both claims."""
        return Claim(
            f"{self.says} and {other.says}", lambda run: self.holds(run) and other.holds(run)
        )

    def __or__(self, other: Claim) -> Claim:
        """At least one of them."""
        return Claim(
            f"{self.says} or {other.says}", lambda run: self.holds(run) or other.holds(run)
        )


# --- how the program ends

ends = Claim("it ends without an error", lambda run: run.ok)
hangs = Claim("it is still waiting when it is stopped", lambda run: run.exit_code is None)


def raises(error: str, cause: str = "", text: str = "") -> Claim:
    """An uncaught exception of this class; the libraries' names of a cause may differ in front.

    text: a part of its message.
    """

    def holds(run: Run) -> bool:
        caused = any(name.endswith(cause) for name in run.causes) if cause else True
        return run.error == error and caused and text in run.raised[0].message

    caused = f", caused by {cause}" if cause else ""
    quoted = f" ({text})" if text else ""
    return Claim(f"it raises {error}{quoted}{caused}", holds)


foreign = (
    raises("ImportError", text="cannot import name")
    | raises("ModuleNotFoundError")
    | raises("AttributeError", text="module 'openai' has no attribute")
)
"""The program was written for another release and cannot even start."""


def prints(text: str) -> Claim:
    """The program ends well and has printed this."""
    return Claim(f"it prints {text!r}", lambda run: run.ok and text in run.stdout)


def complains(text: str) -> Claim:
    """The error output holds this."""
    return Claim(f"it complains {text!r}", lambda run: text in run.stderr)


def warns(category: str, text: str = "") -> Claim:
    """A warning of a category, also one that Python hides."""
    return Claim(
        f"{category} is issued",
        lambda run: any(w.category == category and text in w.message for w in run.warnings),
    )


def silent(category: str) -> Claim:
    """No warning of a category."""
    return Claim(
        f"no {category} is issued", lambda run: all(w.category != category for w in run.warnings)
    )


# --- what reaches the API

unsent = Claim("no request leaves", lambda run: not run.requests)
answers = Claim("it gets its answer", lambda run: run.ok and bool(run.requests))


def sends(count: int) -> Claim:
    """So many requests arrive."""
    return Claim(f"{count} requests arrive", lambda run: len(run.requests) == count)


def asks(path: str) -> Claim:
    """A request for this path arrives, query included."""
    return Claim(f"{path} is asked", lambda run: any(r.path == path for r in run.requests))


def to_host(host: str) -> Claim:
    """Requests arrive, all for this host."""
    return Claim(
        f"{host} is asked",
        lambda run: bool(run.requests) and all(r.headers["host"] == host for r in run.requests),
    )


def authorised_by(value: str) -> Claim:
    """Requests arrive, all with this Authorization header."""
    return Claim(
        f"`Authorization: {value}` is sent",
        lambda run: bool(run.requests) and all(r.authorization == value for r in run.requests),
    )


in_clear = Claim(
    "a request goes over the wire in clear",
    lambda run: any(not request.tls for request in run.requests),
)
encrypted = Claim(
    "all requests are encrypted",
    lambda run: all(request.tls for request in run.requests),
)


# --- on which way

unproxied = Claim(
    "requests bypass the proxy", lambda run: bool(run.requests) and not run.proxy_requests
)
proxied = Claim(
    "all requests go through the proxy",
    lambda run: bool(run.requests) and run.proxied == run.requests,
)
refused = Claim(
    "the untrusted certificate is refused",
    lambda run: not run.requests and "CERTIFICATE_VERIFY_FAILED" in run.stderr,
)


# --- how long it may take


def waits(seconds: float | None) -> Claim:
    """The effective read timeout of every request; None is no limit."""
    limit = "without limit" if seconds is None else f"{seconds:g} s"
    return Claim(
        f"each read may take {limit}",
        lambda run: bool(run.timeouts) and all(_longest(t) == seconds for t in run.timeouts),
    )


def _longest(timeout: Timeouts) -> float | None:
    return timeout.total if timeout.library == "aiohttp" else timeout.read


def stalls(seconds: float) -> Claim:
    """The event loop stands still for so long at least."""
    return Claim(
        f"the event loop stands still for {seconds:g} s", lambda run: _stall(run) >= seconds
    )


def flows(seconds: float) -> Claim:
    """The event loop never stands still for so long, and the program gets its answer."""
    return Claim(
        f"the event loop is never held up for {seconds:g} s",
        lambda run: run.ok and _stall(run) < seconds,
    )


def _stall(run: Run) -> float:
    return run.longest_stall or 0.0


# --- what it costs and leaves behind


def connects(count: int) -> Claim:
    """So many TCP connections reach the API."""
    return Claim(f"it makes {count} connections", lambda run: run.connections == count)


def leaves_open(count: int) -> Claim:
    """At least so many connections are open at the end of the program."""
    return Claim(f"{count} connections are left open", lambda run: run.sockets.at_end >= count)


closes_all = Claim("every connection is closed", lambda run: run.ok and run.sockets.at_end == 0)
