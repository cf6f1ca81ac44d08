"""Results of 0.x were dicts; from 1.0 on they are objects: keys become attributes."""

from __future__ import annotations

import keyword
import re

from oai_lint.facts import ApiCall, File, Mapping, ResultUse
from oai_lint.patch import Change, Lead, Node, Tail

_STEP = re.compile(r"\.(?P<name>\w+)(?P<call>\(\))?|\[(?P<key>[^\]]*)\]")
# What is read under these names is no object of the SDK: a dict, text, a number, a list of them.
_PLAIN = frozenset({
    "metadata", "headers", "top_logprobs", "content", "text", "arguments", "embedding", "url",
    "b64_json", "id", "model", "object", "parsed", "name", "role", "finish_reason", "status",
    "filename", "logit_bias", "schema", "parameters", "attributes", "extra", "model_extra",
    "hyperparams", "type", "created", "created_at",
})  # fmt: skip
# May be None where the key was absent in 0.x; everything else is always there.
_OPTIONAL = frozenset({
    "content", "role", "function_call", "tool_calls", "finish_reason", "logprobs", "usage",
    "name", "arguments", "url", "b64_json", "revised_prompt", "refusal", "system_fingerprint",
    "error", "fine_tuned_model", "status_details", "audio", "text",
})  # fmt: skip
# Membership in text, lists and dicts is fine, so that needs more certainty.
_OBJECTS = frozenset({
    "", "delta", "message", "function_call", "usage", "choices", "data", "logprobs", "tool_calls",
    "function", "results", "response",
})  # fmt: skip
_ASKS = "isinstance("
_ALWAYS_TEXT = {"text": ("Completion.", "completions.create()", "Audio.", "audio.")}
_WITH_ERROR = ("responses.", "batches.", "fine_tuning.", "FineTuningJob.", "videos.")
_BINARY = ("audio.speech.create", "files.content", "files.retrieve_content", "File.download")
_RAW = ("with_raw_response", "with_streaming_response")


def is_object(use: ResultUse, call: ApiCall) -> bool:
    """Say whether what is read is certainly an object of the SDK, not a dict, text or list."""
    return not answers_text(call) and leads_to_object(
        use.origin, call.path, call.via, test=use.test
    )


def leads_to_object(
    origin: str, path: str, via: tuple[str, ...] = (), *, test: bool = False
) -> bool:
    """Say whether the steps from a call's result end with an object of the SDK.

    Args:
        origin: the call's path and the steps.
        path: of the call.
        via: the steps left out of the path.
        test: whether ``in`` is asked, which lists, dicts and texts answer too.
    """
    if path in _BINARY:
        return False
    steps = origin.partition("()")[2]
    position = 0
    name = ""
    parsed = False
    while position < len(steps):
        match = _STEP.match(steps, position)
        if match is None:
            return False
        position = match.end()
        if match["call"]:
            if match["name"] != "parse" or not any(step in _RAW for step in via):
                return False
            parsed = True
            continue
        key = match["name"] or (match["key"] or "").strip("'\"")
        if key.lstrip("-").isdigit() or key == "*":
            continue  # an element is what its list is of
        name = key
        if name in _PLAIN and not name.isdigit():
            return False
    if test and name not in _OBJECTS:
        return False
    return parsed or not any(step in _RAW for step in via)


def answers_text(call: ApiCall) -> bool:
    """Say whether a transcript comes as text."""
    kind = call.call["response_format"]
    return "audio." in call.path.lower() and kind is not None and "json" not in str(kind.literal)


def attribute(key: str) -> str | None:
    """Return the attribute for a key, or None where no attribute can be called so."""
    name = re.sub(r"[/-]", "_", key) if re.fullmatch(r"[a-z]+([/-][a-z]+)+", key) else key
    return name if name.isidentifier() and not keyword.iskeyword(name) else None


def attribute_changes(use: ResultUse) -> tuple[Change, ...] | None:
    """Return the changes that make an attribute of a dict-like read, or None where none does."""
    name = attribute(use.key)
    if name is None:
        return None
    if _may_be_absent(use) and (use.test or use.method):
        if use.test:
            answer = f', "{name}", None) is {"" if use.negative else "not "}None'
            opened = "getattr("
            return Lead(use.node, use.owner, (opened,)), Tail(use.owner, use.owner, (answer,))
        if use.default is None:
            answer = f', "{name}", None)'
            return (Tail(use.node, use.owner, (answer,), "getattr("),)
        return (Tail(use.node, use.owner, (f', "{name}", ', use.default.node, ")"), "getattr("),)
    if use.test:
        answer = f".{name} is {'' if use.negative else 'not '}None"
        return Lead(use.node, use.owner), Tail(use.owner, use.owner, (answer,))
    if use.default is None or use.default.literal is None or not _may_be_none(use):
        return (Tail(use.node, use.owner, (f".{name}",)),)
    if use.chain is not use.node:
        # `.get("message", {}).get(…)`: an empty dict has no attributes.
        return None
    if any(isinstance(value, Mapping) for value in use.default.values):
        return None
    default: Node = use.default.node
    if use.delimited:
        return (Tail(use.node, use.owner, (f".{name} or ", default)),)
    return (Tail(use.node, use.owner, (f".{name} or ", default, ")"), "("),)


def _may_be_absent(use: ResultUse) -> bool:
    """Say whether an object may be without the attribute, as most are without `error`."""
    return use.key == "error" and not use.origin.startswith(_WITH_ERROR)


def _may_be_none(use: ResultUse) -> bool:
    if use.key not in _OPTIONAL:
        return False
    return not use.origin.startswith(_ALWAYS_TEXT.get(use.key, ()) or ("\0",))


def uses_of(file: File, call: ApiCall) -> list[ResultUse]:
    """Return the dict-like reads of a call's result."""
    return [
        use
        for use in file.all(ResultUse)
        if use.made is call.node and is_object(use, call) and not asked(use, file)
    ]


def uses_through(file: File, node: Node, path: str) -> list[ResultUse]:
    """Return the dict-like reads of what a call gives that has a method called elsewhere.

    That is the call itself, which is given the method, or a call of what `functools.partial` made.
    """
    known = {id(call.node) for call in file.all(ApiCall)}
    return [
        use
        for use in file.all(ResultUse)
        if (use.made is node or id(use.made) not in known)
        and use.origin.partition("()")[0] == path
        and leads_to_object(use.origin, path, test=use.test)
        and not asked(use, file)
    ]


def asked(use: ResultUse, file: File) -> bool:
    """Say whether a condition asks first if what is read is a dict."""
    return asked_for(use.owner, file)


def asked_for(node: Node, file: File) -> bool:
    """Say whether a condition asks first if a node, or what it is read from, is a dict."""
    site = file.site(node)
    where = [code for code in (*site.conditions, file.code(site.statement)) if _ASKS in code]
    if not where:
        return False
    code = file.code(node)
    ends = [match.start() for match in re.finditer(r"[.\[(]", code)]
    owners = "|".join(re.escape(code[:end]) for end in (*ends, len(code)))
    question = re.compile(rf"isinstance\(\s*({owners})\s*,[^)]*\b([Dd]ict|Mapping)\b")
    return any(question.search(code) for code in where)
