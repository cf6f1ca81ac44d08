"""Formats that ruff has too are written as ruff writes them, key by key."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from oai_lint.report import Result
from oai_lint.source import Source
from tests.report.samples import EMOJI, emoji, finding, written

# One finding with a fix, as in our sample: `os` on a line of its own, behind an emoji.
CODE = 'x = "😀"; import os\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    return tmp_path


def ruff(name: str, code: str = CODE, path: str = "a.py") -> str:
    if path == "a.py":
        Path(path).write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F401",
         "--output-format", name, path],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == bool(code), done.stderr
    return done.stdout


def shape(data: Any) -> Any:
    """Return the keys and types of data, in their order; of a list the first item's."""
    if isinstance(data, dict):
        return [(key, shape(value)) for key, value in data.items()]
    return [shape(item) for item in data[:1]] if isinstance(data, list) else type(data)


def test_gitlab() -> None:
    ours, theirs = json.loads(written("gitlab", emoji())), json.loads(ruff("gitlab"))
    assert shape(ours) == shape(theirs)
    (found,), (other,) = ours, theirs
    assert len(found["fingerprint"]) == len(other["fingerprint"])
    assert found["location"]["path"] == other["location"]["path"] == "a.py"
    assert found["location"]["positions"]["begin"] == {
        "line": 1,
        "column": EMOJI.index("BAD") + 1,
    }
    assert other["location"]["positions"]["begin"]["column"] == CODE.index("os") + 1
    assert json.loads(written("gitlab", [])) == json.loads(ruff("gitlab", "")) == []


def test_gitlab_tells_findings_apart(here: Path) -> None:
    text = "BAD\n" * 3
    items = [replace(finding(text, "BAD"), start=start, end=start + 3) for start in (0, 4, 8)]
    results: list[Result] = [(Source(name, text), items) for name in ("a.py", "b.py")]
    marks = [found["fingerprint"] for found in json.loads(written("gitlab", results))]
    assert len(set(marks)) == len(marks) == 6


def test_gitlab_sees_paths_from_the_project(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_PROJECT_DIR", str(here.parent))
    ours, theirs = json.loads(written("gitlab", emoji())), json.loads(ruff("gitlab"))
    assert ours[0]["location"]["path"] == theirs[0]["location"]["path"] == f"{here.name}/a.py"


def test_rdjson() -> None:
    ours, theirs = json.loads(written("rdjson", emoji())), json.loads(ruff("rdjson"))
    # Ruff says the same of all findings.
    assert ours["diagnostics"][0].pop("severity") == "ERROR"
    assert shape(ours) == shape(theirs)
    assert ours["severity"] == theirs["severity"]
    empty = json.loads(written("rdjson", []))
    assert shape(empty) == shape(json.loads(ruff("rdjson", "")))
    assert empty["diagnostics"] == []


def test_rdjson_columns_are_bytes_of_utf_8() -> None:
    """As the format has it, and other than ruff's, which are code points."""
    (ours,) = json.loads(written("rdjson", emoji()))["diagnostics"]
    column = len(EMOJI[: EMOJI.index("BAD")].encode()) + 1
    assert ours["location"]["range"]["start"] == {"line": 1, "column": column}
    (theirs,) = json.loads(ruff("rdjson"))["diagnostics"]
    assert theirs["location"]["range"]["start"]["column"] == CODE.index("os") + 1


def test_rdjson_suggests_a_fix_as_a_whole() -> None:
    (ours,) = json.loads(written("rdjson", emoji()))["diagnostics"]
    (suggestion,) = ours["suggestions"]
    data = EMOJI.encode()
    start, end = suggestion["range"]["start"], suggestion["range"]["end"]
    assert start["line"] == end["line"] == 1
    made = data[: start["column"] - 1] + suggestion["text"].encode() + data[end["column"] - 1 :]
    assert made.decode() == "import os\n" + EMOJI.replace("BAD", "GOOD")


@pytest.mark.parametrize("name", ["pylint", "azure", "github"])
def test_lines(name: str) -> None:
    """What is left of a line without values is the same."""

    def outline(line: str) -> str:
        line = re.sub(r"OAI111|F401", "CODE", line).replace("oai-lint", "ruff")
        line = re.sub(r"`os` imported but unused|Wrong", "MESSAGE", line)
        line = re.sub(r"Remove unused import: `os`|Mend it", "TITLE", line)
        return re.sub(r"(?i)(column|columnnumber|:1:)=?\d+", r"\1N", re.sub("col=[0-9]+", "", line))

    assert outline(written(name, emoji())) == outline(ruff(name))
    assert written(name, []) == ruff(name, "") == ""


@pytest.mark.parametrize("name", ["github", "azure", "pylint", "gitlab"])
def test_a_notebook_has_no_lines_of_its_own(here: Path, name: str) -> None:
    """As in ruff all is on its first line; that ours names the cell is in the message."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": text}
        for text in ("x = 1", "y = 2\nimport os")
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    path = here / "a.ipynb"
    path.write_text(notebook)
    source = Source.from_bytes(str(path), notebook.encode())
    results: list[Result] = [(source, [finding(source.text, "import os")])]

    def place(text: str) -> list[str]:
        words = r"line|col|linenumber|columnnumber|endLine|endColumn|column|a\.ipynb"
        return re.findall(rf"\b(?:{words})\W+(\d+)", text)

    theirs = place(ruff(name, path="a.ipynb"))
    assert theirs and set(theirs) == {"1"}
    ours = written(name, results)
    assert "cell 2:2:1" in ours
    assert place(ours.replace("a.ipynb:cell 2:2:1", "a.ipynb:1:1")) == theirs


def test_junit_has_the_names_of_ruff() -> None:
    """Ruff adds attributes and elements that the schema of Jenkins does not know."""

    def outline(text: str) -> Any:
        root = ElementTree.fromstring(re.sub(r"oai-lint|ruff", "tool", text))
        for case in root.iter("testcase"):
            for child in case.findall("properties"):
                case.remove(child)
            for key in ("line", "column"):
                case.attrib.pop(key, None)
        root.attrib.pop("skipped", None)
        for failure in root.iter("failure"):
            failure.attrib.pop("type", None)
            failure.attrib["message"] = failure.text = ""
        for case in root.iter("testcase"):
            case.attrib["name"] = re.sub(r"OAI111|F401", "CODE", case.attrib["name"])
        return [(item.tag, item.attrib) for item in root.iter()]

    assert outline(written("junit", emoji())) == outline(ruff("junit"))
    assert outline(written("junit", [])) == outline(ruff("junit", ""))


def test_sarif_has_all_that_ruff_has() -> None:
    def keys(data: Any, path: str = "") -> set[str]:
        if isinstance(data, dict):
            return {path}.union(*(keys(value, f"{path}.{key}") for key, value in data.items()))
        if isinstance(data, list):
            return {path}.union(*(keys(item, f"{path}[]") for item in data))
        return {path}

    theirs = keys(json.loads(ruff("sarif")))
    assert theirs - keys(json.loads(written("sarif", emoji()))) == {
        # What else they say of a rule there is in `id`, `name` and `tags` of the rule itself.
        f".runs[].tool.driver.rules[].properties.{key}"
        for key in ("id", "kind", "name")
    }
