"""Where a node stands: its statement, function and loops, and what guards it."""

# The protocol that it implements documents the properties.
# ruff: noqa: D102

from __future__ import annotations

from functools import cached_property

import libcst as cst

from oai_lint.reading.guards import Guards
from oai_lint.reading.rendering import code_of
from oai_lint.reading.tree import Tree, dotted
from oai_lint.reading.values import Evaluator

_TESTING = frozenset({cst.If, cst.IfExp, cst.While})
_LOOPS = (cst.For, cst.While)


class NodeSite:
    """Implements :class:`oai_lint.facts.file.Site` on the tree."""

    __slots__ = ("__dict__", "_evaluator", "_guards", "_tree", "node")

    def __init__(self, node: cst.CSTNode, tree: Tree, evaluator: Evaluator, guards: Guards) -> None:
        self.node = node
        self._tree = tree
        self._evaluator = evaluator
        self._guards = guards

    @property
    def parent(self) -> cst.CSTNode | None:
        return self._tree.parents.get(self.node)

    @property
    def order(self) -> int:
        return self._tree.order[self.node]

    @cached_property
    def statement(self) -> cst.CSTNode:
        """The small statement, or the compound one whose head holds the node."""
        for node in (self.node, *self._tree.ancestors(self.node)):
            if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                return node
        return self.node

    @property
    def outermost(self) -> cst.CSTNode:
        around = [self.node, *self._tree.ancestors(self.node)]
        return around[-2] if len(around) > 1 else self.node

    @cached_property
    def awaited(self) -> bool:
        parent = self.parent
        if isinstance(parent, cst.Await):
            return True
        if isinstance(parent, cst.WithItem):
            outer = self._tree.parents.get(parent)
            return isinstance(outer, cst.With) and outer.asynchronous is not None
        if isinstance(parent, (cst.For, cst.CompFor)) and parent.iter is self.node:
            return parent.asynchronous is not None
        return False

    @property
    def under_await(self) -> bool:
        return isinstance(self.parent, cst.Await)

    @property
    def chained(self) -> bool:
        parent = self.parent
        return (
            isinstance(parent, (cst.Attribute, cst.Subscript)) and parent.value is self.node
        ) or (isinstance(parent, cst.Call) and parent.func is self.node)

    @property
    def is_statement(self) -> bool:
        return isinstance(self.parent, cst.Expr)

    @property
    def entered(self) -> bool:
        return isinstance(self.parent, cst.WithItem)

    @cached_property
    def function(self) -> cst.CSTNode | None:
        return self._tree.function(self.node)

    @property
    def function_name(self) -> str:
        return self.function.name.value if isinstance(self.function, cst.FunctionDef) else ""

    @property
    def in_async(self) -> bool:
        return isinstance(self.function, cst.FunctionDef) and (
            self.function.asynchronous is not None
        )

    @property
    def may_await(self) -> bool:
        if self.in_async or not self._evaluator.interactive or self.function is not None:
            return self.in_async
        return not any(isinstance(n, cst.ClassDef) for n in self._tree.ancestors(self.node))

    @property
    def at_module_level(self) -> bool:
        return self.function is None

    @cached_property
    def loops(self) -> int:
        count = 0
        child: cst.CSTNode = self.node
        for parent in self._tree.ancestors(self.node):
            if type(parent) is cst.FunctionDef or type(parent) is cst.Lambda:
                break
            if isinstance(parent, _LOOPS):
                count += child is parent.body or (
                    isinstance(parent, cst.While) and child is parent.test
                )
            elif isinstance(parent, cst.BaseComp):
                count += self._rounds(parent.for_in)
            child = parent
        return count

    def _rounds(self, clause: cst.CompFor) -> int:
        """Return how many ``for`` clauses of a comprehension repeat the node."""
        count = 0
        inner: cst.CompFor | None = clause
        while inner is not None and not self._tree.inside(self.node, inner.iter):
            count += 1
            if any(self._tree.inside(self.node, test) for test in inner.ifs):
                break
            inner = inner.inner_for_in
        return count

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        found = []
        child: cst.CSTNode = self.node
        for parent in self._tree.ancestors(self.node):
            if type(parent) is cst.FunctionDef or type(parent) is cst.Lambda:
                break
            if type(parent) in _TESTING and child is not parent.test:  # type: ignore[attr-defined]
                found.append(code_of(parent.test, self._tree.module))  # type: ignore[attr-defined]
            child = parent
        return tuple(found)

    @cached_property
    def empty(self) -> frozenset[str]:
        found: set[str] = set()
        child: cst.CSTNode = self.node
        for parent in self._tree.ancestors(self.node):
            if type(parent) is cst.FunctionDef or type(parent) is cst.Lambda:
                break
            if type(parent) is cst.If and child is not parent.test:
                tested = self._found_empty(parent, child)
                if tested is not None:
                    found.add(code_of(tested, self._tree.module))
            child = parent
        return frozenset(found)

    def _found_empty(self, node: cst.If, branch: cst.CSTNode) -> cst.CSTNode | None:
        """Return what is known to be empty in one of the branches."""
        match node.test:
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return inner if branch is node.body else None
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget() as target]):
                same = isinstance(target.operator, (cst.Is, cst.Equal))
                other = self._evaluator.expr(target.comparator).literal
                return left if branch is node.body and same and other in ("", None) else None
            case cst.Name() | cst.Attribute():
                return node.test if branch is node.orelse else None
        return None

    @cached_property
    def names(self) -> tuple[str, ...]:
        node, parent = self.node, self.parent
        while isinstance(parent, cst.Await):
            node, parent = parent, self._tree.parents.get(parent)
        targets: list[cst.CSTNode] = []
        if isinstance(parent, cst.Assign) and parent.value is node:
            targets = [target.target for target in parent.targets]
        elif isinstance(parent, (cst.AnnAssign, cst.NamedExpr)) and parent.value is node:
            targets = [parent.target]
        elif isinstance(parent, cst.WithItem) and parent.asname is not None:
            targets = [parent.asname.name]
        return tuple(name for name in map(dotted, targets) if name is not None)

    @property
    def returned(self) -> bool:
        parent = self.parent
        while isinstance(parent, cst.Await):
            parent = self._tree.parents.get(parent)
        return isinstance(parent, (cst.Return, cst.Yield)) or (
            isinstance(parent, cst.Lambda) and parent.body is self.node
        )

    @cached_property
    def guarded(self) -> bool:
        return self._guards.guarded(self.node)

    @property
    def wants_deprecation(self) -> bool:
        return self._guards.wants_deprecation(self.node)
