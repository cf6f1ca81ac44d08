"""Formats for the logs of CI systems, a line per finding: github, azure, pylint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from oai_lint.files import shown
from oai_lint.report import Look, Result
from oai_lint.report.places import absolute, encodable, in_cell, one_line, region
from oai_lint.report.style import visible
from oai_lint.rule import Severity

_GITHUB: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_AZURE: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "warning"}
"""Azure Pipelines knows no lesser issue than a warning."""


def github(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write workflow commands, which GitHub shows beside the changed lines.

    Escaped as ``@actions/core`` does; GitHub does not say what it counts columns in: here they are
    code points, as in ruff.
    """
    del look
    for source, diagnostics in results:
        path = encodable(absolute(source.path))
        for item in diagnostics:
            place = region(source, item.start, item.end)
            values: dict[str, object] = {
                "title": f"oai-lint ({item.code})",
                "file": path,
                "line": place.line,
            }
            # GitHub takes columns only when both ends are on one line.
            if place.end_line == place.line:
                values |= {
                    "col": place.column,
                    "endLine": place.end_line,
                    "endColumn": place.end_column,
                }
            else:
                values |= {"endLine": place.end_line}
            written = ",".join(f"{key}={_property(str(value))}" for key, value in values.items())
            where = f"{shown(source.path)}:{source.location(item.start)}"
            message = f"{where}: {item.code} {item.message}"
            if item.fix is not None:
                message += f"\n  help: {item.fix.title}"
            yield f"::{_GITHUB[item.severity]} {written}::{_data(encodable(message))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def azure(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write logging commands, which Azure Pipelines lists as issues of the run.

    Escaped as ``azure-pipelines-task-lib`` does; columns are code points, as in ruff.
    """
    del look
    for source, diagnostics in results:
        path = encodable(absolute(source.path))
        for item in diagnostics:
            place = region(source, item.start, item.end)
            values: Mapping[str, object] = {
                "type": _AZURE[item.severity],
                "sourcepath": path,
                "linenumber": place.line,
                "columnnumber": place.column,
                "code": item.code,
            }
            written = "".join(f"{key}={_azure_value(str(v))};" for key, v in values.items())
            message = _azure_message(encodable(in_cell(source, item)))
            yield f"##vso[task.logissue {written}]{message}\n"


def _azure_message(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _azure_value(text: str) -> str:
    return _azure_message(text).replace("]", "%5D").replace(";", "%3B")


def pylint(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write the lines of pylint's parseable format, as ruff does."""
    del look
    for source, diagnostics in results:
        path = visible(one_line(encodable(shown(source.path))))
        for item in diagnostics:
            line = region(source, item.start, item.end).line
            message = visible(one_line(encodable(in_cell(source, item))))
            yield f"{path}:{line}: [{item.code}] {message}\n"
