"""Which files a run concerns."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from oai_lint.config import Config
from oai_lint.files import Found, discover, shown
from oai_lint.resolving import Resolver
from tests.command import FAULT, MENDED, oai_lint


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*paths: str, **texts: str) -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("")
    for path, text in texts.items():
        Path(path).write_text(text)


def find(
    *arguments: str, force: bool = False, git: bool = True, config: Config | None = None
) -> Found:
    resolver = Resolver()
    return discover(
        arguments or (".",),
        lambda directory: config or resolver.for_directory(directory, walking=True),
        force_exclude=force,
        respect_gitignore=git,
    )


def names(found: Found) -> list[str]:
    assert found.problems == []
    return [shown(path) for path in found.paths]


def test_python_files_of_a_tree_in_order() -> None:
    make("b.py", "a/z.pyi", "a/x.py", "a/n.txt", "a/py", "c.ipynb")
    assert names(find()) == ["a/x.py", "a/z.pyi", "b.py", "c.ipynb"]


def test_usual_exclusions_and_virtual_environments() -> None:
    make(
        "a.py", ".venv/a.py", "node_modules/x/a.py", "env/pyvenv.cfg", "env/lib/a.py", "x/dist/a.py"
    )
    make("build/a.py", ".hidden/a.py")
    assert names(find()) == [".hidden/a.py", "a.py", "build/a.py"]


def test_named_files_are_taken_unless_exclusion_is_forced() -> None:
    make("dist/a.py", "notes.txt", "a.py")
    assert names(find("dist/a.py", "notes.txt")) == ["dist/a.py", "notes.txt"]
    assert names(find("dist/a.py", "a.py", force=True)) == ["a.py"]
    assert names(find("dist")) == ["dist/a.py"]
    assert names(find("dist", force=True)) == []


def test_each_file_once() -> None:
    make("a/x.py")
    Path("link.py").symlink_to("a/x.py")
    Path("a/loop").symlink_to("..")
    Path("broken.py").symlink_to("nowhere.py")
    assert names(find(".", "a", "a/x.py", "./a/../a/x.py", str(Path.cwd() / "a"))) == ["a/x.py"]
    assert names(find("link.py")) == ["link.py"]
    assert names(find("a/loop")) == ["a/loop/a/x.py"]


def test_exclude_patterns(here: Path) -> None:
    make("a/b/x.py", "a/x.py", "b/x.py", "c/gen_x.py")
    config = Config(root=str(here), exclude=("a/b", "gen_*.py"), extend_exclude=("b/*.py",))
    assert names(find(config=config)) == ["a/x.py"]


def test_settings_of_a_subdirectory() -> None:
    make("a/x.py", "a/y.py", "x.py")
    Path("a/oai-lint.toml").write_text('extend-exclude = ["x.py"]\n')
    assert names(find()) == ["a/oai-lint.toml", "a/y.py", "x.py"]


IGNORED = """
# comment
*.tmp.py
/top.py
gen/
!keep.tmp.py
docs/**/out.py
\\!odd.py
"""


def test_the_same_files_as_git(here: Path) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    Path(".gitignore").write_text(IGNORED)
    make("a.py", "a.tmp.py", "keep.tmp.py", "top.py", "sub/top.py", "gen/a.py", "sub/gen/a.py")
    make("docs/a/b/out.py", "docs/out.py", "!odd.py", "sub/deep/a.py", "sub/deep/b.py", "info.py")
    Path("sub/.gitignore").write_text("deep/*\n!deep/b.py\n!gen/\n")
    Path(".git/info/exclude").write_text("info.py\n")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
    ).stdout
    assert names(find()) == sorted(listed.split())
    assert "sub/gen/a.py" in listed
    assert "top.py" in names(find(git=False))
    os.chdir("sub")
    assert [shown(path) for path in find().paths] == ["deep/b.py", "gen/a.py", "top.py"]


def test_ignore_files_above_the_checkout_do_not_count() -> None:
    make("inner/a.py")
    Path(".gitignore").write_text("*.py\n")
    Path("inner/.git").mkdir()
    assert names(find("inner")) == ["inner/a.py"]


def test_no_gitignore_no_pathspec(monkeypatch: pytest.MonkeyPatch) -> None:
    make("a.py", "b/c.py")
    monkeypatch.setitem(__import__("sys").modules, "pathspec", None)
    assert names(find()) == ["a.py", "b/c.py"]


def test_what_cannot_be_looked_at_is_a_line() -> None:
    make("a.py")
    found = find("gone.py", "a.py", "nul\0.py", "x" * 300)
    assert [shown(path) for path in found.paths] == ["a.py"]
    assert found.problems[0] == "gone.py: No such file or directory"
    assert "null" in found.problems[1]
    assert found.problems[2].endswith(": File name too long")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipes_are_no_files(here: Path) -> None:
    make("a.py")
    os.mkfifo(here / "pipe.py")
    (here / "link.py").symlink_to("pipe.py")
    assert names(find()) == ["a.py"]


def test_paths_are_shown_from_here(here: Path) -> None:
    assert shown(str(here / "a" / "b.py")) == "a/b.py"
    assert shown(str(here.parent / "b.py")) == str(here.parent / "b.py")


def test_a_file_with_several_names_counts_once() -> None:
    make("a/x.py")
    for name in ("one.py", "two.py"):
        Path(name).symlink_to("a/x.py")
    Path("b").symlink_to("a")
    assert names(find("one.py", "a/x.py")) == ["a/x.py"]
    assert names(find("one.py", "two.py")) == ["one.py"]
    assert names(find("b/x.py", "a")) == ["a/x.py"]
    assert names(find("b/x.py")) == ["b/x.py"]
    Path("links").mkdir()
    for name in ("one.py", "two.py"):
        Path("links", name).symlink_to("../a/x.py")
    assert names(find("links")) == ["links/one.py"]
    assert names(find()) == ["a/x.py"]


def test_a_file_with_several_names_is_fixed_once(here: Path) -> None:
    make(**{"app.py": FAULT})
    Path("link.py").symlink_to("app.py")
    done = oai_lint(here, "check", "--select", "OAI111", "--fix", "link.py", "app.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("app.py").read_text() == MENDED
