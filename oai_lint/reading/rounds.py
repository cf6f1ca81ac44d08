"""Event loops that are run, and functions that are called again when they fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.lifetime import LoopRun, Retry
from oai_lint.facts.values import Expr, Items, LocalFunction, Result

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_RUNS = ("asyncio.run()", "anyio.run()", "trio.run()", "uvloop.run()")
_RETRIES = {
    "tenacity.retry": "tenacity",
    "backoff.on_exception": "backoff",
    "retry.retry": "retry",
    "retrying.retry": "retrying",
}
_BY_TYPE = ("tenacity.retry_if_exception_type()", "tenacity.retry.retry_if_exception_type()")


def loop_runs(reading: Reading) -> Iterator[LoopRun]:
    """Yield every call that makes an event loop, runs it and closes it."""
    calls: dict[cst.CSTNode | None, list[cst.CSTNode]] = {}
    wanted = [(node, call) for node, call, origin, _ in reading.made() if origin in _RUNS]
    if not wanted:
        return
    for call in reading.tree.nodes.get(cst.Call, ()):
        assert isinstance(call, cst.Call)
        for value in reading.evaluator.values(call.func):
            if isinstance(value, LocalFunction):
                calls.setdefault(reading.tree.function(call), []).append(value.node)
    for node, made in wanted:
        stack: list[cst.CSTNode] = []
        for call in reading.tree.nodes.get(cst.Call, ()):
            assert isinstance(call, cst.Call)
            if call is not node and reading.tree.inside(call, node):
                stack += (
                    value.node
                    for value in reading.evaluator.values(call.func)
                    if isinstance(value, LocalFunction)
                )
        reached: set[cst.CSTNode] = set()
        while stack:
            function = stack.pop()
            if function not in reached:
                reached.add(function)
                stack += calls.get(function, ())
        yield LoopRun(node, frozenset(reached), reading.site(node), made)


def retries(reading: Reading) -> Iterator[Retry]:
    """Yield every decorator that retries."""
    for node in reading.tree.nodes.get(cst.Decorator, ()):
        assert isinstance(node, cst.Decorator)
        written = node.decorator
        target = written.func if isinstance(written, cst.Call) else written
        library = _RETRIES.get(reading.evaluator.origin(target))
        function = reading.tree.parents[node]
        if library is None or not isinstance(function, cst.FunctionDef):
            continue
        classes: tuple[str, ...] = ()
        choosy = False
        call = reading.evaluator.call(written) if isinstance(written, cst.Call) else None
        if call is not None:
            choosy = call.open
            if library == "tenacity":
                condition = call["retry"]
                if condition is not None:
                    value = condition.value
                    if isinstance(value, Result) and value.origin in _BY_TYPE and value.call:
                        first = value.call.get("exception_types", 0)
                        classes = _names(first.expr) if first is not None else ()
                        choosy = choosy or (first is not None and not classes)
                    else:
                        choosy = True
            elif library == "backoff":
                wanted = call.get("exception", 1)
                classes = _names(wanted.expr) if wanted is not None else ()
                choosy = choosy or call["giveup"] is not None or not classes
            elif library == "retry":
                wanted = call.get("exceptions", 0)
                classes = _names(wanted.expr) if wanted is not None else ()
            else:
                choosy = choosy or any(name.startswith("retry_on") for name in call.keywords)
        yield Retry(written, library, function, classes, choosy, reading.site(written), call)


def _names(expr: Expr) -> tuple[str, ...]:
    found: list[str] = []
    for value in expr.values:
        if isinstance(value, Items):
            for item in value.items:
                found += (inner.origin for inner in item.values if inner.origin)
        elif value.origin:
            found.append(value.origin)
    return tuple(found)
