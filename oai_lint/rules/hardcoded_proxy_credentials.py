"""A proxy's password in the source."""

import re
from collections.abc import Iterator

from oai_lint.facts import File, Literal, Place, ProxyUse
from oai_lint.fixes.http_client import spelled
from oai_lint.patch import Change, Delete, Drop, Replace
from oai_lint.rule import Example, Finding, Rule, Severity

_CREDENTIALS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?P<user>[^/:@\s]+):(?P<password>[^/@\s]+)@(?P<host>[^/:@\s]*)", re.I
)
_WORDS = (
    r"user(?:name|id)?|usr|name|login|account|pass(?:wd|word)?|pwd|pw|secret|token|key|credentials?"
)
_PLACEHOLDER = re.compile(
    rf"(?:my|your|the|proxy|admin|test)?[_-]?(?:{_WORDS})(?:here)?\d{{0,4}}"
    r"|x+|\*+|\.+|<.*>|\$?\{.*\}|\[.*\]|.*(?:your|change[-_]?me|placeholder|example|用户|密码|你的).*",
    re.I,
)
_HOST = re.compile(
    r"(?:my|your|the|proxy)?[_-]?(?:host(?:name)?|ip|ip[_-]?address|address|server|domain|url)"
    r"|<.*>|(?:.*\.)?example(?:\.(?:com|org|net))?",
    re.I,
)


class HardcodedProxyCredentials(Rule[ProxyUse]):
    """Whoever reads the source can use the proxy, at its owner's cost and in its owner's name.

    `http://user:password@host:port` is sent as a `Proxy-Authorization` header by requests, httpx
    and httpx2; like a key it belongs into the environment. The SDK reads `HTTPS_PROXY` (and
    `ALL_PROXY`) itself when a client is built.

    ## Fix safety
    Unsafe: reads `HTTPS_PROXY` (`HTTP_PROXY` for an entry of that name) in its place, or leaves
    out the assignment of such a variable; the environment must then hold it. Change the password:
    it stays in the history.

    ## References
    - https://www.python-httpx.org/environment_variables/
    - https://cwe.mitre.org/data/definitions/798.html
    """

    code = "OAI207"
    message = "The proxy's password stands in the source; read the address from `{variable}`"
    severity = Severity.ERROR
    fixes = "Read the proxy from the environment"
    quiet_in_tests = True
    examples = (
        Example(
            bad=(
                "from openai import DefaultHttpxClient, OpenAI\n\n"
                'http = DefaultHttpxClient(proxy="http://robot:s3cr3t-9@10.0.0.1:3128")\n'
                "client = OpenAI(http_client=http)\n"
            ),
            good=(
                "import os\n\n"
                "from openai import DefaultHttpxClient, OpenAI\n\n"
                'http = DefaultHttpxClient(proxy=os.environ["HTTPS_PROXY"])\n'
                "client = OpenAI(http_client=http)\n"
            ),
        ),
    )

    def check(self, use: ProxyUse, file: File) -> Iterator[Finding]:
        """Report every address that is spelt out with a password."""
        for address in use.addresses:
            value = address.value
            if not isinstance(value, Literal) or not isinstance(value.value, str):
                continue
            match = _CREDENTIALS.match(value.value)
            if match is None or _is_placeholder(match):
                continue
            variable = "HTTP_PROXY" if address.key.lower() in _HTTP else "HTTPS_PROXY"
            fix: tuple[Change, ...] = ()
            if use.place is Place.VARIABLE:
                variable = address.key
                fix = self._without(use, value)
            elif not address.fallback:
                environ = spelled(file, "os.environ", value.node)
                fix = (Replace(value.node, (f'{environ.text}["{variable}"]',)), *environ.imports)
            confidence = min(use.confidence, value.confidence)
            yield self.found(value, fix=fix, confidence=confidence, variable=variable)

    def _without(self, use: ProxyUse, value: Literal) -> tuple[Change, ...]:
        if use.removable is None or value.node is not use.expr.node:
            return ()
        if use.removable is use.site.statement:
            return (Delete(use.removable),)
        return (Drop(use.removable),)


_HTTP = ("http", "http://")


def _is_placeholder(match: re.Match[str]) -> bool:
    user, password = match["user"], match["password"]
    if _PLACEHOLDER.fullmatch(password) or _HOST.fullmatch(match["host"]) or user == password:
        return True
    return bool(_PLACEHOLDER.fullmatch(user)) and len(password) < 9 and password.isalpha()
