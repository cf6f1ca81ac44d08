"""Messages as pygls handles them, where the server does otherwise."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from oai_lint.server.app import build
from oai_lint.server.language_server import LintServer


class Sent:
    """Takes what the server would write."""

    def __init__(self) -> None:
        self.data: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.data.append(data)

    def close(self) -> None:
        """Nothing is open."""


def hear(server: LintServer, method: str, params: Any, **more: Any) -> None:
    message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
    server.protocol.handle_message(server.protocol.structure_message(message))


@pytest.mark.asyncio
async def test_messages_that_were_handled_are_forgotten() -> None:
    server, sent = build(), Sent()
    server.protocol.set_writer(sent)
    hear(server, "initialize", {"capabilities": {}, "processId": None}, id=1)
    hear(server, "initialized", {})
    where = {"uri": "untitled:a"}
    item = {**where, "languageId": "python", "version": 0, "text": "import openai\n"}
    hear(server, "textDocument/didOpen", {"textDocument": item})
    for version in range(1, 6):
        changed = {"textDocument": {**where, "version": version}, "contentChanges": [{"text": ""}]}
        hear(server, "textDocument/didChange", changed)
        hear(server, "textDocument/didSave", {"textDocument": where})
        position = {"line": 0, "character": 0}
        hear(
            server, "textDocument/hover", {"textDocument": where, "position": position}, id=version
        )
    hear(server, "workspace/didChangeConfiguration", {"settings": {}})
    hear(server, "textDocument/didClose", {"textDocument": where})
    async with asyncio.timeout(20):
        while server.protocol._request_futures:
            await asyncio.sleep(0.01)
    assert len(sent.data) >= 6
    server.session.close()


@pytest.mark.asyncio
async def test_shutdown_comes_between_a_question_and_its_answer() -> None:
    server, sent = build(), Sent()
    server.protocol.set_writer(sent)
    asking = {"workspace": {"configuration": True}}
    hear(server, "initialize", {"capabilities": asking, "processId": None}, id=1)
    hear(server, "initialized", {})
    async with asyncio.timeout(20):
        while not any(b"workspace/configuration" in data for data in sent.data):
            await asyncio.sleep(0.01)
    hear(server, "shutdown", None, id=2)
    (answer,) = (data for data in sent.data if b'"id": 2' in data or b'"id":2' in data)
    assert b"error" not in answer
    await asyncio.sleep(0)
    server.session.close()
