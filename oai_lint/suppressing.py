"""The comments that silence findings, as edits; :mod:`oai_lint.suppress` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from oai_lint.kinds import Kind, kind_of
from oai_lint.patch import Edit
from oai_lint.source import Source
from oai_lint.suppress import comments

_LISTED = re.compile(r"#[ \t]*oai-lint:[ \t]*(ignore(?:-file)?)[ \t]*\[([^\]#]*)\]")
_REASON = re.compile(r"[ \t]*[^\s#]")
_PREAMBLE = re.compile(r"#!|[ \t\f]*#.*?coding[:=]")


def on_line(source: Source, offset: int, name: str) -> Edit | None:
    """Return the edit that silences the rule ``name`` on the line of ``offset``, if one can."""
    return next(iter(on_lines(source, [(offset, name)])), None)


def on_lines(source: Source, wanted: Iterable[tuple[int, str]], reason: str = "") -> list[Edit]:
    """Return the edits that silence rules on lines, one for each line.

    A line that ends in a backslash or inside a string has no room for a comment; the first one
    below that has is where suppressions are looked for then.  What is not Python gets a line of
    its own above: not every reader of such files knows comments at the end of a line.

    Args:
        source: the file.
        wanted: offsets, and the rule that is to be silenced at each.
        reason: what to write behind the names; a comment that has a reason keeps its own.
    """
    if not _has_comments(source):
        return []
    python = kind_of(source.path).is_code
    found, landing = comments(source) if python else ([], {})
    names: dict[int, list[str]] = {}
    for offset, name in wanted:
        if any(start <= offset < end for start, end in source.foreign):
            continue  # a comment would be part of the command
        row = source.position(offset)[0]
        while row in landing:
            row = landing[row]
        listed = names.setdefault(row, [])
        if name not in listed:
            listed.append(name)
    columns = {item.row: item.offset - source.line_starts[item.row] for item in found}
    return [
        _behind(source, row, columns.get(row), listed, reason)
        if python
        else _above(source, row, listed, reason)
        for row, listed in sorted(names.items())
    ]


def _behind(source: Source, row: int, column: int | None, names: list[str], reason: str) -> Edit:
    text, start = source.line(row), source.line_starts[row]
    if column is not None:
        for match in _LISTED.finditer(text, column):
            if match[1] == "ignore":
                return _added(text, match, start, names, reason)
    end = len(text.rstrip(" \t"))
    gap = "  " if end else ""
    return Edit(start + end, start + len(text), gap + _comment("ignore", names, reason))


def _above(source: Source, row: int, names: list[str], reason: str) -> Edit:
    if row:
        above = source.line(row - 1)
        match = _LISTED.match(above, len(above) - len(above.lstrip()))
        if match and match[1] == "ignore":
            return _added(above, match, source.line_starts[row - 1], names, reason)
    text = source.line(row)
    indent = text[: len(text) - len(text.lstrip())]
    start = source.line_starts[row]
    return Edit(start, start, indent + _comment("ignore", names, reason) + source.newline)


def in_file(source: Source, name: str) -> Edit | None:
    """Return the edit that silences the rule ``name`` in the whole file."""
    if not _has_comments(source):
        return None
    row = _top(source)
    if row is None:
        return None
    for number, start in enumerate(source.line_starts):
        text = source.line(number)
        if (match := _LISTED.match(text)) and match[1] == "ignore-file":
            return _added(text, match, start, [name], "")
        if number < 2 and row == number and _PREAMBLE.match(text):
            row = number + 1
    line = _comment("ignore-file", [name], "") + source.newline
    if row < len(source.line_starts):
        return Edit(source.line_starts[row], source.line_starts[row], line)
    return Edit(len(source.text), len(source.text), source.newline + line)


def _top(source: Source) -> int | None:
    """Return the first line; in a notebook that of a cell that no magic wants for itself."""
    if not source.cells:
        return 0
    for cell in source.cells:
        if cell.code and not source.text.startswith("%%", cell.start):
            return source.position(cell.start)[0]
    return None


def _has_comments(source: Source) -> bool:
    # A line between those of a text in YAML would be one of its lines, and JSON has no comments.
    configuration = kind_of(source.path) is Kind.CONFIGURATION
    return not (configuration or source.path.endswith("Pipfile.lock"))


def _comment(verb: str, names: list[str], reason: str) -> str:
    return f"# oai-lint: {verb}[{', '.join(names)}]" + (f" {reason}" if reason else "")


def _added(line: str, match: re.Match[str], start: int, names: list[str], reason: str) -> Edit:
    """Return the edit that adds names to a directive, and a reason where it has none."""
    listed = match[2].rstrip(" \t,")
    at = start + match.start(2) + len(listed)
    more = ", ".join([*([""] if listed.strip() else []), *names])
    if not reason or _REASON.match(line, match.end()):
        return Edit(at, start + match.end(2), more)
    return Edit(at, start + match.end(), f"{more}] {reason}")
