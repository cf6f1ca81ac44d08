"""What a file shows to others: prints, logs, errors, command lines, URLs, answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.http import RawCall
from oai_lint.facts.keys import Disclosure, Outlet
from oai_lint.facts.values import Argument, Expr, Items
from oai_lint.reading.displays import displayed

if TYPE_CHECKING:
    from oai_lint.reading import Reading


_PRINTS = frozenset({
    "builtins.print()", "rich.print()", "pprint.pprint()", "pprint.pp()", "click.echo()",
    "click.secho()", "typer.echo()", "typer.secho()", "sys.stdout.write()", "sys.stderr.write()",
    "warnings.warn()", "sys.exit()", "builtins.exit()", "streamlit.write()", "streamlit.info()",
    "streamlit.text()", "streamlit.success()", "streamlit.error()",
    "rich.console.Console().print()", "IPython.display.display()",
})  # fmt: skip
_LEVELS = "debug|info|warning|warn|error|critical|exception|log|success|trace|fatal"
_LOGGERS = (
    r"logging|logging\.getLogger\(\)|loguru\.logger"
    r"|structlog\.(?:stdlib\.)?get_logger\(\)|[\w.]*\.(?:logger|log|LOGGER|LOG)"
)
_LOG = re.compile(rf"(?:{_LOGGERS})\.(?:{_LEVELS})\(\)")
_COMMANDS = re.compile(
    r"subprocess\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)\(\)"
    r"|os\.(?:system|popen)\(\)|asyncio\.create_subprocess_(?:shell|exec)\(\)"
)
_ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete", "api_route"})
_RESPONSES = frozenset({
    "flask.jsonify()", "fastapi.responses.JSONResponse()", "starlette.responses.JSONResponse()",
    "django.http.JsonResponse()", "django.http.HttpResponse()", "flask.make_response()",
})  # fmt: skip


def disclosures(reading: Reading) -> Iterator[Disclosure]:
    """Yield what shows values outside the program."""
    for node, call, origin, confidence in reading.made():
        shown: list[Argument] | None = None
        if origin in _PRINTS:
            outlet = Outlet.PRINTED
            shown = list(call.positional)
        elif _LOG.fullmatch(origin):
            outlet = Outlet.LOGGED
            shown = [*call.positional, *call.keywords.values()]
        elif _COMMANDS.fullmatch(origin):
            outlet = Outlet.COMMAND
            every = origin == "asyncio.create_subprocess_exec()"
            args = call["args"]
            shown = list(call.positional if every else call.positional[:1])
            shown += [args] if args is not None else []
        elif origin in _RESPONSES:
            outlet = Outlet.RESPONSE
            shown = [*call.positional, *call.keywords.values()]
        if shown is not None:
            exprs = tuple(expr for a in shown for expr in _elements(a.expr))
            yield Disclosure(node, outlet, exprs, reading.site(node), confidence=confidence)
    for raw in reading.all(RawCall):
        given = [raw.url, raw.call["params"]]
        exprs = tuple(argument.expr for argument in given if argument is not None)
        if exprs:
            yield Disclosure(raw.node, Outlet.URL, exprs, raw.site, confidence=raw.confidence)
    yield from _answers(reading)
    for last in displayed(reading):
        exprs = tuple(_elements(reading.expr(last)))
        yield Disclosure(last, Outlet.DISPLAYED, exprs, reading.site(last))
    for statement in reading.tree.nodes.get(cst.Raise, ()):
        assert isinstance(statement, cst.Raise)
        if isinstance(statement.exc, cst.Call):
            arguments = reading.evaluator.call(statement.exc)
            exprs = tuple(a.expr for a in (*arguments.positional, *arguments.keywords.values()))
            yield Disclosure(statement.exc, Outlet.RAISED, exprs, reading.site(statement))


def _answers(reading: Reading) -> Iterator[Disclosure]:
    """Yield what the handlers of a web framework return."""
    for function in reading.tree.nodes.get(cst.FunctionDef, ()):
        assert isinstance(function, cst.FunctionDef)
        if not any(_is_route(reading, decorator) for decorator in function.decorators):
            continue
        for node in reading.tree.nodes.get(cst.Return, ()):
            assert isinstance(node, cst.Return)
            if node.value is not None and reading.tree.function(node) is function:
                expr = reading.expr(node.value)
                yield Disclosure(node.value, Outlet.RESPONSE, (expr,), reading.site(node))


def _is_route(reading: Reading, decorator: cst.Decorator) -> bool:
    call = decorator.decorator
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        return False
    if call.func.attr.value not in _ROUTES or not call.args:
        return False
    path = reading.expr(call.args[0].value).literal
    return isinstance(path, str) and path.startswith("/")


def _elements(expr: Expr) -> Iterator[Expr]:
    """Yield the elements of a list of words, or the expression itself."""
    for value in expr.values:
        if isinstance(value, Items):
            yield from value.items
    yield expr
