"""Formats for programs that know ruff's: json, json-lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oai_lint.report import Look, Result
from oai_lint.report.places import APPLICABILITY, absolute, url

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source


def as_json(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write ruff's JSON: one array, without a newline at its end."""
    del look
    first = True
    for source, diagnostics in results:
        for item in diagnostics:
            text = json.dumps(_object(source, item), indent=2, sort_keys=True)
            yield ("[\n  " if first else ",\n  ") + text.replace("\n", "\n  ")
            first = False
    yield "[]" if first else "\n]"


def json_lines(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write the objects of ``json`` on a line each."""
    del look
    for source, diagnostics in results:
        for item in diagnostics:
            data = _object(source, item)
            yield json.dumps(data, separators=(",", ":"), sort_keys=True) + "\n"


def _object(source: Source, item: Diagnostic) -> dict[str, Any]:
    fix = item.fix and {
        "applicability": APPLICABILITY[item.fix.safety],
        "edits": [
            {
                "content": edit.text,
                "location": _location(source, edit.start),
                "end_location": _location(source, edit.end, edit.start),
                **_cell(source, edit.start),
            }
            for edit in item.fix.edits
        ],
        "message": item.fix.title,
    }
    return {
        "cell": source.location(item.start).cell,
        "code": item.code,
        "name": item.name,
        "severity": item.severity.value,
        "confidence": item.confidence.name.lower(),
        "message": item.message,
        "filename": absolute(source.path),
        "location": _location(source, item.start),
        "end_location": _location(source, item.end, item.start),
        "fix": fix,
        "noqa_row": source.location(item.start).row,
        "url": url(item.code, item.name),
    }


def _location(source: Source, offset: int, start: int | None = None) -> Mapping[str, int]:
    """Return a place in its cell; in the cell of ``start`` where a range began there."""
    location = source.location(offset, start)
    return {"row": location.row, "column": location.column}


def _cell(source: Source, offset: int) -> Mapping[str, int]:
    """Say in which cell an edit is: not always in that of its finding."""
    cell = source.location(offset).cell
    return {} if cell is None else {"cell": cell}
