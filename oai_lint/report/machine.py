"""Formats for programs: json, json-lines, github."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oai_lint.files import shown
from oai_lint.patch import Safety
from oai_lint.report import Look, Result
from oai_lint.rule import Severity

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source

PAGES = "https://github.com/oai-lint/oai-lint/blob/main/docs/rules"

_APPLICABILITY = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe", Safety.SHOW: "display"}
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def url(code: str, name: str) -> str:
    """Return the address of a rule's page."""
    return f"{PAGES}/{code}-{name}.md"


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


def github(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write workflow commands, which GitHub shows beside the changed lines."""
    del look
    for source, diagnostics in results:
        path = _absolute(source.path)
        for item in diagnostics:
            row, column = source.position(item.start)
            last, stop = source.position(item.end)
            values: dict[str, object] = {
                "title": f"oai-lint ({item.code})",
                "file": path,
                "line": row + 1,
            }
            # GitHub takes columns only when both ends are on one line.
            if last == row:
                values |= {"col": column + 1, "endLine": last + 1, "endColumn": stop + 1}
            else:
                values |= {"endLine": last + 1}
            written = ",".join(f"{key}={_property(str(value))}" for key, value in values.items())
            place = f"{shown(source.path)}:{source.location(item.start)}"
            message = f"{place}: {item.code} {item.message}"
            if item.fix is not None:
                message += f"\n  help: {item.fix.title}"
            yield f"::{_COMMANDS[item.severity]} {written}::{_data(message)}\n"


def _object(source: Source, item: Diagnostic) -> dict[str, Any]:
    fix = item.fix and {
        "applicability": _APPLICABILITY[item.fix.safety],
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
        "filename": _absolute(source.path),
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


def _absolute(path: str) -> str:
    return path if path == "-" else os.path.abspath(path)  # noqa: PTH100


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
