"""Handlers that an earlier one leaves nothing to."""

from collections.abc import Iterator

from oai_lint.facts import File, Handler, Try
from oai_lint.fixes.ladders import coverer, is_reached, legacy_error, reached_order, sdk_error
from oai_lint.patch import Change, Move, Safety
from oai_lint.rule import Example, Finding, Related, Rule, Severity


class UnreachableHandler(Rule[Try]):
    """The first handler that fits wins: one behind a handler of a wider class never runs.

    From SDK 1.0 on the exceptions form a tree.  `OpenAIError` and `APIError` take everything
    below them, `APIStatusError` every answer with an error status (`RateLimitError`,
    `BadRequestError`…), and `APIConnectionError` takes `APITimeoutError`.  In 0.x nearly all were
    siblings, so ladders written then may be in any order.

    ## Fix safety
    Unsafe: another handler runs than before, which is the point.

    ## References
    - https://github.com/openai/openai-python#handling-errors
    - https://docs.python.org/3/reference/compound_stmts.html#except-clause
    """

    code = "OAI701"
    message = "`except {late}` never runs: `except {early}` above it takes all that; put it first"
    severity = Severity.ERROR
    safety = Safety.UNSAFE
    fixes = "Put the narrower handler first"
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                "try:\n"
                "    ask()\n"
                "except openai.APIError as error:\n"
                "    report(error)\n"
                "except openai.RateLimitError:\n"
                "    wait()\n"
            ),
            good=(
                "import openai\n\n"
                "try:\n"
                "    ask()\n"
                "except openai.RateLimitError:\n"
                "    wait()\n"
                "except openai.APIError as error:\n"
                "    report(error)\n"
            ),
        ),
    )

    def check(self, block: Try, file: File) -> Iterator[Finding]:
        """Report every handler of an SDK class that no error can reach."""
        if block.group:
            return
        order = reached_order(block.handlers)
        fix: tuple[Change, ...] = ()
        if order is not None:
            old = tuple(handler.node for handler in block.handlers)
            fix = (Move(old, tuple(handler.node for handler in order)),)
        for index, handler in enumerate(block.handlers):
            if is_reached(block.handlers, index) or not _is_ours(handler, file):
                continue
            first = coverer(block.handlers[:index], handler.classes[0])
            if first is None or (not file.target.reaches(1) and not _is_legacy(handler)):
                continue
            late = ", ".join(dict.fromkeys(c.name.rpartition(".")[2] for c in handler.classes))
            early = ", ".join(dict.fromkeys(c.name.rpartition(".")[2] for c in first.classes))
            yield self.found(
                handler.type_node,
                fix=fix,
                late=late,
                early=early or "Exception",
                related=(Related(first.classes[0].node, "this one catches it"),)
                if first.classes[0].inline
                else (),
            )


def _is_legacy(handler: Handler) -> bool:
    return any(legacy_error(caught.name) for caught in handler.classes)


def _is_ours(handler: Handler, file: File) -> bool:
    if _is_legacy(handler):
        # Where these names are gone that is the defect, and its fix minds the order.
        return handler.site.guarded or not file.target.reaches(1)
    return any(sdk_error(caught.name) for caught in handler.classes)
