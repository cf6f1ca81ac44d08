"""Certificates that nobody checks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from oai_lint.facts import (
    Argument,
    Bypass,
    File,
    Host,
    HttpClient,
    HttpSetting,
    RawCall,
    Result,
    TlsBypass,
)
from oai_lint.judgement.tls import Disabled, disabled, is_dropped
from oai_lint.patch import Change, Delete, Drop, Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity


class DisabledTlsVerification(Rule[HttpClient | RawCall | HttpSetting]):
    """Without verification anybody on the way to OpenAI can read the key and change the answers.

    `verify=False` on the client that is given to the SDK, on its transports, on a raw call to the
    API or on the session that makes it, a context with `CERT_NONE` and
    `ssl._create_unverified_context()` accept every certificate, without a warning in httpx and
    httpx2. `check_hostname = False` alone accepts any valid certificate of anybody. Below httpx
    0.28 `verify=None` and `verify=""` do the same as `False`.

    A company's proxy or a test server with a certificate of its own needs its CA, not blindness:
    `verify=ssl.create_default_context(cafile="company.pem")`, or `SSL_CERT_FILE` in the
    environment.

    ## Fix safety
    Unsafe: the argument or the setting goes (a parameter's default becomes `True`); where a
    proxy opens the traffic, its CA must be named.

    ## References
    - https://www.python-httpx.org/advanced/ssl/
    - https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification
    """

    code = "OAI301"
    message = "`{what}` {effect}; pass `verify=ssl.create_default_context(cafile=...)`"
    severity = Severity.ERROR
    fixes = "Verify certificates"
    quiet_in_tests = True
    examples = (
        Example(
            bad=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                "client = OpenAI(http_client=httpx.Client(verify=False, timeout=30.0))\n"
            ),
            good=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                "client = OpenAI(http_client=httpx.Client(timeout=30.0))\n"
            ),
        ),
    )

    def check(self, fact: HttpClient | RawCall | HttpSetting, file: File) -> Iterator[Finding]:
        """Report what turns verification off for traffic to OpenAI."""
        if isinstance(fact, HttpSetting):
            yield from self._setting(fact, file)
        elif isinstance(fact, RawCall):
            if self._host(fact, file).is_ours:
                names = {"aiohttp": ("ssl", "verify_ssl"), "urllib": ("context",)}
                for name in names.get(fact.library, ("verify",)):
                    argument = fact.call[name]
                    for found in self._argument(argument, fact.library, fact.confidence, file):
                        yield replace(found, fix=(*found.fix, *_warnings(file)))
        elif self._is_meant(fact):
            library = fact.library
            confidence = fact.confidence
            if not any(host.is_ours for host in fact.serves):
                confidence = min(confidence, Confidence.MEDIUM)
            if not is_dropped(fact, "verify"):
                yield from self._argument(fact.call["verify"], library, confidence, file)
            connector = fact.call["connector"]
            value = connector.value if connector is not None else None
            given = isinstance(value, Result) and value.origin == "aiohttp.TCPConnector()"
            if given and isinstance(value, Result) and value.call is not None:
                for name in ("ssl", "verify_ssl"):
                    yield from self._argument(value.call[name], library, confidence, file)

    def _host(self, raw: RawCall, file: File) -> Host:
        """Return whose server a call goes to, that of ``urlopen(request)`` too."""
        value = raw.url.value if raw.url is not None else None
        if raw.library == "urllib" and isinstance(value, Result) and value.call is not None:
            request = value.call.node
            return next((r.host for r in file.all(RawCall) if r.node is request), raw.host)
        return raw.host

    def _is_meant(self, client: HttpClient) -> bool:
        """Say whether traffic that is not to a server of one's own goes through the client."""
        if client.for_openai:
            return True
        return client.feeds and Host.UNKNOWN in client.serves

    def _argument(
        self, argument: Argument | None, library: str, confidence: Confidence, file: File
    ) -> Iterator[Finding]:
        if argument is None:
            return
        found = disabled(file, argument.expr, library)
        if found is None:
            return
        confidence = min(confidence, found.confidence)
        if found.settings:
            fix: Sequence[Change] = ()
            if all(setting.alone for setting in found.settings):
                fix = [Delete(setting.site.statement) for setting in found.settings]
            yield self._at(found.settings[0], f"{found.reason}", found, fix, confidence)
        else:
            what = f"{argument.name or 'context'}={found.reason}"
            drop: Change = Drop(argument.node)
            if argument.literal is False and argument.expr.confidence is Confidence.MEDIUM:
                drop = Replace(argument.value.node, ("True",))  # a parameter's default
            yield self._at(argument, what, found, (drop,), confidence)

    def _setting(self, setting: HttpSetting, file: File) -> Iterator[Finding]:
        if setting.name != "verify" or setting.origin != "requests.Session":
            return
        client = next((c for c in file.all(HttpClient) if c.node is setting.made), None)
        found = disabled(file, setting.value, "requests")
        if client is None or not client.for_openai or found is None:
            return
        fix = () if found.settings else (Delete(setting.site.statement),)
        what = f"{file.code(setting.node)} = {found.reason}"
        yield self._at(setting, what, found, fix, min(client.confidence, found.confidence))

    def _at(
        self,
        at: object,
        what: str,
        found: Disabled,
        fix: Sequence[Change],
        confidence: Confidence,
    ) -> Finding:
        effect = "accepts any certificate, so that anyone on the way gets the key"
        if found.hostname:
            effect = "accepts the certificate of any host"
        return self.found(
            at, fix=fix, safety=Safety.UNSAFE, confidence=confidence, what=what, effect=effect
        )


def _warnings(file: File) -> Iterator[Change]:
    """Yield the removal of what keeps urllib3 quiet about such calls."""
    for bypass in file.all(TlsBypass):
        idle = bypass.kind is Bypass.DISABLE_WARNINGS and bypass.only_openai
        if idle and bypass.removable is not None and not bypass.site.guarded:
            yield Delete(bypass.removable)
