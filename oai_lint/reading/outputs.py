"""Facts about what becomes of the text that a model wrote, read off the values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.outputs import ContentRead, Execution
from oai_lint.facts.values import Attribute, Expr, Item, Result, Text, Value
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_RUNS = {
    "builtins.eval()": 0, "builtins.exec()": 0, "builtins.compile()": 0, "os.system()": 0,
    "os.popen()": 0, "subprocess.getoutput()": 0, "subprocess.getstatusoutput()": 0,
    "pickle.loads()": 0, "subprocess.run()": 0, "subprocess.call()": 0, "subprocess.Popen()": 0,
    "subprocess.check_output()": 0, "subprocess.check_call()": 0,
    "asyncio.create_subprocess_shell()": 0,
}  # fmt: skip
_SHELLS = frozenset({
    "subprocess.run()", "subprocess.call()", "subprocess.Popen()", "subprocess.check_output()",
    "subprocess.check_call()",
})  # fmt: skip
_CURSORS = re.compile(r"(sqlite3|psycopg2?|pymysql|MySQLdb|mysql)\..*\.(execute|executescript)\(\)")
_OUTPUT = re.compile(
    r"openai\.(\w+\(\)\.)?(chat\.completions|completions|responses|ChatCompletion|Completion|beta"
    r")\b.*\(\).*(\.content|\.text|\.output_text|\.arguments|\['(content|text|arguments)'\])"
)
_PARSED = re.compile(r"json\.loads|ast\.literal_eval|model_validate")
_ASKS = re.compile(
    r"confirm|approv|input|allow|consent|safe|\byes\b|\bask|accept|trust|valid", re.I
)
_CONTENT = re.compile(
    r"openai\.(\w+\(\)\.)?chat\.completions\.(create|parse)\(\)\.choices\[0\]\.message\.content"
)


def executions(reading: Reading) -> Iterator[Execution]:
    """Yield every call that runs text of a response."""
    for node, call, origin, _ in reading.made():
        position = _RUNS.get(origin)
        if position is None and not _CURSORS.fullmatch(origin):
            continue
        argument = call.get("args", position or 0)
        if origin in _SHELLS:
            shell = call["shell"]
            if shell is None or shell.literal is not True:
                continue
        if argument is not None and any(_is_output(value) for value in argument.values):
            site = reading.site(node)
            yield Execution(
                argument.node,
                origin.removesuffix("()").removeprefix("builtins."),
                _is_asked(reading, node),
                site,
            )


def _is_output(value: Value, depth: int = 0) -> bool:
    """Say whether a value is, or is made from, text that a model wrote."""
    if depth > 6:
        return False
    if _OUTPUT.match(value.origin) and not _PARSED.search(value.origin):
        return True
    if isinstance(value, Text):
        return any(
            _is_output(inner, depth + 1)
            for part in value.parts
            if isinstance(part, Expr)
            for inner in part.values
        )
    if isinstance(value, (Attribute, Item)):
        return _is_output(value.of, depth + 1)
    if isinstance(value, Result):
        if isinstance(value.of, Attribute) and _is_output(value.of.of, depth + 1):
            return True
        if value.origin in ("re.sub()", "textwrap.dedent()") and value.call is not None:
            return any(
                _is_output(inner, depth + 1)
                for argument in value.call.positional
                for inner in argument.values
            )
    return False


def _is_asked(reading: Reading, node: cst.CSTNode) -> bool:
    """Say whether a condition round a call, or input before it, may be somebody's consent."""
    if any(_ASKS.search(condition) for condition in reading.site(node).conditions):
        return True
    function = reading.site(node).function
    return any(
        origin in ("builtins.input()", "click.confirm()", "typer.confirm()")
        and reading.site(call).function is function
        and reading.tree.order[call] < reading.tree.order[node]
        for call, _, origin, _ in reading.made()
    )


def content_reads(reading: Reading) -> Iterator[ContentRead]:
    """Yield every use of a message's content that fails on None."""
    parents = reading.tree.parents
    for kind in (cst.Attribute, cst.Name):
        for node in reading.tree.nodes.get(kind, ()):
            parent = parents.get(node)
            what = ""
            if isinstance(parent, cst.Attribute) and parent.value is node:
                outer = parents.get(parent)
                if isinstance(outer, cst.Call) and outer.func is parent:
                    what = f".{parent.attr.value}()"
            elif isinstance(parent, cst.BinaryOperation) and isinstance(parent.operator, cst.Add):
                what = "+"
            elif isinstance(parent, cst.Arg) and isinstance(parents.get(parent), cst.Call):
                call = parents[parent]
                assert isinstance(call, cst.Call)
                if reading.evaluator.origin(call.func) in ("json.loads", "builtins.len"):
                    what = f"{dotted(call.func)}()"
            if not what:
                continue
            values = reading.evaluator.values(node)
            if not values or not all(_CONTENT.fullmatch(value.origin) for value in values):
                continue
            written = dotted(node) or "content"
            site = reading.site(node)
            yield ContentRead(node, what, _is_checked(reading, node, written, what), site)


def _is_checked(reading: Reading, node: cst.CSTNode, written: str, what: str) -> bool:
    name = written.rpartition(".")[2]
    if any(name in condition for condition in reading.site(node).conditions):
        return True
    for parent in reading.tree.ancestors(node):
        if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
            break
        if isinstance(parent, cst.Try) and what.startswith("json"):
            return True
        if isinstance(parent, (cst.BooleanOperation, cst.Assert)):
            return True
    function = reading.site(node).function
    for test in reading.tree.nodes.get(cst.If, ()):
        assert isinstance(test, cst.If)
        if (
            reading.site(test).function is function
            and reading.tree.order[test] < reading.tree.order[node]
            and name in reading.code(test.test)
        ):
            return True
    return False
