"""Proxy variables set when the client is already there."""

from collections.abc import Iterator

from oai_lint.facts import ClientInit, File, HttpClient, Place, ProxyUse, RawCall, Result
from oai_lint.judgement.flow import runs_before
from oai_lint.knowledge.variables import PROXY_FOR_HTTPS
from oai_lint.patch import Before, Change, Delete, Safety
from oai_lint.rule import Example, Finding, Related, Rule, Severity

_OWN = ("proxy", "proxies", "transport", "mounts")


class LateProxyVariable(Rule[ProxyUse]):
    """The SDK reads proxy variables once, when a client is built.

    `HTTPS_PROXY` set afterwards changes nothing for that client: its traffic goes out directly.
    (SDK 0.x and requests read them for every call.)

    ## Fix safety
    Shown: moves the assignment before the client; what it is computed from must be there already.

    ## References
    - https://www.python-httpx.org/environment_variables/
    """

    code = "OAI208"
    message = "`{variable}` is set after the client was built, which read it then; set it before"
    severity = Severity.ERROR
    safety = Safety.SHOW
    fixes = "Set the variable before the client is built"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import os\n\n"
                "from openai import OpenAI\n\n"
                "client = OpenAI()\n"
                'os.environ["HTTPS_PROXY"] = "http://10.0.0.1:3128"\n'
                "client.models.list()\n"
            ),
        ),
    )

    def check(self, use: ProxyUse, file: File) -> Iterator[Finding]:
        """Report a variable that no client of the file can have read."""
        if use.place is not Place.VARIABLE or use.site.guarded:
            return
        everything = {other.key for other in file.all(ProxyUse) if other.place is Place.VARIABLE}
        if not everything & PROXY_FOR_HTTPS:  # OAI206 reports that it would do nothing
            return
        if use.expr.literal in (None, ""):
            return
        before = [i for i in file.all(ClientInit) if self._reads(i, use, file)]
        if not before or self._later(use, file):
            return
        first = before[0]
        fix: tuple[Change, ...] = ()
        if use.removable is not None and use.removable is use.site.statement:
            line = (file.code(use.removable),)
            fix = (Before(first.site.statement, (line,)), Delete(use.removable))
        yield self.found(
            use,
            fix=fix,
            variable=use.key,
            confidence=first.confidence,
            related=(Related(first.node, "built here"),),
        )

    def _reads(self, init: ClientInit, use: ProxyUse, file: File) -> bool:
        """Say whether a client took its proxies from the environment before they were set."""
        if init.call.open or not init.host.is_ours or not runs_before(file, init.node, use.node):
            return False
        given = init.http_client
        if given is None:
            return True
        value = given.value
        return (
            isinstance(value, Result)
            and value.call is not None
            and value.origin.startswith(("httpx", "openai.Default"))
            and not any(value.call[name] is not None for name in (*_OWN, "trust_env"))
            and not value.call.open
            and runs_before(file, value.node, use.node)
        )

    def _later(self, use: ProxyUse, file: File) -> bool:
        """Say whether something that is built or called later reads the variable."""
        sites = [init.site for init in file.all(ClientInit)]
        sites += [client.site for client in file.all(HttpClient)]
        sites += [raw.site for raw in file.all(RawCall)]
        here = use.site
        if any(site.order > here.order or site.function is not here.function for site in sites):
            return True
        return file.imports("requests") or file.imports("urllib.request")
