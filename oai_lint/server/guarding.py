"""Handlers that fail without a traceback on the user's screen."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from oai_lint.server.language_server import LintServer

logger = logging.getLogger(__name__)

P = TypeVar("P")
R = TypeVar("R")


def guarded(
    handler: Callable[[LintServer, P], Awaitable[R]],
) -> Callable[[LintServer, P], Awaitable[R | None]]:
    """Make a handler answer null where it fails: the traceback is for the log alone.

    pygls would send it to the client as data of the error, and editors show that.
    """

    @functools.wraps(handler)
    async def answer(ls: LintServer, params: P) -> R | None:
        try:
            return await handler(ls, params)
        except Exception:
            logger.exception("%s failed", handler.__name__)
            return None

    return answer
