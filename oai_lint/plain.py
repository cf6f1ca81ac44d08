"""Files that are not Python, as the rules see them."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from oai_lint.dotenv import bindings
from oai_lint.facts.keys import KeyComment, StrayKey
from oai_lint.facts.plain import EnvAssignment, Pin
from oai_lint.kinds import Kind, is_template, kind_of
from oai_lint.knowledge.keys import real_key, real_keys
from oai_lint.patch import Change, Edit, Replace, Span
from oai_lint.pins import pins

if TYPE_CHECKING:
    from oai_lint.config import Config
    from oai_lint.source import Source

T = TypeVar("T")


class PlainFile:
    """One file; implements :class:`oai_lint.facts.file.TextFile`, and what facts say of its place.

    Args:
        source: the file.
        config: the settings in force for it.
    """

    def __init__(self, source: Source, config: Config) -> None:
        self.source = source
        self.path = source.path
        self.text = source.text
        self.target = config.target
        self.http_client = config.http_client
        self.today = config.today
        self.is_test = config.is_test(source.path)
        self.is_example = config.is_example(source.path)
        self.kind = kind_of(source.path)
        self._config = config
        self._facts: dict[type, list[Any]] = {}

    def all(self, kind: type[T]) -> list[T]:
        """Return the facts of one kind, in source order."""
        if kind not in self._facts:
            self._facts[kind] = list(self._made(kind))
        return self._facts[kind]

    def _made(self, kind: type) -> Iterator[Any]:
        if kind is Pin and self.kind.is_manifest:
            yield from sorted(pins(self.path, self.text, self), key=lambda pin: pin.node.start)
        elif self.kind in (Kind.CONFIGURATION, Kind.PROJECT) and kind is StrayKey:
            for key in real_keys(self.text):
                if real_key(key.key, label=_label(self.text, key.start)):
                    yield StrayKey(Span(key.start, key.end), _CONFIGURED, "take it out")
        elif self.kind is Kind.ENV and kind is EnvAssignment:
            yield from self._assignments()
        elif self.kind is Kind.ENV and kind is KeyComment and not self.is_template:
            yield from self._comments()

    def _assignments(self) -> Iterator[EnvAssignment]:
        for item in bindings(self.text):
            if item.name and (item.value is not None or item.broken):
                quotes = len(item.quote)
                node = Span(item.inner[0] - quotes, item.inner[1] + quotes)
                if node.start == node.end:
                    node = Span(item.start, max(item.start, item.inner[1]))
                inner = Span(*item.inner)
                yield EnvAssignment(node, item.name, item.value, inner, item.quote, self)

    def _comments(self) -> Iterator[KeyComment]:
        """Yield the keys in comments, where others get to see them."""
        for item in bindings(self.text):
            if item.broken:
                continue
            start = item.inner[1]
            for key in real_keys(self.text[start : item.end]):
                if not self.tracked:
                    return
                yield KeyComment(Span(start + key.start, start + key.end), key.key, False)

    # -- what lies around it -------------------------------------------------------------------

    @property
    def is_template(self) -> bool:
        """Whether it is one to copy and fill in."""
        return is_template(self.path)

    @cached_property
    def tracked(self) -> bool:
        """Whether git keeps it."""
        from oai_lint.git import tracked

        directory, name = os.path.split(os.path.abspath(self.path))  # noqa: PTH100
        return name in tracked(directory, [name])

    @cached_property
    def clients_bring_their_own(self) -> bool:
        """Whether all clients that the project builds are given an ``http_client``."""
        from oai_lint.project import all_clients_pass

        directory = os.path.dirname(os.path.abspath(self.path))  # noqa: PTH100
        return all_clients_pass("http_client", directory, self._config)

    @cached_property
    def beside(self) -> list[Pin]:
        """What the file says that a lock file was made from."""
        if self.kind is not Kind.LOCK:
            return []
        directory, name = os.path.split(os.path.abspath(self.path))  # noqa: PTH100
        path = os.path.join(directory, "Pipfile" if name == "Pipfile.lock" else "pyproject.toml")
        try:
            with open(path, encoding="utf-8") as file:  # noqa: PTH123
                return list(pins(path, file.read(), self))
        except (OSError, UnicodeDecodeError):
            return []


_CONFIGURED: Final = "written in a configuration file"
_LOOKED_AT: Final = 200
"""Lines above a key in which its headings are looked for."""


def _label(text: str, offset: int) -> str:
    """Return what is written before an offset on its line, and the lines that it belongs to."""
    start = text.rfind("\n", 0, offset) + 1
    found = [text[start:offset]]
    inner = _indentation(found[0])
    section = False
    for line in reversed(text[:start].split("\n")[-_LOOKED_AT - 1 : -1]):
        bare = line.strip()
        if not bare or bare.startswith(("#", ";")):
            continue
        if (own := _indentation(line)) < inner:
            found.append(bare)
            inner = own
        elif bare.startswith("[") and not section and not inner:
            found.append(bare)
            section = True
    return " ".join(reversed(found))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def lowered(changes: tuple[Change, ...]) -> tuple[Edit, ...]:
    """Return the edits that a fix stands for: only texts that replace spans."""
    edits = []
    for change in changes:
        assert isinstance(change, Replace) and isinstance(change.node, Span), change
        edits.append(Edit(change.node.start, change.node.end, "".join(change.pieces)))
    return tuple(edits)
