"""What makes a finding the same one after lines have moved: the baseline and reports share it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source

ALGORITHM: Final = "oaiLintFingerprint/v1"
"""What fingerprints are called where they are kept; a new way to make them needs a new name."""

_BYTES: Final = 8
_DEFINITION = re.compile(r"(?:async\s+def|def|class)\s+(\w+)")
_SUPPRESSION = re.compile(r"\s*#\s*(?:oai-lint:|noqa\b).*", re.I)
_CLOSING = (")", "]", "}", "#")
"""How lines begin that may stand further left than the block they are in."""


def fingerprints(source: Source, diagnostics: Sequence[Diagnostic]) -> list[str]:
    """Return a fingerprint for each of the diagnostics of one file, in their order.

    It is made of the rule's code, the line the finding begins on, with white space evened out, and
    the names of the functions and classes around it; findings that share all these are counted
    from the top of the file.  Lines that move, other findings that come and go and are silenced,
    and a new path leave it alone; an edit of the line itself makes a new one.

    Returns:
        Sixteen hexadecimal digits, a colon and the count, which begins with 1.
    """
    found = [""] * len(diagnostics)
    seen: Counter[str] = Counter()
    for index in sorted(range(len(diagnostics)), key=lambda index: diagnostics[index].start):
        item = diagnostics[index]
        row, _ = source.position(item.start)
        line = _SUPPRESSION.sub("", source.line(row))
        parts = (item.code, _scope(source, row), " ".join(line.split()))
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        digest = blake2b(text, digest_size=_BYTES).hexdigest()
        seen[digest] += 1
        found[index] = f"{digest}:{seen[digest]}"
    return found


def _scope(source: Source, row: int) -> str:
    """Return the dotted names of the definitions around a line, told by indentation alone.

    That suffices for telling places apart, needs no syntax tree, and holds for broken files too.
    """
    names: list[str] = []
    inner = _indentation(source.line(row))
    while inner and row:
        row -= 1
        line = source.line(row)
        text = line.lstrip()
        if not text or text.startswith(_CLOSING) or _indentation(line) >= inner:
            continue
        inner = _indentation(line)
        if match := _DEFINITION.match(text):
            names.append(match[1])
    return ".".join(reversed(names))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
