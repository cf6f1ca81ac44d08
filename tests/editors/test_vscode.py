"""VS Code with the packaged extension: its own extension host, window and status bar."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

import oai_lint
from oai_lint.server.preferences import Preferences, read
from oai_lint.settings import KEYS
from tests.editors.sample import TEXT

PROJECT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).with_name("vscode")
EXTENSION = PROJECT / "editors" / "vscode"
PACKAGE = EXTENSION / f"oai-lint-{oai_lint.__version__}.vsix"
VSCODE = Path(os.environ.get("OAI_LINT_VSCODE", PROJECT / ".cache" / "vscode"))

OLD = """\
import openai

answer = openai.ChatCompletion.create(model="gpt-4o", messages=[])
print("\U0001f600", answer["choices"][0]["message"]["content"])
"""
ENV = f'OPENAI_API_KEY="Bearer {"sk-" + "Zq3f" * 12}"\n'
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Keys\n"]},
            *(
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "metadata": {},
                    "outputs": [],
                    "source": source,
                }
                for source in (["from openai import OpenAI"], ['"\U0001f600"; OpenAI(KEY)'])
            ),
        ],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)
SETTINGS = json.dumps({"files.autoSave": "off", "chat.disableAIFeatures": True})

VALUES: dict[str, object] = {
    "perFileIgnores": {"scripts/*": ["OAI403"]},
    "extendPerFileIgnores": {"scripts/*": ["OAI403"]},
    "severity": {"OAI403": "info"},
    "clients": {"app.llm.client": "OpenAI"},
    "targetOpenai": ">=1.40,<3",
}
ONLY_COMMAND_LINE = {
    *("baseline", "fail-on", "fix", "fix-only", "force-exclude", "output-format", "today"),
    "unsafe-fixes",
}
"""Settings about what the command does with what it finds."""


def needed() -> str:
    """Return where the browser is; skip the test where something is lacking, fail it in CI."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    lacking = [
        remedy
        for found, remedy in (
            (shutil.which("node"), "Node 20 or later"),
            (browser, "Chromium (apt-get install chromium)"),
            (PACKAGE.exists(), "the extension (make vsix)"),
            ((VSCODE / "node_modules").exists(), f"VS Code ({SCRIPTS / 'install.sh'} {VSCODE})"),
        )
        if not found
    ]
    if lacking and "CI" in os.environ:
        pytest.fail(f"lacking, and in CI this test must run: {', '.join(lacking)}")
    if lacking:
        pytest.skip(f"lacking: {', '.join(lacking)}")
    return str(browser)


def bare(folder: Path) -> Path:
    """Make an interpreter that has no libraries."""
    venv.create(folder, symlinks=True)
    return folder / "bin" / "python"


def test_the_extension_in_vscode(tmp_path: Path) -> None:
    browser = needed()
    folder, scratch, programs = (tmp_path / name for name in ("work", "scratch", "programs"))
    for made in (folder, scratch, programs):
        made.mkdir()
    (folder / ".vscode").mkdir()
    files = {
        "bot.py": TEXT,
        "old.py": OLD,
        "keys.ipynb": NOTEBOOK,
        ".env": ENV,
        ".vscode/settings.json": SETTINGS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / ".venv").symlink_to(sys.prefix)
    wanted = {
        "vscode": str(VSCODE),
        "chromium": browser,
        "vsix": str(PACKAGE),
        "folder": str(folder),
        "scratch": str(scratch),
        "suite": str(SCRIPTS / "suite"),
        "others": [str(SCRIPTS / "python-extension")],
    }
    done = subprocess.run(
        [str(shutil.which("node")), str(SCRIPTS / "run.mjs"), json.dumps(wanted)],
        env={
            **os.environ,
            "OAI_LINT_PYTHON": sys.executable,
            "OAI_LINT_BARE_PYTHON": str(bare(tmp_path / "bare")),
            "PATH": str(programs),  # no oai-lint there, and no other Python
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=400,
        check=False,
    )
    output = done.stdout + done.stderr
    print(output)
    assert done.returncode == 0, output
    assert "FAIL" not in output
    assert "ok the interpreter chosen in the Python extension goes before" in output
    (shown,) = re.findall(r"status bar: (.*)", output)
    assert {"oai-lint", "oai-lint 3"} <= set(json.loads(shown))


def declared() -> dict[str, Any]:
    package = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    settings = package["contributes"]["configuration"]["properties"]
    return {name.removeprefix("oai-lint."): what for name, what in settings.items()}


def value(name: str, what: dict[str, Any]) -> object:
    """Return something that a user might write."""
    if name in VALUES:
        return VALUES[name]
    if "enum" in what:
        return what["enum"][-1]
    kind = what["type"] if isinstance(what["type"], str) else what["type"][0]
    return {"array": ["OAI403"], "boolean": True, "string": "some.toml"}[kind]


def test_every_setting_of_a_project_can_be_one_of_the_editor() -> None:
    preferences, complaints = read({name: value(name, what) for name, what in declared().items()})
    assert complaints == []
    assert {*KEYS} - {*preferences.values} == ONLY_COMMAND_LINE


def test_settings_that_are_left_alone_change_nothing() -> None:
    assert read({name: what["default"] for name, what in declared().items()}) == (Preferences(), [])


def test_the_extension_has_the_version_of_the_server() -> None:
    package = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert package["version"] == oai_lint.__version__ == locked["version"]
