"""The baseline: what it accepts, what it outlives and how it shrinks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import oai_lint
from tests.old_code import (
    BASELINE,
    FAULT,
    IMPORT,
    MENDED,
    accepted,
    found,
    git,
    program,
    project,
    write_baseline,
)

__all__ = ["project"]


def test_moved_lines_renamed_files_fixed_and_new_findings(tmp_path: Path) -> None:
    names = [[f"x{one}{two}" for two in range(4)] for one in range(5)]
    for number, arguments in enumerate(names):
        (tmp_path / f"m{number}.py").write_text(program(*arguments))
    select = ("check", "--select", "OAI111")
    assert oai_lint(tmp_path, *select, "--write-baseline").returncode == 0
    assert len(accepted(tmp_path)) == 20

    for path in tmp_path.glob("*.py"):
        path.write_text("# moved\n" * 50 + path.read_text())
    (tmp_path / "package").mkdir()
    (tmp_path / "m4.py").rename(tmp_path / "package" / "renamed.py")
    for name, arguments in (("m0.py", names[0][:3]), ("package/renamed.py", names[4][:2])):
        text = (tmp_path / name).read_text()
        for argument in arguments:
            text = text.replace(FAULT.format(argument=argument), MENDED.format(argument=argument))
        (tmp_path / name).write_text(text)
    for name, argument in (("m1.py", "y1"), ("package/renamed.py", "y2"), ("m3.py", "x30")):
        with (tmp_path / name).open("a") as file:  # the last is a copy of one that is there
            file.write("\n\n" + program(argument).removeprefix(IMPORT))

    run = (*select, "--baseline", BASELINE, "--output-format", "concise")
    strict = oai_lint(tmp_path, *run, "--strict-baseline")
    assert strict.returncode == 1
    assert strict.stderr.count("stale: ") == 5
    assert len(accepted(tmp_path)) == 20, "a strict run writes nothing"
    done = oai_lint(tmp_path, *run)
    assert done.returncode == 1
    assert done.stdout.count(" OAI111 ") == 3
    assert f"note: {BASELINE}: took out 5 fixed findings" in done.stderr
    now = accepted(tmp_path)
    assert len(now) == 15
    assert sum(entry.startswith("package/renamed.py ") for entry in now) == 2
    assert oai_lint(tmp_path, *run, "--strict-baseline").stderr == ""


def test_a_second_run_leaves_the_file_as_it_is(project: Path) -> None:
    write_baseline(project)
    before = (project / BASELINE).read_bytes()
    assert found(project) == []
    assert oai_lint(project, "check", "--write-baseline").returncode == 0
    assert (project / BASELINE).read_bytes() == before
    assert (project / BASELINE).stat().st_mode & 0o111 == 0


def test_a_run_prunes_only_what_it_judged(project: Path) -> None:
    write_baseline(project)
    (project / "a.py").write_text(IMPORT)
    (project / "b.py").write_text(IMPORT)
    for narrow in (["--select", "OAI101"], ["--ignore", "OAI111"], ["--confidence", "high"]):
        assert oai_lint(project, "check", *narrow).returncode == 0
        assert len(accepted(project)) == 6
    assert "took out 4 fixed findings" in oai_lint(project, "check", "a.py").stderr
    assert len(accepted(project)) == 2
    (project / "b.py").write_text("import openai\n(")
    assert oai_lint(project, "check").returncode == 1
    assert len(accepted(project)) == 2, "a file that does not parse was not judged"
    (project / "b.py").unlink()
    assert "took out" not in oai_lint(project, "check", "a.py").stderr, "it may be renamed"
    assert "took out 2 fixed findings" in oai_lint(project, "check").stderr
    assert accepted(project) == []


def test_a_part_is_accepted_anew_and_the_rest_kept(project: Path) -> None:
    write_baseline(project)
    (project / "b.py").write_text(program("t", "u", "v"))
    done = oai_lint(project, "check", "b.py", "--write-baseline")
    assert "accepted 3 findings" in done.stderr
    assert len(accepted(project)) == 7
    assert found(project) == []


def test_fixing_shrinks_the_baseline_too(project: Path) -> None:
    write_baseline(project)
    done = oai_lint(project, "check", "--fix", "a.py")
    assert done.returncode == 0
    assert "took out 4 fixed findings" in done.stderr
    assert "make_p" in (project / "a.py").read_text()
    assert len(accepted(project)) == 2


def test_dry_runs_and_standard_input_leave_the_baseline_alone(project: Path) -> None:
    write_baseline(project)
    before = (project / BASELINE).read_bytes()
    (project / "b.py").write_text(IMPORT)
    oai_lint(project, "check", "--diff")
    text = (program("p", "new")).encode()
    done = oai_lint(
        project, "check", "-", "--stdin-filename", "a.py", "--output-format=concise", stdin=text
    )
    assert done.stdout.startswith("a.py:9:28: OAI111 ")
    assert done.stdout.count("OAI111") == 1
    assert (project / BASELINE).read_bytes() == before


def test_a_baseline_elsewhere_names_files_from_its_own_place(project: Path) -> None:
    (project / "ci").mkdir()
    done = oai_lint(project, "check", "--write-baseline=ci/known.json")
    assert done.returncode == 0
    assert list(json.loads((project / "ci/known.json").read_text())["findings"]) == [
        "../a.py",
        "../b.py",
    ]
    assert found(project / "ci", "--baseline", "known.json", "..") == []
    assert len(found(project, "--baseline=")) == 6, "an empty name switches it off"


def test_findings_that_say_a_file_was_not_judged_are_never_accepted(project: Path) -> None:
    (project / "broken.py").write_text("import openai\n(")
    done = oai_lint(project, "check", "--write-baseline")
    assert done.returncode == 1
    assert "OAI900" in done.stdout
    assert len(accepted(project)) == 6


def test_no_file_is_taken_for_a_baseline_that_is_none(project: Path) -> None:
    before = (project / "a.py").read_bytes()
    done = oai_lint(project, "check", "--write-baseline=a.py")
    assert done.returncode == 2
    assert done.stderr.startswith("error: a.py:1: not valid JSON")
    assert (project / "a.py").read_bytes() == before


def test_a_baseline_that_cannot_be_written_is_no_reason_to_keep_findings_back(
    project: Path,
) -> None:
    done = oai_lint(project, "check", "--write-baseline=no/known.json")
    assert done.returncode == 2
    assert done.stderr == (
        "error: no/known.json: the baseline was not written: No such file or directory\n"
    )
    assert done.stdout.count("OAI111") == 6


def test_a_run_on_changed_lines_prunes_nothing(project: Path) -> None:
    write_baseline(project)
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "one")
    (project / "a.py").write_text(program("new", "p", "q", "r", "s"))
    done = oai_lint(project, "check", "--diff-base", "HEAD", "--output-format", "concise")
    assert done.stdout.startswith("a.py:4:28: OAI111 ")
    assert done.stdout.count("OAI111") == 1
    assert len(accepted(project)) == 6


@pytest.mark.parametrize(
    "options",
    [
        ["--target-openai", "<1"],
        ["--config", 'openai="<1"'],
        ["--config", 'clients={"shop.client"="OpenAI"}'],
        ["--isolated", "--baseline", BASELINE, "--select", "OAI111"],
        ["--ignore-noqa"],
    ],
)
def test_a_run_that_judges_otherwise_prunes_nothing(project: Path, options: list[str]) -> None:
    write_baseline(project)
    (project / "b.py").write_text(IMPORT)
    assert oai_lint(project, "check", *options).returncode == 0
    assert len(accepted(project)) == 6


@pytest.mark.parametrize(
    "options",
    [
        ["--write-baseline", "--diff"],
        ["--write-baseline", "--diff-base", "HEAD"],
        ["--write-baseline", "--add-ignore"],
        ["--add-ignore=x", "--fix"],
        ["--add-ignore", "--diff"],
        ["--add-ignore", "-"],
        ["--diff-base", "HEAD", "-"],
        ["--exit-zero", "--exit-non-zero-on-fix"],
    ],
)
def test_options_that_make_each_other_void(project: Path, options: list[str]) -> None:
    done = oai_lint(project, "check", *options)
    assert done.returncode == 2
    assert "cannot be used with" in done.stderr
    assert not (project / BASELINE).exists()
