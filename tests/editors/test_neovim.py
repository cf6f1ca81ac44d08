"""Neovim, headless, with its built-in client and the real server."""

from __future__ import annotations

from pathlib import Path

from tests.editors.editor import installed, run
from tests.editors.sample import TEXT

PROBE = Path(__file__).with_name("neovim.lua")


def test_findings_quick_fix_and_fix_all(tmp_path: Path) -> None:
    editor = installed("nvim", "neovim")
    command = [editor, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {PROBE}"]
    output = run(command, tmp_path, TEXT)
    assert "and third = OpenAI(api_key=KEY)" in output
