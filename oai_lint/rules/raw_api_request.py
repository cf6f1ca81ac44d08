"""Requests to the API that go round the SDK."""

import re
from collections.abc import Iterator

from oai_lint.facts import File, Host, RawCall
from oai_lint.knowledge.endpoints import ENGINE_PATH, method_for
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"


class RawApiRequest(Rule[RawCall]):
    """A hand-made HTTP request does without all that the SDK does for it.

    The SDK retries what may be retried (408, 409, 429, 5xx, broken connections; twice), waits as
    `Retry-After` says, limits the wait, turns each status into an exception of its own, parses
    streams, and follows the API's changes.  None of that holds for `requests`, `httpx`, `aiohttp`
    or `urllib`.

    ## References
    - https://github.com/openai/openai-python#usage
    - https://platform.openai.com/docs/api-reference
    """

    code = "OAI601"
    message = "`{path}` is called by hand, without retries and typed errors; {advice}"
    severity = Severity.WARNING
    examples = (
        Example(
            bad=(
                "import requests\n\n"
                "answer = requests.get(\n"
                '    "https://api.openai.com/v1/models", headers=headers(), timeout=60\n'
                ")\n"
            ),
        ),
    )

    def check(self, raw: RawCall, file: File) -> Iterator[Finding]:
        """Report a request to an endpoint that the SDK has."""
        if raw.host is not Host.OPENAI or raw.method in ("WS_CONNECT", "HEAD", "OPTIONS"):
            return
        path = re.sub("//+", "/", raw.path.strip()).rstrip("/")
        below = re.sub(r"^/v1(?=/|$)", "", path)
        engine = ENGINE_PATH.match(below)
        if engine is not None:
            below = f"/{engine['rest']}"
        confidence = raw.confidence
        if below == f"/{_HOLE}" and path != below:
            advice = "use the SDK's client"
            confidence = min(confidence, Confidence.MEDIUM)
        else:
            method = method_for(raw.method, below)
            if method is None:
                return
            advice = f"use `client.{method}()`"
        yield self.found(raw, confidence=confidence, path=path.replace(_HOLE, "…"), advice=advice)
