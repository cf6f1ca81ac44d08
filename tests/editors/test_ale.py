"""Vim without a screen, with ALE, the documented settings and the real server."""

from __future__ import annotations

from pathlib import Path

from tests.editors.editor import documented, installed, run
from tests.editors.sample import TEXT

PROBE = Path(__file__).with_name("ale.vim")
BARE = ["-Nu", "NONE", "-n", "-i", "NONE", "-es"]
PLUGIN = "if !has('job') || !isdirectory('/usr/share/vim-ale') | cquit | endif"


def test_findings_hover_quick_fix_and_fix_all(tmp_path: Path) -> None:
    editor = installed("vim", "vim-nox vim-ale", *BARE, "-c", PLUGIN, "-c", "quit")
    settings = tmp_path / "vimrc"
    settings.write_text(documented("vim"), encoding="utf-8")
    command = [editor, *BARE, "-S", str(PROBE)]
    output = run(command, tmp_path, TEXT, answers="1\n", SETTINGS=str(settings))
    assert "ok none after fixing all" in output
