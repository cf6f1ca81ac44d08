"""OpenAI's API addressed without TLS."""

import re
from collections.abc import Iterator

from oai_lint.facts import (
    ClientInit,
    EnvironmentWrite,
    Expr,
    File,
    HttpClient,
    Literal,
    ModuleSetting,
    RawCall,
    Text,
)
from oai_lint.fixes.http_client import rewritten
from oai_lint.patch import Change, Replace
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
_CLEAR = re.compile(
    r"\s*http://(?:[^/@\s]*@)?(?:(?:[\w-]+\.)?api\.openai\.com|[^/:\s]+\.openai\.azure\.(?:com|us|cn))"
    r"(?=[:/?#\s]|$)",
    re.I,
)
_SETTINGS = ("base_url", "api_base")
_VARIABLES = ("OPENAI_BASE_URL", "OPENAI_API_BASE", "AZURE_OPENAI_ENDPOINT")


class CleartextEndpoint(Rule[ClientInit | ModuleSetting | RawCall | EnvironmentWrite | HttpClient]):
    """`http://` sends the key and the prompts over the network in clear.

    The SDK accepts such a `base_url` without a warning and puts the `Authorization` header into
    the first request, before any server could redirect it to `https`.

    ## Fix safety
    Unsafe: the address becomes `https://`, which a mock server or a proxy for `http` only would
    not see.

    ## References
    - https://platform.openai.com/docs/api-reference/authentication
    - https://github.com/openai/openai-python#configuring-the-http-client
    """

    code = "OAI303"
    message = "`{url}` sends the key and the prompts in clear; write `https://`"
    severity = Severity.ERROR
    fixes = "Use `https://`"
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                'client = OpenAI(base_url="http://api.openai.com/v1")\n'
            ),
            good=(
                "from openai import OpenAI\n\n"
                'client = OpenAI(base_url="https://api.openai.com/v1")\n'
            ),
        ),
    )

    def check(
        self,
        fact: ClientInit | ModuleSetting | RawCall | EnvironmentWrite | HttpClient,
        file: File,
    ) -> Iterator[Finding]:
        """Report every address of OpenAI's that begins with ``http://``."""
        match fact:
            case ClientInit():
                for name in ("base_url", "azure_endpoint"):
                    argument = fact.call[name]
                    if argument is not None:
                        yield from self._judged(argument.expr, fact.confidence, file)
            case ModuleSetting() if fact.name in _SETTINGS:
                yield from self._judged(fact.value, Confidence.HIGH, file)
            case EnvironmentWrite() if fact.variable in _VARIABLES:
                yield from self._judged(fact.value, Confidence.HIGH, file)
            case RawCall() if fact.url is not None:
                yield from self._judged(fact.url.expr, fact.confidence, file)
            case HttpClient():
                argument = fact.call["base_url"]
                if argument is not None:
                    yield from self._judged(argument.expr, fact.confidence, file)

    def _judged(self, expr: Expr, confidence: Confidence, file: File) -> Iterator[Finding]:
        for value in expr.values:
            text = value.known if isinstance(value, Text) else getattr(value, "value", None)
            if not isinstance(value, (Text, Literal)) or not isinstance(text, str):
                continue
            match = _CLEAR.match(text)
            if match is None:
                continue
            fix: tuple[Change, ...] = ()
            lead = text[: len(text) - len(text.lstrip())]
            code = rewritten(file.code(value.node), f"{lead}http://", f"{lead}https://")
            if code is not None:
                fix = (Replace(value.node, (code,)),)
            url = match[0].strip().rpartition("@")[2].replace(_HOLE, "...")
            sure = min(confidence, value.confidence)
            yield self.found(value, fix=fix, confidence=sure, url=url)
