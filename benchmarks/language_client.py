"""A client of the Language Server Protocol that costs next to nothing; it measures servers.

It speaks JSON as it is, without types, and answers what servers ask so that none waits.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

Message = dict[str, Any]

OURS = [sys.executable, "-m", "oai_lint", "server"]
RUFF = [str(Path(sys.executable).with_name("ruff")), "server"]

PATIENCE = 120.0
"""Seconds after which a silent server is given up."""


class Client:
    """One server and the files it was shown.

    Args:
        command: starts the server.
        root: the workspace's folder.
        pull: ask for diagnostics rather than wait for them.
        options: the initialization options.
    """

    def __init__(
        self, command: Sequence[str], root: Path, *, pull: bool, options: Message | None = None
    ) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._inbox: Queue[Message | None] = Queue()
        self._count = 0
        self._pull = pull
        self._versions: dict[str, int] = {}
        Thread(target=self._read, daemon=True).start()
        document: Message = {"publishDiagnostics": {"versionSupport": True}}
        if pull:
            document["diagnostic"] = {"dynamicRegistration": False}
        self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
                "capabilities": {"textDocument": document, "workspace": {"workspaceFolders": True}},
                "initializationOptions": options or {},
            },
        )
        self.notify("initialized", {})

    def open(self, uri: str, text: str) -> list[Any]:
        """Open a file and return its diagnostics."""
        self._versions[uri] = 1
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return self._diagnostics(uri)

    def change(self, uri: str, text: str) -> list[Any]:
        """Give a file another text and return its diagnostics."""
        self.send_change(uri, text)
        return self._diagnostics(uri)

    def send_change(self, uri: str, text: str) -> None:
        """Give a file another text."""
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        changes = [{"text": text}]
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def request_diagnostics(self, uri: str) -> int:
        """Ask for a file's diagnostics; ``answer`` has them."""
        return self.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})

    def _diagnostics(self, uri: str) -> list[Any]:
        if self._pull:
            return list(self.answer(self.request_diagnostics(uri))["items"])
        wanted = self._versions[uri]
        while True:
            message = self._next()
            if message.get("method") == "textDocument/publishDiagnostics":
                params = message["params"]
                if params["uri"] == uri and params.get("version") == wanted:
                    return list(params["diagnostics"])

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and return its result."""
        return self.answer(self.request(method, params))

    def request(self, method: str, params: Any) -> int:
        """Send a request and return its number."""
        self._count += 1
        self._send({"id": self._count, "method": method, "params": params})
        return self._count

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def answer(self, number: int) -> Any:
        """Return the result of a request; other messages that come before it are dropped."""
        return self.first_answer({number})[1]

    def first_answer(self, numbers: set[int]) -> tuple[int, Any]:
        """Return the first of several requests that is answered, and its result."""
        while True:
            message = self._next()
            if "method" not in message and message["id"] in numbers:
                if "error" in message:
                    raise RuntimeError(message["error"]["message"])
                return message["id"], message["result"]

    def leave(self) -> None:
        """End the session and wait for the server to be gone."""
        self.ask("shutdown", None)
        self.notify("exit", None)
        self.process.wait(PATIENCE)

    def _next(self) -> Message:
        message = self._inbox.get(timeout=PATIENCE)
        if message is None:
            raise RuntimeError("the server is gone")
        return message

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while line := stream.readline():
            length = 0
            while line.strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
                line = stream.readline()
            message = json.loads(stream.read(length))
            if "method" in message and "id" in message:
                asks_settings = message["method"] == "workspace/configuration"
                result = [None] * len(message["params"]["items"]) if asks_settings else None
                self._send({"id": message["id"], "result": result})
            else:
                self._inbox.put(message)
        self._inbox.put(None)


def first_diagnostics(command: Sequence[str], root: Path, text: str) -> float:
    """Return the seconds from starting a server to the diagnostics of the first file."""
    start = time.perf_counter()
    client = Client(command, root, pull=True)
    client.open((root / "first.py").as_uri(), text)
    taken = time.perf_counter() - start
    client.leave()
    return taken
