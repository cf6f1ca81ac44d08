"""What is done to a mapping or list after it was made, before it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import libcst as cst

from oai_lint.facts.values import (
    UNKNOWN,
    Entry,
    Value,
)
from oai_lint.facts.values import Mapping as MappingValue
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading.values import Evaluator


class _Write(NamedTuple):
    """What a statement does to the mapping that a name stands for at ``place``."""

    place: cst.CSTNode
    kind: str  # set, default, drop, open or append
    key: Any = UNKNOWN
    entry: Entry | None = None


class Writes:
    """Finds what is written to the mappings and lists of one file.

    Args:
        evaluator: the file's values.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._appends: dict[str, list[cst.Call]] | None = None
        self._writes: dict[str, list[_Write]] | None = None
        self._at: dict[cst.CSTNode, frozenset[int]] = {}

    def forget(self) -> None:
        """Let go of all that was found, and of the evaluator."""
        del self.evaluator
        self._appends = self._writes = None
        self._at.clear()

    def appended(self, owner: cst.CSTNode) -> Iterator[cst.BaseExpression]:
        """Yield what may have been appended to a list of this name before it is read."""
        name = dotted(owner)
        if name is None:
            return
        if self._appends is None:
            self._appends = {}
            for call in self.evaluator.tree.nodes.get(cst.Call, ()):
                assert isinstance(call, cst.Call)
                func = call.func
                if (
                    type(func) is cst.Attribute
                    and func.attr.value == "append"
                    and len(call.args) == 1
                    and (known := dotted(func.value)) is not None
                ):
                    self._appends.setdefault(known, []).append(call)
        for call in self._appends.get(name, ()):
            assert isinstance(call.func, cst.Attribute)
            if any(self._happening([_Write(call.func.value, "append")], owner, name)):
                yield call.args[0].value

    def applied(self, name: str, node: cst.CSTNode, found: list[Value]) -> list[Value]:
        """Add what ``name[key] = value``, ``name.update(...)`` and their like do to a mapping."""
        if not any(isinstance(value, MappingValue) for value in found):
            return found
        written = self._written().get(name)
        if written is None:
            return found
        writes = list(self._happening(written, node, name))
        if not writes:
            return found
        return [
            self._after(value, writes) if isinstance(value, MappingValue) else value
            for value in found
        ]

    def _after(self, value: MappingValue, writes: Iterable[tuple[_Write, bool]]) -> MappingValue:
        entries, open_ = list(value.entries), value.open
        for write, sure in writes:
            if write.kind == "open":
                open_ = True
            elif write.kind == "drop":
                entries = [
                    entry if entry.key != write.key else replace(entry, certain=False)
                    for entry in entries
                    if not sure or entry.key != write.key
                ]
                open_ = open_ or write.key is UNKNOWN
            elif write.entry is not None:
                known = any(entry.key == write.key for entry in entries)
                if write.kind == "set" or not known:
                    entries.append(replace(write.entry, certain=write.entry.certain and sure))
        return replace(value, entries=tuple(entries), open=open_)

    def _happening(
        self, written: Iterable[_Write], node: cst.CSTNode, name: str
    ) -> Iterator[tuple[_Write, bool]]:
        """Yield the writes that happen to the object that ``node`` reads, before it.

        With each goes whether it surely does.
        """
        here = self.evaluator.scopes.scope_of(node)
        order = self.evaluator.tree.order
        loops = [
            holder
            for holder in self.evaluator.tree.ancestors(node)
            if isinstance(holder, (cst.For, cst.While))
            and self.evaluator.scopes.scope_of(holder) is here
        ]
        bindings = self.evaluator.scopes.reaching(node, name)
        read = {id(binding.node) for binding in bindings}
        for write in written:
            place = write.place
            if place is node:
                continue
            there = self.evaluator.scopes.scope_of(place)
            before = order[place] < order[node]
            if (
                here is there
                and not before
                and not any(self.evaluator.tree.inside(place, loop) for loop in loops)
            ):
                continue
            same = not read.isdisjoint(self._bound_at(place, name))
            if here is not there:
                if name.startswith("self.") or any(b.scope is there for b in bindings):
                    yield write, self._always(place)
                elif same:
                    yield write, False
            elif same and before:
                block = self.evaluator.tree.parents.get(self.evaluator.tree.statement(place))
                around = block is not None and self.evaluator.tree.inside(node, block)
                yield write, self._always(place) or around
            elif same:
                yield write, False

    def _bound_at(self, place: cst.CSTNode, name: str) -> frozenset[int]:
        """Return the bindings in force where a mapping is written to."""
        known = self._at.get(place)
        if known is None:
            reaching = self.evaluator.scopes.reaching(place, name)
            known = self._at[place] = frozenset(id(binding.node) for binding in reaching)
        return known

    def _always(self, node: cst.CSTNode) -> bool:
        """Say whether a statement runs whenever its function does."""
        block = self.evaluator.tree.parents.get(self.evaluator.tree.statement(node))
        owner = self.evaluator.tree.parents.get(block) if block is not None else None
        return isinstance(block, cst.Module) or isinstance(
            owner, (cst.FunctionDef, cst.With, cst.Module)
        )

    def _written(self) -> dict[str, list[_Write]]:
        if self._writes is None:
            self._writes = {}
            found: list[tuple[cst.BaseExpression, list[_Write]]] = []
            for node in self.evaluator.tree.nodes.get(cst.AssignTarget, ()):
                assert isinstance(node, cst.AssignTarget)
                if type(node.target) is cst.Subscript:
                    found.append((node.target.value, [self._item_write(node, node.target)]))
            for deletion in self.evaluator.tree.nodes.get(cst.Del, ()):
                assert isinstance(deletion, cst.Del)
                target = deletion.target
                if isinstance(target, cst.Subscript):
                    write = _Write(target.value, "drop", self.evaluator.index(target))
                    found.append((target.value, [write]))
            for call in self.evaluator.tree.nodes.get(cst.Call, ()):
                assert isinstance(call, cst.Call)
                if type(call.func) is cst.Attribute:
                    work = _MUTATES.get(call.func.attr.value)
                    if work is not None:
                        found.append((call.func.value, list(work(self, call, call.func.value))))
            for owner, writes in sorted(found, key=lambda item: self.evaluator.tree.order[item[0]]):
                name = dotted(owner)
                if name is not None:
                    self._writes.setdefault(name, []).extend(writes)
        return self._writes

    def _item_write(self, node: cst.AssignTarget, target: cst.Subscript) -> _Write:
        assign = self.evaluator.tree.parents[node]
        assert isinstance(assign, cst.Assign)
        key = self.evaluator.index(target)
        if not isinstance(key, str):
            return _Write(target.value, "open")
        entry = Entry(key, self.evaluator.expr(assign.value), assign, target.slice[0])
        return _Write(target.value, "set", key, entry)

    def _update_writes(self, call: cst.Call, place: cst.CSTNode) -> Iterator[_Write]:
        read = self.evaluator.call(call)
        for argument in read.keywords.values():
            entry = Entry(argument.name, argument.expr, argument.node, certain=argument.certain)
            yield _Write(place, "set", argument.name, entry)
        for argument in read.positional:
            for value in argument.values:
                if isinstance(value, MappingValue):
                    yield from (_Write(place, "set", e.key, e) for e in value.entries)
                if not isinstance(value, MappingValue) or value.open:
                    yield _Write(place, "open")
        if read.open:
            yield _Write(place, "open")

    def _default_writes(self, call: cst.Call, place: cst.CSTNode) -> Iterator[_Write]:
        read = self.evaluator.call(call)
        if len(read.positional) == 2 and isinstance(read.positional[0].literal, str):
            key, value = read.positional
            yield _Write(place, "default", key.literal, Entry(key.literal, value.expr, value.node))
        else:
            yield _Write(place, "open")

    def _drop_writes(self, call: cst.Call, place: cst.CSTNode) -> Iterator[_Write]:
        read = self.evaluator.call(call)
        if read.positional and place is not None:
            yield _Write(place, "drop", read.positional[0].literal)


_MUTATES: dict[str, Callable[[Writes, cst.Call, cst.CSTNode], Iterator[_Write]]] = {
    "update": Writes._update_writes,
    "setdefault": Writes._default_writes,
    "pop": Writes._drop_writes,
}
