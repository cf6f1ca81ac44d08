"""SARIF 2.1.0, the format of GitHub code scanning and of security dashboards.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from oai_lint import __version__
from oai_lint.fingerprint import ALGORITHM, fingerprints
from oai_lint.report import Look, Result
from oai_lint.report.places import (
    APPLICABILITY,
    HOMEPAGE,
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
    from oai_lint.patch import Fix
    from oai_lint.source import Source

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT: Final = "%SRCROOT%"
"""What the directory that paths are relative to is called, by GitHub's convention."""

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}


class Weakness(NamedTuple):
    """What a rule means for security.

    Attributes:
        cwe: numbers of the Common Weakness Enumeration.
        severity: GitHub's ``security-severity``, on the scale of CVSS: that of CodeQL's query for
            the same weakness, whose name is given beside it.
    """

    cwe: tuple[int, ...]
    severity: str


WEAKNESSES: Final[Mapping[str, Weakness]] = {
    "OAI101": Weakness((798,), "9.8"),  # py/hardcoded-credentials
    "OAI106": Weakness((532,), "7.5"),  # py/clear-text-logging-sensitive-data
    "OAI109": Weakness((615, 798), "9.8"),  # py/hardcoded-credentials
    "OAI207": Weakness((798,), "9.8"),  # py/hardcoded-credentials
    "OAI301": Weakness((295,), "7.5"),  # py/request-without-cert-validation
    "OAI302": Weakness((295,), "7.5"),  # py/request-without-cert-validation
    "OAI303": Weakness((319,), "7.5"),  # java/non-https-url
    "OAI851": Weakness((95,), "9.3"),  # py/code-injection
}


def sarif(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write one run; columns are UTF-16 code units, which is what readers take for granted.

    Snippets are left out on purpose: they would carry leaked keys on into the report.
    """
    del look
    base = home()
    codes = sorted({item.code for _, diagnostics in results for item in diagnostics})
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(codes)},
                "columnKind": "utf16CodeUnits",
                "originalUriBaseIds": {ROOT: {"uri": _file_uri(os.path.join(base, ""))}},  # noqa: PTH118
                "results": [
                    _result(source, item, fingerprint, codes.index(item.code), base)
                    for source, diagnostics in results
                    for item, fingerprint in zip(
                        diagnostics, fingerprints(source, diagnostics), strict=True
                    )
                ],
            }
        ],
    }
    yield json.dumps(log, indent=2) + "\n"


def _driver(codes: Sequence[str]) -> dict[str, Any]:
    return {
        "name": "oai-lint",
        "fullName": f"oai-lint {__version__}",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": HOMEPAGE,
        "rules": [_described(code) for code in codes],
    }


def _described(code: str) -> dict[str, Any]:
    from oai_lint.config import known
    from oai_lint.docs import page, theme

    rule = known()[code]
    prose = inspect.cleandoc(rule.__doc__ or "")
    summary, *rest = prose.split("\n\n")
    full = " ".join((rest[0] if rest and not rest[0].startswith("#") else summary).split())
    tags = [theme(rule)]
    properties: dict[str, Any] = {
        "problem.severity": _PROBLEMS[rule.severity],
        "precision": "high",
    }
    if weakness := WEAKNESSES.get(rule.code):
        properties["security-severity"] = weakness.severity
        tags += ["security", *(f"external/cwe/cwe-{number:03}" for number in weakness.cwe)]
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": " ".join(summary.split())},
        "fullDescription": {"text": full},
        "help": {"text": prose, "markdown": page(rule)},
        "helpUri": url(rule.code, rule.name),
        "defaultConfiguration": {"enabled": rule.on, "level": _LEVELS[rule.severity]},
        "properties": {"tags": tags, **properties},
    }


def _result(
    source: Source, item: Diagnostic, fingerprint: str, index: int, base: str
) -> dict[str, Any]:
    artifact = _artifact(source, base)
    location: dict[str, Any] = {
        "physicalLocation": _physical(source, item.start, item.end, artifact)
    }
    if source.cells:
        cell = str(source.location(item.start).cell)
        location["logicalLocations"] = [{"name": cell, "fullyQualifiedName": f"cell {cell}"}]
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": _LEVELS[item.severity],
        "message": {"text": encodable(in_cell(source, item))},
        "locations": [location],
        "partialFingerprints": {ALGORITHM: fingerprint},
        "properties": {"confidence": item.confidence.name.lower()},
    }
    if item.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": encodable(place.message)},
                "physicalLocation": _physical(source, place.start, place.end, artifact),
            }
            for number, place in enumerate(item.related, 1)
        ]
    # The regions of a fix are those of the file, where cells of a notebook have none.
    if item.fix is not None and item.fix.edits and not source.cells:
        result["fixes"] = [_fix(source, item.fix, artifact)]
    return result


def _fix(source: Source, fix: Fix, artifact: dict[str, str]) -> dict[str, Any]:
    replacements = []
    for edit in sorted(set(fix.edits), key=lambda edit: (edit.start, edit.end)):
        replacement: dict[str, Any] = {"deletedRegion": _region(source, edit.start, edit.end)}
        if edit.text:
            replacement["insertedContent"] = {"text": encodable(edit.text)}
        replacements.append(replacement)
    return {
        "description": {"text": encodable(fix.title)},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
        "properties": {"applicability": APPLICABILITY[fix.safety]},
    }


def _physical(source: Source, start: int, end: int, artifact: dict[str, str]) -> dict[str, Any]:
    return {"artifactLocation": artifact, "region": _region(source, start, end)}


def _region(source: Source, start: int, end: int) -> dict[str, int]:
    place = region(source, start, end, "utf-16")
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _artifact(source: Source, base: str) -> dict[str, str]:
    name = beneath(source.path, base)
    if name is None:
        return {"uri": _file_uri(absolute(source.path))}
    # A colon in the first part of a relative reference would be taken for a scheme's end.
    return {"uri": quote(os.fsencode(name)), "uriBaseId": ROOT}


def _file_uri(path: str) -> str:
    name = path.replace(os.sep, "/")
    return "file://" + quote(os.fsencode(name if name.startswith("/") else f"/{name}"), safe="/:")
