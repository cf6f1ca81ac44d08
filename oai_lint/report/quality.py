"""Formats for code review: gitlab (Code Quality) and rdjson (reviewdog)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from oai_lint.fingerprint import fingerprints
from oai_lint.patch import Edit, written
from oai_lint.report import Look, Result
from oai_lint.report.places import (
    HOMEPAGE,
    Region,
    absolute,
    beneath,
    encodable,
    home,
    in_cell,
    region,
    url,
)
from oai_lint.rule import Severity

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source

_GITLAB: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
_RDJSON: Final = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def gitlab(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write a Code Quality report; GitLab shows lines only, columns are code points as in ruff.

    GitLab tells old findings from new ones by fingerprints, which must differ within a report.
    """
    del look
    directory = os.environ.get("CI_PROJECT_DIR") or home()
    found = []
    for source, diagnostics in results:
        path = encodable(beneath(source.path, directory) or absolute(source.path))
        marks = fingerprints(source, diagnostics)
        for item, mark in zip(diagnostics, marks, strict=True):
            place = region(source, item.start, item.end)
            found.append(
                {
                    "check_name": item.code,
                    "description": encodable(f"{item.code}: {in_cell(source, item)}"),
                    "severity": _GITLAB[item.severity],
                    "fingerprint": blake2b(f"{path}\0{mark}".encode(), digest_size=8).hexdigest(),
                    "location": {
                        "path": path,
                        "positions": {
                            "begin": {"line": place.line, "column": place.column},
                            "end": {"line": place.end_line, "column": place.end_column},
                        },
                    },
                }
            )
    yield json.dumps(found, indent=2)


def rdjson(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write reviewdog's format; its columns are bytes of UTF-8 (where ruff writes code points)."""
    del look
    found = [_diagnostic(source, item) for source, diagnostics in results for item in diagnostics]
    report = {
        "diagnostics": found,
        "severity": "WARNING",
        "source": {"name": "oai-lint", "url": HOMEPAGE},
    }
    yield json.dumps(report, indent=2, sort_keys=True)


def _diagnostic(source: Source, item: Diagnostic) -> dict[str, Any]:
    result: dict[str, Any] = {
        "code": {"url": url(item.code, item.name), "value": item.code},
        "location": {
            "path": encodable(absolute(source.path)),
            "range": _range(region(source, item.start, item.end, "utf-8")),
        },
        "message": encodable(in_cell(source, item)),
        "severity": _RDJSON[item.severity],
    }
    if item.fix is not None and item.fix.edits and not source.cells:
        result["suggestions"] = [_suggestion(source, item.fix.edits)]
    return result


def _suggestion(source: Source, edits: Sequence[Edit]) -> dict[str, Any]:
    """Return a fix as one suggestion: of several, a reviewer could take the half of it."""
    start = min(edit.start for edit in edits)
    end = max(edit.end for edit in edits)
    moved = {Edit(edit.start - start, edit.end - start, edit.text) for edit in edits}
    return {
        "range": _range(region(source, start, end, "utf-8")),
        "text": encodable(written(source.text[start:end], moved)),
    }


def _range(place: Region) -> dict[str, dict[str, int]]:
    return {
        "end": {"column": place.end_column, "line": place.end_line},
        "start": {"column": place.column, "line": place.line},
    }
