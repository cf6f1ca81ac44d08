"""What expressions are worth: names followed to their bindings, calls to where they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import libcst as cst

from oai_lint.facts.values import (
    UNKNOWN,
    Call,
    Entry,
    Environment,
    Expr,
    Imported,
    Item,
    Items,
    Literal,
    Parameter,
    Text,
    Unknown,
    Value,
    is_none,
)
from oai_lint.facts.values import Mapping as MappingValue
from oai_lint.reading import attributes, names, options, results, texts
from oai_lint.reading.bindings import Binding
from oai_lint.reading.scopes import Scopes
from oai_lint.reading.tree import Tree
from oai_lint.reading.writes import Writes

Values = tuple[Value, ...]

MOST_VALUES = 12
"""An expression with more possible values than this is unknown."""

_NEVER = 1 << 60

_Memo = dict[Any, Values | int]
"""Values by what they are of; while they are being worked out, how many steps up that is."""


class Evaluator:
    """Works out values on demand and remembers them by node.

    Args:
        tree: the module.
        scopes: its bindings.
        clients: names of the project known by configuration to be SDK clients.
    """

    def __init__(self, tree: Tree, scopes: Scopes, clients: Mapping[str, str]) -> None:
        self.tree = tree
        self.scopes = scopes
        self.clients = clients
        self.in_sdk = False
        self.interactive = False
        """Whether a person runs the top level, which may await then: a notebook."""
        self._memo: _Memo = {}
        self._bound: _Memo = {}
        self._depth = 0
        self._lowest = _NEVER
        self._patience = 5_000
        self._calls: dict[cst.CSTNode, Call] = {}
        self.writes = Writes(self)

    # -- doors -------------------------------------------------------------------------------

    def expr(self, node: cst.CSTNode) -> Expr:
        """Wrap a node for the rules."""
        return Expr(node, self.values)

    def values(self, node: cst.CSTNode) -> Values:
        """Return what the expression may be worth."""
        known = self._memo.get(node)
        if known is None:
            return self._remembered(self._memo, node, self._evaluate, node)
        return self._so_far(known) if isinstance(known, int) else known

    def _so_far(self, depth: int) -> Values:
        """Return what is known of values that are being worked out ``depth`` steps up: nothing."""
        self._lowest = min(self._lowest, depth)
        return ()

    def _remembered(
        self, memo: _Memo, key: Any, work: Callable[[Any], Iterable[Value]], about: Any
    ) -> Values:
        """Work values out and remember them; going round in a cycle adds nothing.

        What was found inside a cycle that is still being gone round is not all there is, and is
        not remembered (but for a limit that keeps knots of cycles from taking for ever).
        """
        self._depth = depth = self._depth + 1
        memo[key] = depth
        try:
            found = _distinct(work(about))
        except BaseException:
            del memo[key]
            raise
        finally:
            self._depth = depth - 1
        if len(found) > MOST_VALUES:
            found = (Unknown(found[0].node),)
        if self._lowest < depth and self._patience:
            self._patience -= 1
            del memo[key]
        else:
            if self._lowest == depth:
                self._lowest = _NEVER
            memo[key] = found
        return found

    def origin(self, node: cst.CSTNode) -> str:
        """Return the one origin of the expression, or nothing."""
        origins = {value.origin for value in self.values(node) if not is_none(value)}
        return origins.pop() if len(origins) == 1 else ""

    def call(self, node: cst.Call) -> Call:
        """Return a call with its arguments, a readable ``**mapping`` spread out."""
        known = self._calls.get(node)
        if known is None:
            known = self._calls[node] = results.read_call(self, node, node.args)
        return known

    def forget(self) -> None:
        """Let go of all values, which know the evaluator."""
        for memo in (self._memo, self._bound, self._calls):
            memo.clear()
        self.writes.forget()

    # -- expressions -------------------------------------------------------------------------

    def _evaluate(self, node: cst.CSTNode) -> Iterable[Value]:
        method = _EVALUATE.get(node.__class__)
        return (Unknown(node),) if method is None else method(self, node)

    def _simple(self, node: cst.SimpleString | cst.BaseNumber) -> Iterable[Value]:
        return (Literal(node, texts.constant(node)),)

    def _string(self, node: cst.CSTNode) -> Iterable[Value]:
        return texts.joined_text(self, node, texts.text_parts(self, node))

    def _either(self, node: cst.IfExp) -> Iterable[Value]:
        option = options.chosen(self, node)
        return (*self.values(node.body), *self.values(node.orelse)) if option is None else option

    def _walrus(self, node: cst.NamedExpr) -> Iterable[Value]:
        return self.values(node.value)

    def _awaited(self, node: cst.Await) -> Iterable[Value]:
        return self.values(node.expression)

    def _items(self, node: cst.Tuple | cst.List | cst.Set) -> Iterable[Value]:
        if any(isinstance(element, cst.StarredElement) for element in node.elements):
            return (Unknown(node),)
        items = tuple(self.expr(element.value) for element in node.elements)
        return (Items(node, items, type(node).__name__.lower()),)

    def _name(self, node: cst.Name) -> Iterable[Value]:
        if node.value in ("True", "False", "None"):
            return (Literal(node, {"True": True, "False": False, "None": None}[node.value]),)
        bindings = self.scopes.reaching(node, node.value)
        if not bindings:
            return (names.free(self, node, node.value),)
        found: list[Value] = []
        for binding in bindings:
            found += self.bound(binding)
        return self.writes.applied(node.value, node, found)

    def bound(self, binding: Binding) -> Values:
        """Return what a binding gives its name."""
        return self.remembered(id(binding.node), names.given, binding)

    def remembered(
        self, key: object, work: Callable[[Evaluator, Any], Iterable[Value]], about: Any
    ) -> Values:
        """Return what was worked out about something else than an expression."""
        known = self._bound.get(key)
        if known is None:
            return self._remembered(self._bound, key, lambda what: work(self, what), about)
        return self._so_far(known) if isinstance(known, int) else known

    def _unary(self, node: cst.UnaryOperation) -> Iterable[Value]:
        inner = self.expr(node.expression).literal
        if isinstance(node.operator, cst.Minus) and isinstance(inner, (int, float)):
            return (Literal(node, -inner),)
        if isinstance(node.operator, cst.Not) and inner is not UNKNOWN:
            return (Literal(node, not inner),)
        return (Unknown(node),)

    def _boolean(self, node: cst.BooleanOperation) -> Iterable[Value]:
        left, right = self.values(node.left), self.values(node.right)
        if isinstance(node.operator, cst.Or):
            if left and all(isinstance(v, Literal) and v.value for v in left):
                return left
            kept = [v for v in left if not (isinstance(v, Literal) and not v.value)]
            return (*kept, *right)
        false = [v for v in left if isinstance(v, Literal) and not v.value]
        if left and len(false) == len(left):
            return left
        if any(isinstance(v, (Unknown, Parameter, Environment)) for v in left) or not left:
            return (*false, *right, Unknown(node))
        return (*false, *right)

    def _subscript(self, node: cst.Subscript) -> Iterable[Value]:
        key = self.index(node)
        found: list[Value] = []
        for value in self.values(node.value):
            if value.origin == "os.environ" and isinstance(key, str):
                found.append(Environment(node, key))
            elif isinstance(value, MappingValue) and isinstance(key, str):
                entry = value.get(key)
                if entry is not None:
                    found += entry.value.values
                elif value.entries or value.open:
                    found.append(Unknown(node))  # of an empty dict nothing can be read
            elif isinstance(value, Items) and isinstance(key, int):
                inside = -len(value.items) <= key < len(value.items)
                found += value.items[key].values if inside else (Unknown(node),)
            elif value.origin:
                found.append(Item(node, value, key, confidence=value.confidence))
            elif not is_none(value) and not (isinstance(key, str) and has_no_keys(value)):
                found.append(Unknown(node))
        return found

    def index(self, node: cst.Subscript) -> Any:
        """Return the constant between the brackets; UNKNOWN for any other."""
        if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
            return self.expr(node.slice[0].slice.value).literal
        return UNKNOWN

    def _dict(self, node: cst.Dict) -> Iterable[Value]:
        entries: list[Entry] = []
        open_ = False
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                key = self.expr(element.key).literal
                if key is UNKNOWN:
                    open_ = True
                entries.append(Entry(key, self.expr(element.value), element, element.key))
            else:
                for value in self.values(element.value):
                    if isinstance(value, MappingValue):
                        entries += value.entries
                        open_ = open_ or value.open
                    else:
                        open_ = True
        return (MappingValue(node, tuple(entries), open_),)


def has_no_keys(value: Value) -> bool:
    """Say whether nothing can be read from a value by a text: a tuple, a list, a text."""
    return isinstance(value, (Items, Literal, Text))


# Dispatch by class: `match` and isinstance cost several times as much on abstract classes.
_EVALUATE: dict[type, Callable[[Evaluator, Any], Iterable[Value]]] = {
    cst.Name: Evaluator._name,
    cst.Attribute: attributes.attribute,
    cst.Call: results.called,
    cst.SimpleString: Evaluator._simple,
    cst.Integer: Evaluator._simple,
    cst.Float: Evaluator._simple,
    cst.Imaginary: Evaluator._simple,
    cst.FormattedString: Evaluator._string,
    cst.ConcatenatedString: Evaluator._string,
    cst.BinaryOperation: texts.binary,
    cst.UnaryOperation: Evaluator._unary,
    cst.BooleanOperation: Evaluator._boolean,
    cst.IfExp: Evaluator._either,
    cst.NamedExpr: Evaluator._walrus,
    cst.Await: Evaluator._awaited,
    cst.Subscript: Evaluator._subscript,
    cst.Dict: Evaluator._dict,
    cst.Tuple: Evaluator._items,
    cst.List: Evaluator._items,
    cst.Set: Evaluator._items,
    cst.ListComp: names.picked,
    cst.GeneratorExp: names.picked,
    cst.Annotation: names.annotated,
    cst.AugAssign: names.augmented,
}


def _distinct(values: Iterable[Value]) -> Values:
    values = tuple(values)
    if len(values) < 2:
        return values
    found: dict[Any, Value] = {}
    for value in values:
        key: Any = id(value.node), type(value), value.origin
        if isinstance(value, Unknown):
            key = Unknown
        elif isinstance(value, Imported):
            key = value.name
        elif isinstance(value, Literal):
            key = id(value.node), type(value.value), value.value
        elif isinstance(value, Text):
            key = id(value.node), id(value.parts)
        elif isinstance(value, MappingValue):
            key = id(value.node), id(value.entries)
        found.setdefault(key, value)
    return tuple(found.values())
