"""Machine codes sought in the text of an error."""

from collections.abc import Iterator

from oai_lint.facts import ErrorTextTest, File
from oai_lint.fixes.ladders import sdk_error
from oai_lint.knowledge import errors
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class MatchedErrorText(Rule[ErrorTextTest]):
    """From SDK 3.38 on the text of an error holds its message, not the body with the code.

    `"insufficient_quota" in str(error)` was true because the text ended in the body of the answer
    as a dict.  The message for people says "You exceeded your current quota": without the code.
    `error.code` has held it since 1.3.8, and does not change with the wording.

    ## Fix safety
    Unsafe: a handler may also see errors whose code is another though their text held the word.

    ## References
    - https://github.com/openai/openai-python#handling-errors
    - https://github.com/openai/openai-python/blob/main/CHANGELOG.md
    """

    code = "OAI707"
    message = "from SDK 3.38 on the text of an error lacks its code: compare `{error}.code`"
    severity = Severity.WARNING
    safety = Safety.UNSAFE
    fixes = "Compare the code of the error"
    reaches = (3, 38)
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                "try:\n"
                "    openai.models.list()\n"
                "except openai.RateLimitError as error:\n"
                '    if "insufficient_quota" in str(error):\n'
                "        raise\n"
            ),
            good=(
                "import openai\n\n"
                "try:\n"
                "    openai.models.list()\n"
                "except openai.RateLimitError as error:\n"
                '    if error.code == "insufficient_quota":\n'
                "        raise\n"
            ),
        ),
    )

    def check(self, test: ErrorTextTest, file: File) -> Iterator[Finding]:
        """Report tests for a known code where nothing else of the error is asked for."""
        if test.text not in errors.ERROR_CODES or test.codes or test.site.guarded:
            return
        classes = [sdk_error(caught.name) for caught in test.handler.classes]
        if not classes or not all(classes):
            return
        fix: list[Change] = []
        if all(errors.has_attribute(str(cls), "code") for cls in classes):
            sign = "!=" if test.negative else "=="
            fix.append(Replace(test.node, (f'{test.error}.code {sign} "{test.text}"',)))
        yield self.found(test, error=test.error, fix=fix)
