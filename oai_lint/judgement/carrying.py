"""What carries the requests of an SDK client: HTTP library, proxy, verification of certificates."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from oai_lint.facts.file import File
from oai_lint.facts.http import HttpClient
from oai_lint.facts.keys import EnvironmentWrite
from oai_lint.facts.tls import Bypass, TlsBypass
from oai_lint.facts.values import Argument, Call, Literal, Parameter, Result, Text, Value
from oai_lint.judgement.tls import disabled, unmounted
from oai_lint.judgement.worth import NOT_KNOWN, Told, told
from oai_lint.knowledge.clients import (
    ASYNC_HTTP_CLIENTS,
    ASYNC_TRANSPORTS,
    HTTP_HELPERS,
    SYNC_HTTP_CLIENTS,
    SYNC_TRANSPORTS,
)

_CLIENTS: Final = SYNC_HTTP_CLIENTS | ASYNC_HTTP_CLIENTS
_TRANSPORTS: Final = SYNC_TRANSPORTS | ASYNC_TRANSPORTS
_ADDRESSES: Final = ("httpx.Proxy()", "httpx2.Proxy()", "httpx.URL()", "httpx2.URL()")


@dataclass(frozen=True, slots=True)
class Carrier:
    """One HTTP client that an SDK client may use.

    Attributes:
        origin: the class that makes it; empty for the SDK's own.
        call: its construction; None for the SDK's own, and where it is not seen.
        known: whether it is the SDK's own, or one that is seen to be made.
        source: what decides that it is this one.
    """

    origin: str
    call: Call | None
    known: bool
    source: str

    def says(self, name: str) -> Argument | None:
        """Return an argument of its construction, unless that is ``None``."""
        argument = self.call[name] if self.call is not None else None
        return None if argument is None or argument.is_none else argument


OWN: Final = Carrier("", None, True, "the SDK's own HTTP client")


def carriers(argument: Argument | None, file: File) -> Iterator[Carrier]:
    """Yield the HTTP clients that ``http_client=`` may be."""
    if argument is None:
        yield OWN
        return
    for value in argument.values:
        origin = value.origin.removesuffix("()")
        helper = origin.removeprefix("openai.") in HTTP_HELPERS
        if isinstance(value, Literal) and value.value is None:
            yield OWN
        elif isinstance(value, Result) and value.call and (origin in _CLIENTS or helper):
            yield Carrier(origin, value.call, True, f"`http_client={origin.split('.')[-1]}(…)`")
        else:
            source = "argument `http_client`"
            if isinstance(value, Parameter):
                source = f"parameter `{value.name}`"
                if value.default is not None and value.default.literal is None:
                    yield OWN
            yield Carrier("", None, False, source)


def library(carrier: Carrier, file: File) -> Told:
    """Tell which HTTP library it is of."""
    if not carrier.known:
        return Told(NOT_KNOWN, carrier.source)
    if carrier.origin in _CLIENTS:
        return Told(carrier.origin.partition(".")[0], carrier.source)
    helper = HTTP_HELPERS.get(carrier.origin.removeprefix("openai."))
    before = helper.before_v3 if helper else "httpx"
    under = "aiohttp under " if helper and helper.extra == "aiohttp" else ""
    if before == "httpx2" or file.target.starts(3):
        name = "httpx2"
    elif not file.target.reaches(3):
        name = "httpx"
    else:
        name = "httpx before openai 3, httpx2 from then on"
    return Told(under + name, carrier.source)


def proxy(carrier: Carrier, file: File, *, https: bool) -> Told:
    """Tell which proxy it goes through.

    Args:
        carrier: the HTTP client.
        file: where it is made.
        https: whether the address of the API begins so.
    """
    if not carrier.known:
        return Told(NOT_KNOWN, carrier.source)
    if argument := carrier.says("proxy"):
        found = told(argument.expr, file, address, f"`proxy=` of {carrier.source}")
        value = f"{found.value}; `NO_PROXY` does not count"
        return found._replace(value=value, brief="proxy set")
    for name in ("proxies", "mounts"):
        if carrier.says(name):
            source = f"`{name}=` of {carrier.source}"
            return Told(f"what `{name}=` says", source, "proxy set")
    if carrier.call is not None and carrier.call.open:
        return Told(NOT_KNOWN, f"a `**` of {carrier.source}")
    if transport := carrier.says("transport"):
        made = transport.value
        inner = made.call["proxy"] if isinstance(made, Result) and made.call else None
        if inner is not None and not inner.is_none:
            found = told(inner.expr, file, address, "`proxy=` of the transport")
            return found._replace(brief="proxy set")
        if _is_transport(made):
            value = "none: `transport=` shuts the environment out"
            return Told(value, carrier.source, "no proxy")
        return Told(NOT_KNOWN, f"`transport=` of {carrier.source}")
    trust = carrier.says("trust_env")
    if trust is not None and trust.literal is False:
        return Told("none", f"`trust_env=False` of {carrier.source}", "no proxy")
    if trust is not None and trust.literal is not True:
        return Told(NOT_KNOWN, f"`trust_env=` of {carrier.source}")
    return _of_environment(file, https=https)


def verification(carrier: Carrier, file: File) -> Told:
    """Tell whether certificates are verified, and against what."""
    if not carrier.known:
        return Told(NOT_KNOWN, carrier.source)
    lib = library(carrier, file).value
    holder, origin = carrier.call, carrier.origin
    source = f"`verify=` of {carrier.source}"
    if transport := carrier.says("transport"):
        made = transport.value
        if not _is_transport(made) or not isinstance(made, Result) or made.call is None:
            return Told(NOT_KNOWN, f"`transport=` of {carrier.source}")
        holder, origin, source = made.call, made.origin, "`verify=` of the transport"
    elif _mounts(carrier, file):
        return Told(NOT_KNOWN, "the transports in `mounts=` verify by themselves")
    argument = holder["verify"] if holder is not None else None
    if argument is None and holder is not None and holder.open:
        return Told(NOT_KNOWN, f"a `**` of {carrier.source}")
    if argument is not None and argument.literal is not True:
        off = disabled(file, argument.expr, origin.partition(".")[0])
        if off is None:
            return told(argument.expr, file, _context, source)
        what = "host names go unchecked" if off.hostname else "off"
        return Told(f"{what}: `{off.reason}`", source, "TLS verification off")
    if lib != "httpx2" and any(
        b.kind is Bypass.CREATE_DEFAULT_CONTEXT for b in file.all(TlsBypass)
    ):
        replaced = f"`{Bypass.CREATE_DEFAULT_CONTEXT}` is replaced in this file"
        return Told("off where httpx is 0.28 or newer", replaced, "TLS verification off")
    source = "default" if argument is None else source
    trust = carrier.says("trust_env")
    if trust is None or trust.literal is not False:
        source += "; `SSL_CERT_FILE` or `SSL_CERT_DIR` may name others"
    return Told(f"on, against {_store(lib)}", source)


def _mounts(carrier: Carrier, file: File) -> bool:
    """Say whether traffic to the API goes through transports that do not share ``verify=``."""
    call = carrier.call
    made = [fact for fact in file.all(HttpClient) if call is not None and fact.node is call.node]
    return any(unmounted(fact, "verify") for fact in made)


def _store(lib: str) -> str:
    if lib.endswith("httpx2"):
        return "the system's certificates"
    certifi = "certifi's certificates"
    return certifi if lib.endswith("httpx") else f"{certifi}, from openai 3 on the system's"


def _is_transport(value: Value) -> bool:
    return isinstance(value, Result) and value.origin.removesuffix("()") in _TRANSPORTS


def _of_environment(file: File, *, https: bool) -> Told:
    scheme = "HTTPS_PROXY" if https else "HTTP_PROXY"
    names = {scheme, scheme.lower(), "ALL_PROXY", "all_proxy"}
    value = f"what `{scheme}` or `ALL_PROXY` says, but for `NO_PROXY`; none if neither is set"
    return Told(value, environment(file, names), "proxy from environment")


def environment(file: File, names: Collection[str]) -> str:
    """Return words for the environment as a source of variables, some of which a file may set."""
    written = [w.variable for w in file.all(EnvironmentWrite) if w.variable in names]
    found = "environment when the client is built"
    if written:
        found += f"; this file sets {' and '.join(f'`{name}`' for name in dict.fromkeys(written))}"
    return found


def _context(value: Value) -> str:
    if isinstance(value, Literal) and isinstance(value.value, str):
        return f"on, against `{value.value}`" if value.value else ""
    if isinstance(value, Result) and value.origin.startswith("ssl."):
        return "on, as its `SSLContext` says"
    return ""


def address(value: Value) -> str:
    """Return a value that is an address as code without the credentials in it; or nothing."""
    if isinstance(value, Literal) and isinstance(value.value, str):
        return _bare(value.value)
    if isinstance(value, Text):
        return _bare(value.known)
    if isinstance(value, Result) and value.call is not None and value.origin in _ADDRESSES:
        url = value.call.get("url", 0)
        return address(url.value) if url is not None else ""
    return ""


def _bare(url: str) -> str:
    """Return a URL as code, without user, password and query; nothing if it has no host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if not parts.netloc:
        return ""
    host = parts.netloc.rpartition("@")[2].replace("\N{OBJECT REPLACEMENT CHARACTER}", "…")
    path = parts.path.rstrip("/").replace("\N{OBJECT REPLACEMENT CHARACTER}", "…")
    return f"`{parts.scheme}://{host}{path}`"
