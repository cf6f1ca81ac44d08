"""httpx imported where SDK 3 does not bring it."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from oai_lint.facts import ClientInit, File, HttpClient, LegacyImport
from oai_lint.fixes.http_client import spelled
from oai_lint.patch import Change, Replace
from oai_lint.rule import Example, Finding, Rule, Severity

_CLIENTS = {
    "httpx.Client": "openai.DefaultHttpxClient",
    "httpx.AsyncClient": "openai.DefaultAsyncHttpxClient",
    "httpx.Timeout": "openai.Timeout",
}
# What a file asks of httpx for the SDK's sake; anything else is a use of its own.
_FOR_SDK = frozenset({
    *_CLIENTS, "httpx.Limits", "httpx.Proxy", "httpx.HTTPTransport", "httpx.AsyncHTTPTransport",
    "httpx.URL", "httpx.Response", "httpx.Request", "httpx.HTTPError", "httpx.RequestError",
    "httpx.TimeoutException", "httpx.ConnectError", "httpx.ConnectTimeout", "httpx.ReadTimeout",
    "httpx.HTTPStatusError", "httpx.TransportError", "httpx.NetworkError", "httpx.ReadError",
    "httpx.RemoteProtocolError", "httpx.ProxyError", "httpx.PoolTimeout", "httpx.WriteTimeout",
})  # fmt: skip


class _Way(StrEnum):
    """What takes the place of httpx, as the message says it."""

    SDK = "`Default*Client` and `openai.Timeout`"
    HTTPX2 = "httpx2"


class LegacyHttpx(Rule[LegacyImport]):
    """SDK 3 is built on httpx2 and does not install httpx.

    In a fresh environment `import httpx` raises `ModuleNotFoundError` unless the project declares
    httpx itself. Where it was imported for the SDK only, the SDK has all that is needed:
    `DefaultHttpxClient`, `openai.Timeout`, and httpx2, which is there. `except httpx...` never
    matched what non-streaming calls raise, and matches nothing of httpx2.

    ## Fix safety
    Unsafe: a plain client becomes `Default*Client`, which follows redirects, `httpx.Timeout`
    becomes `openai.Timeout`; where more than these is used, the import becomes one of httpx2,
    whose names are the same and whose objects are not (`isinstance` tells).

    ## References
    - https://github.com/openai/openai-python/blob/main/httpx2.md
    - https://github.com/openai/openai-python/issues/3375
    """

    code = "OAI211"
    message = "openai 3 does not install httpx, and nothing declares it; use {instead}"
    severity = Severity.WARNING
    fixes = "Use what the SDK brings"
    starts = (3,)
    examples = (
        Example(
            bad=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                "client = OpenAI(timeout=httpx.Timeout(60, connect=3))\n"
            ),
            good=(
                "from openai import OpenAI, Timeout\n\n"
                "client = OpenAI(timeout=Timeout(60, connect=3))\n"
            ),
        ),
    )

    def check(self, fact: LegacyImport, file: File) -> Iterator[Finding]:
        """Report an import that nothing but the SDK is the reason for."""
        found = self._way(fact, file)
        if found is None:
            return
        # What one import brings may be given to what another brings: they change together.
        ways = [(other, self._way(other, file)) for other in file.all(LegacyImport)]
        fix: list[Change] = []
        for other, way in ways if all(way is not None for _, way in ways) else [(fact, found)]:
            fix += self._simple(other, file) if way is _Way.SDK else self._switch(other, file)
        if any(c.call["proxies"] is not None for c in file.all(HttpClient) if c.feeds):
            fix = []  # what takes its place is written first, with names of httpx
        yield self.found(fact, fix=fix, instead=found)

    def _way(self, fact: LegacyImport, file: File) -> _Way | None:
        """Return what takes the place of an import; None where others may be the reason for it."""
        if not file.target.lacks("httpx") or not file.imports("openai") or fact.site.guarded:
            return None
        if any("TYPE_CHECKING" in condition for condition in fact.site.conditions):
            return None
        if not fact.reads or not all(name in _FOR_SDK for _, name in fact.reads):
            return None
        built = {c.call.func.node: c for c in file.all(HttpClient) if c.library == "httpx"}
        fed = [client.node for client in built.values() if client.feeds]
        ours = {
            node
            for node, client in built.items()
            if client.feeds or any(file.inside(node, outer) for outer in fed)
        }
        if any(node not in ours for node in built):
            return None
        if not ours and not file.all(ClientInit):
            return None
        simple = all(name in _CLIENTS and node in fact.called for node, name in fact.reads)
        if simple and not any(_has_parts(built[node]) for node in ours):
            return _Way.SDK
        return _Way.HTTPX2

    def _simple(self, fact: LegacyImport, file: File) -> Sequence[Change]:
        changes: list[Change] = []
        for node, name in fact.reads:
            written = spelled(file, _CLIENTS[name], node)
            changes += (Replace(node, (written.text,)), *written.imports)
        return changes

    def _switch(self, fact: LegacyImport, file: File) -> Sequence[Change]:
        statement = file.code(fact.statement)
        if fact.binds == "httpx":
            changes: list[Change] = [Replace(fact.node, ("httpx2",))]
            for node, _ in fact.reads:
                changes.append(Replace(node, (file.code(node).replace("httpx", "httpx2", 1),)))
            return changes
        return (Replace(fact.statement, (statement.replace("httpx", "httpx2", 1),)),)


def _has_parts(client: HttpClient) -> bool:
    """Say whether a client is built with objects of httpx that httpx2 does not take."""
    return any(client.call[name] is not None for name in ("transport", "mounts", "auth"))
