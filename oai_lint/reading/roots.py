"""Names through which imported code can be reached, told without working out any value.

Most calls of a file are of its own functions, of builtins and of methods of its own data.  Asking
what those are worth is most of what reading costs, and the answer is always the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import libcst as cst

from oai_lint.reading.bindings import Binding
from oai_lint.reading.scopes import Scopes
from oai_lint.reading.tree import Tree

# The builtins that some rule looks at.
_BUILTINS = frozenset({
    "__import__", "compile", "eval", "exec", "exit", "float", "getattr", "hasattr", "input",
    "isinstance", "open", "print", "repr", "setattr", "str",
})  # fmt: skip
_OWN_DATA = frozenset({
    cst.SimpleString, cst.FormattedString, cst.ConcatenatedString, cst.Integer, cst.Float,
    cst.List, cst.Dict, cst.Set, cst.ListComp, cst.DictComp, cst.SetComp, cst.GeneratorExp,
    cst.Comparison, cst.UnaryOperation,
})  # fmt: skip
_TEXT = frozenset({cst.SimpleString, cst.FormattedString, cst.ConcatenatedString})
_PASSED_ON = {
    cst.Attribute: "value",
    cst.Call: "func",
    cst.Await: "expression",
    cst.Subscript: "value",
    cst.NamedExpr: "value",
}
_ANY = ""
"""Stands for an expression that may lead anywhere."""


class Roots:
    """Which names may lead to imported code, whatever scope they are in."""

    def __init__(self, tree: Tree, scopes: Scopes) -> None:
        self._tree = tree
        self._bound: set[str] = set()
        self._live = {_ANY, "self", "cls", "getattr", "str"}
        self._anything = bool(scopes.star_imports)
        later: list[tuple[str, frozenset[str]]] = []
        for names in scopes.bindings.values():
            for name, bindings in names.items():
                root = name.split(".", 1)[0]
                self._bound.add(root)
                if root in self._live:
                    continue
                leads = frozenset(lead for binding in bindings for lead in self._leads(binding))
                if _ANY in leads:
                    self._live.add(root)
                elif leads:
                    later.append((root, leads))
        grown = True
        while grown:
            grown = False
            for name, leads in later:
                if name not in self._live and not leads.isdisjoint(self._live):
                    self._live.add(name)
                    grown = True

    def may_matter(self, func: cst.CSTNode) -> bool:
        """Say whether what is called may be imported code or a builtin that rules look at."""
        for name in _roots(func):
            if name in self._live or (name in _BUILTINS and name not in self._bound):
                return True
            if self._anything and name not in self._bound:
                return True
        return False

    def _leads(self, binding: Binding) -> Iterator[str]:
        """Yield the names that a binding's value begins with."""
        kind, node, value = binding.kind, binding.node, binding.value
        if kind in ("import", "from", "class", "unpack", "augmented"):
            yield _ANY
        elif kind == "param":
            assert isinstance(node, cst.Param)
            if node.annotation is not None or node.default is not None:
                yield _ANY
        elif kind == "def":
            assert isinstance(node, cst.FunctionDef)
            if node.decorators:
                yield _ANY
            for returned in self._returns.get(node, ()):
                yield from _roots(returned)
        elif value is not None and kind not in ("except", "match", "del"):
            if type(self._tree.parents.get(node)) is cst.AnnAssign:
                yield _ANY
            if kind == "for" and type(value) is cst.Call:
                yield _ANY  # enumerate(...), zip(...), reversed(...)
            yield from _roots(value)

    @cached_property
    def _returns(self) -> dict[cst.CSTNode, list[cst.CSTNode]]:
        found: dict[cst.CSTNode, list[cst.CSTNode]] = {}
        for kind in (cst.Return, cst.Yield):
            for node in self._tree.nodes.get(kind, ()):
                value = node.value  # type: ignore[attr-defined]
                function = self._tree.function(node)
                if value is not None and function is not None:
                    found.setdefault(function, []).append(value)
        return found


def _roots(node: cst.CSTNode) -> tuple[str, ...]:
    """Return the names that an expression begins with; what is of no use to anybody, not at all."""
    while (field := _PASSED_ON.get(type(node))) is not None:
        node = getattr(node, field)
        if type(node) in _TEXT:
            return ()
    if type(node) is cst.Name:
        return (node.value,)
    if type(node) in _OWN_DATA:
        return ()
    if type(node) is cst.BooleanOperation or type(node) is cst.BinaryOperation:
        return (*_roots(node.left), *_roots(node.right))
    if type(node) is cst.IfExp:
        return (*_roots(node.body), *_roots(node.orelse))
    return (_ANY,)
