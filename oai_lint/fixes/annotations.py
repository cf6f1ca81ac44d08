"""Annotations that a typed method of SDK 1.0 and later needs where those of 0.x took anything.

Code without annotations is given some only where that is asked for: most of it nobody checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from oai_lint.facts import ApiCall, Expr, File, Guessed, Literal, Mapping, Reach, SdkImport
from oai_lint.patch import After, Change, Import, Node, Tail


class _Type(NamedTuple):
    module: str
    name: str
    keys: frozenset[str]
    """What a dict of this type may have, as far as it is understood here."""
    needs: str
    """What it has to have."""
    chosen_by: str = ""
    """The key whose text says which of several types is meant."""


_TYPES: Final = {
    "messages": _Type(
        "openai.types.chat",
        "ChatCompletionMessageParam",
        frozenset({"role", "content", "name"}),
        needs="content",
        chosen_by="role",
    ),
    "functions": _Type(
        "openai.types.shared_params",
        "FunctionDefinition",
        frozenset({"name", "description", "parameters"}),
        needs="name",
    ),
}
_ROLES: Final = frozenset({"system", "user", "assistant", "developer"})


def annotated(file: File, call: ApiCall) -> Iterator[Change]:
    """Yield the annotations of the variables that a chat is made of, where they are wanted."""
    if call.path.partition(".")[0] != "ChatCompletion":
        return
    for variable in file.all(Guessed):
        if not (variable.checked or file.annotate):
            continue
        given = {keyword for node, keyword in variable.given if node is call.node}
        if "**" in given:
            yield from _any_values(file, variable)
        for keyword, kind in _TYPES.items():
            if keyword in given:
                yield from _typed(file, variable, kind)


def _any_values(file: File, variable: Guessed) -> Iterator[Change]:
    """Yield the annotation of a dict that is unpacked: checkers join the types of its values."""
    found = _imported(file, variable.node, "typing", "Any")
    if found is not None and not variable.is_list:
        name, needed = found
        outer = file.name_of("typing.Dict", variable.node) or "dict"
        yield from needed
        yield Tail(variable.node, variable.node, (f": {outer}[str, {name}]",))


def _typed(file: File, variable: Guessed, kind: _Type) -> Iterator[Change]:
    """Yield the annotation of messages or functions: of their type, or of any if that is unsure."""
    at = variable.node
    exact = variable.reach is Reach.PASSED and all(_is(kind, one) for one in variable.elements)
    found = _imported(file, at, *((kind.module, kind.name) if exact else ("typing", "Any")))
    if found is None or not (exact or variable.is_list):
        return
    name, needed = found
    yield from needed
    outer = file.name_of("typing.List", at) or "list"
    yield Tail(at, at, (f": {outer}[{name}]" if variable.is_list else f": {name}",))


def _is(kind: _Type, element: Expr) -> bool:
    """Say whether a dict is certainly of a type."""
    value = element.value
    if not isinstance(value, Mapping) or value.open or value.get(kind.needs) is None:
        return False
    if not all(entry.key in kind.keys for entry in value.entries):
        return False
    if not kind.chosen_by:
        return True
    entry = value.get(kind.chosen_by)
    # A checker takes a literal in the display for itself, and a name for any text.
    return (
        entry is not None
        and isinstance(entry.value.value, Literal)
        and entry.value.value.node is entry.value.node
        and entry.value.value.value in _ROLES
    )


def _imported(file: File, at: Node, module: str, name: str) -> tuple[str, list[Change]] | None:
    """Return how a type is spelled at a place, and the import that it takes."""
    known = file.name_of(f"{module}.{name}", at)
    if module == "typing":
        if known:
            return known, []
        return (name, [Import(module, name)]) if file.is_free(name, at) else None
    if known and "." not in known:  # `import openai` alone does not make its modules known
        return known, []
    behind = _import_of_openai(file, at) if file.is_free(name, at) else None
    if behind is None:
        return None
    return name, [After(behind, ((f"from {module} import {name}",),))]


def _import_of_openai(file: File, at: Node) -> Node | None:
    """Return the statement at the top that imports the SDK, which the SDK must not come before.

    It reads variables of the environment then, which a line above may have set.
    """
    module_level = file.site(at).at_module_level
    for imported in file.all(SdkImport):
        site = imported.site
        if site.parent is not site.outermost or imported.module or site.guarded:
            continue
        alone = ";" not in file.code(site.outermost)
        if alone and not (module_level and site.order > file.site(at).order):
            return imported.node
    return None
