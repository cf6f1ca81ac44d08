"""``check --watch``: check again whenever something changes that could change the report."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH100, PTH109, PTH113, PTH116, PTH118, PTH120

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from time import sleep
from typing import TYPE_CHECKING, Final

from oai_lint.config import Config, ConfigError
from oai_lint.files import discover
from oai_lint.metadata import has_metadata
from oai_lint.report.outputs import parse
from oai_lint.resolving import Resolver
from oai_lint.settings import NAMES

if TYPE_CHECKING:
    from oai_lint.options import Options

PAUSE: Final = 0.3
"""Seconds between two looks.  Polling works on every file system, mounts and containers too."""
_LOOKS: Final = 7
"""Looks at known files between two searches for new ones."""

CLEAR: Final = "\x1b[2J\x1b[3J\x1b[H"
"""What empties a terminal: screen, what was scrolled away, cursor."""

_Seen = dict[str, tuple[int, int, int] | None]


def watch(options: Options, check: Callable[[Options], int]) -> int:
    """Check now and after every change, until Ctrl-C, which is the way to leave.

    Args:
        options: of the command.
        check: what runs it once.

    Returns:
        The exit code, 0.
    """
    try:
        # Looked at before the check, so that what changes while it runs is not missed.
        seen = _seen(_found(options))
        _report(options, check, "Starting to watch…")
        while True:
            for _ in range(_LOOKS):
                sleep(PAUSE)
                if _seen(seen) != seen:
                    break
            now = _seen(_found(options))
            if now != seen:
                seen = now
                _report(options, check, "A file changed.")
    except KeyboardInterrupt:
        return 0


def _report(options: Options, check: Callable[[Options], int], reason: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(CLEAR)
    sys.stderr.write(f"{reason}\n\n")
    try:
        check(options)
    except ConfigError as error:
        # Somebody is in the middle of writing it.
        sys.stderr.write(f"error: {error}\n")
    sys.stderr.write("\nWatching; Ctrl-C ends it.\n")
    sys.stdout.flush()
    sys.stderr.flush()


def _found(options: Options) -> list[str]:
    """Return the files that a run concerns, and those that its settings may come from.

    Its own reports are not among them: they change by each check.

    Raises:
        ConfigError: an option for a report cannot be understood.
    """
    resolver = Resolver(isolated=options.isolated)
    reports = {options.output_file, *(parse(text).path for text in options.outputs)} - {""}
    written = {os.path.realpath(path) for path in reports}

    def config_for(directory: str) -> Config:
        try:
            return resolver.for_directory(directory, walking=True)
        except ConfigError:
            return Config()

    found = discover(options.paths, config_for, force_exclude=False, respect_gitignore=True).paths
    directories = {os.getcwd(), *map(os.path.dirname, found)}
    chosen = [os.path.abspath(value) for value in options.config if os.path.isfile(value)]
    settings = [path for directory in _above(directories) for path in _settings(directory)]
    return [path for path in (*found, *chosen, *settings) if os.path.realpath(path) not in written]


def _above(directories: Iterable[str]) -> set[str]:
    """Return directories with all that are above them."""
    result: set[str] = set()
    for directory in directories:
        above = directory
        while above not in result:
            result.add(above)
            above = os.path.dirname(above)
    return result


def _settings(directory: str) -> list[str]:
    try:
        names = os.listdir(directory)  # noqa: PTH208
    except OSError:
        return []
    return [
        os.path.join(directory, name)
        for name in names
        if name in NAMES or name in (".gitignore", ".ignore") or has_metadata([name])
    ]


def _seen(paths: Iterable[str]) -> _Seen:
    result: _Seen = {}
    for path in paths:
        try:
            state = os.stat(path)
        except OSError:
            result[path] = None
        else:
            result[path] = (state.st_mtime_ns, state.st_size, state.st_ino)
    return result
