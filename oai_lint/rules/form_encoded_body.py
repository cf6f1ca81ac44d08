"""JSON bodies that are sent as forms."""

import re
from collections.abc import Iterator

from oai_lint.facts import File, Host, Mapping, RawCall
from oai_lint.knowledge.endpoints import raw_endpoint
from oai_lint.patch import Change, Replace
from oai_lint.rule import Example, Finding, Rule, Severity


class FormEncodedBody(Rule[RawCall]):
    """`data=` with a mapping is sent as a form, and the API wants JSON.

    `requests` and httpx write `data={"model": …}` as `model=…&messages=…` with the type
    `application/x-www-form-urlencoded`; the API answers 400 or 415.  `json=` writes JSON and its
    header.

    ## Fix safety
    Unsafe: the request now has another body.

    ## References
    - https://requests.readthedocs.io/en/latest/user/quickstart/#more-complicated-post-requests
    - https://www.python-httpx.org/quickstart/#sending-json-encoded-data
    """

    code = "OAI605"
    message = "A mapping as `data=` is sent as a form, which `{path}` refuses; pass it as `json=`"
    severity = Severity.ERROR
    fixes = "Send JSON"
    examples = (
        Example(
            bad=(
                "import requests\n\n"
                'URL = "https://api.openai.com/v1/embeddings"\n'
                'requests.post(URL, data={"input": "x"}, timeout=60)\n'
            ),
            good=(
                "import requests\n\n"
                'URL = "https://api.openai.com/v1/embeddings"\n'
                'requests.post(URL, json={"input": "x"}, timeout=60)\n'
            ),
        ),
    )

    def check(self, raw: RawCall, file: File) -> Iterator[Finding]:
        """Report a form sent to an endpoint that reads JSON."""
        if raw.library not in ("requests", "httpx", "httpx2") or not raw.host.is_ours:
            return
        if raw.method != "POST" or raw.call["files"] is not None or raw.call["json"] is not None:
            return
        data = raw.call.get("data", 1 if raw.library == "requests" else None)
        if data is None or not data.values:
            return
        if not all(isinstance(value, Mapping) for value in data.values):
            return
        path = re.sub("//+", "/", raw.path).rstrip("/")
        below = re.sub(r"^/v1(?=/|$)", "", path)
        if raw.host is Host.AZURE:
            below = re.sub(r"^/openai(/v1)?(/deployments/[^/]+)?", "", path)
        endpoint = raw_endpoint("POST", below)
        if endpoint is None or endpoint[0].body != "json":
            return
        fix: tuple[Change, ...] = ()
        if not data.spread and (data.name is not None or len(raw.call.positional) == 2):
            fix = (Replace(data.node, ("json=", data.expr.node)),)
        yield self.found(data.expr, fix=fix, confidence=raw.confidence, path=path)
