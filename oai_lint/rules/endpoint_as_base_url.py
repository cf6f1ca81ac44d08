"""Base URLs that are none."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from oai_lint.facts import (
    ClientCopy,
    ClientInit,
    ClientSetting,
    EnvironmentWrite,
    Expr,
    File,
    Literal,
    ModuleSetting,
    Text,
    Value,
)
from oai_lint.fixes.spelling import rewritten
from oai_lint.knowledge.endpoints import fixed_urls
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
_OPENAI = re.compile(
    r"https?://(?:[\w-]+\.)?api\.openai\.com(?![\w.-])(?::443)?(?P<path>/[^?#]*)?", re.I
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)
_SCHEMELESS = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:/\S*)?|[\w.-]+:\d{2,5}(?:/\S*)?|/\S*",
                         re.I)  # fmt: skip
# On a foreign host `/models` or `/files` may be where the API lives; what creates is an endpoint.
_CREATING = tuple(
    sorted(
        (
            url
            for url in fixed_urls()
            if url
            in {
                "/chat/completions", "/completions", "/embeddings", "/responses", "/moderations",
                "/images/generations", "/images/edits", "/images/variations", "/audio/speech",
                "/audio/transcriptions", "/audio/translations",
            }
        ),
        key=len,
        reverse=True,
    )
)  # fmt: skip
_EVERY = tuple(sorted(fixed_urls() | {"/chat", "/engines"}, key=len, reverse=True))


class EndpointAsBaseUrl(
    Rule[ClientInit | ClientCopy | ClientSetting | ModuleSetting | EnvironmentWrite]
):
    """The SDK appends the endpoint to its base URL; this one cannot take it.

    `base_url="…/v1/chat/completions"` asks for `…/v1/chat/completions/chat/completions`, OpenAI's
    host without `/v1` for `/chat/completions`: `NotFoundError` in every SDK.  An empty text, a
    leading blank or a missing scheme is an `APIConnectionError` at the first call, after all
    retries.  The module's attribute needs a slash at its end: `openai.base_url = "https://h/v1"`
    asks for `/v1chat/completions`.  `OPENAI_BASE_URL` counts for clients without a `base_url=`.

    ## Fix safety
    Safe on OpenAI's host and for the slash of the module's attribute; unsafe on other hosts.

    ## References
    - https://github.com/openai/openai-python#module-level-client
    - https://platform.openai.com/docs/api-reference/introduction
    """

    code = "OAI604"
    message = "{what}: {happens}; {advice}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Write the base URL that the SDK needs"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                'client = OpenAI(base_url="https://api.openai.com/v1/chat/completions")\n'
            ),
            good=(
                "from openai import OpenAI\n\n"
                'client = OpenAI(base_url="https://api.openai.com/v1")\n'
            ),
        ),
        Example(
            bad=(
                "import openai\n\n"
                'openai.base_url = "https://api.openai.com/v1"\n'
                'openai.chat.completions.create(model="gpt-5.5", messages=[])\n'
            ),
            good=(
                "import openai\n\n"
                'openai.base_url = "https://api.openai.com/v1/"\n'
                'openai.chat.completions.create(model="gpt-5.5", messages=[])\n'
            ),
        ),
    )

    def check(
        self,
        fact: ClientInit | ClientCopy | ClientSetting | ModuleSetting | EnvironmentWrite,
        file: File,
    ) -> Iterator[Finding]:
        """Report base URLs that no request can be built on."""
        if fact.site.guarded:
            return
        if isinstance(fact, EnvironmentWrite):
            if fact.variable == "OPENAI_BASE_URL" and _is_read(file):
                yield from self._all(fact.value, file, Confidence.HIGH, module=False)
            return
        if isinstance(fact, (ClientSetting, ModuleSetting)):
            if fact.name == "base_url":
                module = isinstance(fact, ModuleSetting)
                yield from self._all(fact.value, file, Confidence.HIGH, module=module)
            return
        if fact.call["base_url"] is not None:
            yield from self._all(fact.call["base_url"].expr, file, fact.confidence, module=False)
        azure = fact.call["azure_endpoint"]
        if azure is not None:
            for value in azure.values:
                text = _text(value)
                if text is not None and _OPENAI.match(text):
                    yield self.found(
                        azure.expr,
                        confidence=fact.confidence,
                        what="This is OpenAI's own address, not an Azure resource",
                        happens="Azure's paths do not exist there",
                        advice="use `OpenAI()`",
                    )

    def _all(
        self, expr: Expr, file: File, confidence: Confidence, *, module: bool
    ) -> Iterator[Finding]:
        for value in expr.values:
            text = _text(value)
            if text is None or "..." in text or (not text.strip() and value.node is not expr.node):
                continue  # an empty default is to be filled in elsewhere
            wrong = _judge(text, value, file, module=module)
            if wrong is not None:
                yield self.found(
                    expr,
                    fix=() if wrong.change is None else wrong.change,
                    safety=wrong.safety,
                    confidence=min(confidence, value.confidence),
                    what=wrong.what,
                    happens=wrong.happens,
                    advice=wrong.advice,
                )


def _is_read(file: File) -> bool:
    """Say whether the SDK may ask the environment for its address."""
    inits = file.all(ClientInit)
    return file.imports("openai") and (
        not inits or any(init.call.lacks("base_url") and not init.is_azure for init in inits)
    )


class _Wrong(NamedTuple):
    what: str
    happens: str
    advice: str
    change: Change | None
    safety: Safety = Safety.SAFE


def _judge(text: str, value: Value, file: File, *, module: bool) -> _Wrong | None:
    if not text.strip():
        return _Wrong(
            "An empty `base_url`", "the first call fails to connect", "leave it out", None
        )
    if text != text.strip():
        change = rewritten(file, value, text, text.strip()) if "\n" not in text else None
        return _Wrong(
            "The base URL begins or ends with a blank",
            "no request reaches the API",
            "take it out",
            change,
        )
    ours = _OPENAI.match(text)
    if ours and _HOLE not in text:
        return _on_openai(text, ours["path"] or "", value, file, module=module)
    bare = text.split("?", 1)[0].rstrip("/")
    for url in _CREATING:
        if bare.endswith(url):
            change = _cut(file, value, text, text[: len(bare) - len(url)], module=module)
            return _Wrong(
                f"`base_url` ends in `{url}`",
                "the SDK appends it once more",
                "end it before that",
                change,
                Safety.UNSAFE,
            )
    if not _SCHEME.match(text) and _HOLE not in text:
        if not _SCHEMELESS.fullmatch(text):
            return None
        local = text.startswith(("localhost", "127.", "0.0.0.0", "192.168."))
        scheme = "http://" if local else "https://"
        change = None
        if not text.startswith("/"):
            change = rewritten(file, value, text, scheme + text)
        return _Wrong(
            "The base URL has no scheme",
            "the first call fails to connect",
            f"write `{scheme}` before it",
            change,
            Safety.UNSAFE,
        )
    return _without_slash(text, value, file) if module else None


def _on_openai(text: str, path: str, value: Value, file: File, *, module: bool) -> _Wrong | None:
    if "?" in text or "#" in text:
        return _Wrong(
            "The base URL has a query",
            "the endpoint lands behind it: 404",
            "use `default_query=`",
            None,
        )
    bare = path.rstrip("/")
    slash = "/" if module else ""
    if bare != "/v1":
        right = f"{text[: len(text) - len(path)]}/v1{slash}"
        change = rewritten(file, value, text, right)
        for url in _EVERY:
            if bare.endswith(url):
                return _Wrong(
                    f"`base_url` ends in `{url}`",
                    "the SDK appends the endpoint: 404",
                    f"write `{right}`",
                    change,
                )
        if not bare:
            return _Wrong(
                "The base URL lacks `/v1`", "every call ends in 404", f"write `{right}`", change
            )
        return None
    if path.endswith("//"):
        change = rewritten(file, value, text, text.rstrip("/") + slash)
        return _Wrong(
            "The base URL ends in two slashes", "every call ends in 404", "write one", change
        )
    return _without_slash(text, value, file) if module else None


def _without_slash(text: str, value: Value, file: File) -> _Wrong | None:
    if text.endswith(("/", _HOLE)):
        return None
    code = file.code(value.node)
    change = None
    if code[-1:] in ("'", '"'):
        size = 3 if code.endswith(('"""', "'''")) else 1
        change = Replace(value.node, (code[:-size] + "/" + code[-size:],))
    last = text.rsplit("/", 1)[-1].replace(_HOLE, "…")
    return _Wrong(
        "`openai.base_url` does not end in `/`",
        f"calls go to `…/{last}chat/completions`",
        "add the slash",
        change,
    )


def _text(value: Value) -> str | None:
    if isinstance(value, Text):
        return value.known
    if isinstance(value, Literal) and isinstance(value.value, str):
        return value.value
    return None


def _cut(file: File, value: Value, old: str, new: str, *, module: bool) -> Replace | None:
    """Write another URL where the whole of it, or its end, stands in the code."""
    if module and not new.endswith("/"):
        new += "/"
    if _HOLE not in old:
        return rewritten(file, value, old, new)
    tail = old[len(new.rstrip("/")) :]
    if not new.rstrip("/").endswith(_HOLE) or not tail:
        return None
    return rewritten(file, value, tail, "/" if module else "")
