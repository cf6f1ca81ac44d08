"""Statements indented below a new head, taken out of an old one, and exchanged, as edits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

from oai_lint.patch import Edit, Enclose, Move, Recast, Unwrap
from oai_lint.reading.lines import Lines, NotLowerable, dedented, lines_in_strings

# Lines with nothing but a comment, in front of a statement.
_ABOVE = re.compile(r"(?:(?<=\n)|(?<=\r)(?!\n))(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))+\Z")


def enclose(lines: Lines, change: Enclose) -> Iterator[Edit]:
    """Yield the edits that put statements into a block."""
    first, last = lines.line(change.first), lines.line(change.last)
    indent = lines.indent(first)
    one = lines.tree.module.default_indent.strip("\f")
    newline = lines.source.newline
    start, end = lines.whole(first)[0], lines.whole(last)[1]
    head = indent + lines.written(change.header) + newline
    if change.replace_first:
        after = lines.whole(first)[1]
        blank = re.compile(r"(?:[ \t\f]*(?:\r\n?|\n))*").match(lines.text, after, end)
        yield Edit(start, blank.end() if blank else after, head)
        start = blank.end() if blank else after
    else:
        yield Edit(start, start, head)
    inside = _string_lines(lines, first, last)
    for line_start in lines.source.line_starts:
        if start <= line_start < end and line_start not in inside:
            line = lines.source.line(lines.source.position(line_start)[0])
            if line.strip():
                yield Edit(line_start, line_start, one)


def _string_lines(lines: Lines, first: cst.CSTNode, last: cst.CSTNode) -> set[int]:
    """Return the offsets of lines that begin inside a string, which must not be indented."""
    start, end = lines.whole(first)[0], lines.whole(last)[1]
    base = lines.source.position(start)[0]
    starts = lines.source.line_starts
    return {starts[base + number] for number in lines_in_strings(lines.text[start:end])}


def recast(lines: Lines, change: Recast) -> tuple[Edit, Edit]:
    """Return the edits that give a compound statement another head and delete a clause."""
    start = lines.span(change.statement)[0]
    end = lines.whole(lines.line(change.first))[1]
    head = lines.written(change.header) + lines.source.newline
    return Edit(start, end, head), Edit(*lines.whole(change.clause), "")


def unwrap(lines: Lines, change: Unwrap, edits: Sequence[Edit]) -> list[Edit]:
    """Return ``edits`` with those in the statement replaced by one for all of it."""
    statement = change.statement
    indent = lines.indent(statement)
    body = lines.line(_first(change.block or statement))
    depth = len(lines.indent(body)) - len(indent)
    start, end = lines.whole(statement)
    begin = lines.whole(body)[0]
    above = _ABOVE.search(lines.text[start:begin])
    begin = start + above.start() if above is not None else begin
    if depth <= 0 or begin <= start:
        raise NotLowerable("the block stands on the line of its head")
    inside = [edit for edit in edits if begin <= edit.start and edit.end <= end]
    newline = lines.source.newline
    at = lines.span(statement)[0]
    before = "".join(edit.text for edit in edits if edit.start == edit.end == at)
    head = (indent + before)[: len(before)]  # lines before it bring its indentation along
    head += "".join(indent + lines.written(line) + newline for line in change.lines)
    text = head + dedented(_edited(lines.text, begin, end, inside), len(indent), depth)
    around = [edit for edit in edits if edit not in inside]
    kept = [edit for edit in around if edit.end <= start or edit.start >= end]
    return [*kept, Edit(start, end, text)]


def _first(statement: cst.CSTNode) -> cst.CSTNode:
    """Return the first statement of a compound statement's block."""
    block = getattr(statement, "body", None)
    if not isinstance(block, cst.IndentedBlock):
        raise NotLowerable("the block stands on the line of its head")
    line = block.body[0]
    return line.body[0] if isinstance(line, cst.SimpleStatementLine) else line


def move(lines: Lines, change: Move, edits: Sequence[Edit]) -> list[Edit]:
    """Return ``edits`` with the blocks exchanged and the edits inside them carried along."""
    starts = [_begin(lines, block) for block in change.blocks]
    last = lines.whole(change.blocks[-1])[1]
    ends = [*starts[1:], last]
    places = zip(starts, ends, strict=True)
    regions: dict[cst.CSTNode, tuple[int, int]] = dict(zip(change.blocks, places, strict=True))
    found = [e for e in edits if not (starts[0] <= e.start and e.end <= last)]
    for old, new in zip(change.blocks, change.order, strict=True):
        start, end = regions[new]
        inside = [e for e in edits if start <= e.start and e.end <= end]
        if old is new:
            found += [edit for edit in inside if edit not in found]
            continue
        text = _edited(lines.text, start, end, inside)
        if not text.endswith(("\n", "\r")):  # it ended the file
            text += lines.source.newline
        found.append(Edit(*regions[old], text))
    return found


def _begin(lines: Lines, block: cst.CSTNode) -> int:
    """Return where the lines of a block begin, the comments above it included."""
    start = lines.whole(block)[0]
    for _ in getattr(block, "leading_lines", ()):
        start = (
            max(
                lines.text.rfind("\n", 0, max(start - 1, 0)),
                lines.text.rfind("\r", 0, max(start - 1, 0)),
            )
            + 1
        )
    return start


def _edited(text: str, start: int, end: int, edits: Iterable[Edit]) -> str:
    pieces: list[str] = []
    position = start
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += (text[position : edit.start], edit.text)
        position = edit.end
    return "".join((*pieces, text[position:end]))
