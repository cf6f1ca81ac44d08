"""What is said of a client's settings is what its requests are sent with, old and new."""

from __future__ import annotations

import pytest

from oai_lint.facts import ClientCopy, ClientInit
from oai_lint.judgement import waiting
from oai_lint.judgement.client_settings import client_settings
from oai_lint.judgement.worth import Told
from oai_lint.reading import read
from oai_lint.source import Source
from oai_lint.target import Target, parse_range
from tests.proof.lab import PROXY_URL, Lab

pytestmark = pytest.mark.proof

ERAS = ("1.55.3", "3.54.0")

CALL = """
client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hi"}])
"""


def program(construction: str, era: str) -> str:
    """Return a program with one client, on the HTTP library that the era has."""
    library = "httpx2" if era.startswith("3") else "httpx"
    head = f"import {library} as http\nimport openai\nfrom openai import OpenAI\n"
    return f"{head}client = {construction}\n{CALL}"


def settings(text: str, era: str) -> dict[str, Told]:
    """Return what is said of the client that the program ends up with."""
    reading = read(Source("x.py", text), Target().override(parse_range(f"=={era}"), "era"))
    made: list[ClientInit | ClientCopy] = [*reading.all(ClientInit), *reading.all(ClientCopy)]
    client = max(made, key=lambda item: len(reading.code(item.node)))
    return dict(client_settings(client, reading))


CONSTRUCTIONS = (
    "OpenAI()",
    "OpenAI(timeout=20)",
    "OpenAI(timeout=None)",
    "OpenAI(timeout=(3, 10))",
    "OpenAI(timeout=openai.Timeout(60, connect=2.5))",
    "OpenAI(timeout=openai.NOT_GIVEN)",
    "OpenAI(http_client=http.Client())",
    "OpenAI(http_client=http.Client(timeout=5))",
    "OpenAI(http_client=http.Client(timeout=9))",
    "OpenAI(http_client=openai.DefaultHttpxClient(timeout=None))",
    "OpenAI(timeout=20, http_client=http.Client(timeout=60))",
    "OpenAI(timeout=20).with_options(timeout=None)",
    "OpenAI(timeout=20).with_options(max_retries=0).copy()",
    "OpenAI(http_client=http.Client(timeout=9)).copy(http_client=http.Client(timeout=8))",
)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_timeout_and_library(lab: Lab, construction: str, era: str) -> None:
    text = program(construction, era)
    run = lab.run(text, era=era)
    assert not run.raised
    (sent,) = run.timeouts
    said = settings(text, era)
    limits = (sent.connect, sent.read, sent.write, sent.pool)
    assert said["Timeout"].value == waiting.spelled(limits)
    assert said["HTTP library"].value == sent.library


PROXIES = (
    ("OpenAI()", True),
    ("OpenAI(http_client=http.Client(trust_env=False))", False),
    ("OpenAI(http_client=http.Client(transport=http.HTTPTransport()))", False),
    (f'OpenAI(http_client=http.Client(trust_env=False, proxy="{PROXY_URL}"))', True),
    (f'OpenAI(http_client=http.Client(transport=http.HTTPTransport(proxy="{PROXY_URL}")))', True),
)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(("construction", "proxied"), PROXIES)
def test_proxy(lab: Lab, construction: str, proxied: bool, era: str) -> None:
    text = program(construction, era)
    run = lab.run(text, era=era, env={"HTTPS_PROXY": PROXY_URL})
    assert not run.raised
    assert bool(run.proxied) is proxied
    said = settings(text, era)["Proxy"].value
    assert said.startswith("none") is not proxied
    if PROXY_URL in text:
        assert PROXY_URL in said


CHECKS = (
    ("OpenAI(max_retries=0)", True),
    ("OpenAI(max_retries=0, http_client=http.Client(verify=False))", False),
    (
        "OpenAI(max_retries=0, http_client="
        "http.Client(verify=False, transport=http.HTTPTransport()))",
        True,
    ),
    (
        "OpenAI(max_retries=0, http_client="
        "http.Client(transport=http.HTTPTransport(verify=False)))",
        False,
    ),
)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(("construction", "verifies"), CHECKS)
def test_verification(lab: Lab, construction: str, verifies: bool, era: str) -> None:
    text = program(construction, era)
    run = lab.run(text, era=era, tls="untrusted")
    assert bool(run.raised) is verifies
    assert settings(text, era)["TLS verification"].value.startswith("on") is verifies


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("construction", ["OpenAI()", "OpenAI(max_retries=4).copy(max_retries=0)"])
def test_retries(lab: Lab, construction: str, era: str) -> None:
    text = program(construction, era)
    run = lab.run(text, era=era, scenario="500")
    assert run.raised
    count = len(run.requests)
    assert settings(text, era)["Retries"].value.startswith(f"{count - 1} ({count} attempt")
