"""Calls of 0.x become calls of 1.0 and later, what reads their results along with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from oai_lint.facts import (
    UNKNOWN,
    ApiCall,
    Argument,
    File,
    Host,
    Literal,
    ModuleSetting,
    Parameter,
    Site,
    Text,
)
from oai_lint.fixes.annotations import annotated
from oai_lint.fixes.dicts import given_as_dicts, whole_as_dict
from oai_lint.fixes.migration import (
    async_client,
    cached_client,
    cached_name,
    carried,
    module_name,
)
from oai_lint.fixes.results import attribute_changes, uses_of
from oai_lint.judgement.lifetimes import would_be_per_call
from oai_lint.knowledge import legacy
from oai_lint.knowledge.endpoints import takes
from oai_lint.patch import Change, Drop, Piece, Replace, Safety, Tail

# Arguments of libraries that replace the methods of the SDK by their own.
_OF_WRAPPERS = ("response_model", "validation_context")
_OWN = frozenset(legacy.CLIENT_ARGUMENTS)


class Rewrite(NamedTuple):
    """What becomes of a call, and how far that may be trusted."""

    changes: tuple[Change, ...]
    safety: Safety


def rewritten_call(call: ApiCall, file: File) -> Rewrite | None:
    """Return what a call of 0.x becomes, or None where that cannot be written."""
    old = _meant(call)
    if old is None or old.new is None:
        return None
    found = module_name(file, call.node)
    if found is None or len({value.origin for value in call.call.func.values}) != 1:
        return None
    openai, needed = found
    changes = list(needed)
    safety = Safety.SAFE
    if any(argument.spread for argument in call.call.keywords.values()):
        safety = Safety.UNSAFE  # others may read that mapping
    arguments = _arguments(call, old, file)
    if arguments is None:
        return None
    changes += arguments
    own = [a for name, a in call.call.keywords.items() if name in legacy.CLIENT_ARGUMENTS]
    root: tuple[Piece, ...] = (openai,)
    if (own or old.is_async) and not _host_is_sure(call, file):
        return None
    if own:
        built = _own_client(own, old, openai, call, file)
        if built is None:
            return None
        root, makers = built
        changes += makers
        changes += (Drop(argument.node) for argument in own)
        safety = Safety.UNSAFE
    elif old.is_async:
        name, made = async_client(file, call.node, openai)
        root = (name,)
        changes += made
        safety = Safety.UNSAFE
    if call.host is Host.AZURE:
        safety = Safety.UNSAFE
    changes.append(Replace(call.call.func.node, (*root, f".{old.new}")))
    changes += annotated(file, call)
    if old.suffix:
        if old.is_async:
            return None
        changes.append(Tail(call.node, call.node, (old.suffix,)))
    if old.attributes:
        changes += _reads(call, old, file)
    return Rewrite(tuple(changes), safety)


def _reads(call: ApiCall, old: legacy.LegacyCall, file: File) -> Iterable[Change]:
    """Return how the result is read, or given on, now that it is no dict."""
    whole = None if old.is_async else whole_as_dict(file, call)
    if whole is not None:
        yield whole
        return
    for use in uses_of(file, call):
        yield from attribute_changes(use) or ()
    yield from given_as_dicts(file, call)


def _meant(call: ApiCall) -> legacy.LegacyCall | None:
    """Return the row of a call; of the asynchronous method where its answer is awaited."""
    old = legacy.CALLS.get(call.path)
    if old is None or old.is_async or not call.site.under_await:
        return old
    owner, _, method = call.path.rpartition(".")
    return legacy.CALLS.get(f"{owner}.a{method}", old)


def carried_along(call: ApiCall, file: File) -> list[Change] | None:
    """Return what changes about a call whose method is named elsewhere: arguments and reads."""
    old = legacy.CALLS[call.path]
    changes = _arguments(call, old, file)
    if changes is None or any(name in legacy.CLIENT_ARGUMENTS for name in call.call.keywords):
        return None
    for use in uses_of(file, call) if old.attributes else ():
        changes += attribute_changes(use) or ()
    return changes


def _arguments(call: ApiCall, old: legacy.LegacyCall, file: File) -> list[Change] | None:
    """Return how the arguments change; None where one has no counterpart."""
    changes: list[Change] = []
    keywords = call.call.keywords
    for position, argument in enumerate(call.call.positional):
        if old.by_position and not position:
            continue
        if position >= len(old.positional) or old.positional[position] is None:
            return None
        name = old.positional[position]
        changes.append(Replace(argument.node, (f"{name}=", argument.expr.node)))
    if any(name in keywords for name in (*legacy.FOLDED, *_OF_WRAPPERS, "request_id")):
        return None
    given = {old.rename.get(name, name): name for name in keywords if name not in old.rename}
    for name, argument in keywords.items():
        new = old.rename.get(name)
        if new is None:
            continue
        other = given.get(new)
        if other is not None and _elsewhere(argument, keywords[other], file):
            other = None  # of different dicts, or written later in place of the other
        given[new] = name
        if name == "deployment_id" and other == "engine":
            dropped = argument
        else:
            renamed = _renamed(argument, new, file)
            if renamed is None:
                return None
            changes.append(renamed)
            if other is None:
                continue
            # 0.x took the deployment, not the model; and the request's timeout, not the loop's.
            dropped = keywords[other]
            if new == "model" and not argument.spread and not _is_text(argument):
                changes.append(_first_given(argument, dropped, file))
        changes.append(Drop(dropped.node))
    changes += _into_body(call, old)
    return changes


def _into_body(call: ApiCall, old: legacy.LegacyCall) -> Iterable[Change]:
    """Move what the new method does not know to the body of the request, where 0.x put it."""
    keywords = call.call.keywords
    others = [
        argument
        for name, argument in keywords.items()
        if not argument.spread
        and name not in old.rename
        and name not in legacy.CLIENT_ARGUMENTS
        and takes(old.new or "", name) is False
    ]
    if not others or "extra_body" in keywords:
        return
    pieces: list[Piece] = []
    for argument in others:
        pieces += (", " if pieces else "", f'"{argument.name}": ', argument.expr.node)
    first, *rest = others
    yield Replace(first.node, ("extra_body={", *pieces, "}"))
    yield from (Drop(argument.node) for argument in rest)


def _is_text(argument: Argument) -> bool:
    return all(isinstance(v, Text) or (isinstance(v, Literal) and v.value) for v in argument.values)


def _first_given(one: Argument, other: Argument, file: File) -> Replace:
    """Return the change that gives another argument where the value of the first is None."""
    pieces: list[Piece] = []
    for node in (one.expr.node, other.expr.node):
        simple = re.fullmatch(r"""[\w.]+([(\[][^()\[\]]*[)\]])*|(['"])[^'"]*\2""", file.code(node))
        pieces += [" or "] if pieces else []
        pieces += [node] if simple else ["(", node, ")"]
    return Replace(one.expr.node, tuple(pieces))


def _elsewhere(one: Argument, other: Argument, file: File) -> bool:
    """Say whether two entries of a mapping that is spread out are not written side by side."""
    return (
        one.spread
        and other.spread
        and file.site(one.node).parent is not file.site(other.node).parent
    )


def _renamed(argument: Argument, new: str, file: File) -> Replace | None:
    if argument.key_node is None:
        return None
    if not argument.spread:
        return Replace(argument.key_node, (new,))
    quote = file.code(argument.key_node)[-1:]
    return Replace(argument.key_node, (f"{quote}{new}{quote}",)) if quote in ("'", '"') else None


def _host_is_sure(call: ApiCall, file: File) -> bool:
    """Say whether it is known here if a call goes to Azure, which has a client of its own."""
    if call.host is not Host.AZURE or "api_type" in call.call.keywords:
        return True
    return any(
        setting.name in ("api_type", "api_base", "base_url", "azure_endpoint")
        and not setting.site.conditions
        and (setting.site.at_module_level or setting.site.function is call.site.function)
        for setting in file.all(ModuleSetting)
    )


def _given(keyword: str, argument: Argument, openai: str) -> tuple[Piece, ...]:
    """Return an argument of a client; what may be None goes on coming from the module."""
    node = argument.expr.node
    if any(
        (isinstance(value, Literal) and value.value is None)
        or (isinstance(value, Parameter) and value.default is not None)
        for value in argument.values
    ):
        return (f"{keyword}=", node, f" or {openai}.{keyword}")
    return (f"{keyword}=", node)


def _own_client(
    arguments: Iterable[Argument],
    old: legacy.LegacyCall,
    openai: str,
    call: ApiCall,
    file: File,
) -> tuple[tuple[Piece, ...], list[Change]] | None:
    """Return the client that takes over the credentials of one call, and what makes it."""
    azure = call.host is Host.AZURE
    given: dict[str, Argument] = {}
    for argument in arguments:
        if argument.spread:
            return None
        if argument.name == "api_type":
            kind = argument.literal
            if kind is UNKNOWN:
                return None
            azure = kind in legacy.AZURE_API_TYPES if isinstance(kind, str) else azure
        elif not argument.is_none:
            given[argument.name or ""] = argument
    names = legacy.AZURE_CLIENT_ARGUMENTS if azure else legacy.CLIENT_ARGUMENTS
    pieces: list[Piece] = []
    for name, argument in given.items():
        keyword = names.get(name)
        if keyword is None or (keyword == "api_version" and not azure):
            continue
        pieces += (", " if pieces else "", *_given(keyword, argument, openai))
    if not pieces:
        return None if old.is_async else ((openai,), [])
    # What is not given with the call goes on coming from the module.
    written = {keyword for name in given if (keyword := names.get(name)) is not None}
    for keyword in carried(file, azure=azure, transport=not old.is_async):
        if keyword not in written:
            pieces += (f", {keyword}={openai}.{keyword}",)
    cls = f"{'Async' if old.is_async else ''}{'Azure' if azure else ''}OpenAI"
    made = None
    if would_be_per_call(call, [argument.expr for argument in given.values()], file):
        made = cached_client(file, call.site, _first_of_its_own(file), openai, cls)
    name = f"{openai}.{cls}" if made is None else cached_name(cls)
    return (f"{name}(", *pieces, ")"), made or []


def _first_of_its_own(file: File) -> Site:
    """Return the first place where a call of 0.x brings its own credentials."""
    return next(
        call.site
        for call in file.all(ApiCall)
        if call.legacy and not call.site.guarded and set(call.call.keywords) & _OWN
    )
