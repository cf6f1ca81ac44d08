"""Which findings are on lines that changed since a git revision."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH118

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from oai_lint.config import ConfigError
from oai_lint.files import shown
from oai_lint.git import GitError, changed, checkout, commit, content, hunks

if TYPE_CHECKING:
    from oai_lint.engine import Among, Diagnostic
    from oai_lint.source import Source


Places = Sequence[tuple[int, int]]
"""Changed places: the first line, counted from 0 at line feeds, and how many lines there are."""


@dataclass(frozen=True, slots=True)
class Since:
    """A file as it was in a commit.

    Attributes:
        root: the directory of the checkout.
        base: the commit.
        old: the file's name then; None if there was none.
        new: its name now.
    """

    root: str
    base: str
    old: str | None
    new: str

    def chosen(self, now: Source) -> Among:
        """Return what leaves out the findings that touch no changed line.

        Args:
            now: the file as it is in the working tree.  The function it is for takes it, or what
                fixes made of it.

        Raises:
            GitError: git cannot say; the function raises it.
        """
        places: list[Places] = []

        def chosen(source: Source, diagnostics: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
            if self.old is None or not diagnostics:
                return diagnostics
            if not places:
                places.append(self._places(self.old, now))
            own = places[0] if source is now else _moved(places[0], now.text, source.text)
            return [item for item in diagnostics if _touches(source.text, item, own)]

        return chosen

    def _places(self, old: str, now: Source) -> Places:
        if not now.cells:
            return hunks(self.root, self.base, old, self.new)
        # The lines of a notebook's text are not those of its file.
        from oai_lint.source import Source, UndecodableSource

        try:
            before = Source.from_bytes(old, content(self.root, self.base, old)).text
        except UndecodableSource:
            before = ""
        return _moved((), before, now.text)


def _moved(places: Places, before: str, after: str) -> Places:
    """Return changed places in a later text, together with what changed in between."""
    old, new = before.split("\n"), after.split("\n")
    result = []
    for tag, start, end, first, last in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag != "equal":
            result.append((first, last - first))
            continue
        for line, count in places:
            low, high = max(line, start), min(line + count, end)
            if low < high or (not count and start <= line <= end):
                result.append((low - start + first, max(0, high - low)))
    return result


def _touches(text: str, item: Diagnostic, places: Places) -> bool:
    first = text.count("\n", 0, item.start)
    last = first + text.count("\n", item.start, max(item.start, item.end - 1))
    for line, count in places:
        if count and line <= last and first < line + count:
            return True
        # Between two lines of the finding something was taken out.
        if not count and first < line <= last:
            return True
    return False


@dataclass(slots=True)
class Changes:
    """What changed since a revision, in the checkouts that the files of a run lie in.

    Raises:
        ConfigError: a file lies outside of git, or its checkout has no such revision.
    """

    revision: str
    _commits: dict[str, str] = field(default_factory=dict)
    _files: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def of(self, paths: Iterable[str]) -> list[str]:
        """Return those of some absolute paths in which anything is new."""
        return [path for path in paths if self._name(path) in self._known(path)]

    def since(self, path: str) -> Since:
        """Return one of these files as it was."""
        name, files = self._name(path), self._known(path)
        root = self._root(path)
        return Since(root, self._commits[root], files.get(name), name)

    def _known(self, path: str) -> dict[str, str | None]:
        root = self._root(path)
        if root not in self._files:
            try:
                self._commits[root] = commit(root, self.revision)
                self._files[root] = changed(root, self._commits[root])
            except GitError as error:
                raise ConfigError(f"--diff-base {self.revision}: {error}") from None
        return self._files[root]

    def _root(self, path: str) -> str:
        root = checkout(path)
        if root is None:
            raise ConfigError(f"--diff-base {self.revision}: {shown(path)} is in no git checkout")
        return root

    def _name(self, path: str) -> str:
        return path[len(os.path.join(self._root(path), "")) :].replace(os.sep, "/")
