"""Finds variables whose type a checker can only guess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.guesses import Guessed, Reach
from oai_lint.facts.values import LocalClass, LocalFunction

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_ADDS = frozenset({"append", "insert", "extend"})


def guessed(reading: Reading) -> Iterator[Guessed]:
    """Yield the variables that displays of dicts give their type."""
    for assign in reading.tree.nodes.get(cst.Assign, ()):
        assert isinstance(assign, cst.Assign)
        target = assign.targets[0].target
        if len(assign.targets) != 1 or not isinstance(target, cst.Name):
            continue
        value = assign.value
        dicts: Sequence[cst.BaseExpression] = (value,)
        if isinstance(value, cst.List):
            dicts = [element.value for element in value.elements]
        if not dicts or not all(isinstance(one, cst.Dict) and one.elements for one in dicts):
            continue
        scope = reading.scopes.scope_of(target)
        bindings = reading.scopes.bindings.get(scope, {}).get(target.value, ())
        if isinstance(scope, cst.ClassDef) or len(bindings) != 1:
            continue  # a checker joins the types of several; `global` allows no annotation
        if "# type:" in reading.code(reading.tree.parents[assign]):
            continue
        uses = tuple(reading.uses_of(target.value, value))
        added = [one for use in uses for one in _added(reading, use)]
        yield Guessed(
            target,
            target.value,
            isinstance(value, cst.List),
            tuple(map(reading.expr, (*dicts, *added))),
            tuple(given for use in uses for given in _given(reading, use)),
            Reach.READ if any(_is_read(reading, use) for use in uses) else Reach.PASSED,
            any(_is_annotated(reading, place) for place in (target, *uses)),
        )


def _is_annotated(reading: Reading, node: cst.CSTNode) -> bool:
    """Say whether a place is in a function of whose types something is said."""
    function = reading.tree.function(node)
    if not isinstance(function, cst.FunctionDef):
        return False
    return function.returns is not None or any(
        parameter.annotation is not None
        for parameter in reading.tree.nodes.get(cst.Param, ())
        if isinstance(parameter, cst.Param) and reading.tree.inside(parameter, function.params)
    )


def _given(reading: Reading, use: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, str]]:
    """Yield the call that gets a name, or a list with it, and by which keyword."""
    argument = reading.tree.parents.get(use)
    if isinstance(argument, cst.Element):
        argument = reading.tree.parents.get(reading.tree.parents[argument])
    if isinstance(argument, cst.Arg):
        keyword = argument.keyword.value if argument.keyword is not None else argument.star
        yield reading.tree.parents[argument], keyword


def _added(reading: Reading, use: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """Yield what is added where a list is read for that: ``name.append(…)``."""
    call = _adding(reading, use)
    if call is not None and call.args:
        value = call.args[-1].value
        if isinstance(value, cst.List):
            yield from (element.value for element in value.elements)
        else:
            yield value


def _adding(reading: Reading, use: cst.CSTNode) -> cst.Call | None:
    method = reading.tree.parents.get(use)
    call = reading.tree.parents.get(method) if isinstance(method, cst.Attribute) else None
    if isinstance(call, cst.Call) and isinstance(method, cst.Attribute):
        return call if call.func is method and method.attr.value in _ADDS else None
    return None


def _is_read(reading: Reading, use: cst.CSTNode) -> bool:
    """Say whether more is done than to hand the variable on, or to add to it."""
    parent = reading.tree.parents.get(use)
    if isinstance(parent, cst.Element):
        parent = reading.tree.parents.get(reading.tree.parents[parent])
    if isinstance(parent, cst.Arg):
        call = reading.tree.parents.get(parent)
        return not isinstance(call, cst.Call) or any(
            isinstance(callee, (LocalFunction, LocalClass))
            for callee in reading.evaluator.values(call.func)
        )
    return _adding(reading, use) is None
