"""Methods that the SDK itself marks as deprecated."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, File, Items, Mapping
from oai_lint.knowledge import deprecations, eras
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity
from oai_lint.target import FOREVER


class DeprecatedApi(Rule[ApiCall]):
    """The Assistants API, the Sora API and others are marked as deprecated in the SDK.

    The marks are read from the SDK, per era; the newest one that the declared range admits counts.
    A test that wants the warning (`with pytest.warns(DeprecationWarning)`) is left alone.

    `functions=` and `function_call=` of chat calls, those of 0.x included, are superseded by
    `tools=` and `tool_choice=`.

    ## Fix safety
    Unsafe: with `tools=` the reply holds `tool_calls` in place of `function_call`.  Offered only
    where the list is written out and nothing in the file reads `function_call`; only shown where
    the reply is handed on to code that may.

    ## References
    - https://developers.openai.com/api/docs/deprecations
    - https://platform.openai.com/docs/assistants/migration
    """

    code = "OAI810"
    message = "{what} is deprecated{why}"
    severity = Severity.WARNING
    safety = Safety.UNSAFE
    fixes = "Pass the functions as `tools=`"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                "OpenAI().chat.completions.create(\n"
                '    model="gpt-5.5", messages=messages, functions=[schema], function_call="auto"\n'
                ")\n"
            ),
            good=(
                "from openai import OpenAI\n\n"
                "OpenAI().chat.completions.create(\n"
                '    model="gpt-5.5", messages=messages, '
                'tools=[{"type": "function", "function": schema}], tool_choice="auto"\n'
                ")\n"
            ),
        ),
    )

    def check(self, call: ApiCall, file: File) -> Iterator[Finding]:
        """Report marked methods, and the parameters that tools replaced."""
        if not call.legacy and not call.site.wants_deprecation:
            yield from self._method(call, file)
        if call.path.startswith(("chat.completions.", "ChatCompletion.")):
            yield from self._functions(call, file)

    def _method(self, call: ApiCall, file: File) -> Iterator[Finding]:
        text = deprecations.deprecated(call.path, _newest(file))
        if text is None:
            return
        if text == "deprecated" and call.path.startswith("beta.assistants."):
            text = "the Responses API takes the place of the Assistants API"
        why = " by the SDK" if text == "deprecated" else f": {text.rstrip('.')}"
        yield self.found(call.call.func, what=f"`{call.path}`", why=why, confidence=call.confidence)

    def _functions(self, call: ApiCall, file: File) -> Iterator[Finding]:
        argument = call.call["functions"] or call.call["function_call"]
        if argument is None or argument.is_none or (call.legacy and call.site.guarded):
            return
        elsewhere = file.lifetime(call.node).handed_on
        yield self.found(
            argument,
            what=f"`{argument.name}=`",
            why=": pass `tools=` and `tool_choice=`",
            fix=_tools(call, file),
            safety=Safety.SHOW if elsewhere else Safety.UNSAFE,
            confidence=call.confidence,
        )


def _newest(file: File) -> tuple[int, ...]:
    """Return the newest checked release that the range admits."""
    high = file.target.openai.high
    if high == FOREVER:
        return eras.LATEST
    below = [version for version in eras.CHECKED if version < high]
    # A range that ends between two checked releases admits some of what the older one has.
    return below[-1] if below else eras.OLDEST


def _tools(call: ApiCall, file: File) -> list[Change]:
    functions, choice = call.call["functions"], call.call["function_call"]
    reads = file.text.count("function_call") - (choice is not None)
    if functions is None or functions.spread or reads:
        return []
    value = functions.value
    if not isinstance(value, Items) or value.node is not functions.expr.node or not value.items:
        return []
    changes: list[Change] = [Replace(functions.key_node, ("tools",))]
    for item in value.items:
        wrapped = ('{"type": "function", "function": ', item.node, "}")
        changes.append(Replace(item.node, wrapped))
    if choice is not None:
        chosen = choice.value
        if choice.spread:
            return []
        if isinstance(choice.literal, str):
            changes.append(Replace(choice.key_node, ("tool_choice",)))
        elif isinstance(chosen, Mapping) and chosen.node is choice.expr.node:
            changes.append(Replace(choice.key_node, ("tool_choice",)))
            wrapped = ('{"type": "function", "function": ', chosen.node, "}")
            changes.append(Replace(chosen.node, wrapped))
        else:
            return []
    return changes
