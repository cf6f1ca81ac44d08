"""Content of a message used as text though it may be None."""

from collections.abc import Iterator

from oai_lint.facts import ContentRead, File
from oai_lint.rule import Example, Finding, Rule, Severity


class UnguardedContent(Rule[ContentRead]):
    """`message.content` is `None` when the model calls a tool or refuses.

    `.strip()` on it is then an `AttributeError`, `json.loads` a `TypeError`.  Test it, or write
    `or ""`.

    The rule is advice and off unless selected.

    ## References
    - https://platform.openai.com/docs/guides/function-calling
    - https://github.com/openai/openai-python#using-types
    """

    code = "OAI852"
    message = "`content` may be None (tool calls, refusals): `{what}` then fails; test it first"
    severity = Severity.INFO
    on = False
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                'reply = OpenAI().chat.completions.create(model="gpt-5.5", messages=messages)\n'
                "print(reply.choices[0].message.content.strip())\n"
            ),
        ),
    )

    def check(self, read: ContentRead, file: File) -> Iterator[Finding]:
        """Report uses that nothing guards."""
        if not read.checked:
            yield self.found(read, what=read.what)
