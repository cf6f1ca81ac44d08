"""Colours, and text that is safe to put on a terminal."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

TAB: Final = 4
"""Columns that a tab is shown as."""

_RECOGNISED: Final = 7
"""Characters of a key that are shown, enough to tell it from others by its kind."""

_CODES: Final = {
    "bold": "1",
    "red": "1;91",
    "yellow": "1;93",
    "blue": "1;94",
    "cyan": "1;96",
    "removed": "31",
    "added": "32",
}
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_C0_PICTURES = 0x2400


@dataclass(frozen=True, slots=True)
class Style:
    """Paints text, or leaves it plain."""

    colour: bool = False

    def __call__(self, name: str, text: str) -> str:
        """Return ``text`` in the colour called ``name``."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.colour and text else text


PLAIN: Final = Style()


def visible(text: str) -> str:
    """Make control characters and lone surrogates visible, so that a file cannot steer a terminal.

    Every character stays one character.
    """
    return _CONTROL.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(_C0_PICTURES + code) if code < ord(" ") else "\N{REPLACEMENT CHARACTER}"


def masked(text: str) -> str:
    """Put asterisks for all but the beginning of real keys: reports are kept and pasted.

    Every character stays one character.
    """
    from oai_lint.knowledge.keys import ENOUGH_IN_PLACE, real_keys

    for found in real_keys(text, ENOUGH_IN_PLACE):
        start = found.start + _RECOGNISED
        text = text[:start] + "*" * (found.end - start) + text[found.end :]
    return text


def width(text: str) -> int:
    """Return the columns that ``text`` takes on a terminal, tabs included."""
    if text.isascii():
        return len(text) + (TAB - 1) * text.count("\t")
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if character == "\t":
        return TAB
    if unicodedata.combining(character) or character in "\u200b\u200c\u200d\ufe0e\ufe0f\ufeff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
