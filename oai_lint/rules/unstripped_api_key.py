"""Keys read with the newline at their end."""

import re
from collections.abc import Iterator

from oai_lint.facts import Attribute, Expr, File, Item, KeyUse, Result, Text, Value
from oai_lint.fixes.keys import method_called
from oai_lint.patch import Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_FILE = r"(?:(?:builtins|io|codecs)\.open\(\)|pathlib\.\w+\(\)(?:\.[\w.()]+)?\.open\(\))"
_READ = re.compile(
    rf"(?:{_FILE}\.read(?:line)?\(\)"
    rf"|{_FILE}\.readlines\(\)\[[^\]]*\]"
    rf"|{_FILE}\[\*\]"
    r"|pathlib\.\w+[\w.()]*\.read_(?:text|bytes)\(\)"
    r"|sys\.stdin\.read(?:line)?\(\)"
    r"|os\.popen\(\)\.read\(\)"
    r"|subprocess\.check_output\(\)|subprocess\.run\(\)\.stdout"
    r"|subprocess\.Popen\(\)\.(?:communicate\(\)\[0\]|stdout\.read(?:line)?\(\)))"
    r"(?P<decoded>\.decode\(\))?"
)
_TYPED = re.compile(r"builtins\.input\(\)|getpass\.getpass\(\)")


class UnstrippedApiKey(Rule[KeyUse]):
    """A key that is read from a file or a command ends in a newline.

    Editors and commands end their output with one.  No HTTP header may hold it, so no request
    leaves: SDK 1.0 and later raise `APIConnectionError: Connection error.` after all retries, and
    requests raises `InvalidHeader`.  Nothing says that the key is the cause.

    ## Fix safety
    Safe: no key has white space at its ends.  `.strip()` goes where the key is used, as a helper
    may read other files too.  Unsafe where the expression may be something else than the text read.

    ## References
    - https://docs.python.org/3/library/stdtypes.html#str.strip
    - https://github.com/openai/openai-python#usage
    """

    code = "OAI105"
    message = "The key keeps the newline at its end, and every request fails: `.strip()` it"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Strip the key"
    examples = (
        Example(
            bad=(
                'import openai\n\nwith open("key.txt") as file:\n    openai.api_key = file.read()\n'
            ),
            good=(
                'import openai\n\nwith open("key.txt") as file:\n'
                "    openai.api_key = file.read().strip()\n"
            ),
        ),
    )

    def check(self, use: KeyUse, file: File) -> Iterator[Finding]:
        """Report a key that is exactly what was read."""
        for expr in _parts(use.expr):
            for value in expr.values:
                match = _READ.fullmatch(value.origin)
                if match is not None:
                    raw = match["decoded"] is None and _is_binary(value)
                    method = ".decode().strip()" if raw else ".strip()"
                    yield self.found(
                        expr,
                        fix=method_called(file, expr.node, method),
                        safety=Safety.SAFE if len(expr.values) == 1 else Safety.UNSAFE,
                        confidence=min(use.confidence, value.confidence),
                    )
                    return
                if _TYPED.fullmatch(value.origin):
                    yield self.found(expr, confidence=Confidence.LOW)
                    return


def _parts(expr: Expr) -> Iterator[Expr]:
    """Yield the expression, or those inside its f-string."""
    for value in expr.values:
        if isinstance(value, Text):
            yield from (part for part in value.parts if isinstance(part, Expr))
    yield expr


def _is_binary(value: Value) -> bool:
    """Say whether what was read is bytes."""
    current: Value | None = value
    while current is not None:
        call = current.call if isinstance(current, Result) else None
        if call is not None and current.origin.startswith("subprocess."):
            if current.origin.count("(") == 1:
                named = ("text", "universal_newlines", "encoding", "errors")
                return all(call.lacks(name) for name in named)
        elif call is not None and current.origin.endswith("open()"):
            position = 0 if current.origin.startswith("pathlib.") else 1
            mode = call.get("mode", position)
            return mode is not None and isinstance(mode.literal, str) and "b" in mode.literal
        if current.origin.endswith(".read_bytes()"):
            return True
        current = current.of if isinstance(current, (Attribute, Item, Result)) else None
    return False
