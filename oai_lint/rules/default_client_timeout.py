"""Clients that wait as long as the SDK lets them."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, ClientCopy, ClientInit, ClientSetting, File, Result
from oai_lint.patch import Insert
from oai_lint.rule import Example, Finding, Rule, Severity

_LIBRARIES = ("httpx.", "httpx2.", "openai.")


class DefaultClientTimeout(Rule[ClientInit]):
    """Left alone, the SDK waits 600 s for each part of an answer, three times over.

    The default is 5 s to connect and 600 s to read, and a request that times out is tried twice
    more: a hung server blocks a call for half an hour.  `timeout=60.0` on the client (or
    `with_options(timeout=…)`, or `timeout=` on a call) bounds each attempt.

    ## Fix safety
    Unsafe: answers that take longer than a minute to begin now fail.

    ## References
    - https://github.com/openai/openai-python#timeouts
    """

    code = "OAI402"
    message = "`{cls}()` has no `timeout=`: a hung request blocks for 3 × 600 s"
    severity = Severity.INFO
    fixes = "Add `timeout=60.0`"
    on = False
    reaches = (1,)
    examples = (
        Example(
            bad="from openai import OpenAI\n\nclient = OpenAI()\n",
            good="from openai import OpenAI\n\nclient = OpenAI(timeout=60.0)\n",
        ),
    )

    def check(self, init: ClientInit, file: File) -> Iterator[Finding]:
        """Report a client for which no limit is set anywhere in the file."""
        if init.partial or not init.call.lacks("timeout"):
            return
        if init.http_client is not None and not init.http_client.is_none:
            made = init.http_client.value
            known = isinstance(made, Result) and made.origin.startswith(_LIBRARIES)
            if not (known and isinstance(made, Result) and made.call is not None):
                return
            if not made.call.lacks("timeout"):
                return
        calls = [fact.call for fact in file.all(ClientCopy) if fact.made is init.node]
        calls += [fact.call for fact in file.all(ApiCall) if fact.made is init.node]
        if any(call["timeout"] is not None for call in calls):
            return
        if any(_sets(setting, init) for setting in file.all(ClientSetting)):
            return
        yield self.found(
            init,
            fix=Insert(init.node, ("timeout=60.0",)),
            cls=init.cls,
            confidence=init.confidence,
        )


def _sets(setting: ClientSetting, init: ClientInit) -> bool:
    owner = setting.owner
    return (
        setting.name == "timeout"
        and isinstance(owner, Result)
        and owner.call is not None
        and owner.call.node is init.node
    )
