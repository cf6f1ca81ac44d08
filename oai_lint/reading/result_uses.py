"""Results of API calls that are read as the dictionaries they were before SDK 1.0."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import ResultUse
from oai_lint.facts.values import Literal, Mapping, Value
from oai_lint.reading.clients import api_call_of
from oai_lint.reading.values import has_no_keys

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_DELIMITERS = (
    cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Arg, cst.Return, cst.Index, cst.Expr,
    cst.DictElement, cst.Element, cst.FormattedStringExpression, cst.Yield,
)  # fmt: skip


def result_uses(reading: Reading) -> Iterator[ResultUse]:
    """Yield every dict-like read of a result of an API call."""
    if not reading.imports("openai"):
        return
    found = [*_subscripts(reading), *_gets(reading), *_memberships(reading)]
    nodes = {use.node for use in found if not use.test}
    for use in found:
        yield replace(
            use,
            chain=use.node if use.test else _chain(reading, use.node, nodes),
            delimited=isinstance(reading.tree.parents.get(use.node), _DELIMITERS),
        )


def _subscripts(reading: Reading) -> Iterator[ResultUse]:
    for node in reading.tree.nodes.get(cst.Subscript, ()):
        assert isinstance(node, cst.Subscript)
        key = reading.evaluator.index(node)
        if isinstance(key, str):
            owner = result_owner(reading, node.value, by_text=True)
            if owner is not None:
                parent = reading.tree.parents.get(node)
                stored = isinstance(parent, (cst.AssignTarget, cst.Del)) or (
                    isinstance(parent, cst.AugAssign) and parent.target is node
                )
                yield ResultUse(
                    node, node.value, key, False, *owner, reading.site(node), stored=stored
                )


def _gets(reading: Reading) -> Iterator[ResultUse]:
    for node in reading.tree.nodes.get(cst.Call, ()):
        assert isinstance(node, cst.Call)
        if type(node.func) is not cst.Attribute or node.func.attr.value != "get":
            continue
        owner = result_owner(reading, node.func.value)
        call = reading.evaluator.call(node)
        if owner is None or not call.positional:
            continue
        key = call.positional[0].literal
        if isinstance(key, str):
            default = call.positional[1].expr if len(call.positional) > 1 else None
            yield ResultUse(node, node.func.value, key, True, *owner, reading.site(node), default)


def _memberships(reading: Reading) -> Iterator[ResultUse]:
    for node in reading.tree.nodes.get(cst.Comparison, ()):
        assert isinstance(node, cst.Comparison)
        operator = node.comparisons[0].operator
        if len(node.comparisons) != 1 or not isinstance(operator, (cst.In, cst.NotIn)):
            continue
        key = reading.expr(node.left).literal
        if isinstance(key, str):
            owner = result_owner(reading, node.comparisons[0].comparator)
            if owner is not None:
                yield ResultUse(
                    node,
                    node.comparisons[0].comparator,
                    key,
                    False,
                    *owner,
                    reading.site(node),
                    test=True,
                    negative=isinstance(operator, cst.NotIn),
                )


def _chain(reading: Reading, node: cst.CSTNode, nodes: Collection[cst.CSTNode]) -> cst.CSTNode:
    """Return the outermost of ``nodes`` that reads on from ``node``."""
    outermost, current = node, node
    while True:
        parent = reading.tree.parents.get(current)
        if isinstance(parent, (cst.Attribute, cst.Subscript)):
            reads_on = parent.value is current
        else:
            reads_on = isinstance(parent, cst.Call) and parent.func is current
        if parent is None or not reads_on:
            return outermost
        current = parent
        if current in nodes:
            outermost = current


def result_owner(
    reading: Reading, node: cst.CSTNode, *, by_text: bool = False
) -> tuple[str, cst.CSTNode] | None:
    """Return the API path and steps, and the API call, when all values are such results.

    With ``by_text`` what cannot be read by a key does not count: an empty dict, a tuple, a text.
    """
    if isinstance(node, cst.Name) and not any(
        value.origin.startswith("openai.")
        for binding in reading.scopes.reaching(node, node.value)
        for value in reading.evaluator.bound(binding)
    ):
        return None  # said without working out what is written to a dictionary of the name
    values = [
        value
        for value in reading.evaluator.values(node)
        if not (isinstance(value, Literal) and value.value is None)
        and not (by_text and _gives_nothing(value))
    ]
    owners = [api_call_of(value) for value in values]
    return owners[0] if owners and None not in owners else None


def _gives_nothing(value: Value) -> bool:
    if isinstance(value, Mapping):
        return not value.entries and not value.open
    return has_no_keys(value)
