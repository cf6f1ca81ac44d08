"""Emacs in batch mode, with eglot and the real server."""

from __future__ import annotations

from pathlib import Path

from tests.editors.editor import installed, run
from tests.editors.sample import TEXT

PROBE = Path(__file__).with_name("emacs.el")


def test_findings_hover_quick_fix_and_fix_all(tmp_path: Path) -> None:
    editor = installed("emacs", "emacs-nox elpa-eglot")
    output = run([editor, "--batch", "--no-init-file", "-l", str(PROBE)], tmp_path, TEXT)
    assert "and third = OpenAI(api_key=KEY)" in output
    assert "the server leaves when told" in output
