"""The programs of an article about proxies: what is found, and what the fixes make of them."""

from __future__ import annotations

import ast
import datetime

import pytest

from oai_lint import engine, rules
from oai_lint.config import Config
from oai_lint.patch import Safety
from oai_lint.source import Source

rules.load()

TODAY = datetime.date(2026, 11, 22)

SESSION = """\
import openai
import requests

proxies = {
    "http": "http://127.0.0.1:7890",
    "https": "https://127.0.0.1:7890",
}
session = requests.session()
session.proxies.update(proxies)

openai.api_key = "MYAPIKEY"

response = openai.chat.completions.create(
    model="gpt-6.1-sol",
    messages=[{"role": "user", "content": "Hello"}],
)
print(response.choices[0].message.content)
"""

REQUESTS = """\
import requests

url = "https://api.openai.com/v1/chat/completions"
headers = {
    "Content-Type": "application/json",
    "Authorization": "Bearer MYAPIKEY",
}
data = {
    "model": "gpt-6.1-sol",
    "messages": [{"role": "user", "content": "Hello"}],
}
proxies = {
    "http": "http://127.0.0.1:7890",
    "https": "https://127.0.0.1:7890",
}
response = requests.post(url, headers=headers, json=data, proxies=proxies)
print(response.json())
"""

HTTPX = """\
import os

import httpx
from openai import OpenAI

api_key = os.getenv("OPENAI_API_KEY", "MYAPIKEY")
proxies = {
    "http://": "http://127.0.0.1:7890",
    "https://": "http://127.0.0.1:7890",
}

try:
    http_client = httpx.Client(proxies=proxies, timeout=30.0)
    client = OpenAI(api_key=api_key, http_client=http_client)
    response = client.chat.completions.create(
        model="gpt-6.1-sol",
        messages=[{"role": "user", "content": "Hello"}],
    )
    print(response.choices[0].message.content)
except openai.APIConnectionError as e:
    print("connection:", e)
except openai.AuthenticationError as e:
    print("key:", e)
finally:
    if "http_client" in locals():
        http_client.close()
"""

FOUND = {
    "session": {(6, "OAI204"), (9, "OAI201"), (11, "OAI102")},
    "requests": {(6, "OAI102"), (14, "OAI204"), (16, "OAI401"), (16, "OAI601")},
    "httpx": {(6, "OAI103"), (13, "OAI203"), (20, "OAI702"), (22, "OAI702"), (25, "OAI506")},
}
PROGRAMS = {"session": SESSION, "requests": REQUESTS, "httpx": HTTPX}
PROXIES = {
    "session": 'openai.http_client = openai.DefaultHttpxClient(proxy="http://127.0.0.1:7890")',
    "requests": "http://127.0.0.1:7890",
    "httpx": 'httpx.Client(proxy=proxies["https://"], timeout=30.0)',
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_finds_just_what_is_wrong(name: str) -> None:
    source = Source("app.py", PROGRAMS[name])
    found = engine.check(source, Config(today=TODAY))
    assert {(source.position(d.start)[0] + 1, d.code) for d in found} == FOUND[name]


@pytest.mark.parametrize("name", PROGRAMS)
def test_fixes_leave_nothing_that_can_be_fixed(name: str) -> None:
    source = Source("app.py", PROGRAMS[name])
    fixed = engine.fix(source, Config(today=TODAY), safety=Safety.UNSAFE)
    assert not fixed.failed
    ast.parse(fixed.text)
    assert not [d.code for d in fixed.left if d.fix and d.fix.safety >= Safety.UNSAFE]
    assert PROXIES[name] in fixed.text
    assert "https://127.0.0.1" not in fixed.text
    assert "MYAPIKEY" not in fixed.text
    again = engine.fix(Source("app.py", fixed.text), Config(today=TODAY), safety=Safety.UNSAFE)
    assert again.text == fixed.text
