"""What files that are not Python say: assignments of an ``.env`` file, pinned packages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from oai_lint.patch import Replace, Span
from oai_lint.target import Range


class Surroundings(Protocol):
    """What lies around a file; found out when a rule asks for it."""

    @property
    def is_template(self) -> bool:
        """Whether the file is one to copy and fill in (``.env.example``)."""

    @property
    def tracked(self) -> bool:
        """Whether git keeps the file."""

    @property
    def clients_bring_their_own(self) -> bool:
        """Whether all clients that the project builds are given an ``http_client``."""

    @property
    def beside(self) -> list[Pin]:
        """What the file says that a lock file was made from; nothing for other files."""


@dataclass(frozen=True, slots=True, eq=False)
class EnvAssignment:
    """One ``NAME=value`` as python-dotenv reads it.

    Attributes:
        node: the value with its quotes; the whole line where nothing can be read.
        name: the variable.
        value: what the program gets; None if python-dotenv drops the line.
        inner: the value as written, without quotes and comment.
        quote: the quote around it, or nothing.
        around: what lies around the file.
    """

    node: Span
    name: str
    value: str | None
    inner: Span
    quote: str
    around: Surroundings

    def rewrite(self, text: str) -> Replace:
        """Return the change that writes another value between the same quotes."""
        return Replace(self.inner, (text,))


@dataclass(frozen=True, slots=True, eq=False)
class Pin:
    """A package in a list of requirements, in the settings of a project or in a lock file.

    Attributes:
        node: the requirement, or the version in a lock file.
        package: its normalised name.
        range: the versions that it allows; None where that is not said or not the whole truth
            (a marker, an address).
        locked: whether a tool wrote it beside all others that are installed.
        specifier: where the versions are written; None where nobody is to change them by hand.
        written: the versions as written.
        poetry: whether they stand in a table of Poetry's or Pipenv's.
        around: what lies around the file.
    """

    node: Span
    package: str
    range: Range | None
    locked: bool
    specifier: Span | None
    written: str
    poetry: bool
    around: Surroundings

    def rewrite(self, text: str) -> Replace | None:
        """Return the change that allows other versions."""
        return Replace(self.specifier, (text,)) if self.specifier is not None else None


PLAIN: tuple[type, ...] = (EnvAssignment, Pin)
"""The facts that no Python file has."""
