"""Whose server a URL names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from oai_lint.facts.clients import Host
from oai_lint.facts.values import Expr, Literal, Text, Value

_URL = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:/*)?(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#\s]*)", re.I)
_LOCAL = re.compile(
    r"localhost|127\.|0\.0\.0\.0|\[?::1\]?|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\."
    r"|169\.254\.|host\.docker\.internal|[^.]+\.(local|internal|lan|test|localhost)$|[\w-]+$",
    re.I,
)
_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"


def host_of(address: str) -> Host:
    """Return whose server an address names; unknown parts are U+FFFC."""
    match = _URL.match(address)
    name = match[1].lower() if match else ""
    if not name:
        return Host.UNKNOWN
    if name in ("api.openai.com", "api.openai.com."):
        return Host.OPENAI
    if name.endswith((".openai.azure.com", ".openai.azure.us", ".openai.azure.cn")):
        return Host.AZURE
    if name.endswith(".api.openai.com") and _HOLE not in name:  # regional hosts
        return Host.OPENAI
    if _HOLE in name:
        return Host.UNKNOWN
    if name.endswith(".openai.com"):
        return Host.OPENAI if name != "chat.openai.com" and "/v1" in address else Host.FOREIGN
    if _LOCAL.match(name):
        return Host.LOCAL
    return Host.FOREIGN


def address_of(value: Value) -> str | None:
    """Return the text of a value, unknown parts as U+FFFC; None when it is no text."""
    if isinstance(value, Literal) and isinstance(value.value, str):
        return value.value
    if isinstance(value, Text):
        return value.known
    return None


def host_of_expr(expr: Expr) -> Host:
    """Return whose server all values of an expression name, UNKNOWN where they differ."""
    return agreed(
        host_of(address) if (address := address_of(value)) is not None else Host.UNKNOWN
        for value in expr.values
        if not (isinstance(value, Literal) and value.value is None)
    )


def agreed(hosts: Iterable[Host]) -> Host:
    """Return the host that all agree on."""
    found = set(hosts)
    return found.pop() if len(found) == 1 else Host.UNKNOWN
