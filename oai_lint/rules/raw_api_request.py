"""Requests to the API that go round the SDK."""

import re
from collections.abc import Iterator

from oai_lint.facts import File, Host, RawCall
from oai_lint.fixes.raw_requests.rewrite import Rewrite, sdk_call
from oai_lint.knowledge.endpoints import ENGINE_PATH, method_for
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"


class RawApiRequest(Rule[RawCall]):
    """A hand-made HTTP request does without all that the SDK does for it.

    The SDK retries what may be retried (408, 409, 429, 5xx, broken connections; twice), waits as
    `Retry-After` says, limits the wait, turns each status into an exception of its own, parses
    streams, and follows the API's changes.  None of that holds for `requests`, `httpx`, `aiohttp`
    or `urllib`.

    ## Fix safety
    Unsafe: failures are retried, other exceptions are raised, and a client that is built at import
    wants its key there.  What becomes of the answer decides what is written:

    - An answer read as JSON goes through `.model_dump()`, so that subscripts still work, and
      `raise_for_status()` goes: the SDK raises by itself.
    - A test of the status that leaves at once becomes `except openai.APIStatusError`.  Where the
      status is read otherwise, or the answer is asked whether it is an error (`"error" in data`),
      `with_raw_response` gives the response, that of an error too.
    - The usual loop over `iter_lines()` becomes a loop over events.
    - Sessions, `httpx.AsyncClient` and `aiohttp` become a client of the SDK; proxies, certificates,
      timeouts, files and headers of one's own go along, handlers get the SDK's classes.

    Where that is not sure to be right, the request is left and the message says why.

    ## References
    - https://github.com/openai/openai-python#usage
    - https://platform.openai.com/docs/api-reference
    """

    code = "OAI601"
    message = "`{path}` is called by hand, without retries and typed errors; {advice}"
    severity = Severity.WARNING
    fixes = "Use the SDK"
    examples = (
        Example(
            bad=(
                "import os\n\nimport requests\n\n\n"
                "def ask(messages):\n"
                "    response = requests.post(\n"
                '        "https://api.openai.com/v1/chat/completions",\n'
                '        headers={"Authorization": f"Bearer {os.environ[\'OPENAI_API_KEY\']}"},\n'
                '        json={"model": "gpt-5.5", "messages": messages},\n'
                "        timeout=60,\n"
                "    )\n"
                "    response.raise_for_status()\n"
                '    return response.json()["choices"][0]["message"]["content"]\n'
            ),
            good=(
                "from openai import OpenAI\n\n\n"
                "client = OpenAI()\n\n\n"
                "def ask(messages):\n"
                "    response = client.chat.completions.create("
                'model="gpt-5.5", messages=messages, timeout=60)\n'
                '    return response.model_dump()["choices"][0]["message"]["content"]\n'
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
        rewrite = self._rewrite(raw, file)
        why = f" (left as it is: {rewrite.reason})" if rewrite.reason else ""
        yield self.found(
            raw,
            fix=rewrite.changes,
            confidence=confidence,
            path=path.replace(_HOLE, "…"),
            advice=advice + why,
        )

    def _rewrite(self, raw: RawCall, file: File) -> Rewrite:
        if file.target.lacks("openai"):
            return Rewrite((), "the project does not depend on openai")
        if not file.target.reaches(1):
            return Rewrite((), "it has clients from openai 1.0 on")
        return sdk_call(raw, file)
