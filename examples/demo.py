"""Lint the example project, show what the fixes write, and what they leave.

Works on a copy: the example keeps its faults.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).parent / "support-desk"


def oai_lint(*arguments: str, cwd: Path) -> None:
    """Run the command as a user would, and go on whatever it finds."""
    print(f"\n$ oai-lint {' '.join(arguments)}\n", flush=True)
    command = [sys.executable, "-m", "oai_lint", *arguments]
    code = subprocess.run(command, cwd=cwd, check=False).returncode
    if code not in (0, 1):  # 1: there are findings, which is the point
        sys.exit(code)


def main() -> None:
    """Show the findings, the fixes and the rest."""
    with tempfile.TemporaryDirectory() as directory:
        project = Path(directory) / EXAMPLE.name
        shutil.copytree(EXAMPLE, project)
        oai_lint("check", ".", cwd=project)
        oai_lint("check", "--diff", "--unsafe-fixes", ".", cwd=project)
        oai_lint("check", "--fix", "--unsafe-fixes", "--output-format", "concise", ".", cwd=project)


if __name__ == "__main__":
    main()
