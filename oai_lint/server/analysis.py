"""What the engine says about one text, and what is still true of it while the text is broken."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from oai_lint.cells import Cell, index_at
from oai_lint.config import Config
from oai_lint.engine import Diagnostic
from oai_lint.kinds import kind_of
from oai_lint.patch import shared
from oai_lint.source import Source

UNPARSABLE = "OAI900"


class Document(NamedTuple):
    """A text that the client knows by name: a file, or a cell of a notebook."""

    uri: str
    version: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One state of an open file; every edit makes another, so identity says "unchanged".

    Attributes:
        uri: as the client spells it.
        path: where the file is, or None for a buffer that was never saved.
        source: the text.
        version: the client's number for it.  Editors begin at 0, so only None means none.
        cells: the documents of a notebook, one for each cell of the source.
    """

    uri: str
    path: Path | None
    source: Source
    version: int | None
    cells: tuple[Document, ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        """What the client has open of it."""
        return self.cells if self.source.cells else (Document(self.uri, self.version),)

    def document_at(self, offset: int) -> Document:
        """Return the document that holds an offset."""
        if not self.cells:
            return Document(self.uri, self.version)
        return self.cells[index_at(self.source.cells, offset)]

    def cell(self, uri: str) -> Cell | None:
        """Return the cell that a document is; None for what is no cell."""
        for cell, document in zip(self.source.cells, self.cells, strict=True):
            if unquote(document.uri) == unquote(uri):
                return cell
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """The findings for a snapshot.

    Attributes:
        snapshot: the text that the offsets are meant for.
        config: the settings in force.
        diagnostics: by position.
        stale: whether they were found in an earlier text, this one being half typed.
        problem: what kept the file from being judged as it should be, for people; mostly empty.
    """

    snapshot: Snapshot
    config: Config
    diagnostics: tuple[Diagnostic, ...]
    stale: bool = False
    problem: str = ""


def parses(source: Source) -> bool:
    """Say whether ``source`` is a Python module, or was never meant to be one."""
    if not kind_of(source.path).is_code:
        return True
    text = source.code
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "invalid escape sequence" is not ours to say
            ast.parse(text.removeprefix("\ufeff"))  # some editors leave the BOM in
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def carried(analysis: Analysis, source: Source) -> tuple[Diagnostic, ...]:
    """Move the findings of a text that parsed to where they are in ``source``, which does not.

    What lies before the edit stays, what lies behind it moves along, and a finding in the midst
    of it stretches to hold the edit.  Their fixes are left out: nothing says they would still fit.
    """
    before, now = analysis.snapshot.source.text, source.text
    head = shared(before, now)
    room = min(len(before), len(now)) - head
    tail = shared(before[: -room - 1 : -1], now[: -room - 1 : -1])
    shift = len(now) - len(before)

    def moved(offset: int, *, is_end: bool) -> int:
        if offset <= head:
            return offset
        if offset >= len(before) - tail:
            return offset + shift
        return len(now) - tail if is_end else head

    kept = []
    for item in analysis.diagnostics:
        start, end = moved(item.start, is_end=False), moved(item.end, is_end=True)
        if start < end:
            related = tuple(
                replace(
                    place, start=moved(place.start, is_end=False), end=moved(place.end, is_end=True)
                )
                for place in item.related
            )
            kept.append(replace(item, start=start, end=end, fix=None, related=related))
    return tuple(kept)
