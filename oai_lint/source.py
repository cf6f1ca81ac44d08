"""A file's bytes as text, and offsets into that text as lines and columns.

A notebook's text is that of its cells; :mod:`oai_lint.notebook` knows the file around them.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from functools import cached_property
from tokenize import detect_encoding
from typing import TYPE_CHECKING, Literal, NamedTuple

from oai_lint.kinds import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oai_lint.cells import Cell
    from oai_lint.patch import Edit

Units = Literal["utf-8", "utf-16", "utf-32"]

# Python and LSP agree on these three and on no others: a form feed or U+2028, where
# str.splitlines also breaks, stays inside its line.
_LINE_END = re.compile(r"\r\n?|\n")
_LINE_END_BYTES = re.compile(rb"\r\n?|\n")
_BOM = b"\xef\xbb\xbf"


class UndecodableSource(ValueError):  # noqa: N818
    """The bytes are not text in the encoding that they claim."""


class Location(NamedTuple):
    """Where an offset is for people: all from 1, ``cell`` None in what is no notebook."""

    cell: int | None
    row: int
    column: int

    def __str__(self) -> str:
        cell = "" if self.cell is None else f"cell {self.cell}:"
        return f"{cell}{self.row}:{self.column}"


class Output(NamedTuple):
    """What running a cell showed, as the notebook keeps it."""

    cell: Cell
    text: str


class Source:
    """The text of one file and what is needed to write it back unchanged.

    Offsets are code points into ``text``.  ``path`` is for messages and settings; it need not
    exist.  ``cells`` divide the text of a notebook.
    """

    __slots__ = ("__dict__", "bom", "cells", "encoding", "outputs", "path", "rewritable", "text")

    def __init__(
        self,
        path: str,
        text: str,
        *,
        encoding: str = "utf-8",
        bom: bool = False,
        cells: tuple[Cell, ...] = (),
    ) -> None:
        self.path = path
        self.text = text
        self.encoding = encoding
        self.bom = bom
        self.cells = cells
        self.outputs: tuple[Output, ...] = ()
        # Some encodings spell one text in several ways, and what no fix touches must stay as it is.
        self.rewritable = True

    @classmethod
    def from_bytes(cls, path: str, data: bytes) -> Source:
        """Decode ``data`` as Python would, by BOM and coding cookie; other files are UTF-8.

        Raises:
            UndecodableSource: the encoding is unknown or does not fit the bytes; or the file is
                meant to be a notebook and is none.
        """
        if kind_of(path) is Kind.NOTEBOOK:
            from oai_lint import notebook

            return notebook.read(path, data)
        bom = data.startswith(_BOM)
        try:
            try:
                # Only Python heeds a cookie.
                top = data if kind_of(path) is Kind.PYTHON else data[: 3 * bom]
                encoding, _ = detect_encoding(io.BytesIO(top).readline)
            except SyntaxError:
                data.decode()  # says more exactly what is wrong with a file without a cookie
                raise
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = len(_LINE_END_BYTES.findall(data, 0, error.start)) + 1
            byte = data[error.start]
            raise UndecodableSource(
                f"byte 0x{byte:02x} on line {line} is not {error.encoding}"
            ) from None
        except (SyntaxError, LookupError, ValueError) as error:
            raise UndecodableSource(str(error)) from None
        source = cls(path, text, encoding="utf-8" if bom else encoding, bom=bom)
        if encoding not in ("utf-8", "utf-8-sig"):
            source.rewritable = text.encode(encoding, "replace") == data
        return source

    def to_bytes(self, text: str) -> bytes:
        """Encode ``text`` as this file was encoded.

        Raises:
            UnicodeEncodeError: the text holds a character that the encoding lacks.
        """
        data = text.encode(self.encoding)
        return _BOM + data if self.bom else data

    @property
    def data(self) -> bytes:
        """The bytes of the file.

        Raises:
            UnicodeEncodeError: the text holds a character that the encoding lacks.
        """
        return self.to_bytes(self.text)

    def edited(self, edits: Iterable[Edit]) -> Source:
        """Return the file after edits, no two of which overlap or reach over a cell's end."""
        from oai_lint.patch import written

        if not self.cells:
            text = written(self.text, edits)
            return Source(self.path, text, encoding=self.encoding, bom=self.bom)
        from oai_lint.cells import edited, joined

        texts = edited(self, edits)
        text, cells = joined(
            (cell.number, text, cell.code) for cell, text in zip(self.cells, texts, strict=True)
        )
        return Source(self.path, text, encoding=self.encoding, bom=self.bom, cells=cells)

    @property
    def code(self) -> str:
        """The text as Python reads it: as long, but what only IPython understands is neutral."""
        return self._as_python[0]

    @property
    def foreign(self) -> list[tuple[int, int]]:
        """The ranges of the text that are no Python, though the file is."""
        return self._as_python[1]

    @property
    def code_lines(self) -> Source:
        """The same lines, as Python reads them."""
        return self if self.code is self.text else Source("", self.code)

    @cached_property
    def _as_python(self) -> tuple[str, list[tuple[int, int]]]:
        if self.cells:
            from oai_lint.cells import as_python

            return as_python(self.text, self.cells)
        if kind_of(self.path) is Kind.NOTEBOOK:  # an editor gives all cells as one text
            from oai_lint.magics import neutral

            return neutral(self.text).code, list(neutral(self.text).foreign)
        return self.text, []

    @cached_property
    def newline(self) -> str:
        """The newline of the first line, for lines that a fix adds."""
        match = _LINE_END.search(self.text)
        return match[0] if match else "\n"

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int, units: Units = "utf-32") -> tuple[int, int]:
        """Return the zero-based line and column of ``offset``, the column in ``units``."""
        line = bisect_right(self.line_starts, offset) - 1
        start = self.line_starts[line]
        return line, _width(self.text[start:offset], units)

    def location(self, offset: int, start: int | None = None) -> Location:
        """Return where ``offset`` is, for people; counted in the cell of ``start`` if given."""
        line, column = self.position(offset)
        if not self.cells:
            return Location(None, line + 1, column + 1)
        from oai_lint.cells import index_at

        cell = self.cells[index_at(self.cells, offset if start is None else start)]
        return Location(cell.number, line - self.position(cell.start)[0] + 1, column + 1)

    def lines_around(self, offset: int) -> range:
        """Return the zero-based lines of the cell that holds ``offset``; all where are no cells."""
        if not self.cells:
            return range(len(self.line_starts))
        from oai_lint.cells import index_at

        cell = self.cells[index_at(self.cells, offset)]
        return range(self.position(cell.start)[0], self.position(cell.end)[0] + 1)

    def offset(self, line: int, column: int, units: Units = "utf-32") -> int:
        """Return the offset of a zero-based position; one past the line's end becomes its end."""
        if line >= len(self.line_starts):
            return len(self.text)
        text = self.line(line)
        if units != "utf-32":
            width = 0
            for count, character in enumerate(text):
                if width >= column:
                    column = count
                    break
                width += _width(character, units)
            else:
                column = len(text)
        return self.line_starts[line] + min(column, len(text))

    def line(self, number: int) -> str:
        """Return the text of a zero-based line without its newline."""
        start = self.line_starts[number]
        end = self.line_starts[number + 1] if number + 1 < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


def _width(text: str, units: Units) -> int:
    if units == "utf-32" or text.isascii():
        return len(text)
    if units == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
