"""Which handlers of a ladder are reached, and the order in which all of them are."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from oai_lint.facts import Caught, Handler, Try
from oai_lint.knowledge import errors

_LEGACY = "openai.error."


def sdk_error(name: str) -> str | None:
    """Return the class of SDK 1.0 and later behind a path (``openai.RateLimitError``)."""
    module, _, cls = name.rpartition(".")
    return cls if module in errors.ERROR_MODULES and cls in errors.ERRORS else None


def legacy_error(name: str) -> str | None:
    """Return the class of 0.x behind a path that only 0.x has."""
    if name.startswith(_LEGACY):
        cls = name.removeprefix(_LEGACY)
        return cls if cls in errors.LEGACY_ERRORS else None
    module, _, cls = name.rpartition(".")
    return cls if module == "openai" and cls in errors.GONE_TOP_LEVEL else None


def covers(earlier: str, later: str) -> bool:
    """Say whether a handler of one path leaves nothing for a handler of the other.

    Names of ``openai.error`` are siblings, as in 0.x; the others form the tree of 1.0.
    """
    if earlier == later:
        return True
    old = legacy_error(earlier), legacy_error(later)
    if all(old):
        return errors.legacy_covers(str(old[0]), str(old[1]))
    outer = earlier.removeprefix("builtins.")
    if outer in ("Exception", "BaseException") and earlier != outer:
        return later != "builtins.BaseException" or outer == "BaseException"
    one, other = sdk_error(earlier), sdk_error(later)
    if other is None:
        return _builtin_covers(earlier, later)
    if one is not None:
        return errors.covers(one, other)
    return earlier == f"builtins.{outer}" and outer in errors.ancestors(other)


def _builtin_covers(earlier: str, later: str) -> bool:
    pair = []
    for name in (earlier, later):
        module, _, cls = name.rpartition(".")
        found = getattr(builtins, cls, None) if module == "builtins" else None
        if not (isinstance(found, type) and issubclass(found, BaseException)):
            return False
        pair.append(found)
    return issubclass(pair[1], pair[0])


def coverer(handlers: Sequence[Handler], caught: Caught) -> Handler | None:
    """Return the first of some handlers that catches all that a class stands for."""
    if not caught.name:
        return None
    for handler in handlers:
        if any(other.name and covers(other.name, caught.name) for other in handler.classes):
            return handler
    return None


def is_reached(handlers: Sequence[Handler], index: int) -> bool:
    """Say whether some error can reach a handler past those before it."""
    handler = handlers[index]
    if handler.bare or not handler.classes:
        return True
    return any(coverer(handlers[:index], caught) is None for caught in handler.classes)


def reached_order(handlers: Sequence[Handler]) -> list[Handler] | None:
    """Return an order in which every handler is reached, or None where there is none.

    Handlers move forward only past those that cover them.
    """
    order: list[Handler] = []
    for handler in handlers:
        order.append(handler)
        if is_reached(order, len(order) - 1):
            continue
        order.pop()
        at = next(i for i, other in enumerate(order) if _covers_part(other, handler))
        order.insert(at, handler)
    reached = all(is_reached(order, i) for i in range(len(order)))
    return order if reached else None


def _covers_part(earlier: Handler, later: Handler) -> bool:
    return any(
        a.name and b.name and covers(a.name, b.name) for a in earlier.classes for b in later.classes
    )


def renamed_order(block: Try) -> list[Handler] | None:
    """Return the order that keeps the meaning of a ladder of 0.x under the tree of 1.0.

    None where the written order does; also where no order can.
    """
    order: list[Handler] = []
    for handler in block.handlers:
        at = next((i for i, other in enumerate(order) if _newly_covers(other, handler)), None)
        if at is None or any(_already_covers(other, handler) for other in order[at:]):
            order.append(handler)
            continue
        if any(_newly_covers(handler, other) for other in order[at:]):
            return None  # each catches a part of the other
        order.insert(at, handler)
    return order if order != list(block.handlers) else None


def _new_name(name: str) -> str | None:
    old = legacy_error(name)
    rename = errors.RENAMES.get(old) if old is not None else None
    return rename.new if rename is not None else sdk_error(name)


def _newly_covers(earlier: Handler, later: Handler) -> bool:
    for one in earlier.classes:
        for other in later.classes:
            if legacy_error(one.name) is None and legacy_error(other.name) is None:
                continue
            new = _new_name(one.name), _new_name(other.name)
            if (
                all(new)
                and errors.covers(str(new[0]), str(new[1]))
                and not covers(one.name, other.name)
            ):
                return True
    return False


def _already_covers(earlier: Handler, later: Handler) -> bool:
    return earlier.bare or all(
        any(one.name and covers(one.name, other.name) for one in earlier.classes)
        for other in later.classes
    )
