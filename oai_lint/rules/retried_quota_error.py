"""Retries of what no retry can mend."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, File, Retry, Try
from oai_lint.fixes.retries import choosing, raising
from oai_lint.judgement.retrying import inspects, retries_quota, retrying_handler
from oai_lint.patch import Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class RetriedQuotaError(Rule[Retry | Try]):
    """`RateLimitError` also means that the account has no money left, which no wait mends.

    Both are status 429.  `error.code == "insufficient_quota"` tells them apart; code that retries
    every `RateLimitError` (or every error) waits through its whole schedule and fails all the same,
    on top of the SDK's own two retries.

    ## Fix safety
    Shown only: what to do without quota has to be decided.  The loop gets a test that raises the
    error again, the decorator a predicate (for tenacity, backoff and retrying).  Errors of 0.x have
    no `code` to ask for: nothing is shown there.

    ## References
    - https://platform.openai.com/docs/guides/error-codes
    - https://github.com/openai/openai-python#retries
    """

    code = "OAI406"
    message = "This retries `RateLimitError` without asking for `insufficient_quota`: {what}"
    severity = Severity.WARNING
    safety = Safety.SHOW
    fixes = "Give up without quota"
    on = False
    examples = (
        Example(
            bad=(
                "import openai\nimport tenacity\n\nclient = openai.OpenAI()\n\n\n"
                "@tenacity.retry(retry=tenacity.retry_if_exception_type(openai.RateLimitError))\n"
                "def ask(text):\n"
                '    return client.responses.create(model="gpt-5.5", input=text)\n'
            ),
        ),
    )

    def check(self, fact: Retry | Try, file: File) -> Iterator[Finding]:
        """Report a decorator or a loop that retries without looking."""
        what = "an empty account is asked again and again; look at `error.code`"
        if isinstance(fact, Retry):
            calls = [
                api
                for api in file.all(ApiCall)
                if api.site.function is fact.function and api.host.is_ours
            ]
            if calls and retries_quota(fact) and not inspects(file, fact.function):
                yield self.found(fact, fix=choosing(fact, file), what=what)
            return
        handler = retrying_handler(fact, file)
        if handler is not None:
            yield self.found(
                handler.classes[0] if handler.classes else fact,
                fix=raising(handler, file),
                what=what,
            )
