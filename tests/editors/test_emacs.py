"""Emacs in batch mode, with eglot, the documented settings and the real server."""

from __future__ import annotations

from pathlib import Path

from tests.editors.editor import documented, installed, run
from tests.editors.sample import TEXT

PROBE = Path(__file__).with_name("emacs.el")
EGLOT = """(progn (package-initialize) (kill-emacs (if (locate-library "eglot") 0 1)))"""


def test_findings_hover_quick_fix_and_fix_all(tmp_path: Path) -> None:
    editor = installed("emacs", "emacs-nox elpa-eglot", "--batch", "--eval", EGLOT)
    settings = tmp_path / "init.el"
    settings.write_text(documented("elisp"), encoding="utf-8")
    command = [editor, "--batch", "--no-init-file", "-l", str(PROBE)]
    output = run(command, tmp_path, TEXT, SETTINGS=str(settings))
    assert "and third = OpenAI(api_key=KEY)" in output
    assert "the server leaves when told" in output
