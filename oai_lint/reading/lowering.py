"""Changes in terms of nodes become edits of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

from oai_lint.patch import (
    After,
    Before,
    Change,
    Delete,
    Drop,
    Edit,
    Enclose,
    Import,
    Insert,
    Lead,
    Move,
    Piece,
    Recast,
    Rename,
    Replace,
    Span,
    Tail,
    Unwrap,
)
from oai_lint.reading.imports import import_edits
from oai_lint.reading.items import Items, alias_end
from oai_lint.reading.spans import Spans
from oai_lint.reading.tree import Tree
from oai_lint.source import Source

_BREAK = re.compile(r"\r\n?|\n")
_ITEMS = (cst.Arg, cst.BaseDictElement, cst.BaseElement, cst.ImportAlias, cst.NameItem)

# Lines with nothing but a comment, in front of a statement.
_ABOVE = re.compile(r"(?:(?<=\n)|(?<=\r)(?!\n))(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))+\Z")


class NotLowerable(Exception):  # noqa: N818
    """A change cannot be written as edits of this text."""


class Lowering:
    """Lowers the changes of one file.

    Args:
        source: the file.
        tree: its tree.
        spans: where its nodes stand.
    """

    def __init__(self, source: Source, tree: Tree, spans: Spans) -> None:
        self.source = source
        self.text = source.text
        self.tree = tree
        self.spans = spans
        self.first = 0
        """Where the earliest edit so far begins."""

    def _line(self, statement: cst.CSTNode) -> cst.CSTNode:
        """Return the simple statement line around a small statement, or the compound one."""
        parent = self.tree.parents.get(statement)
        if isinstance(parent, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            return parent
        return statement

    def _siblings(self, item: cst.CSTNode) -> Sequence[cst.CSTNode]:
        parent = self.tree.parents.get(item)
        match parent:
            case cst.Call(args=args):
                return args
            case cst.Dict(elements=elements) | cst.List(elements=elements):
                return elements
            case cst.Tuple(elements=elements) | cst.Set(elements=elements):
                return elements
            case cst.ImportFrom(names=names) | cst.Import(names=names) if not isinstance(
                names, cst.ImportStar
            ):
                return names
            case cst.ClassDef():
                return (*parent.bases, *parent.keywords)
        return (item,)

    # -- lowering ------------------------------------------------------------------------------

    def lower(self, changes: Iterable[Change]) -> tuple[Edit, ...]:
        """Return the edits.

        Raises:
            NotLowerable: the text does not allow one of the changes.
        """
        edits: list[Edit] = []
        moves: list[Move] = []
        unwraps: list[Unwrap] = []
        imports: list[Edit] = []
        changes = sorted(changes, key=lambda change: isinstance(change, Import))
        for edit in self._drops(changes):
            if edit not in edits:
                edits.append(edit)
        dropped = {change.item for change in changes if isinstance(change, Drop)}
        for change in changes:
            if isinstance(change, Drop):
                continue
            if isinstance(change, Move):
                if change not in moves:
                    moves.append(change)
                continue
            if isinstance(change, Unwrap):
                unwraps.append(change)
                continue
            self.first = min((edit.start for edit in edits), default=len(self.text))
            for edit in self._lower(change, dropped):
                if edit not in edits:
                    edits.append(edit)
                if isinstance(change, Import):
                    imports.append(edit)
        edits = [edit for edit in edits if not any(_covers(other, edit) for other in edits)]
        for unwrap in sorted(unwraps, key=lambda unwrap: -self._span(unwrap.statement)[0]):
            edits = self._unwrap(unwrap, edits)
        for move in moves:
            edits = self._move(move.blocks, move.order, edits)
        # What is written at one place may need what is imported there.
        return tuple(sorted(edits, key=lambda edit: (edit.start, edit.end, edit not in imports)))

    def _lower(self, change: Change, dropped: set[cst.CSTNode]) -> Iterable[Edit]:
        match change:
            case Replace(node, pieces):
                start, end = self._span(node)
                return (Edit(start, end, self._written(pieces)),)
            case Rename(node, name):
                start, end = self._span(_last(node))
                return (Edit(start, end, name),)
            case Tail(node, owner, pieces, opening):
                return self._tail(node, owner, self._written(pieces), opening)
            case Lead(node, owner, pieces):
                opened = "".join(map(self.tree.module.code_for_node, getattr(owner, "lpar", ())))
                start, end = self._span(node)[0], self._span(owner)[0] - len(opened)
                return (Edit(start, end, self._written(pieces)),)
            case Insert(call, pieces, first):
                return self._insert(call, self._written(pieces), first=first, dropped=dropped)
            case Drop():
                raise NotLowerable("drops are lowered before all else")
            case Delete(statement):
                return self._delete(statement)
            case Before(statement, lines):
                return (self._before(statement, lines),)
            case After(statement, lines):
                return (self._after(statement, lines),)
            case Enclose(first, last, header, replace_first):
                return self._enclose(first, last, header, replace_first=replace_first)
            case Recast(statement, first, header, clause):
                start = self._span(statement)[0]
                end = self._lines(self._line(first))[1]
                head = self._written(header) + self.source.newline
                return (Edit(start, end, head), Edit(*self._lines(clause), ""))
            case Move() | Unwrap():
                raise NotLowerable("it is lowered after all else")
            case Import(module, name):
                before = self.first if self.source.cells else None
                return import_edits(self.source, self.tree, self.spans, module, name, before)

    def _span(self, node: cst.CSTNode | Span) -> tuple[int, int]:
        if isinstance(node, Span):
            return node.start, node.end
        try:
            return self.spans[node]
        except KeyError:
            raise NotLowerable("a node has no position") from None

    def _slice(self, node: cst.CSTNode | Span) -> str:
        start, end = self._span(node)
        return self.text[start:end]

    def _written(self, pieces: Iterable[Piece]) -> str:
        return "".join(piece if isinstance(piece, str) else self._slice(piece) for piece in pieces)

    def _insert(
        self, call: cst.Call | cst.Dict, text: str, *, first: bool, dropped: set[cst.CSTNode]
    ) -> Iterable[Edit]:
        args = _items_of(call)
        _, end = self._span(call)
        kept = [index for index, arg in enumerate(args) if arg not in dropped]
        if first and isinstance(call, cst.Call):
            _, opening = self._span(call.func)
            start = self.text.index("(", opening) + 1
            return (Edit(start, start, f"{text}, " if kept else text),)
        if not args:
            close = self.text.rindex(")" if isinstance(call, cst.Call) else "}", 0, end)
            return (Edit(close, close, text),)
        if not kept:  # the drops leave a hole of their own
            start = self._span(args[0])[0]
            return (Edit(start, start, text),)
        value = getattr(args[0], "value", None)
        if len(args) == 1 and isinstance(value, cst.GeneratorExp) and not value.lpar:
            start, stop = self._span(args[0])
            return (Edit(start, start, "("), Edit(stop, stop, f"), {text}"))
        return self._list(args, end).added(kept, text, self.source.newline, end - 1)

    def _list(self, items: Sequence[cst.CSTNode], within: int) -> Items:
        spans = []
        for item in items:
            start, end = self._span(item)
            if isinstance(item, cst.ImportAlias):
                end = alias_end(self.text, start, end)
            spans.append((start, end))
        return Items(self.text, spans, within)

    def _indent_before(self, offset: int) -> str | None:
        """Return the white space before ``offset`` when nothing else stands on its line."""
        start = max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1
        indent = self.text[start:offset]
        return indent if start and not indent.strip() else None

    def _drops(self, changes: Sequence[Change]) -> Iterator[Edit]:
        """Yield the edits of all drops, those from one list together."""
        lists: dict[cst.CSTNode, list[cst.CSTNode]] = {}
        for change in changes:
            if isinstance(change, Drop):
                lists.setdefault(self.tree.parents[change.item], []).append(change.item)
        grown = {change.call for change in changes if isinstance(change, Insert)}
        for parent, items in lists.items():
            siblings = self._siblings(items[0])
            if not isinstance(items[0], _ITEMS):
                for item in items:
                    yield from self._delete(item)
                continue
            left = len(siblings) - len(set(items))
            if isinstance(parent, (cst.Import, cst.ImportFrom)):
                if not left:
                    yield from self._delete(parent)
                    continue
                within = self._span(parent)[1]
            else:
                within = len(self.text)
            if not left and isinstance(parent, (cst.Tuple, cst.Set)):
                raise NotLowerable("without elements it would be something else")
            places = self._list(siblings, within)
            dropped = {index for index, sibling in enumerate(siblings) if sibling in items}
            single = left == 1 and isinstance(parent, cst.Tuple)
            if not left and parent in grown:
                whole = places.items
                yield Edit(whole[0].start, whole[-1].end, "")
                continue
            yield from places.without(dropped, keep_comma=parent in grown or single)
            last = places.items[-1]
            if single and len(siblings) - 1 not in dropped and last.comma is None:
                end = last.end
                yield Edit(end, end, ",")

    # -- statements ----------------------------------------------------------------------------

    def _delete(self, statement: cst.CSTNode) -> Iterable[Edit]:
        line = self._line(statement)
        start, end = self._span(statement)
        if isinstance(line, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            if len(line.body) > 1:
                return (self._delete_small(statement, line),)
            if isinstance(line, cst.SimpleStatementSuite):
                return (Edit(start, end, "pass"),)
        block = self.tree.parents.get(line)
        if isinstance(block, cst.IndentedBlock) and len(block.body) == 1:
            return (Edit(self._begin(line), end, "pass"),)
        start, end = self._lines(line)
        return (Edit(start, self._without_gap(start, end), ""),)

    def _without_gap(self, start: int, end: int) -> int:
        """Return where to end a deletion of whole lines so that no two gaps are joined."""
        blank = re.compile(r"[ \t\f]*(?:\r\n?|\n)")
        code = len(self.text[:start].rstrip(" \t\f\r\n"))
        count = len(_BREAK.findall(self.text, code, start))
        count -= count > 0 and code > 0  # one of them ends the line before the gap
        while (not start or count) and (match := blank.match(self.text, end)) is not None:
            end, count = match.end(), count - 1
        return end

    def _delete_small(
        self, statement: cst.CSTNode, line: cst.SimpleStatementLine | cst.SimpleStatementSuite
    ) -> Edit:
        index = next(i for i, small in enumerate(line.body) if small is statement)
        start, end = self._span(statement)
        if index + 1 < len(line.body):
            return Edit(start, self._span(line.body[index + 1])[0], "")
        return Edit(self._span(line.body[index - 1])[1], end, "")

    def _lines(self, line: cst.CSTNode) -> tuple[int, int]:
        """Return the offsets of the whole lines that a statement takes, its newline included."""
        start, end = self._begin(line), self._span(line)[1]
        indent = self._indent_before(start)
        start -= len(indent) if indent is not None else len(self._lead(start))
        match = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n|$)").match(self.text, end)
        return start, match.end() if match else end

    def _begin(self, line: cst.CSTNode) -> int:
        """Return where a statement begins, its decorators included."""
        decorators = getattr(line, "decorators", ())
        return self._span(decorators[0] if decorators else line)[0]

    def _lead(self, start: int) -> str:
        """Return the white space before a statement that begins the file."""
        begin = max(self.text.rfind("\n", 0, start), self.text.rfind("\r", 0, start)) + 1
        lead = self.text[begin:start].lstrip("\ufeff")
        return lead if not lead.strip(" \t\f") else ""

    def _indent(self, statement: cst.CSTNode) -> str:
        start, _ = self._span(self._line(statement))
        begin = max(self.text.rfind("\n", 0, start), self.text.rfind("\r", 0, start)) + 1
        lead = self.text[begin:start].lstrip("\ufeff")
        if lead.strip(" \t\f"):
            raise NotLowerable("the statement does not begin its line")
        return lead

    def _above_comments(self, start: int, indent: str) -> int:
        """Return where the comments begin that stand right above a definition."""
        row = self.source.position(start)[0]
        above = row
        while above and self.source.line(above - 1).startswith(indent + "#"):
            above -= 1
        return start if above == row else self.source.line_starts[above] + len(indent)

    def _before(self, statement: cst.CSTNode, lines: Sequence[tuple[Piece, ...]]) -> Edit:
        indent = self._indent(statement)
        line = self._line(statement)
        decorators = getattr(line, "decorators", ())
        start, _ = self._span(decorators[0] if decorators else line)
        if isinstance(line, (cst.FunctionDef, cst.ClassDef)):
            start = self._above_comments(start, indent)
        text = "".join(self._placed(line, indent) + self.source.newline + indent for line in lines)
        return Edit(start, start, text)

    def _after(self, statement: cst.CSTNode, lines: Sequence[tuple[Piece, ...]]) -> Edit:
        indent = self._indent(statement)
        _, end = self._lines(self._line(statement))
        newline = self.source.newline
        ended = end > 0 and self.text[end - 1] in "\r\n"
        text = "".join(indent + self._placed(line, indent) + newline for line in lines)
        return Edit(end, end, text if ended else newline + text.removesuffix(newline))

    def _placed(self, line: Iterable[Piece], indent: str) -> str:
        """Return a line for an indentation: what it copies from deeper lines moves out with it."""
        text = ""
        for piece in line:
            if isinstance(piece, str):
                text += piece
                continue
            start = self._span(piece)[0]
            begin = max(self.text.rfind("\n", 0, start), self.text.rfind("\r", 0, start)) + 1
            row = self.text[begin:start]
            deeper = len(row) - len(row.lstrip(" \t\f")) - len(indent)
            copied = self._slice(piece)
            if deeper > 0 and row.startswith(indent) and copied.count("\n") + copied.count("\r"):
                copied = _dedented(copied, len(indent), deeper)
            text += copied
        return text

    def _enclose(
        self,
        first: cst.CSTNode,
        last: cst.CSTNode,
        header: tuple[Piece, ...],
        *,
        replace_first: bool,
    ) -> Iterable[Edit]:
        first, last = self._line(first), self._line(last)
        indent = self._indent(first)
        one = self.tree.module.default_indent.strip("\f")
        newline = self.source.newline
        start, end = self._lines(first)[0], self._lines(last)[1]
        head = indent + self._written(header) + newline
        if replace_first:
            after = self._lines(first)[1]
            blank = re.compile(r"(?:[ \t\f]*(?:\r\n?|\n))*").match(self.text, after, end)
            yield Edit(start, blank.end() if blank else after, head)
            start = blank.end() if blank else after
        else:
            yield Edit(start, start, head)
        inside = self._string_lines(first, last)
        for line_start in self.source.line_starts:
            if start <= line_start < end and line_start not in inside:
                line = self.source.line(self.source.position(line_start)[0])
                if line.strip():
                    yield Edit(line_start, line_start, one)

    def _string_lines(self, first: cst.CSTNode, last: cst.CSTNode) -> set[int]:
        """Return the offsets of lines that begin inside a string, which must not be indented."""
        start, end = self._lines(first)[0], self._lines(last)[1]
        base = self.source.position(start)[0]
        lines = self.source.line_starts
        return {lines[base + number] for number in _lines_in_strings(self.text[start:end])}

    def _tail(
        self, node: cst.CSTNode, owner: cst.CSTNode, text: str, opening: str
    ) -> Iterable[Edit]:
        start, end = self._span(node)
        outside = () if owner is node else getattr(owner, "rpar", ())
        closing = "".join(map(self.tree.module.code_for_node, outside))
        if opening:
            yield Edit(start, start, opening)
        yield Edit(self._span(owner)[1] + len(closing), end, text)

    def _unwrap(self, unwrap: Unwrap, edits: Sequence[Edit]) -> list[Edit]:
        """Return ``edits`` with those in the statement replaced by one for all of it."""
        statement = unwrap.statement
        indent = self._indent(statement)
        body = self._line(_first(unwrap.block or statement))
        depth = len(self._indent(body)) - len(indent)
        start, end = self._lines(statement)
        begin = self._lines(body)[0]
        above = _ABOVE.search(self.text[start:begin])
        begin = start + above.start() if above is not None else begin
        if depth <= 0 or begin <= start:
            raise NotLowerable("the block stands on the line of its head")
        inside = [edit for edit in edits if begin <= edit.start and edit.end <= end]
        newline = self.source.newline
        at = self._span(statement)[0]
        before = "".join(edit.text for edit in edits if edit.start == edit.end == at)
        head = (indent + before)[: len(before)]  # lines before it bring its indentation along
        head += "".join(indent + self._written(line) + newline for line in unwrap.lines)
        text = head + _dedented(self._edited(begin, end, inside), len(indent), depth)
        around = [edit for edit in edits if edit not in inside]
        kept = [edit for edit in around if edit.end <= start or edit.start >= end]
        return [*kept, Edit(start, end, text)]

    def _move(
        self,
        blocks: Sequence[cst.CSTNode],
        order: Sequence[cst.CSTNode],
        edits: Sequence[Edit],
    ) -> list[Edit]:
        """Return ``edits`` with the blocks exchanged and the edits inside them carried along."""
        starts = [self._block_start(block) for block in blocks]
        last = self._lines(blocks[-1])[1]
        ends = [*starts[1:], last]
        regions = dict(zip(blocks, zip(starts, ends, strict=True), strict=True))
        found = [e for e in edits if not (starts[0] <= e.start and e.end <= last)]
        for old, new in zip(blocks, order, strict=True):
            start, end = regions[new]
            inside = [e for e in edits if start <= e.start and e.end <= end]
            if old is new:
                found += [edit for edit in inside if edit not in found]
                continue
            text = self._edited(start, end, inside)
            if not text.endswith(("\n", "\r")):  # it ended the file
                text += self.source.newline
            found.append(Edit(*regions[old], text))
        return found

    def _block_start(self, block: cst.CSTNode) -> int:
        """Return where the lines of a block begin, the comments above it included."""
        start = self._lines(block)[0]
        for _ in getattr(block, "leading_lines", ()):
            start = (
                max(
                    self.text.rfind("\n", 0, max(start - 1, 0)),
                    self.text.rfind("\r", 0, max(start - 1, 0)),
                )
                + 1
            )
        return start

    def _edited(self, start: int, end: int, edits: Iterable[Edit]) -> str:
        pieces: list[str] = []
        position = start
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            pieces += (self.text[position : edit.start], edit.text)
            position = edit.end
        return "".join((*pieces, self.text[position:end]))


def _first(statement: cst.CSTNode) -> cst.CSTNode:
    """Return the first statement of a compound statement's block."""
    block = getattr(statement, "body", None)
    if not isinstance(block, cst.IndentedBlock):
        raise NotLowerable("the block stands on the line of its head")
    line = block.body[0]
    return line.body[0] if isinstance(line, cst.SimpleStatementLine) else line


def _covers(one: Edit, other: Edit) -> bool:
    """Say whether an edit writes over the place of another."""
    return one.start < other.start and other.end < one.end


def _dedented(text: str, indent: int, depth: int) -> str:
    """Return lines less ``depth`` characters behind their first ``indent``, strings as they are."""
    inside = _lines_in_strings(text)
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if number not in inside and not line[: indent + depth].strip(" \t\f"):
            lines[number] = line[:indent] + line[indent + depth :] if line.strip() else line
    return "".join(lines)


def _lines_in_strings(text: str) -> set[int]:
    """Return the numbers, from 0, of the lines of a block that begin inside a string."""
    import io
    import textwrap
    import tokenize

    found: set[int] = set()
    depth = opened = 0
    dedented = textwrap.dedent(re.sub(r"\r\n?", "\n", text))
    try:
        for token in tokenize.generate_tokens(io.StringIO(dedented).readline):
            name = tokenize.tok_name[token.type]
            if name == "STRING":
                found.update(range(token.start[0], token.end[0]))
            elif name == "FSTRING_START":
                depth, opened = depth + 1, opened if depth else token.start[0]
            elif name == "FSTRING_END":
                depth -= 1
                if not depth:
                    found.update(range(opened, token.end[0]))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        raise NotLowerable("the block cannot be indented") from None
    return found


def _items_of(call: cst.Call | cst.Dict) -> Sequence[cst.CSTNode]:
    return call.args if isinstance(call, cst.Call) else call.elements


def _last(node: cst.CSTNode) -> cst.CSTNode:
    """Return the name that ends a dotted path, or is bound by an imported name."""
    if isinstance(node, cst.ImportAlias):
        node = node.name
    return node.attr if isinstance(node, cst.Attribute) else node
