"""What is done with the answer of a raw request, done with the answer of the SDK."""

from __future__ import annotations

import re
from typing import NamedTuple

from oai_lint.facts import EventLoop, File, Lifetime, RawCall, StatusCheck, SuccessBranch
from oai_lint.fixes.raw_requests.client import Client
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.fixes.raw_requests.names import Names
from oai_lint.fixes.raw_requests.refusals import is_asked_for
from oai_lint.fixes.raw_requests.request import Request
from oai_lint.fixes.raw_requests.session import is_async
from oai_lint.knowledge.endpoints import BINARY_RESULTS
from oai_lint.patch import After, Before, Change, Delete, Lead, Node, Piece, Replace, Unwrap

# What is read off a response of requests or aiohttp, and how httpx, which the SDK is built on,
# calls it.
_AS_HTTPX = {
    "status_code": "status_code", "status": "status_code", "text": "text", "content": "content",
    "headers": "headers", "json": "json()", "read": "content", "reason": "reason_phrase",
    "ok": "is_success", "is_success": "is_success", "is_error": "is_error",
    "reason_phrase": "reason_phrase",
}  # fmt: skip
_ASKS_FOR_KEY = re.compile(r"[\"']\w+[\"'] (?:not )?in \w")


class _Read(NamedTuple):
    """A place that reads something off an answer; ``node`` with ``await`` and call."""

    name: str
    path: str
    node: Node


class SdkCall(NamedTuple):
    """Writes the SDK call of a request."""

    client: Client
    request: Request
    awaited: bool

    def plain(self) -> tuple[Piece, ...]:
        """Return the call, awaited if it has to be."""
        return ("await " if self.awaited else "", *self._written(""))

    def part(self, attribute: str, step: str = "") -> tuple[Piece, ...]:
        """Return the call with an attribute of its result."""
        if self.awaited:
            return ("(await ", *self._written(step), f").{attribute}")
        return (*self._written(step), f".{attribute}")

    def _written(self, step: str) -> tuple[Piece, ...]:
        resource, _, method = self.request.row.path.rpartition(".")
        written: list[Piece] = [f"{self.client.name}.{resource}.{step}{method}("]
        arguments = list(self.request.arguments)
        own = {argument[0] for argument in arguments}
        arguments += (extra for extra in self.client.arguments if extra[0] not in own)
        for index, argument in enumerate(arguments):
            written += (", ", *argument) if index else argument
        return (*written, ")")


def answer(
    raw: RawCall, client: Client, request: Request, names: Names, file: File,
    *, exact: bool, free: bool,
) -> tuple[Change, ...]:  # fmt: skip
    """Return what reads the answer of the SDK as the raw one was read.

    Args:
        exact: an error status must not be an exception.
        free: no handler waits for the exceptions of the raw request.

    Raises:
        Declined: it is read in a way that has no counterpart.
    """
    call = SdkCall(client, request, is_async(raw))
    life = file.lifetime(raw.node)
    if is_async(raw) and not raw.site.awaited:
        raise Declined("it is not awaited where it is made")
    if life.dropped and not life.names:
        return _at_once(raw, call, life, names, file, exact=exact)
    if len(life.names) != 1 or life.handed_on or life.clients:
        raise Declined("its answer is handed on")
    if re.match(rf"{life.names[0]}\s*:", file.code(raw.site.statement)):
        raise Declined("its answer is annotated")
    if not all(file.is_bound_once(use) for use in life.uses):
        raise Declined(f"`{life.names[0]}` may be something else where it is read")
    name = life.names[0]
    checks = [c for c in file.all(StatusCheck) if c.owner in life.uses]
    checks = [c for c in checks if c.behind is raw.site.statement]
    reads = _reads(life, file)
    if not checks and {read.name for read in reads} == {"json"}:  # no look at the status
        exact = exact or is_asked_for(raw, [read.node for read in reads], file)
    check = checks[0] if checks and not exact else None
    loops = [loop for loop in file.all(EventLoop) if loop.owner in life.uses]
    lines = {id(loop.lines) for loop in loops}
    reads = [read for read in reads if id(read.node) not in lines]
    if len(reads) + len(loops) + len(life.closes) != len(life.uses) or life.iterated:
        raise Declined("its lines are read in a way of their own" if request.streams else
                       "its answer is used as a whole")  # fmt: skip
    inside = [r for r in reads if check is not None and file.inside(r.node, check.node)]
    outside = [r for r in reads if r not in inside]
    inside = [r for r in inside if check is None or not file.inside(r.node, check.test)]
    left = {read.name for read in outside} - {"raise_for_status"}
    form = _Form(raw, call, name, outside, names, file)
    if request.streams:
        branch = _branch(life, loops, outside, file)
        if branch is not None and not exact and check is None:
            return form.stream_or_not(loops, branch)
        if left or not loops or exact:
            raise Declined(_status_reason(left))
        changes = form.stream(loops, check)
    elif loops or life.closes:
        raise Declined("its lines are read, but it does not ask for a stream")
    elif left <= _of_result(request) and not exact:
        changes = form.plain(check)
    else:
        return _Form(raw, call, name, reads, names, file).with_status(free=free)
    return (*changes, *form.caught(check, inside)) if check is not None else changes


def _branch(
    life: Lifetime, loops: list[EventLoop], reads: list[_Read], file: File
) -> SuccessBranch | None:
    """Return the test for success that keeps all loops from all else that is read."""
    for branch in file.all(SuccessBranch):
        if branch.owner not in life.uses or not loops or life.entrances:
            continue
        within = all(file.inside(loop.node, branch.body) for loop in loops)
        others = [read for read in reads if not file.inside(read.node, branch.test)]
        apart = all(
            file.inside(read.node, branch.node) and not file.inside(read.node, branch.body)
            for read in others
        )
        if within and apart and all(read.name != "raise_for_status" for read in reads):
            return branch
    return None


def _of_result(request: Request) -> set[str]:
    """Return what may be read off an object that the SDK gives back."""
    if request.as_text:
        return set()
    return {"content", "read"} if request.row.path in BINARY_RESULTS else {"json"}


def _status_reason(names: set[str]) -> str:
    if names and not names & {"iter_lines", "aiter_lines", "iter_content", "aiter_bytes"}:
        return f"its `{sorted(names)[0]}` is read"
    return "its lines are read in a way of their own"


def _at_once(
    raw: RawCall, call: SdkCall, life: Lifetime, names: Names, file: File, *, exact: bool
) -> tuple[Change, ...]:
    binary = call.request.row.path in BINARY_RESULTS
    parses = not binary and [path for path, _ in life.called] == ["json"] and not life.read
    node = life.called[0][1] if life.called else None
    if call.request.streams or call.request.as_text:
        raise Declined("what becomes of an error status is not seen")
    if exact or (parses and is_asked_for(raw, [node], file)):
        if not parses or call.awaited:
            raise Declined("what becomes of an error status is not seen")
        return _Form(raw, call, _free_answer(raw, file), [], names, file).before(node)
    if parses:
        return (Replace(node, call.part(dump(file, raw))),)
    if binary and [path for path, _ in life.read] == ["content"] and not life.called:
        return (Replace(life.read[0][1], call.part("content")),)
    raise Declined("its answer is used as a whole")


def _free_answer(raw: RawCall, file: File) -> str:
    for name in ("response", "reply", "answer"):
        if file.is_free(name, raw.node):
            return name
    raise Declined("no good name for the answer is free")


def _reads(life: Lifetime, file: File) -> list[_Read]:
    found: list[_Read] = []
    for path, node in (*life.called, *life.read):
        site = file.site(node)
        whole = site.parent if site.under_await else node
        found.append(_Read(path.split(".")[0], path, whole))
    return found


def dump(file: File, raw: RawCall) -> str:
    """Return the method that makes a mapping of a result.

    Where the code asks which keys are there, those that the API did not send must not be.
    """
    around = raw.site.function if raw.site.function is not None else raw.site.outermost
    asks = _ASKS_FOR_KEY.search(file.code(around))
    return "model_dump(exclude_unset=True)" if asks else "model_dump()"


class _Form(NamedTuple):
    """The three ways to read: an object, a stream, a response of httpx."""

    raw: RawCall
    call: SdkCall
    name: str
    reads: list[_Read]
    names: Names
    file: File

    def plain(self, check: StatusCheck | None) -> tuple[Change, ...]:
        """Read an object: an error status is an exception of the SDK."""
        changes = [*self._made(self.call.plain(), guarded=check is not None), *self._unchecked()]
        for read in self.reads:
            if read.name == "json":
                self._argumentless(read)
                changes.append(Replace(read.node, (f"{self.name}.{dump(self.file, self.raw)}",)))
            elif read.name == "read":
                changes.append(Replace(read.node, (f"{self.name}.content",)))
        return tuple(changes)

    def stream(self, loops: list[EventLoop], check: StatusCheck | None) -> tuple[Change, ...]:
        """Iterate over the events that the SDK has parsed."""
        changes: list[Change] = [*self._unchecked()]
        if self.raw.site.entered or self.raw.site.under_await or check is None:
            whole = self.raw.site.parent if self.raw.site.under_await else self.raw.node
            changes.append(Replace(whole, self.call.plain()))
        if check is not None:
            changes = [*self._made(self.call.plain(), guarded=True), *self._unchecked()]
        return (*changes, *self._events(loops))

    def stream_or_not(self, loops: list[EventLoop], branch: SuccessBranch) -> tuple[Change, ...]:
        """Iterate over events, or read the response of an error."""
        stream, imports = self.names.of(
            "AsyncStream" if self.call.awaited else "Stream", self.raw.node
        )
        changes = [*imports, *self._made_or_refused(self.call.plain())]
        changes.append(Replace(branch.test, (f"isinstance({self.name}, {stream})",)))
        for read in self.reads:
            if not self.file.inside(read.node, branch.test):
                changes += self._as_httpx(read, f"{self.name}.")
        return (*changes, *self._events(loops))

    def _events(self, loops: list[EventLoop]) -> list[Change]:
        changes: list[Change] = []
        for loop in loops:
            asynchronous = self.file.code(loop.node).lstrip().startswith("async")
            if asynchronous is not self.call.awaited:
                raise Declined("its lines are read in a way of their own")
            event = "event" if self.file.is_free("event", loop.node) else ""
            event = event or self.file.code(loop.target)
            changes += (
                Replace(loop.target, (event,)),
                Replace(loop.lines, (self.name,)),
                Replace(loop.parsed, (f"{event}.model_dump(exclude_unset=True)",)),
                *(Delete(statement) for statement in loop.drops),
                *(Unwrap(statement, block=other) for statement, other in loop.wraps),
            )
        return changes

    def with_status(self, *, free: bool) -> tuple[Change, ...]:
        """Read a response of httpx, which the SDK has for errors too."""
        response = self.call.part("http_response", "with_raw_response.")
        in_order = sorted(self.reads, key=lambda read: self.file.site(read.node).order)
        checked = any(read.name == "raise_for_status" for read in self.reads)
        if checked and in_order[0].name == "raise_for_status" and self._is_next(in_order[0]):
            changes = [*self._made(response), *self._unchecked()]
        elif checked and not free:
            raise Declined("its status is read before `raise_for_status()`")
        else:
            changes = self._made_or_refused(response)
        for read in self.reads:
            if read.name != "raise_for_status":
                changes += self._as_httpx(read, f"{self.name}.")
        return tuple(changes)

    def before(self, parsed: Node) -> tuple[Change, ...]:
        """Get a response of httpx in front of the statement that parses it."""
        statement = self.raw.site.statement
        written = self.file.code(statement).strip()
        if written not in (
            f"{name} = {self.file.code(parsed)}" for name in self.file.site(parsed).names
        ):
            raise Declined("what becomes of an error status is not seen")
        cls, imports = self.names.of("APIStatusError", self.raw.node)
        error = self._error()
        response = self.call.part("http_response", "with_raw_response.")
        lines: tuple[tuple[Piece, ...], ...] = (
            ("try:",),
            (f"    {self.name} = ", *response),
            (f"except {cls} as {error}:",),
            (f"    {self.name} = {error}.response",),
        )
        return (*imports, Before(statement, lines), Replace(parsed, (f"{self.name}.json()",)))

    def caught(self, check: StatusCheck, inside: list[_Read]) -> tuple[Change, ...]:
        """Make the handler of an error status out of the test for it."""
        error = self._error()
        cls, imports = self.names.of("APIStatusError", self.raw.node)
        head = Lead(check.node, check.test, (f"except {cls} as {error}",))
        changes: list[Change] = [*imports, head, Replace(check.test, ())]
        for read in inside:
            if read.name in ("status_code", "status"):
                changes.append(Replace(read.node, (f"{error}.status_code",)))
            else:
                changes += self._as_httpx(read, f"{error}.response.", always=True)
        return tuple(changes)

    def _made_or_refused(self, pieces: tuple[Piece, ...]) -> list[Change]:
        """Write the call, or take the response of the error that it raises."""
        cls, imports = self.names.of("APIStatusError", self.raw.node)
        error = self._error()
        handler: tuple[tuple[Piece, ...], ...] = (
            (f"except {cls} as {error}:",),
            (f"    {self.name} = {error}.response",),
        )
        return [*imports, *self._made(pieces, guarded=True, handler=handler)]

    def _made(
        self,
        pieces: tuple[Piece, ...],
        *,
        guarded: bool = False,
        handler: tuple[tuple[Piece, ...], ...] = (),
    ) -> list[Change]:
        """Write the call, under ``try`` if guarded; a ``with`` that closed the answer goes."""
        site = self.raw.site
        entrances = self.file.lifetime(self.raw.node).entrances
        line: tuple[Piece, ...] = (f"{self.name} = ", *pieces)
        if entrances:
            if len(entrances) > 1 or not entrances[0].alone or not site.entered:
                raise Declined("its answer is entered beside something else")
            lines = (("try:",), ("    ", *line), *handler) if guarded else (line,)
            return [Unwrap(entrances[0].node, lines)]
        if not guarded:
            return [Replace(site.parent if site.under_await else self.raw.node, pieces)]
        if not self.file.code(site.statement).startswith(f"{self.name} = "):
            raise Declined("its answer is not simply assigned")
        changes: list[Change] = [
            Before(site.statement, (("try:",),)),
            Replace(site.statement, ("    ", *line)),
        ]
        return [*changes, After(site.statement, handler)] if handler else changes

    def _is_next(self, read: _Read) -> bool:
        """Say whether a statement stands in the block that the answer is got in, or its own."""
        entrances = self.file.lifetime(self.raw.node).entrances
        block = self.file.block(read.node)
        if entrances:
            return self.file.site(block).parent is entrances[0].node
        return block is self.file.block(self.raw.node)

    def _error(self) -> str:
        for name in ("error", "failure", "status_error"):
            if self.file.is_free(name, self.raw.node):
                return name
        raise Declined("no good name for the error is free")

    def _unchecked(self) -> tuple[Change, ...]:
        """Take ``raise_for_status()`` out: the SDK raises by itself."""
        changes: list[Change] = []
        for read in self.reads:
            if read.name == "raise_for_status":
                if not self.file.site(read.node).is_statement:
                    raise Declined("what `raise_for_status()` gives is used")
                changes.append(Delete(self.file.site(read.node).statement))
        return tuple(changes)

    def _as_httpx(self, read: _Read, owner: str, *, always: bool = False) -> list[Change]:
        known = _AS_HTTPX.get(read.name)
        if known is None:
            raise Declined(f"its `{read.name}` is read")
        if read.name == "json" or self.call.awaited:
            self._argumentless(read)
        if "." in read.path:
            if always or known != read.name:
                raise Declined(f"its `{read.path}` is read")
            return []
        return [Replace(read.node, (f"{owner}{known}",))]

    def _argumentless(self, read: _Read) -> None:
        code = re.sub(r"\s|content_type=None", "", self.file.code(read.node))
        while code.startswith("(") and code.endswith(")"):
            code = code[1:-1]
        if not code.endswith((f".{read.path}()", f".{read.path}")):
            raise Declined(f"its `{read.name}` is read in a way of its own")
