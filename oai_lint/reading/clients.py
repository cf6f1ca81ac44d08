"""Facts about clients of the SDK, read off the values: how they are made, set and called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import (
    ApiCall,
    ClientCopy,
    ClientInit,
    ClientSetting,
    Host,
    WrappedCall,
)
from oai_lint.facts.values import (
    Attribute,
    Call,
    Environment,
    Item,
    Literal,
    Result,
    Value,
)
from oai_lint.knowledge.endpoints import RESOURCES
from oai_lint.reading.given import given_host
from oai_lint.reading.hosts import host_of_expr
from oai_lint.reading.openai_module import module_host

if TYPE_CHECKING:
    from oai_lint.reading import Reading

CLIENTS = {
    "openai.OpenAI": "OpenAI",
    "openai.AsyncOpenAI": "AsyncOpenAI",
    "openai.AzureOpenAI": "AzureOpenAI",
    "openai.AsyncAzureOpenAI": "AsyncAzureOpenAI",
}
_SAME_CLIENT = ("with_options()", "copy()", "with_raw_response", "with_streaming_response")
LEGACY = frozenset({
    "ChatCompletion", "Completion", "Embedding", "Image", "Audio", "Moderation", "File", "Model",
    "Edit", "Engine", "FineTune", "FineTuningJob", "Deployment", "Customer", "ErrorObject",
})  # fmt: skip


def client_inits(reading: Reading) -> Iterator[ClientInit]:
    """Yield every construction of an SDK client."""
    for node, made, origin, confidence in reading.made():
        call = made
        partial = origin == "functools.partial()" and bool(made.positional)
        built = made.positional[0].expr.origin if partial else origin.removesuffix("()")
        cls = CLIENTS.get(built)
        if cls is None:
            continue
        if partial:
            call = Call(node, made.func, made.positional[1:], made.keywords, open_=made.open)
        site = reading.site(node)
        host = _host(reading, call, cls)
        yield ClientInit(node, cls, call, host, site, partial, confidence)


def client_copies(reading: Reading) -> Iterator[ClientCopy]:
    """Yield every call of ``with_options()`` or ``copy()`` on a client."""
    for node, call, origin, confidence in reading.made():
        owner, _, method = origin.removesuffix("()").rpartition(".")
        if method not in ("with_options", "copy"):
            continue
        first = owner.split("()", 1)[0]
        rest = owner[len(first) + 2 :].strip(".")
        if first in CLIENTS and all(step in _SAME_CLIENT for step in rest.split(".") if rest):
            yield ClientCopy(
                node,
                method,
                CLIENTS[first],
                call,
                _root(reading, node),
                reading.site(node),
                confidence,
            )


def _host(reading: Reading, call: Call, cls: str) -> Host:
    base_url = call["base_url"]
    if base_url is not None:
        host = host_of_expr(base_url.expr)
        values = base_url.values
        if all(isinstance(value, Literal) and value.value is None for value in values):
            return _default_host(reading, cls)
        if any(isinstance(value, Environment) for value in values):
            return Host.UNKNOWN
        return host
    if call.open:
        return Host.UNKNOWN
    return _default_host(reading, cls)


def _default_host(reading: Reading, cls: str) -> Host:
    if cls.endswith("AzureOpenAI"):
        return Host.AZURE
    written = reading.variable("OPENAI_BASE_URL")
    if written is not None:
        return host_of_expr(written)
    return Host.OPENAI


def api_calls(reading: Reading) -> Iterator[ApiCall]:
    """Yield every call of an API method on a client or the module."""
    hosts = {init.node: init.host for init in reading.all(ClientInit)}
    for node, call, origin, confidence in reading.made():
        if not origin.startswith("openai."):
            continue
        found = _method(origin.removesuffix("()"))
        if found is None:
            continue
        client, path, via, legacy = found
        made = _root(reading, node) if client else None
        host = hosts.get(made, Host.UNKNOWN) if client else module_host(reading)
        if client and made is None:
            host = given_host(reading, call.func, hosts)
        yield ApiCall(
            node, path, call, client, made, legacy, reading.site(node), via, host, confidence
        )


_WRAPPER = re.compile(
    r"(instructor\.(from_openai|a?patch)|(langsmith\.wrappers|langsmith|braintrust)\.wrap_openai)\(\)"
)
_WRAPPED_METHOD = re.compile(r"\.(\w+\.)*(create|parse|generate|stream)\w*")


def wrapped_calls(reading: Reading) -> Iterator[WrappedCall]:
    """Yield every call for which another library's wrapper asks an SDK client inside it."""
    hosts = {init.node: init.host for init in reading.all(ClientInit)}
    if not hosts:
        return
    for node in reading.tree.nodes.get(cst.Call, ()):
        assert isinstance(node, cst.Call)
        if not any(arg.keyword is not None and arg.keyword.value == "model" for arg in node.args):
            continue
        for callee in reading.evaluator.values(node.func):
            found = _WRAPPER.match(callee.origin)
            if found is None or not _WRAPPED_METHOD.fullmatch(callee.origin[found.end() :]):
                continue
            inside = _inside(callee, found[0])
            if inside in hosts:
                call = reading.evaluator.call(node)
                site = reading.site(node)
                yield WrappedCall(node, call, hosts[inside], site, callee.confidence)
                break


def _inside(callee: Value, wrapper: str) -> cst.CSTNode | None:
    """Return the construction of the client that a wrapper was given."""
    current: Value | None = callee
    while current is not None and current.origin != wrapper:
        current = current.of if isinstance(current, (Attribute, Result, Item)) else None
    call = current.call if isinstance(current, Result) else None
    given = call.get("client", 0) if call is not None else None
    for value in given.values if given is not None else ():
        if isinstance(value, Result) and value.origin.removesuffix("()") in CLIENTS:
            made: cst.CSTNode | None = value.call.node if value.call is not None else None
            return made
        if _WRAPPER.fullmatch(value.origin):
            return _inside(value, value.origin)
    return None


def _method(origin: str) -> tuple[str, str, tuple[str, ...], bool] | None:
    """Split an origin into client class, method path, steps left out, and era."""
    steps = origin.split(".")[1:]
    client = ""
    if steps[0].endswith("()"):
        client = CLIENTS.get(f"openai.{steps[0][:-2]}", "")
        if not client:
            return None
        steps = steps[1:]
    via = tuple(step for step in steps if step in _SAME_CLIENT)
    path = [step for step in steps if step not in _SAME_CLIENT]
    if any("(" in step or "[" in step for step in path):
        return None
    if path[0] in ("api_resources", "resources") and not client:
        path = [step for step in path[1:] if not step.islower()]  # openai.api_resources.x.X
    if len(path) < 2:
        return None
    legacy = not client and path[0] in LEGACY
    if not legacy and path[0] not in RESOURCES:
        return None
    return client, ".".join(path), via, legacy


def _root(reading: Reading, node: cst.Call) -> cst.CSTNode | None:
    """Return the construction of the client that a call goes through."""
    for value in reading.evaluator.values(node):
        current: Value | None = value
        while current is not None:
            if isinstance(current, Result) and current.origin.removesuffix("()") in CLIENTS:
                return current.call.node if current.call is not None else None
            current = current.of if isinstance(current, (Attribute, Result, Item)) else None
    return None


def api_call_of(value: Value) -> tuple[str, cst.CSTNode] | None:
    """Return the API path and steps from its result to a value, and the API call."""
    origin = value.origin
    if not origin.startswith("openai."):
        return None
    current: Value | None = value
    while current is not None:
        if isinstance(current, Result) and current.call is not None:
            found = _method(current.origin.removesuffix("()"))
            if found is not None:
                steps = origin[len(current.origin) :]
                return f"{found[1]}(){steps}", current.call.node
        current = current.of if isinstance(current, (Attribute, Result, Item)) else None
    return None


def client_settings(reading: Reading) -> Iterator[ClientSetting]:
    """Yield every assignment to an attribute of an SDK client."""
    for node in reading.tree.nodes.get(cst.AssignTarget, ()):
        assert isinstance(node, cst.AssignTarget)
        target = node.target
        if type(target) is not cst.Attribute:
            continue
        for owner in reading.evaluator.values(target.value):
            if owner.origin.removesuffix("()") in CLIENTS and owner.origin.endswith("()"):
                assign = reading.tree.parents[node]
                assert isinstance(assign, cst.Assign)
                yield ClientSetting(
                    target,
                    target.attr.value,
                    reading.expr(assign.value),
                    reading.site(target),
                    owner=owner,
                )
                break
