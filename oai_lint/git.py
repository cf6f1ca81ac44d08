"""What git is asked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

PATIENCE: Final = 10.0
"""Seconds after which git is taken to know nothing."""


def tracked(directory: str, names: Sequence[str]) -> set[str]:
    """Return those of the files in a directory that git keeps; none where there is no checkout."""
    import subprocess

    # A hook's variables speak of the place it was started in, which may be another one; and the
    # settings of a checkout that somebody else made must not have programs run.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ("git", "--literal-pathspecs", "-c", "core.fsmonitor=false", "ls-files", "-z", "--")
    try:
        done = subprocess.run(
            (*command, *names),
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return set()
    return set(os.fsdecode(done.stdout).split("\0")) - {""} if done.returncode == 0 else set()
