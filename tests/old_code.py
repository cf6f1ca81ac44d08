"""Programs with faults, and projects that hold some of them already."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

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
