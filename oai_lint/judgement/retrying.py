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
_LOOKS = re.compile(r"insufficient_quota|\.(code|type|body|error)\b|quota|billing", re.I)
_AGAIN = re.compile(r"\bsleep\b|\bcontinue\b|\bretry|\bretries\b|\battempt|\bbackoff\b")


def inspects(file: File, node: Node) -> bool:
    """Say whether code looks at what kind of error it was."""
    return bool(_LOOKS.search(file.code(node)))


def retries_quota(retry: Retry) -> bool:
    """Say whether a decorator retries the error that an empty account gives."""
    if retry.choosy:
        return False
    return not retry.classes or any(name in _BROAD for name in retry.classes)


def loop_retries(fact: Try, file: File) -> bool:
    """Say whether a loop tries API calls again after every such error."""
    if not fact.site.loops:
        return False
    nodes = {api.node for api in file.all(ApiCall) if api.host.is_ours}
    if not any(work.node in nodes for work in fact.work):
        return False
    for handler in fact.handlers:
        if _catches(handler):
            code = file.code(handler.node)
            return not handler.raises and not _LOOKS.search(code) and bool(_AGAIN.search(code))
    return False


def _catches(handler: Handler) -> bool:
    return handler.bare or any(caught.name in _BROAD for caught in handler.classes)
