"""Arguments, elements and imported names taken out of a list and added to it, as edits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oai_lint.patch import Edit

_GAP = r"(?:\s|\\(?:\r\n?|\n)|#[^\r\n]*)*"
_COMMA = re.compile(rf"{_GAP},")
_END_OF_LINE = re.compile(r"[ \t\f]*(?:\\|#[^\r\n]*)?(?:\r\n?|\n)")
_ALIAS = re.compile(rf"\w+(?:{_GAP}\.{_GAP}\w+)*(?:{_GAP}\bas\b{_GAP}\w+)?")
_COMMENT = re.compile(r"[ \t]*#[^\r\n]*")
_OPENING = re.compile(r"[(\[{]\s*$")
_CLOSING = re.compile(r"\s*(?=[)}\]])")


class Item(NamedTuple):
    """Where an item stands, and the offset behind its comma if it has one."""

    start: int
    end: int
    comma: int | None


class Items:
    """The items of one list.

    Args:
        text: the text of the file.
        spans: where each item begins and ends.
        within: the offset at which the list ends at the latest.
    """

    def __init__(self, text: str, spans: Sequence[tuple[int, int]], within: int) -> None:
        self.text = text
        self.items = [
            Item(start, end, match.end() if (match := _COMMA.match(text, end, within)) else None)
            for start, end in spans
        ]

    def indent(self, offset: int) -> str | None:
        """Return the white space before ``offset`` when nothing else stands on its line."""
        start = max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1
        indent = self.text[start:offset]
        return indent if start and not indent.strip() else None

    def without(self, dropped: set[int], *, keep_comma: bool = False) -> Iterator[Edit]:
        """Yield the edits that take some of the items out.

        With ``keep_comma`` what is left ends with a comma, for something to be written there.
        """
        count = len(self.items)
        index = 0
        while index < count:
            if index not in dropped:
                index += 1
                continue
            last = index
            while last + 1 in dropped:
                last += 1
            run = Item(self.items[index].start, *self.items[last][1:])
            before = self.items[index - 1] if index else None
            if last + 1 < count:
                yield self._inner(run, before, self.items[last + 1])
            elif before is not None:
                yield from self._last(run, before, keep_comma=keep_comma)
            else:
                yield self._all(run)
            index = last + 1

    def _inner(self, run: Item, before: Item | None, after: Item) -> Edit:
        indent = self.indent(run.start)
        own_line = self.indent(after.start) is not None
        comma = run.comma or run.end
        if own_line and indent is not None:
            # A comment on the item's own line goes with it; one above the next item stays.
            line = _END_OF_LINE.match(self.text, comma)
            if line is not None and "#" not in self.text[run.end : comma]:
                return Edit(run.start - len(indent), line.end(), "")
        elif (
            own_line
            and before is not None
            and before.comma is not None
            and "#" not in self.text[before.comma : run.start]
        ):
            return Edit(before.comma, comma, "")
        return Edit(run.start, after.start, "")

    def _last(self, run: Item, before: Item, *, keep_comma: bool) -> Iterator[Edit]:
        comma = before.comma or before.end
        gap = self.text[comma : run.start]
        indent = self.indent(run.start)
        line = _END_OF_LINE.match(self.text, run.comma or run.end)
        on_lines = indent is not None and "\\" not in gap
        whole = on_lines and line is not None
        if whole and line is not None and "#" not in self.text[run.end : run.comma or run.end]:
            start, end = run.start - len(indent or ""), line.end()
        elif "#" in gap and on_lines:
            start, end = run.start - len(indent or ""), run.comma or run.end
        else:
            start, end = comma, run.comma or run.end
        if run.comma is None and not keep_comma:
            if start == comma and "#" not in self.text[before.end : comma]:
                start = before.end
            else:
                yield Edit(comma - 1, comma, "")
        yield Edit(start, end, "")

    def _all(self, run: Item) -> Edit:
        end = run.comma or run.end
        head = _OPENING.search(self.text, 0, run.start)
        tail = _CLOSING.match(self.text, end)
        if self.indent(run.start) is not None and head is not None and tail is not None:
            return Edit(head.start() + 1, tail.end(), "")  # f(\n    arg,\n)  ->  f()
        return Edit(run.start, end, "")

    def added(self, kept: Sequence[int], text: str, newline: str, close: int) -> Iterator[Edit]:
        """Yield the edits that write ``text`` after the last of the items that are kept."""
        start, end, comma = self.items[kept[-1]]
        column = self.indent(start)
        if column is not None and (
            len(self.items) > 1 or comma is not None or self.indent(close) is not None
        ):  # one argument a line: keep it so
            at = end if comma is None else comma
            comment = _COMMENT.match(self.text, at)
            if comment is not None and comma is None:
                yield Edit(at, at, ",")
            lead = "," if comma is None and comment is None else ""
            at = comment.end() if comment is not None else at
            yield Edit(at, at, f"{lead}{newline}{column}{text}{',' if comma is not None else ''}")
        elif comma is not None:
            yield Edit(comma, comma, f" {text},")
        else:
            yield Edit(end, end, f", {text}")


def alias_end(text: str, start: int, end: int) -> int:
    """Return where an imported name ends: libcst counts its comma to it."""
    match = _ALIAS.match(text, start)
    return match.end() if match is not None else end
