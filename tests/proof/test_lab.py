"""The lab is an instrument: these tests check what it shows against facts known for each era."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.proof import eras
from tests.proof.eras import ERAS, Era, EraError
from tests.proof.lab import KEY, LOCAL_URL, PROXY_URL, Lab, LabError, Scenario, Timeouts, Tls

pytestmark = pytest.mark.proof

MODERN = [name for name, era in ERAS.items() if era.version >= (1,)]
NEWEST = "3.54.0"

CALL = 'chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hi"}])'
PLAIN = f"""
from openai import OpenAI

client = OpenAI()
print(client.{CALL}.choices[0].message.content)
"""
LEGACY = """
import os
import openai

openai.api_key = os.environ["OPENAI_API_KEY"]
messages = [{"role": "user", "content": "Hi"}]
answer = openai.ChatCompletion.create(model="gpt-3.5-turbo", messages=messages)
print(answer["choices"][0]["message"]["content"])
"""


def plain(era: str) -> str:
    """Return the plainest program of an era."""
    return PLAIN if ERAS[era].version >= (1,) else LEGACY


def transport(era: str) -> str:
    """Return the HTTP library under the SDK."""
    version = ERAS[era].version
    return "requests" if version < (1,) else "httpx" if version < (3,) else "httpx2"


@pytest.mark.parametrize("era", ERAS)
def test_a_plain_call_arrives_as_the_program_wrote_it(lab: Lab, era: str) -> None:
    run = lab.run(plain(era), era=era)

    assert run.ok, run.stderr
    assert run.stdout == "Hello there!\n"
    (request,) = run.requests
    assert (request.method, request.path, request.tls) == ("POST", "/v1/chat/completions", True)
    assert request.headers["host"] == "api.openai.com"
    assert request.authorization == f"Bearer {KEY}"
    assert not run.proxy_requests
    assert not run.blocked


@pytest.mark.parametrize("era", ERAS)
def test_the_effective_timeout_is_that_of_the_request_sent(lab: Lab, era: str) -> None:
    (timeout,) = lab.run(plain(era), era=era).timeouts

    assert timeout.library == transport(era)
    assert timeout.read == 600
    assert timeout.connect == (600 if era == "0.28.1" else 5)


def test_timeouts_of_raw_calls_are_seen_too(lab: Lab) -> None:
    run = lab.run(
        """
import asyncio, aiohttp, requests

URL = "https://api.openai.com/v1/models"

async def main():
    async with aiohttp.ClientSession() as session:
        await session.get(URL)
        await session.get(URL, timeout=aiohttp.ClientTimeout(total=7))

requests.get(URL)
requests.get(URL, timeout=(3, 10))
asyncio.run(main())
""",
        era=NEWEST,
    )

    assert run.timeouts == (
        Timeouts("requests"),
        Timeouts("requests", connect=3, read=10),
        Timeouts("aiohttp", connect=30, total=300),
        Timeouts("aiohttp", total=7),
    ), run.stderr


@pytest.mark.parametrize("era", MODERN)
def test_a_key_with_a_newline_is_a_connection_error_and_sends_nothing(lab: Lab, era: str) -> None:
    run = lab.run(
        f'from openai import OpenAI\nkey = open("key.txt").read()\nOpenAI(api_key=key).{CALL}',
        era=era,
        files={"key.txt": f"{KEY}\n"},
    )

    assert run.error == "openai.APIConnectionError"
    assert f"{transport(era)}.LocalProtocolError" in run.causes
    assert not run.requests


@pytest.mark.parametrize("era", ERAS)
def test_an_untrusted_certificate_is_refused(lab: Lab, era: str) -> None:
    run = lab.run(plain(era), era=era, tls="untrusted")

    name = "openai.error.APIConnectionError" if era == "0.28.1" else "openai.APIConnectionError"
    assert run.error == name
    assert "CERTIFICATE_VERIFY_FAILED" in run.stderr
    assert not run.requests


@pytest.mark.parametrize("era", MODERN)
def test_an_untrusted_certificate_passes_without_verification(lab: Lab, era: str) -> None:
    run = lab.run(
        "from openai import DefaultHttpxClient, OpenAI\n"
        f"OpenAI(http_client=DefaultHttpxClient(verify=False)).{CALL}",
        era=era,
        tls="untrusted",
    )

    assert run.ok, run.stderr
    assert len(run.requests) == 1


@pytest.mark.parametrize("era", ["1.55.3", "2.54.0", NEWEST])
def test_a_private_authority_can_be_trusted(lab: Lab, era: str) -> None:
    run = lab.run(plain(era), era=era, tls="untrusted", env={"SSL_CERT_FILE": "ca.pem"})

    assert run.ok, run.stderr


FAULTS: list[tuple[Tls, str]] = [
    ("wrong-name", "Hostname mismatch"),
    ("broken", "WRONG_VERSION_NUMBER"),
]


@pytest.mark.parametrize(("tls", "reason"), FAULTS)
def test_other_faults_of_tls_are_connection_errors(lab: Lab, tls: Tls, reason: str) -> None:
    run = lab.run(PLAIN, era=NEWEST, tls=tls)

    assert run.error == "openai.APIConnectionError"
    assert run.causes[0] == "httpx2.ConnectError"
    assert reason in run.stderr


@pytest.mark.parametrize("era", ERAS)
def test_a_proxy_in_the_environment_is_used(lab: Lab, era: str) -> None:
    run = lab.run(plain(era), era=era, env={"HTTPS_PROXY": PROXY_URL})

    assert run.ok, run.stderr
    (through,) = run.proxy_requests
    assert (through.method, through.target) == ("CONNECT", "api.openai.com:443")
    assert run.proxied == run.requests
    assert len(run.proxied) == 1


@pytest.mark.parametrize("era", ERAS)
def test_proxies_of_a_session_are_not_used(lab: Lab, era: str) -> None:
    session = f'import requests\nrequests.session().proxies.update({{"https": "{PROXY_URL}"}})\n'
    run = lab.run(session + plain(era), era=era)

    assert run.ok, run.stderr
    assert len(run.requests) == 1
    assert not run.proxy_requests


@pytest.mark.parametrize("era", MODERN)
def test_an_explicit_proxy_is_used_on_any_port_and_by_name(lab: Lab, era: str) -> None:
    for address in ("http://localhost:1080", "http://user:secret@proxy.example.com:3128"):
        run = lab.run(
            "from openai import DefaultHttpxClient, OpenAI\n"
            f"OpenAI(http_client=DefaultHttpxClient(proxy={address!r})).{CALL}",
            era=era,
        )
        assert run.ok, run.stderr
        assert run.proxied == run.requests
        assert bool(run.proxy_requests[0].authorization) == ("secret" in address)


def test_a_proxy_forwards_plain_requests(lab: Lab) -> None:
    run = lab.run(
        "import requests\n"
        'answer = requests.get("http://api.openai.com/v1/models", timeout=5,\n'
        f'    headers={{"Authorization": "Bearer {KEY}"}}, proxies={{"http": "{PROXY_URL}"}})\n'
        'print(answer.json()["data"][0]["id"])',
        era=NEWEST,
    )

    assert run.stdout == "gpt-4o-mini\n", run.stderr
    assert run.proxy_requests[0].target == "http://api.openai.com/v1/models"
    assert not run.requests[0].tls


def test_without_a_proxy_its_port_is_closed(lab: Lab) -> None:
    program = PLAIN.replace("OpenAI()", "OpenAI(max_retries=0)")
    run = lab.run(program, era=NEWEST, proxy=False, env={"HTTPS_PROXY": PROXY_URL})

    assert run.error == "openai.APIConnectionError"
    assert not run.requests


ERRORS: list[tuple[Scenario, str, int]] = [
    ("401", "openai.AuthenticationError", 1),
    ("403", "openai.PermissionDeniedError", 1),
    ("404", "openai.NotFoundError", 1),
    ("context-length", "openai.BadRequestError", 1),
    ("409", "openai.ConflictError", 3),
    ("429", "openai.RateLimitError", 3),
    ("429-no-retry", "openai.RateLimitError", 1),
    ("quota", "openai.RateLimitError", 3),
    ("500", "openai.InternalServerError", 3),
]


@pytest.mark.parametrize(("scenario", "error", "requests"), ERRORS)
def test_errors_are_raised_and_retried_as_the_sdk_does(
    lab: Lab, scenario: Scenario, error: str, requests: int
) -> None:
    run = lab.run(PLAIN, era=NEWEST, scenario=scenario)

    assert run.error == error
    assert run.exit_code == 1
    assert len(run.requests) == requests
    assert run.sockets.dropped == 0


def test_scenarios_follow_each_other(lab: Lab) -> None:
    run = lab.run(PLAIN, era=NEWEST, scenario=("500", "redirect", "ok"))

    assert run.ok, run.stderr
    assert [request.path for request in run.requests] == [
        "/v1/chat/completions",
        "/v1/chat/completions",
        "/v1/chat/completions?redirected=1",
    ]


def test_a_key_can_be_checked(lab: Lab) -> None:
    placeholder = {"OPENAI_API_KEY": "YOUR_API_KEY"}

    assert lab.run(PLAIN, era=NEWEST, env=placeholder).ok
    refused = lab.run(PLAIN, era=NEWEST, env=placeholder, check_key=True)
    assert refused.error == "openai.AuthenticationError"
    assert lab.run(PLAIN, era=NEWEST, check_key=True).ok


@pytest.mark.parametrize("era", MODERN)
def test_streams_arrive_in_pieces_and_can_break_off(lab: Lab, era: str) -> None:
    streamed = CALL.replace(")", ", stream=True)")
    program = (
        "from openai import OpenAI\n"
        f"for chunk in OpenAI().{streamed}:\n"
        '    print(chunk.choices[0].delta.content or "", end="|")'
    )

    assert lab.run(program, era=era).stdout == "|Hello| there!||"
    cut = lab.run(program, era=era, scenario="cut")
    wrapped = ERAS[era].version >= (3, 14)
    assert cut.error == (
        "openai.APIConnectionError" if wrapped else f"{transport(era)}.RemoteProtocolError"
    )


@pytest.mark.parametrize("era", ["2.54.0", NEWEST])
def test_every_endpoint_of_the_fake_api_satisfies_the_sdk(lab: Lab, era: str) -> None:
    run = lab.run(
        """
from openai import OpenAI

c = OpenAI()
print(c.responses.create(model="m", input="Hi").output_text)
for event in c.responses.create(model="m", input="Hi", stream=True):
    print(event.type)
print(c.completions.create(model="m", prompt="Hi").choices[0].text)
print(c.embeddings.create(model="m", input="Hi", encoding_format="float").data[0].embedding)
print(next(iter(c.models.list())).id, c.models.retrieve("m").id)
print(c.images.generate(prompt="Hi").data[0].b64_json)
print(c.audio.transcriptions.create(model="m", file=("a.mp3", b"ID3")).text)
print(c.audio.speech.create(model="m", voice="alloy", input="Hi").read())
print(c.moderations.create(input="Hi").results[0].flagged)
print(c.files.create(file=b"{}", purpose="batch").id, len(list(c.files.list())))
print(c.files.content("file-1").read(), c.files.delete("file-1").deleted)
""",
        era=era,
    )

    assert run.ok, run.stderr
    assert run.stdout.splitlines() == [
        "Hello there!",
        "response.created",
        "response.output_text.delta",
        "response.completed",
        "Hello there!",
        "[0.25, 0.5]",
        "gpt-4o-mini gpt-4o-mini",
        "aGk=",
        "Hello there!",
        "b'ID3'",
        "False",
        "file-1 1",
        "b'{}\\n' True",
    ]


def test_a_tool_call_has_no_content(lab: Lab) -> None:
    assert lab.run(PLAIN, era=NEWEST, content=None).stdout == "None\n"


def test_a_local_server_and_azure_answer_too(lab: Lab) -> None:
    run = lab.run(
        "from openai import AzureOpenAI, OpenAI\n"
        f"OpenAI(base_url={LOCAL_URL!r}).{CALL}\n"
        'AzureOpenAI(api_key="azure", api_version="2024-10-21",\n'
        f'    azure_endpoint="https://mine.openai.azure.com").{CALL}',
        era=NEWEST,
    )

    assert run.ok, run.stderr
    local, azure = run.requests
    assert not local.tls
    assert azure.headers["api-key"] == "azure"


ASYNC = f"""
import asyncio
from openai import AsyncOpenAI, OpenAI

async def main():
    CLIENT.{CALL}

asyncio.run(main())
"""


@pytest.mark.parametrize("era", ["1.55.3", "2.54.0", NEWEST])
def test_a_blocked_event_loop_shows(lab: Lab, era: str) -> None:
    blocking = lab.run(ASYNC.replace("CLIENT", "OpenAI()"), era=era, scenario="slow", delay=1.5)
    awaiting = lab.run(
        ASYNC.replace("CLIENT", "await AsyncOpenAI()"), era=era, scenario="slow", delay=1.5
    )

    assert blocking.ok and awaiting.ok, blocking.stderr + awaiting.stderr
    assert blocking.longest_stall is not None and blocking.longest_stall > 1.4
    assert awaiting.longest_stall is not None and awaiting.longest_stall < 1.4
    assert lab.run(PLAIN, era=era).longest_stall is None


@pytest.mark.parametrize("era", ["1.109.1", "2.54.0", NEWEST])
def test_what_is_left_open_is_counted(lab: Lab, era: str) -> None:
    program = f"""
import asyncio
from openai import AsyncOpenAI

async def main():
    for _ in range(3):
        client = AsyncOpenAI()
        await client.{CALL}
        CLOSE
        kept.append(client)

kept = []
asyncio.run(main())
"""
    dropped = lab.run(program.replace("CLOSE", "pass"), era=era)
    closed = lab.run(program.replace("CLOSE", "await client.close()"), era=era)

    assert (dropped.connections, dropped.sockets.made, dropped.sockets.peak) == (3, 3, 3)
    assert (dropped.sockets.at_end, dropped.sockets.dropped) == (3, 0)
    assert dropped.resource_warnings >= 3
    assert (closed.sockets.at_end, closed.resource_warnings) == (0, 0)


ESCAPES = {
    "name": 'import socket\nsocket.create_connection(("example.com", 80), 2)',
    "address": 'import socket\nsocket.create_connection(("192.0.2.1", 80), 2)',
    "low level": 'import _socket\n_socket.socket().connect(("192.0.2.1", 80))',
    "reverse look-up": 'import socket\nsocket.gethostbyaddr("192.0.2.1")',
    "datagram": (
        "import socket\n"
        's = socket.socket(type=socket.SOCK_DGRAM)\ns.sendto(b"x", ("192.0.2.1", 53))'
    ),
    "process": 'import subprocess\nsubprocess.run(["curl", "https://example.com"])',
    "shell": 'import os\nos.system("true")',
    "fork": "import os\nos.fork()",
}


@pytest.mark.parametrize("program", ESCAPES.values(), ids=ESCAPES)
def test_nothing_leaves_the_lab(lab: Lab, program: str) -> None:
    run = lab.run(program, era=NEWEST)

    assert run.exit_code == 1
    assert len(run.blocked) == 1


def test_a_program_may_talk_to_its_own_server_and_start_what_is_allowed(lab: Lab) -> None:
    run = lab.run(
        "import socket, subprocess\n"
        'server = socket.create_server(("127.0.0.1", 0))\n'
        'socket.create_connection(server.getsockname()).sendmsg([b"sent"])\n'
        "print(server.accept()[0].recv(4))\n"
        'print(subprocess.run(["cat", "a/b.txt"], capture_output=True, text=True).stdout)',
        era=NEWEST,
        programs=["cat"],
        files={"a/b.txt": "text"},
    )

    assert run.stdout == "b'sent'\ntext\n", run.stderr
    assert not run.blocked


def test_a_program_sees_its_own_world(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://192.0.2.1:1")
    run = lab.run(
        "import os, sys\n"
        "print(sorted(k for k in os.environ if 'PROXY' in k or 'OPENAI' in k))\n"
        "print(__name__, sys.argv == [__file__], 'tests' in sys.modules, os.listdir())\n"
        "import httpx",
        era=NEWEST,
        env={"OPENAI_API_KEY": None, "OPENAI_ORG_ID": "org"},
    )

    assert run.stdout.splitlines()[0] == "['OPENAI_ORG_ID']"
    assert run.stdout.splitlines()[1].startswith("__main__ True False")
    assert run.error == "ModuleNotFoundError"
    assert "bootstrap" not in run.stderr


def test_a_program_that_hangs_is_stopped_and_still_reports(lab: Lab) -> None:
    run = lab.run(PLAIN, era=NEWEST, scenario="slow", delay=60, limit=8)

    assert run.exit_code is None
    assert len(run.requests) == 1
    assert run.timeouts
    with pytest.raises(LabError):
        assert run.sockets


def test_runs_do_not_disturb_each_other(lab: Lab) -> None:
    lab.run(PLAIN, era=NEWEST)
    scenarios: list[Scenario] = ["ok", "401", "ok", "404"]
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda name: lab.run(PLAIN, era=NEWEST, scenario=name), scenarios))

    assert [run.ok for run in runs] == [True, False, True, False]
    assert all(len(run.requests) == 1 for run in runs)
    assert time.monotonic() - began < 15


BROKEN = Era("0.0.0", ("no-such-package-of-oai-lint==1",))


@pytest.mark.parametrize(("ci", "outcome"), [("", "Skipped"), ("true", "Failed")])
def test_an_era_that_cannot_be_built_skips_here_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
) -> None:
    def unavailable(era: Era) -> Path:
        raise EraError(f"{era.name}: no network")

    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(eras, "build", unavailable)
    with pytest.raises(BaseException, match="no network") as caught:
        eras.require(NEWEST)
    assert type(caught.value).__name__ == outcome


def test_a_failed_build_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(eras.CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setenv("UV_OFFLINE", "1")

    with pytest.raises(EraError, match="no-such-package-of-oai-lint"):
        eras.build(BROKEN)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
