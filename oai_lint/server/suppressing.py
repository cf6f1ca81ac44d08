"""The edits behind "ignore on this line" and "ignore in this file"."""

from __future__ import annotations

import io
import re
import tokenize

from oai_lint.kinds import Kind, kind_of
from oai_lint.patch import Edit
from oai_lint.source import Source

_LISTED = re.compile(r"#[ \t]*oai-lint:[ \t]*(ignore(?:-file)?)[ \t]*\[([^\]#]*)\]")
_PREAMBLE = re.compile(r"#!|[ \t\f]*#.*?coding[:=]")


def on_line(source: Source, offset: int, name: str) -> Edit | None:
    """Return the edit that silences the rule ``name`` on the line of ``offset``.

    A line that ends in a backslash or inside a string has no room for a comment; the first one
    below that has is where suppressions are looked for then.  What is not Python gets a line of
    its own above: not every reader of such files knows comments at the end of a line.
    """
    if kind_of(source.path) is not Kind.PYTHON:
        return _above(source, source.position(offset)[0], name)
    row = _row_with_room(source, source.position(offset)[0])
    if row is None:
        return None
    text, start = source.line(row), source.line_starts[row]
    comment = _comment_start(text)
    for match in _LISTED.finditer(text, comment):
        if match[1] == "ignore":
            return _added(match, start, name)
    end = len(text.rstrip(" \t"))
    return Edit(start + end, start + len(text), f"  # oai-lint: ignore[{name}]")


def _above(source: Source, row: int, name: str) -> Edit | None:
    if not _has_comments(source):
        return None
    if row:
        above = source.line(row - 1)
        match = _LISTED.match(above, len(above) - len(above.lstrip()))
        if match and match[1] == "ignore":
            return _added(match, source.line_starts[row - 1], name)
    text = source.line(row)
    indent = text[: len(text) - len(text.lstrip())]
    start = source.line_starts[row]
    return Edit(start, start, f"{indent}# oai-lint: ignore[{name}]{source.newline}")


def in_file(source: Source, name: str) -> Edit | None:
    """Return the edit that silences the rule ``name`` in the whole file."""
    if not _has_comments(source):
        return None
    row = 0
    for number, start in enumerate(source.line_starts):
        text = source.line(number)
        if (match := _LISTED.match(text)) and match[1] == "ignore-file":
            return _added(match, start, name)
        if number < 2 and row == number and _PREAMBLE.match(text):
            row = number + 1
    line = f"# oai-lint: ignore-file[{name}]{source.newline}"
    if row < len(source.line_starts):
        return Edit(source.line_starts[row], source.line_starts[row], line)
    return Edit(len(source.text), len(source.text), source.newline + line)


def _has_comments(source: Source) -> bool:
    return not source.path.endswith("Pipfile.lock")  # JSON


def _added(match: re.Match[str], line_start: int, name: str) -> Edit:
    listed = match[2].rstrip(" \t,")
    at = line_start + match.start(2) + len(listed)
    return Edit(at, line_start + match.end(2), f", {name}" if listed.strip() else name)


def _comment_start(line: str) -> int:
    """Return where the comment of a line begins, or its length; a ``#`` in a string is none."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            if token.type == tokenize.COMMENT:
                return token.start[1]
    except (tokenize.TokenError, SyntaxError):
        # Half of a bracketed expression, or the end of a string: the last ``#`` will do, as a
        # directive of ours is what is looked for behind it.
        return max(line.rfind("# oai-lint:"), 0) if "# oai-lint:" in line else len(line)
    return len(line)


def _row_with_room(source: Source, row: int) -> int | None:
    lines = (source.line(number) + "\n" for number in range(len(source.line_starts)))
    occupied: set[int] = set()
    last = 0
    try:
        for token in tokenize.generate_tokens(lambda: next(lines, "")):
            first, end = token.start[0] - 1, token.end[0] - 1
            if token.type in (tokenize.NEWLINE, tokenize.NL):
                last = end + 1  # a logical line's end: what follows is not joined to it
                continue
            if token.type not in (tokenize.COMMENT, tokenize.ENDMARKER):
                occupied.update(range(first, end))
                occupied.update(
                    number for number in range(last, first) if source.line(number).endswith("\\")
                )
            last = max(last, end)
            if last > row + 1 and row not in occupied:
                break
    except (tokenize.TokenError, SyntaxError):
        return None
    while row in occupied:
        row += 1
    return row if row < len(source.line_starts) else None
