"""Which files a run concerns: the walk of directories, exclusions and what git ignores."""

# Paths are strings here: a tree has tens of thousands, and scandir hands out strings.
# ruff: noqa: PTH100, PTH112, PTH113, PTH118, PTH120, PTH123

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oai_lint.git import tracked
from oai_lint.kinds import Kind, is_walked, kind_of

if TYPE_CHECKING:
    import pathspec

    from oai_lint.config import Config


@dataclass(slots=True)
class Found:
    """What discovery came to.

    Attributes:
        paths: absolute, sorted, each file once.
        problems: a line for each path that could not be looked at.
        walked: whether any directory was searched.
    """

    paths: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    walked: bool = False


@dataclass(slots=True)
class _Ignore:
    """The patterns of one ignore file, relative to its directory."""

    directory: str
    spec: pathspec.GitIgnoreSpec

    def verdict(self, path: str, is_dir: bool) -> bool | None:
        relative = path[len(self.directory) :].replace(os.sep, "/") + ("/" if is_dir else "")
        return self.spec.check_file(relative).include


def discover(
    arguments: Sequence[str],
    config_for: Callable[[str], Config],
    *,
    force_exclude: bool,
    respect_gitignore: bool,
) -> Found:
    """Find the files that ``arguments`` (files and directories) stand for.

    Args:
        arguments: paths as given; what is named by itself is taken, excluded or not.
        config_for: the settings of an absolute directory, for its exclusions.
        force_exclude: apply the exclusions to ``arguments`` too.
        respect_gitignore: leave out what git ignores.
    """
    found = Found()
    walk = _Walk(found, config_for, respect_gitignore)
    for argument in arguments:
        absolute = os.path.abspath(argument)
        if force_exclude and excluded_above(absolute, config_for):
            continue
        # An unreadable directory must not be mistaken for a file, nor a vanished file for one.
        try:
            is_dir = os.path.isdir(argument)
            if not is_dir:
                os.stat(argument)  # noqa: PTH116
        except OSError as error:
            alone = "; standard input cannot be checked together with paths"
            name = argument or "''"
            found.problems.append(f"{name}: {error.strerror}{alone if argument == '-' else ''}")
            continue
        except ValueError as error:  # a null byte
            found.problems.append(f"{argument!r}: {error}")
            continue
        if is_dir:
            found.walked = True
            walk.start(absolute)
        else:
            linked = os.path.realpath(absolute) != absolute
            (walk.links if linked else walk.files).add(absolute)
    # An .env file that git ignores and yet keeps is the one to hear of.
    for directory, names in walk.ignored.items():
        walk.files |= {os.path.join(directory, name) for name in tracked(directory, names)}
    # A file that is there under another name as well is not judged (and mended) twice.
    if walk.links:
        seen = set(map(_identity, walk.files))
        for path in sorted(walk.links):
            if (identity := _identity(path)) is None or identity not in seen:
                walk.files.add(path)
                seen.add(identity)
    found.paths = sorted(walk.files)
    return found


def _identity(path: str) -> tuple[int, int] | None:
    try:
        state = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return state.st_dev, state.st_ino


def shown(path: str) -> str:
    """Return a path as people read it: relative to the working directory if it lies below."""
    prefix = os.path.join(os.getcwd(), "")  # noqa: PTH109
    return path.removeprefix(prefix) if path != prefix.rstrip(os.sep) else "."


class _Walk:
    def __init__(
        self, found: Found, config_for: Callable[[str], Config], respect_gitignore: bool
    ) -> None:
        self.found = found
        self.config_for = config_for
        self.respect_gitignore = respect_gitignore
        self.files: set[str] = set()
        self.links: set[str] = set()
        self.ignored: dict[str, list[str]] = {}
        self.directories: set[tuple[int, int]] = set()

    def start(self, absolute: str) -> None:
        ignores = _ignores_above(absolute) if self.respect_gitignore else ()
        self.directory(absolute, ignores, self.config_for(absolute))

    def directory(self, absolute: str, ignores: tuple[_Ignore, ...], config: Config) -> None:
        prefix = os.path.join(absolute, "")
        try:
            state = os.stat(absolute)  # noqa: PTH116
            # A link back up the tree leads to a directory that was seen.
            if (state.st_dev, state.st_ino) in self.directories:
                return
            self.directories.add((state.st_dev, state.st_ino))
            with os.scandir(absolute) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.found.problems.append(f"{shown(absolute)}: {error.strerror}")
            return
        names = {entry.name for entry in listed}
        if self.respect_gitignore and (own := _ignore_file(prefix, names)):
            ignores = (*ignores, own)
        if not names.isdisjoint(_settings_names()):
            config = self.config_for(absolute)
        for entry in listed:
            name = entry.name
            try:
                is_dir = entry.is_dir(follow_symlinks=False)
                link = not is_dir and entry.is_symlink()
                # No pipe or device: opening one may wait for ever.
                is_file = is_walked(name) and (
                    os.path.isfile(prefix + name) if link else entry.is_file(follow_symlinks=False)
                )
            except OSError as error:
                self.found.problems.append(f"{shown(prefix + name)}: {error.strerror}")
                continue
            if not (is_dir or is_file):
                continue
            path = prefix + name
            if config.excluded(path):
                continue
            if ignores and _ignored(ignores, path, is_dir):
                if not is_dir and kind_of(name) is Kind.ENV:
                    self.ignored.setdefault(absolute, []).append(name)
                continue
            if not is_dir:
                (self.links if link else self.files).add(path)
            elif not os.path.lexists(os.path.join(path, "pyvenv.cfg")):
                self.directory(path, ignores, config)


def _settings_names() -> tuple[str, ...]:
    from oai_lint.settings import NAMES

    return NAMES


def _ignored(ignores: Sequence[_Ignore], path: str, is_dir: bool) -> bool:
    for ignore in reversed(ignores):  # the nearest file decides
        verdict = ignore.verdict(path, is_dir)
        if verdict is not None:
            return verdict
    return False


def _ignore_file(prefix: str, names: set[str]) -> _Ignore | None:
    lines: list[str] = []
    for name in (".gitignore", ".ignore"):
        if name in names:
            lines += _lines(prefix + name)
    return _compile(prefix, lines)


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def _compile(prefix: str, lines: list[str]) -> _Ignore | None:
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    import pathspec

    try:
        return _Ignore(prefix, pathspec.GitIgnoreSpec.from_lines(lines))
    except ValueError:
        usable = [line for line in lines if _valid(line)]
        return _Ignore(prefix, pathspec.GitIgnoreSpec.from_lines(usable))


def _valid(line: str) -> bool:
    """Git leaves out a pattern that it cannot read; so do we."""
    import pathspec

    try:
        pathspec.GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _ignores_above(absolute: str) -> tuple[_Ignore, ...]:
    """Return the ignore files of the checkout above a directory, the outermost first."""
    above: list[_Ignore] = []
    for directory in _parents(absolute):
        prefix = os.path.join(directory, "")
        root = os.path.lexists(prefix + ".git")
        if directory != absolute and (
            own := _ignore_file(
                prefix, {".gitignore"} if os.path.isfile(prefix + ".gitignore") else set()
            )
        ):
            above.append(own)
        if root:
            own = _compile(prefix, _lines(os.path.join(prefix, ".git", "info", "exclude")))
            return tuple(reversed([*above, *([own] if own else ())]))
    return ()  # outside of a checkout only what lies below counts


def _parents(absolute: str) -> Iterator[str]:
    yield absolute
    while (parent := os.path.dirname(absolute)) != absolute:
        absolute = parent
        yield absolute


def excluded_above(absolute: str, config_for: Callable[[str], Config]) -> bool:
    """Say whether a path or a directory above it, up to the root of the settings, is excluded."""
    config = config_for(os.path.dirname(absolute))
    for path in _parents(absolute):
        if path == config.base:
            return False
        if config.excluded(path):
            return True
    return False
