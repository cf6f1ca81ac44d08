"""SDK client classes, their keywords, and the HTTP clients that are handed to them.

``since`` is the first release whose source has the keyword (read in every tag from 1.0.0 to
3.3.1; ``data_residency`` in 3.3.0).  None was ever removed.  The sets at the checked releases are
compared with ``inspect.signature`` by ``tests/test_knowledge.py``.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from oai_lint.knowledge.eras import V1, V3, V, Version


class ClientClass(NamedTuple):
    """A class that talks to the API."""

    name: str
    """The name it is exported under by ``openai``."""
    is_async: bool
    vendor: Literal["openai", "azure", "bedrock"]
    since: Version
    keywords: dict[str, Version]
    """Keyword of the constructor -> first release that has it.  All are keyword-only."""
    options: dict[str, Version]
    """Keyword of ``copy()`` and its alias ``with_options()`` -> first release that has it."""

    @property
    def is_azure(self) -> bool:
        """Whether it talks to Azure, where deployments stand for models."""
        return self.vendor == "azure"


# Accepted by every client since its first release.
_COMMON: Final = {
    "api_key": V1,
    "organization": V1,
    "base_url": V1,
    "timeout": V1,
    "max_retries": V1,
    "default_headers": V1,
    "default_query": V1,
    "http_client": V1,
    "_strict_response_validation": V1,
    "project": V(1, 20),
    "websocket_base_url": V(1, 58),
    "webhook_secret": V(1, 92),
    "admin_api_key": V(2, 34),
    "workload_identity": V(2, 31),
    "_enforce_credentials": V(2, 34),
}

_PLAIN: Final = {**_COMMON, "provider": V(2, 44), "data_residency": V(3, 3)}

_AZURE: Final = {
    **_COMMON,
    "api_version": V1,
    "azure_endpoint": V1,
    "azure_deployment": V1,
    "azure_ad_token": V1,
    "azure_ad_token_provider": V1,
}

_BEDROCK_SINCE: Final = V(2, 40)
_BEDROCK: Final = {
    **dict.fromkeys(
        (
            "api_key",
            "bedrock_token_provider",
            "aws_region",
            "organization",
            "project",
            "webhook_secret",
            "base_url",
            "websocket_base_url",
            "timeout",
            "max_retries",
            "default_headers",
            "default_query",
            "http_client",
            "_strict_response_validation",
            "_enforce_credentials",
        ),
        _BEDROCK_SINCE,
    ),
    **dict.fromkeys(
        (
            "aws_profile",
            "aws_access_key_id",
            "aws_secret_access_key",
            "aws_session_token",
            "aws_credentials_provider",
            "_provider",
            "_state",
            "_region_was_explicit",
        ),
        V(2, 44),
    ),
}

_OPTIONS: Final = {
    "api_key": V1,
    "organization": V1,
    "base_url": V1,
    "timeout": V1,
    "http_client": V1,
    "max_retries": V1,
    "default_headers": V1,
    "set_default_headers": V1,
    "default_query": V1,
    "set_default_query": V1,
    "_extra_kwargs": V(1, 3, 5),
    "project": V(1, 20),
    "websocket_base_url": V(1, 58),
    "webhook_secret": V(1, 92),
    "workload_identity": V(2, 31),
    "admin_api_key": V(2, 34),
    "_enforce_credentials": V(2, 34),
    "provider": V(2, 44),
    "data_residency": V(3, 3),
}

# Before 1.3.5 the Azure clients had no `copy` of their own and inherited the plain one.
_AZURE_OPTIONS: Final = {
    **_OPTIONS,
    "api_version": V(1, 3, 5),
    "azure_ad_token": V(1, 3, 5),
    "azure_ad_token_provider": V(1, 3, 5),
}

_BEDROCK_OPTIONS: Final = {
    **{name: max(since, _BEDROCK_SINCE) for name, since in _OPTIONS.items()},
    "aws_region": _BEDROCK_SINCE,
    "bedrock_token_provider": _BEDROCK_SINCE,
    **dict.fromkeys(
        (
            "aws_profile",
            "aws_access_key_id",
            "aws_secret_access_key",
            "aws_session_token",
            "aws_credentials_provider",
        ),
        V(2, 44),
    ),
}

CLIENTS: Final[dict[str, ClientClass]] = {
    client.name: client
    for client in (
        ClientClass("OpenAI", False, "openai", V1, _PLAIN, _OPTIONS),
        ClientClass("AsyncOpenAI", True, "openai", V1, _PLAIN, _OPTIONS),
        ClientClass("AzureOpenAI", False, "azure", V1, _AZURE, _AZURE_OPTIONS),
        ClientClass("AsyncAzureOpenAI", True, "azure", V1, _AZURE, _AZURE_OPTIONS),
        ClientClass("BedrockOpenAI", False, "bedrock", _BEDROCK_SINCE, _BEDROCK, _BEDROCK_OPTIONS),
        ClientClass(
            "AsyncBedrockOpenAI", True, "bedrock", _BEDROCK_SINCE, _BEDROCK, _BEDROCK_OPTIONS
        ),
    )
}


def twin(name: str) -> str:
    """The other half of a sync/async pair: ``OpenAI`` <-> ``AsyncOpenAI``."""
    return name.removeprefix("Async") if name.startswith("Async") else f"Async{name}"


# Keywords that no release since 1.0 has on `OpenAI()` (run on every checked release), and the
# keyword that does what was meant.  None: only the HTTP client (`http_client=`) can take it.
MISTAKEN_KEYWORDS: Final[dict[str, str | None]] = {
    "api_base": "base_url",
    "base": "base_url",
    "apikey": "api_key",
    "request_timeout": "timeout",
    "headers": "default_headers",
    "retries": "max_retries",
    "max_retry": "max_retries",
    "org": "organization",
    "organization_id": "organization",
    "org_id": "organization",
    "httpx_client": "http_client",
    "client": "http_client",
    "session": None,
    "proxy": None,
    "proxies": None,
    "verify": None,
    "verify_ssl": None,
    "limits": None,
    "transport": None,
}


class HttpHelper(NamedTuple):
    """A helper of the SDK that builds an HTTP client with the SDK's own defaults."""

    name: str
    is_async: bool
    since: Version
    kind: Literal["class", "function"]
    """A function cannot be subclassed nor used in ``isinstance``."""
    before_v3: Literal["httpx", "httpx2"]
    """The library of the object it makes below 3.0."""
    from_v3: Literal["httpx", "httpx2"]
    extra: str | None
    """The extra of ``openai`` without which calling it is a ``RuntimeError``; from 3.0 the httpx2
    helpers need none."""

    def library(self, version: tuple[int, ...]) -> Literal["httpx", "httpx2"]:
        """The library of the object it makes under that SDK release."""
        return self.from_v3 if version >= V3 else self.before_v3


HTTP_HELPERS: Final[dict[str, HttpHelper]] = {
    helper.name: helper
    for helper in (
        HttpHelper("DefaultHttpxClient", False, V(1, 17), "class", "httpx", "httpx2", None),
        HttpHelper("DefaultAsyncHttpxClient", True, V(1, 17), "class", "httpx", "httpx2", None),
        HttpHelper("DefaultAioHttpClient", True, V(1, 89), "class", "httpx", "httpx2", "aiohttp"),
        HttpHelper(
            "DefaultHttpx2Client", False, V(2, 47), "function", "httpx2", "httpx2", "httpx2"
        ),
        HttpHelper(
            "DefaultAsyncHttpx2Client", True, V(2, 47), "function", "httpx2", "httpx2", "httpx2"
        ),
    )
}


class Defaults(NamedTuple):
    """How long an HTTP client waits when nothing is said, in seconds."""

    connect: float | None
    read: float | None


# What the SDK's own client does, and what a client of the HTTP library made without arguments.
# The SDK replaces a timeout equal to the library's default by its own, even a written one.
SDK_DEFAULTS: Final = Defaults(5.0, 600.0)
LIBRARY_DEFAULTS: Final = Defaults(5.0, 5.0)


# Names that make a client, by the library they come from.
SYNC_HTTP_CLIENTS: Final = frozenset({"httpx.Client", "httpx2.Client"})
ASYNC_HTTP_CLIENTS: Final = frozenset({"httpx.AsyncClient", "httpx2.AsyncClient"})
SYNC_TRANSPORTS: Final = frozenset({"httpx.HTTPTransport", "httpx2.HTTPTransport"})
ASYNC_TRANSPORTS: Final = frozenset({"httpx.AsyncHTTPTransport", "httpx2.AsyncHTTPTransport"})
