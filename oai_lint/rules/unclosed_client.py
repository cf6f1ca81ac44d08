"""HTTP clients that nobody closes."""

from collections.abc import Iterator

from oai_lint.facts import ClientInit, File, HttpClient, Runs
from oai_lint.fixes.lifetime import enclosed, read_later
from oai_lint.judgement.lifetimes import built_per_call
from oai_lint.patch import Change
from oai_lint.rule import Example, Finding, Rule, Severity


class UnclosedClient(Rule[HttpClient]):
    """An HTTP client that a function makes for OpenAI and forgets keeps its connections open.

    A client of httpx is part of a reference cycle once the SDK has it, so that it is not freed when
    the function returns: its sockets stay open until the cycle collector comes by, with a
    `ResourceWarning` each (an asynchronous one leaves `unclosed transport`, aiohttp prints
    `Unclosed client session`).  200 calls hold about 20 sockets at a time.  A `requests` session
    goes with its last reference; what it costs is a new connection per call.  Handing a client to
    `OpenAI(http_client=…)` changes nothing unless that is closed: `with OpenAI(http_client=…)`
    closes both.

    ## Fix safety
    Unsafe: the uses are put under `with`, so nothing may use the client after them.

    ## References
    - https://www.python-httpx.org/advanced/clients/
    - https://github.com/openai/openai-python#managing-http-resources
    """

    code = "OAI501"
    message = "`{cls}` is made for each call and never closed, connections and all; use `with`"
    severity = Severity.WARNING
    fixes = "Close the client with `with`"
    quiet_in_tests = True
    examples = (
        Example(
            bad=(
                "import httpx\nfrom openai import OpenAI\n\n\n"
                "def models():\n"
                '    http_client = httpx.Client(proxy="http://127.0.0.1:7890")\n'
                "    client = OpenAI(http_client=http_client)\n"
                "    return client.models.list()\n"
            ),
            good=(
                "import httpx\nfrom openai import OpenAI\n\n\n"
                "def models():\n"
                '    with httpx.Client(proxy="http://127.0.0.1:7890") as http_client:\n'
                "        client = OpenAI(http_client=http_client)\n"
                "        return client.models.list()\n"
            ),
        ),
    )

    def check(self, made: HttpClient, file: File) -> Iterator[Finding]:
        """Report a client whose end is nowhere to be seen."""
        if made.is_transport or made.site.at_module_level or not made.for_openai:
            return
        life = file.lifetime(made.node)
        if life.closed or life.escapes or not (life.names or life.clients or life.dropped):
            return
        if made.library == "openai" and not life.clients:
            return
        if file.frequency(made.node).runs is Runs.ONCE:
            return
        inits = {init.node: init for init in file.all(ClientInit)}
        for client in life.clients:
            owner = file.lifetime(client)
            if owner.closed or owner.escapes:
                return
            if client in inits and built_per_call(inits[client], file) is not None:
                return
        yield self.found(
            made, fix=self._fix(made, file), confidence=made.confidence, cls=f"{made.cls}()"
        )

    def _fix(self, made: HttpClient, file: File) -> tuple[Change, ...]:
        life = file.lifetime(made.node)
        if read_later(file, made.node) or len(life.clients) > 1:
            return ()
        if not life.clients:
            return enclosed(file, life, is_async=made.is_async)
        client = life.clients[0]
        if read_later(file, client):
            return ()
        owner = file.lifetime(client)
        if not life.names:
            return enclosed(file, owner, is_async=made.is_async)
        if owner.extent is None and not owner.dropped:
            return ()
        last = owner.extent[1] if owner.extent is not None else None
        both = last is not None and life.extent is not None
        if both and life.extent and file.block(life.extent[0]) is not file.block(last):
            return ()
        return enclosed(file, life, last, is_async=made.is_async)
