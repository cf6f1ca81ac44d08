"""The real command in a temporary directory."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import FAULT, MENDED, RULES, environment, oai_lint

SELECT = ("--select", RULES)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(FAULT)
    (tmp_path / "clean.py").write_text("import os\n")
    return tmp_path


def test_findings_go_to_stdout_and_end_with_1(here: Path) -> None:
    done = oai_lint(here, "check", *SELECT, "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("app.py:3:24: OAI111 [*] ")
    assert done.stdout.splitlines()[1:] == ["Found 1 error.", "[*] 1 fixable with `--fix`."]
    assert done.stderr == ""


@pytest.mark.parametrize("paths", [["clean.py"], ["."], ["clean.py", "--fix", "-n"]])
def test_nothing_found(here: Path, paths: list[str]) -> None:
    (here / "app.py").unlink()
    done = oai_lint(here, "check", *paths)
    assert (done.returncode, done.stdout, done.stderr) == (0, "All checks passed!\n", "")


def test_fast_door_leaves_what_it_cannot_answer(here: Path) -> None:
    assert oai_lint(here, "check", "clean.py", "app.py", "--exit-zero").stdout.startswith("OAI111")
    assert oai_lint(here, "check", "clean.py", "--output-format", "json").stdout == "[]"
    assert oai_lint(here, "check", "clean.py", "--nonsense").returncode == 2
    assert oai_lint(here, "check", "clean.py", "--quiet").stdout == ""
    (here / "oai-lint.toml").write_text('output-format = "json"\n')
    assert oai_lint(here, "check", "clean.py").stdout == "[]"
    assert oai_lint(here, "check", "clean.py", "--isolated").stdout == "All checks passed!\n"


def test_quiet_and_silent(here: Path) -> None:
    quiet = oai_lint(here, "check", *SELECT, "-q")
    assert quiet.stdout.startswith("OAI111")
    assert "Found" not in quiet.stdout
    silent = oai_lint(here, "check", *SELECT, "-s")
    assert (silent.returncode, silent.stdout, silent.stderr) == (1, "", "")


def test_fix_writes_and_reports_the_rest(here: Path) -> None:
    done = oai_lint(here, "check", *SELECT, "--fix", "--show-fixes")
    assert done.returncode == 0
    assert "- app.py:\n    1 × OAI111 (positional-api-key)\n" in done.stdout
    assert done.stdout.endswith("Found 1 error (1 fixed, 0 remaining).\n")
    assert (here / "app.py").read_text() == MENDED


def test_exit_non_zero_on_fix(here: Path) -> None:
    done = oai_lint(here, "check", *SELECT, "--fix", "--exit-non-zero-on-fix")
    assert (done.returncode, done.stdout) == (1, "Found 1 error (1 fixed, 0 remaining).\n")


def test_diff_writes_nothing(here: Path) -> None:
    done = oai_lint(here, "check", *SELECT, "--diff")
    assert done.returncode == 1
    assert done.stdout == (
        "--- app.py\n+++ app.py\n@@ -1,3 +1,3 @@\n import openai\n \n"
        '-client = openai.OpenAI("k")\n+client = openai.OpenAI(api_key="k")\n\n'
    )
    assert done.stderr == "Would fix 1 error.\n"
    assert (here / "app.py").read_text() == FAULT
    assert oai_lint(here, "check", *SELECT, "--diff", "clean.py").returncode == 0


def test_diff_can_be_applied(here: Path) -> None:
    (here / "app.py").write_bytes(FAULT.replace("\n", "\r\n").encode())
    diff = subprocess.run(
        [sys.executable, "-m", "oai_lint", "check", *SELECT, "--diff"],
        cwd=here,
        env=environment(),
        capture_output=True,
        check=False,
    ).stdout
    subprocess.run(["patch", "--binary", "-p0"], cwd=here, input=diff, check=True)
    assert (here / "app.py").read_bytes() == MENDED.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("data", [FAULT.encode(), b"\xef\xbb\xbf" + FAULT.encode()])
def test_standard_input(here: Path, data: bytes) -> None:
    found = oai_lint(here, "check", *SELECT, "-", stdin=data)
    assert found.returncode == 1
    assert " --> -:3:24\n" in found.stdout
    named = oai_lint(here, "check", *SELECT, "-", "--stdin-filename", "x/y.py", stdin=data)
    assert " --> x/y.py:3:24\n" in named.stdout
    fixed = oai_lint(here, "check", *SELECT, "--fix", "-", stdin=data)
    assert fixed.stdout.encode() == data.replace(b'("k")', b'(api_key="k")')
    assert fixed.stderr == "Found 1 error (1 fixed, 0 remaining).\n"
    diff = oai_lint(here, "check", *SELECT, "--diff", "-", stdin=data)
    assert diff.stdout.startswith("@@ -1,3 +1,3 @@\n")
    assert diff.returncode == 1


def test_standard_input_that_is_no_text_comes_back_unchanged(here: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "oai_lint", "check", "--fix", "-"],
        cwd=here,
        env=environment(),
        input=b"import openai\n\xff\n",
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"import openai\n\xff\n")


def test_excluded_standard_input(here: Path) -> None:
    arguments = (*SELECT, "--exclude", "app.py", "-", "--stdin-filename", "app.py")
    stdin = FAULT.encode()
    assert oai_lint(here, "check", *arguments, stdin=stdin).returncode == 1
    assert oai_lint(here, "check", *arguments, "--force-exclude", stdin=stdin).returncode == 0


def test_statistics(here: Path) -> None:
    (here / "b.py").write_text(
        FAULT + 'x = openai.OpenAI("k")\ny = 1  # oai-lint: ignore[OAI111]\n'
    )
    done = oai_lint(here, "check", *SELECT, "--statistics")
    assert done.stdout.splitlines()[:2] == [
        "3\tOAI111\t[*] positional-api-key",
        "1\tOAI901\t[*] unused-suppression",
    ]
    done = oai_lint(here, "check", *SELECT, "--statistics", "--output-format", "json")
    assert json.loads(done.stdout)[0] == {
        "code": "OAI111",
        "name": "positional-api-key",
        "count": 3,
        "fixable": True,
        "fixable_count": 3,
    }


def test_output_file(here: Path) -> None:
    done = oai_lint(here, "check", *SELECT, "--output-format", "concise", "-o", "out.txt")
    assert (done.returncode, done.stdout) == (1, "")
    assert (here / "out.txt").read_text().endswith("[*] 1 fixable with `--fix`.\n")
    oai_lint(here, "check", *SELECT, "--output-format", "concise", "-o", "new/dir/out.txt")
    assert (here / "new/dir/out.txt").read_text() == (here / "out.txt").read_text()
    done = oai_lint(here, "check", *SELECT, "-o", "app.py/out.txt")
    problem = "app.py/out.txt: the report cannot be written: Not a directory"
    assert (done.returncode, done.stderr) == (2, f"error: {problem}\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--select", "OAI11X"], "`OAI11X` is no rule, prefix or `ALL`; did you mean `OAI"),
        (["--config", "selct=['ALL']"], "unknown key `selct`; did you mean `select`?"),
        (["--config", "nowhere.toml"], "neither a file nor a TOML `key=value`"),
        (["--target-openai", "soon"], "must be a version or a specifier"),
        (["--today", "2026-13-01"], "must be a date such as 2026-11-22, not `2026-13-01`"),
        (["--diff", "--statistics"], "--diff cannot be used with --statistics"),
        (["--per-file-ignores", "app.py"], "is not of the form PATTERN:RULE"),
        (["--select", ""], "Invalid value for '--select': '' names none"),
        (["--extend-per-file-ignores", ","], "for '--extend-per-file-ignores': ',' names none"),
        (["--select", "oai101"], "--select: `oai101` is no rule, prefix or `ALL`; did you mean"),
        (["--target-openai", "<1,>2"], "--target-openai: no version is in `<1,>2`"),
        ([""], "'': No such file or directory"),
    ],
)
def test_bad_options_end_with_2(here: Path, arguments: list[str], line: str) -> None:
    done = oai_lint(here, "check", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert line in done.stderr


def test_broken_settings_end_with_2(here: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.oai-lint]\nconfidence = "hgh"\n')
    done = oai_lint(here, "check")
    assert done.returncode == 2
    assert done.stderr.startswith("error: pyproject.toml: `confidence`: must be one of")
    assert "did you mean `high`?" in done.stderr


def test_colour(here: Path) -> None:
    assert "\x1b[" in oai_lint(here, "check", *SELECT, "--color", "always").stdout
    assert "\x1b[" not in oai_lint(here, "check", *SELECT).stdout
    assert "\x1b[" in oai_lint(here, "check", *SELECT, FORCE_COLOR="1").stdout
    assert "\x1b[" not in oai_lint(here, "check", *SELECT, NO_COLOR="1", FORCE_COLOR="1").stdout


def test_rule_config_and_version(here: Path) -> None:
    page = oai_lint(here, "rule", "positional-api-key").stdout
    assert page.startswith("# positional-api-key (OAI111)\n")
    assert "## Example" in page
    data = json.loads(oai_lint(here, "rule", "--all", "--output-format", "json").stdout)
    assert {"OAI111", "OAI900"} <= {item["code"] for item in data}
    eras = {item["code"]: item["openai"]["eras"] for item in data}
    assert eras["OAI401"][0] == "0.28.1"
    assert eras["OAI801"][0] == "1.0.0"
    assert eras["OAI211"][0] == "3.0.0"
    last = oai_lint(here, "rule", "--all").stdout.splitlines()[-1]
    fixes = [item["fix"]["safety"] for item in data if item["fix"]]
    assert last.startswith(
        f"{len(data)} rules: {len(fixes)} with a fix ({fixes.count('safe')} safe"
    )
    assert last.endswith(f"{sum(item['default'] for item in data)} on by default")
    for word, problem in (
        ("OAI2033", "`OAI2033` is no rule's code or name; did you mean `OAI203`?"),
        ("default-timeout", "is no rule's code or name; did you mean `default-client-timeout`?"),
        ("OAI85", "`OAI85` stands for 2 rules (OAI851, OAI852); name one"),
        ("", "`` is no rule's code or name"),
    ):
        refused = oai_lint(here, "rule", word)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr.removesuffix("\n").endswith(problem)
    assert oai_lint(here, "rule").returncode == 2
    (here / "oai-lint.toml").write_text('ignore = ["OAI111"]\n')
    shown = oai_lint(here, "config").stdout
    assert 'ignore = ["OAI111"]  # oai-lint.toml\n' in shown
    assert "positional-api-key" not in shown
    assert json.loads(oai_lint(here, "version", "--output-format", "json").stdout)["version"]


# Input that breaks tools ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"import openai\nx = (\n", ":2:"),
        (b'import openai\nx = "\xed\xa0\x80"\n', ":1:1: OAI900 Cannot read this file: byte 0xed"),
        (b'import openai\nx = "a\0b"\n', ":2:7: "),
        (b"# coding: nonsense\nimport openai\n", "unknown encoding: nonsense"),
        (b"import openai\nx = " + b"(" * 5000 + b")" * 5000, "nested too deeply"),
        (b"import openai\nx = " + b"-" * 20000 + b"1\n", "nested too deeply"),
        (b"import openai\nx = " + b"+".join([b"1"] * 20000) + b"\n", "nested too deeply"),
        (b"import openai\nif 1: pass\n" + b"elif 2: pass\n" * 10000, "nested too deeply"),
        (bytes(range(256)) + b"openai", "OAI900 Cannot read this file: byte 0x80"),
    ],
    ids=["syntax", "surrogate", "nul", "cookie", "brackets", "minus", "plus", "elif", "binary"],
)
def test_unreadable_text_is_a_finding(tmp_path: Path, data: bytes, place: str) -> None:
    (tmp_path / "broken.py").write_bytes(data)
    (tmp_path / "app.py").write_text(FAULT)
    done = oai_lint(tmp_path, "check", *SELECT, "--output-format", "concise")
    assert done.returncode == 1
    first, second, *_ = done.stdout.splitlines()
    assert first.startswith("app.py:3:24: OAI111")
    assert second.startswith("broken.py:")
    assert "OAI900 Cannot read this file: " in second
    assert place in second


def test_line_of_10_megabytes(tmp_path: Path) -> None:
    fault = 'openai.OpenAI("k")'
    (tmp_path / "a.py").write_text(f"import openai\nx = '{'a' * 10_000_000}'; {fault}\n")
    done = oai_lint(tmp_path, "check", *SELECT)
    assert done.returncode == 1
    assert "a.py:2:10000023" in done.stdout
    assert "…" in done.stdout
    assert 'openai.OpenAI(api_key="k")' in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 200
    assert oai_lint(tmp_path, "check", *SELECT, "--fix").returncode == 0


def test_vanished_file_does_not_stop_the_rest(here: Path) -> None:
    done = oai_lint(here, "check", *SELECT, "gone.py", "app.py", "--output-format", "concise")
    assert done.returncode == 2
    assert done.stderr == "error: gone.py: No such file or directory\n"
    assert done.stdout.startswith("app.py:3:24: OAI111")


@pytest.mark.parametrize("command", ["check", "migrate"])
def test_nothing_found_is_no_good_news_where_a_file_is_missing(here: Path, command: str) -> None:
    done = oai_lint(here, command, "gone.py", "clean.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: gone.py: No such file or directory\n"


def test_standard_input_beside_paths_says_what_is_wrong(here: Path) -> None:
    done = oai_lint(here, "check", "-", "clean.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("standard input cannot be checked together with paths\n")


def test_settings_of_a_mistyped_path_are_nobodys(here: Path) -> None:
    done = oai_lint(here, "config", "ap.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'ap.py' does not exist" in done.stderr


UNPRIVILEGED = """
import os, sys
from oai_lint.cli import run
with open("warm.py", "w") as file:
    file.write('import openai\\nopenai.OpenAI("k")\\n')
run(["check", "--select", "OAI111", "--fix", "-s", "warm.py"])  # import what root alone can read
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(run(sys.argv[1:]))
"""
"""Root reads everything, so a run as root gives up its rights first."""


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    # Not below tmp_path: every start of pytest closes that to others anew.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
def test_without_rights(open_to_all: Path) -> None:
    here = open_to_all
    for path in (here / "app.py", here / "warm.py"):
        path.write_text(FAULT)
        path.chmod(0o644)
    (here / "closed.py").write_text(FAULT)
    (here / "closed").mkdir()
    (here / "closed" / "inner.py").write_text(FAULT)
    (here / "closed.py").chmod(0)
    (here / "closed").chmod(0)
    try:
        arguments = ("check", "--select", "OAI111", "--output-format", "concise")
        run = ("-c", UNPRIVILEGED)
        done = oai_lint(here, *arguments, ".", prefix=run)
        assert done.returncode == 2
        assert done.stderr.splitlines() == [
            "error: closed: Permission denied",
            "error: closed.py: Permission denied",
        ]
        assert done.stdout.startswith("app.py:3:24: OAI111")
        here.chmod(0o555)
        done = oai_lint(here, *arguments, "--fix", "app.py", prefix=run)
        assert done.returncode == 2
        assert done.stderr.startswith("error: app.py: not fixed: ")
        assert (here / "app.py").read_text() == FAULT
        assert done.stdout.startswith("app.py:3:24: OAI111")
    finally:
        here.chmod(0o755)
        (here / "closed").chmod(0o755)


# Writing -------------------------------------------------------------------------------------


def test_file_keeps_encoding_newlines_mode_and_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "app.py"
    text = f"# coding: latin-1\n# é\n{FAULT}"
    real.write_bytes(text.replace("\n", "\r\n").encode("latin-1"))
    real.chmod(0o755)
    (tmp_path / "link.py").symlink_to(real)
    done = oai_lint(tmp_path, "check", *SELECT, "--fix", "link.py")
    assert done.returncode == 0
    expected = text.replace('("k")', '(api_key="k")').replace("\n", "\r\n")
    assert real.read_bytes() == expected.encode("latin-1")
    assert (tmp_path / "link.py").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o755
    assert [path.name for path in (tmp_path / "real").iterdir()] == ["app.py"]


def test_workers_and_one_process_say_the_same(tmp_path: Path) -> None:
    filler = "def f(a):\n    return a\n" * 1500
    for number in range(6):
        (tmp_path / f"f{number}.py").write_text(FAULT + filler)
    arguments = (*SELECT, "--output-format", "json")
    several = oai_lint(tmp_path, "check", *arguments)
    taskset = shutil.which("taskset")
    assert taskset or not os.environ.get("CI")
    if taskset is None:
        pytest.skip("taskset is missing")
    alone = subprocess.run(
        [taskset, "-c", "0", sys.executable, "-m", "oai_lint", "check", *arguments],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert several.stdout == alone.stdout
    assert len(json.loads(several.stdout)) == 6
