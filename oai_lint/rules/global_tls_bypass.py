"""Verification turned off for the whole process."""

from collections.abc import Iterator

from oai_lint.facts import Bypass, File, RawCall, TlsBypass
from oai_lint.judgement.tls import disabled
from oai_lint.patch import Delete
from oai_lint.rule import Example, Finding, Rule, Severity

_EFFECTS = {
    Bypass.DEFAULT_HTTPS_CONTEXT: "changes nothing for the SDK, httpx or requests, only `urllib`",
    Bypass.CREATE_DEFAULT_CONTEXT: "turns verification off for all of httpx 0.28",
    Bypass.PYTHONHTTPSVERIFY: "changes nothing: the SDK, httpx and requests do not read it",
    Bypass.CURL_CA_BUNDLE: "turns verification off in requests below 2.28, changes nothing else",
    Bypass.DISABLE_WARNINGS: "hides that certificates are not checked",
}
_URLLIB = "turns verification off for every `urllib` request"


class GlobalTlsBypass(Rule[TlsBypass]):
    """Turning verification off for the process is too much, or does nothing at all.

    Run against an untrusted certificate: `ssl._create_default_https_context = ...` and
    `PYTHONHTTPSVERIFY=0` have no effect on requests, httpx, httpx2 or the SDK;
    `CURL_CA_BUNDLE=""` has one in requests below 2.28 only; replacing
    `ssl.create_default_context` opens everything that httpx 0.28 does. Reported in files whose
    only HTTP goes to OpenAI, where the statement can have no other purpose;
    `urllib3.disable_warnings()` beside raw calls to it.

    A private CA is named by `SSL_CERT_FILE` or
    `verify=ssl.create_default_context(cafile="company.pem")`.

    ## Fix safety
    Unsafe: the statement goes; where it had an effect, the CA must be named.

    ## References
    - https://peps.python.org/pep-0476/
    - https://www.python-httpx.org/advanced/ssl/
    """

    code = "OAI302"
    message = "`{what}` {effect}; remove it, and name a private CA by `SSL_CERT_FILE`"
    severity = Severity.WARNING
    fixes = "Remove the statement"
    quiet_in_tests = True
    examples = (
        Example(
            bad=(
                "import os\n\n"
                "from openai import OpenAI\n\n"
                'os.environ["CURL_CA_BUNDLE"] = ""\n'
                "client = OpenAI()\n"
            ),
            good="from openai import OpenAI\n\nclient = OpenAI()\n",
        ),
    )

    def check(self, bypass: TlsBypass, file: File) -> Iterator[Finding]:
        """Report a bypass that can only be meant for OpenAI."""
        if not bypass.only_openai or bypass.site.guarded:
            return
        raws = file.all(RawCall)
        warnings = bypass.kind is Bypass.DISABLE_WARNINGS
        if warnings and (not raws or any(self._unverified(raw, file) for raw in raws)):
            return  # OAI301 reports what the warnings are about
        effect = _EFFECTS[bypass.kind]
        urllib = any(raw.library == "urllib" for raw in raws)
        if urllib and bypass.kind is Bypass.DEFAULT_HTTPS_CONTEXT:
            effect = _URLLIB
        fix = (Delete(bypass.removable),) if bypass.removable is not None else ()
        yield self.found(bypass, fix=fix, what=bypass.kind.value, effect=effect)

    def _unverified(self, raw: RawCall, file: File) -> bool:
        verify = raw.call["verify"]
        return verify is not None and disabled(file, verify.expr, raw.library) is not None
