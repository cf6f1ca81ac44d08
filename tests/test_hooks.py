"""The pre-commit hooks, driven by pre-commit itself on a clean clone of this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    environment.pop("GIT_DIR", None)
    return subprocess.run(
        command, cwd=cwd, env=environment, text=True, capture_output=True, check=False
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean clone of what is committed, as a hook repository."""
    path = tmp_path_factory.mktemp("hooks") / "oai-lint"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "app.py").write_text(FAULT, encoding="utf-8")
    subprocess.run(["git", "add", "app.py"], cwd=tmp_path, check=True)
    return tmp_path


def pre_commit(*arguments: str) -> tuple[str, ...]:
    return sys.executable, "-m", "pre_commit", *arguments


def test_manifest_is_valid() -> None:
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    command = pre_commit("validate-manifest", manifest)
    assert subprocess.run(command, check=False, cwd=ROOT).returncode == 0


def test_try_repo_refuses_a_fault_and_repairs_it(project: Path, clone: Path, home: Path) -> None:
    refused = run(
        *pre_commit("try-repo", str(clone), "oai-lint", "--all-files"), cwd=project, home=home
    )
    assert refused.returncode == 1, refused.stderr
    assert "OAI111" in refused.stdout
    assert "takes keywords only" in refused.stdout
    assert (project / "app.py").read_text(encoding="utf-8") == FAULT

    fixing = pre_commit("try-repo", str(clone), "oai-lint-fix", "--all-files")
    repaired = run(*fixing, cwd=project, home=home)
    assert repaired.returncode == 1, "pre-commit refuses the commit that a hook changed"
    assert "files were modified by this hook" in repaired.stdout
    assert (project / "app.py").read_text(encoding="utf-8") == REPAIRED
    assert run(*fixing, cwd=project, home=home).returncode == 0


def test_a_commit_is_refused_repaired_and_made(project: Path, clone: Path, home: Path) -> None:
    revision = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=clone, check=True, text=True, capture_output=True
    ).stdout.strip()
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {clone}\n    rev: {revision}\n    hooks:\n"
        "      - id: oai-lint-fix\n      - id: oai-lint\n",
        encoding="utf-8",
    )
    assert run(*pre_commit("install", "--install-hooks"), cwd=project, home=home).returncode == 0
    commit = ("git", *AUTHOR, "commit", "--quiet", "--message", "x")
    run("git", "add", ".", cwd=project, home=home)
    assert run(*commit, cwd=project, home=home).returncode == 1
    assert (project / "app.py").read_text(encoding="utf-8") == REPAIRED
    run("git", "add", ".", cwd=project, home=home)
    made = run(*commit, cwd=project, home=home)
    assert made.returncode == 0, made.stdout + made.stderr
