"""Old code: the baseline, comments for all findings, and findings on changed lines only."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from oai_lint import engine
from oai_lint.adopting import ignored
from oai_lint.config import Config, Selection, known
from oai_lint.git import hunks
from oai_lint.runner import Outcome
from oai_lint.source import Source
from tests.command import oai_lint

BASELINE = "oai-lint-baseline.json"
IMPORT = "import openai\n\n"
FAULT = "client = openai.OpenAI({argument})\n"
MENDED = "client = openai.OpenAI(api_key={argument})\n"


def program(*arguments: str, fault: str = FAULT) -> str:
    """One fault in each of as many functions."""
    functions = [
        f"def make_{argument}(one, two):\n    {fault.format(argument=argument)}    return client\n"
        for argument in arguments
    ]
    return IMPORT + "\n\n".join(functions)


def git(directory: Path, *arguments: str) -> None:
    author = ("-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=no")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", *author, *arguments]
    subprocess.run(command, cwd=directory, env=kept, check=True, stdout=subprocess.DEVNULL)


def found(directory: Path, *arguments: str) -> list[tuple[str, int, str]]:
    """Run ``check`` for its JSON."""
    done = oai_lint(
        directory, "check", "--output-format", "json", "--select", "OAI111,OAI9", *arguments
    )
    assert done.returncode in (0, 1), done.stderr
    return [
        (Path(item["filename"]).name, item["location"]["row"], item["code"])
        for item in json.loads(done.stdout)
    ]


def accepted(directory: Path) -> list[str]:
    files = json.loads((directory / BASELINE).read_text())["findings"]
    return [
        f"{name} {fingerprint}"
        for name, codes in files.items()
        for listed in codes.values()
        for fingerprint in listed
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text(program("p", "q", "r", "s"))
    (tmp_path / "b.py").write_text(program("t", "u"))
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.oai-lint]\nselect = ["OAI111"]\nbaseline = "{BASELINE}"\n'
    )
    return tmp_path


def write_baseline(project: Path) -> None:
    done = oai_lint(project, "check", "--write-baseline")
    assert (done.returncode, done.stdout) == (0, "All checks passed!\n")
    assert f"note: {BASELINE}: accepted 6 findings" in done.stderr


# -- the baseline ----------------------------------------------------------------------------------


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


# -- comments for all findings ---------------------------------------------------------------------


ONLY = Config(selections=(Selection(select=("OAI111",)),))


def silenced(text: str, reason: str = "", path: str = "a.py") -> str:
    """Return the text with comments, having made sure that they silence everything."""
    known()
    source = Source(path, text)
    found = engine.check(source, ONLY)
    after = ignored(Outcome(source, found), found, ONLY, reason)
    assert after.left == []
    assert after.applied == found
    assert after.fixed is not None
    return after.fixed.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("openai.OpenAI('k')\n", "openai.OpenAI('k')  # oai-lint: ignore[{}] old\n"),
        ("openai.OpenAI('k')", "openai.OpenAI('k')  # oai-lint: ignore[{}] old"),
        ("openai.OpenAI('k') \t\r\n", "openai.OpenAI('k')  # oai-lint: ignore[{}] old\r\n"),
        (
            "openai.OpenAI(\n  'k',  # noqa: E501\n)\n",
            "openai.OpenAI(\n  'k',  # noqa: E501  # oai-lint: ignore[{}] old\n)\n",
        ),
        (
            "x = 1 + \\\n  openai.OpenAI('k') + \\\n  2\n",
            "x = 1 + \\\n  openai.OpenAI('k') + \\\n  2  # oai-lint: ignore[{}] old\n",
        ),
        (
            "x = openai.OpenAI('k'), '''\n# y\n'''\n",
            "x = openai.OpenAI('k'), '''\n# y\n'''  # oai-lint: ignore[{}] old\n",
        ),
        (
            "x = f'''{openai.OpenAI('k')}\n{1}\n'''\n",
            "x = f'''{openai.OpenAI('k')}\n{1}\n'''  # oai-lint: ignore[{}] old\n",
        ),
        (
            "x = 1  # a\\\ny = openai.OpenAI('k')  # b\\\nz = 1\n",
            "x = 1  # a\\\ny = openai.OpenAI('k')  # b\\  # oai-lint: ignore[{}] old\nz = 1\n",
        ),
        (
            "openai.OpenAI('k')  # oai-lint: ignore[missing-timeout] why\n",
            "openai.OpenAI('k')  # oai-lint: ignore[missing-timeout, {}] why\n",
        ),
        (
            "openai.OpenAI('k')  # oai-lint: ignore[OAI401 , ]  # x\n",
            "openai.OpenAI('k')  # oai-lint: ignore[OAI401, {}] old  # x\n",
        ),
        (
            "if 1: openai.OpenAI('k'); openai.OpenAI('j')\n",
            "if 1: openai.OpenAI('k'); openai.OpenAI('j')  # oai-lint: ignore[{}] old\n",
        ),
        (
            "'# oai-lint: ignore[x]'; openai.OpenAI('k')\n",
            "'# oai-lint: ignore[x]'; openai.OpenAI('k')  # oai-lint: ignore[{}] old\n",
        ),
        ("\x0copenai.OpenAI('é🙂')\n", "\x0copenai.OpenAI('é🙂')  # oai-lint: ignore[{}] old\n"),
    ],
)
def test_comments_silence_what_is_there(before: str, after: str) -> None:
    expected = IMPORT + after.replace("[{}]", "[positional-api-key]").replace(
        ", {}]", ", positional-api-key]"
    )
    assert silenced(IMPORT + before, "old") == expected


def test_rules_on_one_line_share_a_comment(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "import requests\n\nrequests.post('https://api.openai.com/responses', json={})\n"
    )
    done = oai_lint(tmp_path, "check", "--add-ignore")
    assert (done.returncode, done.stdout) == (0, "All checks passed!\n")
    assert done.stderr == "note: Added 3 suppressions\n"
    comment = "# oai-lint: ignore[missing-timeout, raw-api-request, wrong-endpoint]\n"
    assert (tmp_path / "a.py").read_text().endswith(f"json={{}})  {comment}")
    again = oai_lint(tmp_path, "check", "--add-ignore=late")
    assert (again.stdout, again.stderr) == ("All checks passed!\n", "")


def test_paths_are_no_reasons(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    assert oai_lint(project, "check", "--add-ignore", "b.py").returncode == 0
    assert "ignore[positional-api-key]\n" in (project / "b.py").read_text()
    assert (project / "a.py").read_text() == program("p", "q", "r", "s")


def test_comments_go_only_where_the_baseline_accepts_nothing(project: Path) -> None:
    write_baseline(project)
    (project / "a.py").write_text(program("new", "p", "q", "r", "s"))
    done = oai_lint(project, "check", "--add-ignore=see #12")
    assert (done.returncode, done.stderr) == (0, "note: Added 1 suppression\n")
    line = "    client = openai.OpenAI(new)  # oai-lint: ignore[positional-api-key] see #12"
    lines = [line for line in (project / "a.py").read_text().splitlines() if "ignore" in line]
    assert lines == [line.removeprefix("    ").replace("client", "    client", 1)]


def test_what_no_comment_can_silence_is_left_and_said(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import openai\n(")
    (tmp_path / "a.py").write_text(program("p"))
    done = oai_lint(tmp_path, "check", "--add-ignore", "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.count("OAI") == 1
    assert "OAI900" in done.stdout
    assert (tmp_path / "broken.py").read_text() == "import openai\n("


# -- reasons ---------------------------------------------------------------------------------------


def test_reasons_are_asked_for(project: Path) -> None:
    settings = project / "pyproject.toml"
    settings.write_text('[tool.oai-lint]\nselect = ["OAI111"]\nrequire-reason = true\n')
    done = oai_lint(project, "check", "--add-ignore")
    assert done.returncode == 2
    assert "`require-reason`" in done.stderr
    assert (project / "a.py").read_text() == program("p", "q", "r", "s")
    assert oai_lint(project, "check", "--add-ignore=legacy").returncode == 0
    text = (project / "a.py").read_text()
    (project / "a.py").write_text(text.replace(" legacy", "", 2))
    done = oai_lint(project, "check", "--output-format", "concise")
    assert done.stdout.count("OAI903 This suppression gives no reason") == 2


@pytest.mark.parametrize(
    ("comment", "asked"),
    [
        ("# oai-lint: ignore[OAI111]", True),
        ("# oai-lint: ignore[OAI111] -- ", True),
        ("# oai-lint: ignore[OAI111]  # because", True),
        ("# oai-lint: ignore[OAI111] because", False),
        ("# oai-lint: ignore[OAI111]: es muß", False),
        ("# oai-lint: ignore", True),
        ("# noqa: OAI111", True),
        ("# noqa: OAI111 because", False),
        ("# noqa", True),
        ("# noqa: E501", None),
    ],
)
def test_what_a_reason_is(comment: str, asked: bool | None) -> None:
    known()
    selected = Config(selections=(Selection(select=("OAI111", "unexplained-suppression")),))
    source = Source("a.py", f"{IMPORT}openai.OpenAI('k')  {comment}\n")
    codes = [item.code for item in engine.check(source, selected)]
    assert codes == {True: ["OAI903"], False: [], None: ["OAI111"]}[asked]


# -- changed lines ---------------------------------------------------------------------------------


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
    (tmp_path / "f").write_text(after)
    assert hunks(str(tmp_path), "HEAD", "f", "f") == expected


def test_where_there_is_no_such_revision(repository: Path, tmp_path_factory: object) -> None:
    for revision in ("nope", "--output=x", "HEAD:a.py", ""):
        done = oai_lint(repository, "check", f"--diff-base={revision}")
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert f"git knows no revision `{revision}`" in done.stderr


def test_outside_of_git(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(program("p"))
    done = oai_lint(tmp_path, "check", "--diff-base", "HEAD", "--fix")
    assert done.returncode == 2
    assert done.stderr == f"error: --diff-base HEAD: {tmp_path / 'a.py'} is in no git checkout\n"
    without = oai_lint(tmp_path, "check", "--diff-base", "HEAD", "a.py", PATH=str(tmp_path))
    assert without.returncode == 2
    assert (tmp_path / "a.py").read_text() == program("p")


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
    ],
)
def test_options_that_make_each_other_void(project: Path, options: list[str]) -> None:
    done = oai_lint(project, "check", *options)
    assert done.returncode == 2
    assert "cannot be used with" in done.stderr
    assert not (project / BASELINE).exists()
