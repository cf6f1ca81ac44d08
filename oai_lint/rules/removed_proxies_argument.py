"""``proxies=`` where httpx does not take it any more."""

import re
from collections.abc import Iterator, Sequence

from oai_lint.facts import Argument, ClientInit, File, HttpClient, Mapping, RawCall
from oai_lint.fixes.http_client import (
    Proxy,
    Written,
    http_client,
    read_proxy,
    spelled,
    tempered,
    unique,
)
from oai_lint.judgement.flow import is_expected_to_fail
from oai_lint.patch import Change, Drop, Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_HEAD = re.compile(r"""[^=:]*?\bproxies\b[^=:]*[=:]\s*""")
_PLURAL = re.compile(r"^[\w.()]*proxies(\(\))?$", re.I)
_REPEATED = ("verify", "cert", "http1", "http2", "limits", "trust_env")


class RemovedProxiesArgument(Rule[HttpClient | RawCall | ClientInit]):
    """httpx has no `proxies=` since 0.28, httpx2, transports and `OpenAI()` never had one.

    `httpx.Client(proxies=...)` raises `TypeError: Client.__init__() got an unexpected keyword
    argument 'proxies'` from httpx 0.28 on, with `proxies=None` too; 0.26 and 0.27 warned. httpx2,
    which SDK 3 is built on, `HTTPTransport`, the methods of a client and `OpenAI()` raise it in
    every version. Below 0.28 a mapping needs the keys `"http://"` and `"https://"`: with those of
    requests it is a `ValueError`.

    The form that runs everywhere is `proxy=` with one URL. Different proxies for different
    schemes, or exceptions, are `mounts=`. OpenAI's API is `https`, so the URL that counts is that
    of `https`.

    ## Fix safety
    Safe where the value can be read: a URL, `None`, or a mapping with one URL for `https` becomes
    `proxy=`, any other mapping `mounts=` with transports of the client's own library, which repeat
    the client's `verify=` and `limits=` (a mounted transport does not inherit them). Unsafe where
    the value is not known, or is a mapping given to something that takes one proxy only. Shown
    where the declared range admits httpx below 0.26, which has no `proxy=`, or an SDK below 1.17,
    which has no `DefaultHttpxClient`.

    ## References
    - https://www.python-httpx.org/advanced/proxies/
    - https://github.com/encode/httpx/blob/master/CHANGELOG.md#0280-28th-november-2024
    - https://github.com/openai/openai-python/issues/1915
    """

    code = "OAI203"
    message = "{owner} has no `proxies=` ({since}): this raises `TypeError`; pass {instead}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Pass the proxy by a keyword that exists"
    examples = (
        Example(
            bad=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                'PROXY = "http://127.0.0.1:7890"\n'
                "client = OpenAI(http_client=httpx.Client(proxies=PROXY))\n"
            ),
            good=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                'PROXY = "http://127.0.0.1:7890"\n'
                "client = OpenAI(http_client=httpx.Client(proxy=PROXY))\n"
            ),
        ),
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                'client = OpenAI(proxies={"https": "http://10.0.0.1:3128"})\n'
            ),
            good=(
                "from openai import DefaultHttpxClient, OpenAI\n\n"
                "client = OpenAI("
                'http_client=DefaultHttpxClient(proxy="http://10.0.0.1:3128"))\n'
            ),
        ),
    )

    def check(self, fact: HttpClient | RawCall | ClientInit, file: File) -> Iterator[Finding]:
        """Report the argument unless the versions in force take it in that form."""
        argument = fact.call["proxies"]
        if argument is None or fact.site.guarded or is_expected_to_fail(file, fact.node):
            return
        confidence = min(fact.confidence, argument.expr.confidence)
        if isinstance(fact, ClientInit):
            yield self._at(
                argument, f"`{fact.cls}()`", "it never had", "`http_client=`", confidence,
                self._for_sdk(fact, argument, file),
            )  # fmt: skip
        elif isinstance(fact, HttpClient):
            if fact.library not in ("httpx", "httpx2", "openai") or not fact.is_ours:
                return
            if self._works(fact, argument, file):
                return
            since = (
                "it never had" if fact.is_transport or fact.library == "httpx2" else "httpx 0.28"
            )
            proxy = read_proxy(file, argument.expr)
            instead = "`mounts=`" if proxy and proxy.mounts else "`proxy=`"
            yield self._at(
                argument, f"`{fact.cls}()`", since, instead, confidence,
                self._for_client(fact, argument, proxy, file),
            )  # fmt: skip
        elif fact.library in ("httpx", "httpx2") and fact.host.is_ours:
            if not fact.session and self._works(fact, argument, file):
                return
            if fact.session:
                yield self._at(
                    argument, "A client's method", "it never had", "`proxy=` to the client",
                    confidence, ((), Safety.SHOW),
                )  # fmt: skip
                return
            proxy = read_proxy(file, argument.expr)
            yield self._at(
                argument, f"`{file.code(fact.call.func.node)}()`", "httpx 0.28", "`proxy=`",
                confidence, self._single(argument, proxy, file, fact.library),
            )  # fmt: skip

    def _at(  # noqa: PLR0917
        self,
        argument: Argument,
        owner: str,
        since: str,
        instead: str,
        confidence: Confidence,
        fix: tuple[Sequence[Change], Safety],
    ) -> Finding:
        changes, safety = fix
        return self.found(
            argument, fix=changes, safety=safety, confidence=confidence, owner=owner, since=since,
            instead=instead,
        )  # fmt: skip

    def _works(self, fact: HttpClient | RawCall, argument: Argument, file: File) -> bool:
        """Say whether every version in force takes the argument in this form."""
        if isinstance(fact, HttpClient) and fact.is_transport:
            return False
        library = fact.library
        if library == "httpx2" or (library == "openai" and file.target.reaches(3)):
            return False
        if file.target.httpx.reaches((0, 28)):
            return False
        return not any(
            isinstance(entry.key, str) and entry.key and "://" not in entry.key
            for value in argument.values
            if isinstance(value, Mapping)
            for entry in value.entries
        )

    # -- fixes -------------------------------------------------------------------------------------

    def _for_client(
        self, client: HttpClient, argument: Argument, proxy: Proxy | None, file: File
    ) -> tuple[Sequence[Change], Safety]:
        if proxy is None:
            return (), Safety.SHOW
        if argument.is_none:
            return (Drop(argument.node),), Safety.SAFE
        if client.call["proxy"] is not None or client.call["mounts"] is not None:
            return (), Safety.SHOW
        if not client.is_transport and not proxy.certain and _PLURAL.search(proxy.text):
            return self._spread(client, argument, proxy, file)
        if client.is_transport or not proxy.mounts:
            return self._single(argument, proxy, file, client.library)
        transport = self._transport(client, file)
        if transport is None:
            return self._single(argument, proxy, file, client.library)
        extra = self._repeated(client, file)
        pairs = ", ".join(
            f'"{pattern}": ' + ("None" if url is None else f"{transport.text}(proxy={url}{extra})")
            for pattern, url in proxy.mounts
        )
        changes = [self._renamed(argument, "mounts", f"{{{pairs}}}", file), *transport.imports]
        safety = Safety.SAFE if proxy.certain and not client.call.open else Safety.UNSAFE
        return changes, tempered(file, safety, helper=False)

    def _transport(self, client: HttpClient, file: File) -> Written | None:
        """Return the transport of the client's own library, None where that is not one."""
        library = client.library
        if library == "openai":
            if file.target.starts(3) or "Httpx2" in client.cls:
                library = "httpx2"
            elif file.target.reaches(3):  # no transport fits on both sides
                return None
            else:
                library = "httpx"
        kind = "AsyncHTTPTransport" if client.is_async else "HTTPTransport"
        return spelled(file, f"{library}.{kind}", client.node)

    def _repeated(self, client: HttpClient, file: File) -> str:
        return "".join(
            f", {name}={file.code(given.expr.node)}"
            for name in _REPEATED
            if (given := client.call[name]) is not None
        )

    def _spread(
        self, client: HttpClient, argument: Argument, proxy: Proxy, file: File
    ) -> tuple[Sequence[Change], Safety]:
        """Mount what is most likely a mapping, whatever is in it."""
        transport = self._transport(client, file)
        if transport is None:
            return (), Safety.SHOW
        built = f"{transport.text}(proxy=url{self._repeated(client, file)})"
        value = f"{{key: {built} for key, url in ({proxy.text} or {{}}).items()}}"
        changes = [self._renamed(argument, "mounts", value, file), *transport.imports]
        return changes, tempered(file, Safety.UNSAFE, helper=False)

    def _single(
        self, argument: Argument, proxy: Proxy | None, file: File, library: str
    ) -> tuple[Sequence[Change], Safety]:
        """Give one proxy, whatever the mapping says of other schemes."""
        if proxy is None:
            return (), Safety.SHOW
        if argument.is_none:
            return (Drop(argument.node),), Safety.SAFE
        if not proxy.text:
            return (), Safety.SHOW
        safety = Safety.SAFE if proxy.certain and not proxy.mounts else Safety.UNSAFE
        if library == "httpx" and file.target.httpx.low < (0, 26) and file.target.starts(3):
            library = "openai"
        return (
            (self._renamed(argument, "proxy", proxy.text, file),),
            tempered(file, safety, helper=False),
        )

    def _for_sdk(
        self, init: ClientInit, argument: Argument, file: File
    ) -> tuple[Sequence[Change], Safety]:
        if argument.is_none or init.http_client is not None:
            safety = Safety.SAFE if argument.is_none else Safety.SHOW
            return (Drop(argument.node),), safety
        proxy = read_proxy(file, argument.expr)
        if proxy is None or not proxy.text:
            return (), Safety.SHOW
        written = http_client(file, init.node, [f"proxy={proxy.text}"], asynchronous=init.is_async)
        safety = Safety.SAFE if proxy.certain and not proxy.mounts else Safety.UNSAFE
        return (
            unique((self._renamed(argument, "http_client", written.text, file), *written.imports)),
            tempered(file, safety),
        )

    def _renamed(self, argument: Argument, name: str, value: str, file: File) -> Change:
        """Write another keyword and value, also where they are an entry of a mapping."""
        head = _HEAD.match(file.code(argument.node))
        lead = head[0].replace("proxies", name, 1) if head else f"{name}="
        return Replace(argument.node, (lead + value,))
