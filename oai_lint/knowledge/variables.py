"""Environment variables: which the SDK reads, and which it does not though they look like it.

``since`` is the first tagged release whose source reads the name.  Variables of the HTTP stack are
read when a client is built (proxies, certificates): setting one later changes nothing (run on
1.0.0 - 3.54.0).
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from oai_lint.knowledge.eras import V1, V, Version

Reader = Literal["client", "azure", "module", "bedrock", "log"]


class Variable(NamedTuple):
    """A variable that the SDK reads."""

    name: str
    reader: Reader
    """Who reads it: every client, Azure clients, the module-level client alone (it decides which
    class that is), Bedrock clients, or the logging set-up at import."""
    since: Version
    keyword: str | None
    """The keyword of the constructor that wins over it."""
    legacy: bool = False
    """Whether 0.28.1 read it too."""


READ: Final[dict[str, Variable]] = {
    variable.name: variable
    for variable in (
        Variable("OPENAI_API_KEY", "client", V1, "api_key", True),
        Variable("OPENAI_ORG_ID", "client", V1, "organization"),
        Variable("OPENAI_BASE_URL", "client", V(1, 3), "base_url"),
        Variable("OPENAI_PROJECT_ID", "client", V(1, 20), "project"),
        Variable("OPENAI_WEBHOOK_SECRET", "client", V(1, 92), "webhook_secret"),
        Variable("OPENAI_ADMIN_KEY", "client", V(2, 34), "admin_api_key"),
        Variable("OPENAI_CUSTOM_HEADERS", "client", V(2, 34), "default_headers"),
        Variable("OPENAI_LOG", "log", V1, None, True),
        Variable("OPENAI_API_TYPE", "module", V1, None, True),
        Variable("OPENAI_API_VERSION", "azure", V1, "api_version", True),
        Variable("AZURE_OPENAI_API_KEY", "azure", V1, "api_key"),
        Variable("AZURE_OPENAI_AD_TOKEN", "azure", V1, "azure_ad_token"),
        Variable("AZURE_OPENAI_ENDPOINT", "azure", V1, "azure_endpoint"),
        Variable("AWS_BEARER_TOKEN_BEDROCK", "bedrock", V(2, 40), "api_key"),
        Variable("AWS_BEDROCK_BASE_URL", "bedrock", V(2, 40), "base_url"),
        Variable("AWS_REGION", "bedrock", V(2, 40), "aws_region"),
        Variable("AWS_DEFAULT_REGION", "bedrock", V(2, 40), "aws_region"),
    )
}


class Unread(NamedTuple):
    """A variable that no release from 1.0 on reads."""

    name: str
    new: str | None
    """The variable that is read in its place; None when only the constructor can say it."""
    keyword: str | None
    """The keyword of the constructor that says it."""
    legacy: bool = False
    """Whether 0.28.1 read it."""


UNREAD: Final[dict[str, Unread]] = {
    unread.name: unread
    for unread in (
        # Read by 0.28.1.
        Unread("OPENAI_API_BASE", "OPENAI_BASE_URL", "base_url", True),
        Unread("OPENAI_ORGANIZATION", "OPENAI_ORG_ID", "organization", True),
        Unread("OPENAI_API_KEY_PATH", "OPENAI_API_KEY", "api_key", True),
        # Never read by any release.
        Unread("OPENAI_KEY", "OPENAI_API_KEY", "api_key"),
        Unread("OPENAI_APIKEY", "OPENAI_API_KEY", "api_key"),
        Unread("OPENAI_API_TOKEN", "OPENAI_API_KEY", "api_key"),
        Unread("OPENAI_TOKEN", "OPENAI_API_KEY", "api_key"),
        Unread("OPENAI_API_URL", "OPENAI_BASE_URL", "base_url"),
        Unread("OPENAI_API_BASE_URL", "OPENAI_BASE_URL", "base_url"),
        Unread("OPENAI_API_ENDPOINT", "OPENAI_BASE_URL", "base_url"),
        Unread("OPENAI_API_HOST", "OPENAI_BASE_URL", "base_url"),
        Unread("OPENAI_ENDPOINT", "OPENAI_BASE_URL", "base_url"),
        Unread("OPENAI_HOST", "OPENAI_BASE_URL", "base_url"),
        Unread("OPENAI_ORGANIZATION_ID", "OPENAI_ORG_ID", "organization"),
        Unread("OPENAI_ORG", "OPENAI_ORG_ID", "organization"),
        Unread("OPENAI_PROJECT", "OPENAI_PROJECT_ID", "project"),
        Unread("OPENAI_PROXY", "HTTPS_PROXY", "http_client"),
        Unread("OPENAI_HTTP_PROXY", "HTTPS_PROXY", "http_client"),
        Unread("OPENAI_HTTPS_PROXY", "HTTPS_PROXY", "http_client"),
        Unread("OPENAI_TIMEOUT", None, "timeout"),
        Unread("OPENAI_API_TIMEOUT", None, "timeout"),
        Unread("OPENAI_REQUEST_TIMEOUT", None, "timeout"),
        Unread("OPENAI_MAX_RETRIES", None, "max_retries"),
        Unread("AZURE_OPENAI_KEY", "AZURE_OPENAI_API_KEY", "api_key"),
        Unread("AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION", "api_version"),
        Unread("AZURE_OPENAI_API_BASE", "AZURE_OPENAI_ENDPOINT", "azure_endpoint"),
        Unread("AZURE_OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT", "azure_endpoint"),
        Unread("AZURE_OPENAI_API_ENDPOINT", "AZURE_OPENAI_ENDPOINT", "azure_endpoint"),
    )
}

# The key's own variables: a literal default of one hides that the key is missing.
KEY_VARIABLES: Final = frozenset({"OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "AZURE_OPENAI_API_KEY"})

# Proxies, read by httpx and httpx2 (and by requests), in upper or lower case.  The API is https,
# so `HTTP_PROXY` alone sends nothing through a proxy.
PROXY_FOR_HTTPS: Final = frozenset({"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"})
PROXY_FOR_HTTP: Final = frozenset({"HTTP_PROXY", "http_proxy"})
PROXY_EXCEPTIONS: Final = frozenset({"NO_PROXY", "no_proxy"})

# Certificates: honoured by requests, so by 0.x (sync calls) and raw calls; the SDK from 1.0 on
# ignores them.
TLS_REQUESTS: Final[dict[str, str]] = {
    "REQUESTS_CA_BUNDLE": "SSL_CERT_FILE",
    "CURL_CA_BUNDLE": "SSL_CERT_FILE",
}
