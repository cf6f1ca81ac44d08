"""The ages of the SDK, and the releases at which its behaviour changed.

A border is the first release with the new behaviour.  Each row was either run (``ran``: the last
release without it and the first with it, or two releases that bracket it) or read in the tagged
source or the published wheels (``read``).  Where tags are missing, the version is the first
published one in which the text appears.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple


class Version(NamedTuple):
    """A release number; compares as a tuple, also with plain tuples."""

    major: int
    minor: int = 0
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``1``, ``1.55``, ``v1.55.3``, ``1.55.3rc1`` or ``1.55.3.post1``.

        Only the release counts: a suffix (pre-release, post-release, local) is dropped, because
        no border of the SDK lies between a candidate and its release.  Raises ``ValueError`` on
        text that does not start with a number.
        """
        numbers: list[int] = []
        for part in text.strip().removeprefix("v").split(".")[:3]:
            digits = ""
            for character in part:
                # str.isdigit alone would accept superscripts, which int() refuses.
                if not ("0" <= character <= "9"):
                    break
                digits += character
            if not digits:
                break
            numbers.append(int(digits))
            if digits != part:
                break
        if not numbers:
            raise ValueError(f"not a version: {text!r}")
        return cls(*numbers)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


V = Version

OLDEST: Final = V(0)
V1: Final = V(1)
V3: Final = V(3)

# The releases that the tables of this package were compared with.
CHECKED: Final[tuple[Version, ...]] = (
    V(0, 28, 1),
    V(1, 0, 0),
    V(1, 55, 3),
    V(1, 109, 1),
    V(2, 54, 0),
    V(3, 0, 0),
    V(3, 54, 0),
)

LATEST: Final = CHECKED[-1]


class Era(NamedTuple):
    """A span of releases, ``low`` included, ``high`` excluded, that share one shape of API."""

    name: str
    low: Version
    high: Version | None
    http: str
    """The HTTP library the SDK's own traffic goes through."""


MODULE: Final = Era("module", OLDEST, V1, "requests")
CLIENT: Final = Era("client", V1, V3, "httpx")
HTTPX2: Final = Era("httpx2", V3, None, "httpx2")

ERAS: Final[tuple[Era, ...]] = (MODULE, CLIENT, HTTPX2)


def era_of(version: tuple[int, ...]) -> Era:
    """The era a release belongs to."""
    for era in reversed(ERAS):
        if version >= era.low:
            return era
    return MODULE


class Border(NamedTuple):
    """The first release in which ``what`` holds."""

    key: str
    since: Version
    what: str
    mark: Literal["ran", "read"]


BORDERS: Final[tuple[Border, ...]] = (
    Border("client-api", V(1, 0, 0), "clients on httpx replace the module API on requests", "ran"),
    Border("removed-placeholders", V(1, 2, 0), "`openai.ChatCompletion` is back and raises", "ran"),
    Border("base-url-variable", V(1, 3, 0), "`OPENAI_BASE_URL` is read", "ran"),
    Border("collected-clients-close", V(1, 3, 8), "a dropped client frees its socket", "ran"),
    Border("error-body", V(1, 3, 8), "errors have `.body`", "read"),
    Border("stream-context-manager", V(1, 6, 0), "a stream can be used in `with`", "ran"),
    Border("follow-redirects", V(1, 10, 0), "the default client follows redirects", "ran"),
    Border("http-client-checked", V(1, 13, 4), "a wrong `http_client` is a `TypeError`", "ran"),
    Border("pool-limits", V(1, 15, 0), "the default pool is 1000/100, not 100/20", "ran"),
    Border("max-retries-not-none", V(1, 16, 0), "`max_retries=None` is a `TypeError`", "ran"),
    Border("default-httpx-client", V(1, 17, 0), "`DefaultHttpxClient` is exported", "ran"),
    Border("error-request-id", V(1, 19, 0), "status errors have `.request_id`", "read"),
    Border("project-variable", V(1, 20, 0), "`project=`, `OPENAI_PROJECT_ID`", "read"),
    Border("max-completion-tokens", V(1, 45, 0), "`max_completion_tokens=` on chat", "ran"),
    Border("httpx-028", V(1, 55, 3), "the SDK works with httpx 0.28", "ran"),
    Border("default-aiohttp-client", V(1, 89, 0), "`DefaultAioHttpClient` is exported", "read"),
    Border("empty-key-unsent", V(1, 92, 3), "an empty key sends no Authorization", "ran"),
    Border("callable-key", V(1, 106, 0), "`api_key` may be a callable", "ran"),
    Border("admin-key", V(2, 34, 0), "`OPENAI_ADMIN_KEY`; an empty key is refused", "ran"),
    Border("command-removed", V(2, 35, 0), "no `openai` command, no `migrate`", "read"),
    Border("httpx2-accepted", V(2, 47, 0), "httpx2 clients are accepted", "ran"),
    Border("python-310", V(2, 49, 0), "Python 3.10 or newer", "read"),
    Border("long-retry-after", V(2, 52, 0), "a `Retry-After` over 120 s ends retries", "ran"),
    Border("httpx2-only", V(3, 0, 0), "httpx2 is required, httpx is not installed", "ran"),
    Border("stream-errors-wrapped", V(3, 14, 0), "errors while streaming are SDK errors", "ran"),
    Border("raw-foreign-errors", V(3, 15, 0), "only HTTP errors are wrapped and retried", "ran"),
    Border("max-retries-int", V(3, 15, 0), "`max_retries` must be an int of at least 0", "ran"),
    Border("httpx2-212", V(3, 17, 0), "httpx2 2.12 or newer is required", "read"),
    Border("body-replay", V(3, 19, 0), "a body that cannot be rewound is not retried", "read"),
    Border("ssl-error-wrapped", V(3, 20, 0), "a raw `ssl.SSLError` is wrapped", "read"),
    Border("short-error-text", V(3, 38, 0), "`str(error)` no longer holds the body", "ran"),
)

_BORDERS: Final = {border.key: border.since for border in BORDERS}


def since(key: str) -> Version:
    """The first release at which the border called ``key`` is crossed."""
    return _BORDERS[key]
