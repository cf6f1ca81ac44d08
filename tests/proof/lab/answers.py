"""What the fake API says: bodies of the endpoints and of the errors, as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Scenario: TypeAlias = Literal[
    "ok",
    "401",
    "403",
    "404",
    "context-length",
    "409",
    "429",
    "429-no-retry",
    "quota",
    "500",
    "slow",
    "redirect",
    "html",
    "cut",
]
"""How the API behaves; `cut` breaks off in the middle of a body or stream."""

Json: TypeAlias = dict[str, Any]
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
RETRY_SOON = {"retry-after-ms": "20"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; a body in several pieces is an event stream."""

    status: int
    pieces: tuple[bytes, ...]
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def reply(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """Return a JSON answer."""
    return Answer(status, (json.dumps(body).encode(),), headers=headers or {})


def failure(
    status: int,
    message: str,
    kind: str,
    code: str | None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Return an error in the form the API gives it."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    return reply({"error": error}, status, headers)


QUOTA = (429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota")
RATE = (429, "Rate limit reached for requests.", "requests", "rate_limit_exceeded")

FAILURES: dict[str, Answer] = {
    "401": failure(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    "403": failure(
        403,
        "Country, region, or territory not supported",
        "request_forbidden",
        "unsupported_country_region_territory",
    ),
    "404": failure(404, "The model does not exist", "invalid_request_error", "model_not_found"),
    "context-length": failure(
        400,
        "This model's maximum context length is 8192 tokens.",
        "invalid_request_error",
        "context_length_exceeded",
    ),
    "409": failure(409, "Conflict", "server_error", None, RETRY_SOON),
    "429": failure(*RATE, RETRY_SOON),
    "429-no-retry": failure(*RATE, {"x-should-retry": "false"}),
    "quota": failure(*QUOTA, RETRY_SOON),
    "500": failure(500, "The server had an error.", "server_error", None, RETRY_SOON),
    "html": Answer(200, (b"<html>log in to the network</html>",)),
}

UNAUTHENTICATED = failure(401, "You didn't provide an API key.", "invalid_request_error", None)
UNREADABLE = failure(
    400,
    "We could not parse the JSON body of your request.",
    "invalid_request_error",
    None,
)


def unknown_url(method: str, path: str) -> Answer:
    """Return what the API says to a path that it does not serve."""
    return failure(404, f"Invalid URL ({method} {path})", "invalid_request_error", "unknown_url")


def events(*bodies: Json, done: bool, named: bool = False) -> Answer:
    """Return a server-sent event stream, a piece per event."""
    pieces = []
    for body in bodies:
        name = f"event: {body['type']}\n" if named else ""
        pieces.append(f"{name}data: {json.dumps(body)}\n\n".encode())
    if done:
        pieces.append(b"data: [DONE]\n\n")
    return Answer(200, tuple(pieces), "text/event-stream")


def chat(content: str | None) -> Answer:
    """Return a chat completion; without content it calls a tool."""
    message: Json = {"role": "assistant", "content": content}
    if content is None:
        function = {"name": "look_up", "arguments": "{}"}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
    reason = "tool_calls" if content is None else "stop"
    choice = {"index": 0, "finish_reason": reason, "message": message}
    return reply(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "gpt-4o-mini",
            "choices": [choice],
            "usage": USAGE,
        }
    )


def chat_stream(content: str | None) -> Answer:
    """Return the same as chunks: the role, the words, the end."""

    def chunk(delta: Json, reason: str | None = None) -> Json:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "gpt-4o-mini",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }

    words = [chunk({"content": word}) for word in _words(content or "")]
    return events(chunk({"role": "assistant"}), *words, chunk({}, "stop"), done=True)


def _words(text: str) -> Iterator[str]:
    for number, word in enumerate(text.split(" ")):
        yield word if number == 0 else f" {word}"


def completion(content: str | None) -> Answer:
    """Return a legacy completion."""
    choice = {"index": 0, "finish_reason": "stop", "text": content or "", "logprobs": None}
    return reply(
        {
            "id": "cmpl-1",
            "object": "text_completion",
            "created": 1,
            "model": "gpt-3.5-turbo-instruct",
            "choices": [choice],
            "usage": USAGE,
        }
    )


def response_body(content: str | None, status: str = "completed") -> Json:
    """Return a `Response` object of the responses endpoint."""
    part = {"type": "output_text", "text": content or "", "annotations": []}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "gpt-4o-mini",
        "status": status,
        "output": [{**message, "content": [part]}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
    }


def response_stream(content: str | None) -> Answer:
    """Return the events of a response: created, the text, completed."""
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    delta = {"type": "response.output_text.delta", "delta": content or "", **place}
    bodies: list[Json] = [
        {"type": "response.created", "response": response_body("", "in_progress")},
        delta,
        {"type": "response.completed", "response": response_body(content)},
    ]
    numbered = [{**body, "sequence_number": number} for number, body in enumerate(bodies)]
    return events(*numbered, done=False, named=True)


MODEL = {"id": "gpt-4o-mini", "object": "model", "created": 1, "owned_by": "openai"}
FILE = {
    "id": "file-1",
    "object": "file",
    "bytes": 3,
    "created_at": 1,
    "filename": "data.jsonl",
    "purpose": "batch",
    "status": "processed",
}
EMBEDDING = {
    "object": "list",
    "model": "text-embedding-3-small",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.25, 0.5]}],
    "usage": {"prompt_tokens": 1, "total_tokens": 1},
}
IMAGE = {"created": 1, "data": [{"url": "https://api.openai.com/image.png", "b64_json": "aGk="}]}
MODERATION = {
    "id": "modr-1",
    "model": "omni-moderation-latest",
    "results": [{"flagged": False, "categories": {}, "category_scores": {}}],
}
