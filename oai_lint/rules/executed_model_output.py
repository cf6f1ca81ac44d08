"""Text of a model that is run as code."""

from collections.abc import Iterator

from oai_lint.facts import Execution, File
from oai_lint.rule import Example, Finding, Rule, Severity


class ExecutedModelOutput(Rule[Execution]):
    """What a model writes is not to be trusted more than what a stranger types.

    Whoever gets words into the prompt (a web page, a mail, a file) can steer the answer; `eval`,
    `exec`, a shell, `pickle.loads` and raw SQL then do what they say.  Ask a person first, run it
    in a sandbox, or take the answer as data: `json.loads`, `ast.literal_eval`, a model of pydantic.

    ## References
    - https://genai.owasp.org/llmrisk/llm052025-improper-output-handling/
    - https://platform.openai.com/docs/guides/structured-outputs
    """

    code = "OAI851"
    message = "`{function}` runs what the model wrote: take it as data, or ask before"
    severity = Severity.WARNING
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                'reply = OpenAI().chat.completions.create(model="gpt-5.5", messages=messages)\n'
                "exec(reply.choices[0].message.content)\n"
            ),
        ),
    )

    def check(self, execution: Execution, file: File) -> Iterator[Finding]:
        """Report text that is run without a question."""
        if not execution.asked:
            yield self.found(execution, function=execution.function)
