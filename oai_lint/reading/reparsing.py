"""Parsing again no more than an edit touched.

Most edits change one statement.  What stands before and behind it is the same as it was, in the
text and so in the tree; the statement alone is parsed, below a class header that stands for the
blocks around it, and takes the place of the old one in the tree.

Statements know nothing of their neighbours, but for this: ``else`` and its like continue the one
above; lines with nothing but white space or a comment belong to a block above them when they are
indented as it is; a backslash joins lines; and the first line and the first block of a file tell
libcst which newline and which indentation it need not write down.  Where one of these may matter,
more statements are taken, then those of the block around, and at last the whole text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Final

import libcst as cst

from oai_lint.patch import shared
from oai_lint.reading.eliding import elided, moved, restored
from oai_lint.reading.layout import (
    Body,
    Measured,
    Suite,
    block_at,
    closes,
    first_code,
    has_block,
    is_trivial,
    measured,
    suites,
    with_block,
)
from oai_lint.reading.nesting import SyntaxFault
from oai_lint.reading.parsing import parsed
from oai_lint.reading.places import Places
from oai_lint.source import Source

_HEADER: Final = "class _:"
"""Takes statements; unlike ``if`` it is never continued by what follows them."""

_DEEPEST: Final = 20
"""Blocks in blocks that are entered."""

_MOST_INDENTS: Final = 50
"""Levels of indentation in statements parsed alone; with those around, the tokenizer takes 98."""

_SMALL: Final = 160
"""Code points below which a statement is parsed whole, whatever blocks it has."""

_MOST: Final = 0.6
"""The share of a text that is worth parsing alone."""

_WIDENINGS: Final = 3
"""How often a statement more is taken on either side before the block around is."""

_CONTINUED: Final = re.compile(r"(?:else|elif|except|finally)\b")


class Reparser:
    """The tree of one document, from edit to edit.

    Attributes:
        places: where nodes of the tree stand, as far as anybody asked.
    """

    def __init__(self) -> None:
        self.places = Places()
        self._text = ""
        self._module: cst.Module | None = None
        self._body: Body | None = None

    @property
    def size(self) -> int:
        """The length of the text whose tree this is, in code points."""
        return len(self._text)

    def keep(self, text: str, module: cst.Module) -> None:
        """Remember the tree of a text that was parsed as a whole."""
        self._text, self._module, self._body = text, module, None
        self.places.forget()

    def updated(self, text: str) -> cst.Module | None:
        """Return the tree of a text; None where all of it has to be parsed.

        It shares nodes with the trees of earlier texts.
        """
        if self._module is None or text == self._text:
            return self._module
        # No text has a NUL, and libcst renders a form feed or a lone CR elsewhere than it stands.
        if "\0" in text or "\f" in text or text.count("\r") != text.count("\r\n"):
            return None
        if self._body is None:
            self._body = measured(self._module, self._text)
        if self._body is None:
            self._module = None
            return None
        change = _Change.between(self._text, text)
        levels = _levels(self._module, self._body, change)
        while levels:
            try:
                piece = _piece(self._module, levels[-1], change)
                if piece is not None:
                    self._module = _spliced(levels, piece)
            except cst.CSTValidationError:  # the parser is more lenient than nodes are
                return None
            if piece is not None:
                _correct(levels, piece, change.growth)
                self._text = text
                self.places.move(self._module, self._body.lengths)
                return self._module
            levels.pop()
        return None


@dataclass(frozen=True, slots=True)
class _Change:
    """What an edit did: ``before[start:end]`` became ``after[start : end + growth]``."""

    before: str
    after: str
    start: int
    end: int

    @classmethod
    def between(cls, before: str, after: str) -> _Change:
        head = shared(before, after)
        tail = shared(before[head:][::-1], after[head:][::-1])
        return cls(before, after, head, len(before) - tail)

    @property
    def growth(self) -> int:
        return len(self.after) - len(self.before)


@dataclass(slots=True)
class _Level:
    """Statements side by side, some of which hold the change.

    Attributes:
        node: the module or the block that they are in.
        body: how long they are.
        suite: where the block is in the statement around it; None for the module.
        start, end: where they begin and end in the text before, the comments below included.
        indent: the white space in front of them.
        first, last: those that hold the change.
    """

    node: cst.Module | cst.IndentedBlock
    body: Body
    suite: Suite | None
    start: int
    end: int
    indent: str
    first: int = 0
    last: int = 0

    def find(self, change: _Change) -> None:
        """Find the statements that hold the change."""
        ends = [self.start + end for end in accumulate(self.body.lengths)]
        final = len(ends) - 1
        self.first = min(bisect_right(ends, change.start), final)
        self.last = max(self.first, min(bisect_left(ends, change.end), final))

    @property
    def deeper(self) -> tuple[str, ...]:
        """How lines begin that may belong to a block of the statements."""
        return f"{self.indent} ", f"{self.indent}\t"

    @property
    def is_final(self) -> bool:
        """Whether the last statement of the block is among them."""
        return self.last == len(self.body.lengths) - 1

    @property
    def span(self) -> tuple[int, int]:
        """Where they begin and end in the text before."""
        lengths = self.body.lengths
        start = self.start + sum(lengths[: self.first])
        if self.is_final:
            return start, self.end
        return start, start + sum(lengths[self.first : self.last + 1])


@dataclass(frozen=True, slots=True)
class _Piece:
    """Statements that were parsed alone.

    Attributes:
        module: what they were parsed as.
        body: the statements.
        lengths: how long each is.
        footer: the lines below them.
        suites: the blocks of the last one, if they are known.
    """

    module: cst.Module
    body: Sequence[Any]
    lengths: list[int]
    footer: Sequence[cst.EmptyLine]
    suites: list[Suite] | None = None


def _levels(module: cst.Module, body: Body, change: _Change) -> list[_Level]:
    """Return where the change is: in the module, in a block of it, and so on inwards."""
    level = _Level(module, body, None, 0, len(change.before), "")
    levels: list[_Level] = []
    while True:
        level.find(change)
        levels.append(level)
        index = level.first
        statement, length = level.node.body[index], level.body.lengths[index]
        if (
            index != level.last
            or len(levels) > _DEEPEST
            or length < _SMALL
            or not isinstance(statement, cst.BaseCompoundStatement)
        ):
            return levels
        start = level.start + sum(level.body.lengths[:index])
        inner = level.body.suites[index]
        if inner is None:
            code = change.before[start : start + length]
            inner = level.body.suites[index] = suites(module, statement, level.indent, code)
        for suite in inner:
            if start + suite.start <= change.start and change.end <= start + suite.end:
                break
        else:
            return levels
        block = block_at(statement, suite.path)
        level = _Level(
            block, suite.body, suite, start + suite.start, start + suite.end, suite.indent
        )


def _piece(module: cst.Module, level: _Level, change: _Change) -> _Piece | None:
    """Parse the statements that hold the change, with as many neighbours as it takes."""
    for _ in range(_WIDENINGS):
        start, end = level.span
        code = change.after[start : end + change.growth]
        above = _begins_afresh(level, code)
        below = _ends_for_good(level, code, change, end)
        if above and below and (piece := _briefly(module, level, code, change)) is not None:
            return piece
        if len(code) > _MOST * len(change.after):
            return None
        if above and below:
            return _alone(module, level, code)
        if not above:
            level.first = max(level.first - 1, 0)
        if not below:
            level.last = min(level.last + 1, len(level.body.lengths) - 1)
    return None


def _briefly(module: cst.Module, level: _Level, code: str, change: _Change) -> _Piece | None:
    """Parse a statement without what is in its blocks, where the change is in none of them."""
    statement, known = level.node.body[level.first], level.body.suites[level.first]
    if level.first != level.last or not known or isinstance(statement, cst.Match):
        return None
    start, _ = level.span
    suites = moved(known, change.start - start, change.end - start, change.growth)
    if suites is None:
        return None
    brief, saved = elided(code, suites, module.default_newline)
    piece = _alone(module, level, brief) if saved > _SMALL else None
    if piece is None:
        return None
    last = restored(module, piece.body[-1], statement, suites, level.indent)
    if last is None:
        return None
    above = sum(piece.lengths[:-1])
    return replace(
        piece,
        body=(*piece.body[:-1], last),
        lengths=[*piece.lengths[:-1], piece.lengths[-1] + saved],
        suites=moved(suites, 0, 0, -above),
    )


def _begins_afresh(level: _Level, code: str) -> bool:
    """Say whether nothing of ``code`` belongs to the statement above."""
    line = first_code(code, 0, level.deeper if level.first else ())
    return line is not None and not (level.first and _CONTINUED.match(line))


def _ends_for_good(level: _Level, code: str, change: _Change, end: int) -> bool:
    """Say whether nothing of what follows belongs to ``code``, nor the other way round."""
    *_, final = code.removesuffix("\n").rsplit("\n", 1)
    if final.rstrip("\r").endswith("\\"):
        return False
    if end == len(change.before):
        if level.suite is None:
            return True
        # At the end of a file white space and comments are shared out by rules of their own.
        whole = change.before.endswith("\n") and code.endswith("\n")
        return whole and not is_trivial(final)
    if not code.endswith("\n") or (is_trivial(final) and not level.is_final):
        return False
    taken = (level.indent,) if level.is_final else level.deeper
    return first_code(change.before, end, taken) is not None


def _alone(module: cst.Module, level: _Level, code: str) -> _Piece | None:
    """Parse some statements, or return None where they are not what the whole text would give."""
    newline, usual = module.default_newline, module.default_indent
    is_top = level.suite is None and not level.first
    # The first block and the first line of a text say what is usual in it.
    text = "" if is_top else f"{_HEADER}{newline}{usual}0{newline}"
    if level.suite is not None:
        text += f"{_HEADER}{newline}"
    text += code
    try:
        tree = parsed(Source("", text))
    except SyntaxFault:
        return None
    body: Sequence[Any] = tree.body
    footer = tree.footer
    if not is_top:
        block = body[0].body
        if len(block.body) != 1 or block.footer:
            return None
        body = body[1:]
    if level.suite is not None:
        block = body[0].body
        indent = usual if block.indent is None else block.indent
        if len(body) != 1 or footer or indent != level.indent:
            return None
        body, footer = block.body, block.footer
    if not body or (footer and not level.is_final):
        return None
    rendering = Measured(module, level.indent)
    if is_top:
        rendering.add(tree.header)
    head = len(rendering.text)
    lengths = rendering.add(body)
    lengths[0] += head
    if level.suite is not None:
        rendering.add(footer)
    at_end = level.suite is None and level.is_final
    is_same = closes(rendering, code) if at_end else rendering.text == code
    if not is_same or rendering.deepest > _MOST_INDENTS:
        return None
    if level.suite is None and not _keeps_usual(module, tree, level, rendering):
        return None
    return _Piece(tree, body, lengths, footer)


def _keeps_usual(module: cst.Module, tree: cst.Module, level: _Level, rendering: Measured) -> bool:
    """Say whether the first line and the first block of the text are still as they were."""
    if not level.first and tree.default_newline != module.default_newline:
        return False
    if any(map(has_block, level.node.body[: level.first])):
        return True
    if rendering.first_indent is None:
        return not any(map(has_block, level.node.body[level.first : level.last + 1]))
    return rendering.first_indent == module.default_indent


def _spliced(levels: Sequence[_Level], piece: _Piece) -> cst.Module:
    """Return the tree with some statements of the innermost level replaced."""
    level, *around = reversed(levels)
    body = level.node.body
    changes: dict[str, Any] = {"body": (*body[: level.first], *piece.body, *body[level.last + 1 :])}
    if level.is_final:
        changes["footer"] = piece.footer
    if level.suite is None:
        if not level.first:
            changes["header"] = piece.module.header
        if level.is_final:
            changes["has_trailing_newline"] = piece.module.has_trailing_newline
    node: Any = level.node.with_changes(**changes)
    for outer in around:
        assert level.suite is not None
        body = outer.node.body
        statement = with_block(body[outer.first], level.suite.path, node)
        node = outer.node.with_changes(
            body=(*body[: outer.first], statement, *body[outer.first + 1 :])
        )
        level = outer
    assert isinstance(node, cst.Module)
    return node


def _correct(levels: Sequence[_Level], piece: _Piece, growth: int) -> None:
    """Note how long statements are now, from the innermost level outwards."""
    level, *around = reversed(levels)
    level.body.replace(level.first, level.last, piece.lengths)
    level.body.suites[level.first + len(piece.lengths) - 1] = piece.suites
    for outer in around:
        outer.body.lengths[outer.first] += growth
        assert level.suite is not None
        for suite in outer.body.suites[outer.first] or ():
            if suite.end >= level.suite.end:
                suite.end += growth
                suite.start += growth if suite is not level.suite else 0
        level = outer
