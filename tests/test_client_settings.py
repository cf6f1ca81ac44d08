"""What is said of the settings of a client, without a server."""

from __future__ import annotations

import pytest

from oai_lint.facts import ClientCopy, ClientInit
from oai_lint.judgement.client_settings import client_settings
from oai_lint.judgement.worth import Told
from oai_lint.reading import read
from oai_lint.source import Source
from oai_lint.target import Target, parse_range

HEAD = """\
import functools, os, ssl
import httpx, httpx2, openai
from openai import AsyncOpenAI, AzureOpenAI, OpenAI
"""
DEFAULT = "connect 5 s; read, write, pool 600 s"
CERTIFI = "on, against certifi's certificates"


def settings(code: str, openai: str = "") -> dict[str, Told]:
    """Return the settings of the client that ``code`` ends up with."""
    target = Target()
    if openai:
        target = target.override(parse_range(openai), "/somewhere/pyproject.toml")
    reading = read(Source("x.py", HEAD + code), target)
    made: list[ClientInit | ClientCopy] = [*reading.all(ClientInit), *reading.all(ClientCopy)]
    client = max(made, key=lambda item: len(reading.code(item.node)))
    return dict(client_settings(client, reading))


@pytest.mark.parametrize(
    ("code", "value", "source", "brief"),
    [
        ("OpenAI()", DEFAULT, "SDK default", "timeout 600 s"),
        ("OpenAI(timeout=20)", "20 s for each step", "argument `timeout`", "timeout 20 s"),
        (
            "OpenAI(timeout=None)",
            "none: a request that hangs blocks for ever",
            "argument `timeout`",
            "no timeout",
        ),
        ("OpenAI(timeout=openai.NOT_GIVEN)", DEFAULT, "SDK default", "timeout 600 s"),
        (
            "OpenAI(timeout=(3, 10))",
            "connect 3 s; read 10 s; write, pool without a limit",
            "argument `timeout`",
            "timeout 10 s",
        ),
        (
            "OpenAI(timeout=httpx.Timeout(60, connect=2.5))",
            "connect 2.5 s; read, write, pool 60 s",
            "argument `timeout`",
            "timeout 60 s",
        ),
        (
            "OpenAI(timeout=openai.Timeout(None, connect=x))",
            "connect not known here; read, write, pool without a limit",
            "argument `timeout`",
            "no timeout",
        ),
        (
            "OpenAI(timeout=cfg.timeout)",
            "not known here",
            "argument `timeout`, comes from `cfg.timeout`",
            "",
        ),
        (
            "def f(limit=None):\n    OpenAI(timeout=limit)",
            "none: a request that hangs blocks for ever; or not known here",
            "argument `timeout`, parameter `limit`",
            "",
        ),
        (
            "OpenAI(timeout=60 if slow else 20)",
            "60 s for each step; or 20 s for each step",
            "argument `timeout`",
            "timeout 60 s; or timeout 20 s",
        ),
        ("OpenAI(http_client=httpx.Client())", DEFAULT, "SDK default", "timeout 600 s"),
        (
            "OpenAI(http_client=httpx.Client(timeout=5.0))",
            DEFAULT,
            "SDK default: 5 s in `http_client=Client(…)` counts as not set",
            "timeout 600 s",
        ),
        (
            "OpenAI(http_client=openai.DefaultHttpxClient(timeout=30))",
            "30 s for each step",
            "`timeout=` of `http_client=DefaultHttpxClient(…)`",
            "timeout 30 s",
        ),
        (
            "OpenAI(http_client=httpx2.Client(timeout=None))",
            "none: a request that hangs blocks for ever",
            "`timeout=` of `http_client=Client(…)`",
            "no timeout",
        ),
        (
            "OpenAI(timeout=20, http_client=httpx.Client(timeout=60))",
            "20 s for each step",
            "argument `timeout`",
            "timeout 20 s",
        ),
        ("OpenAI(http_client=make())", "not known here", "argument `http_client`", ""),
        (
            "OpenAI(**options)",
            "not known here",
            "`timeout=` may be among what else is passed",
            "",
        ),
        (
            "functools.partial(OpenAI, max_retries=1)",
            "not known here",
            "`timeout=` may be among what else is passed",
            "",
        ),
        (
            "c = OpenAI(timeout=9)\nc.timeout = 7",
            "7 s for each step",
            "`c.timeout` is set",
            "timeout 7 s",
        ),
        (
            "OpenAI(timeout=9).with_options(timeout=None)",
            "none: a request that hangs blocks for ever",
            "argument `timeout`",
            "no timeout",
        ),
        (
            "OpenAI(http_client=httpx.Client(timeout=9)).copy(http_client=httpx.Client(timeout=8))",
            "9 s for each step",
            "`timeout=` of `http_client=Client(…)`",
            "timeout 9 s",
        ),
        (
            "def f(c: OpenAI):\n    c.with_options(max_retries=1)",
            "not known here",
            "the client that is copied",
            "",
        ),
    ],
)
def test_timeout(code: str, value: str, source: str, brief: str) -> None:
    found = settings(code)["Timeout"]
    assert found == (value, source, brief)


@pytest.mark.parametrize(
    ("code", "value", "source"),
    [
        ("OpenAI()", "2 (3 attempts)", "SDK default"),
        ("OpenAI(max_retries=0)", "0 (1 attempt)", "argument `max_retries`"),
        (
            "OpenAI(max_retries=None)",
            "`None`, which is a `TypeError` from openai 1.16 on",
            "argument `max_retries`",
        ),
        (
            "OpenAI(max_retries=5).with_options(timeout=3)",
            "5 (6 attempts)",
            "argument `max_retries`",
        ),
        (
            "OpenAI(max_retries=5).with_options(max_retries=1).copy()",
            "1 (2 attempts)",
            "argument `max_retries`",
        ),
    ],
)
def test_retries(code: str, value: str, source: str) -> None:
    found = settings(code)["Retries"]
    assert (found.value, found.source) == (value, source)


@pytest.mark.parametrize(
    ("code", "value", "source"),
    [
        (
            "OpenAI()",
            "what `HTTPS_PROXY` or `ALL_PROXY` says, but for `NO_PROXY`; none if neither is set",
            "environment when the client is built",
        ),
        (
            'os.environ["HTTPS_PROXY"] = "http://x:1"\nOpenAI()',
            "what `HTTPS_PROXY` or `ALL_PROXY` says, but for `NO_PROXY`; none if neither is set",
            "environment when the client is built; this file sets `HTTPS_PROXY`",
        ),
        (
            'OpenAI(base_url="http://localhost:1/v1")',
            "what `HTTP_PROXY` or `ALL_PROXY` says, but for `NO_PROXY`; none if neither is set",
            "environment when the client is built",
        ),
        (
            'OpenAI(http_client=httpx.Client(proxy="http://me:word@h:3128"))',
            "`http://h:3128`; `NO_PROXY` does not count",
            "`proxy=` of `http_client=Client(…)`",
        ),
        (
            'OpenAI(http_client=httpx.Client(proxy=os.environ["P"]))',
            "what `P` says; `NO_PROXY` does not count",
            "`proxy=` of `http_client=Client(…)`",
        ),
        (
            "OpenAI(http_client=httpx.Client(trust_env=False))",
            "none",
            "`trust_env=False` of `http_client=Client(…)`",
        ),
        (
            "OpenAI(http_client=httpx.Client(transport=httpx.HTTPTransport(retries=1)))",
            "none: `transport=` shuts the environment out",
            "`http_client=Client(…)`",
        ),
        (
            'OpenAI(http_client=httpx.Client(transport=httpx.HTTPTransport(proxy="http://h:1")))',
            "`http://h:1`",
            "`proxy=` of the transport",
        ),
        (
            'OpenAI(http_client=httpx.Client(mounts={"https://": t}))',
            "what `mounts=` says",
            "`mounts=` of `http_client=Client(…)`",
        ),
        (
            "OpenAI().with_options(http_client=httpx.Client(trust_env=False))",
            "none",
            "`trust_env=False` of `http_client=Client(…)`",
        ),
        ("OpenAI(http_client=make())", "not known here", "argument `http_client`"),
    ],
)
def test_proxy(code: str, value: str, source: str) -> None:
    found = settings(code)["Proxy"]
    assert (found.value, found.source) == (value, source)


NAMES_OTHERS = "; `SSL_CERT_FILE` or `SSL_CERT_DIR` may name others"


@pytest.mark.parametrize(
    ("code", "openai", "value", "source"),
    [
        ("OpenAI()", "<3", CERTIFI, f"default{NAMES_OTHERS}"),
        ("OpenAI()", ">=3", "on, against the system's certificates", f"default{NAMES_OTHERS}"),
        (
            "OpenAI(http_client=httpx.Client(verify=False))",
            "",
            "off: `False`",
            "`verify=` of `http_client=Client(…)`",
        ),
        (
            "OpenAI(http_client=httpx.Client(verify=False, transport=httpx.HTTPTransport()))",
            "",
            CERTIFI,
            f"default{NAMES_OTHERS}",
        ),
        (
            "OpenAI(http_client=httpx.Client(transport=httpx.HTTPTransport(verify=False)))",
            "",
            "off: `False`",
            "`verify=` of the transport",
        ),
        (
            "x = ssl.create_default_context()\nx.check_hostname = False\n"
            "OpenAI(http_client=httpx.Client(verify=x))",
            "",
            "host names go unchecked: `check_hostname = False`",
            "`verify=` of `http_client=Client(…)`",
        ),
        (
            'OpenAI(http_client=httpx.Client(verify="ca.pem"))',
            "",
            "on, against `ca.pem`",
            "`verify=` of `http_client=Client(…)`",
        ),
        (
            "OpenAI(http_client=httpx.Client(verify=check))",
            "",
            "not known here",
            "`verify=` of `http_client=Client(…)`, comes from `check`",
        ),
        ("OpenAI(http_client=httpx.Client(trust_env=False))", "<3", CERTIFI, "default"),
        (
            "ssl.create_default_context = ssl._create_unverified_context\nOpenAI()",
            "<3",
            "off where httpx is 0.28 or newer",
            "`ssl.create_default_context` is replaced in this file",
        ),
    ],
)
def test_verification(code: str, openai: str, value: str, source: str) -> None:
    found = settings(code, openai)["TLS verification"]
    assert (found.value, found.source) == (value, source)
    assert bool(found.brief) is value.startswith(("off", "host"))


@pytest.mark.parametrize(
    ("code", "openai", "value"),
    [
        ("OpenAI()", "", "httpx before openai 3, httpx2 from then on"),
        ("OpenAI()", ">=1,<3", "httpx"),
        ("OpenAI()", ">=3", "httpx2"),
        ("OpenAI(http_client=None)", ">=3", "httpx2"),
        ("OpenAI(http_client=httpx.Client())", ">=3", "httpx"),
        ("OpenAI(http_client=openai.DefaultHttpx2Client())", "<3", "httpx2"),
        ("AsyncOpenAI(http_client=openai.DefaultAioHttpClient())", ">=3", "aiohttp under httpx2"),
    ],
)
def test_http_library(code: str, openai: str, value: str) -> None:
    assert settings(code, openai)["HTTP library"].value == value


AZURE = 'azure_endpoint="https://x.openai.azure.com/", api_version="1"'
PUBLIC = "what `OPENAI_BASE_URL` says, `https://api.openai.com/v1` if it is not set"


@pytest.mark.parametrize(
    ("code", "value", "source"),
    [
        ("OpenAI()", PUBLIC, "environment when the client is built"),
        ("OpenAI(base_url=None)", PUBLIC, "environment when the client is built"),
        (
            'OpenAI(base_url="https://u:p@h/v1/?key=1")',
            "`https://h/v1`",
            "argument `base_url`",
        ),
        (
            'OpenAI(base_url=os.getenv("B", "https://h/v1"))',
            "what `B` says; or `https://h/v1`",
            "argument `base_url`",
        ),
        (f"AzureOpenAI({AZURE})", "`https://x.openai.azure.com`", "argument `azure_endpoint`"),
        (
            "AzureOpenAI()",
            "what `AZURE_OPENAI_ENDPOINT` says",
            "environment when the client is built",
        ),
        ("OpenAI(provider=p)", "not known here", "argument `provider`"),
    ],
)
def test_base_url(code: str, value: str, source: str) -> None:
    found = settings(code)["Base URL"]
    assert (found.value, found.source) == (value, source)


@pytest.mark.parametrize(
    ("code", "value", "source"),
    [
        ("OpenAI()", "what `OPENAI_API_KEY` says", "environment when the client is built"),
        ('OpenAI(api_key="a secret")', "written in this file", "argument `api_key`"),
        ('OpenAI(api_key="")', "empty", "argument `api_key`"),
        ('OpenAI(api_key=f"a{b}")', "put together in this file", "argument `api_key`"),
        (
            'OpenAI(api_key=os.getenv("K") or "a secret")',
            "what `K` says; or written in this file",
            "argument `api_key`",
        ),
        (
            'OpenAI(api_key=decrypted("a secret"))',
            "not known here",
            "argument `api_key`",
        ),
        (
            "OpenAI(api_key=settings.key)",
            "not known here",
            "argument `api_key`, comes from `settings.key`",
        ),
        (
            "def key(): return secret()\nOpenAI(api_key=key)",
            "what a function returns, asked before each request",
            "argument `api_key`",
        ),
        (
            f"AzureOpenAI({AZURE}, azure_ad_token_provider=lambda: token())",
            "a token that a function returns",
            "argument `azure_ad_token_provider`",
        ),
        (
            f"AzureOpenAI({AZURE})",
            "what `AZURE_OPENAI_AD_TOKEN` or `AZURE_OPENAI_API_KEY` says",
            "environment when the client is built",
        ),
    ],
)
def test_key(code: str, value: str, source: str) -> None:
    found = settings(code)
    assert (found["Key"].value, found["Key"].source) == (value, source)
    assert not any("a secret" in part for told in found.values() for part in told)


@pytest.mark.parametrize(
    ("openai", "value", "source"),
    [
        ("", "1.x or 2.x or 3.x", "declared nowhere"),
        (">=1.40,<2", "1.x (`openai>=1.40.0,<2`)", "pyproject.toml"),
        ("==0.28.1", "before 1.0 (`openai>=0.28.1,<0.28.2`)", "pyproject.toml"),
        (">=2.5", "2.x or 3.x (`openai>=2.5.0`)", "pyproject.toml"),
    ],
)
def test_sdk(openai: str, value: str, source: str) -> None:
    found = settings("OpenAI()", openai)["SDK"]
    assert (found.value, found.source) == (value, source)
