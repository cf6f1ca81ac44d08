"""Programs that ask the API by hand give the same answer once the SDK asks for them.

Each is run as it is; then the fixes of `raw-api-request` rewrite it, all of it, and it is run with
an old and with the newest SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from oai_lint import engine, rules
from oai_lint.config import Config, Selection
from oai_lint.patch import Safety
from oai_lint.source import Source
from tests.proof.lab import Lab, Run

pytestmark = pytest.mark.proof

rules.load()

BEFORE = "2.54.0"
"""What the programs are run with as they are; it has httpx."""

AFTER = ("1.55.3", "3.54.0")
LIBRARIES = ("requests", "httpx", "aiohttp", "urllib.request")


@dataclass(frozen=True, slots=True)
class Program:
    """A program, what it prints, and the circumstances, as `Lab.run` takes them."""

    text: str
    prints: str
    scene: Mapping[str, Any] = field(default_factory=dict)


def program(text: str) -> str:
    """Return a program with the modules that it uses."""
    used = [name for name in ("asyncio", "json", "os", *LIBRARIES) if f"{name}." in HEAD + text]
    return "".join(f"import {name}\n" for name in used) + HEAD + text


HEAD = """
V1 = "https://api.openai.com/v1"
AUTH = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
ASKED = [{"role": "user", "content": "Hi"}]

"""

STATUS = program("""
def ask():
    response = requests.post(
        f"{V1}/chat/completions", headers=AUTH, json={"model": "gpt-4o-mini", "messages": ASKED}
    )
    if response.status_code == 200:
        return response.json()["choices"][0]["message"]["content"]
    else:
        return response.status_code, response.ok, response.reason, response.json()["error"]["code"]


print(ask())
""")

EARLY = program("""
def ask():
    response = requests.post(
        f"{V1}/chat/completions", headers=AUTH, json={"model": "gpt-4o-mini", "messages": ASKED}
    )
    if response.status_code != 200:
        print(response.status_code, response.json()["error"]["code"])
        return None
    return response.json()["choices"][0]["message"]["content"]


print(ask())
""")

HANDLERS = program("""
def ask():
    try:
        response = requests.post(
            f"{V1}/chat/completions", headers=AUTH, json={"model": "gpt-4o-mini", "messages": ASKED}
        )
        response.raise_for_status()
        return response.json()["choices"][0]["message"]["content"]
    except requests.exceptions.Timeout:
        return "late"
    except requests.exceptions.HTTPError as failure:
        return failure.response.status_code
    except requests.RequestException:
        return "failed"


print(ask())
""")

BY_KEY = program("""
def ask():
    try:
        response = requests.post(
            f"{V1}/chat/completions", headers=AUTH, json={"model": "gpt-4o-mini", "messages": ASKED}
        )
        return response.json()["choices"][0]["message"]["content"]
    except KeyError as failure:
        return f"no {failure}"


print(ask())
""")

STREAM = program("""
def stream():
    r = requests.post(
        f"{V1}/chat/completions",
        headers=AUTH,
        json={"model": "gpt-4o-mini", "messages": ASKED, "stream": True},
        stream=True,
    )
    if r.status_code == 200:
        for line in r.iter_lines():
            if line.startswith(b"data: "):
                data = line[6:]
                if data == b"[DONE]":
                    break
                else:
                    yield json.loads(data)["choices"][0]["delta"].get("content", "")
    else:
        yield r.status_code, r.json()["error"]["code"]


print(list(stream()))
""")

AIOHTTP = program("""
async def ask():
    async with aiohttp.ClientSession() as session:
        body = {"model": "gpt-4o-mini", "messages": ASKED}
        async with session.post(f"{V1}/chat/completions", headers=AUTH, json=body) as resp:
            if resp.status != 200:
                return resp.status, (await resp.json())["error"]["code"]
            data = await resp.json()
            # the answer
            return data["choices"][0]["message"]["content"]


print(asyncio.run(ask()))
""")

ASKED_FOR_ERRORS = program("""
BODY = {"model": "gpt-4o-mini", "messages": ASKED}


def named():
    answer = requests.post(f"{V1}/chat/completions", headers=AUTH, json=BODY)
    data = answer.json()
    if "error" in data:
        return data["error"]["code"]
    return data["choices"][0]["message"]["content"]


def at_once():
    data = requests.post(f"{V1}/chat/completions", headers=AUTH, json=BODY).json()
    if data.get("error"):
        return data["error"]["code"]
    return data["choices"][0]["message"]["content"]


def lenient():
    answer = requests.post(f"{V1}/chat/completions", headers=AUTH, json=BODY)
    return [choice["message"]["role"] for choice in answer.json().get("choices", [])]


async def awaited():
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{V1}/chat/completions", headers=AUTH, json=BODY) as answer:
            data = await answer.json()
            return "refused" if "choices" not in data else len(data["choices"])


print(named(), at_once(), lenient(), asyncio.run(awaited()))
""")

PROGRAMS: Mapping[str, Program] = {
    "status": Program(STATUS, "Hello there!\n"),
    "status of an error": Program(
        STATUS, "(401, False, 'Unauthorized', 'invalid_api_key')\n", {"scenario": "401"}
    ),
    "early": Program(EARLY, "Hello there!\n"),
    "early, an error": Program(EARLY, "401 invalid_api_key\nNone\n", {"scenario": "401"}),
    "handlers": Program(HANDLERS, "Hello there!\n"),
    "handlers, an error": Program(HANDLERS, "401\n", {"scenario": "401"}),
    "key error": Program(BY_KEY, "no 'choices'\n", {"scenario": "401"}),
    "lines": Program(
        program("""
def stream():
    r = requests.post(
        f"{V1}/chat/completions",
        headers=AUTH,
        json={"model": "gpt-4o-mini", "messages": ASKED, "stream": True},
        stream=True,
    )
    for line in r.iter_lines():
        if line:
            line = line.decode("utf-8")
            if line.startswith("data: "):
                data = line[6:]
                if data == "[DONE]":
                    break
                delta = json.loads(data)["choices"][0]["delta"]
                if "content" in delta:
                    yield delta["content"]


print(list(stream()))
"""),
        "['Hello', ' there!']\n",
    ),
    "lines or an error": Program(STREAM, "['', 'Hello', ' there!', '']\n"),
    "lines or an error, an error": Program(
        STREAM, "[(401, 'invalid_api_key')]\n", {"scenario": "401"}
    ),
    "session": Program(
        program("""
def ask():
    session = requests.Session()
    session.headers.update(AUTH)
    models = session.get(f"{V1}/models")
    answer = session.post(
        f"{V1}/chat/completions", json={"model": "gpt-4o-mini", "messages": ASKED}
    )
    session.close()
    return models.json()["data"][0]["id"], answer.json()["choices"][0]["message"]["content"]


print(ask())
"""),
        "('gpt-4o-mini', 'Hello there!')\n",
    ),
    "session of an object": Program(
        program("""
class Bot:
    def __init__(self):
        self.session = requests.Session()
        key = os.environ["OPENAI_API_KEY"]
        self.session.headers["Authorization"] = f"Bearer {key}"

    def models(self):
        return self.session.get(f"{V1}/models").json()["data"][0]["id"]

    def ask(self):
        answer = self.session.post(
            f"{V1}/chat/completions", json={"model": "gpt-4o-mini", "messages": ASKED}
        )
        answer.raise_for_status()
        return answer.json()["choices"][0]["message"]["content"]

    def close(self):
        self.session.close()


bot = Bot()
print(bot.models(), bot.ask())
bot.close()
"""),
        "gpt-4o-mini Hello there!\n",
    ),
    "asynchronous session of an object": Program(
        program("""
class Bot:
    def __init__(self, key):
        self.http = httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=30.0)

    async def ask(self):
        body = {"model": "gpt-4o-mini", "messages": ASKED}
        answer = await self.http.post(f"{V1}/chat/completions", json=body)
        return answer.json()["choices"][0]["message"]["content"]

    async def close(self):
        await self.http.aclose()


async def main():
    bot = Bot(os.environ["OPENAI_API_KEY"])
    print(await bot.ask())
    await bot.close()


asyncio.run(main())
"""),
        "Hello there!\n",
    ),
    "httpx": Program(
        program("""
def ask(key):
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=V1, headers=headers, timeout=20.0) as http:
        answer = http.post("/chat/completions", json={"model": "gpt-4o-mini", "messages": ASKED})
        answer.raise_for_status()
        return answer.json()["choices"][0]["message"]["content"]


print(ask(os.environ["OPENAI_API_KEY"]))
"""),
        "Hello there!\n",
    ),
    "asynchronous httpx": Program(
        program("""
async def ask():
    async with httpx.AsyncClient(timeout=30.0) as http:
        body = {"model": "gpt-4o-mini", "messages": ASKED}
        r = await http.post(f"{V1}/chat/completions", headers=AUTH, json=body)
        r.raise_for_status()
        print(r.json()["choices"][0]["message"]["content"])
        async with http.stream(
            "POST", f"{V1}/chat/completions", headers=AUTH,
            json={"model": "gpt-4o-mini", "messages": ASKED, "stream": True},
        ) as r:
            async for line in r.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    delta = json.loads(line[6:])["choices"][0]["delta"]
                    print(delta.get("content", ""), end="|")


asyncio.run(ask())
"""),
        "Hello there!\n|Hello| there!||",
    ),
    "urllib": Program(
        program("""
def ask():
    body = {"model": "gpt-4o-mini", "messages": ASKED}
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{V1}/chat/completions", data=data, headers=AUTH)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        found = json.loads(answer.read().decode())
    return found["choices"][0]["message"]["content"]


print(ask())
"""),
        "Hello there!\n",
    ),
    "aiohttp": Program(AIOHTTP, "Hello there!\n"),
    "aiohttp, an error": Program(AIOHTTP, "(401, 'invalid_api_key')\n", {"scenario": "401"}),
    "asked whether it is an error": Program(
        ASKED_FOR_ERRORS, "Hello there! Hello there! ['assistant'] 1\n"
    ),
    "asked whether it is an error, an error": Program(
        ASKED_FOR_ERRORS, "invalid_api_key invalid_api_key [] refused\n", {"scenario": "401"}
    ),
    "files and sound": Program(
        program("""
def hear():
    with open("said.mp3", "rb") as f:
        answer = requests.post(
            f"{V1}/audio/transcriptions", headers=AUTH, files={"file": f},
            data={"model": "whisper-1"},
        )
    return answer.json()["text"]


def speak(text):
    body = {"model": "tts-1", "input": text, "voice": "nova"}
    answer = requests.post(f"{V1}/audio/speech", headers=AUTH, json=body)
    with open("said.mp3", "wb") as f:
        f.write(answer.content)
    return len(answer.content)


print(speak("Hi"), hear())
"""),
        "3 Hello there!\n",
    ),
}


def rewritten(text: str) -> str:
    """Return what the rule makes of a program; it has to leave no request by hand."""
    config = Config(selections=(Selection(select=("OAI601",)),))
    fixed = engine.fix(Source("program.py", text), config, safety=Safety.UNSAFE)
    assert not fixed.left, [diagnostic.message for diagnostic in fixed.left]
    assert not any(f"{library}." in fixed.text for library in LIBRARIES)
    return fixed.text


def said(run: Run) -> tuple[int | None, str]:
    return run.exit_code, run.stdout


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_sdk_gives_the_same_answer(lab: Lab, name: str) -> None:
    program = PROGRAMS[name]
    assert said(lab.run(program.text, era=BEFORE, **program.scene)) == (0, program.prints)
    text = rewritten(program.text)
    for era in AFTER:
        run = lab.run(text, era=era, **program.scene)
        assert said(run) == (0, program.prints), f"{era}\n{run.stderr}\n{text}"
