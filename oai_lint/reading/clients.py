"""Facts about the SDK, read off the values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import (
    ApiCall,
    ClientCopy,
    ClientInit,
    ClientSetting,
    Host,
    ModuleRead,
    ModuleSetting,
    ResultUse,
    WrappedCall,
)
from oai_lint.facts.values import (
    Attribute,
    Call,
    Environment,
    Imported,
    Item,
    Literal,
    Mapping,
    Result,
    Value,
)
from oai_lint.knowledge.endpoints import RESOURCES
from oai_lint.reading.given import given_host
from oai_lint.reading.hosts import host_of_expr
from oai_lint.reading.tree import dotted
from oai_lint.reading.values import has_no_keys

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


def module_host(reading: Reading) -> Host:
    """Return whose server the module's own calls talk to."""
    hosts = []
    for setting in reading.all(ModuleSetting):
        if setting.name in ("api_base", "base_url"):
            literal = setting.value.literal
            hosts.append(Host.OPENAI if literal is None else host_of_expr(setting.value))
        elif setting.name == "api_type":
            kind = setting.value.literal
            if kind in ("open_ai", "openai", None):
                continue
            hosts.append(Host.AZURE if isinstance(kind, str) else Host.UNKNOWN)
    if Host.AZURE in hosts:
        return Host.AZURE
    if not hosts:
        written = reading.variable("OPENAI_API_BASE") or reading.variable("OPENAI_BASE_URL")
        return Host.OPENAI if written is None else host_of_expr(written)
    return hosts[0] if len(set(hosts)) == 1 else Host.UNKNOWN


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


def result_uses(reading: Reading) -> Iterator[ResultUse]:
    """Yield every dict-like read of a result of an API call."""
    if not reading.imports("openai"):
        return
    found = [*_subscripts(reading), *_gets(reading), *_memberships(reading)]
    nodes = {use.node for use in found if not use.test}
    for use in found:
        yield replace(
            use,
            chain=use.node if use.test else _chain(reading, use.node, nodes),
            delimited=isinstance(reading.tree.parents.get(use.node), _DELIMITERS),
        )


_DELIMITERS = (
    cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Arg, cst.Return, cst.Index, cst.Expr,
    cst.DictElement, cst.Element, cst.FormattedStringExpression, cst.Yield,
)  # fmt: skip


def _subscripts(reading: Reading) -> Iterator[ResultUse]:
    for node in reading.tree.nodes.get(cst.Subscript, ()):
        assert isinstance(node, cst.Subscript)
        key = reading.evaluator.index(node)
        if isinstance(key, str):
            owner = result_owner(reading, node.value, by_text=True)
            if owner is not None:
                parent = reading.tree.parents.get(node)
                stored = isinstance(parent, (cst.AssignTarget, cst.Del)) or (
                    isinstance(parent, cst.AugAssign) and parent.target is node
                )
                yield ResultUse(
                    node, node.value, key, False, *owner, reading.site(node), stored=stored
                )


def _gets(reading: Reading) -> Iterator[ResultUse]:
    for node in reading.tree.nodes.get(cst.Call, ()):
        assert isinstance(node, cst.Call)
        if type(node.func) is not cst.Attribute or node.func.attr.value != "get":
            continue
        owner = result_owner(reading, node.func.value)
        call = reading.evaluator.call(node)
        if owner is None or not call.positional:
            continue
        key = call.positional[0].literal
        if isinstance(key, str):
            default = call.positional[1].expr if len(call.positional) > 1 else None
            yield ResultUse(node, node.func.value, key, True, *owner, reading.site(node), default)


def _memberships(reading: Reading) -> Iterator[ResultUse]:
    for node in reading.tree.nodes.get(cst.Comparison, ()):
        assert isinstance(node, cst.Comparison)
        operator = node.comparisons[0].operator
        if len(node.comparisons) != 1 or not isinstance(operator, (cst.In, cst.NotIn)):
            continue
        key = reading.expr(node.left).literal
        if isinstance(key, str):
            owner = result_owner(reading, node.comparisons[0].comparator)
            if owner is not None:
                yield ResultUse(
                    node,
                    node.comparisons[0].comparator,
                    key,
                    False,
                    *owner,
                    reading.site(node),
                    test=True,
                    negative=isinstance(operator, cst.NotIn),
                )


def _chain(reading: Reading, node: cst.CSTNode, nodes: Collection[cst.CSTNode]) -> cst.CSTNode:
    """Return the outermost of ``nodes`` that reads on from ``node``."""
    outermost, current = node, node
    while True:
        parent = reading.tree.parents.get(current)
        if isinstance(parent, (cst.Attribute, cst.Subscript)):
            reads_on = parent.value is current
        else:
            reads_on = isinstance(parent, cst.Call) and parent.func is current
        if parent is None or not reads_on:
            return outermost
        current = parent
        if current in nodes:
            outermost = current


def result_owner(
    reading: Reading, node: cst.CSTNode, *, by_text: bool = False
) -> tuple[str, cst.CSTNode] | None:
    """Return the API path and steps, and the API call, when all values are such results.

    With ``by_text`` what cannot be read by a key does not count: an empty dict, a tuple, a text.
    """
    if isinstance(node, cst.Name) and not any(
        value.origin.startswith("openai.")
        for binding in reading.scopes.reaching(node, node.value)
        for value in reading.evaluator.bound(binding)
    ):
        return None  # said without working out what is written to a dictionary of the name
    values = [
        value
        for value in reading.evaluator.values(node)
        if not (isinstance(value, Literal) and value.value is None)
        and not (by_text and _gives_nothing(value))
    ]
    owners = [api_call_of(value) for value in values]
    return owners[0] if owners and None not in owners else None


def _gives_nothing(value: Value) -> bool:
    if isinstance(value, Mapping):
        return not value.entries and not value.open
    return has_no_keys(value)


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


def module_settings(reading: Reading) -> Iterator[ModuleSetting]:
    """Yield every assignment to an attribute of the openai module."""
    for kind in (cst.AssignTarget, cst.AnnAssign):
        for node in reading.tree.nodes.get(kind, ()):
            target = node.target  # type: ignore[attr-defined]
            if type(target) is not cst.Attribute or not _is_module(reading, target.value):
                continue
            assign = reading.tree.parents[node] if kind is cst.AssignTarget else node
            value = assign.value  # type: ignore[attr-defined]
            if value is not None:
                alone = kind is not cst.AssignTarget or len(assign.targets) == 1  # type: ignore[attr-defined]
                yield ModuleSetting(
                    target, target.attr.value, reading.expr(value), reading.site(target), alone
                )
    for node, call, origin, _ in reading.made():
        if origin == "builtins.setattr()" and len(call.positional) == 3:
            owner, name, value = call.positional
            attribute = name.literal
            if owner.expr.origin == "openai" and isinstance(attribute, str):
                yield ModuleSetting(
                    node, attribute, value.expr, reading.site(node), by_setattr=True
                )


def _is_module(reading: Reading, node: cst.CSTNode) -> bool:
    return reading.evaluator.origin(node) == "openai"


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


def module_reads(reading: Reading) -> Iterator[ModuleRead]:
    """Yield every name of the openai package that is imported or read, the longest path of each."""
    if reading.in_sdk:
        return
    tree = reading.tree
    for imp in tree.nodes.get(cst.ImportFrom, ()):
        assert isinstance(imp, cst.ImportFrom)
        module = dotted(imp.module) if imp.module is not None else None
        if imp.relative or module is None or module.split(".")[0] != "openai":
            continue
        if isinstance(imp.names, cst.ImportStar):
            yield ModuleRead(imp, f"{module}.*", reading.site(imp), True, "", imp)
            continue
        for alias in imp.names:
            name = dotted(alias.name) or ""
            bound = dotted(alias.asname.name) if alias.asname else name
            yield ModuleRead(alias, f"{module}.{name}", reading.site(alias), True, bound or "", imp)
    for imp in tree.nodes.get(cst.Import, ()):
        assert isinstance(imp, cst.Import)
        for alias in imp.names:
            name = dotted(alias.name) or ""
            if name.split(".")[0] == "openai":
                bound = dotted(alias.asname.name) if alias.asname else name.split(".")[0]
                yield ModuleRead(alias, name, reading.site(alias), True, bound or "", imp)
    uses = [use for name in _openai_names(reading) for use in tree.named(name)]
    paths = [node for node in map(reading.tree.path, uses) if is_read(tree.parents[node], node)]
    for node in sorted(paths, key=lambda n: (type(n) is cst.Name, tree.order[n])):
        if isinstance(node, cst.Attribute) and _is_module(reading, node.value):
            # Also where the file sets the attribute itself, so that its value is known.
            yield _module_read(reading, node, f"openai.{node.attr.value}")
            continue
        for value in reading.evaluator.values(node):
            if isinstance(value, Imported) and value.name.startswith("openai"):
                root = value.name.split(".")[0]
                if root == "openai" and (type(node) is cst.Attribute or "." in value.name):
                    yield _module_read(reading, node, value.name)
                    break


def _module_read(reading: Reading, node: cst.CSTNode, name: str) -> ModuleRead:
    parent = reading.tree.parents.get(node)
    call = None
    if isinstance(parent, cst.Call) and parent.func is node:
        call = reading.evaluator.call(parent)
    bindings = reading.scopes.reaching(node, _root_name(node))
    return ModuleRead(
        node,
        name,
        reading.site(node),
        direct=all(binding.kind in ("import", "from") for binding in bindings),
        call=call,
        outer=reading.tree.parents.get(parent) if isinstance(parent, cst.Arg) else None,
        default=isinstance(parent, cst.Param),
    )


def _root_name(node: cst.CSTNode) -> str:
    while node.__class__ is cst.Attribute:
        node = node.value
    return node.value if node.__class__ is cst.Name else ""


def _openai_names(reading: Reading) -> set[str]:
    """Return every name that an import, or an assignment from such a name, may bind to openai."""
    bindings = [
        binding
        for names in reading.scopes.bindings.values()
        for found in names.values()
        for binding in found
    ]
    roots = {
        binding.name
        for binding in bindings
        if binding.kind in ("import", "from")
        and any(v.origin.startswith("openai") for v in reading.evaluator.bound(binding))
    }
    if "openai" in reading.scopes.star_imports:
        roots.update(
            node.value
            for node in reading.tree.nodes.get(cst.Name, ())
            if isinstance(node, cst.Name)
        )
    if not roots:
        return roots
    for _ in range(2):
        roots |= {
            binding.name.split(".")[0]
            for binding in bindings
            if binding.kind in ("assign", "walrus", "global", "unpack")
            and binding.value is not None
            and _root_name(binding.value) in roots
        }
    return roots


_BINDING = frozenset({
    cst.Attribute, cst.ImportAlias, cst.AsName, cst.FunctionDef, cst.ClassDef, cst.Import,
    cst.ImportFrom, cst.NameItem,
})  # fmt: skip


def is_read(parent: cst.CSTNode | None, node: cst.CSTNode) -> bool:
    """Say whether a name is read where it stands, not bound or part of a longer path."""
    if type(parent) in _BINDING:
        return False
    if type(parent) is cst.AssignTarget or type(parent) is cst.AnnAssign:
        return parent.target is not node
    if type(parent) is cst.Param:
        return parent.default is node
    return not (type(parent) is cst.Arg and parent.keyword is node)
