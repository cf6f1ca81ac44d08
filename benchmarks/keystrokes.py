"""Somebody typing into a file, a character at a time, as an editor tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

CLOSERS = {"(": ")", "[": "]", "{": "}", '"': '"'}
STEP = (5**0.5 - 1) / 2
"""How far through the file, of its places of one kind, each is from the last: never the same."""


class Place(NamedTuple):
    """Where something is typed, and what.

    Attributes:
        anchor: what ends there.
        typed: the text.
        is_line: whether it is a line of its own.
    """

    anchor: re.Pattern[str]
    typed: str
    is_line: bool


def _line(before: str, typed: str) -> Place:
    return Place(re.compile(rf"^(?={before})", re.M), typed, is_line=True)


def _part(after: str, typed: str) -> Place:
    return Place(re.compile(after, re.M), typed, is_line=False)


PLACES = {
    "function": _line("    content = response", '    reply_{n} = ask(question, "once")'),
    "comment": _line("(?:async )?def ", "# asked {n} times"),
    "method": _line("        (?:parts = |return now)", "        self.asked_{n} = len(MODEL)"),
    "docstring": _part(r'said before(?=.*""")', ", {n} times"),
    "top": _line("logger = ", "LIMIT_{n} = 3"),
    "parameter": _part(r"^(?:async )?def \w+\([^)\n]+(?=\))", ", times_{n}: int = 1"),
    "argument": _line("            messages=messages,", "            seed={n},"),
    "string": _part(r"in one sentence(?=.*\")", " of {n} words"),
    "end": _part(r"\Z", "print({n})\n"),
}
"""What is typed in turn, by where it is; places that a file lacks are left out."""


def texts(text: str) -> Iterator[str]:
    """Yield ``text`` as it is after each keystroke: a few words, then some at another place.

    Brackets and quotes close themselves, as they do in editors; typing over one changes nothing.
    """
    last = text
    for n in count():
        for place in PLACES.values():
            found = [match.end() for match in place.anchor.finditer(text)]
            if not found:
                continue
            at = found[int(len(found) * ((n + 1) * STEP % 1))]
            typed, end = place.typed.format(n=n), "\n" * place.is_line
            for length in range(len(typed) - len(typed.lstrip()) + 1, len(typed) + 1):
                so_far = typed[:length]
                after = f"{text[:at]}{so_far}{_closers(so_far)}{end}{text[at:]}"
                if after != last:
                    yield after
                last = after
            text = last


def _closers(typed: str) -> str:
    """Return what an editor has put behind the cursor."""
    pending: list[str] = []
    for character in typed:
        if pending and character == pending[-1]:
            pending.pop()
        elif character in CLOSERS and ('"' not in pending or character == "{"):
            pending.append(CLOSERS[character])
    return "".join(reversed(pending))
