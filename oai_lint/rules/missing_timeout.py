"""Requests that may wait for ever."""

from collections.abc import Iterator

from oai_lint.facts import File, HttpSetting, RawCall
from oai_lint.patch import Insert
from oai_lint.rule import Example, Finding, Rule, Severity


class MissingTimeout(Rule[RawCall]):
    """A `requests` call without `timeout=` waits for ever when the server stops answering.

    `requests` has no default timeout: a connection that hangs blocks the thread until the process
    is killed.  A completion may take a minute, so the limit must not be too small; `timeout=60`
    bounds the wait for the connection and for each part of the answer, not the whole call.  httpx
    (5 s), aiohttp (300 s) and the SDK's clients (600 s) have limits of their own.

    ## Fix safety
    Unsafe: `timeout=60` is added; an answer that takes longer to begin raises `ReadTimeout`.

    ## References
    - https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
    """

    code = "OAI401"
    message = "`{what}` has no timeout: a hung connection blocks for ever; pass `timeout=60`"
    severity = Severity.ERROR
    fixes = "Add `timeout=60`"
    examples = (
        Example(
            bad=(
                "import requests\n\n"
                'answer = requests.get("https://api.openai.com/v1/models", headers=headers())\n'
            ),
            good=(
                "import requests\n\n"
                'answer = requests.get("https://api.openai.com/v1/models", headers=headers(), '
                "timeout=60)\n"
            ),
        ),
    )

    def check(self, raw: RawCall, file: File) -> Iterator[Finding]:
        """Report a request to OpenAI or Azure whose timeout is certainly not given."""
        if raw.library != "requests" or not raw.host.is_ours or not raw.call.lacks("timeout"):
            return
        if raw.made is not None and any(
            setting.made is raw.made and setting.name == "mount"
            for setting in file.all(HttpSetting)
        ):
            return
        what = file.code(raw.call.func.node)
        fix = Insert(raw.node, ("timeout=60",))
        yield self.found(raw, fix=fix, confidence=raw.confidence, what=_short(what))


def _short(code: str) -> str:
    return code if len(code) <= 40 and "\n" not in code else "requests"
