"""Neovim, headless, with its built-in client and the real server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server_client import ENVIRONMENT

PROBE = Path(__file__).with_name("neovim.lua")

TEXT = """\
from openai import AsyncOpenAI, OpenAI

from settings import KEY

name = "\U0001f600"; client = OpenAI(KEY)
other = "\U0001f600", AsyncOpenAI(KEY)
third = OpenAI(KEY)
"""


def test_findings_quick_fix_and_fix_all(tmp_path: Path) -> None:
    editor = shutil.which("nvim")
    if editor is None and "CI" in os.environ:
        pytest.fail("nvim is not installed, and in CI this test must run")
    if editor is None:
        pytest.skip("nvim is not installed (apt-get install neovim)")
    target = tmp_path / "bot.py"
    target.write_text(TEXT, encoding="utf-8")
    homes = {f"XDG_{name}_HOME": str(tmp_path) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    command = [sys.executable, "-m", "oai_lint", "server"]
    run = subprocess.run(
        [editor, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {PROBE}"],
        env={**ENVIRONMENT, **homes, "SERVER": json.dumps(command), "TARGET": str(target)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    print(run.stdout, run.stderr)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "FAIL" not in run.stdout + run.stderr
    assert "and third = OpenAI(api_key=KEY)" in run.stdout
