"""Patterns of paths: what they match, and which are none."""

from __future__ import annotations

import ntpath
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oai_lint.config import Config, PerFile
from oai_lint.globs import GlobError, compiled, escaped
from tests.command import FAULT, environment, oai_lint

BAD = {
    "[": "`[` is never closed",
    "a[b": "`[` is never closed",
    "[!]": "`[` is never closed",
    "[z-a].py": "a range of characters runs backwards",
    "{a,b": "`{` is never closed",
    "a}": "`}` closes nothing",
}


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("[]].py", "].py", True),
        ("[!]]x", "]x", False),
        ("[!]]x", "ax", True),
        ("[^a]", "b", True),
        ("[[]a", "[a", True),
        ("[{]a[}]", "{a}", True),
        ("{a,{b,c}d}.py", "cd.py", True),
        ("{a,{b,c}d}.py", "c.py", False),
        ("(?", "(x", True),
        ("a.b+", "axbb", False),
        ("[a&&b]", "&", True),
        ("[+--]", ",", True),
        ("[+--]", "b", False),
        pytest.param(
            "a\\[b",
            "a[b",
            True,
            marks=pytest.mark.skipif(os.sep == "\\", reason="a separator there"),
        ),
    ],
)
@pytest.mark.filterwarnings("error")
def test_names(pattern: str, name: str, matches: bool) -> None:
    assert (compiled("/p", pattern)[1].fullmatch(name) is not None) is matches


@pytest.mark.parametrize("pattern", BAD)
def test_what_is_no_pattern_for_ruff_is_none_for_us(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(GlobError, match=r"never closed|runs backwards|closes nothing"):
        compiled("/p", pattern)
    (tmp_path / "a.py").write_text("x = 1\n")
    for option in (f"--exclude={pattern}", f"--config=exclude = ['{pattern}']"):
        model = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--no-cache", option],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            check=False,
        )
        # A comma ends a value of ours, so that `{a,b` is two there; ruff splits as well.
        done = oai_lint(tmp_path, "check", option)
        assert done.returncode == model.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "exclude" in done.stderr
    (tmp_path / "oai-lint.toml").write_text(f'per-file-ignores = {{"!{pattern}" = ["OAI1"]}}\n')
    done = oai_lint(tmp_path, "check")
    assert done.stderr.startswith(
        f"error: oai-lint.toml: `per-file-ignores`: `{pattern}`: {BAD[pattern]}"
    )


def test_a_working_directory_whose_name_looks_like_a_pattern(tmp_path: Path) -> None:
    here = tmp_path / "a[b{c*"
    (here / "s").mkdir(parents=True)
    for name in ("x.py", "s/y.py"):
        (here / name).write_text(FAULT)
    (here / "oai-lint.toml").write_text('exclude = ["s/y.py"]\n')
    for options in (
        ["--exclude", "./s/"],
        ["--exclude", "s/*"],
        ["--per-file-ignores", "s/*.py:OAI1"],
        ["--exclude", escaped(str(here / "s"))],
        [],
    ):
        done = oai_lint(here, "check", "--select=OAI111", "--output-format=concise", *options)
        assert [line.partition(":")[0] for line in done.stdout.splitlines()[:-2]] == ["x.py"]


def test_both_kinds_of_slashes_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sep", "\\")
    monkeypatch.setattr("os.path.join", ntpath.join)
    monkeypatch.setattr("os.path.isabs", ntpath.isabs)
    root = "C:\\project"
    for pattern in ("tests/*.py", "tests\\*.py", "C:\\project\\tests\\*", "C:/project/tests/*"):
        config = Config(root=root, exclude=(pattern,))
        assert config.excluded("C:\\project\\tests\\a.py"), pattern
        assert not config.excluded("C:\\project\\app\\tests\\a.py"), pattern
        ignored = Config(root=root, per_file_ignores=(PerFile(pattern, ("OAI1",)),))
        assert ignored.matches(pattern, "C:\\project\\tests\\a.py"), pattern
    assert Config(root=root, exclude=("a.py",)).excluded("C:\\project\\tests\\a.py")
