"""What turns the verification of certificates off, by library and version."""

from __future__ import annotations

from typing import NamedTuple

from oai_lint.facts.file import File
from oai_lint.facts.http import HttpClient
from oai_lint.facts.tls import ContextSetting
from oai_lint.facts.values import Expr, Literal, Mapping, Result
from oai_lint.rule import Confidence

_UNVERIFIED = ("ssl._create_unverified_context()", "ssl._create_stdlib_context()")


class Disabled(NamedTuple):
    """Why verification is off.

    Attributes:
        reason: what does it, as code.
        settings: the statements that do it; none where the value itself does.
        hostname: whether only the host's name goes unchecked.
    """

    reason: str
    settings: tuple[ContextSetting, ...] = ()
    hostname: bool = False
    confidence: Confidence = Confidence.HIGH


def disabled(file: File, expr: Expr, library: str) -> Disabled | None:
    """Say how ``verify=expr`` (or ``ssl=``, ``context=``) turns verification off, if it does."""
    literal = expr.literal
    if literal is False or (literal == 0 and type(literal) is int):
        return Disabled(str(literal), confidence=expr.confidence)
    old = library == "httpx" or (library == "openai" and not file.target.reaches(3))
    if old and literal in (None, "") and not file.target.httpx.reaches((0, 28)):
        return Disabled(repr(literal), confidence=expr.confidence)
    value = expr.value
    if not isinstance(value, Result) or value.call is None:
        return None
    settings = [s for s in file.all(ContextSetting) if s.made is value.call.node]
    found = _by_settings(settings)
    if found is not None:
        return found._replace(confidence=value.confidence)
    if value.origin in _UNVERIFIED:
        return Disabled(f"{value.origin}", confidence=value.confidence)
    if value.origin == "ssl.SSLContext()":
        protocol = value.call.get("protocol", 0)
        bare = protocol is None or protocol.expr.origin in (
            "ssl.PROTOCOL_TLS",
            "ssl.PROTOCOL_SSLv23",
        )
        if bare and not value.call.open and not any(s.name == "verify_mode" for s in settings):
            return Disabled("ssl.SSLContext()", confidence=value.confidence)
    if value.origin in ("httpx.create_ssl_context()", "httpx2.create_ssl_context()"):
        verify = value.call.get("verify", 0)
        if verify is not None and verify.literal is False:
            return Disabled("create_ssl_context(verify=False)", confidence=value.confidence)
    return None


def _by_settings(settings: list[ContextSetting]) -> Disabled | None:
    modes = [s for s in settings if s.name == "verify_mode"]
    names = [s for s in settings if s.name == "check_hostname" and s.value.literal is False]
    if any(mode.site.conditions for mode in modes) or any(s.site.conditions for s in names):
        return None
    if modes and all(_is_none(mode.value) for mode in modes):
        return Disabled("CERT_NONE", (*modes, *names))
    if names and not any(
        s.name == "check_hostname" and s.value.literal is not False for s in settings
    ):
        return Disabled("check_hostname = False", tuple(names), hostname=True)
    return None


def _is_none(expr: Expr) -> bool:
    value = expr.value
    if isinstance(value, Literal):
        return value.value == 0 and value.value is not False
    return value.origin in ("ssl.CERT_NONE", "ssl.VerifyMode.CERT_NONE")


def unmounted(client: HttpClient, name: str) -> list[Result]:
    """Return the transports mounted for ``https`` that lack what is said on the client."""
    mounts = client.call["mounts"]
    mapping = mounts.value if mounts is not None else None
    found = []
    for entry in mapping.entries if isinstance(mapping, Mapping) else ():
        value = entry.value.value
        covers = isinstance(entry.key, str) and (
            entry.key.startswith(("https", "all")) or not entry.key
        )
        if not covers or not isinstance(value, Result) or value.call is None:
            continue
        if value.origin.endswith("HTTPTransport()") and value.call.lacks(name):
            found.append(value)
    return found


def is_dropped(client: HttpClient, name: str) -> bool:
    """Say whether ``verify=`` and the like on a client do not reach traffic to OpenAI (OAI213)."""
    if client.is_transport:
        return False
    return client.call["transport"] is not None or bool(unmounted(client, name))
