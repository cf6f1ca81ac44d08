"""Findings that are hard to write down, and some of every rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from oai_lint import rules
from oai_lint.engine import Diagnostic, Place
from oai_lint.patch import Edit, Fix, Safety
from oai_lint.report import Look, Result, render
from oai_lint.report.style import Style
from oai_lint.rule import REGISTRY, Confidence, Severity
from oai_lint.source import Source

PLAIN = Look(Style())

EMOJI = 'x = "😀é"; BAD(1)\n'
"""The range is behind a character of 4 bytes and 2 units, and one of 2 bytes and 1 unit."""

NASTY = "100%\r\nsure::yes, no; ]so] `a|b` <b> *日本* \x1b[31m %0A"
NAME = "sub dir/ä,b:c%#?;].py"


def finding(
    text: str, at: str, message: str = "Wrong", severity: Severity = Severity.ERROR
) -> Diagnostic:
    """Return a finding with a fix of two edits and a related place."""
    start = text.index(at)
    edits = (Edit(0, 0, "import os\n"), Edit(start, start + len(at), "GOOD"))
    return Diagnostic(
        "OAI111", "positional-api-key", message, severity, Confidence.HIGH,
        start, start + len(at), Fix("Mend it", edits, Safety.SAFE),
        (Place(0, 1, "made here"),),
    )  # fmt: skip


def emoji() -> list[Result]:
    return [(Source("a.py", EMOJI), [finding(EMOJI, "BAD")])]


def nasty(directory: Path) -> list[Result]:
    """Return findings of each severity with text that every format has to escape."""
    text = "a\nBAD = 1\n"
    items = [finding(text, "BAD", NASTY, severity) for severity in Severity]
    return [(Source(str(directory / NAME), text), items)]


def of_every_rule() -> list[Result]:
    """Return a finding of every rule, in a file of its own."""
    rules.load()
    text = "first\nsecond\n"
    return [
        (
            Source(f"{code}.py", text),
            [Diagnostic(code, rule.name, rule.message, rule.severity, Confidence.HIGH, 6, 12)],
        )
        for code, rule in sorted(REGISTRY.items())
    ]


def written(name: str, results: Sequence[Result]) -> str:
    return "".join(render(name, results, PLAIN))
