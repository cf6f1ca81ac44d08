"""Models that no longer answer, or soon will not."""

import datetime
from collections.abc import Iterator
from typing import TypeGuard

from oai_lint.facts import ApiCall, Argument, File, Host, Literal, Mapping, RawCall, WrappedCall
from oai_lint.fixes.models import CHAT, adapted
from oai_lint.knowledge import models
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

WINDOW = datetime.timedelta(days=60)
MOST_NAMES = 3
_CREATES = (
    *CHAT, "responses.create", "responses.parse", "responses.stream",
    "ChatCompletion.create", "ChatCompletion.acreate",
)  # fmt: skip


class RetiredModel(Rule[ApiCall | RawCall | WrappedCall]):
    """The vendor shuts models down; a call that names one is then answered with an error.

    The names come from a dated table with a source for each row; a model is reported from 60 days
    before its last day on.  `--today` makes a run reproducible.

    Only names that reach the `model` of a call to OpenAI's own host are judged: not tables of
    prices or limits, not servers of others, not deployments of Azure, which choose their own names.

    ## Fix safety
    Unsafe: the vendor's successor answers in its own way.  The parameters that it refuses change
    along: `max_tokens` becomes `max_completion_tokens`, sampling parameters go.  None where the
    successor is reached by another method, and for embeddings, whose vectors do not mix.

    ## References
    - https://developers.openai.com/api/docs/deprecations
    """

    code = "OAI807"
    message = "`{model}` {when} {date}{instead}"
    severity = Severity.WARNING
    safety = Safety.UNSAFE
    fixes = "Name the model that the vendor recommends"
    quiet_in_tests = True
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                'answer = OpenAI().responses.create(model="gpt-4-1106-preview", input="Hi")\n'
            ),
            good=(
                "from openai import OpenAI\n\n"
                'answer = OpenAI().responses.create(model="gpt-5.6-sol", input="Hi")\n'
            ),
        ),
    )

    def check(self, call: ApiCall | RawCall | WrappedCall, file: File) -> Iterator[Finding]:
        """Report the literals that reach the model of a call to OpenAI."""
        if call.host is not Host.OPENAI:
            return
        for argument in _models(call):
            if len(argument.values) > MOST_NAMES:
                continue  # a table that is gone through
            for value in argument.values:
                if isinstance(value, Literal) and isinstance(value.value, str):
                    yield from self._judge(value, value.value, call, argument, file)

    def _judge(
        self,
        value: Literal,
        model: str,
        call: ApiCall | RawCall | WrappedCall,
        argument: Argument,
        file: File,
    ) -> Iterator[Finding]:
        row = models.retirement(model)
        if row is None or row.date > (file.today + WINDOW).isoformat():
            return
        gone = row.date <= file.today.isoformat()
        successor = models.successor(model, (file.today + WINDOW).isoformat())
        fix: list[Change] = []
        if successor is not None and len(argument.values) == 1 and _creates(call):
            along = adapted(call, successor, dropped=True)
            code = file.code(value.node)
            if along is not None and code.count(model) == 1 and code[-1:] in ("'", '"'):
                fix = [Replace(value.node, (code.replace(model, successor),)), *along]
        yield self.found(
            value,
            model=model,
            when="was shut down on" if gone else "will be shut down on",
            date=row.date,
            instead=f"; the vendor recommends `{successor}`" if successor is not None else "",
            fix=fix,
            confidence=min(call.confidence, value.confidence),
        )


def _creates(call: ApiCall | RawCall | WrappedCall) -> TypeGuard[ApiCall | WrappedCall]:
    """Say whether the successor is called in the same way."""
    return isinstance(call, WrappedCall) or (isinstance(call, ApiCall) and call.path in _CREATES)


def _models(call: ApiCall | RawCall | WrappedCall) -> Iterator[Argument]:
    if not isinstance(call, RawCall):
        legacy = isinstance(call, ApiCall) and call.legacy
        for name in ("model", "engine") if legacy else ("model",):
            argument = call.call[name]
            if argument is not None:
                yield argument
        return
    body = call.call["json"]
    for value in body.values if body is not None else ():
        entry = value.get("model") if isinstance(value, Mapping) else None
        if entry is not None:
            yield Argument(entry.node, "model", entry.value)
