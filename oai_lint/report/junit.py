"""The format of JUnit's reports, which every CI system reads: one test case per finding."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH122

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from oai_lint.report import Look, Result
from oai_lint.report.places import absolute, encodable
from oai_lint.report.style import visible

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source

_PACKAGE: Final = "org.oai-lint"


def junit(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write the report with ruff's names, but only with what the schema of Jenkins knows.

    Its test cases have neither lines nor properties: the line is in the text (columns are code
    points) and the severity is the type of the failure.
    """
    del look
    found = [(source, diagnostics) for source, diagnostics in results if diagnostics]
    total = sum(len(diagnostics) for _, diagnostics in found)
    counts = {"tests": max(total, 1), "failures": total, "errors": 0}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites{_attributes({'name': 'oai-lint', **counts})}>\n"
    for source, diagnostics in found:
        yield from _suite(source, diagnostics)
    if not found:
        suite = {"name": "oai-lint", "tests": 1, "skipped": 0, "errors": 0, "failures": 0}
        yield f"    <testsuite{_attributes({**suite, 'package': _PACKAGE})}>\n"
        case = _attributes({"name": "No errors found", "classname": "oai-lint"})
        yield f"        <testcase{case}/>\n    </testsuite>\n"
    yield "</testsuites>\n"


def _suite(source: Source, diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    path, count = absolute(source.path), len(diagnostics)
    suite = {"name": path, "tests": count, "skipped": 0, "errors": 0, "failures": count}
    yield f"    <testsuite{_attributes({**suite, 'package': _PACKAGE})}>\n"
    for item in diagnostics:
        place = source.location(item.start)
        cell = "" if place.cell is None else f"cell {place.cell}, "
        text = f"{cell}line {place.row}, col {place.column}, {item.message}"
        name = {"name": f"{_PACKAGE}.{item.code}", "classname": os.path.splitext(path)[0]}
        failure = {"message": item.message, "type": item.severity.value}
        yield f"        <testcase{_attributes(name)}>\n"
        yield f"            <failure{_attributes(failure)}>{escape(_text(text))}</failure>\n"
        yield "        </testcase>\n"
    yield "    </testsuite>\n"


def _attributes(values: Mapping[str, object]) -> str:
    return "".join(f" {key}={quoteattr(_text(str(value)))}" for key, value in values.items())


def _text(text: str) -> str:
    """Return text that XML can hold: it has no way to write control characters."""
    return visible(encodable(text)).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
