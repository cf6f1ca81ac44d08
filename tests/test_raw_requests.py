"""Requests that are left as they are: the finding says why."""

from __future__ import annotations

import ast
import re
import textwrap

import pytest

from oai_lint import engine, rules
from oai_lint.config import Config, Selection
from oai_lint.source import Source
from oai_lint.target import Target, parse_range

rules.load()

HEAD = """\
import json
import os
import aiohttp
import httpx
import requests
import urllib.request

URL = "https://api.openai.com/v1/chat/completions"
V1 = "https://api.openai.com/v1"
KEY = os.environ["OPENAI_API_KEY"]
AUTH = {"Authorization": f"Bearer {KEY}"}
DATA = json.dumps({"model": "gpt-5.5", "messages": []})


def ask(body, headers, path, given, seconds):
"""

LEFT = {
    "its headers cannot be read":
        "return requests.post(URL, headers=headers, json=body, timeout=9).json()",
    "its key cannot be read":
        'return requests.post(URL, headers={"Authorization": given}, json=body, timeout=9).json()',
    "its body cannot be read":
        "return requests.post(URL, headers=AUTH, json=make(), timeout=9).json()",
    "its body is written elsewhere":
        "return requests.post(URL, headers=AUTH, data=DATA, timeout=9).json()",
    "its form cannot be read":
        'return requests.post(f"{V1}/files", headers=AUTH, files=given, timeout=9).json()',
    "`top_k` is no parameter of the SDK":
        'odd = {"model": "gpt-5.5", "top_k": 3}\n'
        "return requests.post(URL, headers=AUTH, json=odd, timeout=9).json()",
    "its timeout cannot be read":
        "return requests.post(URL, headers=AUTH, json=body, timeout=seconds).json()",
    "`params=` has no counterpart":
        "return requests.post(URL, headers=AUTH, json=body, params=given, timeout=9).json()",
    "its arguments are not all seen":
        "return requests.post(URL, headers=AUTH, json=body, timeout=9, **given).json()",
    "it streams or not, as it comes":
        'r = requests.post(URL, headers=AUTH, json={"model": "m", "stream": given}, timeout=9)\n'
        "return r.json()",
    "its answer is handed on":
        "return requests.post(URL, headers=AUTH, json=body, timeout=9)",
    "its answer is used as a whole":
        "r = requests.post(URL, headers=AUTH, json=body, timeout=9)\n"
        "if r:\n    print(r.json())",
    "`r` may be something else where it is read":
        "r = requests.post(URL, headers=AUTH, json=body, timeout=9) if given else None\n"
        "if path:\n    r = requests.get(path, timeout=9)\n"
        "return r.json()",
    "its `url` is read":
        "r = requests.post(URL, headers=AUTH, json=body, timeout=9)\n"
        "print(r.url, r.json())",
    "its status is read before `raise_for_status()`":
        "try:\n    r = requests.post(URL, headers=AUTH, json=body, timeout=9)\n"
        "    print(r.status_code)\n    r.raise_for_status()\n"
        "except requests.HTTPError:\n    return None",
    "its errors are caught apart from it":
        "r = requests.post(URL, headers=AUTH, json=body, timeout=9)\n"
        "try:\n    r.raise_for_status()\nexcept requests.HTTPError:\n    return None",
    "its lines are read in a way of their own":
        'r = requests.post(URL, headers=AUTH, json={"model": "m", "stream": True}, timeout=9)\n'
        "for line in r.iter_lines():\n    print(line)",
    "its lines are read, but it does not ask for a stream":
        "r = requests.post(URL, headers=AUTH, json=body, stream=True, timeout=9)\n"
        "for line in r.iter_lines():\n    print(json.loads(line))",
    "what becomes of an error status is not seen":
        "try:\n    return requests.post(URL, headers=AUTH, json=body, timeout=9).json()\n"
        "except KeyError:\n    return None",
    "its handler reads `e.request`":
        "try:\n    return requests.post(URL, headers=AUTH, json=body, timeout=9).json()\n"
        "except requests.RequestException as e:\n    return e.request",
    "its answer is annotated":
        "r: requests.Response = requests.post(URL, headers=AUTH, json=body, timeout=9)\n"
        "return r.json()",
    "its handlers would not all be reached":
        "try:\n    return requests.post(URL, headers=AUTH, json=body, timeout=9).json()\n"
        "except requests.ConnectionError:\n    return 1\n"
        "except requests.Timeout:\n    return 2",
    "its session is used elsewhere":
        "s = requests.Session()\nkeep(s)\n"
        "return s.post(URL, headers=AUTH, json=body, timeout=9).json()",
    "its session is used for other hosts":
        's = requests.Session()\ns.get("https://example.com", timeout=9)\n'
        "return s.post(URL, headers=AUTH, json=body, timeout=9).json()",
    "its session is set up in a way of its own":
        "s = requests.Session()\ns.trust_env = False\n"
        "return s.post(URL, headers=AUTH, json=body, timeout=9).json()",
    "its key is not there yet where its session is built":
        "s = requests.Session()\nfor key in given:\n"
        '    h = {"Authorization": f"Bearer {key}"}\n'
        "    print(s.post(URL, headers=h, json=body, timeout=9).json())",
    "its proxy cannot be read":
        "return requests.post(URL, headers=AUTH, json=body, proxies=given, timeout=9).json()",
    "it is not seen how the request is sent":
        "q = urllib.request.Request(URL, json.dumps(body).encode(), AUTH)\nreturn send(q)",
    "its answer is not read as JSON at once":
        "q = urllib.request.Request(URL, json.dumps(body).encode(), AUTH)\n"
        "a = urllib.request.urlopen(q)\nreturn str(a.read())",
    "the endpoint is not fully known":
        'return requests.get(f"{V1}/models/{path}", headers=AUTH, timeout=9).json()',
}  # fmt: skip


def reports(text: str, target: Target | None = None) -> list[engine.Diagnostic]:
    config = Config(selections=(Selection(select=("OAI601",)),), target=target or Target())
    return [d for d in engine.check(Source("app.py", text), config) if d.code == "OAI601"]


@pytest.mark.parametrize(("reason", "body"), LEFT.items(), ids=LEFT)
def test_a_request_that_is_left_has_a_reason(reason: str, body: str) -> None:
    found = reports(HEAD + textwrap.indent(body, "    ") + "\n")
    assert [(d.message.partition(" (left as it is: ")[2], d.fix) for d in found] == [
        (f"{reason})", None)
    ] * len(found)
    assert found


@pytest.mark.parametrize("key", ["no key", 'a"b', "a\\b", "a\nb", "a\tb"])
def test_a_key_is_written_as_it_is_or_left_where_it_is(key: str) -> None:
    auth = {"Authorization": f"Bearer {key}"}
    body = f"return requests.post(URL, headers={auth!r}, json=body, timeout=9).json()"
    (found,) = reports(f"{HEAD}    {body}\n")
    if not key.isprintable():
        assert found.fix is None
        return
    assert found.fix is not None
    (written,) = re.findall(r"OpenAI\(api_key=(.*)\)", "".join(e.text for e in found.fix.edits))
    assert ast.literal_eval(written) == key


def test_a_request_of_an_object_with_a_key_of_its_own_is_left() -> None:
    found = reports(
        "import requests\n\n\nclass Bot:\n    def ask(self, body):\n"
        '        auth = {"Authorization": f"Bearer {self.key}"}\n'
        '        url = "https://api.openai.com/v1/chat/completions"\n'
        "        return requests.post(url, headers=auth, json=body, timeout=9).json()\n"
    )
    assert [d.message.partition("(left as it is: ")[2] for d in found] == [
        "its key belongs to an object)"
    ]


def test_a_decorator_that_waits_for_the_library_keeps_its_request() -> None:
    decorated = "@backoff.on_exception(backoff.expo, requests.ConnectionError)\ndef ask("
    found = reports(
        "import backoff\n" + HEAD.replace("def ask(", decorated)
        + "    return requests.post(URL, headers=AUTH, json=body, timeout=9).json()\n"
    )  # fmt: skip
    assert [d.message.partition("(left as it is: ")[2] for d in found] == [
        "its decorator waits for errors of the library)"
    ]


def test_a_project_without_the_sdk_keeps_its_requests() -> None:
    text = HEAD + "    return requests.post(URL, headers=AUTH, json=body, timeout=9).json()\n"
    without = Target(packages=frozenset({"requests"}))
    old = Target(openai=parse_range("<1"), declared=True)
    assert reports(text)[0].fix is not None
    assert reports(text, without)[0].message.endswith("the project does not depend on openai)")
    assert reports(text, old)[0].message.endswith("it has clients from openai 1.0 on)")
