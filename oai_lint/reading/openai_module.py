"""The module `openai` itself: what a file sets on it, reads off it, and whose server it asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import Host, ModuleRead, ModuleSetting
from oai_lint.facts.values import Imported
from oai_lint.reading.hosts import host_of_expr
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_BINDING = frozenset({
    cst.Attribute, cst.ImportAlias, cst.AsName, cst.FunctionDef, cst.ClassDef, cst.Import,
    cst.ImportFrom, cst.NameItem,
})  # fmt: skip


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
    roots = _openai_names(reading)
    names = tree.nodes.get(cst.Name, ()) if roots else ()
    uses = [tree.path(n) for n in names if isinstance(n, cst.Name) and n.value in roots]
    paths = [node for node in uses if _is_read(tree.parents[node], node)]
    for node in sorted(paths, key=lambda path: type(path) is cst.Name):
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


def _is_module(reading: Reading, node: cst.CSTNode) -> bool:
    return reading.evaluator.origin(node) == "openai"


def _is_read(parent: cst.CSTNode | None, node: cst.CSTNode) -> bool:
    """Say whether a name is read where it stands, not bound or part of a longer path."""
    if type(parent) in _BINDING:
        return False
    if type(parent) is cst.AssignTarget or type(parent) is cst.AnnAssign:
        return parent.target is not node
    if type(parent) is cst.Param:
        return parent.default is node
    return not (type(parent) is cst.Arg and parent.keyword is node)


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
