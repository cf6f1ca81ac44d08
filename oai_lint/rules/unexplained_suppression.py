"""Suppressions that give no reason."""

from oai_lint.rule import Example, Rule, Severity


class UnexplainedSuppression(Rule[None]):
    """A comment that suppresses a finding and does not say why it may.

    Who reads the line next cannot tell a fault that was thought over from one that was in the way.
    `require-reason = true` in the settings turns this rule on, and so does selecting it.  The
    reason is what stands behind the names:

    ```python
    client = OpenAI(timeout=None)  # oai-lint: ignore[disabled-timeout] the queue has a deadline
    ```

    `# noqa: …` is held to the same where it names a rule of oai-lint, and a bare `# noqa` where
    it silences one.

    ## References
    - https://eslint-community.github.io/eslint-plugin-eslint-comments/rules/require-description.html
    """

    code = "OAI903"
    message = "This suppression gives no reason: say behind it why it is right here"
    severity = Severity.WARNING
    on = False
    examples = (
        Example(
            bad='import openai\n\nclient = openai.OpenAI("k")  # oai-lint: ignore[OAI1]\n',
        ),
    )
