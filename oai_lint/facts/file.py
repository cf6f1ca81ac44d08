"""The file a rule is looking at, and where in it a fact stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from oai_lint.patch import Node
from oai_lint.target import Target

if TYPE_CHECKING:
    import datetime

    from oai_lint.facts.lifetime import Frequency, Lifetime

T = TypeVar("T")


class Site(Protocol):
    """Where a fact stands in its file."""

    @property
    def statement(self) -> Node:
        """The statement around it, as something to delete or to write before."""

    @property
    def outermost(self) -> Node:
        """The statement of the module's own body that holds it."""

    @property
    def parent(self) -> Node:
        """The node just around it."""

    @property
    def awaited(self) -> bool:
        """Whether it is the operand of ``await`` (or of ``async with`` / ``async for``)."""

    @property
    def under_await(self) -> bool:
        """Whether it is the operand of an ``await`` expression."""

    @property
    def chained(self) -> bool:
        """Whether something is read off it at once: an attribute, an item, a call."""

    @property
    def is_statement(self) -> bool:
        """Whether its value is thrown away: it is a statement of its own."""

    @property
    def in_async(self) -> bool:
        """Whether it runs in an ``async def``."""

    @property
    def may_await(self) -> bool:
        """Whether ``await`` may be written: in an ``async def``, or at a notebook's top level."""

    @property
    def loops(self) -> int:
        """How many loops and comprehensions of the same function repeat it."""

    @property
    def at_module_level(self) -> bool:
        """Whether it runs at import, outside any function."""

    @property
    def function(self) -> Node | None:
        """The function it runs in."""

    @property
    def function_name(self) -> str:
        """The name of that function; empty at module level and in a lambda."""

    @property
    def guarded(self) -> bool:
        """Whether the place is meant to fail, or to be reached, with some SDK versions only.

        A version check or a flag does that, and a test's ``with pytest.raises(TypeError)``.
        """

    @property
    def wants_deprecation(self) -> bool:
        """Whether a test wants the warning of a deprecation: ``pytest.deprecated_call()``."""

    @property
    def empty(self) -> frozenset[str]:
        """The code of what is known to be empty there (``if not key:``)."""

    @property
    def conditions(self) -> Sequence[str]:
        """The code of the ``if`` and ``while`` tests around it in its function, nearest first."""

    @property
    def order(self) -> int:
        """A number that grows along the file."""

    @property
    def names(self) -> Sequence[str]:
        """The names (or ``self.x`` paths) that its value is assigned to, if it is."""

    @property
    def returned(self) -> bool:
        """Whether it is what a function returns or yields."""

    @property
    def entered(self) -> bool:
        """Whether it is what a ``with`` statement enters."""


class TextFile(Protocol):
    """One file of whatever kind, its facts and the settings in force for it."""

    path: str
    text: str
    target: Target
    http_client: str
    today: datetime.date
    is_test: bool
    is_example: bool

    def all(self, kind: type[T]) -> list[T]:
        """Return the facts of one kind, in source order."""


class File(TextFile, Protocol):
    """One Python file."""

    annotate: bool

    def site(self, node: Node) -> Site:
        """Return where a node stands."""

    def code(self, node: Node) -> str:
        """Return a node as text; for messages and decisions, never for edits."""

    def imports(self, module: str) -> bool:
        """Say whether the file imports the module or something from it, anywhere."""

    def name_of(self, path: str, at: Node) -> str:
        """Return how an imported thing is spelled at a place.

        ``openai.Timeout`` may be ``oa.Timeout``; empty where the file has no name for it there.
        """

    def is_free(self, name: str, at: Node) -> bool:
        """Say whether nothing that code at a place can see is called by a name."""

    def uses(self, value: Any) -> list[Node]:
        """Return the places that read the name to which a node's value was assigned."""

    def is_bound_once(self, name: Node) -> bool:
        """Say whether a name that is read can come from one statement only."""

    def lifetime(self, node: Node) -> Lifetime:
        """Return what becomes of the object that an expression makes."""

    def kept(self, node: Node) -> Lifetime | None:
        """Return what becomes of an object that ``self.x = …`` keeps, in all methods of its class.

        None where that is not all seen.
        """

    def frequency(self, node: Node) -> Frequency:
        """Return how often a place is run."""

    def prompt(self, node: Node) -> str:
        """Return the parameter of the function around a node that looks like a prompt."""

    def varies(self, node: Node, within: Node) -> bool:
        """Say whether what a node gives may differ each time that ``within`` runs."""

    def reads_own(self, node: Node, within: Node) -> bool:
        """Say whether a node reads a name that is bound inside ``within``."""

    def holds_at(self, node: Node, place: Node) -> bool:
        """Say whether all that a node reads is there at another place, bound by the same."""

    def top_level(self, node: Node) -> Node:
        """Return the statement of the module that holds a node."""

    def inside(self, node: Node, outer: Node) -> bool:
        """Say whether a node is part of another."""

    def exclusive(self, one: Node, other: Node) -> bool:
        """Say whether two places stand in branches of which only one is run."""

    def ready(self, node: Node, statement: Node) -> bool:
        """Say whether all that a node reads of the module is bound before a statement of it."""

    def block(self, node: Node) -> Node:
        """Return the block that the statement around a node is a member of."""

    def module_value(self, name: str) -> str | None:
        """Return the code that a module-level name is worth; empty for other bindings of it."""
