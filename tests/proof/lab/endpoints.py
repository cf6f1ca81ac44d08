"""The endpoints of the fake API: from a method, a path and a body to an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from tests.proof.lab import answers
from tests.proof.lab.answers import Answer, Json

Endpoint: TypeAlias = Callable[[Json, str | None], Answer]

AZURE = re.compile(r"^/openai/deployments/[^/]+(?=/)")
"""Azure puts the deployment where OpenAI has the version."""


def _chat(body: Json, content: str | None) -> Answer:
    return answers.chat_stream(content) if body.get("stream") else answers.chat(content)


def _response(body: Json, content: str | None) -> Answer:
    if body.get("stream"):
        return answers.response_stream(content)
    return answers.reply(answers.response_body(content))


def _fixed(body: Json) -> Endpoint:
    return lambda _, __: answers.reply(body)


def _list(*items: Json) -> Endpoint:
    return _fixed({"object": "list", "data": list(items), "has_more": False})


def _bytes(data: bytes, content_type: str) -> Endpoint:
    return lambda _, __: Answer(200, (data,), content_type)


def _text(_: Json, content: str | None) -> Answer:
    return answers.reply({"text": content or ""})


JSON_ENDPOINTS: dict[str, Endpoint] = {
    "/v1/chat/completions": _chat,
    "/v1/completions": lambda _, content: answers.completion(content),
    "/v1/responses": _response,
    "/v1/embeddings": _fixed(answers.EMBEDDING),
    "/v1/images/generations": _fixed(answers.IMAGE),
    "/v1/audio/speech": _bytes(b"ID3", "audio/mpeg"),
    "/v1/moderations": _fixed(answers.MODERATION),
}
"""What is posted with a JSON body."""

FORM_ENDPOINTS: dict[str, Endpoint] = {
    "/v1/audio/transcriptions": _text,
    "/v1/audio/translations": _text,
    "/v1/files": _fixed(answers.FILE),
    "/v1/images/edits": _fixed(answers.IMAGE),
    "/v1/images/variations": _fixed(answers.IMAGE),
}
"""What is posted as a multipart form."""

READ_ENDPOINTS: tuple[tuple[re.Pattern[str], Endpoint], ...] = (
    (re.compile(r"/v1/models"), _list(answers.MODEL)),
    (re.compile(r"/v1/models/[^/]+"), _fixed(answers.MODEL)),
    (re.compile(r"/v1/files"), _list(answers.FILE)),
    (re.compile(r"/v1/files/[^/]+"), _fixed(answers.FILE)),
    (re.compile(r"/v1/files/[^/]+/content"), _bytes(b"{}\n", "application/octet-stream")),
    (re.compile(r"/v1/chat/completions"), _list()),
)
"""What is read with GET."""


def answer(method: str, path: str, body: bytes, content: str | None) -> Answer:
    """Return what the API answers to an authenticated request."""
    path = AZURE.sub("/v1", path)
    if method == "POST" and path in JSON_ENDPOINTS:
        parsed = _parse(body)
        return answers.UNREADABLE if parsed is None else JSON_ENDPOINTS[path](parsed, content)
    if method == "POST" and path in FORM_ENDPOINTS:
        return FORM_ENDPOINTS[path]({}, content)
    if method == "GET":
        for pattern, endpoint in READ_ENDPOINTS:
            if pattern.fullmatch(path):
                return endpoint({}, content)
    if method == "DELETE" and re.fullmatch(r"/v1/(files|models)/[^/]+", path):
        return answers.reply({"id": path.rpartition("/")[2], "object": "file", "deleted": True})
    return answers.unknown_url(method, path)


def _parse(body: bytes) -> Json | None:
    try:
        parsed: Any = json.loads(body or b"{}")
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
