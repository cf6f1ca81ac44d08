"""What a function takes from its ``**kwargs``: parameters in all but name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import libcst as cst

from oai_lint.facts.values import Expr, Literal, Parameter, Unknown, Value
from oai_lint.reading import names
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading.values import Evaluator

_CHANGES: Final = frozenset({"update", "setdefault"})


def taken(evaluator: Evaluator, node: cst.Call) -> Iterable[Value] | None:
    """Return what ``kwargs.get("timeout", 60)`` gives, or ``pop``; None for other calls."""
    func = node.func
    if type(func) is not cst.Attribute or func.attr.value not in ("get", "pop"):
        return None
    if not 1 <= len(node.args) <= 2 or any(arg.star or arg.keyword for arg in node.args):
        return None
    function = _function(evaluator, func.value)
    name = evaluator.expr(node.args[0].value).literal if function is not None else None
    if function is None or not isinstance(name, str):
        return None
    if len(node.args) > 1:
        return _by_default(evaluator, node, name, function, evaluator.expr(node.args[1].value))
    if func.attr.value == "pop":
        return (Parameter(node, name, function),)
    nothing = (Literal(node, None),)
    return (Parameter(node, name, function, Expr(node, lambda _: nothing)),)


def chosen(evaluator: Evaluator, node: cst.IfExp) -> Iterable[Value] | None:
    """Return what ``kwargs["timeout"] if "timeout" in kwargs else 60`` is; None for other tests."""
    test = node.test
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    operator, holder = test.comparisons[0].operator, test.comparisons[0].comparator
    if not isinstance(operator, (cst.In, cst.NotIn)):
        return None
    given, default = node.body, node.orelse
    if isinstance(operator, cst.NotIn):
        given, default = default, given
    if not isinstance(given, cst.Subscript) or dotted(given.value) != dotted(holder):
        return None
    function = _function(evaluator, given.value)
    name = evaluator.expr(test.left).literal if function is not None else None
    if function is None or not isinstance(name, str) or evaluator.index(given) != name:
        return None
    return _by_default(evaluator, node, name, function, evaluator.expr(default))


def _by_default(
    evaluator: Evaluator, node: cst.CSTNode, name: str, function: cst.CSTNode, default: Expr
) -> Sequence[Value]:
    if default.literal is None or any(isinstance(value, Unknown) for value in default.values):
        return (Parameter(node, name, function, default),)
    return [names.as_default(value) for value in default.values]


def _function(evaluator: Evaluator, node: cst.CSTNode) -> cst.CSTNode | None:
    """Return the function whose ``**kwargs`` a name is, as the callers gave them."""
    if not isinstance(node, cst.Name):
        return None
    bindings = evaluator.scopes.reaching(node, node.value)
    if len(bindings) != 1 or bindings[0].kind != "param":
        return None
    parameter = bindings[0].node
    if not isinstance(parameter, cst.Param) or parameter.star != "**":
        return None
    function = bindings[0].scope
    return None if _is_changed(evaluator, node.value, function) else function


def _is_changed(evaluator: Evaluator, name: str, function: cst.CSTNode) -> bool:
    """Say whether the function puts something into its ``**kwargs``."""
    tree = evaluator.tree
    for kind in (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.Call):
        for place in tree.nodes.get(kind, ()):
            match place:
                case (
                    cst.AssignTarget(target=cst.Subscript(value=owner))
                    | cst.AnnAssign(target=cst.Subscript(value=owner))
                    | cst.AugAssign(target=cst.Subscript(value=owner))
                ):
                    pass
                case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=method))) if (
                    method in _CHANGES
                ):
                    pass
                case _:
                    continue
            if dotted(owner) == name and tree.inside(place, function):
                return True
    return False
