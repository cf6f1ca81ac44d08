"""Finds what a migration leaves for people to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import ApiCall, ModuleRead, ResultUse
from oai_lint.facts.errors import SdkImport
from oai_lint.facts.leftovers import Leftover
from oai_lint.facts.values import Attribute, Item, Literal, Parameter, Result, Unknown, Value
from oai_lint.knowledge import errors, legacy

if TYPE_CHECKING:
    from oai_lint.reading import Reading

KEYS = frozenset({"choices", "finish_reason", "prompt_tokens", "completion_tokens", "total_tokens"})
"""Keys that hardly anything but a response has."""

_IN_DATA = frozenset({"embedding", "url", "b64_json", "revised_prompt"})
_STATUS = frozenset(name for name in errors.ERRORS if errors.covers("APIStatusError", name))
_REQUEST = frozenset({"APIError", "APIConnectionError", "APITimeoutError"})
_CLASS = "|".join(sorted(legacy.CLASSES))
_TEXT = re.compile(rf"(?:\w+\.)*openai\.(?:error\.\w+|(?:{_CLASS})(?:\.a?\w+)?)")
# What parses to a dict, or makes one of an object.
_DICTS = re.compile(
    r"\b(json|loads?|safe_load|model_dump|to_dict|to_dict_recursive|dict|copy|asdict|literal_eval)"
    r"\(\)"
)
_OTHERS = re.compile(r"(requests|httpx2?|aiohttp|urllib\d?|litellm|anthropic|json|yaml)\b")


def leftovers(reading: Reading) -> Iterator[Leftover]:
    """Yield every place that may still mean SDK 0.x, by kind."""
    if reading.in_sdk:
        return
    if reading.imports("openai"):
        yield from _guarded(reading)
        yield from _classes(reading)
        yield from _built(reading)
        yield from _ladders(reading)
    yield from _texts(reading)
    yield from _reads(reading)


def _guarded(reading: Reading) -> Iterator[Leftover]:
    for imported in reading.all(SdkImport):
        gone = [
            name.name
            for name in imported.names
            if f"{imported.module}.{name.name}".lstrip(".") in legacy.REMOVED_MODULES
            or (imported.module == "openai" and name.name in errors.GONE_TOP_LEVEL)
        ]
        module = imported.module if imported.module in legacy.REMOVED_MODULES else ""
        if imported.site.guarded and (module or gone):
            name = module or gone[0]
            yield Leftover(imported.node, "guarded", name, imported.site)
    for call in reading.all(ApiCall):
        if call.legacy and call.site.guarded:
            yield Leftover(call.call.func.node, "guarded", call.path, call.site)


def _classes(reading: Reading) -> Iterator[Leftover]:
    for read in reading.all(ModuleRead):
        cls = legacy.class_of(read.name)
        if cls is not None and not read.called and not read.site.guarded:
            yield Leftover(read.node, "class", cls, read.site)
    for node, call, origin, _ in reading.made():
        if origin == "builtins.setattr()" and len(call.positional) == 3:
            owner_of, name, _value = call.positional
            if owner_of.expr.origin == "openai" and not isinstance(name.literal, str):
                yield Leftover(node, "setting", "setattr", reading.site(node))
    for target in reading.tree.nodes.get(cst.AssignTarget, ()):
        assert isinstance(target, cst.AssignTarget)
        owner = target.target.value if type(target.target) is cst.Attribute else None
        if type(owner) is cst.Attribute:
            cls = legacy.class_of(reading.evaluator.origin(owner))
            if cls is not None:
                yield Leftover(target.target, "replaced", cls, reading.site(target.target))


def _built(reading: Reading) -> Iterator[Leftover]:
    for node, call, origin, _ in reading.made():
        name = origin.removeprefix("openai.").removesuffix("()")
        wanted = "response" if name in _STATUS else "request" if name in _REQUEST else ""
        if not wanted or not origin.startswith("openai.") or not call.lacks(wanted):
            continue
        if name == "APIError" and len(call.positional) > 1:
            continue
        given = reading.code(call.positional[0].expr.node) if call.positional else ""
        if name == "APITimeoutError" and "request" in given.lower():
            continue
        yield Leftover(node, "built", name, reading.site(node))


def _ladders(reading: Reading) -> Iterator[Leftover]:
    """Yield tests by ``isinstance`` that an earlier one covers: errors have parents since 1.0."""
    for start in reading.tree.nodes.get(cst.If, ()):
        if isinstance(reading.tree.parents.get(start), cst.If):
            parent = reading.tree.parents[start]
            if getattr(parent, "orelse", None) is start:
                continue
        seen: list[tuple[str, str]] = []
        step: cst.BaseCompoundStatement | cst.Else | None = start  # type: ignore[assignment]
        while isinstance(step, cst.If):
            for name, subject in _tested(reading, step.test):
                if any(s == subject and errors.covers(first, name) for first, s in seen):
                    yield Leftover(step.test, "covered", name, reading.site(step.test))
                    break
            seen += _tested(reading, step.test)
            step = step.orelse


def _tested(reading: Reading, test: cst.BaseExpression) -> list[tuple[str, str]]:
    """Return the errors of the SDK that ``isinstance`` asks for, with what is asked."""
    if type(test) is not cst.Call or reading.evaluator.origin(test.func) not in (
        "builtins.isinstance",
    ):
        return []
    if len(test.args) != 2:
        return []
    classes = test.args[1].value
    parts = [e.value for e in classes.elements] if isinstance(classes, cst.Tuple) else [classes]
    names = [reading.evaluator.origin(part).removeprefix("openai.") for part in parts]
    if not all(name in errors.ERRORS for name in names):
        return []
    return [(name, reading.code(test.args[0].value)) for name in names]


def _texts(reading: Reading) -> Iterator[Leftover]:
    parents = reading.tree.parents
    for node in reading.tree.nodes.get(cst.SimpleString, ()):
        assert isinstance(node, cst.SimpleString)
        if "openai." not in node.value or not isinstance(parents.get(node), cst.Arg):
            continue
        text = node.raw_value
        if _TEXT.fullmatch(text):
            yield Leftover(node, "text", text, reading.site(node))


def _reads(reading: Reading) -> Iterator[Leftover]:
    known = {use.node for use in reading.all(ResultUse)}
    parents = reading.tree.parents
    for kind in (cst.Subscript, cst.Call):
        for node in reading.tree.nodes.get(kind, ()):
            read = read_by_key(node)
            if read is None or node in known:
                continue
            owner, key = read
            parent = parents.get(node)
            if isinstance(parent, (cst.AssignTarget, cst.Del, cst.AugAssign)) and (
                getattr(parent, "target", None) is node
            ):
                continue
            if (key in KEYS or _is_data(owner, key)) and _may_be_response(reading, owner):
                yield Leftover(node, "read", key, reading.site(node))


def read_by_key(node: cst.CSTNode) -> tuple[cst.BaseExpression, str] | None:
    """Return what is read in the manner of a dict, and by which key."""
    if type(node) is cst.Subscript and len(node.slice) == 1:
        index = node.slice[0].slice
        if isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString):
            return node.value, str(index.value.evaluated_value)
    elif type(node) is cst.Call and node.args and type(node.func) is cst.Attribute:
        first = node.args[0].value
        if node.func.attr.value == "get" and isinstance(first, cst.SimpleString):
            return node.func.value, str(first.evaluated_value)
    return None


def _is_data(owner: cst.BaseExpression, key: str) -> bool:
    """Say whether it is ``["data"][0]["embedding"]`` or the like."""
    if key not in _IN_DATA or not isinstance(owner, cst.Subscript):
        return False
    inner = read_by_key(owner.value)
    return inner is not None and inner[1] == "data"


def _may_be_response(reading: Reading, owner: cst.BaseExpression) -> bool:
    while True:
        inner = read_by_key(owner)
        if inner is not None:
            if inner[1] in KEYS:
                return False  # told by the first key of the chain
            owner = inner[0]
        elif isinstance(owner, cst.Subscript):
            owner = owner.value
        else:
            break
    values = reading.evaluator.values(owner)
    if any(_DICTS.search(value.origin) for value in values):
        return False  # nor are the others, then
    return any(_may_be_one(value) for value in values)


def _may_be_one(value: Value) -> bool:
    if isinstance(value, Parameter):
        return True
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Literal) or not isinstance(value, (Attribute, Item, Result)):
        return False
    return not _OTHERS.match(value.origin)
