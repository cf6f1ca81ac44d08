"""Timeouts as httpx understands them: one limit for each step of a request."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from oai_lint.facts.values import UNKNOWN, Call, Expr, Items, Literal, Result, Value
from oai_lint.knowledge.clients import LIBRARY_DEFAULTS, SDK_DEFAULTS

STEPS: Final = ("connect", "read", "write", "pool")
TIMEOUTS: Final = ("openai.Timeout()", "httpx.Timeout()", "httpx2.Timeout()")

Limits = tuple[Any, Any, Any, Any]
"""Seconds for each of :data:`STEPS`, None for no limit, UNKNOWN for what is not known."""

DEFAULT: Final[Limits] = (SDK_DEFAULTS.connect, *(SDK_DEFAULTS.read,) * 3)
"""What the SDK waits when nobody says anything."""

_LIBRARY: Final[Limits] = (LIBRARY_DEFAULTS.connect, *(LIBRARY_DEFAULTS.read,) * 3)


def limits(value: Value) -> Limits | None:
    """Return the limits that a value of ``timeout=`` stands for; None for what is no timeout."""
    if isinstance(value, Literal):
        number = value.value
        if number is None or (isinstance(number, (int, float)) and not isinstance(number, bool)):
            return (number,) * 4
        return None
    if isinstance(value, Items) and value.kind == "tuple" and 0 < len(value.items) <= len(STEPS):
        given = [_seconds(item) for item in value.items]
        return (*given, *[None] * (len(STEPS) - len(given)))
    if isinstance(value, Result) and value.origin in TIMEOUTS and value.call is not None:
        return _of_object(value.call)
    return None


def taken_for_unset(found: Limits) -> bool:
    """Say whether the SDK takes a timeout of an HTTP client for the library's own default."""
    return found == _LIBRARY


def spelled(found: Limits) -> str:
    """Return limits in words, steps with the same one together."""
    if len({repr(limit) for limit in found}) == 1:
        if found[0] is None:
            return "none: a request that hangs blocks for ever"
        return f"{_number(found[0])} for each step"
    parts = []
    for _, group in groupby(zip(STEPS, found, strict=True), key=lambda pair: repr(pair[1])):
        pairs = list(group)
        parts.append(f"{', '.join(step for step, _ in pairs)} {_number(pairs[0][1])}")
    return "; ".join(parts)


def brief(found: Limits) -> str:
    """Return the limit that matters most, the one for reading, in two words."""
    read = found[STEPS.index("read")]
    return "no timeout" if read is None else f"timeout {_number(read)}"


def _of_object(call: Call) -> Limits | None:
    if call.open:
        return None
    rest = call.get("timeout", 0)
    base: Limits = (UNKNOWN,) * 4
    if rest is not None:
        found = limits(rest.value)
        base = base if found is None else found
    named = [call[step] for step in STEPS]
    return tuple(
        default if argument is None else _seconds(argument.expr)
        for argument, default in zip(named, base, strict=True)
    )


def _seconds(expr: Expr) -> Any:
    number = expr.literal
    if number is None or (isinstance(number, (int, float)) and not isinstance(number, bool)):
        return number
    return UNKNOWN


def _number(limit: Any) -> str:
    if limit is UNKNOWN:
        return "not known here"
    return "without a limit" if limit is None else f"{limit:g} s"
