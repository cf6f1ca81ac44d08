"""Results read like dicts."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, File, ResultUse
from oai_lint.fixes.migration import bridged
from oai_lint.fixes.results import asked, attribute, attribute_changes, is_object
from oai_lint.patch import Change, Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class SubscriptedResponse(Rule[ResultUse]):
    """A response of SDK 1.0 and later is an object, not a dict.

    `response["choices"]` raises `TypeError: 'ChatCompletion' object is not subscriptable`,
    `.get("choices")` raises `AttributeError`, and `"content" in delta` is quietly false, because
    iterating over such an object gives pairs.  In 0.x all three worked.

    The result is followed through variables, helpers of the same file, loops over streams and
    comprehensions.  What may be a dict is left alone: parameters, `model_dump()`, wrapped
    clients.  On calls of 0.x the rule is silent: the fix of `removed-call` rewrites the reads of
    its own result.

    ## Fix safety
    Safe: the code could not work at all.  Unsafe where the client is known by an annotation only,
    and where the declared SDK range still admits 0.x.

    ## References
    - https://github.com/openai/openai-python#using-types
    """

    code = "OAI804"
    message = "{cls} is an object, not a dict: {what} {fails}; read `.{key}`"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Read the attribute"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                "client = OpenAI()\n"
                'reply = client.chat.completions.create(model="gpt-5.5", messages=messages)\n'
                'text = reply["choices"][0]["message"]["content"]\n'
            ),
            good=(
                "from openai import OpenAI\n\n"
                "client = OpenAI()\n"
                'reply = client.chat.completions.create(model="gpt-5.5", messages=messages)\n'
                "text = reply.choices[0].message.content\n"
            ),
        ),
    )

    def check(self, use: ResultUse, file: File) -> Iterator[Finding]:
        """Report the outermost read of a chain; its fix covers the whole chain."""
        if use.chain is not use.node or use.site.guarded:
            return
        call = next((call for call in file.all(ApiCall) if call.node is use.made), None)
        if call is None or call.legacy or call.site.guarded:
            return
        chain = [
            one
            for one in file.all(ResultUse)
            if one.chain is use.node and is_object(one, call) and not asked(one, file)
            if not one.test or attribute(one.key) is not None  # else it is taken for text
        ]
        if not chain:
            return
        fix: list[Change] = []
        for one in chain:
            fix += attribute_changes(one) or ()
        first = chain[0] if use.test or use.method else min(chain, key=lambda u: len(u.origin))
        what, fails = _failure(first)
        yield self.found(
            use,
            cls="The response" if first.origin.endswith("()") else "This part of the response",
            what=what,
            fails=fails,
            key=first.key,
            fix=fix,
            safety=bridged(file),
            confidence=call.confidence,
        )


def _failure(use: ResultUse) -> tuple[str, str]:
    if use.test:
        return f'`"{use.key}" {"not in" if use.negative else "in"}` it', "is always the same"
    if use.method:
        return "`.get()`", "raises `AttributeError`"
    return f'`["{use.key}"]`', "raises `TypeError`"
