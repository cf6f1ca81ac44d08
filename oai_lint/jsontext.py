"""JSON as text: where its values stand, and how a string or a list of strings is changed in place.

All functions are for text that was parsed before: they look for values, not for faults.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from os.path import commonprefix  # of strings, in spite of its home
from typing import Any, Final, NamedTuple

from oai_lint.patch import Edit

_SPACE = re.compile(r"[ \t\r\n]*")
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # two for one character
    r"|\\u[0-9a-fA-F]{4}|\\.|[^\\]"
)
_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it stands.

    Attributes:
        file: the whole text.
        path: what leads to it, for messages: ``cells[3].source``; empty for the whole.
        value: what it says.
        start, end: its offsets in ``file``.
    """

    file: str
    path: str
    value: Any
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line it begins on, from 1."""
        return self.file.count("\n", 0, self.start) + 1

    def members(self) -> dict[str, Value]:
        """Return the values of an object; of two with one name the later, as parsers do."""
        found: dict[str, Value] = {}
        position = self._past(self.start + 1)
        while self.file[position] != "}":
            key, position = _DECODER.raw_decode(self.file, position)
            position = self._past(self._past(position) + 1)  # the colon
            found[key] = value = self._at(position, f"{self.path}.{key}".lstrip("."))
            position = self._next(value)
        return found

    def items(self) -> list[Value]:
        """Return the values of a list."""
        found: list[Value] = []
        position = self._past(self.start + 1)
        while self.file[position] != "]":
            value = self._at(position, f"{self.path}[{len(found)}]")
            found.append(value)
            position = self._next(value)
        return found

    def _at(self, start: int, path: str) -> Value:
        value, end = _DECODER.raw_decode(self.file, start)
        return Value(self.file, path, value, start, end)

    def _past(self, position: int) -> int:
        match = _SPACE.match(self.file, position)
        return match.end() if match else position

    def _next(self, value: Value) -> int:
        position = self._past(value.end)
        return self._past(position + 1) if self.file[position] == "," else position


class _Piece(NamedTuple):
    """A line of a string, or a string in a list: what it says and where, quotes included."""

    text: str
    start: int
    end: int


def escapes(file: str) -> bool:
    """Say whether whoever wrote the file escapes all that is not ASCII."""
    return file.isascii() and _ESCAPED.search(file) is not None


def rewritten(value: Value, text: str, *, escaping: bool) -> list[Edit]:
    """Return the edits that make a string, or a list of the lines of one, say something else.

    Args:
        value: the string or list.
        text: what it is to say.
        escaping: write what is not ASCII as escapes.
    """
    if text == "".join(value.value):
        return []
    file = value.file
    is_list = file[value.start] == "["
    pieces = [_Piece(v.value, v.start, v.end) for v in value.items()] if is_list else _lines(value)
    quote, between = ("", "")
    if is_list:
        quote, between = '"', _between(value, pieces)
    old = [piece.text for piece in pieces]
    new = _divided(old, text)
    if not (old and new):
        whole = between.join(f"{quote}{_encoded(line, escaping)}{quote}" for line in new)
        return [Edit(value.start + 1, value.end - 1, whole)]
    edits: list[Edit] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        raws = [_encoded(line, escaping) for line in new[k:m]]
        for n in range(min(j - i, m - k)):
            raw = file[pieces[i + n].start : pieces[i + n].end]
            raw = raw[len(quote) : len(raw) - len(quote)]
            raws[n] = _spliced(raw, old[i + n], new[k + n], escaping)
        lines = [f"{quote}{raw}{quote}" for raw in raws]
        if i < j and lines:
            edits.append(Edit(pieces[i].start, pieces[j - 1].end, between.join(lines)))
        elif j < len(pieces):  # each with what stands between it and the next
            end = pieces[j].start
            edits.append(Edit(pieces[i].start, end, "".join(line + between for line in lines)))
        else:
            end = pieces[-1].end
            added = "".join(between + line for line in lines)
            edits.append(Edit(pieces[i - 1].end, end, added))
    return edits


def _between(value: Value, pieces: list[_Piece]) -> str:
    """Return what stands between two items of a list, or would."""
    if not pieces:
        return ", "
    if len(pieces) == 1:
        return "," + value.file[value.start + 1 : pieces[0].start]
    return value.file[pieces[0].end : pieces[1].start]


def _encoded(text: str, escaping: bool) -> str:
    return json.dumps(text, ensure_ascii=escaping)[1:-1]


def _lines(value: Value) -> list[_Piece]:
    """Return a string by lines, without its quotes."""
    found: list[_Piece] = []
    position = value.start + 1
    characters = _CHARACTER.finditer(value.file, position, value.end - 1)
    for line in _LINE.findall(value.value):
        end = position
        for _ in line:
            end = next(characters).end()
        found.append(_Piece(line, position, end))
        position = end
    return found


def _divided(old: list[str], text: str) -> list[str]:
    """Divide a text as its forerunner was: what stayed as before, the rest by lines."""
    head, start = 0, 0
    while head < len(old) and text.startswith(old[head], start):
        after = start + len(old[head])
        if after < len(text) and not text[:after].endswith("\n"):
            break
        head, start = head + 1, after
    tail, end = 0, len(text)
    while tail < len(old) - head and text.endswith(old[-1 - tail], start, end):
        before = end - len(old[-1 - tail])
        if before and text[before - 1] != "\n":
            break
        tail, end = tail + 1, before
    middle = text[start:end]
    left = old[head : len(old) - tail]
    one = len(left) == 1 and "\n" in left[0][:-1]  # several lines in one string stay together
    lines = [middle] if one and middle else _LINE.findall(middle)
    return [*old[:head], *lines, *old[len(old) - tail :]]


def _spliced(raw: str, old: str, new: str, escaping: bool) -> str:
    """Return the JSON of ``new`` in which all that ``old`` has too is written as in ``raw``."""
    characters = _CHARACTER.findall(raw)
    if len(characters) != len(old):
        return _encoded(new, escaping)
    head = len(commonprefix((old, new)))  # noqa: RUF071
    tail = len(commonprefix((old[head:][::-1], new[head:][::-1])))  # noqa: RUF071
    middle = _encoded(new[head : len(new) - tail], escaping)
    return "".join((*characters[:head], middle, *characters[len(old) - tail :]))
