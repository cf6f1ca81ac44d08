"""Retries on top of retries."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, ClientInit, File, Retry
from oai_lint.judgement.retrying import inspects, retries_quota
from oai_lint.patch import Change, Insert, Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class StackedRetries(Rule[Retry]):
    """A retry decorator over a client that retries by itself multiplies the attempts.

    The SDK tries each request three times (`max_retries=2`), with waits of its own; five attempts
    of a decorator make fifteen, and a limit per attempt counts each time.  Let one of the two
    retry: `max_retries=0` on the client leaves it to the decorator.

    ## Fix safety
    Shown only: other calls of the client lose their retries too.

    ## References
    - https://github.com/openai/openai-python#retries
    """

    code = "OAI407"
    message = "`{library}` retries what the SDK already tries three times; set `max_retries=0`"
    severity = Severity.INFO
    safety = Safety.SHOW
    fixes = "Leave retrying to the decorator"
    on = False
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import openai\nimport tenacity\n\nclient = openai.OpenAI()\n\n\n"
                "@tenacity.retry(retry=tenacity.retry_if_exception_type(openai.APITimeoutError))\n"
                "def ask(text):\n"
                '    return client.responses.create(model="gpt-5.5", input=text)\n'
            ),
        ),
    )

    def check(self, retry: Retry, file: File) -> Iterator[Finding]:
        """Report a decorator over calls of a client that keeps its own retries."""
        if retries_quota(retry) and not inspects(file, retry.function):
            return  # the rule about quota speaks there
        for api in file.all(ApiCall):
            if api.site.function is not retry.function or api.legacy:
                continue
            init = next((i for i in file.all(ClientInit) if i.node is api.made), None)
            if init is None or init.partial or "with_options()" in api.via:
                continue
            own = init.call["max_retries"]
            if own is not None and (own.literal == 0 or not isinstance(own.literal, int)):
                continue
            fix: tuple[Change, ...] = ()
            if own is not None:
                fix = (own.expr.replace("0"),)
            elif init.call.lacks("max_retries"):
                fix = (Insert(init.node, ("max_retries=0",)),)
            else:
                continue
            yield self.found(retry, fix=fix, library=retry.library, confidence=init.confidence)
            return
