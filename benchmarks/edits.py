"""Edits as they come to a file that somebody works on, good and bad, at random and from a seed."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from random import Random

CHARACTERS = "aaaZ___00  .,:;=()[]{}'\"#\\@*+-\n\n\n    \té😀\u2028"
STRANGE = "\r\f\ufeff\0"

LINES = (
    "pass", "x = 1", "x = 1; y = 2;", "# a comment", "", "    ", "\t", "if x:", "else:", "elif y:",
    "try:", "except ValueError:", "finally:", "while True:", "with a as b:", "for i in range(3):",
    "def f(a, b=1): ...", "def f():\n    return 1", "@decorator", "async def f():\n    await g()",
    "class A:\n    def m(self):\n        # here\n        pass\n    # there", '"""', '"""text"""',
    'x = """one\n  two\n"""', "x = (", ")", "x = [\n    1,\n    # two\n]", "\\", "x = 1 + \\\n  2",
    "match x:\n    case 1:\n        pass\n    case _:\n        y", "return", "lambda: 0", "a, b",
    "if x: pass", "if x: pass\nelse: y", "if x:\n  y", "if x:\n\ty", "type X = int",
)  # fmt: skip
"""What is put in as a line, or several, indented as its neighbours are."""

SPACE = re.compile(r"[ \t]*")
WORD = re.compile(r"\w+")
UNDONE = 5
"""Texts that it may be taken back to."""


def texts(text: str, random: Random) -> Generator[tuple[str, str], bool, None]:
    """Yield what was done to a file and the text it has then, for ever.

    Tell the generator by ``send`` whether the text parses.
    """
    kinds = (_character, _cut, _line, _remove, _shift, _copy, _word, _end, _strange)
    good, parses = [text], True
    while True:
        what = random.choice(kinds)
        for step in what(text, random):
            if step != text:
                text = step
                parses = yield what.__name__.strip("_"), text
        if parses:
            good.append(text)
            del good[:-UNDONE]
        if not random.randrange(12 if parses else 2):
            text = good[-1] if not parses else random.choice(good)
            parses = True
            yield "undo", text


def _character(text: str, random: Random) -> Iterator[str]:
    at = random.randrange(len(text) + 1)
    yield text[:at] + random.choice(CHARACTERS) * random.choice((1, 1, 1, 2, 3)) + text[at:]


def _strange(text: str, random: Random) -> Iterator[str]:
    """Type what is hardly ever in a file, and take it back."""
    at = random.randrange(len(text) + 1)
    yield text[:at] + random.choice(STRANGE) + text[at:]
    yield text


def _cut(text: str, random: Random) -> Iterator[str]:
    at = random.randrange(len(text) + 1)
    yield text[:at] + text[at + random.choice((1, 1, 2, 5, 40)) :]


def _line(text: str, random: Random) -> Iterator[str]:
    """Type a line or some, a character at a time or all at once."""
    start = random.choice(_starts(text))
    indent = _indent(text, start, random)
    new = "".join(f"{indent}{line}\n" for line in random.choice(LINES).split("\n"))
    steps = range(1, len(new) + 1) if not random.randrange(8) else [len(new)]
    for end in steps:
        yield text[:start] + new[:end] + text[start:]


def _remove(text: str, random: Random) -> Iterator[str]:
    """Remove some lines."""
    start, end = _lines(text, random)
    yield text[:start] + text[end:]


def _shift(text: str, random: Random) -> Iterator[str]:
    """Indent some lines otherwise."""
    start, end = _lines(text, random)
    by = random.choice(("    ", "  ", "\t", ""))
    lines = text[start:end].splitlines(keepends=True)
    moved = [by + line if by else line.removeprefix("    ") for line in lines]
    yield text[:start] + "".join(moved) + text[end:]


def _copy(text: str, random: Random) -> Iterator[str]:
    """Paste some lines elsewhere, as they are."""
    start, end = _lines(text, random)
    at = random.choice(_starts(text))
    yield text[:at] + text[start:end] + text[at:]


def _word(text: str, random: Random) -> Iterator[str]:
    words = list(WORD.finditer(text))
    if words:
        match = random.choice(words)
        new = random.choice((random.choice(words)[0], match[0] + "x", "if", "await", "class"))
        yield text[: match.start()] + new + text[match.end() :]


def _end(text: str, random: Random) -> Iterator[str]:
    """Change something about the end of the file."""
    yield random.choice(
        (text.rstrip("\r\n"), text + "\n", text + "    \n", text + "# end", text + "x")
    )


def _starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _lines(text: str, random: Random) -> tuple[int, int]:
    starts = _starts(text)
    first = random.randrange(len(starts))
    last = min(first + random.choice((1, 1, 2, 3, 8, 30)), len(starts) - 1)
    return starts[first], max(starts[first], starts[last])


def _indent(text: str, start: int, random: Random) -> str:
    near = [text.rfind("\n", 0, max(start - 1, 0)) + 1, start]
    indents = [match[0] for at in near if (match := SPACE.match(text, at))]
    return random.choice((*indents, *indents, "", f"{indents[0]}    ", indents[0][:-4]))
