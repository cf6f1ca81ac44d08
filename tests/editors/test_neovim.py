"""Neovim, headless, with its built-in client, the documented settings and the real server."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.editors.editor import documented, installed, run
from tests.editors.sample import TEXT

PROBE = Path(__file__).with_name("neovim.lua")

INTERFACES = (((0, 11), "vim.lsp.config"), ((0, 8), "vim.lsp.start"), ((0, 7), "start_client"))
"""What settings are made of, from which version on."""


def interface(editor: str) -> str:
    printed = subprocess.run([editor, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"v(\d+)\.(\d+)", printed.stdout)
    assert found, printed.stdout
    version = int(found[1]), int(found[2])
    return next(name for least, name in INTERFACES if version >= least)


def test_findings_hover_quick_fix_and_fix_all(tmp_path: Path) -> None:
    editor = installed("nvim", "neovim")
    settings = tmp_path / "init.lua"
    parts = (f"{interface(editor)}(", "BufWritePre")
    settings.write_text("".join(documented("lua", part) for part in parts), encoding="utf-8")
    command = [editor, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {PROBE}"]
    output = run(command, tmp_path, TEXT, SETTINGS=str(settings))
    assert "and third = OpenAI(api_key=KEY)" in output
