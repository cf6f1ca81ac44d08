"""Handlers that fail without a traceback on the user's screen.

pygls would send it to the client as data of the error, and editors show that.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pygls.exceptions import JsonRpcException, JsonRpcInternalError

if TYPE_CHECKING:
    from oai_lint.server.language_server import LintServer

logger = logging.getLogger(__name__)

P = TypeVar("P")
R = TypeVar("R")


def guarded(
    handler: Callable[[LintServer, P], Awaitable[R]],
) -> Callable[[LintServer, P], Awaitable[R | None]]:
    """Make a handler answer null where it fails: the traceback is for the log alone."""

    @functools.wraps(handler)
    async def answer(ls: LintServer, params: P) -> R | None:
        try:
            return await handler(ls, params)
        except Exception:
            logger.exception("%s failed", handler.__name__)
            return None

    return answer


@contextmanager
def in_one_line(what: str) -> Iterator[None]:
    """Make a failure an error of the protocol, for requests that null is no answer to."""
    try:
        yield
    except JsonRpcException:
        raise
    except Exception as error:
        logger.exception("%s failed", what)
        raise JsonRpcInternalError(f"{what} failed: {type(error).__name__}: {error}") from None
