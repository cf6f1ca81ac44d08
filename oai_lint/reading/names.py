"""What a binding gives its name: imports, assignments, parameters, loops, annotations."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.values import (
    UNKNOWN,
    Attribute,
    Imported,
    Item,
    Items,
    LocalClass,
    LocalFunction,
    LocalObject,
    Parameter,
    Result,
    Unknown,
    Value,
)
from oai_lint.facts.values import Mapping as MappingValue
from oai_lint.knowledge.synonyms import SYNONYMS
from oai_lint.reading import results, texts
from oai_lint.reading.bindings import Binding
from oai_lint.reading.scopes import module_name
from oai_lint.reading.tree import dotted
from oai_lint.rule import Confidence

if TYPE_CHECKING:
    from oai_lint.reading.values import Evaluator

_API_RESULT = re.compile(r"openai\.(\w+\(\)\.)?[\w.]*\w\(\)")
_ENTERED = ("contextlib.closing()", "contextlib.aclosing()")
_MANAGERS = {
    "contextlib.contextmanager", "contextlib.asynccontextmanager", "contextmanager",
    "asynccontextmanager",
}  # fmt: skip
_LIBRARIES = frozenset({"openai", "httpx", "httpx2", "requests", "aiohttp"})


def free(evaluator: Evaluator, node: cst.CSTNode, name: str) -> Value:
    """Return the value of a name that nothing in the file binds."""
    if "openai" in evaluator.scopes.star_imports and (name[:1].isupper() or name == "error"):
        return Imported(node, SYNONYMS.get(f"openai.{name}", f"openai.{name}"))
    if hasattr(builtins, name):
        return Imported(node, f"builtins.{name}")
    if name == "os" and evaluator.scopes.star_imports:
        return Imported(node, name)  # who exports the name means the module
    return Unknown(node)


def given(evaluator: Evaluator, binding: Binding) -> Iterable[Value]:
    """Return what a binding gives its name."""
    node, value = binding.node, binding.value
    match binding.kind:
        case "import":
            assert isinstance(node, cst.ImportAlias)
            name = dotted(node.name) or ""
            return (_imported(evaluator, node, name if node.asname else name.split(".")[0]),)
        case "from":
            assert isinstance(node, cst.ImportAlias) and isinstance(value, cst.ImportFrom)
            return (_imported(evaluator, node, f"{module_name(value)}.{dotted(node.name)}"),)
        case "declared":
            return annotated(evaluator, value) if value is not None else ()
        case "assign" | "walrus" | "global" | "augmented":
            found = evaluator.values(value) if value is not None else ()
            holder = evaluator.tree.parents.get(node)
            if type(holder) is cst.AnnAssign and all(map(is_foreign, found)):
                declared = tuple(annotated(evaluator, holder.annotation))
                return found if all(map(is_foreign, declared)) else declared
            return found
        case "unpack":
            return _unpack(evaluator, value, binding.path, node)
        case "for":
            return _element(evaluator, value, binding.path, node)
        case "with":
            return entered(evaluator, value, node)
        case "param":
            assert isinstance(node, cst.Param)
            return _parameter(evaluator, node, binding.scope)
        case "def":
            return (LocalFunction(node),)
        case "class":
            return (LocalClass(node),)
        case "del":
            return ()
    return (Unknown(node),)


def _imported(evaluator: Evaluator, node: cst.CSTNode, name: str) -> Value:
    name = SYNONYMS.get(name, name)
    for known, cls in evaluator.clients.items():
        if name == known or (name.startswith(".") and known.endswith("." + name.lstrip("."))):
            return Result(node, Imported(node, f"openai.{cls}"))
    if evaluator.in_sdk and name.split(".")[0] == "openai":
        return Imported(node, f".{name}")
    return Imported(node, name)


def _unpack(
    evaluator: Evaluator, value: cst.CSTNode | None, path: tuple[int, ...], node: cst.CSTNode
) -> Iterable[Value]:
    current = evaluator.values(value) if value is not None else ()
    for index in path:
        step: list[Value] = []
        for one in current:
            if isinstance(one, Items) and index < len(one.items):
                step += one.items[index].values
            elif one.origin:
                step.append(Item(node, one, index))
            else:
                step.append(Unknown(node))
        current = tuple(step)
    return current


def _element(
    evaluator: Evaluator, value: cst.CSTNode | None, path: tuple[int, ...], node: cst.CSTNode
) -> Iterable[Value]:
    found: list[Value] = []
    for one in evaluator.values(value) if value is not None else ():
        if isinstance(one, Items):
            for item in one.items:
                found += _unpack(evaluator, item.node, path, node) if path else item.values
            if one.kind == "list" and value is not None:
                for item_node in evaluator.writes.appended(value):
                    found += (
                        _unpack(evaluator, item_node, path, node)
                        if path
                        else evaluator.values(item_node)
                    )
        elif one.origin == "builtins.enumerate()" and path[:1] == (1,):
            assert isinstance(one, Result)
            if one.call is not None and one.call.positional:
                inner = one.call.positional[0].expr.node
                found += _element(evaluator, inner, path[1:], node)
        elif one.origin == "builtins.zip()" and path:
            assert isinstance(one, Result)
            if one.call is not None and path[0] < len(one.call.positional):
                inner = one.call.positional[path[0]].expr.node
                found += _element(evaluator, inner, path[1:], node)
            else:
                found.append(Unknown(node))
        elif one.origin and not path:
            found.append(Item(node, one, UNKNOWN))
        else:
            found.append(Unknown(node))
    return found


def picked(evaluator: Evaluator, node: cst.ListComp | cst.GeneratorExp) -> Iterable[Value]:
    """Return what a comprehension gives that only leaves out some elements of a result.

    Or one that makes dicts of them: that its elements are such is all there is to know of it.
    """
    loop = node.for_in
    if isinstance(node.elt, cst.Call):
        made = evaluator.values(node.elt)
        if made and all(value.origin.endswith(".model_dump()") for value in made):
            return made
    if (
        isinstance(node.elt, cst.Name)
        and isinstance(loop.target, cst.Name)
        and node.elt.value == loop.target.value
        and loop.inner_for_in is None
    ):
        same = evaluator.values(loop.iter)
        if same and all(_API_RESULT.match(value.origin) for value in same):
            return same
    return (Unknown(node),)


def entered(evaluator: Evaluator, value: cst.CSTNode | None, node: cst.CSTNode) -> Iterable[Value]:
    """Return what ``with value as name`` gives the name."""
    if isinstance(value, cst.Call):
        for callee in evaluator.values(value.func):
            if isinstance(callee, LocalFunction):
                return _yielded(evaluator, callee.node)
    found: list[Value] = []
    for one in evaluator.values(value) if value is not None else ():
        if isinstance(one, Result) and one.origin in _ENTERED and one.call is not None:
            found += one.call.positional[0].values if one.call.positional else ()
        else:
            found.append(one)
    return found


def _yielded(evaluator: Evaluator, function: cst.FunctionDef) -> Iterable[Value]:
    decorators = {results.decorator_name(evaluator, d) for d in function.decorators}
    if not decorators & _MANAGERS:
        return (Unknown(function),)
    found: list[Value] = []
    for node in evaluator.tree.nodes.get(cst.Yield, ()):
        assert isinstance(node, cst.Yield)
        if evaluator.tree.function(node) is function and isinstance(node.value, cst.BaseExpression):
            found += evaluator.values(node.value)
    return found or (Unknown(function),)


def _parameter(evaluator: Evaluator, node: cst.Param, function: cst.CSTNode) -> Iterable[Value]:
    if node.star in ("*", "**"):
        return (Unknown(node),)
    name = node.name.value
    if isinstance(function, cst.Lambda):
        source = _fed(evaluator, function)
        if source is not None:
            elements = _element(evaluator, source, (), node)
            if all(_API_RESULT.match(value.origin) for value in elements):
                return elements
    found = [
        replace(value, confidence=Confidence.MEDIUM)
        for value in (annotated(evaluator, node.annotation.annotation) if node.annotation else ())
        if value.origin and not value.origin.startswith("builtins.")
    ]
    if found:
        return found
    if node.default is not None:
        default = evaluator.expr(node.default)
        if default.literal is None:
            return (Parameter(node, name, function, default),)
        if not any(isinstance(value, Unknown) for value in default.values):
            return [as_default(value) for value in default.values]
        return (Parameter(node, name, function, default),)
    return (Parameter(node, name, function),)


def as_default(value: Value) -> Value:
    """Return a default as what a parameter may be: callers may fill a mapping otherwise."""
    confidence = min(value.confidence, Confidence.MEDIUM)
    if isinstance(value, MappingValue):
        entries = tuple(replace(entry, certain=False) for entry in value.entries)
        return replace(value, entries=entries, open=True, confidence=confidence)
    return replace(value, confidence=confidence)


def _fed(evaluator: Evaluator, function: cst.Lambda) -> cst.CSTNode | None:
    """Return what a lambda's one parameter runs over: ``sorted(x, key=lambda …)``."""
    argument = evaluator.tree.parents.get(function)
    call = evaluator.tree.parents.get(argument) if isinstance(argument, cst.Arg) else None
    if not isinstance(call, cst.Call) or not isinstance(argument, cst.Arg):
        return None
    name = call.func.value if isinstance(call.func, cst.Name) else ""
    if name in ("sorted", "min", "max") and argument.keyword is not None:
        return call.args[0].value if call.args[0] is not argument else None
    if name in ("map", "filter") and call.args[0] is argument and len(call.args) == 2:
        return call.args[1].value
    return None


def annotated(evaluator: Evaluator, node: cst.CSTNode) -> Iterable[Value]:
    """Return an instance of the class that an annotation names."""
    match node:
        case cst.Annotation():
            return annotated(evaluator, node.annotation)
        case cst.BinaryOperation(operator=cst.BitOr()):
            both = (*annotated(evaluator, node.left), *annotated(evaluator, node.right))
            return [value for value in both if value.origin] or (Unknown(node),)
        case cst.Subscript(value=cst.Name() | cst.Attribute()):
            outer = dotted(node.value) or ""
            if outer.rpartition(".")[2] in ("Optional", "Annotated", "Final", "ClassVar"):
                inner = node.slice[0].slice
                if isinstance(inner, cst.Index):
                    return annotated(evaluator, inner.value)
            if outer.rpartition(".")[2] == "Union":
                members = [
                    value
                    for element in node.slice
                    if isinstance(element.slice, cst.Index)
                    for value in annotated(evaluator, element.slice.value)
                ]
                return [value for value in members if value.origin] or (Unknown(node),)
            return (Unknown(node),)
        case cst.SimpleString():
            text = texts.constant(node)
            if isinstance(text, str) and text.replace(".", "").isidentifier():
                root, *rest = text.split(".")
                for binding in evaluator.scopes.reaching(node, root):
                    for value in evaluator.bound(binding):
                        if value.origin:
                            name = ".".join((value.origin, *rest))
                            return (Result(node, Imported(node, SYNONYMS.get(name, name))),)
            return (Unknown(node),)
        case cst.Name() | cst.Attribute():
            found: list[Value] = []
            for value in evaluator.values(node):
                if isinstance(value, (Imported, Attribute)):
                    found.append(Result(node, value, confidence=Confidence.MEDIUM))
                elif isinstance(value, LocalClass):
                    found.append(LocalObject(value.node, confidence=Confidence.MEDIUM))
            return found or (Unknown(node),)
    return (Unknown(node),)


def augmented(evaluator: Evaluator, node: cst.AugAssign) -> Iterable[Value]:
    """Return what ``name += value`` and ``name |= value`` come to."""
    if not isinstance(node.operator, (cst.AddAssign, cst.BitOrAssign)):
        return (Unknown(node),)
    name = dotted(node.target)
    before: list[Value] = []
    if name is not None:
        for binding in evaluator.scopes.reaching(node, name):
            if binding.node is not node.target:
                before += evaluator.bound(binding)
    if isinstance(node.operator, cst.BitOrAssign):
        added = evaluator.expr(node.value).value
        return [value for left in before for value in texts.union(evaluator, node, left, added)]
    return [
        texts.concatenated(evaluator, node, [left], evaluator.values(node.value)) for left in before
    ]


def is_foreign(value: Value) -> bool:
    """Say whether a value is of no library that rules know, so that an annotation says more."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Parameter):  # taken from ``**kwargs``, which have no annotation
        return not isinstance(value.node, cst.Param)
    return bool(value.origin) and value.origin.split(".", 1)[0] not in _LIBRARIES
