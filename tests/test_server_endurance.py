"""What the server bears: masses, haste, silence, strangers; and the way over a socket."""

from __future__ import annotations

import socket
import subprocess
from typing import Any

import pytest

from tests.server_client import ENVIRONMENT, REAL
from tests.test_server_process import PATIENCE, POSITIONAL_KEY, conversation

PULLING: dict[str, Any] = {"textDocument": {"diagnostic": {}}}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_a_whole_session_over_tcp() -> None:
    port = free_port()
    with conversation([*REAL, "--tcp", str(port)], port) as talk:
        assert talk.begin()["serverInfo"]["name"] == "oai-lint"
        talk.open("file:///somewhere/x.py", POSITIONAL_KEY)
        (message,) = talk.notification("textDocument/publishDiagnostics")
        assert [d["code"] for d in message["params"]["diagnostics"]] == ["OAI111"]
        where = message["params"]["diagnostics"][0]["range"]
        actions = talk.ask(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": "file:///somewhere/x.py"},
                "range": where,
                "context": {"diagnostics": []},
            },
        )
        assert actions[0]["title"].endswith("[OAI111]")
        assert talk.ask("shutdown") is None
        talk.notify("exit")
        assert talk.wait() == 0
        assert b"Traceback" not in talk.stderr


def test_a_client_that_hangs_up_ends_a_server_on_tcp() -> None:
    port = free_port()
    with conversation([*REAL, "--tcp", str(port)], port) as talk:
        talk.begin()
        talk.open("file:///somewhere/x.py", POSITIONAL_KEY)
        talk.notification("textDocument/publishDiagnostics")
        assert talk.connection is not None
        talk.connection.shutdown(socket.SHUT_RDWR)
        assert talk.wait() == 0
        assert b"Traceback" not in talk.stderr


@pytest.mark.parametrize("port", ["taken", "70000", "-1"])
def test_a_port_that_cannot_be_had_is_said_in_a_line(port: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        number = str(holder.getsockname()[1]) if port == "taken" else port
        done = subprocess.run(
            [*REAL, "--tcp", number],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=ENVIRONMENT,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 2
    assert number.encode() in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_two_megabytes_do_not_keep_others_waiting() -> None:
    lines = [f'    "{number:06} {"x" * 90}",\n' for number in range(20_000)]
    text = "from openai import OpenAI\nDATA = [\n" + "".join(lines) + "]\nOpenAI(KEY)\n"
    assert len(text) > 2_000_000
    with conversation(REAL) as talk:
        talk.begin()
        talk.open("file:///somewhere/small.py", POSITIONAL_KEY)
        talk.notification("textDocument/publishDiagnostics")
        talk.open("file:///somewhere/big.py", text)
        words = talk.ask(
            "textDocument/completion",
            {
                "textDocument": {"uri": "file:///somewhere/small.py"},
                "position": {"line": 0, "character": 0},
            },
        )
        assert words is None
        assert len(talk.notifications) == 1, "the answer did not wait for the big file"
        for _ in range(5):  # the parser's time depends on what else the machine does
            try:
                message = talk.notification("textDocument/publishDiagnostics", 2)[1]
            except AssertionError as error:
                assert "says nothing" in str(error)
            else:
                break
        (found,) = message["params"]["diagnostics"]
        assert found["code"] == "OAI111"
        assert found["range"]["start"]["line"] == 20_003


def test_two_hundred_files_at_once_with_the_real_engine() -> None:
    with conversation(REAL) as talk:
        talk.begin()
        for number in range(200):
            text = f"# {number}\n{POSITIONAL_KEY}" + "OpenAI(KEY)\n" * (number % 3)
            talk.open(f"file:///somewhere/{number}.py", text)
        found = talk.notification("textDocument/publishDiagnostics", 200)
        counts = {m["params"]["uri"]: len(m["params"]["diagnostics"]) for m in found}
        assert counts == {f"file:///somewhere/{n}.py": 1 + n % 3 for n in range(200)}


def test_a_storm_of_pulls_most_of_them_cancelled() -> None:
    uri = "file:///somewhere/x.py"
    with conversation() as talk:
        talk.begin(**PULLING)
        talk.open(uri, "soft_flaw()\n")
        asked = []
        for version in range(1, 151):
            talk.change(uri, version, "soft_flaw()\n" * (version % 5))
            params = {"textDocument": {"uri": uri}}
            asked.append(talk.request("textDocument/diagnostic", params))
            if version % 10:
                talk.notify("$/cancelRequest", id=asked[-1])
        talk.notify("$/cancelRequest", id=10**6)
        answers = [talk.answer(number) for number in asked]
        assert all("result" in a or a["error"]["code"] == -32800 for a in answers)
        assert sum("result" in a for a in answers) >= 15
        talk.change(uri, 151, "soft_flaw()\n" * 3)
        report = talk.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert len(report["items"]) == 3
        assert not talk.notifications, "nothing is pushed to a client that pulls"


WHERE = {"line": 3, "character": 4}
NEVER_OPENED: list[tuple[str, dict[str, Any], Any]] = [
    ("textDocument/hover", {"position": WHERE}, None),
    ("textDocument/completion", {"position": WHERE}, None),
    ("textDocument/codeLens", {}, None),
    (
        "textDocument/codeAction",
        {"range": {"start": WHERE, "end": WHERE}, "context": {"diagnostics": []}},
        [],
    ),
    ("textDocument/diagnostic", {}, {"kind": "full", "items": []}),
]


URIS = ["file:///never/opened.py", "file:///", "", "x", "git:/x.py?ref", "file:///%zz%00.py"]


def test_documents_that_were_never_opened() -> None:
    with conversation(REAL) as talk:
        talk.begin()
        for uri in URIS:
            document = {"textDocument": {"uri": uri}}
            for method, params, expected in NEVER_OPENED:
                assert talk.ask(method, {**document, **params}) == expected, (uri, method)
            talk.notify("textDocument/didClose", **document)
            talk.notify("textDocument/didSave", **document)
            talk.change(uri, 1, "x")
            talk.open(uri, POSITIONAL_KEY)
            talk.open(uri, POSITIONAL_KEY)  # twice, without a word between
        talk.open("file:///somewhere/last.py", POSITIONAL_KEY)
        heard: set[str] = set()
        while "file:///somewhere/last.py" not in heard:
            talk._next()
            heard |= {m["params"]["uri"] for m in talk.notifications}
        assert talk.ask("shutdown") is None
        talk.notify("exit")
        assert talk.wait() == 0
        assert b"Traceback" not in talk.stderr


@pytest.mark.parametrize(
    "params",
    [
        {"capabilities": {}, "processId": None, "initializationOptions": [1, {"x": None}]},
        {"capabilities": {"general": {"positionEncodings": ["utf-7"]}}, "rootUri": None},
        {"capabilities": {}, "rootPath": "/nowhere", "rootUri": "file:///nowhere"},
        {"capabilities": {}, "workspaceFolders": [{"uri": "untitled:x", "name": "x"}]},
        {"capabilities": {"textDocument": {"codeAction": {}}, "workspace": {}}},
    ],
)
def test_odd_beginnings(params: dict[str, Any]) -> None:
    with conversation(REAL) as talk:
        assert talk.ask("initialize", params)["capabilities"]["positionEncoding"] == "utf-16"
        talk.notify("initialized")
        talk.open("file:///somewhere/x.py", POSITIONAL_KEY)
        (message,) = talk.notification("textDocument/publishDiagnostics")
        assert [d["code"] for d in message["params"]["diagnostics"]] == ["OAI111"]
        assert talk.hang_up() == 0
