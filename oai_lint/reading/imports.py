"""Imports that a fix needs, where isort's order wants them, and imports that it leaves unused."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.cells import index_at
from oai_lint.kinds import Kind, kind_of
from oai_lint.patch import Edit
from oai_lint.reading.spans import Spans
from oai_lint.reading.tree import Tree, dotted
from oai_lint.source import Source

if TYPE_CHECKING:
    from oai_lint.cells import Cell
    from oai_lint.reading import Reading

_BREAK = re.compile(r"\r\n?|\n")
_BREAKS = re.compile(r"[\r\n]*")
_LONGEST_TYPE = 200
_OF_TYPES = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant, ast.BinOp, ast.BitOr,
    ast.expr_context,
)  # fmt: skip


def import_edits(  # noqa: PLR0917
    source: Source,
    tree: Tree,
    spans: Spans,
    module: str,
    name: str | None,
    before: int | None = None,
) -> list[Edit]:
    """Return the edits that make ``module`` (or a name from it) available at module level.

    With ``before``, for a notebook, it is available from there on: cells are run one by one, so
    what a later one imports does not count, and the import joins those of an earlier cell or
    begins the same one.
    """
    statements = [
        (statement, small)
        for statement in tree.module.body
        if isinstance(statement, cst.SimpleStatementLine)
        for small in statement.body
        if isinstance(small, (cst.Import, cst.ImportFrom))
        and (before is None or spans[statement][0] < before)
    ]
    for _, small in statements:
        if _provides(small, module, name):
            return []
    if name is not None:
        for _, small in statements:
            edit = _joined(source, spans, small, module, name)
            if edit is not None:
                return [edit]
    text = f"import {module}" if name is None else f"from {module} import {name}"
    if before is not None:
        cell = source.cells[index_at(source.cells, before)]
        if not statements:
            return [_opening(source, tree, spans, cell, text)]
        cell = source.cells[index_at(source.cells, spans[statements[0][0]][0])]
        statements = [item for item in statements if spans[item[0]][0] < cell.end]
    return [_placed(source, tree, spans, statements, text, module, name)]


def _opening(source: Source, tree: Tree, spans: Spans, cell: Cell, text: str) -> Edit:
    """Put an import at the beginning of a cell, behind what comments and magics stand there."""
    newline = source.newline
    header = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n))*").match(
        source.code, cell.start, cell.end
    )
    at = header.end() if header else cell.start
    first = next((s for s in tree.module.body if spans[s][0] >= at), None)
    lines = 3 if isinstance(first, (cst.FunctionDef, cst.ClassDef)) else 2
    return Edit(at, at, text + newline * lines)


def _provides(small: cst.Import | cst.ImportFrom, module: str, name: str | None) -> bool:
    if isinstance(small, cst.Import):
        return name is None and any(
            dotted(alias.name) == module and alias.asname is None for alias in small.names
        )
    if name is None or isinstance(small.names, cst.ImportStar) or _module(small) != module:
        return False
    return any(dotted(a.name) == name and a.asname is None for a in small.names)


def _module(small: cst.ImportFrom) -> str:
    return "" if small.relative or small.module is None else dotted(small.module) or ""


def _joined(
    source: Source, spans: Spans, small: cst.Import | cst.ImportFrom, module: str, name: str
) -> Edit | None:
    """Add a name to an existing ``from module import ...``."""
    if (
        not isinstance(small, cst.ImportFrom)
        or isinstance(small.names, cst.ImportStar)
        or _module(small) != module
    ):
        return None
    key = _member_key(name)
    enclosed = small.lpar is not None
    for alias in small.names:
        if _member_key(dotted(alias.name) or "") > key:
            start, _ = spans[alias]
            indent = _line_indent(source.text, start) if enclosed else None
            between = f",{source.newline}{indent}" if indent is not None else ", "
            return Edit(start, start, f"{name}{between}")
    start, end = spans[small.names[-1]]
    # libcst counts a trailing comma to the alias.
    text = source.text[start:end].rstrip()
    end = start + len(text)
    comma = text.endswith(",")
    indent = _line_indent(source.text, start) if enclosed else None
    if indent is not None:
        return Edit(end, end, f"{'' if comma else ','}{source.newline}{indent}{name},")
    return Edit(end, end, f" {name}," if comma else f", {name}")


def _line_indent(text: str, offset: int) -> str | None:
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    lead = text[start:offset]
    return lead if start and not lead.strip() else None


def _member_key(name: str) -> tuple[int, str]:
    """Order names as isort does: constants, classes, the rest."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name


def _section(module: str) -> int:
    root = module.split(".", 1)[0]
    if root == "__future__":
        return 0
    if not module or module.startswith("."):
        return 3
    return 1 if root in sys.stdlib_module_names else 2


def _key(module: str, is_from: bool, *, alias: bool = False) -> tuple[int, int, str, bool]:
    return _section(module), int(is_from), module.lower(), alias


def _placed(  # noqa: PLR0917
    source: Source,
    tree: Tree,
    spans: Spans,
    statements: list[tuple[cst.SimpleStatementLine, cst.Import | cst.ImportFrom]],
    text: str,
    module: str,
    name: str | None,
) -> Edit:
    newline = source.newline
    key = _key(module, name is not None)
    block = list(_leading(tree, statements, anywhere=bool(source.cells)))
    if not block:
        at, above = _after_header(source, tree, spans)
        below = newline if _more(tree, at, source) else ""
        if below and isinstance(_first_code(tree), (cst.FunctionDef, cst.ClassDef)):
            below *= 2
        return Edit(at, at, f"{newline if above else ''}{text}{newline}{below}")
    previous = None
    for statement, small in block:
        named = isinstance(small, cst.Import) and small.names[0].asname is not None
        own = _key(_first_module(small), isinstance(small, cst.ImportFrom), alias=named)
        if own > key:
            if previous is not None and own[0] == key[0] != previous[1][0]:
                start, _ = spans[statement]  # the first of its section
                return Edit(start, start, f"{text}{newline}")
            break
        previous = statement, own
    if previous is None:
        start, _ = spans[block[0][0]]
        first = _key(_first_module(block[0][1]), isinstance(block[0][1], cst.ImportFrom))
        gap = newline if first[0] != key[0] else ""
        return Edit(start, start, f"{text}{newline}{gap}")
    end = _line_end(source.text, spans[previous[0]][1])
    gap = newline if previous[1][0] != key[0] else ""
    lead = "" if source.text[:end].endswith(("\n", "\r")) else newline
    return Edit(end, end, f"{lead}{gap}{text}{newline}")


def _leading(
    tree: Tree,
    statements: list[tuple[cst.SimpleStatementLine, cst.Import | cst.ImportFrom]],
    *,
    anywhere: bool,
) -> Iterator[tuple[cst.SimpleStatementLine, cst.Import | cst.ImportFrom]]:
    """Yield the imports of the first block, up to the first other statement.

    Unless ``anywhere``, only a docstring may stand before them.
    """
    known = {id(statement): small for statement, small in statements}
    started = False
    for statement in tree.module.body:
        if id(statement) in known and isinstance(statement, cst.SimpleStatementLine):
            started = True
            yield statement, known[id(statement)]
        elif started or not (anywhere or _is_docstring(statement)):
            return


def _first_code(tree: Tree) -> cst.CSTNode | None:
    return next((s for s in tree.module.body if not _is_docstring(s)), None)


def _is_docstring(statement: cst.CSTNode) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )


def _first_module(small: cst.Import | cst.ImportFrom) -> str:
    if isinstance(small, cst.Import):
        return dotted(small.names[0].name) or ""
    return "." * len(small.relative) + (dotted(small.module) or "" if small.module else "")


def _after_header(source: Source, tree: Tree, spans: Spans) -> tuple[int, bool]:
    """Return where the code begins, after header and docstring; and whether there is one."""
    body = tree.module.body
    if body and _is_docstring(body[0]):
        return _line_end(source.text, spans[body[0]][1]), True
    if body:
        start = spans[body[0]][0]
        header = source.text[:start]
        comments = re.match(r"(?:#[^\r\n]*(?:\r\n?|\n))*", header)
        return (comments.end() if comments else 0), False
    return len(source.text), bool(source.text)


def _more(tree: Tree, at: int, source: Source) -> bool:
    return bool(source.text[at:].strip()) and not source.text[at:].startswith(("\n", "\r"))


def _line_end(text: str, offset: int) -> int:
    match = re.compile(r"[^\r\n]*(?:\r\n?|\n|$)").match(text, offset)
    return match.end() if match else offset


def unused_import_edits(before: Reading, after: Reading) -> list[Edit]:
    """Return the edits that drop imports which ``before`` used and ``after`` does not.

    Names in ``__all__``, in strings that may be annotations, and whole ``__init__.py`` files are
    left alone.
    """
    if after.path.replace("\\", "/").endswith("__init__.py"):
        return []
    used_before, used_after = _used(before), _used(after)
    gone = {name for name in used_before - used_after if not _in_text(after, name)}
    dropped: list[cst.ImportAlias] = []
    for kind in (cst.Import, cst.ImportFrom):
        for node in after.tree.nodes.get(kind, ()):
            names = node.names  # type: ignore[attr-defined]
            if isinstance(names, cst.ImportStar):
                continue
            line = after.tree.parents[node]
            comment = getattr(getattr(line, "trailing_whitespace", None), "comment", None)
            if comment is not None and "noqa" in comment.value:
                continue
            dropped += [alias for alias in names if _bound(alias) in gone]
    if not dropped:
        return []
    from oai_lint.patch import Delete, Drop
    from oai_lint.reading.lowering import Lowering, NotLowerable

    changes: list[Drop | Delete] = []
    for alias in dropped:
        statement = after.tree.parents[alias]
        whole = all(other in dropped for other in statement.names)  # type: ignore[attr-defined]
        changes.append(Delete(statement) if whole else Drop(alias))
    unique = list(dict.fromkeys(changes))
    try:
        edits = list(Lowering(after.source, after.tree, after.spans).lower(unique))
    except NotLowerable:
        return []
    return _flush(edits, after.source.code) if kind_of(after.path) is Kind.PYTHON else edits


def _flush(edits: list[Edit], text: str) -> list[Edit]:
    """Let deletions that follow one another take along the empty lines they would leave doubled.

    One alone has done so; several stand between the lines that matter.
    """
    flush = list(edits)
    first = 0
    for index, edit in enumerate(edits):
        if index and (edit.text or edit.start != edits[index - 1].end):
            first = index
        if index == first or (index + 1 < len(edits) and edits[index + 1].start == edit.end):
            continue
        start = edits[first].start
        below = _BREAK.findall(_BREAKS.match(text, edit.end)[0])  # type: ignore[index]
        above = len(_BREAK.findall(text[len(text[:start].rstrip("\r\n")) : start]))
        doubled = below[: max(above - 1, 0) if start else None]
        flush[index] = replace(edit, end=edit.end + len("".join(doubled)))
    return flush


def _bound(alias: cst.ImportAlias) -> str:
    if alias.asname is not None:
        return dotted(alias.asname.name) or ""
    return (dotted(alias.name) or "").split(".")[0]


def _used(reading: Reading) -> set[str]:
    """Return the names that are read anywhere outside import statements."""
    found = set()
    for node in reading.tree.nodes.get(cst.Name, ()):
        assert isinstance(node, cst.Name)
        if node.value in found:
            continue
        parent = reading.tree.parents.get(node)
        if isinstance(parent, cst.Attribute) and parent.attr is node:
            continue
        if isinstance(parent, cst.Arg) and parent.keyword is node:
            continue
        outer = [parent, *(reading.tree.ancestors(parent) if parent is not None else ())]
        if not any(isinstance(item, (cst.Import, cst.ImportFrom)) for item in outer):
            found.add(node.value)
    return found


def _in_text(reading: Reading, name: str) -> bool:
    """Say whether a string names it, as ``__all__``, quoted annotations and paths do."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    for node in reading.tree.nodes.get(cst.SimpleString, ()):
        assert isinstance(node, cst.SimpleString)
        if len(node.value) < _LONGEST_TYPE and word.search(node.value):
            text = node.evaluated_value
            if isinstance(text, str) and _is_type(text, name):
                return True
    return False


def _is_type(text: str, name: str) -> bool:
    """Say whether a text may be the path of something, or a type, with a name in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    nodes = list(ast.walk(tree.body))
    named = (getattr(node, "id", getattr(node, "attr", None)) == name for node in nodes)
    return all(isinstance(node, _OF_TYPES) for node in nodes) and any(named)
