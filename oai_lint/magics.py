"""What IPython understands and Python does not: magics, shell commands, help, automagic.

Such text is made neutral without a change of length, so that every offset stays right: a line of
its own becomes a comment (or ``0`` and a comment where a block needs a statement), what is assigned
becomes ``_``, the name of IPython's last result, of which nothing is known.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from typing import Final, NamedTuple

TRANSPARENT: Final = frozenset({
    "capture", "debug", "ipytest", "memit", "mprun", "prun", "time", "timeit",
})  # fmt: skip
"""Cell magics below which the code runs in the notebook's own namespace."""
_AUTOMAGIC: Final = (
    "cat|cd|clear|conda|cp|dirs|env|history|less|ls|mamba|man|micromamba|mkdir|more|mv|pip3?"
    "|popd|pushd|pwd|reset|rm|rmdir|run|uv|whos?"
)
"""Commands that IPython takes without their ``%`` or ``!``."""

_HINT = re.compile(
    rf"^[ \t]*[%!?,;/]|\?|=[ \t]*[%!]|^[ \t]*(?:{_AUTOMAGIC})\b|\A(?:[ \t]*\r?\n)*[ \t]+\S", re.M
)
_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
_INDENTED = re.compile(r"\A(?:[ \t]*(?:\r\n?|\n))*[ \t]+[^\s#]")
_COMMAND = re.compile(
    rf"(?:{_AUTOMAGIC})[ \t]+(?!(?:and|else|for|if|in|is|not|or)\b)(?:[\w./~\"']|-[\w-])"
)
_ESCAPE = re.compile(r"[%!?,;/]")
_BLANK = re.compile(r"[ \t\f]*")
_TOKEN = re.compile(
    r"""
      (?P<quote>\"{3}|'{3}|["'])
    | (?P<comment>\#[^\r\n]*)
    | (?P<open>[(\[{]) | (?P<close>[)\]}])
    | (?P<joined>\\(?:\r\n?|\n))
    | (?P<newline>\r\n?|\n)
    | (?P<help>\?)
    | (?P<assigned>(?<![=!<>:+\-*/%&|^@])=[ \t]*(?=!|%[A-Za-z_%]))
    | .
    """,
    re.X,
)
_ENDS = {
    quote: re.compile(rf"(?:\\(?:\r\n|[\s\S])|(?!{quote}){body})*(?:{quote})?")
    for quote, body in (
        ('"""', r"[\s\S]"),
        ("'''", r"[\s\S]"),
        ('"', r"[^\r\n]"),
        ("'", r"[^\r\n]"),
    )
}
_LINE = re.compile(r"(?:\\(?:\r\n?|\n)|[^\r\n])*")
"""A line with those that a backslash joins to it."""
_UNREADABLE = re.compile(r"[\0\ud800-\udfff]")


class Neutral(NamedTuple):
    """A cell as Python reads it.

    Attributes:
        code: as long as the cell.
        python: whether any of it is Python.
        foreign: the ranges that were made neutral.
    """

    code: str
    python: bool
    foreign: tuple[tuple[int, int], ...]


def neutral(cell: str) -> Neutral:
    """Return the text of a cell without what only IPython understands."""
    if not _HINT.search(cell):
        return Neutral(cell, True, ())
    magic = _CELL_MAGIC.match(cell)
    if (magic and magic[1] not in TRANSPARENT) or _is_piece(cell):
        return hidden(cell)
    code = list(cell)
    foreign = [*_foreign(cell)]
    for start, end, stand_in in foreign:
        code[start:end] = _blanked(cell, start, end, stand_in)
    return Neutral("".join(code), True, tuple((start, end) for start, end, _ in foreign))


def hidden(cell: str) -> Neutral:
    """Return a cell that is no Python at all: comments, line for line."""
    code: list[str] = []
    for line in re.split(r"(\r\n?|\n)", cell):
        code.append("#" + _UNREADABLE.sub("?", line[1:]) if line.strip() else line)
    return Neutral("".join(code), False, ((0, len(cell)),))


def _is_piece(cell: str) -> bool:
    """Say whether a cell shows an indented piece of code, from which IPython takes the indent."""
    return bool(_INDENTED.match(cell)) and not _parses(cell) and _parses(textwrap.dedent(cell))


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _foreign(cell: str) -> list[tuple[int, int, str]]:
    """Return the ranges that are no Python, each with what is to stand at its beginning."""
    found: list[tuple[int, int, str]] = []
    position = 0
    while position < len(cell):
        blank = _BLANK.match(cell, position)
        start = blank.end() if blank else position
        stand_in = "0" if start > position else "#"
        if _ESCAPE.match(cell, start) or _is_command(cell, start):
            end = _line_end(cell, start)
            found.append((start, end, stand_in))
            position = end + 1
            continue
        position = _statement(cell, start, stand_in, found)
    return found


def _is_command(cell: str, start: int) -> bool:
    if not _COMMAND.match(cell, start):
        return False
    return not _parses(cell[start : _line_end(cell, start)])


def _line_end(cell: str, start: int) -> int:
    match = _LINE.match(cell, start)
    return match.end() if match else len(cell)


def _statement(cell: str, start: int, stand_in: str, found: list[tuple[int, int, str]]) -> int:
    """Go over a logical line, note what is foreign in it, and return where the next begins."""
    position, depth = start, 0
    while position < len(cell):
        token = _TOKEN.match(cell, position)
        assert token is not None
        kind, position = token.lastgroup, token.end()
        if kind == "quote":
            end = _ENDS[token["quote"]].match(cell, position)
            position = end.end() if end else position
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif kind == "newline" and depth <= 0:
            return position
        elif kind == "help":
            end_of_line = _line_end(cell, position)
            found.append((start, end_of_line, stand_in))
            return end_of_line
        elif kind == "assigned" and depth <= 0:
            end_of_line = _line_end(cell, position)
            found.append((position, end_of_line, "_"))
            return end_of_line
    return position


def _blanked(cell: str, start: int, end: int, stand_in: str) -> list[str]:
    """Return a range as a comment behind what stands in for it, lines that follow as comments."""
    lines = re.split(r"(\r\n?|\n)", cell[start:end])
    written: list[str] = []
    for index, line in enumerate(lines):
        safe = _UNREADABLE.sub("?", line)
        if not index:
            mark = stand_in if stand_in == "#" else stand_in + "#"
            written.append((mark + safe[len(mark) :])[: len(safe)])
        elif line.strip():
            written.append("#" + safe[1:])
        else:
            written.append(line)
    return list("".join(written))
