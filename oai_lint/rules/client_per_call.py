"""SDK clients that are built again and again."""

from collections.abc import Iterator

from oai_lint.facts import ClientInit, File, Runs
from oai_lint.fixes.lifetime import hoisted
from oai_lint.judgement.lifetimes import built_per_call
from oai_lint.patch import Change, Node
from oai_lint.rule import Example, Finding, Rule, Severity


class ClientPerCall(Rule[ClientInit]):
    """A client built for every call opens a connection for every call.

    A client holds a pool of connections; building one costs 30 to 70 ms (most of it the TLS
    context), and each new one has to connect again.  200 calls take 0.3 s through one client and
    7 s through one each, with 20 sockets open at a time; an asynchronous one leaves hundreds of
    `ResourceWarning`s.  Clients are safe to share between threads and requests, and
    `client.with_options(…)` changes settings for one call without a new connection.

    ## Fix safety
    Unsafe: the client moves before the loop or to module level, where the key must already be
    known when the module is imported.

    ## References
    - https://github.com/openai/openai-python#managing-http-resources
    - https://www.python-httpx.org/advanced/clients/#why-use-a-client
    """

    code = "OAI502"
    message = "`{cls}()` is built again and again ({reason}): build one and share it"
    severity = Severity.WARNING
    fixes = "Build the client once"
    quiet_in_tests = True
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n\n"
                "def ask(prompts):\n"
                "    for prompt in prompts:\n"
                "        client = OpenAI()\n"
                '        client.responses.create(model="gpt-5.5", input=prompt)\n'
            ),
            good=(
                "from openai import OpenAI\n\n\n"
                "def ask(prompts):\n"
                "    client = OpenAI()\n"
                "    for prompt in prompts:\n"
                '        client.responses.create(model="gpt-5.5", input=prompt)\n'
            ),
        ),
    )

    def check(self, init: ClientInit, file: File) -> Iterator[Finding]:
        """Report a construction in a place that is run often."""
        again = built_per_call(init, file)
        if again is None:
            return
        life = file.lifetime(init.node)
        fix: tuple[Change, ...] = ()
        if again.loop is not None and _is_run_often(again.loop, init, file):
            fix = hoisted(file, life, None)  # before the loop it would be built again as well
        fix = fix or hoisted(file, life, again.loop)
        yield self.found(
            init, fix=fix, confidence=again.confidence, cls=init.cls, reason=again.reason
        )


def _is_run_often(loop: Node, init: ClientInit, file: File) -> bool:
    """Say whether the loop that builds a client is itself run again and again."""
    frequency = file.frequency(loop)
    return frequency.often or (frequency.runs is Runs.UNKNOWN and bool(file.prompt(init.node)))
