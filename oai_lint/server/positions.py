"""Offsets into a source as positions of the client, and back.

pygls converts positions too, but splits lines where ``str.splitlines`` does (a form feed, U+2028)
and is one short at the end of a last line without newline; so ``Source`` does it.
"""

from __future__ import annotations

from typing import cast

from lsprotocol import types as lsp

from oai_lint.cells import Cell
from oai_lint.source import Source, Units


def units_of(encoding: lsp.PositionEncodingKind | str | None) -> Units:
    """Return the unit of columns that was agreed on; UTF-16 where nothing was."""
    return cast(Units, getattr(encoding, "value", encoding) or "utf-16")


def to_range(source: Source, start: int, end: int, units: Units) -> lsp.Range:
    """Return the client's range for two offsets, in a notebook that in the cell of the first."""
    lines = source.lines_around(start)
    row, column = source.position(start, units)
    last, stop = source.position(end, units)
    if last not in lines:  # behind the cell
        last, stop = lines[-1], len(source.line(lines[-1]))
    top = lines[0]
    return lsp.Range(lsp.Position(row - top, column), lsp.Position(last - top, stop))


def to_offset(
    source: Source, position: lsp.Position, units: Units, cell: Cell | None = None
) -> int:
    """Return the offset of a client's position; one past a line's end is the line's end.

    In a notebook the position is one in ``cell``.
    """
    if cell is None:
        return source.offset(position.line, position.character, units)
    top = source.position(cell.start)[0]
    return min(cell.end, source.offset(top + position.line, position.character, units))
