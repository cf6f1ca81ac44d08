"""Statements taken out, and lines written before and behind them, as edits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import libcst as cst

from oai_lint.patch import Edit, Piece
from oai_lint.reading.lines import Lines, dedented

_BREAK = re.compile(r"\r\n?|\n")


def delete(lines: Lines, statement: cst.CSTNode) -> Edit:
    """Return the edit that deletes a statement, or puts ``pass`` where a block would be empty."""
    line = lines.line(statement)
    start, end = lines.span(statement)
    if isinstance(line, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        if len(line.body) > 1:
            return _delete_small(lines, statement, line)
        if isinstance(line, cst.SimpleStatementSuite):
            return Edit(start, end, "pass")
    block = lines.tree.parents.get(line)
    if isinstance(block, cst.IndentedBlock) and len(block.body) == 1:
        return Edit(lines.begin(line), end, "pass")
    start, end = lines.whole(line)
    return Edit(start, _without_gap(lines.text, start, end), "")


def _delete_small(
    lines: Lines,
    statement: cst.CSTNode,
    line: cst.SimpleStatementLine | cst.SimpleStatementSuite,
) -> Edit:
    index = next(i for i, small in enumerate(line.body) if small is statement)
    start, end = lines.span(statement)
    if index + 1 < len(line.body):
        return Edit(start, lines.span(line.body[index + 1])[0], "")
    return Edit(lines.span(line.body[index - 1])[1], end, "")


def _without_gap(text: str, start: int, end: int) -> int:
    """Return where to end a deletion of whole lines so that no two gaps are joined."""
    blank = re.compile(r"[ \t\f]*(?:\r\n?|\n)")
    code = len(text[:start].rstrip(" \t\f\r\n"))
    count = len(_BREAK.findall(text, code, start))
    count -= count > 0 and code > 0  # one of them ends the line before the gap
    while (not start or count) and (match := blank.match(text, end)) is not None:
        end, count = match.end(), count - 1
    return end


def before(lines: Lines, statement: cst.CSTNode, added: Sequence[tuple[Piece, ...]]) -> Edit:
    """Return the edit that writes lines before a statement, above comments on a definition."""
    indent = lines.indent(statement)
    line = lines.line(statement)
    start = lines.begin(line)
    if isinstance(line, (cst.FunctionDef, cst.ClassDef)):
        start = _above_comments(lines, start, indent)
    newline = lines.source.newline
    text = "".join(_placed(lines, pieces, indent) + newline + indent for pieces in added)
    return Edit(start, start, text)


def after(lines: Lines, statement: cst.CSTNode, added: Sequence[tuple[Piece, ...]]) -> Edit:
    """Return the edit that writes lines behind a statement."""
    indent = lines.indent(statement)
    _, end = lines.whole(lines.line(statement))
    newline = lines.source.newline
    ended = end > 0 and lines.text[end - 1] in "\r\n"
    text = "".join(indent + _placed(lines, pieces, indent) + newline for pieces in added)
    return Edit(end, end, text if ended else newline + text.removesuffix(newline))


def _above_comments(lines: Lines, start: int, indent: str) -> int:
    """Return where the comments begin that stand right above a definition."""
    source = lines.source
    row = source.position(start)[0]
    above = row
    while above and source.line(above - 1).startswith(indent + "#"):
        above -= 1
    return start if above == row else source.line_starts[above] + len(indent)


def _placed(lines: Lines, pieces: Iterable[Piece], indent: str) -> str:
    """Return a line for an indentation: what it copies from deeper lines moves out with it."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        start = lines.span(piece)[0]
        begin = max(lines.text.rfind("\n", 0, start), lines.text.rfind("\r", 0, start)) + 1
        row = lines.text[begin:start]
        deeper = len(row) - len(row.lstrip(" \t\f")) - len(indent)
        copied = lines.copied(piece)
        if deeper > 0 and row.startswith(indent) and copied.count("\n") + copied.count("\r"):
            copied = dedented(copied, len(indent), deeper)
        text += copied
    return text
