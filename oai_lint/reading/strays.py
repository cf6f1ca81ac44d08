"""Keys in a notebook that no code holds: in outputs, in magics, in cells of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from oai_lint.facts.keys import StrayKey
from oai_lint.knowledge.keys import real_keys
from oai_lint.patch import Span

if TYPE_CHECKING:
    from oai_lint.cells import Cell
    from oai_lint.reading import Reading

_SHOWN: Final = "shown in the output of this cell"
_COMMAND: Final = "written in a command of IPython or of the shell"
_TEXT: Final = "written in the text of this notebook"


def stray_keys(reading: Reading) -> Iterator[StrayKey]:
    """Yield the keys around the code of a notebook; an output is told of where its cell ends."""
    text = reading.text
    for output in reading.source.outputs:
        if real_keys(output.text):
            yield StrayKey(_last_line(text, output.cell), _SHOWN, "clear the output")
    texts = {cell.start for cell in reading.source.cells if not cell.code}
    for start, end in reading.source.foreign:
        where = _TEXT if start in texts else _COMMAND
        for found in real_keys(text[start:end]):
            span = Span(start + found.start, start + found.end)
            yield StrayKey(span, where, "take it out")


def _last_line(text: str, cell: Cell) -> Span:
    end = cell.start + len(text[cell.start : cell.end].rstrip())
    start = max(text.rfind(newline, cell.start, end) + 1 for newline in "\r\n")
    start = max(start, cell.start)
    return Span(start + len(text[start:end]) - len(text[start:end].lstrip()), end)
