"""Finds results of API calls that go to code which knows dictionaries only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import ResultUse
from oai_lint.facts.handovers import Handover, MixedRead
from oai_lint.facts.values import Items, Mapping, Unknown, is_none
from oai_lint.reading.clients import api_call_of
from oai_lint.reading.leftovers import read_by_key
from oai_lint.reading.result_uses import result_owner
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_ADDS = frozenset({"append", "insert"})
_JOINS = frozenset({"extend"})
_TAKE_DICTS = frozenset({"json.dumps()", "json.dump()"})
# What objects of 0.x had to make dictionaries of themselves, and those of SDK 1.0 have not.
_AS_DICTS = frozenset({"to_dict_recursive"})
_OF_DICTS = frozenset({"copy", "get", "items", "keys", "pop", "setdefault", "update", "values"})
_LEADING = frozenset({cst.Name, cst.Attribute, cst.Subscript, cst.Call})
"""Expressions that may lead to a result."""
_ELEMENT_READ = re.compile(rf"([\w.]+)\[[^]]*\]\.(?!(?:{'|'.join(sorted(_OF_DICTS))})\b)\w")


def handovers(reading: Reading) -> Iterator[Handover]:
    """Yield what is given to lists of dictionaries and to functions that take dictionaries."""
    if not reading.imports("openai"):
        return
    seen: set[cst.CSTNode] = set()
    for node in _given(reading):
        if node in seen or type(node) not in _LEADING:
            continue
        seen.add(node)
        owner = result_owner(reading, node)
        if owner is not None:
            yield Handover(node, *owner, copy=_copy(reading, node))


def _copy(reading: Reading, node: cst.CSTNode) -> cst.Call | None:
    """Return the call of ``dict``, or of a method, that only makes a dictionary of a node."""
    method = reading.tree.parents.get(node)
    if isinstance(method, cst.Attribute) and method.attr.value in _AS_DICTS:
        made = reading.tree.parents.get(method)
        return made if isinstance(made, cst.Call) and not made.args else None
    argument = reading.tree.parents.get(node)
    call = reading.tree.parents.get(argument) if isinstance(argument, cst.Arg) else None
    if not isinstance(call, cst.Call) or len(call.args) != 1 or call.args[0].star:
        return None
    return call if reading.evaluator.origin(call.func) == "builtins.dict" else None


def _given(reading: Reading) -> Iterator[cst.BaseExpression]:
    nodes = reading.tree.nodes
    for call in nodes.get(cst.Call, ()):
        assert isinstance(call, cst.Call)
        func = call.func
        if type(func) is cst.Attribute:
            if func.attr.value in _ADDS and call.args and _holds_dicts(reading, func.value):
                yield call.args[-1].value
            elif func.attr.value in _AS_DICTS:
                yield func.value
        elif _is_dict(reading, func) and call.args:
            yield call.args[0].value
        yield from (argument.value for argument in call.args if argument.star == "**")
    for _, made, origin, _ in reading.made():
        if origin in _TAKE_DICTS and made.positional:
            yield made.positional[0].expr.node
    for display in nodes.get(cst.List, ()):
        assert isinstance(display, cst.List)
        elements = [e.value for e in display.elements if type(e) is cst.Element]
        if not any(type(element) in _LEADING for element in elements):
            continue
        if any(_may_be_dict(reading, e) for e in elements) or _joined(reading, display):
            yield from elements
    for starred in nodes.get(cst.StarredDictElement, ()):
        assert isinstance(starred, cst.StarredDictElement)
        yield starred.value


def _is_dict(reading: Reading, func: cst.BaseExpression) -> bool:
    # The name first: what the others are worth nobody wants to know.
    return (
        type(func) is cst.Name
        and func.value == "dict"
        and reading.evaluator.origin(func) == "builtins.dict"
    )


def _joined(reading: Reading, display: cst.List) -> bool:
    """Say whether a list is added to one that holds dictionaries."""
    parent = reading.tree.parents.get(display)
    if isinstance(parent, cst.Arg):
        call = reading.tree.parents.get(parent)
        func = call.func if isinstance(call, cst.Call) else None
        joins = isinstance(func, cst.Attribute) and func.attr.value in _JOINS
        return joins and _holds_dicts(reading, func.value)  # type: ignore[union-attr]
    if isinstance(parent, cst.AugAssign):
        return _holds_dicts(reading, parent.target)
    if isinstance(parent, cst.BinaryOperation) and isinstance(parent.operator, cst.Add):
        return _holds_dicts(reading, parent.left if parent.right is display else parent.right)
    return False


def _holds_dicts(reading: Reading, owner: cst.BaseExpression) -> bool:
    """Say whether a list has an element that is a dictionary, from the start or appended.

    Not if an element is read as an object somewhere: objects of 0.x could be read in both ways.
    """
    held = any(
        isinstance(value, Items) and any(_may_be_dict(reading, item.node) for item in value.items)
        for value in reading.evaluator.values(owner)
    ) or any(_may_be_dict(reading, added) for added in reading.evaluator.writes.appended(owner))
    return held and not _has_objects(reading, dotted(owner))


def _has_objects(reading: Reading, name: str | None) -> bool:
    """Say whether some element of a list is read as an object."""
    return name is not None and any(
        f".{read[1]}".endswith(f".{name}") for read in _ELEMENT_READ.finditer(reading.text)
    )


def _may_be_dict(reading: Reading, node: cst.BaseExpression) -> bool:
    return any(isinstance(value, Mapping) for value in reading.evaluator.values(node))


def mixed_reads(reading: Reading) -> Iterator[MixedRead]:
    """Yield the reads of what is a result in some cases and something else in others."""
    if not reading.imports("openai"):
        return
    known = {use.node for use in reading.all(ResultUse)}
    found: list[MixedRead] = []
    for kind in (cst.Subscript, cst.Call):
        for node in reading.tree.nodes.get(kind, ()):
            read = read_by_key(node) if node not in known else None
            if read is not None:
                made = _results_among(reading, read[0])
                if made:
                    found.append(MixedRead(node, made))
    attributes = _read_by_attribute(reading) if found else frozenset()
    for one in found:
        made = tuple(node for node in one.made if node not in attributes)
        if made:
            yield MixedRead(one.node, made)


def _results_among(reading: Reading, owner: cst.BaseExpression) -> tuple[cst.CSTNode, ...]:
    """Return the API calls whose results are among the values, if others are."""
    calls: list[cst.CSTNode] = []
    others = False
    for value in reading.evaluator.values(owner):
        if is_none(value):
            continue
        found = api_call_of(value)
        if found is not None:
            calls.append(found[1])
        elif isinstance(value, (Unknown, Mapping)) or value.origin:
            others = True
    return tuple(calls) if others else ()


def _read_by_attribute(reading: Reading) -> frozenset[cst.CSTNode]:
    """Return the API calls of whose results some attribute is read that no dictionary has."""
    return frozenset(
        found[1]
        for node in reading.tree.nodes.get(cst.Attribute, ())
        if isinstance(node, cst.Attribute) and node.attr.value not in _OF_DICTS
        if reading.may_matter(node.value)
        for value in reading.evaluator.values(node.value)
        if (found := api_call_of(value)) is not None
    )
