"""``.env`` files as python-dotenv reads them, with the place of everything.

Loaders differ; this is the one that Python programs use.  A line that it cannot read it leaves
out with a warning, so the variable stays unset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLANK = re.compile(r"\s*")
_SPACE = re.compile(r"[^\S\r\n]*")
_EXPORT = re.compile(r"export[^\S\r\n]+")
_NAME = re.compile(r"'([^']+)'|([^'=#\s][^=#\s]*)")
_QUOTED = {
    "'": re.compile(r"'((?:\\.|[^'\\])*)'", re.S),
    '"': re.compile(r'"((?:\\.|[^"\\])*)"', re.S),
}
_ESCAPES = {"'": re.compile(r"\\[\\']"), '"': re.compile(r"\\[\\'\"abfnrtv]")}
_MEANT = dict(zip("\\'\"abfnrtv", "\\'\"\a\b\f\n\r\t\v", strict=True))
_LINE = re.compile(r"[^\r\n]*")
_INLINE = re.compile(r"\s+#.*")
_END = re.compile(r"[^\S\r\n]*(?:#[^\r\n]*)?(?:\r\n|\n|\r|$)")
_REST = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_GUESS = re.compile(r"\s*(?:(?:export|set)\s+)?['\"]?([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Binding:
    """One statement of the file; offsets into its text.

    Attributes:
        name: the variable; empty for comments and what cannot be read.
        value: None without ``=`` and for what cannot be read.
        quote: the quote around the value, or nothing.
        inner: where the value is written, without quotes.
        start, end: where the statement is, with comment and newline.
        broken: whether it cannot be read; ``name`` is then what it looks like.
    """

    name: str
    value: str | None
    quote: str
    inner: tuple[int, int]
    start: int
    end: int
    broken: bool = False


def bindings(text: str) -> Iterator[Binding]:
    """Yield the statements of an ``.env`` file."""
    position = int(text.startswith("\ufeff"))
    while position < len(text):
        binding = _binding(text, position)
        yield binding
        position = binding.end


def _binding(text: str, position: int) -> Binding:
    start = position = _end(_BLANK, text, position)
    name, value, quote, inner = "", None, "", (position, position)
    if position == len(text):
        return Binding(name, value, quote, inner, start, position)
    if match := _EXPORT.match(text, position):
        position = match.end()
    if not text.startswith("#", position):
        match = _NAME.match(text, position)
        if match is None:
            return _broken(text, start, position)
        name = match[1] or match[2]
        position = _end(_SPACE, text, match.end())
    if name and text.startswith("=", position):
        equals = position
        position = _end(_SPACE, text, equals + 1)
        quote = text[position : position + 1]
        if quote in _QUOTED:
            match = _QUOTED[quote].match(text, position)
            if match is None:
                return _broken(text, start, position)
            value = _ESCAPES[quote].sub(lambda found: _MEANT[found[0][1]], match[1])
            inner = match.span(1)
            position = match.end()
        else:
            quote = ""
            written = text[position : _end(_LINE, text, position)]
            if position > equals + 1 and written.startswith("#"):
                written = ""
            value = _INLINE.sub("", written).rstrip()
            inner = (position, position + len(value))
            position = inner[1]
    match = _END.match(text, position)
    if match is None:
        return _broken(text, start, position)
    return Binding(name, value, quote, inner, start, match.end())


def _broken(text: str, start: int, position: int) -> Binding:
    guess = _GUESS.match(text, start)
    inner = (start, _end(_LINE, text, start))
    end = max(_end(_REST, text, position), inner[1])
    return Binding(guess[1] if guess else "", None, "", inner, start, end, broken=True)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    assert match is not None, "every one of these patterns matches nothing too"
    return match.end()
