"""Keys that come to light."""

import re
from collections.abc import Iterator

from oai_lint.facts import (
    Attribute,
    Disclosure,
    Environment,
    Expr,
    File,
    Host,
    Item,
    KeyUse,
    Literal,
    Mapping,
    Parameter,
    Result,
    Text,
    Value,
)
from oai_lint.judgement.pointers import came
from oai_lint.knowledge.keys import real_key
from oai_lint.knowledge.variables import KEY_VARIABLES
from oai_lint.rule import Example, Finding, Rule, Severity

_WRAPPERS = frozenset({
    "json.dumps()", "builtins.repr()", "pprint.pformat()", "urllib.parse.quote()",
    "urllib.parse.urlencode()",
})  # fmt: skip
_HELD = re.compile(r"openai(?:\.(?:Async)?(?:Azure)?OpenAI\(\))?\.(?:admin_)?api_key")
_DEEPEST = 4


class ExposedApiKey(Rule[Disclosure]):
    """The key is shown where others can read it.

    Logs, exception texts and terminal output are kept, shipped and pasted into issues; URLs stand
    in the logs of every server on the way; command lines are visible to every user of the machine.
    A notebook keeps what the last line of a cell is worth, and so does whoever gets the notebook.
    Show a few characters (`key[:6]`) or whether there is a key at all.

    ## References
    - https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety
    - https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude
    """

    code = "OAI106"
    message = "The key is {outlet} in full: show `key[:6]` or whether it is set"
    severity = Severity.ERROR
    examples = (
        Example(
            bad=(
                "import os\n\nimport openai\n\n"
                'openai.api_key = os.environ["OPENAI_API_KEY"]\n'
                'print("key:", openai.api_key)\n'
            ),
        ),
    )

    _keys: set[object] | None = None  # of the file, worked out when first needed

    def check(self, shown: Disclosure, file: File) -> Iterator[Finding]:
        """Report the first of the values shown that is a key."""
        for expr in shown.exprs:
            if self._shows(expr, shown, file):
                confidence = min(shown.confidence, expr.confidence)
                yield self.found(
                    expr,
                    outlet=shown.outlet.value,
                    confidence=confidence,
                    related=came((v for v in expr.values if self._is_key(v, file)), expr, file),
                )
                return

    def _shows(self, expr: Expr, shown: Disclosure, file: File, depth: int = 0) -> bool:
        """Say whether an expression, or a part of it, is a key."""
        if depth > _DEEPEST:
            return False
        shows = any(
            self._is_key(value, file)
            or any(self._shows(part, shown, file, depth + 1) for part in _parts(value))
            for value in expr.values
        )
        return shows and not (shown.site.empty and file.code(expr.node) in shown.site.empty)

    def _is_key(self, value: Value, file: File) -> bool:
        if isinstance(value, Environment):
            return value.variable in KEY_VARIABLES
        if isinstance(value, Literal):
            return isinstance(value.value, str) and real_key(value.value) is not None
        if _HELD.fullmatch(value.origin):
            return True
        mark = _mark(value)
        if mark is None:
            return False
        if self._keys is None:
            self._keys = _keys(file)
        return mark in self._keys


def _keys(file: File) -> set[object]:
    """Return the marks of the values that the file uses as keys."""
    return {
        mark
        for use in file.all(KeyUse)
        if use.host is not Host.LOCAL
        for value in _all(use.expr)
        if (mark := _mark(value)) is not None
    }


def _all(expr: Expr) -> Iterator[Value]:
    for value in expr.values:
        yield value
        if isinstance(value, Text):
            for part in value.parts:
                if isinstance(part, Expr):
                    yield from _all(part)


def _mark(value: Value) -> object:
    """Return what two reads of the same key have in common; None for what is no single thing."""
    if isinstance(value, (Result, Parameter)):
        return value.node
    if isinstance(value, (Attribute, Item)) and value.origin:
        root: Value = value
        while isinstance(root, (Attribute, Item)) or (isinstance(root, Result) and not root.call):
            root = root.of
        return value.origin, root.node if isinstance(root, Result) else None
    return None


def _parts(value: Value) -> Iterator[Expr]:
    """Yield the expressions that show when the value is shown."""
    if isinstance(value, Text):
        yield from (part for part in value.parts if isinstance(part, Expr))
    elif isinstance(value, Mapping):
        yield from (entry.value for entry in value.entries)
    elif isinstance(value, Result) and value.origin in _WRAPPERS and value.call is not None:
        yield from (argument.expr for argument in value.call.positional)
