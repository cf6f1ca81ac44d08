"""Programs of SDK 0.x give the same answer after their migration, on the SDKs they are now for.

Each is run with 0.28.1 as it is; then `oai-lint migrate` rewrites it, all of it, and it is run with
the newest SDK that the oldest target allows and with the newest of all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from oai_lint import engine
from oai_lint.config import Config, Selection
from oai_lint.migrate import RULES, SINCE_3, TARGETS
from oai_lint.patch import Safety
from oai_lint.source import Source
from oai_lint.target import Target, parse_range
from tests.proof.lab import LOCAL_URL, PROXY_URL, Lab, Run

pytestmark = pytest.mark.proof

OLD = "0.28.1"
NEW = {"1": "1.55.3", "3": "3.54.0"}
"""By what they are migrated to."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program of 0.x, what it prints, and the circumstances, as `Lab.run` takes them."""

    text: str
    prints: str
    scene: Mapping[str, Any] = field(default_factory=dict)


HEAD = """
import openai

messages = [{"role": "user", "content": "Hi"}]
"""

PROGRAMS: Mapping[str, Program] = {
    "subscripts": Program(
        HEAD
        + """
answer = openai.ChatCompletion.create(model="gpt-3.5-turbo", messages=messages, temperature=0)
choice = answer["choices"][0]
print(choice["message"]["content"], choice["finish_reason"], answer["usage"]["total_tokens"])
print(answer.choices[0].message["role"])
""",
        "Hello there! stop 2\nassistant\n",
    ),
    "get": Program(
        HEAD
        + """

def ask(prompt):
    return openai.ChatCompletion.create(
        model="gpt-3.5-turbo",  # cheap
        messages=[{"role": "user", "content": prompt}],
    )


reply = ask("Hi")
print(reply.get("choices")[0].get("message", {}).get("content", "").upper())
print("usage" in reply, reply.get("usage").get("prompt_tokens", 0))
""",
        "HELLO THERE!\nTrue 1\n",
    ),
    "stream": Program(
        HEAD
        + """
text = ""
for chunk in openai.ChatCompletion.create(model="gpt-3.5-turbo", messages=messages, stream=True):
    delta = chunk["choices"][0]["delta"]
    if "content" in delta:
        text += delta["content"]
    if chunk["choices"][0]["finish_reason"] == "stop":
        print(text)
    print(delta.get("role", "-"), end=" ")
""",
        "assistant - - Hello there!\n- ",
    ),
    "collected stream": Program(
        HEAD
        + """
chunks = []
parts = []
for chunk in openai.ChatCompletion.create(model="gpt-3.5-turbo", messages=messages, stream=True):
    chunks.append(chunk)
    parts.append(chunk["choices"][0]["delta"])
print("".join([part.get("content", "") for part in parts]), len(chunks))
""",
        "Hello there! 4\n",
    ),
    "embeddings": Program(
        HEAD
        + """

def embed(texts, engine="text-embedding-ada-002"):
    data = openai.Embedding.create(input=texts, model=engine)["data"]
    data = sorted(data, key=lambda item: item["index"])
    return [item["embedding"] for item in data]


print(embed(["a"]))
print(openai.Embedding.create(input="a", model="m")["data"][0]["embedding"][1])
""",
        "[[0.25, 0.5]]\n0.5\n",
    ),
    "acreate": Program(
        HEAD
        + """
import asyncio


async def ask(number):
    reply = await openai.ChatCompletion.acreate(model="gpt-3.5-turbo", messages=messages)
    return number, reply["choices"][0]["message"]["content"]


async def main():
    for number, text in await asyncio.gather(ask(1), ask(2)):
        print(number, text)
    async for chunk in await openai.ChatCompletion.acreate(
        model="gpt-3.5-turbo", messages=messages, stream=True
    ):
        print(chunk["choices"][0].get("delta", {}).get("content") or "", end="|")


asyncio.run(main())
""",
        "1 Hello there!\n2 Hello there!\n|Hello| there!||",
    ),
    "azure": Program(
        HEAD
        + """
openai.api_type = "azure"
openai.api_base = "https://mine.openai.azure.com/"
openai.api_version = "2024-06-01"
openai.api_key = "azure"
answer = openai.ChatCompletion.create(engine="my-chat", messages=messages)
print(answer["choices"][0]["message"]["content"])
""",
        "Hello there!\n",
    ),
    "retries": Program(
        HEAD
        + """
import time

from openai.error import APIError, InvalidRequestError, RateLimitError, Timeout


def ask():
    for attempt in range(4):
        try:
            return openai.ChatCompletion.create(model="gpt-3.5-turbo", messages=messages)
        except APIError:
            print("some error")
        except RateLimitError as error:
            print(attempt, error.http_status)
            time.sleep(0.01)
        except Timeout:
            print("slow")
        except InvalidRequestError:
            print("invalid")


print(ask()["choices"][0]["message"]["content"])
""",
        "0 429\n1 429\ninvalid\nHello there!\n",
        {"scenario": ("429-no-retry", "429-no-retry", "context-length", "ok")},
    ),
    "proxies": Program(
        HEAD
        + f"""
PROXY = {{"http": "{PROXY_URL}", "https": "{PROXY_URL}"}}
openai.proxy = PROXY
print(openai.ChatCompletion.create(model="m", messages=messages)["choices"][0]["message"].content)
""",
        "Hello there!\n",
    ),
    "moderation": Program(
        HEAD
        + """
result = openai.Moderation.create(input="fine")["results"][0]
print("flagged" if result["flagged"] else "passed", openai.Moderation.create("fine")["id"])
""",
        "passed modr-1\n",
    ),
    "image": Program(
        HEAD
        + """
picture = openai.Image.create(prompt="a cat", n=1, size="256x256")
print(picture["data"][0]["url"], picture.data[0].b64_json)
""",
        "https://api.openai.com/image.png aGk=\n",
    ),
    "audio": Program(
        HEAD
        + """
with open("speech.mp3", "rb") as speech:
    print(openai.Audio.transcribe("whisper-1", speech)["text"])
with open("speech.mp3", "rb") as speech:
    print(openai.Audio.translate(model="whisper-1", file=speech).text)
""",
        "Hello there!\nHello there!\n",
        {"files": {"speech.mp3": "ID3"}},
    ),
    "request timeout": Program(
        HEAD
        + """
OPTIONS = {"model": "gpt-3.5-turbo", "request_timeout": 11}
answer = openai.ChatCompletion.create(messages=messages, headers={"X-Team": "a"}, **OPTIONS)
print(answer["choices"][0]["message"]["content"])
""",
        "Hello there!\n",
    ),
    "partial": Program(
        HEAD
        + """
import functools

ask = functools.partial(openai.ChatCompletion.create, model="gpt-3.5-turbo", temperature=0)

reply = ask(messages=messages)
print(reply["choices"][0]["message"]["content"], reply["usage"]["total_tokens"])
print(ask(messages=messages, n=1)["choices"][0]["finish_reason"])
""",
        "Hello there! 2\nstop\n",
    ),
    "class": Program(
        HEAD
        + """

class Bot:
    def __init__(self):
        self.llm = openai
        self.cost = 0

    def ask(self, text):
        arguments = {"model": "gpt-3.5-turbo", "n": 1}
        arguments["messages"] = [*messages, {"role": "user", "content": text}]
        reply = self.llm.ChatCompletion.create(**arguments)
        usage = reply["usage"]
        self.cost += usage["prompt_tokens"] + usage["completion_tokens"]
        return reply["choices"][0]["message"]["content"]


bot = Bot()
print(bot.ask("Hi"), bot.cost)
""",
        "Hello there! 2\n",
    ),
    "own server": Program(
        HEAD
        + f"""
openai.api_key = "none"
openai.api_base = "{LOCAL_URL}"
reply = openai.Completion.create(model="llama", prompt="Hi", max_tokens=5, top_k=4)
print(reply["choices"][0]["text"].strip())
print([model["id"] for model in openai.Model.list()["data"]])
""",
        "Hello there!\n['gpt-4o-mini']\n",
    ),
    "messages among dicts": Program(
        HEAD
        + """
import json

for number in range(2):
    messages.append({"role": "user", "content": str(number)})
    reply = openai.ChatCompletion.create(model="m", messages=messages)
    messages.append(reply["choices"][0]["message"])
print(messages[-1]["content"], [message["role"] for message in messages])
print(json.dumps(messages, sort_keys=True), json.dumps(reply, sort_keys=True))
print(sorted(dict(reply["choices"][0])), {**reply.choices[0].message} == messages[-1])
""",
        "Hello there! ['user', 'user', 'assistant', 'user', 'assistant']\n"
        '[{"content": "Hi", "role": "user"}, {"content": "0", "role": "user"}, '
        '{"content": "Hello there!", "role": "assistant"}, {"content": "1", "role": "user"}, '
        '{"content": "Hello there!", "role": "assistant"}] '
        '{"choices": [{"finish_reason": "stop", "index": 0, "message": '
        '{"content": "Hello there!", "role": "assistant"}}], "created": 1, '
        '"id": "chatcmpl-1", "model": "gpt-4o-mini", "object": "chat.completion", '
        '"usage": {"completion_tokens": 1, "prompt_tokens": 1, "total_tokens": 2}}\n'
        "['finish_reason', 'index', 'message'] True\n",
    ),
    "dicts of another library": Program(
        HEAD
        + """

def llama(messages, stream=False):
    reply = {"choices": [{"delta": {"content": "Baa"}, "message": {"content": "Baa"}}]}
    return [reply] if stream else reply


for local in True, False:
    if local:
        chunks = llama(messages, stream=True)
        reply = llama(messages)
    else:
        chunks = openai.ChatCompletion.create(model="m", messages=messages, stream=True)
        reply = openai.ChatCompletion.create(model="m", messages=messages)
    for chunk in chunks:
        delta = chunk["choices"][0]["delta"]
        if "content" in delta:
            print(delta["content"], end="|")
    print(reply["choices"][0]["message"]["content"], "usage" in reply)
""",
        "Baa|Baa False\nHello| there!|Hello there! True\n",
    ),
    "jobs picked": Program(
        HEAD
        + """

def ask(raw):
    try:
        reply = openai.ChatCompletion.create(model="m", messages=messages)
    except OSError:
        return "no connection"
    if raw:
        return reply
    return reply["choices"][0]["message"]["content"], reply["usage"]["total_tokens"]


print(*ask(raw=False), ask(raw=True)["choices"][0]["message"]["content"])
models = [model for model in openai.Model.list()["data"] if model["id"].startswith("gpt")]
for model in models:
    print(model["id"], model["owned_by"])
""",
        "Hello there! 2 Hello there!\ngpt-4o-mini openai\n",
    ),
    "stream by hand": Program(
        HEAD
        + """
stream = openai.ChatCompletion.create(model="gpt-3.5-turbo", messages=messages, stream=True)
print(next(iter(stream))["choices"][0]["delta"].get("role"))
while True:
    chunk = next(stream, None)
    if chunk is None:
        break
    print(chunk["choices"][0]["delta"].get("content", ""), end="|")
""",
        "assistant\nHello| there!||",
    ),
    "annotations": Program(
        HEAD
        + """
TASK = {"name": "run", "parameters": {"type": "object", "properties": {}}}
messages = [{"role": "user", "content": "Hi"}]


def ask(model: str) -> str:
    options = {"temperature": 0, "model": model}
    turns = [{"role": "system", "content": "Be brief."}]
    turns.append({"role": "user", "content": "Hi"})
    for told in turns, messages:
        reply = openai.ChatCompletion.create(messages=told, functions=[TASK], **options)
    reply = openai.ChatCompletion.create(messages=turns, **options)
    reply = openai.ChatCompletion.create(messages=messages, **options)
    return reply["choices"][0]["message"]["content"]


print(ask("m"))
""",
        "Hello there!\n",
    ),
    "dict given on": Program(
        HEAD
        + """
history = list(messages)
message = openai.ChatCompletion.create(model="m", messages=history)["choices"][0]["message"]
history.append({"role": message["role"], "content": message["content"]})
print(history[-1])
""",
        "{'role': 'assistant', 'content': 'Hello there!'}\n",
    ),
}


def migrated(text: str, to: str) -> str:
    """Return what `oai-lint migrate` makes of a program; nothing may be left to people."""
    codes = (*RULES, *(SINCE_3 if to == "3" else ()))
    target = Target().override(parse_range(TARGETS[to]), "command line")
    config = Config(selections=(Selection(select=codes),), target=target)
    fixed = engine.fix(Source("program.py", text), config, safety=Safety.UNSAFE)
    assert not fixed.left, (fixed.left, fixed.text)
    again = engine.fix(Source("program.py", fixed.text), config, safety=Safety.UNSAFE)
    assert again.text == fixed.text
    return fixed.text


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_migrated_program_gives_the_same_answer(lab: Lab, name: str) -> None:
    program = PROGRAMS[name]
    before = lab.run(program.text, era=OLD, **program.scene)
    assert before.ok and before.stdout == program.prints, before.stdout + before.stderr

    for to, era in NEW.items():
        text = migrated(program.text, to)
        after = lab.run(text, era=era, **program.scene)

        assert after.ok, f"{text}\n{after.stderr}"
        assert after.stdout == program.prints, text
        assert sent(after) == sent(before), text
        assert len(after.proxied) == len(before.proxied), text
        assert [limits.read for limits in after.timeouts] == [
            limits.read for limits in before.timeouts if limits.library == "requests"
        ] or "acreate" in program.text


def sent(run: Run) -> list[tuple[str, str, bool, str]]:
    """Return what the API was asked for, in a chat with all that was said before."""
    return sorted(
        (one.method, one.path.partition("?")[0], one.tls, said(one.body)) for one in run.requests
    )


def said(body: bytes) -> str:
    """Return the messages of a request; nothing of one that has none."""
    try:
        return json.dumps(json.loads(body)["messages"], sort_keys=True)
    except (KeyError, TypeError, ValueError):
        return ""
