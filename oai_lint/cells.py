"""The cells of a notebook as one text, which is read as one module.

Between two cells the text has two newlines that belong to neither: so what is written behind the
last line of one cell and what is written before the first line of the next are different places.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from oai_lint.magics import Neutral, hidden, neutral
from oai_lint.patch import Edit, written

if TYPE_CHECKING:
    from oai_lint.source import Source

_NEWLINE = re.compile(r"\r\n?|\n")
_GAP = re.compile(r"(?:\r\n?|\n){0,2}\Z")
_GAP_LINES = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a cell lies in the text of its notebook.

    Attributes:
        number: its place among all the notebook's cells, from 1.
        start: the offset of its text.
        end: the offset behind its text.
        code: whether it is meant to be run; others are kept for what they give away.
    """

    number: int
    start: int
    end: int
    code: bool = True


class Joined(NamedTuple):
    """Cells as one text."""

    text: str
    cells: tuple[Cell, ...]


def joined(cells: Iterable[tuple[int, str, bool]]) -> Joined:
    """Join the cells, given by number, text and whether they are code."""
    cells = list(cells)
    newline = next((m[0] for _, text, _ in cells if (m := _NEWLINE.search(text))), "\n")
    pieces: list[str] = []
    places: list[Cell] = []
    offset = 0
    for number, text, code in cells:
        places.append(Cell(number, offset, offset + len(text), code))
        pieces += (text, newline * _GAP_LINES)
        offset += len(text) + len(newline) * _GAP_LINES
    return Joined("".join(pieces), tuple(places))


def as_python(text: str, cells: Sequence[Cell]) -> tuple[str, list[tuple[int, int]]]:
    """Return the text as Python reads it, as long as it is, and the ranges that are no Python."""
    pieces: list[str] = []
    foreign: list[tuple[int, int]] = []
    position = 0
    for cell in cells:
        made = _read(text[cell.start : cell.end], code=cell.code)
        pieces += (text[position : cell.start], made.code)
        foreign += ((cell.start + start, cell.start + end) for start, end in made.foreign)
        position = cell.end
    pieces.append(text[position:])
    return "".join(pieces), foreign


def _read(text: str, *, code: bool) -> Neutral:
    return neutral(text) if code else hidden(text)


def index_at(cells: Sequence[Cell], offset: int) -> int:
    """Return the index of the cell that holds an offset, the gap behind it included."""
    return max(0, bisect_right(cells, offset, key=lambda cell: cell.start) - 1)


def confined(source: Source, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits of one fix so that none reaches from one cell into the next.

    Nothing is left of a fix that cannot be had so, or that would need two cells to be one block.
    """
    cells, text = source.cells, source.text
    kept: list[Edit] = []
    touched: dict[int, list[Edit]] = {}
    for edit in edits:
        index = index_at(cells, edit.start)
        limit = cells[index + 1].start if index + 1 < len(cells) else len(text)
        if edit.end > limit:
            if text[limit : edit.end].strip() or edit.text.strip():
                return ()
            edit = Edit(edit.start, limit, edit.text)  # noqa: PLW2901  # it ends with empty lines
        kept.append(edit)
        touched.setdefault(index, []).append(edit)
    if len(touched) > 1:
        for index, own in touched.items():
            before = text[cells[index].start : cells[index].end]
            if _parses(before) and not _parses(_edited(source, index, own)):
                return ()
    return tuple(kept)


def edited(source: Source, edits: Iterable[Edit]) -> list[str]:
    """Return the text of each cell after edits, each of which lies in one cell."""
    shares: dict[int, list[Edit]] = {}
    for edit in edits:
        shares.setdefault(index_at(source.cells, edit.start), []).append(edit)
    return [
        _edited(source, index, shares[index])
        if index in shares
        else source.text[cell.start : cell.end]
        for index, cell in enumerate(source.cells)
    ]


def _edited(source: Source, index: int, edits: Iterable[Edit]) -> str:
    cells = source.cells
    start = cells[index].start
    end = cells[index + 1].start if index + 1 < len(cells) else len(source.text)
    moved = [Edit(edit.start - start, edit.end - start, edit.text) for edit in edits]
    return _GAP.sub("", written(source.text[start:end], moved), count=1)


def _parses(cell: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(neutral(cell).code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
