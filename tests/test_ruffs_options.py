"""Options that ruff has too: tried beside ruff, on a project of each."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from oai_lint.cli import main
from tests.command import FAULT, MENDED, environment, oai_lint

LEFT = f'{FAULT}other = openai.OpenAI(api_key="sk-your-key")\n'
OURS = {"app.py": LEFT, "clean.py": "import os\n\nprint(os)\n"}
"""One finding with a safe fix, one without."""
THEIRS = {"app.py": "import os\n\nclient = undefined\n", "clean.py": OURS["clean.py"]}

LEFT_OUT = {
    "--target-version": "no rule asks for the version of Python",
    "--preview": "no rule is on trial",
    "--extension": "what a file is, its name says",
    "--add-noqa": "--add-ignore, as in ruff, writes comments that name the rule",
    "--cache-dir": "there is no cache",
}
"""What ruff takes and we do not, and why."""


def options(text: str) -> set[str]:
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", text, re.M))


def ruff(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def projects(tmp_path: Path) -> tuple[Path, Path]:
    """The same project for us and for ruff."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for directory, files in ((ours, OURS), (theirs, THEIRS)):
        directory.mkdir()
        for name, text in files.items():
            (directory / name).write_text(text)
    return ours, theirs


def test_every_option_of_ruffs_is_taken_or_left_out_for_a_reason(tmp_path: Path) -> None:
    command = main.commands["check"]
    taken = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    asked = options(ruff(tmp_path, "--help").stdout)
    assert {"--select", "--fix-only", "--add-noqa"} <= asked
    assert asked - taken - {"--help"} == set(LEFT_OUT)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fix-only"],
        ["--fix-only", "--no-fix"],
        ["--fix-only", "--quiet"],
        ["--fix-only", "--silent"],
        ["--fix-only", "--exit-non-zero-on-fix"],
        ["--fix-only", "clean.py"],
        ["--fix-only", "--show-fixes"],
        ["--fix-only", "--no-fix-only", "--quiet", "clean.py"],
        ["--fix-only", "--output-format", "github"],
    ],
    ids=" ".join,
)
def test_fixing_alone(projects: tuple[Path, Path], arguments: list[str]) -> None:
    ours, theirs = projects
    done = oai_lint(ours, "check", "--select", "OAI1", *arguments)
    model = ruff(theirs, *arguments)
    said = re.sub(r"F401 \(.*\)", "OAI111 (positional-api-key)", model.stdout)
    assert (done.returncode, done.stdout, done.stderr) == (model.returncode, said, model.stderr)
    was_fixed = (theirs / "app.py").read_text() != THEIRS["app.py"]
    assert ((ours / "app.py").read_text() == LEFT.replace(FAULT, MENDED)) is was_fixed


def test_fixing_standard_input_alone(projects: tuple[Path, Path]) -> None:
    ours, _ = projects
    done = oai_lint(ours, "check", "--select", "OAI1", "--fix-only", "-", stdin=LEFT.encode())
    assert (done.returncode, done.stdout) == (0, LEFT.replace(FAULT, MENDED))
    assert done.stderr == "Fixed 1 error.\n"


def test_fixing_alone_as_a_setting_of_the_project(projects: tuple[Path, Path]) -> None:
    ours, _ = projects
    (ours / "oai-lint.toml").write_text('fix-only = true\nselect = ["OAI1"]\n')
    assert oai_lint(ours, "check", "clean.py").stdout == ""
    diff = oai_lint(ours, "check", "--diff", "app.py")
    assert (diff.returncode, diff.stderr.splitlines()[-1][:17]) == (1, "Would fix 1 error")
    kept = oai_lint(ours, "check", "--no-fix-only", "app.py")
    assert (kept.returncode, (ours / "app.py").read_text()) == (1, LEFT)
    silenced = oai_lint(ours, "check", "--no-fix-only", "--add-ignore=old", "app.py")
    assert silenced.returncode == 0
    done = oai_lint(ours, "check", "app.py")
    assert (done.returncode, done.stdout) == (0, "")


def test_fixing_alone_hides_no_failure(projects: tuple[Path, Path]) -> None:
    ours, _ = projects
    done = oai_lint(ours, "check", "--select", "OAI1", "--fix-only", "gone.py", "app.py")
    assert (done.returncode, done.stdout) == (2, "Fixed 1 error.\n")
    assert done.stderr == "error: gone.py: No such file or directory\n"


def test_statistics_of_what_fixing_alone_leaves(projects: tuple[Path, Path]) -> None:
    arguments = ("--fix-only", "--statistics", "--output-format", "concise")
    done, model = oai_lint(projects[0], "check", *arguments), ruff(projects[1], *arguments)
    assert done.returncode == model.returncode == 0
    assert "placeholder-api-key" in done.stdout
    assert "undefined-name" in model.stdout
    assert done.stdout.endswith("\nFixed 1 error.\n")
    assert model.stdout.endswith("\nFixed 1 error.\n")


def test_the_files_that_would_be_checked(projects: tuple[Path, Path]) -> None:
    ours, theirs = projects
    for directory in projects:
        (directory / "skipped.py").touch()
        (directory / "notes.txt").touch()
    for arguments in (["--show-files"], ["--show-files", "--fix", "app.py"]):
        arguments += ["--exclude", "skipped.py"]
        done, model = oai_lint(ours, "check", *arguments), ruff(theirs, *arguments)
        assert (done.returncode, done.stderr) == (model.returncode, model.stderr) == (0, "")
        assert done.stdout == model.stdout.replace(str(theirs), str(ours))
    assert (ours / "app.py").read_text() == LEFT
    done = oai_lint(ours, "check", "--show-files", "gone.py", "app.py", "-o", "list.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert (ours / "list.txt").read_text() == f"{ours / 'app.py'}\n"


def test_the_settings_of_the_first_file(projects: tuple[Path, Path]) -> None:
    ours, theirs = projects
    arguments = ("--show-settings", "--fixable", "ALL")
    done, model = oai_lint(ours, "check", *arguments), ruff(theirs, *arguments)
    assert done.returncode == model.returncode == 0
    first, _, *rest = done.stdout.splitlines()
    assert first == model.stdout.splitlines()[0].replace(str(theirs), str(ours))
    assert 'fixable = ["ALL"]  # command line' in rest
    (ours / "empty").mkdir()
    (theirs / "empty").mkdir()
    done, model = (
        oai_lint(ours, "check", arguments[0], "empty"),
        ruff(theirs, arguments[0], "empty"),
    )
    assert done.returncode == model.returncode == 2
    assert done.stderr.endswith("error: No files found under the given path\n")
    missing = oai_lint(ours, "check", "--show-settings", "gone.py")
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)


def test_comments_that_silence_can_be_ignored(projects: tuple[Path, Path]) -> None:
    ours, theirs = projects
    line = FAULT.splitlines()[-1]
    (ours / "app.py").write_text(
        f"{FAULT.strip()}  # noqa\n{line}  # oai-lint: ignore[OAI111] old\n"
    )
    (ours / "clean.py").write_text(f"# oai-lint: ignore-file[OAI1]\n{FAULT}")
    (theirs / "app.py").write_text("x = y  # noqa\nz = y  # ruff: ignore[F821]\n")
    (theirs / "clean.py").write_text("# ruff: noqa: F821\nx = y\n")
    for arguments in ([], ["--ignore-noqa"]):
        done = oai_lint(ours, "check", "--select", "OAI111,OAI901", *arguments)
        assert done.returncode == ruff(theirs, *arguments).returncode == bool(arguments)
    assert "Found 3 errors." in done.stdout  # and OAI901 has nothing to say about what was ignored
    assert "--ignore-noqa" in oai_lint(ours, "check", "--ignore-noqa", "--add-ignore").stderr


@pytest.mark.parametrize(
    ("arguments", "fixable"),
    [
        (["--fixable", "OAI9"], False),
        (["--fixable", "OAI9", "--extend-fixable", "OAI111"], True),
        (["--unfixable", "OAI1", "--extend-fixable", "OAI111"], True),
        (["--unfixable", "OAI111", "--extend-fixable", "OAI1"], False),
        (["--config", 'unfixable = ["OAI111"]', "--extend-fixable", "OAI111"], True),
        (["--config", 'unfixable = ["OAI111"]', "--fixable", "OAI9"], False),
        (["--config", 'fixable = ["OAI9"]', "--extend-fixable", "OAI1"], True),
        (["--config", 'extend-fixable = ["OAI1"]', "--fixable", "OAI9"], False),
    ],
)
def test_which_rules_may_fix(
    projects: tuple[Path, Path], arguments: list[str], fixable: bool
) -> None:
    # With OAI111 for F401, OAI1 for F4, and a selector that has nothing to say here.
    same = {"OAI111": "F401", "OAI1": "F4", "OAI9": "E7"}
    theirs = [re.sub(r"OAI\d+", lambda match: same[match[0]], item) for item in arguments]
    theirs = [re.sub(r"^(?=[a-z])", "lint.", item) for item in theirs]
    done = oai_lint(projects[0], "check", "--select", "OAI111", *arguments)
    model = ruff(projects[1], "--select", "F401", *theirs)
    assert ("1 fixable" in done.stdout) is ("1 fixable" in model.stdout) is fixable


def test_per_file_ignores_on_top_of_others(projects: tuple[Path, Path]) -> None:
    ours, theirs = projects
    found = []
    for option in ("--per-file-ignores", "--extend-per-file-ignores"):
        arguments = ("--config", 'per-file-ignores = {"app.py" = ["OAI1"]}', option, "a*:OAI9")
        model = ruff(
            theirs, "--config", 'lint.per-file-ignores = {"app.py" = ["F"]}', option, "a*:E7"
        )
        done = oai_lint(ours, "check", "--select", "OAI1,OAI9", *arguments)
        assert done.returncode == model.returncode
        found.append(done.returncode)
    assert found == [1, 0]


def test_settings_of_a_replaced_selection_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "oai-lint.toml").write_text('select = ["OAI1"]\nignore = ["OAI111"]\n')
    shown = oai_lint(tmp_path, "config", "--config", 'select = ["OAI2"]').stdout
    assert 'select = ["OAI2"]' in shown
    assert "ignore = []" in shown


def test_a_name_for_standard_input_means_standard_input(projects: tuple[Path, Path]) -> None:
    options = ("--output-format=concise", "--stdin-filename=x.py")
    for paths in ([], ["clean.py"], ["-"]):
        stdin = LEFT.encode()
        done = oai_lint(projects[0], "check", "--select=OAI111", *options, *paths, stdin=stdin)
        model = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--isolated", *options, *paths],
            cwd=projects[1],
            input=THEIRS["app.py"].encode(),
            capture_output=True,
            env=environment(),
            check=False,
        )
        assert done.returncode == model.returncode == 1
        assert done.stdout.startswith("x.py:3:24: OAI111")
        assert model.stdout.startswith(b"x.py:1:8: F401")
        assert done.stderr == model.stderr.decode()
        assert ("Ignoring file clean.py" in done.stderr) is (paths == ["clean.py"])


def test_the_environment_names_format_and_file(projects: tuple[Path, Path]) -> None:
    ours, theirs = projects
    for file in ("app.py", "clean.py"):
        done = oai_lint(ours, "check", "--select=OAI111", file, OAI_LINT_OUTPUT_FORMAT="json")
        kept = oai_lint(
            ours, "check", "--select=OAI111", file, OAI_LINT_OUTPUT_FILE="out.txt",
            OAI_LINT_OUTPUT_FORMAT="concise",
        )  # fmt: skip
        model = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F401", file],
            cwd=theirs,
            env=environment(RUFF_OUTPUT_FORMAT="concise", RUFF_OUTPUT_FILE="out.txt"),
            capture_output=True,
            check=False,
        )
        assert done.returncode == kept.returncode == model.returncode
        assert [item["code"] for item in json.loads(done.stdout)] == ["OAI111"] * done.returncode
        assert kept.stdout == model.stdout.decode() == ""
        last = (ours / "out.txt").read_text().splitlines()[-1]
        assert last == (theirs / "out.txt").read_text().splitlines()[-1]
    named = oai_lint(ours, "check", "app.py", "--output-format=json", OAI_LINT_OUTPUT_FORMAT="full")
    assert json.loads(named.stdout)
    wrong = oai_lint(ours, "check", "clean.py", OAI_LINT_OUTPUT_FORMAT="xml")
    assert (wrong.returncode, "env var: 'OAI_LINT_OUTPUT_FORMAT'" in wrong.stderr) == (2, True)


def test_help_and_version_as_ruff_has_them(tmp_path: Path) -> None:
    assert oai_lint(tmp_path, "-V").stdout == oai_lint(tmp_path, "--version").stdout
    assert oai_lint(tmp_path, "help").stdout == oai_lint(tmp_path, "--help").stdout
    assert oai_lint(tmp_path, "help", "rule").stdout == oai_lint(tmp_path, "rule", "-h").stdout
    done = oai_lint(tmp_path, "help", "chek")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command 'chek'" in done.stderr


def test_options_have_help() -> None:
    for command in main.commands.values():
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help or option.name in ("output_format", "everything")
