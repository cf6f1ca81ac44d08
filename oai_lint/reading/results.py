"""What calls give: of imported code, of the file's own functions, of texts and mappings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.values import (
    UNKNOWN,
    Argument,
    Attribute,
    Call,
    Entry,
    Environment,
    Expr,
    Imported,
    Item,
    Literal,
    LocalClass,
    LocalFunction,
    LocalObject,
    Result,
    Text,
    Unknown,
    Value,
)
from oai_lint.facts.values import Mapping as MappingValue
from oai_lint.reading import attributes, names, options, texts
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading.values import Evaluator, Values

# Calls that hand their first argument on unchanged, as far as we are concerned.
_TRANSPARENT = {
    "typing.cast": 1,
    "builtins.str": 0,
    "asyncio.run": 0,
    "asyncio.wait_for": 0,
    "asyncio.ensure_future": 0,
    "asyncio.create_task": 0,
    "asyncio.shield": 0,
    "copy.copy": 0,
    "copy.deepcopy": 0,
    "builtins.iter": 0,
    "asgiref.sync.sync_to_async": 0,
}
_API_RESULT = re.compile(r"openai\.(\w+\(\)\.)?[\w.]*\w\(\)")
# The same things in another order or container.
_SAME_ITEMS = frozenset({
    "builtins.list", "builtins.tuple", "builtins.sorted", "builtins.reversed",
})  # fmt: skip
# Functions that run another one in a thread, and where that stands among their arguments.
_THREADS = {"to_thread": 0, "run_in_executor": 1, "run_in_threadpool": 0, "run_sync": 0}
_ENTERS = (
    "contextlib.ExitStack().enter_context", "contextlib.AsyncExitStack().enter_context",
    "contextlib.AsyncExitStack().enter_async_context",
)  # fmt: skip
_KEEPS_RESULT = {
    "staticmethod", "classmethod", "property", "cached_property", "functools.cached_property",
    "functools.cache", "functools.lru_cache", "cache", "lru_cache", "abstractmethod",
    "abc.abstractmethod", "override", "typing.override", "st.cache_resource",
    "streamlit.cache_resource", "pytest.fixture", "retry", "tenacity.retry", "backoff.on_exception",
}  # fmt: skip
_TEXT_METHODS = {
    "strip", "lstrip", "rstrip", "lower", "upper", "replace", "removesuffix", "removeprefix",
    "title", "encode", "decode",
}  # fmt: skip


def called(evaluator: Evaluator, node: cst.Call) -> Iterable[Value]:
    """Return what a call gives, whatever is called."""
    threaded = _threaded(evaluator, node)
    if threaded:
        return threaded
    option = options.taken(evaluator, node)
    if option is not None:
        return option
    found: list[Value] = []
    for callee in evaluator.values(node.func):
        if isinstance(callee, Unknown) and isinstance(callee.node, cst.Lambda):
            found += evaluator.values(callee.node.body)
        else:
            found += _result(evaluator, node, callee)
    return found


def _threaded(evaluator: Evaluator, node: cst.Call) -> Values:
    """Return what an API method gives that is handed to a thread to be called there."""
    position = _THREADS.get((dotted(node.func) or "").rpartition(".")[2])
    if position is None or position >= len(node.args) or node.args[position].star:
        return ()
    target = node.args[position].value
    if isinstance(target, cst.Lambda):
        found = evaluator.values(target.body)
    else:
        call = evaluator.call(node)
        found = tuple(Result(node, callee, call) for callee in evaluator.values(target))
    ours = all(_API_RESULT.match(value.origin) for value in found)
    return found if ours else ()


def _result(evaluator: Evaluator, node: cst.Call, callee: Value) -> Iterable[Value]:
    match callee:
        case LocalFunction():
            return returned(evaluator, callee.node)
        case LocalClass():
            return (LocalObject(callee.node, evaluator.call(node)),)
        case Attribute(of=Literal() | Text() | Environment()):
            return _text_method(evaluator, node, callee)
        case Attribute(of=MappingValue()):
            return _mapping_method(evaluator, node, callee)
        case Imported(name=name):
            return _call_imported(evaluator, node, callee, name)
        case Attribute() | Item() | Result():
            if isinstance(callee, Result) and callee.origin == "functools.partial()":
                return _partial(evaluator, node, callee)
            if callee.origin in _ENTERS and node.args:
                return names.entered(evaluator, node.args[0].value, node)
            if callee.origin:
                call = evaluator.call(node)
                if isinstance(callee, Attribute) and callee.name == "get":
                    key = _key_of_result(evaluator, callee.of, call)
                    if key is not None:
                        return (Item(node, callee.of, key, confidence=callee.confidence),)
                return (Result(node, callee, call, confidence=callee.confidence),)
    return (Unknown(node),)


def _key_of_result(evaluator: Evaluator, owner: Value, call: Call) -> str | None:
    """Return the key that ``.get(key)`` takes from a result of an API call."""
    if _API_RESULT.match(owner.origin) and call.positional:
        key = call.positional[0].literal
        return key if isinstance(key, str) else None
    return None


def _partial(evaluator: Evaluator, node: cst.Call, partial: Result) -> Iterable[Value]:
    if partial.call is None or not partial.call.positional:
        return (Unknown(node),)
    found: list[Value] = []
    for target in partial.call.positional[0].values:
        found += _result(evaluator, node, target)
    return found


def _call_imported(
    evaluator: Evaluator, node: cst.Call, callee: Imported, name: str
) -> Iterable[Value]:
    call = evaluator.call(node)
    if name in ("os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault"):
        return _environment(evaluator, node, call)
    if name in _SAME_ITEMS and call.positional:
        same = call.positional[0].values
        if same and all(_API_RESULT.match(value.origin) for value in same):
            return same
    position = _TRANSPARENT.get(name)
    if position is not None and len(call.positional) > position:
        return call.positional[position].values
    if name == "builtins.next" and call.positional:
        stream, *default = call.positional
        if all(_API_RESULT.match(value.origin) for value in stream.values):
            elements = [Item(node, value, UNKNOWN) for value in stream.values]
            return (*elements, *(value for one in default for value in one.values))
    if name == "builtins.dict" and not call.positional:
        entries = tuple(
            Entry(a.name, a.expr, a.node, certain=a.certain) for a in call.keywords.values()
        )
        return (MappingValue(node, entries, call.open),)
    if name == "builtins.dict" and len(call.positional) == 1:
        return _copied(evaluator, node, call)
    if name == "builtins.getattr" and len(call.positional) >= 2:
        attribute = call.positional[1].literal
        if isinstance(attribute, str):
            found: list[Value] = []
            for value in call.positional[0].values:
                found += attributes.member(evaluator, node, value, attribute)
            return found
    if name == "urllib.parse.urljoin" and len(call.positional) == 2:
        return _urljoin(evaluator, node, call)
    return (Result(node, callee, call, confidence=callee.confidence),)


def _urljoin(evaluator: Evaluator, node: cst.Call, call: Call) -> Iterable[Value]:
    base, path = call.positional[0].literal, call.positional[1].literal
    if isinstance(base, str) and isinstance(path, str):
        from urllib.parse import urljoin

        return (Literal(node, urljoin(base, path)),)
    return (Unknown(node),)


def _copied(evaluator: Evaluator, node: cst.Call, call: Call) -> Iterable[Value]:
    for value in call.positional[0].values:
        if not isinstance(value, MappingValue):
            return (Unknown(node),)
        extra = tuple(Entry(a.name, a.expr, a.node) for a in call.keywords.values())
        return (MappingValue(node, (*value.entries, *extra), value.open or call.open),)
    return (Unknown(node),)


def _environment(evaluator: Evaluator, node: cst.CSTNode, call: Call) -> Iterable[Value]:
    name = call.get("key", 0)
    variable = name.literal if name is not None else UNKNOWN
    default = call.get("default", 1)
    if not isinstance(variable, str):
        return (Unknown(node),)
    return (Environment(node, variable, default.expr if default else None),)


def returned(evaluator: Evaluator, function: cst.FunctionDef) -> Iterable[Value]:
    """Return what a function of this file may return."""
    for decorator in function.decorators:
        name = decorator_name(evaluator, decorator)
        if name not in _KEEPS_RESULT and not name.endswith((".setter", ".getter")):
            return _promised(evaluator, function) or (Unknown(function),)
    return evaluator.remembered(id(function.body), _results, function)


def _results(evaluator: Evaluator, function: cst.FunctionDef) -> Iterable[Value]:
    found: list[Value] = []
    for node in evaluator.tree.nodes.get(cst.Yield, ()):
        if evaluator.tree.function(node) is function:
            return (Unknown(function),)
    for node in evaluator.tree.nodes.get(cst.Return, ()):
        assert isinstance(node, cst.Return)
        if evaluator.tree.function(node) is function:
            if node.value is None:
                found.append(Literal(node, None))
            else:
                found += evaluator.values(node.value)
    # Without a return it is for a subclass to say, or the function is run for its effect.
    promised = _promised(evaluator, function) if all(map(names.is_foreign, found)) else ()
    return promised or found or (Unknown(function),)


def _promised(evaluator: Evaluator, function: cst.FunctionDef) -> Sequence[Value]:
    """Return what a function is annotated to return, of the libraries that rules know."""
    declared = names.annotated(evaluator, function.returns) if function.returns is not None else ()
    return [value for value in declared if value.origin and not names.is_foreign(value)]


def decorator_name(evaluator: Evaluator, decorator: cst.Decorator) -> str:
    """Return the path of a decorator: where it comes from, or as it is written."""
    node = decorator.decorator
    target = node.func if isinstance(node, cst.Call) else node
    return evaluator.origin(target).removeprefix("builtins.") or dotted(target) or ""


def _text_method(evaluator: Evaluator, node: cst.Call, callee: Attribute) -> Iterable[Value]:
    call = evaluator.call(node)
    if callee.name == "format":
        return texts.formatted(evaluator, node, callee.of, call)
    if callee.name in _TEXT_METHODS:
        arguments = [argument.literal for argument in call.positional]
        if isinstance(callee.of, Literal) and not call.keywords:
            try:
                return (Literal(node, getattr(callee.of.value, callee.name)(*arguments)),)
            except (AttributeError, TypeError, ValueError, LookupError):
                return (Unknown(node),)
        return (Result(node, callee, call),)
    return (Unknown(node),)


def _mapping_method(evaluator: Evaluator, node: cst.Call, callee: Attribute) -> Iterable[Value]:
    assert isinstance(callee.of, MappingValue)
    call = evaluator.call(node)
    if callee.name == "copy":
        return (callee.of,)
    if callee.name in ("get", "pop", "setdefault") and call.positional:
        entry = callee.of.get(call.positional[0].literal)
        default = call.positional[1].values if len(call.positional) > 1 else ()
        if entry is not None and entry.certain:
            return entry.value.values
        if entry is not None:
            return (*entry.value.values, *default)
        if not callee.of.open and call.positional[0].expr.known:
            return default or (Literal(node, None),)
    return (Unknown(node),)


def read_call(evaluator: Evaluator, node: cst.Call, args: Iterable[cst.Arg]) -> Call:
    """Return a call with its arguments, a readable ``**mapping`` spread out."""
    positional: list[Argument] = []
    keywords: dict[str, Argument] = {}
    open_ = False
    for index, arg in enumerate(args):
        if arg.star == "*":
            open_ = True
        elif arg.star == "**":
            spread = evaluator.expr(arg.value)
            if not _spread(evaluator, spread, keywords):
                open_ = True
        elif arg.keyword is not None:
            name = arg.keyword.value
            keywords[name] = Argument(arg, name, evaluator.expr(arg.value), key_node=arg.keyword)
        else:
            positional.append(Argument(arg, None, evaluator.expr(arg.value), index=index))
    return Call(node, evaluator.expr(node.func), positional, keywords, open_=open_)


def _spread(evaluator: Evaluator, mapping: Expr, keywords: dict[str, Argument]) -> bool:
    """Add a mapping's entries as keywords; say whether that is all it holds."""
    mappings = [value for value in mapping.values if isinstance(value, MappingValue)]
    keys = [entry.key for value in mappings for entry in value.entries]
    for key in dict.fromkeys(keys):
        if not isinstance(key, str) or key in keywords:
            continue
        found = [entry for value in mappings if (entry := value.get(key)) is not None]
        last = found[-1]
        expr = last.value
        if len({id(entry.value.node) for entry in found}) > 1:
            both = tuple(value for entry in found for value in entry.value.values)
            expr = Expr(last.value.node, lambda _, both=both: both)  # type: ignore[misc]
        keywords[key] = Argument(
            last.node,
            key,
            expr,
            spread=True,
            certain=len(found) == len(mapping.values) and all(e.certain for e in found),
            key_node=last.key_node,
        )
    return bool(mappings) and all(
        isinstance(value, MappingValue) and not value.open for value in mapping.values
    )
