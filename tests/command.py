"""Running the real command as people do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES = "OAI111,OAI901"
FAULT = 'import openai\n\nclient = openai.OpenAI("k")\n'
MENDED = 'import openai\n\nclient = openai.OpenAI(api_key="k")\n'


def environment(**more: str) -> dict[str, str]:
    """The environment without what changes output, and with this checkout on the path."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS")
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more}


def oai_lint(
    cwd: Path,
    *arguments: str,
    stdin: bytes = b"",
    prefix: Sequence[str] = ("-m", "oai_lint"),
    **more: str,
) -> subprocess.CompletedProcess[str]:
    """Run the command and assert what holds for every run: it never shows a traceback."""
    done = subprocess.run(
        [sys.executable, *prefix, *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=environment(**more),
        timeout=120,
        check=False,
    )
    result = subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
    assert "Traceback" not in result.stderr, result.stderr
    assert "please report" not in result.stderr, result.stderr
    assert result.returncode in (0, 1, 2, 130), result
    return result
