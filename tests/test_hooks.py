"""The pre-commit hooks, driven by pre-commit itself on a clean clone of this checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from oai_lint.kinds import is_walked
from tests.test_plain import KEY
from tests.test_plain import test_kinds as kinds

ROOT = Path(__file__).parent.parent
FAULT = """\
from openai import OpenAI

client = OpenAI(load_key())
"""
REPAIRED = FAULT.replace("(load_key())", "(api_key=load_key())")
AUTHOR = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")


def run(*command: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "NO_COLOR": "1",
    }
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "SKIP"):
        environment.pop(name, None)
    return subprocess.run(
        command, cwd=cwd, env=environment, text=True, capture_output=True, check=False
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean clone of what is committed, as a hook repository with two releases."""
    path = tmp_path_factory.mktemp("hooks") / "oai-lint"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(path)], check=True)
    for command in (
        ("tag", "v0.0.1"),
        ("commit", "--quiet", "--allow-empty", "--message", "x"),
        ("tag", "v0.0.2"),
    ):
        subprocess.run(["git", *AUTHOR, *command], cwd=path, check=True)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment of the hooks: one for all tests."""
    return tmp_path_factory.mktemp("pre-commit")


class Project:
    """A repository that uses both hooks."""

    def __init__(self, path: Path, clone: Path, home: Path) -> None:
        self.path, self.home = path, home
        self.git("init", "--quiet")
        # The revision that `try-repo` takes, so that they share an environment.
        head = run("git", "rev-parse", "HEAD", cwd=clone, home=home).stdout.strip()
        self.write(
            ".pre-commit-config.yaml",
            f"repos:\n  - repo: {clone}\n    rev: {head}\n    hooks:\n"
            "      - id: oai-lint-fix\n      - id: oai-lint\n",
        )

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def read(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run("git", *AUTHOR, *arguments, cwd=self.path, home=self.home)

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(*pre_commit(*arguments), cwd=self.path, home=self.home)

    def commit(self) -> subprocess.CompletedProcess[str]:
        return self.git("commit", "--quiet", "--message", "x")


@pytest.fixture
def project(tmp_path: Path, clone: Path, home: Path) -> Project:
    return Project(tmp_path, clone, home)


def pre_commit(*arguments: str) -> tuple[str, ...]:
    return sys.executable, "-m", "pre_commit", *arguments


# -- the manifest ----------------------------------------------------------------------------------

MANIFEST = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_manifest_is_valid() -> None:
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    command = pre_commit("validate-manifest", manifest)
    assert subprocess.run(command, check=False, cwd=ROOT).returncode == 0
    assert [hook["id"] for hook in MANIFEST] == ["oai-lint", "oai-lint-fix"]
    assert all(hook["require_serial"] and "--force-exclude" in hook["entry"] for hook in MANIFEST)


def test_hooks_are_given_the_files_that_a_walk_takes() -> None:
    (mark,) = kinds.pytestmark  # type: ignore[attr-defined]
    names = [row[0].replace("\\", "/") for row in mark.args[1]]
    assert len(names) > 20
    for hook in MANIFEST:
        for name in names:
            taken = re.search(hook["files"], name) is not None
            assert taken or not is_walked(name.rpartition("/")[2]), name
        for name in ("README.md", "a.txt", "app.js", "Cargo.lock", "a.py.orig", "x.py/b.png"):
            assert re.search(hook["files"], name) is None, name
        assert re.search(hook["files"], "bin/script")


# -- commits ---------------------------------------------------------------------------------------


def test_a_commit_is_refused_repaired_and_made(project: Project) -> None:
    assert project.pre_commit("install", "--install-hooks").returncode == 0
    project.write("app.py", FAULT)
    project.write("deploy/.env.local", f"OPENAI_API_KEY={KEY}\n")
    project.write("deploy/llm.yaml", f"openai:\n  api_key: {KEY}\n")
    project.git("add", ".")
    refused = project.commit()
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert project.read("app.py") == REPAIRED
    assert "files were modified by this hook" in said
    assert "OAI108 `OPENAI_API_KEY` is set to a real key in a file that git tracks" in said
    assert "OAI101 A real key is written in a configuration file" in said
    project.write("deploy/.env.local", "OPENAI_API_KEY=\n")
    project.write("deploy/llm.yaml", "openai: {}\n")
    project.git("add", ".")
    made = project.commit()
    assert made.returncode == 0, made.stdout + made.stderr

    project.write("app.py", REPAIRED + "print(client)\n")
    project.git("rm", "--quiet", "-r", "deploy")
    project.git("add", ".")
    clean = project.commit()
    assert clean.returncode == 0, "files that are gone are nobody's business"
    assert "Passed" in clean.stdout + clean.stderr


def test_a_fault_is_told_readably(project: Project) -> None:
    project.write("app.py", FAULT)
    project.git("add", ".")
    refused = project.pre_commit("run", "oai-lint")
    assert refused.returncode == 1
    assert "OAI111" in refused.stdout
    assert "takes keywords only" in refused.stdout
    assert "--> app.py:3:17" in refused.stdout
    assert project.read("app.py") == FAULT


def test_only_what_is_staged_counts(project: Project) -> None:
    project.pre_commit("install")
    project.write("app.py", REPAIRED)
    project.git("add", ".")
    project.write("app.py", FAULT)
    made = project.commit()
    assert made.returncode == 0, made.stdout + made.stderr
    assert project.read("app.py") == FAULT, "what was not staged is there again"
    project.git("add", ".")
    project.write("app.py", REPAIRED + "# more\n")
    assert project.commit().returncode == 1
    assert project.read("app.py") == REPAIRED + "# more\n"


def test_files_that_are_excluded_and_no_python_are_left_alone(project: Project) -> None:
    project.write("oai-lint.toml", 'extend-exclude = ["generated"]\n')
    project.write("generated/app.py", FAULT)
    project.write("Makefile", "openai:\n\tcurl $$OPENAI_API_KEY\n")
    project.write("notes.md", f"openai {KEY}\n")
    project.git("add", ".")
    passed = project.pre_commit("run")
    assert passed.returncode == 0, passed.stdout
    assert project.read("generated/app.py") == FAULT


def test_five_thousand_files_in_one_go(project: Project) -> None:
    for number in range(5000):
        project.write(f"package/module_{number % 50}/file_{number:04}.py", f"x = {number}\n")
    project.write("package/last.py", FAULT)
    project.git("add", ".")
    done = project.pre_commit("run", "oai-lint", "--all-files")
    assert done.returncode == 1
    assert done.stdout.count("OAI111") == 1
    assert project.pre_commit("run", "oai-lint-fix", "--all-files").returncode == 1
    assert project.read("package/last.py") == REPAIRED


# -- what else pre-commit does with a repository of hooks ------------------------------------------


def test_try_repo_and_autoupdate(project: Project, clone: Path) -> None:
    project.write("app.py", FAULT)
    project.git("add", ".")
    refused = project.pre_commit("try-repo", str(clone), "oai-lint", "--all-files")
    assert refused.returncode == 1, refused.stderr
    assert "OAI111" in refused.stdout

    head = run("git", "rev-parse", "HEAD", cwd=clone, home=project.home).stdout.strip()
    old = project.read(".pre-commit-config.yaml").replace(head, "v0.0.1")
    project.write(".pre-commit-config.yaml", old)
    updated = project.pre_commit("autoupdate")
    assert updated.returncode == 0, updated.stdout + updated.stderr
    assert "updating v0.0.1 -> v0.0.2" in updated.stdout
    assert "rev: v0.0.2" in project.read(".pre-commit-config.yaml")
