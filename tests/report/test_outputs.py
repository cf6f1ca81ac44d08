"""Several reports in one run, where they go, and which findings make it fail."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from oai_lint.cli import run
from oai_lint.config import ConfigError
from oai_lint.report import FORMATS
from oai_lint.report.outputs import Output, planned
from tests.command import FAULT, oai_lint

USUAL = Output("full")


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app.py").write_text(FAULT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def check(here: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command, run in this process: exit code, standard output and standard error."""

    def check(*arguments: str) -> tuple[int, str, str]:
        code = run(["check", "--select", "OAI111", *arguments])
        return code, *capfd.readouterr()

    return check


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_beside_what_is_printed(here: Path) -> None:
    plain = oai_lint(here, "check")
    done = oai_lint(here, "check", "--output", "sarif=out/log.sarif")
    assert (done.returncode, done.stdout, done.stderr) == (1, plain.stdout, "")
    log = json.loads((here / "out" / "log.sarif").read_text())
    assert "OAI111" in [result["ruleId"] for result in log["runs"][0]["results"]]
    assert names(here / "out") == ["log.sarif"]  # nothing temporary is left


def test_an_output_without_a_file_is_printed_instead(here: Path, check: Run) -> None:
    code, out, _ = check("--output", "github", "--output", "junit=a.xml", "--output=pylint")
    assert code == 1
    first, second = out.splitlines()
    assert first.startswith("::error title=oai-lint (OAI111)")
    assert second.startswith("app.py:3: [OAI111] ")
    assert ElementTree.parse(here / "a.xml").getroot().get("tests") == "1"


def test_a_format_that_was_asked_for_is_printed_too(here: Path, check: Run) -> None:
    _, out, _ = check("--output-format", "concise", "--output", "github", "-q")
    assert [line[:7] for line in out.splitlines()] == ["app.py:", "::error"]
    (here / "oai-lint.toml").write_text('output-format = "concise"\n')
    _, out, _ = check("--output", "github", "-q")
    assert [line[:7] for line in out.splitlines()] == ["::error"]
    _, out, _ = check("-o", "usual.txt", "--output", "github", "-q")
    assert [line[:7] for line in out.splitlines()] == ["::error"]
    assert (here / "usual.txt").read_text().startswith("app.py:3:")


def test_every_format_in_one_run(here: Path, check: Run) -> None:
    options = [f"--output={name}={name}.out" for name in FORMATS]
    code, printed, _ = check(*options)
    assert code == 1
    found = {name: (here / f"{name}.out").read_text() for name in FORMATS}
    assert all("OAI111" in text for text in found.values())
    assert found["full"] == printed
    assert check("--output-format", "sarif")[1] == found["sarif"]
    code, printed, _ = check(*options, "--ignore", "OAI111")
    assert (code, printed) == (0, "All checks passed!\n")
    assert not any("OAI111" in (here / f"{name}.out").read_text() for name in FORMATS)


def test_the_usual_report_is_called_by_no_name_of_another_option(here: Path, check: Run) -> None:
    code, out, err = check("--output", "json=x", "-o", "x")
    assert (code, out, err) == (2, "", "error: --output json=x: another report goes to that file\n")
    assert not (here / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["sarf"], "--output sarf: must begin with one of `full`, "),
        (["sarf=x"], "not `sarf`; did you mean `sarif`?"),
        (["json="], "--output json=: a path is missing after `=`"),
        (["json", "github"], "--output json: cannot share standard output with another format;"),
        (["json=a", "sarif=./a"], "--output sarif=./a: another report goes to that file"),
    ],
)
def test_what_cannot_be_meant(here: Path, check: Run, arguments: list[str], line: str) -> None:
    options = [part for value in arguments for part in ("--output", value)]
    code, out, err = check(*options)
    assert (code, out) == (2, "")
    assert line in err
    assert names(here) == ["app.py"]


def test_other_options_that_make_it_void(check: Run) -> None:
    code, _, err = check("--diff", "--output", "github")
    assert (code, err.splitlines()[-1]) == (2, "Error: --diff cannot be used with --output")
    code, _, err = check("--statistics", "--output", "github")
    assert (code, err.splitlines()[-1]) == (2, "Error: --output cannot be used with --statistics")


def test_a_report_that_cannot_be_written_leaves_the_others(here: Path, check: Run) -> None:
    code, out, err = check("--output", "json=app.py/log", "--output", "junit=a.xml", "-q")
    assert (code, err) == (2, "error: app.py/log: the report cannot be written: Not a directory\n")
    assert "OAI111" in out
    assert (here / "a.xml").exists()
    assert (here / "app.py").read_text() == FAULT


def test_a_report_takes_the_place_of_the_last_one(here: Path, check: Run) -> None:
    target = here / "kept" / "log.json"
    target.parent.mkdir()
    target.write_text("old")
    target.chmod(0o640)
    (here / "link.json").symlink_to(target)
    check("--output", "json=link.json")
    assert json.loads(target.read_text())[0]["code"] == "OAI111"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert (here / "link.json").is_symlink()


def test_devices_are_written_to(here: Path, check: Run) -> None:
    _, out, _ = check("--output", "json=/dev/stderr", "--output", "pylint")
    assert out.startswith("app.py:3:")


def test_silence_covers_files_as_in_ruff(here: Path, check: Run) -> None:
    assert check("-s", "--output", "json=log.json") == (1, "", "")
    assert not (here / "log.json").exists()


def test_plans() -> None:
    assert planned(USUAL, [], explicit=False) == (USUAL,)
    assert planned(USUAL, ["sarif=x"], explicit=False) == (USUAL, Output("sarif", "x"))
    assert planned(USUAL, ["github"], explicit=False) == (Output("github"),)
    assert planned(USUAL, ["github"], explicit=True) == (USUAL, Output("github"))
    # On Windows, and wherever a file's name has the sign in it.
    assert planned(USUAL, ["sarif=C:\\a=b"], explicit=False)[1] == Output("sarif", "C:\\a=b")
    with pytest.raises(ConfigError, match="cannot share standard output"):
        planned(USUAL, ["sarif"], explicit=True)


@pytest.mark.parametrize(
    ("severity", "codes"),
    [("error", (1, 0, 0)), ("warning", (1, 1, 0)), ("info", (1, 1, 1))],
)
def test_fail_on(check: Run, severity: str, codes: tuple[int, int, int]) -> None:
    """The finding is reported with each severity, and fails the run from the one given on."""
    for reported, code in zip(("error", "warning", "info"), codes, strict=True):
        setting = f'severity={{OAI111="{reported}"}}'
        found = check("--config", setting, "--fail-on", severity, "--output-format", "json")
        assert (found[0], json.loads(found[1])[0]["severity"]) == (code, reported)
        configured = check("--config", setting, "--config", f'fail-on="{severity}"')
        assert configured[0] == code


def test_fail_on_leaves_other_reasons_to_fail_alone(here: Path, check: Run) -> None:
    mild = ("--config", 'severity={OAI111="info"}', "--fail-on", "error")
    assert check(*mild, "--diff")[0] == 1
    assert check(*mild, "gone.py")[0] == 2
    assert check(*mild, "--fix", "--exit-non-zero-on-fix")[0] == 1
    (here / "app.py").write_text("import openai\nopenai.(\n")
    assert check(*mild)[0] == 1  # a file that cannot be read is an error


def test_fail_on_has_three_values(here: Path, check: Run) -> None:
    code, _, err = check("--config", 'fail-on="never"')
    assert code == 2
    assert "`fail-on`: must be one of `error`, `warning`, `info`, not `never`" in err
