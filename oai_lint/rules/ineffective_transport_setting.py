"""Settings of the HTTP client that another one overrides."""

import re
from collections.abc import Iterator, Sequence

from oai_lint.facts import (
    Argument,
    ClientInit,
    EnvironmentWrite,
    Expr,
    File,
    HttpClient,
    HttpSetting,
    Mapping,
    Place,
    ProxyUse,
    Result,
)
from oai_lint.fixes.http_client import is_sole_use
from oai_lint.judgement.tls import disabled, unmounted
from oai_lint.knowledge.variables import PROXY_EXCEPTIONS, PROXY_FOR_HTTPS
from oai_lint.patch import Change, Delete, Drop, Insert, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_PASSED_ON = ("verify", "cert", "limits")
_ATTRIBUTES = frozenset({"proxies", "proxy", "verify", "cert", "mounts"})
_TRANSPORTS = ("HTTPTransport()", "AsyncHTTPTransport()")
_NAMES_API = re.compile(r"(^|,)\s*(\*|\.?([\w-]+\.)*(openai|azure)\.com)\s*(,|$)", re.I)


class IneffectiveTransportSetting(Rule[HttpClient | HttpSetting]):
    """What the transport decides cannot be said beside it.

    - `httpx.Client(verify=..., transport=HTTPTransport())` drops `verify=`, `cert=` and `limits=`:
      the transport's own count. Transports in `mounts=` do not inherit them either.
    - A client with a `transport=` reads no proxies from the environment.
    - `client.proxies = ...`, `client.verify = ...` on a client that is built set attributes that
      nothing reads.
    - `base_url=` and an `Authorization` header of the `http_client` give way to those of the SDK
      client, so that the traffic goes to the default host, with the SDK's key.
    - An explicit `proxy=` does not ask `NO_PROXY`.

    ## Fix safety
    Unsafe: moves the setting to where it is read, which changes what happens. `verify=False` is
    taken out, which is only shown.

    ## References
    - https://www.python-httpx.org/advanced/transports/
    - https://www.python-httpx.org/environment_variables/
    """

    code = "OAI213"
    message = "`{what}` has no effect {where}; {instead}"
    severity = Severity.WARNING
    fixes = "Say it where it is read"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                "transport = httpx.HTTPTransport(retries=3)\n"
                'http = httpx.Client(transport=transport, verify="/etc/ca.pem")\n'
                "client = OpenAI(http_client=http)\n"
            ),
            good=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                'transport = httpx.HTTPTransport(retries=3, verify="/etc/ca.pem")\n'
                "http = httpx.Client(transport=transport)\n"
                "client = OpenAI(http_client=http)\n"
            ),
        ),
    )

    def check(self, fact: HttpClient | HttpSetting, file: File) -> Iterator[Finding]:
        """Report the settings of a client for OpenAI that are dropped."""
        if isinstance(fact, HttpSetting):
            yield from self._attribute(fact, file)
        elif fact.is_ours and not fact.is_transport and fact.library in _LIBRARIES:
            transport = fact.call["transport"]
            if transport is not None and transport.expr.origin.endswith(_INWARD):
                return  # nothing goes over the network
            yield from self._beside_transport(fact, file)
            yield from self._beside_mounts(fact, file)
            yield from self._environment(fact, file)
            yield from self._overridden(fact, file)
            yield from self._exceptions(fact, file)

    # -- transport= and mounts= --------------------------------------------------------------------

    def _beside_transport(self, client: HttpClient, file: File) -> Iterator[Finding]:
        transport = client.call["transport"]
        if transport is None or _may_be_none(transport.expr):
            return
        for name in _PASSED_ON:
            given = client.call[name]
            if given is None or given.is_none:
                continue
            fix: Sequence[Change] = ()
            value = transport.value
            off = self._is_off(given, client, file)
            if off:
                fix = (Drop(given.node),)
            elif isinstance(value, Result) and value.call is not None and _is_plain(value):
                fix = self._moved(given, value, file)
            yield self.found(
                given,
                fix=fix,
                safety=Safety.SHOW if off else Safety.UNSAFE,
                confidence=client.confidence,
                what=self._shown(given, file),
                where="beside `transport=`",
                instead="give it to the transport",
            )

    def _beside_mounts(self, client: HttpClient, file: File) -> Iterator[Finding]:
        if client.call["transport"] is not None:
            return
        for name in _PASSED_ON:
            given = client.call[name]
            lacking = unmounted(client, name)
            if given is None or given.is_none or not lacking:
                continue
            code = file.code(given.expr.node)
            off = self._is_off(given, client, file)
            fix: list[Change] = [Drop(given.node)]
            if not off:
                fix = [Insert(v.call.node, (f"{name}={code}",)) for v in lacking if v.call]
            yield self.found(
                given,
                fix=fix,
                safety=Safety.SHOW if off else Safety.UNSAFE,
                confidence=client.confidence,
                what=self._shown(given, file),
                where="on what `mounts=` takes",
                instead="give it to the mounted transports too",
            )

    def _moved(self, given: Argument, value: Result, file: File) -> Sequence[Change]:
        assert value.call is not None
        if given.spread or not value.call.lacks(given.name or ""):
            return (Drop(given.node),) if value.call[given.name or ""] is not None else ()
        if not is_sole_use(file, value.call.node):
            return ()
        if file.site(given.node).function is not file.site(value.call.node).function:
            return ()
        code = file.code(given.expr.node)
        return (Drop(given.node), Insert(value.call.node, (f"{given.name}={code}",)))

    def _is_off(self, given: Argument, client: HttpClient, file: File) -> bool:
        """Say whether it would turn verification off where it is read."""
        return given.name == "verify" and disabled(file, given.expr, client.library) is not None

    def _shown(self, given: Argument, file: File) -> str:
        code = file.code(given.expr.node)
        return f"{given.name}={code}" if len(code) < 24 and "\n" not in code else f"{given.name}="

    # -- proxies -----------------------------------------------------------------------------------

    def _environment(self, client: HttpClient, file: File) -> Iterator[Finding]:
        """Report a transport in a file that sets proxy variables for the SDK."""
        transport = client.call["transport"]
        value = transport.value if transport is not None else None
        if transport is None or not isinstance(value, Result) or not _is_plain(value):
            return
        if client.call["proxy"] is not None or client.call["mounts"] is not None:
            return
        if value.call is None or not value.call.lacks("proxy") or not client.for_openai:
            return
        written = [
            use
            for use in file.all(ProxyUse)
            if use.place is Place.VARIABLE
            and use.key in PROXY_FOR_HTTPS
            and use.expr.literal not in ("", None)
        ]
        if not written:
            return
        use = written[-1]
        fix: Sequence[Change] = ()
        environ = file.name_of("os.environ", value.call.node)
        before = use.site.order < file.site(value.call.node).order
        if environ and before and use.expr.known:
            fix = (Insert(value.call.node, (f'proxy={environ}["{use.key}"]',)),)
        yield self.found(
            transport,
            fix=fix,
            confidence=client.confidence,
            what=use.key,
            where="on a client with `transport=`",
            instead="give `proxy=` to the transport",
        )

    def _exceptions(self, client: HttpClient, file: File) -> Iterator[Finding]:
        """Report ``NO_PROXY`` for the API beside an explicit proxy."""
        proxy = client.call["proxy"]
        if proxy is None or _may_be_none(proxy.expr):
            return
        for write in file.all(EnvironmentWrite):
            literal = write.value.literal
            named = isinstance(literal, str) and _NAMES_API.search(literal)
            if write.variable in PROXY_EXCEPTIONS and named:
                yield self.found(
                    proxy,
                    confidence=client.confidence,
                    what=write.variable,
                    where="on a client with `proxy=`",
                    instead="leave one of the two out",
                )
                return

    # -- what the SDK decides ----------------------------------------------------------------------

    def _overridden(self, client: HttpClient, file: File) -> Iterator[Finding]:
        if not client.injected:
            return
        base_url = client.call["base_url"]
        owners = _owners(client, file)
        given = [init.base_url for init in owners]
        if base_url is not None and base_url.expr.literal not in (None, ""):
            code = file.code(base_url.expr.node)
            # The same said twice goes where it should.
            if not given or not all(own and file.code(own.expr.node) == code for own in given):
                instead = "give it to the SDK client"
                if given and all(own is not None for own in given):
                    instead = "leave it out, or give this one to the SDK client"
                yield self.found(
                    base_url,
                    fix=self._base_url_fix(client, base_url, owners, file),
                    confidence=client.confidence,
                    what="base_url=",
                    where="on the `http_client`: the SDK has its own",
                    instead=instead,
                )
        headers = client.call["headers"]
        mapping = headers.value if headers is not None else None
        if isinstance(mapping, Mapping):
            for entry in mapping.entries:
                if isinstance(entry.key, str) and entry.key.lower() == "authorization":
                    yield self.found(
                        entry.key_node if entry.key_node is not None else entry.node,
                        confidence=client.confidence,
                        what=entry.key,
                        where="on the `http_client`: the SDK sends its own key",
                        instead="give `api_key=` to the SDK client",
                    )

    def _base_url_fix(
        self, client: HttpClient, base_url: Argument, owners: list[ClientInit], file: File
    ) -> Sequence[Change]:
        if len(owners) != 1 or base_url.spread:
            return ()
        (init,) = owners
        if init.base_url is not None or init.is_azure:
            return (Drop(base_url.node),)
        if init.call.open or init.site.function is not client.site.function:
            return ()
        code = file.code(base_url.expr.node)
        return (Drop(base_url.node), Insert(init.node, (f"base_url={code}",)))

    # -- attributes --------------------------------------------------------------------------------

    def _attribute(self, setting: HttpSetting, file: File) -> Iterator[Finding]:
        library = setting.origin.split(".", 1)[0]
        if setting.name not in _ATTRIBUTES or library not in _LIBRARIES:
            return
        client = next((c for c in file.all(HttpClient) if c.node is setting.made), None)
        if client is None or not client.is_ours:
            return
        fix: Sequence[Change] = ()
        safety = Safety.UNSAFE
        if setting.key is None and file.code(setting.node).endswith(f".{setting.name}"):
            name = setting.name
            value = setting.value
            if name == "verify" and disabled(file, value, client.library):
                fix, safety = (Delete(setting.site.statement),), Safety.SHOW
            elif client.call.lacks(name) and name != "proxies" and _is_spelt(value):
                code = file.code(value.node)
                fix = (Insert(client.node, (f"{name}={code}",)), Delete(setting.site.statement))
        yield self.found(
            setting,
            fix=fix,
            safety=safety,
            confidence=client.confidence,
            what=f"{file.code(setting.owner)}.{setting.name}",
            where="once the client is built",
            instead=f"pass `{'proxy' if setting.name == 'proxies' else setting.name}=` to it",
        )


def _owners(client: HttpClient, file: File) -> list[ClientInit]:
    """Return the SDK clients that are given an HTTP client."""
    return [
        init
        for init in file.all(ClientInit)
        if init.http_client is not None
        and any(value.node is client.node for value in init.http_client.values)
    ]


_INWARD = ("MockTransport()", "ASGITransport()", "WSGITransport()")
_LIBRARIES = ("httpx", "httpx2", "openai")


def _is_plain(value: Result) -> bool:
    return value.origin.endswith(_TRANSPORTS)


def _is_spelt(expr: Expr) -> bool:
    """Say whether an expression may be written where the client is built."""
    return isinstance(expr.literal, (str, bool))


def _may_be_none(expr: Expr) -> bool:
    return not expr.known or any(getattr(value, "value", ...) is None for value in expr.values)
