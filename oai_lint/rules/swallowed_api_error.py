"""Handlers that make all failures look alike."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, File, Handler, Try
from oai_lint.fixes.ladders import legacy_error, sdk_error
from oai_lint.fixes.migration import module_name
from oai_lint.patch import Before, Change, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_LADDER = (
    ("RateLimitError", "too fast, or the quota is used up: see `code`"),
    ("APIConnectionError", "the network, the proxy, or a malformed key"),
    ("APIStatusError", "refused: see `status_code`"),
)


class SwallowedApiError(Rule[Try]):
    """A wrong key, a full quota, a typo in a parameter and a lost connection look alike here.

    `except Exception` that only prints goes on without an answer.  Some of these errors go away by
    waiting, others never do; the SDK has a class for each, and `code` says more.

    The rule is advice and off unless selected.

    ## Fix safety
    Only shown: what each kind of failure asks for is the program's matter.

    ## References
    - https://github.com/openai/openai-python#handling-errors
    """

    code = "OAI703"
    message = "this handler makes a wrong key, a full quota and a lost connection look alike"
    severity = Severity.INFO
    safety = Safety.SHOW
    fixes = "Tell the SDK's errors apart first"
    on = False
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                "try:\n"
                "    openai.models.list()\n"
                "except Exception as error:\n"
                "    print(error)\n"
            ),
        ),
    )

    def check(self, block: Try, file: File) -> Iterator[Finding]:
        """Report broad handlers that only talk, round a call of the API."""
        careless = [
            handler
            for handler in block.handlers
            if handler.idle and not handler.raises and _is_broad(handler)
        ]
        if not careless or block.group or any(map(_is_typed, block.handlers)):
            return
        calls = {call.node for call in file.all(ApiCall)}
        if not any(work.node in calls for work in block.work):
            return
        for handler in careless:
            fix: list[Change] = []
            found = module_name(file, handler.node)
            if found is not None:
                lines = []
                for cls, remark in _LADDER:
                    lines.append((f"except {found[0]}.{cls}:",))
                    lines.append((f"    raise  # {remark}",))
                fix += (*found[1], Before(handler.node, tuple(lines)))
            yield self.found(handler.type_node or handler, fix=fix)


def _is_broad(handler: Handler) -> bool:
    return handler.bare or any(
        caught.name in ("builtins.Exception", "builtins.BaseException")
        for caught in handler.classes
    )


def _is_typed(handler: Handler) -> bool:
    return any(sdk_error(c.name) or legacy_error(c.name) or not c.name for c in handler.classes)
