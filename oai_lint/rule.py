"""What a rule is: prose, examples and one generator over facts."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from oai_lint.patch import Change, Node, Safety

if TYPE_CHECKING:
    from oai_lint.facts import File

F = TypeVar("F")
Version = tuple[int, ...]


class Severity(StrEnum):
    """``ERROR`` breaks or leaks, ``WARNING`` will hurt, ``INFO`` is advice."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(IntEnum):
    """How much of a finding was seen: all of it, all but one link, names only."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class Example(NamedTuple):
    """A program that a rule objects to and, where it has a fix, the program after it.

    ``path`` says what kind of file it is.
    """

    bad: str
    good: str | None = None
    path: str = "app.py"


class Related(NamedTuple):
    """Another place that explains a finding: where the key came from, the client was built."""

    node: Node
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One objection, anchored to a node (or span) of the file it was found in."""

    rule: Rule[Any]
    node: Node
    message: str
    fix: tuple[Change, ...] = ()
    safety: Safety = Safety.SAFE
    title: str = ""
    confidence: Confidence = Confidence.HIGH
    related: tuple[Related, ...] = ()


REGISTRY: dict[str, type[Rule[Any]]] = {}
"""Every rule class by code; filled as the modules of ``oai_lint.rules`` are imported."""


class Rule(Generic[F]):
    """One objection to code that uses the OpenAI API.

    A subclass says which fact it judges by its type argument (``Rule[ClientInit]``, or a union),
    carries its prose as docstring, and yields findings from :meth:`check`.  Its name is its
    file's name.  Rules hold no state.

    Class attributes:
        code: ``OAI`` and three digits; public and stable.
        message: one sentence, with placeholders that every finding fills.
        severity: see :class:`Severity`.
        safety: of its fixes, unless a finding says otherwise.
        fixes: one sentence saying what the fix does (the title of a quick fix); empty without one.
        on: whether it belongs to the default set.
        reaches: the rule holds only if the SDK range reaches this version.
        starts: the rule holds only if a declared SDK range starts at this version or later.
        quiet_in_tests, quiet_in_examples: silent by default in such files.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    message: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    safety: ClassVar[Safety] = Safety.UNSAFE
    fixes: ClassVar[str] = ""
    on: ClassVar[bool] = True
    reaches: ClassVar[Version] = ()
    starts: ClassVar[Version] = ()
    quiet_in_tests: ClassVar[bool] = False
    quiet_in_examples: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = ()
    facts: ClassVar[tuple[type, ...]] = ()

    def __init_subclass__(cls) -> None:
        base = cls.__orig_bases__[0]  # type: ignore[attr-defined]
        (fact,) = get_args(base)
        union = get_origin(fact) in (Union, types.UnionType)
        # ``Rule[None]`` judges no fact: its findings come from the engine itself.
        cls.facts = get_args(fact) if union else () if fact is types.NoneType else (fact,)
        cls.name = cls.__module__.rpartition(".")[2].replace("_", "-")
        if REGISTRY.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"{cls.code} is taken by {REGISTRY[cls.code].__name__}")

    def check(self, fact: F, file: File) -> Iterator[Finding]:
        """Yield what is wrong with ``fact``."""
        raise NotImplementedError

    def found(
        self,
        at: Any,
        *,
        fix: Change | Sequence[Change] = (),
        safety: Safety | None = None,
        title: str = "",
        confidence: Confidence = Confidence.HIGH,
        related: Sequence[Related] = (),
        message: str = "",
        **values: object,
    ) -> Finding:
        """Build a finding at a fact, an expression or a node.

        A finding of medium confidence has no safe fix, one of low confidence has none.
        """
        changes = tuple(fix) if isinstance(fix, (tuple, list)) else (fix,)
        safety = self.safety if safety is None else safety
        if confidence is Confidence.LOW:
            changes = ()
        elif confidence is Confidence.MEDIUM:
            safety = min(safety, Safety.UNSAFE)
        return Finding(
            rule=self,
            node=getattr(at, "node", at),
            message=(message or self.message).format(**values),
            fix=changes,
            safety=safety,
            title=title or self.fixes,
            confidence=confidence,
            related=tuple(related),
        )
