"""The lines of source around a finding, and what its fix would write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from os.path import commonprefix  # of strings, in spite of its home
from typing import TYPE_CHECKING, Final, NamedTuple

from oai_lint.report.style import TAB, Style, masked, visible, width

if TYPE_CHECKING:
    from oai_lint.patch import Edit
    from oai_lint.source import Source

WIDEST: Final = 140
"""Columns of source that are shown of a line; ruff's number."""

_AROUND: Final = 2
_FOLDED: Final = 12
"""A range of more lines is shown with its middle left out."""
_KEPT: Final = 4
_DIFFED: Final = 400
"""Above so many lines a change is shown as one block, for the price of comparing lines."""


class _Shown(NamedTuple):
    """A line of a small diff: its sign, its number, its text and the column of interest."""

    sign: str
    number: int
    text: str
    column: int = 0


class _Hunk(NamedTuple):
    """A place that changes: its first and last line, and its lines before and after."""

    top: int
    bottom: int
    old: list[str]
    new: list[str]


def frame(source: Source, start: int, end: int, style: Style) -> Iterator[str]:
    """Yield the lines of a source frame, with the range from ``start`` to ``end`` underlined."""
    first, column = source.position(start)
    last, stop = source.position(max(start, end))
    if last > first and stop == 0:  # the range ends with a newline: show it on the line it ends
        last -= 1
        stop = len(source.line(last))
    lines = source.lines_around(start)
    top = max(lines[0], first - _AROUND)
    last = min(last, lines[-1])
    bottom = min(lines[-1], last + _AROUND)
    if bottom == lines[-1] and bottom > last and not source.line(bottom):
        bottom -= 1  # what follows a final newline is no line to people
    gutter = len(str(bottom + 1 - lines[0]))
    blank = " " * gutter
    bar = style("blue", "|")
    yield f"{blank} {bar}"
    rows: Sequence[int | None] = range(top, bottom + 1)
    if last - first + 1 > _FOLDED:
        rows = [*range(top, first + _KEPT), None, *range(last - _KEPT + 1, bottom + 1)]
    several = last > first
    opens = several and not source.line(first)[:column].strip()
    for row in rows:
        if row is None:
            yield f"{style('blue', '...')}{' ' * max(0, gutter - 1)}{style('red', '|')}"
            continue
        line = source.line(row)
        low, high = _window(line, column if row == first else 0, stop if row == last else None)
        text, before = _cut(line, low, high)
        number = style("blue", f"{row + 1 - lines[0]:>{gutter}}")
        edge = ""
        if several:
            inside = first < row <= last
            edge = style("red", "/") if opens and row == first else ""
            edge = (edge or (style("red", "|") if inside else " ")) + " "
        yield f"{number} {bar} {edge}{text}".rstrip()
        if row == first and not opens:
            left = before + width(line[low:column])
            if several:
                yield f"{blank} {bar} {style('red', ' ' + '_' * (left + 1) + '^')}"
            else:
                under = max(1, width(line[column : min(stop, high)]))
                yield f"{blank} {bar} {' ' * left}{style('red', '^' * under)}"
        if several and row == last:
            left = before + width(line[low : max(stop - 1, low)])
            yield f"{blank} {bar} {style('red', '|' + '_' * (left + 1) + '^')}"
    yield f"{blank} {bar}"


def _window(line: str, column: int, stop: int | None) -> tuple[int, int]:
    """Return which characters of a line to show so that the range is among them."""
    if len(line) <= WIDEST:
        return 0, len(line)
    if stop is not None and column == 0:
        column = max(0, stop - 1)
    if column < WIDEST * 3 // 4:
        return 0, WIDEST
    low = min(column - WIDEST // 2, len(line) - WIDEST)
    return low, low + WIDEST


def _cut(line: str, low: int, high: int) -> tuple[str, int]:
    """Return the part of a line as shown, and the columns that stand before it."""
    before = "…" if low else ""
    after = "…" if high < len(line) else ""
    text = visible(masked(line)[low:high].replace("\t", " " * TAB))
    return f"{before}{text}{after}", len(before)


def changes(source: Source, edits: Sequence[Edit], style: Style) -> Iterator[str]:
    """Yield a small diff of what ``edits`` make of ``source``, with one line around."""
    cells: dict[range, list[_Hunk]] = {}
    for hunk in _hunks(source, edits):
        cells.setdefault(source.lines_around(source.offset(hunk.top, 0)), []).append(hunk)
    for lines, hunks in cells.items():
        if source.cells:
            number = source.location(source.line_starts[lines[0]]).cell
            yield f" {style('blue', ':::')} cell {number}"
        yield from _change(source, hunks, lines, style)


def _change(source: Source, hunks: Sequence[_Hunk], lines: range, style: Style) -> Iterator[str]:
    """Yield the diff of the lines of one cell, or of the file."""
    shown: list[_Shown] = []
    moved = -lines[0]
    for position, (top, bottom, old, new) in enumerate(hunks):
        if position:
            shown.append(_Shown("...", 0, ""))
        if top > lines[0]:
            shown.append(_Shown(" ", top + moved, source.line(top - 1)))
        shown += _compare(old, new, top + moved)
        moved += len(new) - len(old)
        after = bottom + 1
        if after <= lines[-1] and (after < lines[-1] or source.line(after)):
            shown.append(_Shown(" ", after + moved + 1, source.line(after)))
    gutter = max(len(str(number)) for _, number, *_ in shown)
    bar = style("blue", "|")
    yield f"{' ' * gutter} {bar}"
    for sign, number, line, column in shown:
        if sign == "...":
            yield style("blue", sign)
            continue
        text = _cut(line, *_window(line, column, None))[0]
        if sign == " ":
            yield f"{style('blue', f'{number:>{gutter}}')} {bar} {text}".rstrip()
        else:
            colour = "removed" if sign == "-" else "added"
            label = " " * gutter if sign == "-" else style("blue", f"{number:>{gutter}}")
            yield f"{label} {style(colour, f'{sign} {text}'.rstrip())}"
    yield f"{' ' * gutter} {bar}"


def _hunks(source: Source, edits: Sequence[Edit]) -> Iterator[_Hunk]:
    """Yield the places that change."""
    groups: list[tuple[int, int, list[Edit]]] = []
    for edit in sorted(set(edits), key=lambda edit: (edit.start, edit.end)):
        top, bottom = source.position(edit.start)[0], source.position(edit.end)[0]
        if groups and top <= groups[-1][1] + 1:
            before = groups.pop()
            groups.append((before[0], max(bottom, before[1]), [*before[2], edit]))
        else:
            groups.append((top, bottom, [edit]))
    for top, last, group in groups:
        start = source.line_starts[top]
        end = (
            source.line_starts[last + 1] if last + 1 < len(source.line_starts) else len(source.text)
        )
        pieces: list[str] = []
        position = start
        for edit in group:
            pieces += (source.text[position : edit.start], edit.text)
            position = max(position, edit.end)
        pieces.append(source.text[position:end])
        old, new = _split(source.text[start:end]), _split("".join(pieces))
        same = 0
        while same < min(len(old), len(new)) and old[same] == new[same]:
            same += 1
        del old[:same], new[:same]
        while old and new and old[-1] == new[-1]:
            del old[-1], new[-1]
        if old or new:
            first = top + same
            yield _Hunk(first, first + len(old) - 1, old, new)


def _split(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _compare(old: list[str], new: list[str], above: int) -> Iterator[_Shown]:
    """Yield the lines of one hunk, ``above`` lines of the new file standing before it."""
    whole = [("replace", 0, len(old), 0, len(new))]
    few = len(old) + len(new) <= _DIFFED and sum(map(len, old)) < WIDEST * _DIFFED
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if few else whole
    for code, low, high, begin, end in codes:
        if code == "equal":
            yield from (_Shown(" ", above + n + 1, new[n]) for n in range(begin, end))
            continue
        # Of a long line the place is shown where it first differs from what becomes of it.
        columns = [
            len(commonprefix(pair)) if len(pair[0]) > WIDEST else 0  # noqa: RUF071
            for pair in zip(old[low:high], new[begin:end], strict=False)
        ]
        columns += [0] * max(high - low, end - begin)
        yield from (
            _Shown("-", 0, line, column)
            for line, column in zip(old[low:high], columns, strict=False)
        )
        yield from (
            _Shown("+", above + n + 1, new[n], column)
            for n, column in zip(range(begin, end), columns, strict=False)
        )
