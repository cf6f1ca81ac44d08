"""Standard streams that are closed, full, or pipes; files that are pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import FAULT, MENDED, RULES, environment, oai_lint

SELECT = ("--select", RULES)
NO_OUTPUT = "error: there is no standard output to write to\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(FAULT)
    (tmp_path / "clean.py").write_text("import os\n")
    return tmp_path


def run_into(here: Path, redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = f"{sys.executable} -m oai_lint check {' '.join(arguments)} {redirection}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=here,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_closed_output(here: Path) -> None:
    (here / "app.py").write_text("import openai\n" + 'openai.OpenAI("k")\n' * 2000)
    done = run_into(here, "| head -1; exit ${PIPESTATUS[0]}", *SELECT, "app.py")
    assert done.returncode == 2
    assert done.stderr == "error: the output was closed before the end of the report\n"


@pytest.mark.parametrize(
    "arguments",
    [["clean.py"], [*SELECT, "app.py"], ["-s", "--show-files"], ["--help"]],
    ids=" ".join,
)
def test_no_output(here: Path, arguments: list[str]) -> None:
    done = run_into(here, ">&-", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", NO_OUTPUT)


@pytest.mark.parametrize(
    "option", ["-oout.txt", "-qoout.txt", "-o out.txt", "--output-file=out.txt"]
)
def test_no_output_where_none_is_needed(here: Path, option: str) -> None:
    done = run_into(here, ">&-", *SELECT, "app.py", option)
    assert (done.returncode, done.stderr) == (1, "")
    assert "OAI111" in (here / "out.txt").read_text()
    assert run_into(here, ">&-", "-q", "clean.py").returncode == 0


def test_nobody_hears_errors(here: Path) -> None:
    done = run_into(here, "2>&-", *SELECT, "--output-format=concise", "gone.py", "app.py")
    assert (done.returncode, done.stdout[:20]) == (2, "app.py:3:24: OAI111 ")
    assert run_into(here, ">&- 2>&-", *SELECT, "app.py").returncode == 2


def test_closed_input(here: Path) -> None:
    done = run_into(here, "<&-", "-")
    assert (done.returncode, done.stderr) == (2, "error: there is no standard input to read\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("name", ["app.py", "clean.py"])
def test_full_disk(here: Path, name: str) -> None:
    done = run_into(here, "> /dev/full", name)
    assert done.returncode == 2
    assert done.stderr == "error: cannot write the report: No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="it cannot be removed there")
@pytest.mark.parametrize("file", ["clean.py", "app.py", "."])
def test_the_working_directory_is_gone(here: Path, file: str) -> None:
    (here / "gone").mkdir()
    python = f"cd gone; rmdir ../gone; exec {sys.executable} -m oai_lint"
    done = subprocess.run(
        ["bash", "-c", f"{python} check {here / file}"],
        cwd=here,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "error: the working directory is gone"
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipes there")
def test_pipes_are_read_once(here: Path) -> None:
    options = " ".join((*SELECT, "--output-format=concise"))
    for redirection in (f"/dev/stdin {options} < <(cat app.py)", f"<(cat app.py) {options}"):
        done = run_into(here, redirection)
        assert done.returncode == 1, redirection
        assert ":3:24: OAI111 " in done.stdout
    done = run_into(here, "", *SELECT, "--fix", "<(cat app.py)")
    assert done.returncode == 2
    assert done.stderr.endswith(": not fixed: not a regular file\n")
    assert "OAI111" in done.stdout
    # A pipe with a name waits for whoever writes, as in ruff.
    os.mkfifo(here / "pipe.py")
    done = run_into(here, "", *SELECT, "pipe.py", "&", "cat app.py > pipe.py; wait $!")
    assert (done.returncode, "pipe.py:3:24" in done.stdout) == (1, True)
    done = run_into(here, "", "--diff", *SELECT, "pipe.py", "&", "cat app.py > pipe.py; wait $!")
    assert (done.returncode, done.stderr) == (1, "Would fix 1 error.\n")
    migrated = f"{sys.executable} -m oai_lint migrate pipe.py & cat app.py > pipe.py; wait $!"
    shell = ["bash", "-c", migrated]
    ended = subprocess.run(shell, cwd=here, env=environment(), timeout=60, check=False)
    assert ended.returncode == 0


def test_a_file_is_only_replaced_by_what_is_whole(here: Path) -> None:
    """Each write is to a file beside, and what cannot be done leaves none."""
    trace = """
import os, sys
from oai_lint import __main__, cli
def refuse(*paths): raise OSError(28, "No space left on device")
os.replace = refuse
sys.exit(cli.run(sys.argv[1:]))
"""
    (here / "old.json").write_text(oai_lint(here, "check", "--output-format=json").stdout)
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    for arguments in (
        ["--fix"],
        ["--add-ignore"],
        ["--write-baseline"],
        ["-o", "new.txt"],
        ["-o", "old.json"],
    ):
        done = oai_lint(here, "check", *SELECT, *arguments, prefix=("-c", trace))
        assert done.returncode == 2
        assert "No space left on device" in done.stderr
        assert {path.name: path.read_bytes() for path in here.iterdir()} == before
    assert (here / "app.py").read_text() != MENDED
