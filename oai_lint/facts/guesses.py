"""Facts about variables whose type a checker can only guess."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from oai_lint.facts.values import Expr
from oai_lint.patch import Node


class Reach(Enum):
    """What is done to a variable beside being given to calls of imported code."""

    PASSED = "passed"
    """Nothing, but that more is appended."""
    READ = "read"
    """Its elements are read, or it goes to code of the file that says which type it wants."""


@dataclass(frozen=True, slots=True, eq=False)
class Guessed:
    """A variable without annotation, bound once: ``name = [{…}]`` or ``name = {…}``.

    Attributes:
        node: the target of its assignment.
        name: its name.
        is_list: whether it is a list of dicts, rather than a dict.
        elements: the dicts: those of the list, what is appended included, or itself.
        given: the calls that get it, with the keyword, or ``**``; also as an element of a list.
        reach: what is done to it.
        checked: whether it stands in a function with annotations, which checkers read, or is read
            by one.
    """

    node: Node
    name: str
    is_list: bool
    elements: tuple[Expr, ...]
    given: tuple[tuple[Node, str], ...]
    reach: Reach
    checked: bool
