"""How long a thing lives: what becomes of an object after it was made, and how often it is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from oai_lint.facts.file import Site
from oai_lint.facts.values import Call
from oai_lint.patch import Node
from oai_lint.rule import Confidence


@dataclass(frozen=True, slots=True, eq=False)
class Close:
    """A call of ``close()`` or ``aclose()``.

    Attributes:
        node: the call.
        name: the name it is called on.
        conditional: the test for the name's existence (``"client" in locals()``) around it.
        test_statement: the ``if`` statement of that test, when it holds nothing but the close.
        inside: the ``try`` whose ``finally`` it stands in.
        whole_final: whether that ``finally`` holds nothing else.
        final: that ``finally`` clause.
        bound_within: whether the name is bound inside that ``try``, and nowhere before it.
        has_handlers: whether that ``try`` has ``except`` clauses.
        starts: the first statement of that ``try``.
    """

    node: Node
    name: str
    site: Site
    conditional: Node | None = None
    test_statement: Node | None = None
    inside: Node | None = None
    final: Node | None = None
    whole_final: bool = False
    bound_within: bool = False
    has_handlers: bool = False
    starts: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop (or a part of a comprehension) over something.

    Attributes:
        node: the statement, or the ``for`` of a comprehension.
        target: what takes the elements.
        over: the expression that is iterated.
        asynchronous: whether it is ``async for``.
        is_statement: whether it is a statement.
        leaves: the statements (``break``, ``return``) that leave it before the end, unless that
            depends on a word that says the end is there (``finish_reason``, ``done``).
    """

    node: Node
    target: Node
    over: Node
    asynchronous: bool
    is_statement: bool
    leaves: tuple[Node, ...]
    site: Site


@dataclass(frozen=True, slots=True, eq=False)
class Entrance:
    """A ``with`` statement that enters something.

    Attributes:
        node: the statement.
        item: its first item.
        asynchronous: whether it is ``async with``.
        alone: whether it enters nothing else.
    """

    node: Node
    item: Node
    asynchronous: bool
    alone: bool
    site: Site


@dataclass(frozen=True, slots=True, eq=False)
class LoopRun:
    """A call of ``asyncio.run()`` (or ``anyio.run()``), which makes an event loop and closes it.

    Attributes:
        node: the call.
        reached: the functions of this file that run in that loop, as far as the file tells.
        call: that call, its arguments read.
    """

    node: Node
    reached: frozenset[Node]
    site: Site
    call: Call


@dataclass(frozen=True, slots=True, eq=False)
class Retry:
    """A decorator that calls a function again when it fails.

    Attributes:
        node: the decorator's expression.
        library: tenacity, backoff, retry or retrying.
        function: the decorated function.
        classes: the paths of the exceptions that it retries; empty for all of them.
        choosy: whether something else decides too (``giveup=``, a predicate).
        call: the call that configures it; None for a bare ``@retry``.
    """

    node: Node
    library: str
    function: Node
    classes: tuple[str, ...]
    choosy: bool
    site: Site
    call: Call | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Lifetime:
    """What becomes of an object that an expression makes.

    Attributes:
        node: the expression.
        names: the local names that hold it.
        uses: the places that read those names.
        closes: the calls that close it.
        closed: whether something closes it: those calls, ``with``, an exit stack, ``closing``.
        entered: whether a ``with`` statement enters it.
        returned: whether a function returns or yields it.
        stored: whether it goes into an attribute, a container, a global name.
        passed: whether it is handed to a call other than as ``http_client=`` of an SDK client.
        captured: whether a nested function reads it.
        dropped: whether it is used in the expression that makes it and never named.
        clients: SDK clients that are given it as ``http_client``.
        iterated: loops over it.
        entrances: ``with`` statements that enter it.
        awaited: whether it is awaited (or entered or iterated asynchronously) somewhere.
        extent: the first and the last statement of its block between which all uses lie; None
            where a use lies elsewhere or it is not the whole value of one plain assignment.
        within: as ``extent``, up to the end of the block, closing in a ``finally`` not counted.
        receivers: the calls that it is handed to.
        called: calls of its methods, and the dotted path of each method.
        read: the other attributes that are read off it, and the dotted path of each.
        lent: whether an attribute of it is returned, stored or passed.
    """

    node: Node
    names: tuple[str, ...]
    uses: tuple[Node, ...]
    closes: tuple[Close, ...]
    closed: bool
    entered: bool
    returned: bool
    stored: bool
    passed: bool
    captured: bool
    dropped: bool
    clients: tuple[Node, ...]
    iterated: tuple[Loop, ...]
    entrances: tuple[Entrance, ...]
    awaited: bool
    extent: tuple[Node, Node] | None
    within: tuple[Node, Node] | None = None
    receivers: tuple[Node, ...] = ()
    called: tuple[tuple[str, Node], ...] = ()
    lent: bool = False
    read: tuple[tuple[str, Node], ...] = ()

    @property
    def escapes(self) -> bool:
        """Whether others may hold it after the function is through."""
        return self.handed_on or self.lent

    @property
    def handed_on(self) -> bool:
        """Whether the thing itself, not only a part of it, may be held by others."""
        return self.returned or self.stored or self.passed or self.captured


class Runs(StrEnum):
    """How often a place is run in one process."""

    ONCE = "once"
    OFTEN = "often"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Frequency:
    """How often a place is run, and why that is thought.

    Attributes:
        runs: once, often or unknown.
        reason: words for people: ``a loop``, ``@app.post``, ``ask(), which is called in a loop``.
        loop: the innermost loop or comprehension of the same function around it.
        is_statement: whether that loop is a statement.
        confidence: of that judgement.
    """

    runs: Runs
    reason: str = ""
    loop: Node | None = None
    is_statement: bool = False
    confidence: Confidence = Confidence.HIGH

    @property
    def often(self) -> bool:
        """Whether it is run often."""
        return self.runs is Runs.OFTEN
