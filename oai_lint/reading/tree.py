"""Read-only traversal of a libcst tree: semantic children, parents, nodes by type."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import libcst as cst

# Fields that hold trivia (white space, punctuation) or strings: no node below them means anything.
_TRIVIA = frozenset(
    {
        "lpar", "rpar", "comma", "semicolon", "colon", "equal", "leading_lines", "footer",
        "lines_after_decorators", "header", "trailing_whitespace", "lbracket", "rbracket",
        "lbrace", "rbrace", "asynchronous", "dot", "indent", "newline", "encoding",
        "default_indent", "default_newline", "has_trailing_newline", "start", "end", "conversion",
        "lines_after_module_header",
    }
)  # fmt: skip
_LEAVES = (cst.Name, cst.SimpleString, cst.BaseNumber, cst.BaseParenthesizableWhitespace)
# Classes whose fields stand in another order in the text.
_IN_TEXT = {
    cst.FunctionDef: (
        "decorators", "name", "type_parameters", "params", "returns", "body",
    ),
    cst.ClassDef: ("decorators", "name", "type_parameters", "bases", "keywords", "body"),
    cst.Parameters: ("posonly_params", "params", "star_arg", "kwonly_params",
                     "star_kwarg"),
    cst.Arg: ("keyword", "value"),
    cst.IfExp: ("body", "test", "orelse"),
    cst.ExceptHandler: ("type", "name", "body"),
    cst.ExceptStarHandler: ("type", "name", "body"),
    cst.MatchCase: ("pattern", "guard", "body"),
    cst.TypeAlias: ("name", "type_parameters", "value"),
    cst.Slice: ("lower", "upper", "step"),
}  # fmt: skip
# Nodes are compared by identity, as all objects are; libcst says so in Python, class by class, and
# looking a node up in a dictionary takes twice as long for it.
for _kind in vars(cst).values():
    if isinstance(_kind, type) and issubclass(_kind, cst.CSTNode):
        _kind.__hash__, _kind.__eq__ = object.__hash__, object.__eq__  # type: ignore[method-assign]

_FIELDS: dict[type, tuple[str, ...]] = {}
_IS_NODE: dict[type, bool] = {}

BLOCKS = frozenset({cst.Module, cst.IndentedBlock, cst.SimpleStatementSuite})
"""Classes of nodes whose body is a list of statements."""

Nodes = dict[type, list[cst.CSTNode]]


def _semantic_fields(kind: type) -> tuple[str, ...]:
    """Return the fields of a node class that hold nodes with a meaning; asked once per class."""
    if issubclass(kind, _LEAVES) or not dataclasses.is_dataclass(kind):
        fields: tuple[str, ...] = ()
    elif kind in _IN_TEXT:
        fields = _IN_TEXT[kind]
    else:
        fields = tuple(
            field.name
            for field in dataclasses.fields(kind)
            if field.name not in _TRIVIA and not field.name.startswith("whitespace")
        )
    _FIELDS[kind] = fields
    return fields


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the node's semantic children in source order.

    libcst's own ``children`` runs a visitor over the node and costs some ten times as much.
    """
    kind = node.__class__
    read = _CHILDREN.get(kind)
    if read is not None:
        return read(node)
    return [] if kind in LEAVES else _children(node)


def _children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the same of a node of any class."""
    fields = _FIELDS.get(node.__class__)
    if fields is None:
        fields = _semantic_fields(node.__class__)
    found: list[cst.CSTNode] = []
    for name in fields:
        value = getattr(node, name)
        if value is None:
            continue
        kind = value.__class__
        if kind is tuple or kind is list:
            found.extend(value)
            continue
        counts = _IS_NODE.get(kind)
        if counts is None:  # asked once per class: isinstance is slow on abstract classes
            counts = _IS_NODE[kind] = issubclass(kind, cst.CSTNode)
        if counts:
            found.append(value)
    return found


# The same once more for the classes that most nodes are of: the walk takes half as long for it.
_CHILDREN: dict[type, Callable[[Any], list[cst.CSTNode]]] = {
    cst.AnnAssign: lambda n: [n.target, n.annotation, *((n.value,) if n.value else ())],
    cst.Annotation: lambda n: [n.annotation],
    cst.Arg: lambda n: [n.value] if n.keyword is None else [n.keyword, n.value],
    cst.Assign: lambda n: [*n.targets, n.value],
    cst.AssignTarget: lambda n: [n.target],
    cst.Attribute: lambda n: [n.value, n.attr],
    cst.Call: lambda n: [n.func, *n.args],
    cst.ComparisonTarget: lambda n: [n.operator, n.comparator],
    cst.Dict: lambda n: [*n.elements],
    cst.DictElement: lambda n: [n.key, n.value],
    cst.Element: lambda n: [n.value],
    cst.Expr: lambda n: [n.value],
    cst.FormattedString: lambda n: [*n.parts],
    cst.ImportAlias: lambda n: [n.name] if n.asname is None else [n.name, n.asname],
    cst.IndentedBlock: lambda n: [*n.body],
    cst.Index: lambda n: [n.value],
    cst.List: lambda n: [*n.elements],
    cst.Return: lambda n: [] if n.value is None else [n.value],
    cst.SimpleStatementLine: lambda n: [*n.body],
    cst.Subscript: lambda n: [n.value, *n.slice],
    cst.SubscriptElement: lambda n: [n.slice],
    cst.Tuple: lambda n: [*n.elements],
}
LEAVES = frozenset({
    cst.Name, cst.SimpleString, cst.Integer, cst.Float, cst.Ellipsis, cst.FormattedStringText,
    cst.Pass,
})  # fmt: skip
"""Classes of nodes that never have children."""


def below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the node and all below it, in no particular order."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(children(current))


def _walk(
    node: cst.CSTNode,
    kind: type,
    parents: dict[cst.CSTNode, cst.CSTNode],
    nodes: dict[type, list[cst.CSTNode]],
    note: Callable[[cst.CSTNode], None],
) -> None:
    for child in _CHILDREN.get(kind, _children)(node):
        parents[child] = node
        note(child)
        kind = child.__class__
        nodes[kind].append(child)
        if kind not in LEAVES:
            _walk(child, kind, parents, nodes, note)


class Tree:
    """One walk over a module.

    Attributes:
        module: the root.
        parents: each node's parent.
        nodes: the nodes of each class, in source order.
        sequence: all nodes in source order.
    """

    __slots__ = ("_named", "_order", "module", "nodes", "parents", "sequence")

    def __init__(self, module: cst.Module) -> None:
        self.module = module
        parents: dict[cst.CSTNode, cst.CSTNode] = {}
        nodes: defaultdict[type, list[cst.CSTNode]] = defaultdict(list, {cst.Module: [module]})
        sequence: list[cst.CSTNode] = [module]
        _walk(module, cst.Module, parents, nodes, sequence.append)
        nodes.default_factory = None
        self.parents = parents
        self.nodes = nodes
        self.sequence = sequence
        self._order: dict[cst.CSTNode, int] | None = None
        self._named: dict[str, list[cst.Name]] | None = None

    @property
    def order(self) -> dict[cst.CSTNode, int]:
        """A running number by node, in source order; made when first asked for."""
        if self._order is None:
            self._order = dict(zip(self.sequence, count(), strict=False))
        return self._order

    def named(self, name: str) -> Sequence[cst.Name]:
        """Return every use of a word as a name, in the order of the file."""
        if self._named is None:
            self._named = {}
            for node in self.nodes.get(cst.Name, ()):
                assert isinstance(node, cst.Name)
                self._named.setdefault(node.value, []).append(node)
        return self._named.get(name, ())

    def path(self, name: cst.Name) -> cst.Name | cst.Attribute:
        """Return the longest ``a.b.c`` that begins with a name."""
        node: cst.Name | cst.Attribute = name
        parent = self.parents.get(node)
        while type(parent) is cst.Attribute and parent.value is node:
            node, parent = parent, self.parents.get(parent)
        return node

    def ancestors(self, node: cst.CSTNode) -> list[cst.CSTNode]:
        """Return the node's ancestors, nearest first."""
        found = []
        parent = self.parents.get(node)
        while parent is not None:
            found.append(parent)
            parent = self.parents.get(parent)
        return found

    def statement(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the statement (a member of some block's body) that holds ``node``."""
        parent = self.parents.get(node)
        while parent is not None and parent.__class__ not in BLOCKS:
            node, parent = parent, self.parents.get(parent)
        return node

    def function(self, node: cst.CSTNode) -> cst.FunctionDef | cst.Lambda | None:
        """Return the function whose body holds ``node``, if any."""
        child, parent = node, self.parents.get(node)
        while parent is not None:
            kind = parent.__class__
            if (kind is cst.FunctionDef or kind is cst.Lambda) and child is parent.body:  # type: ignore[attr-defined]
                return parent  # type: ignore[return-value]
            child, parent = parent, self.parents.get(parent)
        return None

    def class_of(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """Return the class in one of whose methods ``node`` runs."""
        for ancestor in self.ancestors(node):
            if type(ancestor) is cst.ClassDef:
                return ancestor
        return None

    def inside(self, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
        """Say whether ``outer`` is ``node`` or an ancestor of it."""
        current: cst.CSTNode | None = node
        while current is not None:
            if current is outer:
                return True
            current = self.parents.get(current)
        return False


def dotted(node: cst.CSTNode) -> str | None:
    """Return ``a.b.c`` for a chain of names, None for anything else."""
    parts = []
    while node.__class__ is cst.Attribute:
        parts.append(node.attr.value)
        node = node.value
    if node.__class__ is not cst.Name:
        return None
    parts.append(node.value)
    return ".".join(reversed(parts))
