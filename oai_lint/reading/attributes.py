"""What the attributes of objects are worth, those of the file's own classes included."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.values import (
    Attribute,
    Environment,
    Imported,
    Item,
    Items,
    Literal,
    LocalClass,
    LocalFunction,
    LocalObject,
    Result,
    Text,
    Unknown,
    Value,
    is_none,
)
from oai_lint.facts.values import Mapping as MappingValue
from oai_lint.knowledge.synonyms import SYNONYMS
from oai_lint.reading import results
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading.values import Evaluator


def attribute(evaluator: Evaluator, node: cst.Attribute) -> Iterable[Value]:
    """Return what an attribute access is worth: what was assigned last, or what the owner has."""
    name = dotted(node)
    if name is not None:
        imported = _of_import(evaluator, node, name)
        if imported is not None:
            return (imported,)
        flow = evaluator.scopes.flow(node, name)
        found = [v for b in flow.bindings if b.name == name for v in evaluator.bound(b)]
        if found and flow.settles and all(b.name == name for b in flow.bindings):
            return evaluator.writes.applied(name, node, found)
        own = _own_attribute(evaluator, node, name)
        if own is not None:
            return evaluator.writes.applied(name, node, [*found, *own])
        if found:  # set here on some paths only, or on an object that was replaced since
            return evaluator.writes.applied(name, node, [*found, *_members(evaluator, node)])
    return _members(evaluator, node)


def _of_import(evaluator: Evaluator, node: cst.Attribute, name: str) -> Imported | None:
    """Return what most paths are: part of something imported that nothing else is assigned to."""
    root, *parts = name.split(".")
    binding = evaluator.scopes.import_of(root)
    if binding is None:
        return None
    values = evaluator.bound(binding)
    if len(values) != 1 or not isinstance(values[0], Imported):
        return None
    path, full = root, values[0].name
    for part in parts:
        path, full = f"{path}.{part}", f"{full}.{part}"
        if evaluator.scopes.binds(path):
            return None
        full = SYNONYMS.get(full, full)
    return Imported(node, full, confidence=values[0].confidence)


def _members(evaluator: Evaluator, node: cst.Attribute) -> list[Value]:
    """Return the attribute of what the expression before the dot may be."""
    found: list[Value] = []
    for value in evaluator.values(node.value):
        found += member(evaluator, node, value, node.attr.value)
    return found


def member(evaluator: Evaluator, node: cst.CSTNode, value: Value, name: str) -> Iterable[Value]:
    """Return an attribute of one value."""
    match value:
        case Imported():
            full = f"{value.name}.{name}"
            return (Imported(node, SYNONYMS.get(full, full), confidence=value.confidence),)
        case Result() | Attribute() | Item() if value.origin:
            return (Attribute(node, value, name, confidence=value.confidence),)
        case LocalObject() | LocalClass():
            return _class_attribute(evaluator, value.node, name, node) or (Unknown(node),)
        case Literal(value=None):
            return ()
        case Literal() | Text() | MappingValue() | Items() | Environment():
            return (Attribute(node, value, name, confidence=value.confidence),)
    return (Unknown(node),)


def _own_attribute(evaluator: Evaluator, node: cst.Attribute, name: str) -> list[Value] | None:
    """Return the values of ``self.x`` where this method does not set it itself."""
    root, _, attribute = name.partition(".")
    if root not in ("self", "cls") or "." in attribute:
        return None
    owner = evaluator.tree.class_of(node)
    if owner is None:
        return None
    return _class_attribute(evaluator, owner, attribute, node)


def _class_attribute(
    evaluator: Evaluator, owner: cst.ClassDef, name: str, node: cst.CSTNode, depth: int = 0
) -> list[Value] | None:
    """Return what a class or its methods give an attribute; None where they do not."""
    found: list[Value] = []
    seen = False
    declared: list[Value] = []
    for binding in evaluator.scopes.bindings.get(owner, {}).get(name, ()):
        seen = True
        if binding.kind == "declared":
            declared += evaluator.bound(binding)
        elif binding.kind == "def" and isinstance(binding.node, cst.FunctionDef):
            decorators = {results.decorator_name(evaluator, d) for d in binding.node.decorators}
            if any(d.endswith(("property", ".getter")) for d in decorators):
                found += results.returned(evaluator, binding.node)
            else:
                found.append(LocalFunction(binding.node, LocalObject(owner)))
        else:
            values = evaluator.bound(binding)
            found += values
            if _is_field(evaluator, binding.node, owner) and all(map(is_none, values)):
                found.append(Unknown(node))  # who builds the object fills it in
    for binding in evaluator.scopes.set_by_methods(owner).get(name, ()):
        seen = True
        if binding.kind == "declared":
            declared += evaluator.bound(binding)
        else:
            found += evaluator.bound(binding)
    if seen:
        return found or declared
    for base in owner.bases:
        for value in evaluator.values(base.value):
            if isinstance(value, LocalClass) and depth < 5:
                inherited = _class_attribute(evaluator, value.node, name, node, depth + 1)
                if inherited is not None:
                    return inherited
    return None


def _is_field(evaluator: Evaluator, node: cst.CSTNode, owner: cst.ClassDef) -> bool:
    """Say whether a class-level name is a field of a dataclass or a model."""
    annotated = isinstance(evaluator.tree.parents.get(node), cst.AnnAssign)
    return annotated and bool(owner.bases or owner.decorators)
