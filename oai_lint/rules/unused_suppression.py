"""Suppressions that suppress nothing."""

from oai_lint.patch import Safety
from oai_lint.rule import Example, Rule, Severity


class UnusedSuppression(Rule[None]):
    """A comment that suppresses a rule which has nothing to say there.

    A suppression outlives its reason easily: the line is mended, the comment stays, and hides the
    next fault of the same kind.  It is reported when the rule that it names is in force, ran on
    the file and found nothing on that line, and when it names no rule at all.

    A bare `# noqa`, and codes of other tools in a `# noqa: …`, are never reported.

    ## Fix safety
    Safe: only the code that suppresses nothing is removed, and the comment with its last code.

    ## References
    - https://docs.astral.sh/ruff/rules/unused-noqa/
    """

    code = "OAI901"
    message = "Unused suppression: {reason}"
    severity = Severity.WARNING
    safety = Safety.SAFE
    fixes = "Remove what suppresses nothing"
    examples = (
        Example(
            bad="timeout = 30  # oai-lint: ignore[hardcoded-api-key]\n",
            good="timeout = 30\n",
        ),
    )
