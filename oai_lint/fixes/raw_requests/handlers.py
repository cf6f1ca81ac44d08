"""Handlers that wait for the errors of the library that goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from oai_lint.facts import Caught, ErrorRead, File, Handler, RawCall, Retry, Try
from oai_lint.fixes.ladders import covers
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.fixes.raw_requests.names import Names
from oai_lint.judgement.foreign_errors import sdk_class
from oai_lint.patch import Before, Change, Replace

_UNREAD = frozenset({
    "builtins.KeyError", "builtins.ValueError", "builtins.IndexError", "builtins.LookupError",
    "builtins.TypeError", "builtins.AssertionError", "json.JSONDecodeError",
    "json.decoder.JSONDecodeError",
})  # fmt: skip
_OF_RESPONSE = frozenset({"", "status_code", "text", "json", "content", "headers"})
# What errors of urllib and aiohttp have, and where the SDK has it.
_OF_STATUS_ERROR = {
    "code": "status_code", "status": "status_code", "read": "response.read",
    "reason": "response.reason_phrase", "headers": "response.headers", "message": "message",
}  # fmt: skip
_LIBRARIES = {
    "requests": ("requests.",), "httpx": ("httpx.",), "httpx2": ("httpx2.",),
    "aiohttp": ("aiohttp.", "asyncio.TimeoutError", "builtins.TimeoutError"),
    "urllib": ("urllib.", "socket.timeout", "builtins.TimeoutError"),
}  # fmt: skip


class Handlers(NamedTuple):
    """What becomes of the handlers round a request.

    Attributes:
        changes: their classes, as the SDK's.
        exact: whether one of them takes the body of an error for what it is not, so that an error
            status has to go on to be no exception.
    """

    changes: tuple[Change, ...]
    exact: bool

    @property
    def none_waits(self) -> bool:
        """Whether no handler waits for an error of the library that goes."""
        return not self.changes


def handlers_round(calls: Sequence[RawCall], names: Names, file: File) -> Handlers:
    """Return what the handlers round requests are to catch.

    Raises:
        Declined: a handler has no counterpart.
    """
    changes: list[Change] = []
    exact = False
    ours = {raw.node for raw in calls}
    others = {raw.node for raw in file.all(RawCall)} - ours
    reads = {node for made in ours for _, node in file.lifetime(made).called}
    functions = {raw.site.function: raw.site.function_name for raw in calls if raw.site.function}
    library = _LIBRARIES[calls[0].library]
    for retry in file.all(Retry):
        if retry.function in functions and any(n.startswith(library) for n in retry.classes):
            raise Declined("its decorator waits for errors of the library")
    for block in file.all(Try):
        work = {id(item.node) for item in block.work}
        called = any(i.local and i.name in functions.values() for i in block.work)
        if not called and not any(id(node) in work for node in (*ours, *reads)):
            continue
        direct = any(id(node) in work for node in ours)
        # Where other requests may fail too, the handler waits for both kinds of errors.
        shared = not direct or any(id(node) in work for node in others)
        before: list[str] = []
        for handler in block.handlers:
            mine: list[str] = []
            for caught in handler.classes:
                exact = exact or caught.name in _UNREAD
                if caught.name.startswith(library):
                    if not direct and not called:
                        raise Declined("its errors are caught apart from it")
                    name = _class(caught, handler, before, file)
                    changes += _reads(handler, name, file)
                    written, imports = names.of(name, caught.node)
                    changes += (*imports, _written(caught, handler, written, shared=shared))
                    mine.append(f"openai.{name}")
            before += mine
    return Handlers(tuple(changes), exact)


def _written(caught: Caught, handler: Handler, name: str, *, shared: bool) -> Replace:
    if not shared:
        return Replace(caught.node, (name,))
    both = (caught.node, f", {name}")
    return Replace(caught.node, ("(", *both, ")") if caught.node is handler.type_node else both)


def _class(caught: Caught, handler: Handler, before: Sequence[str], file: File) -> str:
    name = sdk_class(caught.name)
    if not caught.inline or any(covers(other, f"openai.{name}") for other in before):
        raise Declined("its handlers would not all be reached")
    allowed = {"args"}
    if caught.name.startswith(("requests.", "httpx")):
        allowed.add("response")
    elif name == "APIStatusError":
        allowed.update(_OF_STATUS_ERROR)
    if handler.name:
        read = set(re.findall(rf"(?<![\w.]){handler.name}\.(\w+)", file.code(handler.node)))
        if read - allowed:
            raise Declined(f"its handler reads `{handler.name}.{sorted(read - allowed)[0]}`")
    return name


def _reads(handler: Handler, cls: str, file: File) -> list[Change]:
    """Return what reads the response of an error that may have none in the SDK."""
    reads = [read for read in file.all(ErrorRead) if read.handler.node is handler.node]
    others = [read for read in reads if read.attribute in _OF_STATUS_ERROR]
    if others:
        return [
            Replace(read.node, (f"{handler.name}.{_OF_STATUS_ERROR[read.attribute]}",))
            for read in others
        ]
    for read in reads:
        if read.attribute == "response" and read.rest not in _OF_RESPONSE:
            raise Declined(f"its handler reads `response.{read.rest}`")
    wanted = [read.node for read in reads if read.attribute == "response" and not read.asked]
    if cls == "APIStatusError" or not wanted:
        return []
    name = "error_response"
    if handler.starts is None or not file.is_free(name, handler.starts):
        raise Declined("its handler reads a response that may not be there")
    # What failed to connect has no response, and no such attribute either.
    first = (f'{name} = getattr({handler.name}, "response", None)',)
    return [Before(handler.starts, (first,)), *(Replace(node, (name,)) for node in wanted)]
