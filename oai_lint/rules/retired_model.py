"""Models that no longer answer, or soon will not."""

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oai_lint.facts import ApiCall, Argument, Call, File, Host, Literal, RawCall, WrappedCall
from oai_lint.fixes.models import CHAT, adapted, request_of
from oai_lint.knowledge import models
from oai_lint.knowledge.endpoints import ENGINE_PATH, raw_endpoint
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

WINDOW = datetime.timedelta(days=60)
MOST_NAMES = 3
_CREATES = (
    *CHAT, "beta.chat.completions.parse", "beta.chat.completions.stream", "responses.create",
    "responses.parse", "responses.stream", "responses.input_tokens.count",
    "ChatCompletion.create", "ChatCompletion.acreate",
)  # fmt: skip
# Here the successor takes the same arguments unless the table notes what changes.
_WITHOUT_NOTE = (
    "moderations.create", "Moderation.create", "Moderation.acreate", "images.generate",
    "images.edit", "realtime.connect",
)  # fmt: skip


class _Request(NamedTuple):
    """A call, made by the SDK or by hand.

    Attributes:
        call: the arguments, or the entries of the body as arguments.
        path: the method of the SDK.
        keys: where the model is named.
    """

    call: Call
    path: str
    keys: tuple[str, ...]
    confidence: Confidence


class RetiredModel(Rule[ApiCall | RawCall | WrappedCall]):
    """The vendor shuts models down; a call that names one is then answered with an error.

    The names come from a dated table with a source for each row; a model is reported from 60 days
    before its last day on.  `--today` makes a run reproducible.

    Only names that reach the `model` of a call to OpenAI's own host are judged: not tables of
    prices or limits, not servers of others, not deployments of Azure, which choose their own names.

    ## Fix safety
    Unsafe: the vendor's successor answers in its own way.  The parameters that it refuses change
    along: `max_tokens` becomes `max_completion_tokens`, sampling parameters go.  None where the
    successor is reached by another method or takes other arguments, where those would have to
    change for other models too, and for embeddings, whose vectors do not mix.

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
        Example(
            bad=(
                "import json\n\nimport requests\n\n"
                "body = {'model': 'gpt-4-1106-preview', 'messages': messages, 'max_tokens': 9}\n"
                'requests.post("https://api.openai.com/v1/chat/completions", '
                "data=json.dumps(body))\n"
            ),
            good=(
                "import json\n\nimport requests\n\n"
                "body = {'model': 'gpt-5.6-sol', 'messages': messages, "
                "'max_completion_tokens': 9}\n"
                'requests.post("https://api.openai.com/v1/chat/completions", '
                "data=json.dumps(body))\n"
            ),
        ),
    )

    def check(self, call: ApiCall | RawCall | WrappedCall, file: File) -> Iterator[Finding]:
        """Report the literals that reach the model of a call to OpenAI."""
        if call.host is not Host.OPENAI:
            return
        if isinstance(call, RawCall):
            yield from self._in_path(call, file)
        for request in _requests(call):
            for argument in filter(None, map(request.call.__getitem__, request.keys)):
                if len(argument.values) > MOST_NAMES:
                    continue  # a table that is gone through
                for value in argument.values:
                    if isinstance(value, Literal) and isinstance(value.value, str):
                        yield from self._judge(value, value.value, request, argument, file)

    def _judge(
        self, value: Literal, model: str, request: _Request, argument: Argument, file: File
    ) -> Iterator[Finding]:
        row = _retired(model, file)
        if row is None:
            return
        successor = models.successor(model, (file.today + WINDOW).isoformat())
        fix: list[Change] = []
        if successor is not None and _takes_its_place(row, request.path):
            along = adapted(request.call, successor, file, dropped=True)
            others = len(argument.values) > 1  # which may go on as they are
            code = file.code(value.node)
            plain = code.count(model) == 1 and code[-1:] in ("'", '"')
            if along is not None and plain and not (along and others):
                fix = [Replace(value.node, (code.replace(model, successor),)), *along]
        confidence = min(request.confidence, value.confidence)
        yield self._at(value, model, row, file, confidence=confidence, fix=fix)

    def _in_path(self, raw: RawCall, file: File) -> Iterator[Finding]:
        """Report the engine of an address as they were before 2023."""
        engine = ENGINE_PATH.match(raw.path.removeprefix("/v1"))
        row = _retired(engine["engine"], file) if engine is not None else None
        if engine is not None and row is not None and raw.url is not None:
            name = engine["engine"]
            yield self._at(raw.url.expr, name, row, file, confidence=raw.confidence)

    def _at(
        self,
        at: object,
        model: str,
        row: models.Retirement,
        file: File,
        *,
        confidence: Confidence,
        fix: Sequence[Change] = (),
    ) -> Finding:
        gone = row.date <= file.today.isoformat()
        successor = models.successor(model, (file.today + WINDOW).isoformat())
        return self.found(
            at,
            model=model,
            when="was shut down on" if gone else "will be shut down on",
            date=row.date,
            instead=f"; the vendor recommends `{successor}`" if successor is not None else "",
            fix=fix,
            confidence=confidence,
        )


def _retired(model: str, file: File) -> models.Retirement | None:
    """Return the row of a model that is shut down, or will be within the window."""
    row = models.retirement(model)
    late = row is None or row.date > (file.today + WINDOW).isoformat()
    return None if late else row


def _requests(call: ApiCall | RawCall | WrappedCall) -> Iterator[_Request]:
    """Yield what a call may send: a request by hand may have one of several bodies."""
    if isinstance(call, WrappedCall):
        yield _Request(call.call, CHAT[0], ("model",), call.confidence)
    elif isinstance(call, ApiCall):
        keys = ("model", "engine") if call.legacy else ("model",)
        yield _Request(call.call, call.path, keys, call.confidence)
    else:
        found = raw_endpoint(call.method, call.path.removeprefix("/v1"))
        path = found[0].path if found is not None else ""
        for body in call.bodies:
            yield _Request(request_of(call, body), path, ("model",), call.confidence)


def _takes_its_place(row: models.Retirement, path: str) -> bool:
    """Say whether the successor is called by the same method in the same way."""
    if path in _CREATES:
        return True
    return path in _WITHOUT_NOTE and not row.note and not row.model.startswith("dall-e")
