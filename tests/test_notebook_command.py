"""The command on notebooks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.command import oai_lint
from tests.test_notebook import KEY, cell, notebook

FAULT = ("import openai", "# build\nclient = openai.OpenAI(api_key)\n", "client.models.list()")
"""Three cells of which the second has a fault with a safe fix."""
MENDED = "# build\nclient = openai.OpenAI(api_key=api_key)\n"
CONCISE = ("--isolated", "--output-format", "concise")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "app.ipynb").write_bytes(notebook(cell("# Title", "markdown"), *FAULT))
    return tmp_path


def test_notebooks_are_found_and_told_of_by_cell(here: Path) -> None:
    done = oai_lint(here, "check", *CONCISE)
    assert done.stdout.startswith("app.ipynb:cell 3:2:24: OAI111 [*] ")
    assert done.returncode == 1


def test_every_format_says_which_cell(here: Path) -> None:
    grouped = oai_lint(here, "check", "--isolated", "--output-format", "grouped").stdout
    assert grouped.startswith("app.ipynb:\n  cell 3:2:24 OAI111 [*] ")
    github = oai_lint(here, "check", "--isolated", "--output-format", "github").stdout
    assert "::app.ipynb:cell 3:2:24: OAI111 " in github
    for name in ("json", "json-lines"):
        report = json.loads(oai_lint(here, "check", "--isolated", "--output-format", name).stdout)
        item = report[0] if isinstance(report, list) else report
        assert item["cell"] == 3
        assert item["location"] == {"row": 2, "column": 24}
        assert item["end_location"] == {"row": 2, "column": 31}
        assert item["noqa_row"] == 2
        (edit,) = item["fix"]["edits"]
        assert edit["cell"] == 3
        assert edit["location"] == {"row": 2, "column": 24}


def test_frames_count_lines_in_the_cell_and_end_with_it(here: Path) -> None:
    done = oai_lint(here, "check", "--isolated")
    assert done.stdout.splitlines()[1:16] == [
        " --> app.ipynb:cell 3:2:24",
        "  |",
        "1 | # build",
        "2 | client = openai.OpenAI(api_key)",
        "  |                        ^^^^^^^",
        "  |",
        "help: Pass the key as `api_key=`",
        " ::: cell 3",
        "  |",
        "1 | # build",
        "  - client = openai.OpenAI(api_key)",
        "2 + client = openai.OpenAI(api_key=api_key)",
        "  |",
        "",
        "Found 1 error.",
    ]


def test_a_fix_in_several_cells_shows_each(here: Path) -> None:
    (here / "app.ipynb").write_bytes(notebook("import openai", f'openai.api_key = "{KEY}"'))
    done = oai_lint(here, "check", "--isolated", "--output-format", "full")
    shown = [line.strip() for line in done.stdout.splitlines()]
    assert shown.index("::: cell 1") < shown.index("1 + import os") < shown.index("::: cell 2")


def test_fix_writes_the_cell_and_nothing_else(here: Path) -> None:
    before = json.loads((here / "app.ipynb").read_bytes())
    assert oai_lint(here, "check", "--isolated", "--fix").returncode == 0
    after = json.loads((here / "app.ipynb").read_bytes())
    assert after["cells"][2].pop("source") == MENDED
    before["cells"][2].pop("source")
    assert before == after
    assert oai_lint(here, "check", "--isolated", "--fix").stdout == "All checks passed!\n"


def test_diff_is_one_for_each_cell(here: Path) -> None:
    data = (here / "app.ipynb").read_bytes()
    done = oai_lint(here, "check", "--isolated", "--diff")
    assert done.stdout.splitlines() == [
        "--- app.ipynb:cell 3",
        "+++ app.ipynb:cell 3",
        "@@ -1,3 +1,3 @@",
        " # build",
        "-client = openai.OpenAI(api_key)",
        "+client = openai.OpenAI(api_key=api_key)",
        " ",
        "",
    ]
    assert done.returncode == 1
    assert (here / "app.ipynb").read_bytes() == data


def test_standard_input(here: Path) -> None:
    data = (here / "app.ipynb").read_bytes()
    named = ("--stdin-filename", "sub/app.ipynb", "-")
    found = oai_lint(here, "check", *CONCISE, *named, stdin=data)
    assert found.stdout.startswith("sub/app.ipynb:cell 3:2:24: OAI111 ")
    fixed = oai_lint(here, "check", "--isolated", "--fix", *named, stdin=data)
    assert json.loads(fixed.stdout)["cells"][2]["source"] == MENDED
    clean = notebook("import openai")
    assert oai_lint(here, "check", "--fix", *named, stdin=clean).stdout == clean.decode()


@pytest.mark.parametrize(
    "setting", ['per-file-ignores={"*.ipynb"=["OAI111"]}', 'exclude=["*.ipynb"]']
)
def test_settings_know_notebooks_by_name(here: Path, setting: str) -> None:
    assert oai_lint(here, "check", "--config", setting).returncode == 0


def test_broken_notebooks_get_a_line_and_stay_as_they_are(here: Path) -> None:
    broken = {
        "a.ipynb": b'{"cells": [\n{"source": "import openai"',
        "b.ipynb": b'{"cells": [\n{"source": "import openai"}]}',
        "c.ipynb": b'{"worksheets": [], "openai": 1}',
        "d.ipynb": b"\x89PNG openai",
    }
    for name, data in broken.items():
        (here / name).write_bytes(data)
    done = oai_lint(here, "check", "--isolated", "--fix")
    assert done.returncode == 2
    assert [line.split(": ")[1:3] for line in done.stderr.splitlines()] == [
        [name, "not a notebook"] for name in broken
    ]
    assert "`cells[0]` on line 2" in done.stderr
    assert {name: (here / name).read_bytes() for name in broken} == broken
    assert MENDED.splitlines()[1] in (here / "app.ipynb").read_text()
    assert (
        oai_lint(here, "check", "-", "--stdin-filename", "a.ipynb", stdin=b"openai").returncode == 2
    )


def test_what_does_not_mention_the_api_is_not_even_parsed(here: Path) -> None:
    (here / "app.ipynb").write_bytes(b"{")
    done = oai_lint(here, "check", "app.ipynb")
    assert (done.returncode, done.stdout) == (0, "All checks passed!\n")


def test_a_notebook_that_only_talks_of_the_api_costs_no_parser(here: Path) -> None:
    (here / "app.ipynb").write_bytes(notebook(cell("openai", "markdown"), "x = 1"))
    code = (
        "import sys; from oai_lint.cli import run; run(['check', '--isolated']);"
        " print('libcst' in sys.modules)"
    )
    done = oai_lint(here, code, prefix=("-c",))
    assert done.stdout == "All checks passed!\nFalse\n"


def test_no_key_of_an_output_is_ever_printed(here: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": [KEY]}
    (here / "app.ipynb").write_bytes(notebook(cell("show()", outputs=[output])))
    names = ("full", "concise", "json", "github", "sarif", "gitlab", "junit", "markdown")
    outputs = [f"--output={name}={name}.txt" for name in names]
    fixing = ("--fix", "--unsafe-fixes")
    done = oai_lint(here, "check", "--isolated", *fixing, *outputs, "--output=grouped")
    assert done.returncode == 1
    for report in (done.stdout, *((here / f"{name}.txt").read_text() for name in names)):
        assert "OAI101" in report
        assert KEY not in report
    assert KEY in (here / "app.ipynb").read_text()


def test_add_ignore_writes_comments_into_cells(here: Path) -> None:
    (here / "app.ipynb").write_bytes(notebook(*FAULT, cell(f"%env OPENAI_API_KEY={KEY}")))
    done = oai_lint(here, "check", "--isolated", "--add-ignore=later")
    after = json.loads((here / "app.ipynb").read_bytes())["cells"]
    assert after[1]["source"] == FAULT[1].replace(
        ")\n", ")  # oai-lint: ignore[positional-api-key] later\n"
    )
    assert after[3]["source"] == f"%env OPENAI_API_KEY={KEY}"  # a comment would be its value
    assert done.returncode == 1


def test_baseline_takes_notebooks(here: Path) -> None:
    assert oai_lint(here, "check", "--isolated", "--write-baseline=b.json").returncode == 0
    assert oai_lint(here, "check", "--isolated", "--baseline", "b.json").returncode == 0
    moved = notebook("import os\n\nprint(os)", *FAULT)
    (here / "app.ipynb").write_bytes(moved)
    assert oai_lint(here, "check", "--isolated", "--baseline", "b.json").returncode == 0


def test_changed_lines_of_a_notebook_are_those_of_its_cells(here: Path) -> None:
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run([*git, *command], cwd=here, check=True)
    since = ("check", *CONCISE, "--diff-base", "HEAD")
    assert oai_lint(here, *since).returncode == 0
    more = 'other = openai.OpenAI("k")'
    (here / "app.ipynb").write_bytes(notebook(*FAULT, more))
    assert oai_lint(here, *since).stdout.startswith("app.ipynb:cell 4:1:23: OAI111 ")
