"""HTTP clients without the SDK's defaults."""

from collections.abc import Iterator, Sequence

from oai_lint.facts import ClientInit, File, HttpClient, Result
from oai_lint.fixes.http_client import spelled, tempered
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_HELPERS = {
    "httpx.Client": "openai.DefaultHttpxClient",
    "httpx.AsyncClient": "openai.DefaultAsyncHttpxClient",
    "httpx2.Client": "openai.DefaultHttpxClient",
    "httpx2.AsyncClient": "openai.DefaultAsyncHttpxClient",
}


class BareHttpClient(Rule[HttpClient]):
    """A plain `httpx.Client` as `http_client` loses the SDK's pool and redirects.

    The SDK's own client keeps up to 1000 connections (100 of them idle) and follows redirects; a
    plain one 100 (20), and a 307 becomes an `APIStatusError`. The 600 s timeout is kept: the SDK
    puts it in when the client has none of its own. `DefaultHttpxClient` takes the same arguments
    and has the SDK's defaults.

    Not in the default set: `httpx.Client(proxy=..., timeout=...)` works.

    ## Fix safety
    Unsafe: redirects are followed afterwards, and from SDK 3 on the client is one of httpx2, which
    `isinstance(client, httpx.Client)` denies.

    ## References
    - https://github.com/openai/openai-python#configuring-the-http-client
    """

    code = "OAI210"
    message = "`{origin}` loses the SDK's 1000/100 connections and redirects; use `{helper}`"
    severity = Severity.INFO
    fixes = "Use the SDK's own class"
    on = False
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                'client = OpenAI(http_client=httpx.Client(proxy="http://10.0.0.1:3128"))\n'
            ),
            good=(
                "from openai import DefaultHttpxClient, OpenAI\n\n"
                "client = OpenAI("
                'http_client=DefaultHttpxClient(proxy="http://10.0.0.1:3128"))\n'
            ),
        ),
    )

    def check(self, client: HttpClient, file: File) -> Iterator[Finding]:
        """Report a plain client that is given to the SDK."""
        helper = _HELPERS.get(client.origin)
        if helper is None or not client.injected or client.call.open or client.site.guarded:
            return
        target = file.target
        if client.library == "httpx" and target.starts(3) and target.lacks("httpx"):
            return  # OAI211 reports the import
        transport = client.call["transport"]
        if transport is not None and not transport.expr.origin.endswith("HTTPTransport()"):
            return  # it has a pool of its own, or none
        if client.call["limits"] is not None and client.call["follow_redirects"] is not None:
            return
        if any(  # the other kind of client is OAI209's
            init.is_async is not client.is_async
            for init in file.all(ClientInit)
            if init.http_client is not None
            and any(value.node is client.node for value in init.http_client.values)
        ):
            return
        fix, safety = self._fix(client, helper, file)
        yield self.found(
            client, fix=fix, safety=safety, confidence=client.confidence, origin=client.origin,
            helper=helper.removeprefix("openai."),
        )  # fmt: skip

    def _fix(self, client: HttpClient, helper: str, file: File) -> tuple[Sequence[Change], Safety]:
        if file.http_client != "default":
            return (), Safety.SHOW
        changes: list[Change] = []
        for name in ("transport", "mounts", "auth"):
            # Objects of httpx do not fit into what the class builds from SDK 3 on.
            if client.call[name] is not None and (
                client.library == "httpx2" or file.target.reaches(3)
            ):
                return (), Safety.SHOW
        timeout = client.call["timeout"]
        value = timeout.value if timeout is not None else None
        if isinstance(value, Result) and value.origin in ("httpx.Timeout()", "httpx2.Timeout()"):
            if value.call is None or value.node is not timeout.expr.node:  # type: ignore[union-attr]
                return (), Safety.SHOW
            other = spelled(file, "openai.Timeout", client.node)
            changes += (Replace(value.call.func.node, (other.text,)), *other.imports)
        written = spelled(file, helper, client.node)
        changes += (Replace(client.call.func.node, (written.text,)), *written.imports)
        return changes, tempered(file, Safety.UNSAFE, proxy=False)
