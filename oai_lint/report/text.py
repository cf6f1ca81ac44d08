"""Formats for people: full, concise, grouped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from oai_lint.files import shown
from oai_lint.patch import Safety
from oai_lint.report import Look, Result
from oai_lint.report.frame import changes, frame
from oai_lint.report.style import visible
from oai_lint.rule import Severity

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_NOTES = {
    Safety.UNSAFE: "This is an unsafe fix and may change runtime behavior",
    Safety.SHOW: "This fix is only shown; it has to be picked by hand",
}


def full(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Show each finding with its source and what the fix would write."""
    style = look.style
    for source, diagnostics in results:
        for item in diagnostics:
            location = source.location(item.start)
            gutter = " " * len(str(location.row))
            yield f"{_head(item, look)} {style('bold', visible(item.message))}\n"
            path = visible(shown(source.path))
            yield f"{gutter}{style('blue', '-->')} {path}:{location}\n"
            if source.text:
                yield from (f"{line}\n" for line in frame(source, item.start, item.end, style))
            for place in _related(source, item):
                yield f"{style('yellow', 'note')}: {place}\n"
            if item.fix is not None:
                yield f"{style('cyan', 'help')}: {visible(item.fix.title)}\n"
                yield from (f"{line}\n" for line in changes(source, item.fix.edits, style))
                if note := _NOTES.get(item.fix.safety):
                    yield f"{style('yellow', 'note')}: {note}\n"
            yield "\n"


def concise(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Show each finding on a line."""
    for source, diagnostics in results:
        path = look.style("bold", visible(shown(source.path)))
        for item in diagnostics:
            place = f"{path}:{source.location(item.start)}:"
            yield f"{place} {_head(item, look)} {visible(item.message)}\n"


def grouped(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Show the findings of each file under its name."""
    for source, diagnostics in results:
        if not diagnostics:
            continue
        places = [str(source.location(item.start)) for item in diagnostics]
        widest = max(map(len, places))
        yield f"{look.style('bold', visible(shown(source.path)))}:\n"
        for item, place in zip(diagnostics, places, strict=True):
            yield f"  {place.ljust(widest)} {_head(item, look)} {visible(item.message)}\n"
        yield "\n"


def _head(item: Diagnostic, look: Look) -> str:
    code = look.style(_COLOURS[item.severity], item.code)
    return f"{code} [{look.style('cyan', '*')}]" if look.fixable(item) else code


def _related(source: Source, item: Diagnostic) -> Iterator[str]:
    path = visible(shown(source.path))
    for place in item.related:
        yield f"{path}:{source.location(place.start)}: {visible(place.message)}"
