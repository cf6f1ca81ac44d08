"""How findings look: one function per format, and the lines after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oai_lint.patch import Safety

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.report.style import Style
    from oai_lint.source import Source

Result = tuple["Source", Sequence["Diagnostic"]]
"""A file and what is reported about it."""


@dataclass(frozen=True, slots=True)
class Look:
    """What decides how findings are shown.

    Attributes:
        style: the colours, or none.
        unsafe: whether unsafe fixes are asked for, so that they count as fixable.
    """

    style: Style
    unsafe: bool = False

    def fixable(self, item: Diagnostic) -> bool:
        """Say whether a run with ``--fix`` would mend this."""
        least = Safety.UNSAFE if self.unsafe else Safety.SAFE
        return item.fix is not None and item.fix.safety >= least


Format = Callable[[Sequence[Result], Look], Iterator[str]]


def render(name: str, results: Sequence[Result], look: Look) -> Iterator[str]:
    """Yield the text of a report in pieces; an empty one is for the caller to comment on.

    Args:
        name: one of ``full``, ``concise``, ``grouped``, ``json``, ``json-lines``, ``github``.
        results: by path.
        look: colours and which fixes count.
    """
    formats: Mapping[str, Format]
    if name in TEXT:
        from oai_lint.report import text

        formats = {"full": text.full, "concise": text.concise, "grouped": text.grouped}
    else:
        from oai_lint.report import machine

        formats = {
            "json": machine.as_json,
            "json-lines": machine.json_lines,
            "github": machine.github,
        }
    yield from formats[name](results, look)


TEXT: Final = frozenset({"full", "concise", "grouped"})
"""Formats for people, which a summary follows."""
