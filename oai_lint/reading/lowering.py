"""Changes in terms of nodes become edits of text."""

from __future__ import annotations

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
    Recast,
    Rename,
    Replace,
    Tail,
    Unwrap,
)
from oai_lint.reading import blocks, statements
from oai_lint.reading.imports import import_edits
from oai_lint.reading.items import Items, alias_end
from oai_lint.reading.lines import Lines, NotLowerable
from oai_lint.reading.spans import Spans
from oai_lint.reading.tree import Tree
from oai_lint.source import Source

_ITEMS = (cst.Arg, cst.BaseDictElement, cst.BaseElement, cst.ImportAlias, cst.NameItem)


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
        self.lines = Lines(source, tree, spans)
        self.first = 0
        """Where the earliest edit so far begins."""

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
        for unwrap in sorted(unwraps, key=lambda unwrap: -self.lines.span(unwrap.statement)[0]):
            edits = blocks.unwrap(self.lines, unwrap, edits)
        for move in moves:
            edits = blocks.move(self.lines, move, edits)
        # What is written at one place may need what is imported there.
        return tuple(sorted(edits, key=lambda edit: (edit.start, edit.end, edit not in imports)))

    def _lower(self, change: Change, dropped: set[cst.CSTNode]) -> Iterable[Edit]:
        match change:
            case Replace(node, pieces):
                start, end = self.lines.span(node)
                return (Edit(start, end, self.lines.written(pieces)),)
            case Rename(node, name):
                start, end = self.lines.span(_last(node))
                return (Edit(start, end, name),)
            case Tail(node, owner, pieces, opening):
                return self._tail(node, owner, self.lines.written(pieces), opening)
            case Lead(node, owner, pieces):
                opened = "".join(map(self.tree.module.code_for_node, getattr(owner, "lpar", ())))
                start, end = self.lines.span(node)[0], self.lines.span(owner)[0] - len(opened)
                return (Edit(start, end, self.lines.written(pieces)),)
            case Insert(call, pieces, first):
                return self._insert(call, self.lines.written(pieces), first=first, dropped=dropped)
            case Drop():
                raise NotLowerable("drops are lowered before all else")
            case Delete(statement):
                return (statements.delete(self.lines, statement),)
            case Before(statement, lines):
                return (statements.before(self.lines, statement, lines),)
            case After(statement, lines):
                return (statements.after(self.lines, statement, lines),)
            case Enclose():
                return blocks.enclose(self.lines, change)
            case Recast():
                return blocks.recast(self.lines, change)
            case Move() | Unwrap():
                raise NotLowerable("it is lowered after all else")
            case Import(module, name):
                before = self.first if self.source.cells else None
                return import_edits(self.source, self.tree, self.lines.spans, module, name, before)

    def _insert(
        self, call: cst.Call | cst.Dict, text: str, *, first: bool, dropped: set[cst.CSTNode]
    ) -> Iterable[Edit]:
        args = _items_of(call)
        _, end = self.lines.span(call)
        kept = [index for index, arg in enumerate(args) if arg not in dropped]
        if first and isinstance(call, cst.Call):
            _, opening = self.lines.span(call.func)
            start = self.text.index("(", opening) + 1
            return (Edit(start, start, f"{text}, " if kept else text),)
        if not args:
            close = self.text.rindex(")" if isinstance(call, cst.Call) else "}", 0, end)
            return (Edit(close, close, text),)
        if not kept:  # the drops leave a hole of their own
            start = self.lines.span(args[0])[0]
            return (Edit(start, start, text),)
        value = getattr(args[0], "value", None)
        if len(args) == 1 and isinstance(value, cst.GeneratorExp) and not value.lpar:
            start, stop = self.lines.span(args[0])
            return (Edit(start, start, "("), Edit(stop, stop, f"), {text}"))
        return self._list(args, end).added(kept, text, self.source.newline, end - 1)

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

    def _list(self, items: Sequence[cst.CSTNode], within: int) -> Items:
        spans = []
        for item in items:
            start, end = self.lines.span(item)
            if isinstance(item, cst.ImportAlias):
                end = alias_end(self.text, start, end)
            spans.append((start, end))
        return Items(self.text, spans, within)

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
                    yield statements.delete(self.lines, item)
                continue
            left = len(siblings) - len(set(items))
            if isinstance(parent, (cst.Import, cst.ImportFrom)):
                if not left:
                    yield statements.delete(self.lines, parent)
                    continue
                within = self.lines.span(parent)[1]
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

    def _tail(
        self, node: cst.CSTNode, owner: cst.CSTNode, text: str, opening: str
    ) -> Iterable[Edit]:
        start, end = self.lines.span(node)
        outside = () if owner is node else getattr(owner, "rpar", ())
        closing = "".join(map(self.tree.module.code_for_node, outside))
        if opening:
            yield Edit(start, start, opening)
        yield Edit(self.lines.span(owner)[1] + len(closing), end, text)


def _covers(one: Edit, other: Edit) -> bool:
    """Say whether an edit writes over the place of another."""
    return one.start < other.start and other.end < one.end


def _items_of(call: cst.Call | cst.Dict) -> Sequence[cst.CSTNode]:
    return call.args if isinstance(call, cst.Call) else call.elements


def _last(node: cst.CSTNode) -> cst.CSTNode:
    """Return the name that ends a dotted path, or is bound by an imported name."""
    if isinstance(node, cst.ImportAlias):
        node = node.name
    return node.attr if isinstance(node, cst.Attribute) else node


__all__ = ["Lowering", "NotLowerable"]
