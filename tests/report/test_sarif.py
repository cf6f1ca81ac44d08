"""SARIF: the schema, Microsoft's validator, and what the places and fixes in it stand for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from oai_lint.cells import joined
from oai_lint.docs import page
from oai_lint.fingerprint import ALGORITHM
from oai_lint.patch import apply
from oai_lint.report import Result
from oai_lint.report.sarif import ROOT, WEAKNESSES
from oai_lint.rule import REGISTRY
from oai_lint.source import Source
from tests.report.samples import EMOJI, NAME, emoji, finding, nasty, of_every_rule, written
from tests.report.tools import multitool, sarif_schema

STYLE = {
    "SARIF2002": "messages are written out: what GitHub shows",
    "SARIF2003": "the revision: whoever uploads the log knows it",
    "SARIF2006": "addresses that cannot be reached without a network",
    "SARIF2010": "snippets are left out: a key must not get into a report",
    "SARIF2011": "so is the code around",
    "SARIF2016": "a file outside the checkout has no relative path",
}
"""Notes on good style that are not followed, and why."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(here: Path) -> list[Result]:
    return [*of_every_rule(), *emoji(), *nasty(here), *nasty(Path("/elsewhere"))]


def log(results: list[Result]) -> Any:
    return json.loads(written("sarif", results))


def found(results: list[Result]) -> Any:
    return log(results)["runs"][0]["results"]


def test_the_log_fits_the_schema(here: Path) -> None:
    schema = sarif_schema()
    validator = jsonschema.validators.validator_for(schema)(schema)
    for results in ([], everything(here)):
        assert list(validator.iter_errors(log(results))) == []
    broken = log(emoji())
    del broken["runs"][0]["tool"]["driver"]["name"]
    broken["runs"][0]["results"][0]["level"] = "grave"
    assert len(list(validator.iter_errors(broken))) == 2


def test_github_would_take_it(here: Path) -> None:
    path = here / "log.sarif"
    for results in ([], everything(here)):
        path.write_text(written("sarif", results), encoding="utf-8")
        assert multitool(path, kinds="Ghas") == []
    broken = log(emoji())
    broken["runs"][0]["results"][0]["locations"] = []
    path.write_text(json.dumps(broken))
    assert any(said.startswith("GH1015") for said in multitool(path, kinds="Ghas"))


def test_the_standard_is_kept(here: Path) -> None:
    path = here / "log.sarif"
    path.write_text(written("sarif", everything(here)), encoding="utf-8")
    said = {line.partition(":")[0] for line in multitool(path, kinds="Sarif")}
    assert said <= STYLE.keys()
    assert "SARIF2010" in said  # so the rules did run


def test_rules_are_described() -> None:
    (run,) = log(of_every_rule())["runs"]
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == sorted(REGISTRY)
    for result in run["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]
    for rule in described:
        assert re.fullmatch(r"([A-Z][a-z0-9]*)+", rule["name"])
        # Longer ones are cut off by GitHub.
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["markdown"] == page(REGISTRY[rule["id"]])
        assert rule["helpUri"].endswith(f"/docs/rules/{rule['id']}-{REGISTRY[rule['id']].name}.md")
        security = "security-severity" in rule["properties"]
        assert security is ("security" in rule["properties"]["tags"])
        assert security is (rule["id"] in WEAKNESSES)
    (key,) = (rule for rule in described if rule["id"] == "OAI101")
    assert key["defaultConfiguration"] == {"enabled": True, "level": "error"}
    assert key["properties"] == {
        "tags": ["Credentials", "security", "external/cwe/cwe-798"],
        "problem.severity": "error",
        "precision": "high",
        "security-severity": "9.8",
    }


def test_weaknesses_are_those_of_rules() -> None:
    of_every_rule()
    assert WEAKNESSES.keys() <= REGISTRY.keys()


def test_columns_are_utf_16_code_units() -> None:
    (run,) = log(emoji())["runs"]
    assert run["columnKind"] == "utf16CodeUnits"
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    column = len(EMOJI[: EMOJI.index("BAD")].encode("utf-16-le")) // 2 + 1
    assert region == {"startLine": 1, "startColumn": column, "endLine": 1, "endColumn": column + 3}


def replaced(text: str, fix: Any) -> str:
    """Apply a fix as a consumer would: regions in UTF-16 units, of the text as it was."""
    (change,) = fix["artifactChanges"]
    units = text.encode("utf-16-le")
    starts = [0, *(i + 2 for i in range(0, len(units), 2) if units[i : i + 2] == b"\n\0")]
    for item in reversed(change["replacements"]):
        region = item["deletedRegion"]
        start = starts[region["startLine"] - 1] + 2 * (region["startColumn"] - 1)
        end = starts[region["endLine"] - 1] + 2 * (region["endColumn"] - 1)
        new = item.get("insertedContent", {}).get("text", "")
        units = units[:start] + new.encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le")


def test_fixes_do_what_ours_do() -> None:
    ((_, (item,)),) = emoji()
    assert item.fix is not None
    (result,) = found(emoji())
    (fix,) = result["fixes"]
    assert replaced(EMOJI, fix) == apply(EMOJI, [item.fix.edits])[0]
    assert fix["description"] == {"text": "Mend it"}
    assert fix["properties"] == {"applicability": "safe"}
    (related,) = result["relatedLocations"]
    assert related["message"] == {"text": "made here"}


def test_fingerprints_stay_when_lines_move() -> None:
    moved = "\n" * 50 + EMOJI
    (before,) = found(emoji())
    (after,) = found([(Source("a.py", moved), [finding(moved, "BAD")])])
    assert before["partialFingerprints"] == after["partialFingerprints"]
    assert list(before["partialFingerprints"]) == [ALGORITHM]
    assert before["locations"] != after["locations"]


def test_paths_are_seen_from_the_checkout(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "deep").mkdir()
    monkeypatch.chdir(here / "deep")
    (run,) = log([*nasty(here), *nasty(Path("/elsewhere"))])["runs"]
    assert unquote(run["originalUriBaseIds"][ROOT]["uri"]) == f"file://{here}/"
    inside, *_, outside = (
        result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]
    )
    assert inside["uriBaseId"] == ROOT
    assert inside["uri"] == "sub%20dir/%C3%A4%2Cb%3Ac%25%23%3F%3B%5D.py"
    assert unquote(inside["uri"]) == NAME
    assert unquote(outside["uri"]) == f"file:///elsewhere/{NAME}"
    assert "uriBaseId" not in outside


def test_a_cell_is_said_and_no_line_of_the_file_made_up() -> None:
    text, cells = joined([(1, "a = 1\n", True), (3, "b = 1\nBAD\n", True)])
    source = Source("a.ipynb", text, cells=cells)
    (result,) = found([(source, [finding(text, "BAD")])])
    assert result["message"]["text"] == "cell 3:2:1: Wrong"
    (location,) = result["locations"]
    assert location["logicalLocations"] == [{"name": "3", "fullyQualifiedName": "cell 3"}]
    assert location["physicalLocation"]["region"]["startLine"] == 1
    assert "fixes" not in result
