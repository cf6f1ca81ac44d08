"""Facts about proxies: where one is named for traffic to OpenAI, and openers nobody asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from oai_lint.facts.file import Site
from oai_lint.facts.values import Entry, Environment, Expr, Literal, Mapping, Result, Text
from oai_lint.patch import Node
from oai_lint.rule import Confidence

_OBJECTS = ("httpx.Proxy()", "httpx2.Proxy()", "httpx.URL()", "httpx2.URL()")


class Place(StrEnum):
    """What takes a proxy."""

    PROXY = "proxy"
    """``proxy=`` of a client, a transport or a call: one URL."""
    PROXIES = "proxies"
    """``proxies=`` of a client or a call, or ``session.proxies``: a mapping, or a URL."""
    MOUNTS = "mounts"
    """``mounts=`` of a client: URL patterns and transports."""
    ITEM = "item"
    """One entry set: ``session.proxies["https"] = ...``."""
    MODULE = "module"
    """``openai.proxy``."""
    VARIABLE = "variable"
    """An environment variable set by this file."""


class Address(NamedTuple):
    """A proxy's address: ``key`` says for which traffic (as written, or the variable)."""

    key: str
    value: Literal | Text
    expr: Expr
    fallback: bool = False
    """Whether it stands in for an environment variable that is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class ProxyUse:
    """A proxy named for traffic that goes to OpenAI, or is meant to.

    Attributes:
        node: the argument, the target or the call.
        expr: what is given.
        place: what takes it.
        library: whose rules of reading apply: requests, httpx, httpx2, openai, aiohttp, or
            environment.
        key: the entry or the variable that is set.
        works: whether the traffic really takes it; a session that nobody uses takes none.
        made: the node that built the client or session.
        complete: whether the file shows all that is set beside it.
        removable: the statement or entry that sets it, where it does nothing else.
    """

    node: Node
    expr: Expr
    place: Place
    library: str
    site: Site
    key: str = ""
    works: bool = True
    made: Node = None
    complete: bool = True
    removable: Node = None
    confidence: Confidence = Confidence.HIGH

    @property
    def mappings(self) -> list[Mapping]:
        """The mappings that it may be."""
        return [value for value in self.expr.values if isinstance(value, Mapping)]

    @property
    def entries(self) -> Iterator[Entry]:
        """The entries of those mappings."""
        for mapping in self.mappings:
            yield from mapping.entries

    @property
    def addresses(self) -> Iterator[Address]:
        """The addresses in it as far as they are known."""
        if self.place is not Place.MOUNTS:
            yield from _addresses(self.expr, self.key)


def _addresses(
    expr: Expr, key: str, depth: int = 0, *, fallback: bool = False
) -> Iterator[Address]:
    for value in expr.values:
        if isinstance(value, Text) or (isinstance(value, Literal) and isinstance(value.value, str)):
            yield Address(key, value, expr, fallback)
        elif isinstance(value, Environment) and value.default is not None and not fallback:
            yield from _addresses(value.default, key, depth, fallback=True)
        elif isinstance(value, Mapping) and depth < 2:
            for entry in value.entries:
                yield from _addresses(
                    entry.value, entry.key if isinstance(entry.key, str) else "", depth + 1
                )
        elif isinstance(value, Result) and value.call is not None and depth < 2:
            wraps = value.origin in _OBJECTS
            url = value.call.get("url", 0) if wraps else None
            if url is not None:
                yield from _addresses(url.expr, key, depth + 1)


@dataclass(frozen=True, slots=True, eq=False)
class UnusedOpener:
    """A ``urllib`` opener with proxies that no request of the file goes through.

    Attributes:
        node: the call of ``build_opener``.
        proxies: what ``ProxyHandler`` is given.
        statements: what builds and installs it, to be removed together.
    """

    node: Node
    proxies: Expr
    statements: tuple[Node, ...]
    site: Site
