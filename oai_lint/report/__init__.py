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


FORMATS: Final[Mapping[str, tuple[str, str]]] = {
    "full": ("text", "full"),
    "concise": ("text", "concise"),
    "grouped": ("text", "grouped"),
    "json": ("machine", "as_json"),
    "json-lines": ("machine", "json_lines"),
    "github": ("annotations", "github"),
    "azure": ("annotations", "azure"),
    "pylint": ("annotations", "pylint"),
    "gitlab": ("quality", "gitlab"),
    "rdjson": ("quality", "rdjson"),
    "junit": ("junit", "junit"),
    "sarif": ("sarif", "sarif"),
    "markdown": ("markdown", "markdown"),
}
"""The module of each format and the function in it."""

TEXT: Final = frozenset({"full", "concise", "grouped"})
"""Formats for people, which a summary follows."""

DOCUMENTS: Final = frozenset({"json", "gitlab", "rdjson", "junit", "sarif"})
"""Formats that nothing may stand before or behind."""


def render(name: str, results: Sequence[Result], look: Look) -> Iterator[str]:
    """Yield the text of a report in pieces; an empty one is for the caller to comment on.

    Args:
        name: a key of :data:`FORMATS`.
        results: by path.
        look: colours and which fixes count.
    """
    from importlib import import_module

    module, function = FORMATS[name]
    write: Format = getattr(import_module(f"oai_lint.report.{module}"), function)
    yield from write(results, look)
