"""Where a result of 0.x was needed for a dict, its object becomes one again."""

from __future__ import annotations

import re

from oai_lint.facts import ApiCall, File, Handover, MixedRead
from oai_lint.fixes.results import answers_text, asked_for, leads_to_object, uses_of
from oai_lint.knowledge import legacy
from oai_lint.patch import After, Change, Lead, Tail

_AS_DICT = ".model_dump(exclude_unset=True)"
"""What the server sent, as a dict of dicts: nothing but that was in a result of 0.x."""

_MODEL = re.compile(r"""\)|\[(\*|-?\d+)\]|\.(message|delta)|\['(message|delta)'\]""")


def given_as_dicts(file: File, call: ApiCall) -> list[Change]:
    """Return the changes that give a dict to what only works with one.

    The SDK takes its own objects for messages, but nothing else that is done to a list of dicts
    does, and ``json.dumps`` raises.
    """
    if any(use.stored for use in uses_of(file, call)):
        return []  # what was given has to stay the same thing
    changes: list[Change] = []
    for given in file.all(Handover):
        if asked_for(given.node, file):
            continue
        if given.made is call.node and _is_model(given.origin, call):
            if given.copy is not None:
                changes.append(Lead(given.copy, given.node))
            changes.append(Tail(given.copy or given.node, given.node, (_AS_DICT,)))
    return changes


def _is_model(origin: str, call: ApiCall) -> bool:
    """Say whether what is given is certainly an object of the SDK: no list, stream or text."""
    if answers_text(call) or not leads_to_object(origin, call.path):
        return False
    steps = origin.partition("()")[2]
    if steps == "[*]":
        return call.streams
    if not steps and (_may_stream(call) or legacy.CALLS[call.path].result != "object"):
        return False
    return any(match.end() == len(origin) for match in _MODEL.finditer(origin))


def whole_as_dict(file: File, call: ApiCall) -> Change | None:
    """Return the change that makes a dict of a call's whole result.

    It has to be one where it is read at a place at which something else, a dict, is read too.
    """
    if call.site.under_await or legacy.CALLS[call.path].result != "object":
        return None
    if not any(call.node in read.made for read in file.all(MixedRead)):
        return None
    if call.streams:
        name = call.site.names[0] if call.site.names else ""
        if file.code(call.site.statement) == f"{name} = {file.code(call.node)}":
            line = f"{name} = (chunk{_AS_DICT} for chunk in {name})"
            return After(call.site.statement, ((line,),))
        return Tail(call.node, call.node, (")",), f"(chunk{_AS_DICT} for chunk in ")
    return Tail(call.node, call.node, (_AS_DICT,)) if not _may_stream(call) else None


def _may_stream(call: ApiCall) -> bool:
    stream = call.call["stream"]
    return stream is not None and stream.literal is not False
