"""Comments for all findings, and reasons in comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from oai_lint import engine
from oai_lint.adopting import ignored
from oai_lint.config import Config, Selection, known
from oai_lint.runner import Outcome
from oai_lint.source import Source
from tests.command import oai_lint
from tests.old_code import IMPORT, program, project, write_baseline

__all__ = ["project"]


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


def test_a_reason_is_one_line(project: Path) -> None:
    done = oai_lint(project, "check", "--add-ignore=one\ntwo")
    assert done.returncode == 2
    assert done.stderr == "error: --add-ignore: a reason must be one line, as comments are\n"


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
