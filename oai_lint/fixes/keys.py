"""Fixes that put an environment variable where a literal key stands."""

from __future__ import annotations

import ast

from oai_lint.facts import EnvironmentRead, File, Form, KeyLiteral, Position, Role
from oai_lint.knowledge.keys import Found, kind_of, without_scheme
from oai_lint.patch import Change, Delete, Drop, Import, Node, Replace


def variable_read(file: File, at: Node, variable: str) -> tuple[str, tuple[Change, ...]]:
    """Return how to read a variable at a place, and the import that this needs."""
    spelled = file.name_of("os.environ", at)
    if spelled:
        return f'{spelled}["{variable}"]', ()
    return f'os.environ["{variable}"]', (Import("os"),)


def variable_for(literal: KeyLiteral) -> str:
    """Return the variable that the key in a literal belongs into."""
    if literal.read is not None:
        return literal.read.variable
    variables = {use.variable for use in literal.uses}
    return variables.pop() if len(variables) == 1 else "OPENAI_API_KEY"


def without_literal(
    file: File, literal: KeyLiteral, found: Found | None = None
) -> tuple[Change, ...]:
    """Return the changes that take a key out of the code; none where that takes a person.

    Args:
        file: the file.
        literal: where the key is.
        found: which part of the literal is the key; without it, all but a header's scheme.
    """
    if literal.role is Role.NAME:
        return _renamed(file, literal)
    if literal.read is not None and _is_default(literal, literal.read):
        return without_default(file, literal.read)
    if literal.role in (Role.COMPARED, Role.ELEMENT, Role.OTHER):
        return ()
    dropped = _dropped(literal)
    if dropped is not None:
        return (dropped,)
    text, needed = variable_read(file, literal.node, variable_for(literal))
    if found is None:
        start = len(literal.text) - len(without_scheme(literal.text))
        found = Found(start, len(literal.text), literal.text[start:])
    if literal.role is not Role.PART and found.key == literal.text.strip():
        return (Replace(literal.node, (text,)), *needed)
    return _interpolated(file, literal, found, text, needed)


def _is_default(literal: KeyLiteral, read: EnvironmentRead) -> bool:
    return read.default is not None and read.default.node is literal.node


def _dropped(literal: KeyLiteral) -> Change | None:
    """Return the change that takes out what the SDK does by itself."""
    for use in literal.uses:
        if use.expr.node is not literal.node:
            continue
        if use.argument is not None and use.by_sdk:
            return Drop(use.argument.node)
        if use.position is Position.ENVIRONMENT and use.removable is not None:
            return Drop(use.removable) if literal.role is Role.ENTRY else Delete(use.removable)
    return None


def _renamed(file: File, literal: KeyLiteral) -> tuple[Change, ...]:
    if kind_of(literal.text) == "placeholder":
        return ()
    quote = "'" if file.code(literal.node).endswith("'") else '"'
    return (Replace(literal.node, (f"{quote}{variable_for(literal)}{quote}",)),)


def _interpolated(
    file: File, literal: KeyLiteral, found: Found, text: str, needed: tuple[Change, ...]
) -> tuple[Change, ...]:
    """Write ``f"Bearer {os.environ['…']}"``: the other quotes inside, for Python before 3.12."""
    code = file.code(literal.node)
    written = code.find(found.key)
    if written < 0 or code.count(found.key) > 1 or "\n" in code:
        return ()
    head, tail = code[:written], code[written + len(found.key) :]
    if literal.role is Role.PART:
        return ()
    if head[:1] not in ("'", '"') or head[:3] in ("'''", '"""') or set(head + tail) & set("{}"):
        return ()
    inner = text.replace('"', "'") if head[0] == '"' else text
    return (Replace(literal.node, (f"f{head}{{{inner}}}{tail}",)), *needed)


def without_default(file: File, read: EnvironmentRead) -> tuple[Change, ...]:
    """Return the changes that make a missing variable show at once."""
    if read.form is Form.FIELD:
        if read.argument is not None:
            return (Drop(read.argument),)
        return (Replace(read.node, (read.rest, ": ", read.annotation)),)
    if read.form is Form.OPTION:
        if read.by_os:  # the option reads the variable itself
            return (Drop(read.argument),)
        assert read.default is not None
        spelled = file.name_of("os.environ", read.node)
        call = f'{spelled or "os.environ"}.get("{read.variable}")'
        return (read.default.replace(call), *(() if spelled else (Import("os"),)))
    if not read.by_os:
        if read.form is Form.READ:
            return (Drop(read.argument),)
        return (Replace(read.node, (read.rest,)),)
    text, needed = variable_read(file, read.node, read.variable)
    return (Replace(read.node, (text,)), *needed)


def method_called(file: File, node: Node, method: str) -> Change:
    """Return the change that calls a method on what an expression gives."""
    try:
        tree = ast.parse(file.code(node).strip(), mode="eval").body
    except SyntaxError:
        tree = ast.Constant(None)
    if isinstance(tree, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        return Replace(node, (node, method))
    return Replace(node, ("(", node, ")", method))
