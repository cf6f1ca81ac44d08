"""Another model takes other parameters: what changes along with its name."""

from __future__ import annotations

from oai_lint.facts import UNKNOWN, ApiCall, Argument, WrappedCall
from oai_lint.knowledge import models
from oai_lint.patch import Change, Drop, Replace

CHAT = ("chat.completions.create", "chat.completions.parse", "chat.completions.stream")


def refused_arguments(
    call: ApiCall | WrappedCall, model: str
) -> list[tuple[Argument, models.Refused]]:
    """Return the arguments of a chat call that a model answers with an error."""
    effort = call.call["reasoning_effort"]
    value = None if effort is None else effort.literal
    if value is UNKNOWN:
        value = models.UNKNOWN_EFFORT
    found = []
    for name, refused in models.refused(model, value).items():
        argument = call.call[name]
        if argument is None:
            continue
        literal = argument.literal
        if literal is UNKNOWN or literal is None or literal in refused.allowed:
            continue
        found.append((argument, refused))
    return found


def adapted(call: ApiCall | WrappedCall, model: str, *, dropped: bool) -> list[Change] | None:
    """Return the changes that make the arguments fit a model; None where that cannot be written.

    With ``dropped`` an argument that nothing replaces is taken out.
    """
    changes: list[Change] = []
    for argument, refused in refused_arguments(call, model):
        if refused.new is not None and call.call[refused.new] is None:
            if argument.key_node is None:
                return None
            quote = "" if not argument.spread else '"'
            changes.append(Replace(argument.key_node, (f"{quote}{refused.new}{quote}",)))
        elif refused.new is not None or dropped:
            changes.append(Drop(argument.node))
        else:
            return None
    return changes
