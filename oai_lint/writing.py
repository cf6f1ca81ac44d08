"""Files that are written: whole or not at all, whatever happens meanwhile."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH123

from __future__ import annotations

import os
import stat
from contextlib import suppress


def replace(path: str, before: bytes, after: bytes) -> None:
    """Write a file's new bytes in one step: readers see the old file or the new one.

    Mode and, where allowed, owner stay; of a symbolic link the file it leads to is replaced.

    Args:
        path: the file.
        before: what was read from it; it is left alone if it no longer says so.
        after: what to write.

    Raises:
        OSError: it changed meanwhile, or cannot be written.
    """
    import tempfile

    state = os.stat(path)  # noqa: PTH116
    if not stat.S_ISREG(state.st_mode):
        raise OSError(None, "not a regular file")
    real = os.path.realpath(path)
    if not os.access(real, os.W_OK):
        raise PermissionError(None, "not writable")
    with open(real, "rb") as file:
        if file.read() != before:
            raise OSError(None, "changed while it was being fixed; left alone")
    directory, name = os.path.split(real)
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".oai-lint", dir=directory)
    try:
        with open(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "chown") and (state.st_uid, state.st_gid) != _owner(temporary):
            _keep_owner(temporary, state)
        os.chmod(temporary, state.st_mode & 0o7777)  # noqa: PTH101
        os.replace(temporary, real)  # noqa: PTH105
    except BaseException:
        os.unlink(temporary)  # noqa: PTH108
        raise


def create(path: str, data: bytes) -> None:
    """Write a new file, whole or not at all.

    Raises:
        OSError: it is there already, or cannot be written.
    """
    temporary = f"{path}.{os.getpid()}.oai-lint"
    new = open(temporary, "xb")  # noqa: SIM115 - what is there already is not ours to remove
    try:
        with new as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.lexists(path):
            raise FileExistsError(None, "is there already")
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


def _owner(path: str) -> tuple[int, int]:
    state = os.stat(path)  # noqa: PTH116
    return state.st_uid, state.st_gid


def _keep_owner(path: str, state: os.stat_result) -> None:
    try:
        os.chown(path, state.st_uid, state.st_gid)
    except OSError:  # only root may give a file away
        return
