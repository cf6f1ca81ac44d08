"""Errors of 0.x that the code builds itself, written with the arguments that 1.0 wants."""

from __future__ import annotations

from oai_lint.facts import Argument, File, ModuleRead
from oai_lint.fixes.http_client import spelled
from oai_lint.knowledge import errors
from oai_lint.knowledge.legacy import DEFAULT_API_BASE
from oai_lint.patch import Change, Drop, Import, Insert, Piece, Replace

# What 0.x raised the error for, where the class of today stands for more than one status.
_STATUS = {"InternalServerError": 503}
_IN_BODY = ("param", "code")
_POSITIONS = {"InvalidRequestError": ("message", "param", "code")}


def rebuilt(read: ModuleRead, old: str, new: str, file: File) -> tuple[Change, ...] | None:
    """Return what changes about the arguments of an error, or None where that is not known.

    Errors of 1.0 hold the request, those for a status also the answer: the fix writes such as the
    SDK would have seen.
    """
    if new == "OpenAIError" or read.call is None:
        return ()
    given = _given(read, old)
    if given is None:
        return None
    library = _library(file, read)
    request, imports = _spelled(file, f"{library}.Request", read)
    request = f'{request}("POST", "{DEFAULT_API_BASE}")'
    message = given.pop("message", None)
    if new == "APITimeoutError":  # it has a message of its own
        if message is None:
            return (*imports, Insert(read.call.node, (request,)))
        return (*imports, Replace(message.node, (request,)))
    status = errors.ERRORS[new].status or _STATUS.get(new)
    pieces: list[Piece] = [f"request={request}"]
    if status is not None:
        response, more = _spelled(file, f"{library}.Response", read)
        imports = (*imports, *more)
        pieces = [f"response={response}({status}, request={request})"]
    if new != "APIConnectionError":
        pieces += (", body=", *_body(given))
    lead = "message=" if new == "APIConnectionError" else ""
    changes: list[Change] = [*imports]
    if message is None:
        pieces = [f'{lead}"", ', *pieces]
    elif lead and message.name is None:
        changes.append(Replace(message.node, (lead, message.expr.node)))
    if not given:
        return (*changes, Insert(read.call.node, tuple(pieces)))
    first, *rest = given.values()
    return (*changes, Replace(first.node, tuple(pieces)), *(Drop(a.node) for a in rest))


def portable(file: File, read: ModuleRead) -> bool:
    """Say whether the HTTP library is there: the file has it, or the SDK in all of its range."""
    if any(file.name_of(f"{library}.Request", read.node) for library in ("httpx2", "httpx")):
        return True
    return file.target.starts(3) or not file.target.reaches(3)


def _given(read: ModuleRead, old: str) -> dict[str, Argument] | None:
    """Return the arguments by the names they have in 0.x; None where others may be there."""
    call = read.call
    if call is None or call.open:
        return None
    names = _POSITIONS.get(old, ("message",))
    if len(call.positional) > len(names):
        return None
    given = dict(zip(names, call.positional, strict=False)) | call.keywords
    if any(argument.spread for argument in given.values()) or set(given) - {"message", *_IN_BODY}:
        return None
    return given


def _body(given: dict[str, Argument]) -> list[Piece]:
    """Return the body of an answer that says what the arguments said."""
    known = [(name, given[name]) for name in _IN_BODY if name in given]
    if not known:
        return ["None"]
    pieces: list[Piece] = ["{"]
    for index, (name, argument) in enumerate(known):
        pieces += (", " if index else "", f'"{name}": ', argument.expr.node)
    return [*pieces, "}"]


def _library(file: File, read: ModuleRead) -> str:
    """Return the HTTP library that the file has, else that of the newest SDK it may meet."""
    for library in ("httpx2", "httpx"):
        if file.name_of(f"{library}.Request", read.node):
            return library
    return "httpx2" if file.target.reaches(3) else "httpx"


def _spelled(file: File, path: str, read: ModuleRead) -> tuple[str, tuple[Import, ...]]:
    return spelled(file, path, read.node)
