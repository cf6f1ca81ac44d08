"""Parameters that a model answers with an error."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, File, Host
from oai_lint.fixes.models import CHAT, adapted, refused_arguments
from oai_lint.patch import Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class RefusedParameter(Rule[ApiCall]):
    """Reasoning models refuse `max_tokens`, and many of them `temperature`, `top_p`, `stop`….

    The API answers 400: "Unsupported parameter: 'max_tokens' is not supported with this model. Use
    'max_completion_tokens' instead."  What a model refuses is in a table with a source for each
    family; default values (`temperature=1`) pass, and models that are not in it are not judged.

    ## Fix safety
    Safe for `max_tokens`, which becomes `max_completion_tokens`: the call could not work.  That
    keyword exists from SDK 1.45 on; unsafe where the declared range admits less.

    ## References
    - https://platform.openai.com/docs/guides/reasoning
    - https://learn.microsoft.com/azure/ai-services/openai/how-to/reasoning
    """

    code = "OAI808"
    message = "`{model}` refuses `{name}=`{instead}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Use the parameter that the model takes"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                "OpenAI().chat.completions.create(\n"
                '    model="gpt-5", messages=messages, max_tokens=300\n'
                ")\n"
            ),
            good=(
                "from openai import OpenAI\n\n"
                "OpenAI().chat.completions.create(\n"
                '    model="gpt-5", messages=messages, max_completion_tokens=300\n'
                ")\n"
            ),
        ),
    )

    def check(self, call: ApiCall, file: File) -> Iterator[Finding]:
        """Report each argument that the one model of a call refuses."""
        model = call.call["model"]
        if call.path not in CHAT or call.host is not Host.OPENAI or model is None:
            return
        name = model.literal
        if not isinstance(name, str):
            return
        changes = adapted(call.call, name, file, dropped=False)
        for argument, refused in refused_arguments(call.call, name):
            fix = changes if changes is not None and refused.new is not None else ()
            old = file.target.declared and not file.target.starts(1, 45)
            instead = f"; pass `{refused.new}=`" if refused.new is not None else "; leave it out"
            yield self.found(
                argument,
                model=name,
                name=refused.name,
                instead=instead,
                fix=fix,
                safety=Safety.UNSAFE if old or argument.spread else Safety.SAFE,
                confidence=call.confidence,
            )
