"""Somebody typing a call into a file, a character at a time, as an editor tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

TYPED = '    reply_{n} = client.responses.create(model=MODEL, input=f"Is {{question}} true?")'
PLACE = "    content = response"
CLOSERS = {"(": ")", "[": "]", "{": "}", '"': '"'}


def texts(text: str) -> Iterator[str]:
    """Yield ``text`` as it is after each keystroke: line by line, in the middle of the file.

    Brackets and quotes close themselves, as they do in editors; typing over one changes nothing.
    """
    last = text
    place = text.find(PLACE, len(text) // 2)
    place = text.rindex(PLACE) if place < 0 else place
    for n in count():
        line = TYPED.format(n=n)
        for end in range(len(line) - len(line.lstrip()) + 1, len(line) + 1):
            typed = line[:end]
            after = f"{text[:place]}{typed}{_closers(typed)}\n{text[place:]}"
            if after != last:
                yield after
            last = after
        text = f"{text[:place]}{line}\n{text[place:]}"
        place += len(line) + 1


def _closers(typed: str) -> str:
    """Return what an editor has put behind the cursor."""
    pending: list[str] = []
    for character in typed:
        if pending and character == pending[-1]:
            pending.pop()
        elif character in CLOSERS and ('"' not in pending or character == "{"):
            pending.append(CLOSERS[character])
    return "".join(reversed(pending))
