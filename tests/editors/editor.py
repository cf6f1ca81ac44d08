"""An editor run without a screen, by a script of its own that checks what its user would see."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server_client import ENVIRONMENT

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "editors.md"


def installed(program: str, packages: str, *arguments: str) -> str:
    """Return where a program is; without it, skip the test, and fail it in CI.

    Args:
        program: the command.
        packages: what to install for it on Debian.
        arguments: make the program fail where an extension is lacking that the test needs.
    """
    found = shutil.which(program)
    if found and (not arguments or not subprocess.call([found, *arguments])):
        return found
    if "CI" in os.environ:
        pytest.fail(f"{packages}: not installed, and in CI this test must run")
    pytest.skip(f"not installed (apt-get install {packages})")


def documented(language: str, containing: str = "") -> str:
    """Return the settings that the documentation gives in the language of one editor."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```", DOCUMENTATION.read_text(encoding="utf-8"), re.M | re.S
    )
    (settings,) = (block for block in blocks if containing in block)
    return str(settings)


def run(command: list[str], folder: Path, text: str, answers: str = "", **environment: str) -> str:
    """Run an editor on a file ``bot.py`` with ``text``, away from the user's own settings.

    The script finds the file in TARGET, and `oai-lint` on the path.

    Args:
        command: the editor, told to run its script.
        folder: an empty one.
        text: the file's.
        answers: what the user types.
        environment: what else the script needs to know.

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
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TARGET": str(target),
            **environment,
        },
        input=answers,
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
