"""Keys that no header can carry as they are."""

import ast
from collections.abc import Iterator

from oai_lint.facts import (
    Attribute,
    Environment,
    Expr,
    File,
    Items,
    KeyUse,
    Literal,
    Position,
    Result,
    Text,
    Value,
)
from oai_lint.fixes.keys import method_called
from oai_lint.knowledge.keys import (
    Kind,
    cleaned,
    fault_of,
    is_azure_key,
    kind_of,
    real_keys,
    without_scheme,
)
from oai_lint.patch import Change, Node, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_SECRET = frozenset({
    "pydantic.SecretStr()", "pydantic.types.SecretStr()", "pydantic.v1.SecretStr()",
    "pydantic_core.SecretStr()",
})  # fmt: skip


class MalformedApiKey(Rule[KeyUse]):
    """The key is damaged: white space, quotes, a prefix, foreign characters, or not text at all.

    Nothing checks a key before it is sent.  A newline, tab or trailing space makes
    `APIConnectionError: Connection error.` after all retries; a full-width letter, a smart quote or
    a zero-width space makes a bare `UnicodeEncodeError`; quotes, a second `Bearer`, a tuple or
    bytes are sent as they print and answered by 401.  A pydantic `SecretStr` is sent as asterisks.
    Functions are fine from SDK 1.106 on.

    ## Fix safety
    Safe for OpenAI's own host, where no key could work as it was: the literal is written clean,
    `.get_secret_value()` added, the one element taken out of its tuple.  Unsafe elsewhere.

    ## References
    - https://github.com/openai/openai-python#usage
    - https://www.rfc-editor.org/rfc/rfc9110#name-field-values
    """

    code = "OAI104"
    message = "The key {fault}: {effect}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Pass the bare key"
    quiet_in_tests = True
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\nfrom pydantic import SecretStr\n\n"
                "client = OpenAI(api_key=SecretStr(load_key()))\n"
            ),
            good=(
                "from openai import OpenAI\nfrom pydantic import SecretStr\n\n"
                "client = OpenAI(api_key=SecretStr(load_key()).get_secret_value())\n"
            ),
        ),
    )

    def check(self, use: KeyUse, file: File) -> Iterator[Finding]:
        """Report what makes a key unfit, the first fault of each use."""
        for value in use.expr.values:
            finding = next(self._about(use, value, file), None)
            if finding is not None:
                yield finding
                return

    def _about(self, use: KeyUse, value: Value, file: File) -> Iterator[Finding]:
        header = use.position is Position.HEADER
        if isinstance(value, Literal) and isinstance(value.value, str):
            yield from self._text(use, value, value.value, file)
        elif isinstance(value, Literal) and isinstance(value.value, bytes) and not header:
            text = value.value.decode("ascii", "replace")
            fix = _rewritten(file, value.node, text) if _is_key(text) else ()
            yield self._found(use, value, fix, "is bytes", "its `repr` is sent; pass a `str`")
        elif isinstance(value, Items) and value.items and not header:
            here = value.node is use.expr.node
            fix = (Replace(value.node, (value.items[0].node,)),) if len(value.items) == 1 else ()
            yield self._found(
                use, value, fix, f"is a {value.kind}", "its `repr` is sent; pass the one text",
                unsafe=not here,
            )  # fmt: skip
        elif isinstance(value, Text):
            yield from self._formatted(use, value, file)
        elif value.origin in _SECRET:
            yield self._secret(use, use.expr, value, file)
        elif _is_encoded(value) and not header:
            yield self._found(use, value, (), "is bytes", "its `repr` is sent; pass a `str`")

    def _text(self, use: KeyUse, value: Literal, text: str, file: File) -> Iterator[Finding]:
        key = text
        if use.position is Position.HEADER:
            key = without_scheme(text)
        fault = fault_of(key)
        if not fault or kind_of(text) is Kind.PLACEHOLDER or not _is_key(cleaned(key)):
            return
        clean = text[: len(text) - len(key)] + cleaned(key)
        fix = _rewritten(file, value.node, clean) if clean.isascii() else ()
        yield self._found(use, value, fix, f"holds {fault}", _effect(fault))

    def _formatted(self, use: KeyUse, value: Text, file: File) -> Iterator[Finding]:
        header = use.position is Position.HEADER
        if value.prefix == "Bearer " and not header and use.position is not Position.ENVIRONMENT:
            fix: tuple[Change, ...] = ()
            if len(value.parts) == 2 and isinstance(value.parts[1], Expr):
                fix = (Replace(value.node, (value.parts[1].node,)),)
            fault = "the prefix `Bearer`, which the SDK adds itself,"
            yield self._found(use, value, fix, f"holds {fault}", _effect(fault))
            return
        for part in value.parts:
            if isinstance(part, Expr) and part.origin in _SECRET:
                yield self._secret(use, part, part.value, file)
                return

    def _secret(self, use: KeyUse, expr: Expr, value: Value, file: File) -> Finding:
        fix = method_called(file, expr.node, ".get_secret_value()")
        several = len(expr.values) > 1
        return self._found(
            use, expr, (fix,), "is a `SecretStr`",
            "asterisks are sent; pass its `.get_secret_value()`",
            unsafe=several, value=value,
        )  # fmt: skip

    def _found(
        self,
        use: KeyUse,
        at: Value | Expr,
        fix: tuple[Change, ...],
        fault: str,
        effect: str,
        *,
        unsafe: bool = False,
        value: Value | None = None,
    ) -> Finding:
        source = value if value is not None else at
        safe = use.host.is_ours and not unsafe
        return self.found(
            at,
            fix=fix,
            safety=Safety.SAFE if safe else Safety.UNSAFE,
            confidence=min(use.confidence, source.confidence),
            fault=fault,
            effect=effect,
        )


def _is_encoded(value: Value) -> bool:
    if not isinstance(value, Result) or not isinstance(value.of, Attribute):
        return False
    text = isinstance(value.of.of, (Environment, Literal, Text))
    return text and value.of.name == "encode"


def _is_key(text: str) -> bool:
    return text.lower().startswith("sk-") or bool(real_keys(text)) or is_azure_key(text)


def _effect(fault: str) -> str:
    if fault.startswith(("a line", "a tab", "a control")):
        return "every request fails with `APIConnectionError`; write it without"
    if fault.startswith("characters"):
        return "every request fails with `UnicodeEncodeError`; write plain ASCII"
    if fault.startswith("a space"):
        return "requests fail as `APIConnectionError` or 401; write it without"
    return "it is sent like that and answered by 401; write it without"


def _rewritten(file: File, node: Node, text: str) -> tuple[Change, ...]:
    """Write another text where a plain literal stands; nothing for a computed text."""
    code = file.code(node)
    try:
        tree = ast.parse(code.strip(), mode="eval").body
    except SyntaxError:
        return ()
    if not isinstance(tree, ast.Constant):
        return ()
    quote = "'" if code.endswith("'") else '"'
    return (Replace(node, (f"{quote}{text}{quote}",)),)
