"""The server as a process: how it starts, what it bears, how it ends."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

import pytest

from tests.server_client import DOUBLE, ENVIRONMENT, REAL

PATIENCE = 20
Message = dict[str, Any]


class Conversation:
    """A server and what it says, read strictly: nothing but frames may come."""

    def __init__(self, command: Sequence[str], port: int | None = None) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.input: IO[bytes] = self.process.stdin
        self.output: IO[bytes] = self.process.stdout
        self.connection: socket.socket | None = None
        if port is not None:
            self.connection = self._connected(port)
            self.input = self.connection.makefile("wb")
            self.output = self.connection.makefile("rb")
        self.replies: dict[int, Message] = {}
        self.notifications: list[Message] = []
        self._messages: Queue[Message | None] = Queue()
        self._count = 0
        Thread(target=self._read, daemon=True).start()
        assert self.process.stderr is not None
        self.stderr = b""
        self._errors = Thread(target=self._drain, daemon=True)
        self._errors.start()

    def _connected(self, port: int) -> socket.socket:
        for _ in range(PATIENCE * 20):
            try:
                return socket.create_connection(("127.0.0.1", port))
            except ConnectionRefusedError:
                assert self.process.poll() is None, "the server is gone"
                time.sleep(0.05)
        raise AssertionError("nobody listens")

    def _drain(self) -> None:
        assert self.process.stderr is not None
        self.stderr = self.process.stderr.read()

    def _read(self) -> None:
        stream = self.output
        while line := stream.readline():
            length = 0
            while line.strip():
                name, _, value = line.decode("ascii").partition(":")
                if name == "Content-Length":
                    length = int(value)
                elif name != "Content-Type":
                    self._messages.put({"garbage": line})
                line = stream.readline()
            self._messages.put(json.loads(stream.read(length)) if length else {"garbage": line})
        self._messages.put(None)

    def write(self, data: bytes) -> None:
        self.input.write(data)
        self.input.flush()

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def notify(self, method: str, **params: Any) -> None:
        self.send(method=method, params=params)

    def request(self, method: str, params: Any = None) -> int:
        self._count += 1
        self.send(id=self._count, method=method, params=params)
        return self._count

    def ask(self, method: str, params: Any = None) -> Any:
        message = self.answer(self.request(method, params))
        assert "error" not in message, message
        return message["result"]

    def answer(self, number: int) -> Message:
        while number not in self.replies:
            self._next()
        return self.replies[number]

    def notification(self, method: str, count: int = 1) -> list[Message]:
        while len(found := [m for m in self.notifications if m["method"] == method]) < count:
            self._next()
        return found

    def _next(self) -> None:
        try:
            message = self._messages.get(timeout=PATIENCE)
        except Empty:
            raise AssertionError("the server says nothing") from None
        assert message is not None, "the server is gone"
        assert "garbage" not in message, message
        if "method" not in message:
            self.replies[message["id"]] = message
        elif "id" in message:
            self.send(id=message["id"], error={"code": -32601, "message": "never heard of it"})
        else:
            self.notifications.append(message)

    def begin(self, **capabilities: Any) -> Any:
        result = self.ask("initialize", {"capabilities": capabilities, "processId": None})
        self.notify("initialized")
        return result

    def open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "python", "version": 0, "text": text}
        self.notify("textDocument/didOpen", textDocument=document)

    def change(self, uri: str, version: int, text: str) -> None:
        document = {"uri": uri, "version": version}
        self.notify(
            "textDocument/didChange", textDocument=document, contentChanges=[{"text": text}]
        )

    def hang_up(self) -> int:
        self.input.close()
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(PATIENCE)
        self._errors.join(PATIENCE)
        while (message := self._messages.get(timeout=PATIENCE)) is not None:
            assert "garbage" not in message, message
        return code


@contextmanager
def conversation(
    command: Sequence[str] = DOUBLE, port: int | None = None
) -> Iterator[Conversation]:
    found = Conversation(command, port)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.wait()


POSITIONAL_KEY = 'from openai import OpenAI\n\nx = "\U0001f600"; client = OpenAI("k" * 9)\n'


def test_the_command_speaks_the_protocol() -> None:
    with conversation(REAL) as talk:
        capabilities = talk.begin()["capabilities"]
        assert capabilities["positionEncoding"] == "utf-16"
        assert capabilities["textDocumentSync"]["change"] == 1
        assert capabilities["codeActionProvider"]["codeActionKinds"] == [
            "quickfix",
            "source.fixAll.oai-lint",
            "notebook.source.fixAll.oai-lint",
        ]
        talk.open("file:///somewhere/x.py", POSITIONAL_KEY)
        (message,) = talk.notification("textDocument/publishDiagnostics")
        assert message["params"]["version"] == 0
        (found,) = message["params"]["diagnostics"]
        assert found["code"] == "OAI111"
        assert found["source"] == "oai-lint"
        line = found["range"]["start"]["line"]
        start, end = found["range"]["start"]["character"], found["range"]["end"]["character"]
        text = POSITIONAL_KEY.split("\n")[line].encode("utf-16-le")
        assert "OpenAI" not in text[: start * 2].decode("utf-16-le").partition("=")[0]
        assert text[start * 2 : end * 2].decode("utf-16-le").strip()
        assert talk.ask("shutdown") is None
        talk.notify("exit")
        assert talk.wait() == 0
        assert b"Traceback" not in talk.stderr


def test_an_editor_that_counts_bytes_without_saying_so_is_served() -> None:
    with conversation([*REAL, "--position-encoding", "utf-8"]) as talk:
        capabilities = talk.begin(general={"positionEncodings": ["utf-16"]})["capabilities"]
        assert capabilities["positionEncoding"] == "utf-8"
        talk.open("file:///somewhere/x.py", POSITIONAL_KEY)
        (message,) = talk.notification("textDocument/publishDiagnostics")
        (found,) = message["params"]["diagnostics"]
        where = found["range"]
        line = POSITIONAL_KEY.split("\n")[where["start"]["line"]].encode()
        assert line[where["start"]["character"] : where["end"]["character"]] == b'"k" * 9'


def test_shutdown_twice() -> None:
    with conversation() as talk:
        talk.begin()
        assert talk.ask("shutdown") is None
        assert talk.ask("shutdown") is None
        where = {"textDocument": {"uri": "x"}, "position": {"line": 0, "character": 0}}
        late = talk.answer(talk.request("textDocument/hover", where))
        assert late["error"]["code"] == -32600
        talk.notify("exit")
        assert talk.wait() == 0


def test_shutdown_while_much_is_under_way() -> None:
    with conversation() as talk:
        talk.begin()
        asked = []
        for name in "abc":
            document = {"uri": f"file:///somewhere/{name}.py"}
            talk.open(document["uri"], "slow()\nsoft_flaw()\n")
            command = {"command": "oai-lint.applyFixes", "arguments": [document]}
            asked.append(talk.request("workspace/executeCommand", command))
            where = {"line": 0, "character": 0}
            place = {"textDocument": document, "position": where}
            asked.append(talk.request("textDocument/hover", place))
            talk.notify("workspace/didChangeConfiguration", settings={})
        assert talk.ask("shutdown") is None
        assert {talk.answer(number)["error"]["code"] for number in asked} == {-32800}
        talk.notify("exit")
        assert talk.wait() == 0
        assert b"Traceback" not in talk.stderr


def test_exit_without_shutdown_is_an_error() -> None:
    with conversation() as talk:
        talk.begin()
        talk.notify("exit")
        assert talk.wait() == 1
        assert b"Traceback" not in talk.stderr


@pytest.mark.parametrize("begun", [False, True])
def test_closed_stdin_ends_it(begun: bool) -> None:
    with conversation() as talk:
        if begun:
            talk.begin()
            talk.open("file:///somewhere/x.py", "slow()\nsoft_flaw()\n")
        assert talk.hang_up() == 0
        assert b"Traceback" not in talk.stderr


def test_a_client_that_is_gone_ends_it() -> None:
    with conversation() as talk:
        talk.begin()
        assert talk.process.stdout is not None
        talk.open("file:///somewhere/x.py", "slow()\nsoft_flaw()\n")
        talk.process.stdin.close()  # type: ignore[union-attr]
        assert talk.process.wait(PATIENCE) == 0


def test_what_is_printed_does_not_reach_the_client() -> None:
    with conversation() as talk:
        talk.begin()
        talk.open("file:///somewhere/x.py", "print()\nsoft_flaw()\n")
        talk.notification("textDocument/publishDiagnostics")
        talk.ask("shutdown")
        talk.notify("exit")
        assert talk.wait() == 0
        assert b"this must not reach the client" in talk.stderr


def test_garbage_frames() -> None:
    with conversation() as talk:
        talk.begin()
        for body in (b"{", b"[]", b"5", b"null", b'"x"', b"\xff\xfe", b'{"jsonrpc": "1.0"}'):
            talk.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        talk.write(b"hello\r\nwho is there\r\n\r\n")
        talk.notify("textDocument/didChange", nothing="of use")
        talk.notify("textDocument/didOpen")
        talk.notify("no/suchThing", a=1)
        talk.change("file:///never/opened.py", 3, "soft_flaw()\n")
        senseless = talk.answer(talk.request("textDocument/hover", {"position": "here"}))
        assert senseless["error"]["code"] == -32602
        unknown = talk.answer(talk.request("no/suchRequest", {"a": 1}))
        assert unknown["error"]["code"] == -32601
        talk.open("file:///somewhere/x.py", "soft_flaw()\n")
        (message,) = talk.notification("textDocument/publishDiagnostics")
        assert len(message["params"]["diagnostics"]) == 1
        assert not [m for m in talk.notifications if m["method"] == "window/showMessage"]
        command = talk.answer(talk.request("workspace/executeCommand", {"command": "no.such"}))
        assert command["error"]["code"] == -32602
        assert talk.hang_up() == 0
        assert b"Traceback" not in talk.stderr


def test_failures_send_no_traceback() -> None:
    with conversation() as talk:
        talk.begin()
        talk.open("file:///somewhere/x.py", "crash()\n")
        document = {"uri": "file:///somewhere/x.py"}
        where = {"line": 0, "character": 0}
        talk.ask("textDocument/hover", {"textDocument": document, "position": where})
        broken = {"textDocument": document, "position": {"line": 10**6, "character": 10**6}}
        talk.ask("textDocument/hover", broken)
        talk.ask("codeAction/resolve", {"title": "?", "data": {"do": "fix-rule", "uri": 5}})
        talk.ask("codeAction/resolve", {"title": "?", "data": [1]})
        talk.notification("textDocument/publishDiagnostics")
        shown = [m for m in talk.notifications if m["method"] == "window/showMessage"]
        assert len(shown) == 1
        everything = [*talk.replies.values(), *talk.notifications]
        assert all("Traceback" not in json.dumps(message) for message in everything)


def test_the_loop_stays_free_while_the_engine_works() -> None:
    with conversation() as talk:
        talk.begin()
        talk.open("file:///somewhere/slow.py", "slow()\nsoft_flaw()\n")
        position = {"line": 0, "character": 30}
        talk.open("file:///somewhere/x.py", "x = 1  # oai-lint: ignore[soft]\n")
        items = talk.ask(
            "textDocument/completion",
            {"textDocument": {"uri": "file:///somewhere/x.py"}, "position": position},
        )["items"]
        assert any(item["label"] == "soft-flaw" for item in items)
        assert not talk.notifications, "the answer did not wait for the slow file"


def test_a_storm_of_edits_and_cancelled_requests() -> None:
    uri = "file:///somewhere/x.py"
    with conversation() as talk:
        talk.begin()
        talk.open(uri, "soft_flaw()\n")
        asked = []
        for version in range(1, 101):
            talk.change(uri, version, f"x = {version}\n" + "soft_flaw()\n" * (version % 7))
            where = {"line": 0, "character": 0}
            params = {
                "textDocument": {"uri": uri},
                "range": {"start": where, "end": where},
                "context": {"diagnostics": []},
            }
            asked.append(talk.request("textDocument/codeAction", params))
            talk.notify("$/cancelRequest", id=asked[-1])
        answers = [talk.answer(number) for number in asked]
        assert all("result" in a or a["error"]["code"] == -32800 for a in answers)
        while (last := talk.notifications[-1]["params"] if talk.notifications else {}).get(
            "version"
        ) != 100:
            talk._next()
        assert len(last["diagnostics"]) == 100 % 7
        assert len(talk.notifications) < 50, "every edit was checked, though each ended the last"


def test_text_that_would_end_the_parser() -> None:
    with conversation(REAL) as talk:
        talk.begin()
        talk.open("file:///somewhere/deep.py", f"import openai\nx = {'(' * 5000}{')' * 5000}\n")
        talk.open("file:///somewhere/line.py", f"import openai\nx = {'1 + ' * 20000}1\n")
        talk.open("file:///somewhere/null.py", "import openai\n\x00\n")
        talk.open("file:///somewhere/lone.py", "import openai\nx = '\ud800'\n")
        talk.open("file:///somewhere/x.py", POSITIONAL_KEY)
        found = talk.notification("textDocument/publishDiagnostics", 5)
        codes = {
            m["params"]["uri"].rpartition("/")[2]: [d["code"] for d in m["params"]["diagnostics"]]
            for m in found
        }
        assert codes["deep.py"] == codes["line.py"] == codes["null.py"] == ["OAI900"]
        assert codes["x.py"] == ["OAI111"]


def test_many_files_at_once() -> None:
    with conversation() as talk:
        talk.begin()
        for number in range(200):
            talk.open(f"file:///somewhere/{number}.py", "soft_flaw()\n" * (number % 3))
        found = talk.notification("textDocument/publishDiagnostics", 200)
        counts = {m["params"]["uri"]: len(m["params"]["diagnostics"]) for m in found}
        assert counts == {f"file:///somewhere/{n}.py": n % 3 for n in range(200)}
