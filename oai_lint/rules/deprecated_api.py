"""Methods that the SDK itself marks as deprecated."""

import re
from collections.abc import Iterator

from oai_lint.facts import ApiCall, Argument, File, Items, Mapping
from oai_lint.knowledge import deprecations, eras
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity
from oai_lint.target import FOREVER

_WRAPPED = '{"type": "function", "function": '


class DeprecatedApi(Rule[ApiCall]):
    """The Assistants API, the Sora API and others are marked as deprecated in the SDK.

    The marks are read from the SDK, per era; the newest one that the declared range admits counts.
    A test that wants the warning (`with pytest.warns(DeprecationWarning)`) is left alone.

    `functions=` and `function_call=` of chat calls, those of 0.x included, are superseded by
    `tools=` and `tool_choice=`.

    ## Fix safety
    Unsafe: with `tools=` the reply holds `tool_calls` in place of `function_call`.  Offered only
    where the functions are certain to be there and nothing in the file reads `function_call`; only
    shown where the reply is handed on to code that may, or the arguments are kept in a mapping.

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
        elsewhere = argument.spread or file.lifetime(call.node).handed_on
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
    if functions is None or reads:
        return []
    renamed = [_renamed(functions, "tools", file)]
    changes: list[Change] = []
    value = functions.value
    if isinstance(value, Items) and value.node is functions.expr.node and value.items:
        changes += (Replace(item.node, (_WRAPPED, item.node, "}")) for item in value.items)
    elif _is_given(functions, file):
        node = functions.expr.node
        changes.append(Replace(node, (f"[{_WRAPPED}each}} for each in ", node, "]")))
    else:
        return []
    if choice is not None:
        chosen = choice.value
        renamed.append(_renamed(choice, "tool_choice", file))
        if isinstance(chosen, Mapping) and chosen.node is choice.expr.node:
            changes.append(Replace(chosen.node, (_WRAPPED, chosen.node, "}")))
        elif not isinstance(choice.literal, str):
            return []
    names = [change for change in renamed if change is not None]
    return [*names, *changes] if len(names) == len(renamed) else []


def _renamed(argument: Argument, name: str, file: File) -> Change | None:
    """Return the change of an argument's name, which is a key in text where it is spread out."""
    code = file.code(argument.key_node) if argument.key_node is not None else ""
    quote = code[-1:] if code[-1:] in ("'", '"') else ""
    if argument.spread and not quote:
        return None
    return Replace(argument.key_node, (f"{quote}{name}{quote}",))


def _is_given(functions: Argument, file: File) -> bool:
    """Say whether functions named elsewhere are there for certain, to be gone through."""
    code = file.code(functions.expr.node)
    if not code.replace(".", "").replace("_", "a").isalnum():
        return False
    conditions = file.site(functions.node).conditions
    if any(re.fullmatch(rf"{re.escape(code)}( is not None)?", test) for test in conditions):
        return True
    return all(isinstance(value, Items) for value in functions.values)
