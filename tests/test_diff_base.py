"""Findings on lines that changed since a git revision."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from oai_lint.git import hunks
from tests.command import oai_lint
from tests.old_code import IMPORT, found, git, program, project

__all__ = ["project"]


@pytest.fixture
def repository(project: Path) -> Path:
    (project / ".gitignore").write_text("ignored.py\n")
    (project / "pyproject.toml").unlink()
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "one")
    return project


def test_only_changed_lines_count(repository: Path) -> None:
    assert found(repository, "--diff-base", "HEAD") == []
    text = program("p", "q", "r", "s").replace("OpenAI(q)", "OpenAI(q0)")
    (repository / "a.py").write_text("# above\n" * 3 + text)
    (repository / "new.py").write_text(program("n", "m"))
    (repository / "ignored.py").write_text(program("i"))
    (repository / "b.py").rename(repository / "c.py")
    git(repository, "add", "--all")
    with (repository / "c.py").open("a") as file:
        file.write("\n\n" + program("z").removeprefix(IMPORT))
    expected = [
        ("a.py", 12, "OAI111"),
        ("c.py", 14, "OAI111"),
        ("new.py", 4, "OAI111"),
        ("new.py", 9, "OAI111"),
    ]
    assert found(repository, "--diff-base", "HEAD") == expected
    git(repository, "commit", "--quiet", "--all", "--message", "two")
    assert found(repository, "--diff-base", "HEAD") == []
    assert found(repository, "--diff-base", "HEAD~1") == expected
    assert found(repository, "--diff-base", "HEAD~1", "a.py", "ignored.py") == expected[:1]


def test_untracked_files_count_wholly(repository: Path) -> None:
    (repository / "ü\tn.py").write_text(program("n"))
    assert found(repository, "--diff-base", "HEAD") == [("ü\tn.py", 4, "OAI111")]
    run = ("check", "--diff-base", "HEAD", "--select", "OAI111")
    # As a hook has them, of another repository.
    done = oai_lint(repository, *run, GIT_DIR="elsewhere/.git", GIT_INDEX_FILE="elsewhere/index")
    assert done.stdout.count("OAI111") == 1


def test_a_finding_is_new_where_a_line_of_it_was_taken_out(repository: Path) -> None:
    call = "client = openai.OpenAI(\n    key,\n    timeout=3,\n)\n"
    (repository / "a.py").write_text(IMPORT + call + call)
    git(repository, "commit", "--quiet", "--all", "--message", "two")
    (repository / "a.py").write_text(IMPORT + call + call.replace("    timeout=3,\n", ""))
    # OAI111 is about the argument alone; the call as a whole is what OAI402 is about.
    run = ("check", "--select", "OAI402", "--diff-base", "HEAD", "--output-format", "concise")
    assert "a.py:7:10: OAI402" in oai_lint(repository, *run).stdout


def test_since_where_a_branch_began(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "-b", "topic")
    git(repository, "checkout", "--quiet", "-")
    (repository / "a.py").write_text("# theirs\n" + program("p", "q", "other", "s"))
    git(repository, "commit", "--quiet", "--all", "--message", "theirs")
    git(repository, "tag", "theirs")
    git(repository, "checkout", "--quiet", "topic")
    (repository / "b.py").write_text(program("t", "mine"))
    assert found(repository, "--diff-base", "theirs") == [
        ("a.py", 14, "OAI111"),
        ("b.py", 9, "OAI111"),
    ]
    assert found(repository, "--diff-base", "theirs...") == [("b.py", 9, "OAI111")]


def test_fixes_touch_changed_lines_only(repository: Path) -> None:
    text = program("p", "q", "r", "s").replace("OpenAI(r)", "OpenAI(r0)")
    (repository / "a.py").write_text("\n\n" + text)
    done = oai_lint(repository, "check", "--fix", "--diff-base", "HEAD", "--select", "OAI111")
    assert (done.returncode, done.stdout) == (0, "Found 1 error (1 fixed, 0 remaining).\n")
    fixed = "\n\n" + text.replace("OpenAI(r0)", "OpenAI(api_key=r0)")
    assert (repository / "a.py").read_text() == fixed


def test_comments_silence_what_is_on_changed_lines_only(repository: Path) -> None:
    text = program("p", "q", "r", "s").replace("OpenAI(r)", "OpenAI(r0)")
    (repository / "a.py").write_text("\n\n" + text)
    run = ("check", "--diff-base", "HEAD", "--select", "OAI111")
    done = oai_lint(repository, *run, "--add-ignore=old")
    assert (done.returncode, done.stdout) == (0, "All checks passed!\n")
    assert "Added 1 suppression\n" in done.stderr
    comment = "  # oai-lint: ignore[positional-api-key] old"
    silenced = text.replace("OpenAI(r0)", f"OpenAI(r0){comment}")
    assert (repository / "a.py").read_text() == "\n\n" + silenced


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\nb\nc\n", "a\nx\nc\n", [(1, 1)]),
        ("a\nb\nc\n", "a\nc\n", [(1, 0)]),
        ("a\nb\n", "x\ny\na\nb\n", [(0, 2)]),
        ("a\n", "a\nb", [(1, 1)]),
        ("a\nb\n", "b\n", [(0, 0)]),
        ("@@ -1 +1 @@\n", "@@ -9 +9 @@\n", [(0, 1)]),
    ],
)
def test_places_that_git_names(
    tmp_path: Path, before: str, after: str, expected: list[tuple[int, int]]
) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "f").write_text(before)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    git(tmp_path, "config", "diff.interHunkContext", "9")
    git(tmp_path, "config", "color.diff", "always")
    git(tmp_path, "config", "diff.external", "false")
    (tmp_path / ".gitattributes").write_text("f -diff\n")
    (tmp_path / "f").write_text(after)
    assert hunks(str(tmp_path), "HEAD", "f", "f") == expected


def test_where_there_is_no_such_revision(repository: Path, tmp_path_factory: object) -> None:
    for revision in ("nope", "--output=x", "HEAD:a.py", ""):
        done = oai_lint(repository, "check", f"--diff-base={revision}")
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert f"git knows no revision `{revision}`; a shallow clone" in done.stderr
    (repository / "sub").mkdir()
    above = oai_lint(repository / "sub", "check", "--diff-base=nope", "../a.py")
    assert f"git knows no revision `nope` in {repository}; " in above.stderr


FAILING_GIT = """#!/bin/sh
for word; do [ "$word" = --text ] && {{ echo "fatal: object is missing" >&2; exit 128; }}; done
exec {git} "$@"
"""


@pytest.mark.parametrize("options", [(), ("--add-ignore",)], ids=" ".join)
def test_git_that_fails_in_the_middle_is_no_failure_of_ours(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, options: tuple[str, ...]
) -> None:
    (repository / "a.py").write_text("# above\n" + program("p", "q"))
    broken = tmp_path_factory.mktemp("bin") / "git"
    broken.write_text(FAILING_GIT.format(git=shutil.which("git")))
    broken.chmod(0o755)
    path = f"{broken.parent}{os.pathsep}{os.environ['PATH']}"
    before = (repository / "a.py").read_text()
    done = oai_lint(repository, "check", "--diff-base=HEAD", *options, PATH=path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("error: a.py: not judged: git failed: fatal: object is missing\n")
    assert (repository / "a.py").read_text() == before


def test_outside_of_git(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(program("p"))
    done = oai_lint(tmp_path, "check", "--diff-base", "HEAD", "--fix")
    assert done.returncode == 2
    assert done.stderr == "error: --diff-base HEAD: a.py is in no git checkout\n"
    without = oai_lint(tmp_path, "check", "--diff-base", "HEAD", "a.py", PATH=str(tmp_path))
    assert without.returncode == 2
    assert (tmp_path / "a.py").read_text() == program("p")
