"""The JSON schema of the settings, made from what :mod:`oai_lint.settings` checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from oai_lint import settings
from oai_lint.config import ALL, known
from oai_lint.report import FORMATS

ADDRESS: Final = "https://raw.githubusercontent.com/oai-lint/oai-lint/main/oai-lint.schema.json"
_DRAFT: Final = "http://json-schema.org/draft-07/schema#"  # what editors and SchemaStore take

ABOUT: Final[Mapping[str, str]] = {
    "select": "The rules in force: codes, prefixes of codes, names or `ALL`.",
    "extend-select": "More rules, on top of those selected.",
    "ignore": "Rules not in force.",
    "per-file-ignores": "Rules not in force in the files that a pattern matches.",
    "extend-per-file-ignores": "More of these, on top of `per-file-ignores`.",
    "exclude": "Patterns of files and directories to skip, instead of the usual ones.",
    "extend-exclude": "More patterns of files and directories to skip.",
    "force-exclude": "Skip what is excluded even if it is named on the command line.",
    "respect-gitignore": "Skip what git ignores.",
    "fixable": "Rules whose fixes may be applied.",
    "extend-fixable": "More of these, on top of `fixable`.",
    "unfixable": "Rules whose fixes may not be applied.",
    "extend-safe-fixes": "Rules whose unsafe fixes count as safe here.",
    "extend-unsafe-fixes": "Rules whose safe fixes count as unsafe here.",
    "severity": "How much rules matter here, by selector.",
    "openai": "Versions of the SDK in use, instead of those of lock file or requirement.",
    "http-client": "What fixes write: the SDK's own class, httpx or httpx2.",
    "annotate": "Give types to what a migrated call takes in code without annotations, too.",
    "clients": "Clients that another module makes: dotted name and class.",
    "confidence": "The lowest confidence that is reported.",
    "today": "The date by which retirements are judged.",
    "baseline": "The file of findings that are accepted for now.",
    "require-reason": "Report suppressions that give no reason.",
    "output-format": "How findings are printed.",
    "fail-on": "The least severity that makes the command fail.",
    "fix": "Apply safe fixes.",
    "unsafe-fixes": "Include unsafe fixes.",
    "fix-only": "Apply fixes, and report nothing of what is left.",
}
"""What each key is for, in a line."""

_SELECTORS: Final = {"type": "array", "items": {"$ref": "#/definitions/selector"}}
_STRINGS: Final = {"type": "array", "items": {"type": "string"}}
_TABLE: Final = {"type": "object", "additionalProperties": _SELECTORS}
_FLAG: Final = {"type": "boolean"}
_DOTTED: Final = r"^[^\W\d]\w*(\.[^\W\d]\w*)+$"


def schema() -> dict[str, Any]:
    """Return the schema of ``oai-lint.toml``, which is that of ``[tool.oai-lint]`` too."""
    rules = known()
    selectors = [ALL, *sorted(rules), *sorted(rule.name for rule in rules.values())]
    prefixes = sorted({code[:length] for code in rules for length in range(3, len(code))})
    return {
        "$schema": _DRAFT,
        "$id": ADDRESS,
        "title": "Settings of oai-lint",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key: {"description": ABOUT[key], **_value(key)} for key in sorted(settings.KEYS)
        },
        "definitions": {
            "selector": {
                "description": "A rule's code or name, a prefix of codes, or `ALL`.",
                "type": "string",
                "enum": [*selectors, *prefixes],
            }
        },
    }


def text() -> str:
    """Return the schema as the file that is shipped."""
    return json.dumps(schema(), indent=2) + "\n"


def _value(key: str) -> dict[str, Any]:
    """Return the schema of one setting's value."""
    match key:
        case "per-file-ignores" | "extend-per-file-ignores":
            return _TABLE
        case "exclude" | "extend-exclude":
            return _STRINGS
        case "force-exclude" | "respect-gitignore" | "require-reason":
            return _FLAG
        case "fix" | "unsafe-fixes" | "fix-only" | "annotate":
            return _FLAG
        case "severity":
            return {
                "type": "object",
                "propertyNames": {"$ref": "#/definitions/selector"},
                "additionalProperties": {"enum": [*settings.SEVERITIES]},
            }
        case "fail-on":
            return {"enum": [*settings.SEVERITIES]}
        case "clients":
            return {
                "type": "object",
                "propertyNames": {"pattern": _DOTTED},
                "additionalProperties": {"enum": [*settings.CLIENT_CLASSES]},
            }
        case "http-client":
            return {"enum": [*settings.HTTP_CLIENTS]}
        case "confidence":
            return {"enum": [*settings.CONFIDENCES]}
        case "output-format":
            return {"enum": [*FORMATS]}
        case "today":
            return {"type": "string", "format": "date"}
        case "openai" | "baseline":
            return {"type": "string"}
        case _:
            return _SELECTORS
