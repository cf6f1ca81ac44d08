"""Judgement on how long SDK clients live, shared by the rules about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from oai_lint.facts import (
    ApiCall,
    Attribute,
    ClientInit,
    Expr,
    File,
    Item,
    Lifetime,
    LoopRun,
    Parameter,
    Result,
    Runs,
    Site,
    Unknown,
    Value,
)
from oai_lint.patch import Node
from oai_lint.rule import Confidence

# What says who is asked, and how: a client of its own is right for each of several users.
_PERSONAL = (
    "api_key", "base_url", "http_client", "organization", "project", "azure_endpoint",
    "azure_deployment", "azure_ad_token", "azure_ad_token_provider", "default_headers",
    "workload_identity", "provider", "data_residency",
)  # fmt: skip
_USERS = (
    "builtins.input", "getpass.", "streamlit.", "flask.", "quart.", "django.", "fastapi.",
    "starlette.", "click.", "typer.", "gradio.", "rich.prompt", "chainlit.", "questionary.",
    "tkinter.",
)  # fmt: skip


class PerCall(NamedTuple):
    """Why a client is thought to be built again and again."""

    reason: str
    loop: Node | None
    confidence: Confidence


def built_per_call(init: ClientInit, file: File) -> PerCall | None:
    """Say why an SDK client is built again and again, or None where it is not seen to be."""
    if init.partial or (init.site.at_module_level and not init.site.loops):
        return None
    frequency = file.frequency(init.node)
    if frequency.runs is Runs.ONCE:
        return None
    if kept(file, init.node) or (init.is_async and _in_loop_of_its_own(init, file)):
        return None
    if frequency.loop is not None and not file.varies(init.node, frequency.loop):
        if _wrapped_anew(init):
            return None
        loop = frequency.loop if frequency.is_statement else None
        return PerCall(frequency.reason, loop, min(init.confidence, frequency.confidence))
    if init.call.open or any(
        _is_personal(argument.expr, init.site, file)
        for name in _PERSONAL
        if (argument := init.call[name]) is not None
    ):
        return None
    if frequency.often and frequency.loop is None:
        return PerCall(frequency.reason, None, min(init.confidence, frequency.confidence))
    prompt = file.prompt(init.node)
    if frequency.runs is Runs.UNKNOWN and prompt:
        asks = any(
            api.made is init.node and api.site.function is init.site.function
            for api in file.all(ApiCall)
        )
        if asks:
            reason = f"`{init.site.function_name}({prompt})` builds it for every call"
            return PerCall(reason, None, Confidence.MEDIUM)
    return None


def would_be_per_call(call: ApiCall, given: Iterable[Expr], file: File) -> bool:
    """Say whether a client built in place for a call, with these arguments, would be one of many.

    That is what :func:`built_per_call` says of such a client once it is there.
    """
    frequency = file.frequency(call.node)
    if frequency.loop is not None and not any(file.varies(e.node, frequency.loop) for e in given):
        return True
    if any(_is_personal(expr, call.site, file) for expr in given):
        return False
    return (frequency.often and frequency.loop is None) or (
        frequency.runs is Runs.UNKNOWN and bool(file.prompt(call.node))
    )


def kept(file: File, node: Node, depth: int = 0) -> bool:
    """Say whether an object, or what it is wrapped in, outlives the function that makes it."""
    life: Lifetime = file.lifetime(node)
    if life.returned or life.stored or life.captured:
        return True
    return depth < 3 and any(kept(file, receiver, depth + 1) for receiver in life.receivers)


def _in_loop_of_its_own(init: ClientInit, file: File) -> bool:
    """Say whether each event loop of several makes it, as each has to."""
    return any(
        init.site.function in run.reached and file.frequency(run.node).often
        for run in file.all(LoopRun)
    )


def _wrapped_anew(init: ClientInit) -> bool:
    argument = init.http_client
    return argument is not None and any(isinstance(v, Unknown) for v in argument.values)


def _is_personal(expr: Expr, site: Site, file: File) -> bool:
    """Say whether a value is the caller's or the user's, or cannot be read."""
    function = site.function
    own = file.code(expr.node).startswith(("self.", "cls."))
    if not own and function is not None and file.varies(expr.node, function):
        return True
    return any(_depends(value, site) for value in expr.values)


def _depends(value: Value, site: Site) -> bool:
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Parameter):
        return value.function is site.function
    if value.origin.startswith(_USERS):
        return not value.origin.startswith("streamlit.secrets")
    current: Value | None = value
    while isinstance(current, (Attribute, Item)):
        current = current.of
    if isinstance(current, Parameter):
        return current.function is site.function
    return bool(isinstance(current, Result) and current.call is not None and current.origin == "")
