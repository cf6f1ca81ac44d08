"""What each SDK method sends, what it takes, and which raw requests it stands for.

Rows come from ``_endpoints`` (generated from the SDK).  ``since`` and ``until`` name releases of
its ladder, so a method or parameter may be older than its row says, never younger.  The raw and
shut-down tables are written by hand; ``tests/test_knowledge.py`` holds the first to the rows.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal, NamedTuple

from oai_lint.knowledge._endpoints import LADDER, ROWS
from oai_lint.knowledge.eras import Version

Kind = Literal["call", "page", "manager", "plain"]


class Parameter(NamedTuple):
    """A parameter of an SDK method."""

    name: str
    positional: bool
    """Whether it may be given by position."""
    since: Version
    until: Version | None
    """The first release without it; None while it lives."""


class Endpoint(NamedTuple):
    """A method of the clients, by its dotted path (``chat.completions.create``)."""

    path: str
    method: str
    """``POST``; empty for helpers that send through other methods."""
    url: str
    """``/files/{file_id}/content``, below the base URL; empty for helpers."""
    kind: Kind
    """How the async client's method is used.  ``call``: a coroutine.  ``page``: ``async for`` over
    the result, or ``await`` for the first page.  ``manager``: ``async with``.  ``plain``: neither,
    a synchronous helper."""
    since: Version
    until: Version | None
    parameters: dict[str, Parameter]
    """In today's order; without those of COMMON_PARAMETERS, which every request takes."""

    @property
    def is_coroutine(self) -> bool:
        """Whether the async client's method must be awaited to have any effect."""
        return self.kind == "call"


# Taken by every method that sends a request.
COMMON_PARAMETERS: Final = frozenset({"extra_headers", "extra_query", "extra_body", "timeout"})

# Steps of a path that change what comes back, not what is sent.
WRAPPERS: Final = frozenset({"with_raw_response", "with_streaming_response"})

# Every path that some release has, moved ones such as `beta.chat.completions.parse` included.
PATHS: Final = ROWS.keys()

# What a client of some release has of its own: `chat`, `files`…
RESOURCES: Final = frozenset(path.partition(".")[0] for path in PATHS)

# Groups of methods that clients lost, and where the same methods are found since then.
MOVED: Final = {"beta.vector_stores": "vector_stores"}

# Groups without such a place, and what does their work today.
REPLACED: Final = {
    "edits": "ask for the edit with `responses.create`",
    "fine_tunes": "use `fine_tuning.jobs`",
    "beta.assistants.files": "give files by `tool_resources=`",
    "beta.threads.messages.files": "give files by `attachments=`",
}


@cache
def endpoint(path: str) -> Endpoint | None:
    """The method behind a path on a client, ``with_raw_response`` and the like ignored."""
    steps = path.split(".")
    if not WRAPPERS.isdisjoint(steps):
        path = ".".join(step for step in steps if step not in WRAPPERS)
    row = ROWS.get(path)
    if row is None:
        return None
    request, kind, since, until, words = row
    method, _, url = request.partition(" ")
    born = Version.parse(since or LADDER[0])
    parameters = [_parameter(word, born) for word in words.split()]
    return Endpoint(
        path,
        method,
        url,
        _KINDS[kind],
        born,
        Version.parse(until) if until else None,
        {parameter.name: parameter for parameter in parameters},
    )


_KINDS: Final[dict[str, Kind]] = {
    "call": "call",
    "page": "page",
    "manager": "manager",
    "plain": "plain",
}

_WORD: Final = re.compile(r"(/?)(\w+)(?:>([\d.]+))?(?:<([\d.]+))?")


def _parameter(word: str, born: Version) -> Parameter:
    match = _WORD.fullmatch(word)
    assert match is not None, word
    slash, name, since, until = match.groups()
    return Parameter(
        name,
        slash == "/",
        Version.parse(since) if since else born,
        Version.parse(until) if until else None,
    )


def takes(path: str, keyword: str) -> bool | None:
    """Whether any release of the method takes this keyword; None for an unknown method."""
    found = endpoint(path)
    if found is None:
        return None
    return keyword in COMMON_PARAMETERS or keyword in found.parameters


class RawEndpoint(NamedTuple):
    """A raw request that an SDK method can take over."""

    method: str
    url: str
    """Below ``/v1``; placeholders name the parameter of the SDK method."""
    path: str
    body: Literal["json", "form", "none"]
    """``form``: multipart, with files."""


RAW: Final[tuple[RawEndpoint, ...]] = (
    RawEndpoint("POST", "/chat/completions", "chat.completions.create", "json"),
    RawEndpoint("POST", "/completions", "completions.create", "json"),
    RawEndpoint("POST", "/embeddings", "embeddings.create", "json"),
    RawEndpoint("POST", "/responses", "responses.create", "json"),
    RawEndpoint("GET", "/responses/{response_id}", "responses.retrieve", "none"),
    RawEndpoint("DELETE", "/responses/{response_id}", "responses.delete", "none"),
    RawEndpoint("POST", "/moderations", "moderations.create", "json"),
    RawEndpoint("POST", "/images/generations", "images.generate", "json"),
    RawEndpoint("POST", "/images/edits", "images.edit", "form"),
    RawEndpoint("POST", "/images/variations", "images.create_variation", "form"),
    RawEndpoint("POST", "/audio/speech", "audio.speech.create", "json"),
    RawEndpoint("POST", "/audio/transcriptions", "audio.transcriptions.create", "form"),
    RawEndpoint("POST", "/audio/translations", "audio.translations.create", "form"),
    RawEndpoint("GET", "/models", "models.list", "none"),
    RawEndpoint("GET", "/models/{model}", "models.retrieve", "none"),
    RawEndpoint("DELETE", "/models/{model}", "models.delete", "none"),
    RawEndpoint("GET", "/files", "files.list", "none"),
    RawEndpoint("POST", "/files", "files.create", "form"),
    RawEndpoint("GET", "/files/{file_id}", "files.retrieve", "none"),
    RawEndpoint("DELETE", "/files/{file_id}", "files.delete", "none"),
    RawEndpoint("GET", "/files/{file_id}/content", "files.content", "none"),
)

# What must follow the SDK call to give the bytes that the raw request gave.
BINARY_RESULTS: Final = frozenset({"audio.speech.create", "files.content"})


def raw_endpoint(method: str, url: str) -> tuple[RawEndpoint, dict[str, str]] | None:
    """The SDK call for a raw request, and the values of its placeholders.

    ``url`` is the path below ``/v1``, without query; ``/models/gpt-4o`` gives ``model``.
    """
    parts = url.strip("/").split("/")
    for raw in RAW:
        pattern = raw.url.strip("/").split("/")
        if raw.method != method.upper() or len(pattern) != len(parts):
            continue
        values: dict[str, str] = {}
        for expected, found in zip(pattern, parts, strict=True):
            if expected.startswith("{") and found:
                values[expected.strip("{}")] = found
            elif expected != found:
                break
        else:
            return raw, values
    return None


# Paths below `/v1` that only create: there is nothing to GET.  `/chat/completions` is not one, GET
# lists the stored ones.
CREATE_ONLY: Final = frozenset(
    {
        "/completions",
        "/embeddings",
        "/responses",
        "/moderations",
        "/images/generations",
        "/images/edits",
        "/images/variations",
        "/audio/speech",
        "/audio/transcriptions",
        "/audio/translations",
    }
)


class ShutDown(NamedTuple):
    """A path below ``/v1`` that the vendor has closed or will close."""

    prefix: str
    """The path itself and everything below it."""
    date: str
    """ISO date of the shutdown."""
    new: str | None
    """The path that replaces it, as the vendor says; None when there is none."""
    source: str


_PAGE: Final = "https://platform.openai.com/docs/deprecations"

# The vendor's page, by the anchor of each notice.  More specific prefixes first.
SHUT_DOWN: Final[tuple[ShutDown, ...]] = (
    ShutDown("/engines", "2022-12-03", "/models", f"{_PAGE}#2022-06-03-legacy-endpoints"),
    ShutDown("/search", "2022-12-03", None, f"{_PAGE}#2022-06-03-legacy-endpoints"),
    ShutDown("/classifications", "2022-12-03", None, f"{_PAGE}#2022-06-03-legacy-endpoints"),
    ShutDown("/answers", "2022-12-03", None, f"{_PAGE}#2022-06-03-legacy-endpoints"),
    ShutDown("/edits", "2024-01-04", "/chat/completions", f"{_PAGE}#2023-07-06-gpt-and-embeddings"),
    ShutDown(
        "/fine-tunes", "2024-01-04", "/fine_tuning/jobs", f"{_PAGE}#2023-08-22-fine-tunes-endpoint"
    ),
    ShutDown("/assistants", "2026-08-26", "/responses", f"{_PAGE}#2025-08-20-assistants-api"),
    ShutDown("/threads", "2026-08-26", "/responses", f"{_PAGE}#2025-08-20-assistants-api"),
    ShutDown(
        "/videos",
        "2026-09-24",
        None,
        f"{_PAGE}#2026-03-24-sora-2-video-generation-models-and-videos-api",
    ),
)

# `/engines/<engine>/completions` and the like: the model moved from the path into the body, so the
# part after the engine is the path of today.
ENGINE_PATH: Final = re.compile(r"/engines/(?P<engine>[^/]+)/(?P<rest>completions|embeddings)$")


def shut_down(url: str) -> ShutDown | None:
    """The row for a path below ``/v1``, whatever its date; compare the date with today."""
    for row in SHUT_DOWN:
        if url == row.prefix or url.startswith(f"{row.prefix}/"):
            return row
    return None


@cache
def fixed_urls() -> frozenset[str]:
    """Every URL without placeholders that some SDK method sends to: the ends that a base URL must
    not have."""
    urls = (row[0].partition(" ")[2] for row in ROWS.values())
    return frozenset(url for url in urls if url and "{" not in url)


@cache
def _by_shape() -> dict[tuple[str, tuple[str, ...]], str]:
    found: dict[tuple[str, tuple[str, ...]], str] = {}
    for path, row in ROWS.items():
        method, _, url = row[0].partition(" ")
        if url:
            shape = tuple("{}" if part[:1] == "{" else part for part in url.strip("/").split("/"))
            # A path without `beta` or `admin`, and the shorter one, is the one to recommend.
            known = found.get((method, shape))
            if known is None or (path.count("."), len(path)) < (known.count("."), len(known)):
                found[method, shape] = path
    for raw in RAW:
        shape = tuple("{}" if p[:1] == "{" else p for p in raw.url.strip("/").split("/"))
        found[raw.method, shape] = raw.path
    return found


def method_for(method: str, url: str) -> str | None:
    """The SDK's method for a request, or ``None``; ``url`` is the path below ``/v1``.

    A part of the path that holds U+FFFC stands for any value.  An unknown HTTP method (empty)
    fits every method of the path; one that the path does not have is taken for a slip.
    """
    parts = tuple(url.strip("/").split("/"))
    hole = "\N{OBJECT REPLACEMENT CHARACTER}"
    fits = [
        (verb, path)
        for (verb, shape), path in _by_shape().items()
        if len(shape) == len(parts)
        and all(
            want == part or (want == "{}" and part) or (want != "{}" and hole in part)
            for want, part in zip(shape, parts, strict=True)
        )
        and any(want == part for want, part in zip(shape, parts, strict=True))
    ]
    exact = [path for verb, path in fits if verb == method.upper()]
    return exact[0] if exact else fits[0][1] if fits else None
