"""GitHub's and Azure's commands are those that their own libraries would write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oai_lint.report import Result
from oai_lint.rule import Severity
from oai_lint.source import Source
from tests.report.samples import EMOJI, NAME, emoji, finding, nasty, written
from tests.report.tools import node


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def properties(line: str) -> tuple[str, dict[str, str], str]:
    """Take a GitHub command apart without undoing escapes: its order is free."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)\n", line, re.S)
    assert match, line
    pairs = dict(pair.split("=", 1) for pair in match[2].split(","))
    return match[1], pairs, match[3]


def test_github_escapes_as_its_library(here: Path) -> None:
    results = nasty(here)
    asked = []
    for source, items in results:
        for item in items:
            where = {"startLine": 2, "endLine": 2, "startColumn": 1, "endColumn": 4}
            named = {"title": f"oai-lint ({item.code})", "file": source.path, **where}
            message = f"{NAME}:2:1: {item.code} {item.message}\n  help: Mend it"
            asked.append([item.severity.value, message, named])
    theirs = node("core.mjs", asked, "@actions/core")
    ours = written("github", results).splitlines(keepends=True)
    assert len(ours) == len(Severity)
    assert [properties(line) for line in ours] == [properties(line) for line in theirs]


def test_azure_escapes_as_its_library(here: Path) -> None:
    results = nasty(here)
    asked = []
    for source, items in results:
        for item in items:
            named = {
                "type": "error" if item.severity is Severity.ERROR else "warning",
                "sourcepath": source.path,
                "linenumber": 2,
                "columnnumber": 1,
                "code": item.code,
            }
            asked.append([named, item.message])
    theirs = node("vso.mjs", asked, "azure-pipelines-task-lib")
    assert written("azure", results).splitlines() == theirs


def test_columns_are_code_points() -> None:
    column = EMOJI.index("BAD") + 1
    assert column == 11
    end = column + 3
    assert f",line=1,col={column},endLine=1,endColumn={end}::a.py:1:{column}:" in written(
        "github", emoji()
    )
    assert f";linenumber=1;columnnumber={column};" in written("azure", emoji())


def test_a_finding_is_a_line(here: Path) -> None:
    for name in ("github", "azure", "pylint"):
        text = written(name, nasty(here))
        assert text.count("\n") == len(Severity)
        assert "\r" not in text
    line = written("pylint", nasty(here)).splitlines()[0]
    assert line.startswith(f"{NAME}:2: [OAI111] 100% sure::yes")


def test_a_range_of_lines_has_no_columns(here: Path) -> None:
    text = "BAD(\n1)\n"
    results: list[Result] = [(Source(str(here / "a.py"), text), [finding(text, text[:-1])])]
    assert f"file={here}/a.py,line=1,endLine=2::" in written("github", results)
