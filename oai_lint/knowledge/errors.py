"""The exceptions of the SDK: flat below 1.0, a tree from 1.0 on.

The parents are read from the classes themselves in every checked release; ``since`` is the first
tagged release with the class.  What became of the 0.x names follows the statuses each was raised
for (0.28.1: 400 and 404 -> InvalidRequestError, 403 -> PermissionError, 409 -> TryAgain,
500 -> APIError, 503 -> ServiceUnavailableError).
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from oai_lint.knowledge.eras import V1, V, Version


class SdkError(NamedTuple):
    """An exception class of ``openai`` >= 1.0."""

    name: str
    parent: str
    since: Version
    status: int | None = None
    """The HTTP status it stands for, when it stands for exactly one."""


ERRORS: Final[dict[str, SdkError]] = {
    error.name: error
    for error in (
        SdkError("OpenAIError", "Exception", V1),
        SdkError("APIError", "OpenAIError", V1),
        SdkError("APIResponseValidationError", "APIError", V1),
        SdkError("APIConnectionError", "APIError", V1),
        SdkError("APITimeoutError", "APIConnectionError", V1),
        SdkError("APIStatusError", "APIError", V1),
        SdkError("BadRequestError", "APIStatusError", V1, 400),
        SdkError("AuthenticationError", "APIStatusError", V1, 401),
        SdkError("PermissionDeniedError", "APIStatusError", V1, 403),
        SdkError("NotFoundError", "APIStatusError", V1, 404),
        SdkError("ConflictError", "APIStatusError", V1, 409),
        SdkError("UnprocessableEntityError", "APIStatusError", V1, 422),
        SdkError("RateLimitError", "APIStatusError", V1, 429),
        # Every status of 500 and above, so no single one.
        SdkError("InternalServerError", "APIStatusError", V1),
        SdkError("LengthFinishReasonError", "OpenAIError", V(1, 40)),
        SdkError("ContentFilterFinishReasonError", "OpenAIError", V(1, 40)),
        SdkError("InvalidWebhookSignatureError", "ValueError", V(1, 92)),
        SdkError("OAuthError", "AuthenticationError", V(2, 31)),
        SdkError("WebSocketConnectionClosedError", "OpenAIError", V(2, 32)),
        SdkError("WebSocketQueueFullError", "OpenAIError", V(2, 32)),
    )
}

# Modules through which the classes are reached, besides `openai` itself.
ERROR_MODULES: Final = frozenset({"openai", "openai._exceptions"})

_PYTHON_PARENTS: Final = {"Exception": "BaseException", "ValueError": "Exception"}


def ancestors(name: str) -> tuple[str, ...]:
    """The classes above ``name`` in the tree of >= 1.0, nearest first; empty if not an error."""
    chain: list[str] = []
    error = ERRORS.get(name)
    while error is not None:
        chain.append(error.parent)
        error = ERRORS.get(error.parent)
    while chain and chain[-1] in _PYTHON_PARENTS:
        chain.append(_PYTHON_PARENTS[chain[-1]])
    return tuple(chain)


def covers(earlier: str, later: str) -> bool:
    """Whether ``except earlier`` leaves nothing for a following ``except later`` (>= 1.0)."""
    return earlier == later or earlier in ancestors(later)


def depth(name: str) -> int:
    """How specific a class is; handlers sorted by falling depth never cover one another."""
    return len(ancestors(name))


# openai 0.28.1, `openai.error`: every class is a child of OpenAIError and of nothing else.
LEGACY_ERRORS: Final = frozenset(
    {
        "OpenAIError",
        "APIError",
        "TryAgain",
        "Timeout",
        "APIConnectionError",
        "InvalidRequestError",
        "AuthenticationError",
        "PermissionError",
        "RateLimitError",
        "ServiceUnavailableError",
        "InvalidAPIType",
        "SignatureVerificationError",
    }
)


def legacy_covers(earlier: str, later: str) -> bool:
    """The same question for the flat tree below 1.0."""
    return earlier in (later, "Exception", "BaseException") or (
        earlier == "OpenAIError" and later in LEGACY_ERRORS
    )


class Rename(NamedTuple):
    """What a 0.x exception is from 1.0 on."""

    old: str
    new: str | None
    """The class to name instead; None when nothing is raised in its place."""


# InvalidAPIType was raised for an unknown `openai.api_type`, SignatureVerificationError for
# webhooks that 0.x never offered: no call of >= 1.0 raises a counterpart of the first, and that of
# the second, `InvalidWebhookSignatureError`, is as old as webhooks.
RENAMES: Final[dict[str, Rename]] = {
    rename.old: rename
    for rename in (
        Rename("OpenAIError", "OpenAIError"),
        Rename("APIError", "APIError"),
        Rename("TryAgain", "ConflictError"),
        Rename("Timeout", "APITimeoutError"),
        Rename("APIConnectionError", "APIConnectionError"),
        Rename("InvalidRequestError", "BadRequestError"),
        Rename("AuthenticationError", "AuthenticationError"),
        Rename("PermissionError", "PermissionDeniedError"),
        Rename("RateLimitError", "RateLimitError"),
        Rename("ServiceUnavailableError", "InternalServerError"),
        Rename("InvalidAPIType", None),
        Rename("SignatureVerificationError", None),
    )
}

# Names of `openai.error` that top-level `openai` lost, or never had, from 1.0 on.  `Timeout` is
# missing here because the name lives on: see NOT_EXCEPTIONS.
GONE_TOP_LEVEL: Final = frozenset(
    {
        "TryAgain",
        "InvalidRequestError",
        "PermissionError",
        "ServiceUnavailableError",
        "InvalidAPIType",
        "SignatureVerificationError",
    }
)

# Top-level names that are not exceptions though a reader may take them for one, and the class
# that was meant.  `except openai.Timeout` is a TypeError as soon as any error arrives: from 1.0
# on it is the settings class of the HTTP library.
NOT_EXCEPTIONS: Final[dict[str, str | None]] = {
    "Timeout": "APITimeoutError",
    "ErrorObject": "APIError",
    "DEFAULT_TIMEOUT": "APITimeoutError",
    "Stream": None,
    "AsyncStream": None,
    "OpenAI": "OpenAIError",
    "AsyncOpenAI": "OpenAIError",
    "AzureOpenAI": "OpenAIError",
    "AsyncAzureOpenAI": "OpenAIError",
    "Client": "OpenAIError",
    "AsyncClient": "OpenAIError",
    "NotGiven": None,
    "NoneType": None,
    "BaseModel": None,
    "APIResponse": None,
    "AsyncAPIResponse": None,
}

# Class -> attribute -> first release in which an instance has it.  Inherited ones are listed at
# the class that brings them.  `body` is annotated from 1.0 but assigned only from 1.3.8, and
# `code`, `param` and `type` are always None in 1.0.0.
ATTRIBUTES: Final[dict[str, dict[str, Version]]] = {
    "APIError": {
        "message": V1,
        "request": V1,
        "code": V1,
        "param": V1,
        "type": V1,
        "body": V(1, 3, 8),
    },
    "APIStatusError": {"response": V1, "status_code": V1, "request_id": V(1, 19)},
    "APIResponseValidationError": {"response": V1, "status_code": V1},
    "LengthFinishReasonError": {"completion": V(1, 45)},
    "OAuthError": {"error": V(2, 31)},
    "WebSocketConnectionClosedError": {"unsent_messages": V(2, 32)},
}


def has_attribute(name: str, attribute: str) -> bool:
    """Whether instances of an SDK class (>= 1.0) have an attribute of this name."""
    return any(attribute in ATTRIBUTES.get(cls, ()) for cls in (name, *ancestors(name)))


class RemovedAttribute(NamedTuple):
    """An attribute of 0.x errors, and what to read from 1.0 on."""

    name: str
    new: str | None
    """The expression after the error's name; None when there is none."""
    on: Literal["APIStatusError", "APIError"]
    """The widest class whose instances have the new one."""


REMOVED_ATTRIBUTES: Final[dict[str, RemovedAttribute]] = {
    attribute.name: attribute
    for attribute in (
        RemovedAttribute("http_status", "status_code", "APIStatusError"),
        RemovedAttribute("http_body", "response.text", "APIStatusError"),
        RemovedAttribute("headers", "response.headers", "APIStatusError"),
        # `e.error` was the inner object with attributes; `e.body` is its inner mapping, so its
        # readers change shape: name it, do not rewrite.
        RemovedAttribute("json_body", "response.json()", "APIStatusError"),
        RemovedAttribute("error", None, "APIError"),
        RemovedAttribute("user_message", "message", "APIError"),
        RemovedAttribute("organization", None, "APIError"),
    )
}

# Machine codes that callers look for, read from `e.code` (filled from the body since 1.3.8).  Each
# was seen in an answer of the service, quoted in public issues and source, or is named by the SDK.
ERROR_CODES: Final = frozenset(
    {
        "billing_hard_limit_reached",
        "content_policy_violation",
        "context_length_exceeded",
        "insufficient_quota",
        "invalid_api_key",
        "invalid_value",
        "model_not_found",
        "rate_limit_exceeded",
        "string_above_max_length",
        "unsupported_country_region_territory",
        "unsupported_parameter",
        "unsupported_value",
    }
)
