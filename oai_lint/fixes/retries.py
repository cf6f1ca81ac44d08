"""Retries that give up when the account has no money left."""

from __future__ import annotations

from oai_lint.facts import File, Handler, Result, Retry
from oai_lint.fixes.spelling import spelled
from oai_lint.patch import Before, Change, Insert, Piece, Replace

_QUOTA = '"insufficient_quota"'
_WITH_CODE = frozenset({"openai.RateLimitError", "openai.APIError", "openai.APIStatusError"})
_IS_QUOTA = f'lambda error: getattr(error, "code", None) == {_QUOTA}'
_IS_OTHER = f'lambda error: getattr(error, "code", None) != {_QUOTA}'


def raising(handler: Handler, file: File) -> tuple[Change, ...]:
    """Return the changes that raise a quota error again; nothing for errors of 0.x and bare ones.

    Errors of 0.x have no ``code`` of their own.
    """
    names = {caught.name for caught in handler.classes}
    if handler.starts is None or handler.bare or any(n.startswith("openai.error.") for n in names):
        return ()
    changes: list[Change] = []
    name = handler.name
    if not name:
        name = "error"
        if not file.is_free(name, handler.starts):
            return ()
        changes.append(Replace(handler.type_node, (handler.type_node, f" as {name}")))
    code = f"{name}.code" if names <= _WITH_CODE else f'getattr({name}, "code", None)'
    test: tuple[Piece, ...] = (f"if {code} == {_QUOTA}:",)
    return (*changes, Before(handler.starts, (test, ("    raise",))))


def choosing(retry: Retry, file: File) -> tuple[Change, ...]:
    """Return the changes that keep a decorator from retrying a quota error."""
    if retry.call is None or any(name.startswith("openai.error.") for name in retry.classes):
        return ()
    if retry.library == "backoff":
        return (Insert(retry.node, (f"giveup={_IS_QUOTA}",)),)
    if retry.library == "retrying":
        return (Insert(retry.node, (f"retry_on_exception={_IS_OTHER}",)),)
    if retry.library != "tenacity":
        return ()
    predicate, imports = spelled(file, "tenacity.retry_if_exception", retry.node)
    written = f"{predicate}({_IS_OTHER})"
    condition = retry.call["retry"]
    if condition is None:
        return (*imports, Insert(retry.node, (f"retry={written}",)))
    value = condition.value
    if not isinstance(value, Result) or value.node is not condition.expr.node:
        return ()
    return (*imports, Replace(value.node, (value.node, f" & {written}")))
