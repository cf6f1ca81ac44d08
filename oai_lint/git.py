"""What git is asked."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH118, PTH120

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from subprocess import CompletedProcess

PATIENCE: Final = 10.0
"""Seconds after which git is taken to know nothing."""

_HUNK = re.compile(rb"^@@ -[0-9,]+ \+([0-9]+)(?:,([0-9]+))? @@", re.M)
_AS_IS: Final = ("--no-color", "--no-ext-diff", "--no-textconv", "--find-renames")


class GitError(Exception):
    """Git cannot answer; the message is one line that says why and what to do."""


def tracked(directory: str, names: Sequence[str]) -> set[str]:
    """Return those of the files in a directory that git keeps; none where there is no checkout."""
    from subprocess import SubprocessError

    try:
        done = _git(directory, "ls-files", "-z", "--", *names, timeout=PATIENCE)
    except (OSError, SubprocessError):
        return set()
    return set(_names(done.stdout)) if done.returncode == 0 else set()


def checkout(path: str) -> str | None:
    """Return the directory of the checkout that the absolute ``path`` lies in."""
    parent = os.path.dirname(path)
    while not os.path.lexists(os.path.join(parent, ".git")):
        path, parent = parent, os.path.dirname(parent)
        if path == parent:
            return None
    return parent


def commit(root: str, revision: str) -> str:
    """Return the commit that a revision stands for; ``main...`` for where this branch left main.

    Args:
        root: the directory of a checkout.
        revision: as git takes it: a branch, a tag, a commit, ``HEAD~3``.

    Raises:
        GitError: there is no such revision there.
    """
    named = revision.removesuffix("...")
    found = _asked(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{named}^{{commit}}"
    )
    if found.returncode == 0 and named != revision:
        found = _asked(root, "merge-base", "HEAD", os.fsdecode(found.stdout).strip())
    if found.returncode or not found.stdout.strip():
        raise GitError(
            f"git knows no revision `{revision}`{_in(root)};"
            " a shallow clone must fetch it first (`git fetch origin <branch>`)"
        )
    return os.fsdecode(found.stdout).strip()


def changed(root: str, base: str) -> dict[str, str | None]:
    """Return the files that differ from a commit, each with its name there; None for a new one.

    Names are relative to ``root``.  Files that git was not told of count as new, those that it
    ignores are left out.

    Raises:
        GitError: git cannot say.
    """
    listed = _asked(root, "diff", "--name-status", "-z", *_AS_IS, base, "--")
    if listed.returncode:
        raise GitError(_complaint(root, listed))
    result: dict[str, str | None] = {}
    fields = iter(_names(listed.stdout))
    for status in fields:
        name = next(fields)
        old: str | None = name
        if status[0] in "RC":
            name = next(fields)
        if status[0] != "D":
            result[name] = None if status[0] == "A" else old
    unknown = _asked(root, "ls-files", "--others", "--exclude-standard", "-z")
    if unknown.returncode:
        raise GitError(_complaint(root, unknown))
    return result | dict.fromkeys(_names(unknown.stdout))


def hunks(root: str, base: str, old: str, new: str) -> list[tuple[int, int]]:
    """Return where a file of the working tree differs from what it was in a commit.

    Args:
        root: the directory of the checkout.
        base: the commit.
        old: the file's name then.
        new: its name now.

    Returns:
        Of each changed place the first line, counted from 0 at line feeds, and how many lines
        there are; no line where some were only taken out before that line.

    Raises:
        GitError: git cannot say.
    """
    # As text also what attributes call binary: a lock file, say, that nobody reviews.
    flags = ("--text", "--unified=0", "--inter-hunk-context=0", *_AS_IS)
    done = _asked(root, "diff", *flags, base, "--", *{old: 0, new: 0})
    if done.returncode:
        raise GitError(_complaint(root, done))
    found = []
    for match in _HUNK.finditer(done.stdout):
        line, count = int(match[1]), int(match[2] or 1)
        # Git names the line before where nothing is left.
        found.append((line - 1 if count else line, count))
    return found


def content(root: str, base: str, name: str) -> bytes:
    """Return the bytes of a file as it was in a commit.

    Raises:
        GitError: git cannot say.
    """
    done = _asked(root, "cat-file", "blob", f"{base}:{name}")
    if done.returncode:
        raise GitError(_complaint(root, done))
    return done.stdout


def _asked(root: str, *arguments: str) -> CompletedProcess[bytes]:
    from subprocess import SubprocessError

    try:
        return _git(root, *arguments)
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from None
    except SubprocessError as error:
        raise GitError(f"git cannot be run: {error}") from None


def _git(directory: str, *arguments: str, timeout: float | None = None) -> CompletedProcess[bytes]:
    import subprocess

    # A hook's variables speak of the place it was started in, which may be another one; and the
    # settings of a checkout that somebody else made must not have programs run.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return subprocess.run(
        ("git", "--literal-pathspecs", "-c", "core.fsmonitor=false", *arguments),
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=False,
    )


def _names(data: bytes) -> list[str]:
    return [name for name in os.fsdecode(data).split("\0") if name]


def _complaint(root: str, done: CompletedProcess[bytes]) -> str:
    said = os.fsdecode(done.stderr).strip().splitlines()
    return f"git failed{_in(root)}: {said[-1] if said else f'exit code {done.returncode}'}"


def _in(root: str) -> str:
    """Return where that is, for people; nothing if it is the working directory."""
    from oai_lint.files import shown

    return "" if (name := shown(root)) == "." else f" in {name}"
