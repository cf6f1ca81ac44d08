"""Another model takes other parameters: what changes along with its name."""

from __future__ import annotations

from oai_lint.facts import UNKNOWN, Argument, Call, File, Mapping, RawCall
from oai_lint.knowledge import models
from oai_lint.patch import Change, Drop, Replace

CHAT = ("chat.completions.create", "chat.completions.parse", "chat.completions.stream")


def request_of(raw: RawCall, body: Mapping) -> Call:
    """Return a request made by hand as the call whose arguments are the entries of its body."""
    arguments = {
        entry.key: Argument(
            entry.node, entry.key, entry.value, spread=True, key_node=entry.key_node
        )
        for entry in body.entries
        if isinstance(entry.key, str)
    }
    return Call(raw.node, raw.call.func, (), arguments, open_=body.open)


def refused_arguments(call: Call, model: str) -> list[tuple[Argument, models.Refused]]:
    """Return the arguments of a chat call that a model answers with an error."""
    effort = call["reasoning_effort"]
    value = None if effort is None else effort.literal
    if value is UNKNOWN:
        value = models.UNKNOWN_EFFORT
    found = []
    for name, refused in models.refused(model, value).items():
        argument = call[name]
        if argument is None:
            continue
        literal = argument.literal
        if literal is UNKNOWN or literal is None or literal in refused.allowed:
            continue
        found.append((argument, refused))
    return found


def adapted(call: Call, model: str, file: File, *, dropped: bool) -> list[Change] | None:
    """Return the changes that make the arguments fit a model; None where that cannot be written.

    With ``dropped`` an argument that nothing replaces is taken out.
    """
    changes: list[Change] = []
    for argument, refused in refused_arguments(call, model):
        if refused.new is not None and call[refused.new] is None:
            if argument.key_node is None:
                return None
            last = file.code(argument.key_node)[-1:]
            quote = last if last in ("'", '"') else ""
            changes.append(Replace(argument.key_node, (f"{quote}{refused.new}{quote}",)))
        elif refused.new is not None or dropped:
            changes.append(Drop(argument.node))
        else:
            return None
    return changes
