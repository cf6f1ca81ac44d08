"""Judgement on retries, shared by the rules about them."""

from __future__ import annotations

import re

from oai_lint.facts import ApiCall, File, Handler, Retry, Try
from oai_lint.patch import Node

_BROAD = frozenset({
    "builtins.Exception", "builtins.BaseException", "openai.OpenAIError", "openai.APIError",
    "openai.APIStatusError", "openai.RateLimitError", "openai.error.OpenAIError",
    "openai.error.APIError", "openai.error.RateLimitError",
})  # fmt: skip
# `openai.error.…` and `logger.error(…)` look at nothing.
_LOOKS = re.compile(
    r"insufficient_quota|\.(code|type|body|http_body|json_body)\b|\.error\b(?!\(|\.(?-i:[A-Z]))"
    r"|quota|billing",
    re.I,
)
# The name of the rule itself says nothing about the code.
_SUPPRESSION = re.compile(r"#[ \t]*oai-lint:[^\r\n]*")
_AGAIN = re.compile(r"\bsleep\b|\bcontinue\b|\bretry|\bretries\b|\battempt|\bbackoff\b")


def inspects(file: File, node: Node) -> bool:
    """Say whether code looks at what kind of error it was."""
    return bool(_LOOKS.search(_code(file, node)))


def retries_quota(retry: Retry) -> bool:
    """Say whether a decorator retries the error that an empty account gives."""
    if retry.choosy:
        return False
    return not retry.classes or any(name in _BROAD for name in retry.classes)


def retrying_handler(fact: Try, file: File) -> Handler | None:
    """Return the handler for which a loop tries API calls again after every such error."""
    if not fact.site.loops:
        return None
    nodes = {api.node for api in file.all(ApiCall) if api.host.is_ours}
    if not any(work.node in nodes for work in fact.work):
        return None
    for handler in fact.handlers:
        if _catches(handler):
            code = _code(file, handler.node)
            blind = not handler.raises and not _LOOKS.search(code) and _AGAIN.search(code)
            return handler if blind else None
    return None


def _code(file: File, node: Node) -> str:
    return _SUPPRESSION.sub("", file.code(node))


def _catches(handler: Handler) -> bool:
    return handler.bare or any(caught.name in _BROAD for caught in handler.classes)
