"""Proxy addresses whose scheme does not fit."""

from collections.abc import Iterator

from oai_lint.facts import Address, File, Literal, Place, ProxyUse, Text
from oai_lint.fixes.http_client import is_tls_on_loopback, rewritten
from oai_lint.patch import Change, Replace
from oai_lint.rule import Example, Finding, Rule, Severity

_PORT_UNKNOWN = "\N{OBJECT REPLACEMENT CHARACTER}"


class MismatchedProxyScheme(Rule[ProxyUse]):
    """The scheme of a proxy's address says how the proxy itself is spoken to.

    `https://127.0.0.1:7890` asks for TLS to a proxy on this machine that speaks plain HTTP, as
    they nearly all do. requests 2.25 did not mind, which is why such code is about; requests from
    2.27 on raises `ProxyError`, the SDK `APIConnectionError: Connection error.`, caused by
    `[SSL: WRONG_VERSION_NUMBER]`, after all its retries. The traffic that goes through the proxy
    is TLS either way.

    `socks://` is no scheme that httpx, httpx2 or requests know (`ValueError: Unknown scheme for
    proxy URL`), and neither is a missing one in `proxy=`: environment variables may say
    `host:port`, arguments may not.

    ## Fix safety
    Unsafe: the address becomes `http://` (`socks5://`); a proxy that does speak TLS on that port
    would be lost.

    ## References
    - https://www.python-httpx.org/advanced/proxies/
    - https://requests.readthedocs.io/en/latest/user/advanced/#proxies
    """

    code = "OAI204"
    message = "`{scheme}` {reason}; write `{instead}`"
    severity = Severity.WARNING
    fixes = "Write the scheme that the proxy speaks"
    examples = (
        Example(
            bad=(
                "from openai import DefaultHttpxClient, OpenAI\n\n"
                "client = OpenAI("
                'http_client=DefaultHttpxClient(proxy="https://127.0.0.1:7890"))\n'
            ),
            good=(
                "from openai import DefaultHttpxClient, OpenAI\n\n"
                "client = OpenAI("
                'http_client=DefaultHttpxClient(proxy="http://127.0.0.1:7890"))\n'
            ),
        ),
    )

    def check(self, use: ProxyUse, file: File) -> Iterator[Finding]:
        """Report every address whose scheme cannot be meant."""
        for address in use.addresses:
            found = self._judged(address, use)
            if found is None:
                continue
            old, new, reason = found
            fix: tuple[Change, ...] = ()
            code = rewritten(file.code(address.value.node), old, new)
            if code is not None:
                fix = (Replace(address.value.node, (code,)),)
            yield self.found(
                address.value, fix=fix, confidence=min(use.confidence, address.value.confidence),
                scheme=old or _shown(address), reason=reason, instead=new,
            )  # fmt: skip

    def _judged(self, address: Address, use: ProxyUse) -> tuple[str, str, str] | None:
        text = _text(address.value)
        lower = text.lower()
        if lower.startswith("socks://"):
            return text[:8], "socks5://", "is no scheme that HTTP libraries know"
        if lower.startswith("https://"):
            if is_tls_on_loopback(text.replace(_PORT_UNKNOWN, "1")):
                reason = "asks for TLS to a local proxy, which speaks plain HTTP"
                return text[:8], "http://", reason
            return None
        bare = use.place is Place.PROXY and use.library in ("httpx", "httpx2", "openai")
        if bare and isinstance(address.value, Literal) and text and "://" not in text:
            return "", "http://", "has no scheme, which `proxy=` refuses with `ValueError`"
        return None


def _text(value: Literal | Text) -> str:
    if isinstance(value, Text):
        return value.known
    return value.value if isinstance(value.value, str) else ""


def _shown(address: Address) -> str:
    text = _text(address.value).rpartition("@")[2]
    return text if len(text) < 40 else f"{text[:37]}..."
