"""An editor run without a screen, by a script of its own that checks what its user would see."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server_client import ENVIRONMENT

SERVER = [sys.executable, "-m", "oai_lint", "server"]


def installed(program: str, packages: str) -> str:
    """Return where a program is; without it, skip the test, and fail it in CI.

    Args:
        program: the command.
        packages: what to install for it on Debian.
    """
    found = shutil.which(program)
    if found is None and "CI" in os.environ:
        pytest.fail(f"{program} is not installed, and in CI this test must run")
    if found is None:
        pytest.skip(f"{program} is not installed (apt-get install {packages})")
    return found


def run(command: list[str], folder: Path, text: str, **environment: str) -> str:
    """Run an editor on a file ``bot.py`` with ``text``, away from the user's own settings.

    The script finds the server's command in SERVER, as a JSON list, and the file in TARGET.

    Returns:
        What the script printed; it says FAIL where something is not as it should be.
    """
    target = folder / "bot.py"
    target.write_text(text, encoding="utf-8")
    home = folder / "home"
    home.mkdir()
    done = subprocess.run(
        command,
        env={
            **ENVIRONMENT,
            **{f"XDG_{name}_HOME": str(home) for name in ("CONFIG", "DATA", "STATE", "CACHE")},
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "SERVER": json.dumps(SERVER),
            "TARGET": str(target),
            **environment,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    output = done.stdout + done.stderr
    print(output)
    assert done.returncode == 0, output
    assert "FAIL" not in output
    return output
