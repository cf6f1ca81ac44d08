"""Which settings hold in a directory: those of the nearest file, and layers on top of them."""

# Paths are strings here: pathlib alone would cost as much as a bare interpreter start.
# ruff: noqa: PTH110, PTH113, PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from oai_lint.config import Config, PerFile, Selection
from oai_lint.metadata import discover, has_metadata
from oai_lint.settings import NAMES, Layer, read
from oai_lint.target import Target, parse_range

_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg")


@dataclass
class Resolver:
    """Finds the settings for each directory, once.

    Attributes:
        isolated: ignore configuration files (dependency metadata still counts).
        ignore_noqa: have comments that silence findings do nothing.
        file: the configuration file to use everywhere instead of those found.
        layers: settings that override files, the weakest first.
    """

    isolated: bool = False
    ignore_noqa: bool = False
    file: Layer | None = None
    layers: Sequence[Layer] = ()
    warnings: list[str] = field(default_factory=list)
    """What was wrong with dependency metadata, for people."""
    _files: dict[str, Layer | None] = field(default_factory=dict)
    _configs: dict[tuple[str, int], Config] = field(default_factory=dict)
    _roots: dict[str, str] = field(default_factory=dict)
    _targets: dict[str, Target] = field(default_factory=dict)

    def for_file(self, path: str) -> Config:
        """Return the settings in force for the file at ``path``, which need not exist.

        Raises:
            ConfigError: what is found cannot be used.
        """
        return self.for_directory(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100

    def declared_for(self, path: str) -> Target:
        """Return what metadata declares for the file at ``path``, whatever settings say."""
        return self._target(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100

    def for_directory(self, directory: str, *, walking: bool = False) -> Config:
        """Return the settings in force for files of the absolute ``directory``.

        Args:
            directory: it need not exist.
            walking: only files are looked for, and what the project declares is not yet read.

        Raises:
            ConfigError: what is found cannot be used.
        """
        found = self.file or (None if self.isolated else self._nearest(directory))
        if found is None:
            root = self._root(directory)
        elif self.file is not None:
            root = os.getcwd()  # noqa: PTH109 - as in ruff: the file may lie anywhere
        else:
            root = os.path.dirname(found.origin)
        target = Target() if walking else self._target(directory)
        key = (root, -1 if walking else id(target))
        if key not in self._configs:
            self._configs[key] = self.build(root, target, found)
        return self._configs[key]

    def origins(self, directory: str) -> dict[str, str]:
        """Return where each setting in force in ``directory`` was set."""
        found = self.file or (None if self.isolated else self._nearest(directory))
        result: dict[str, str] = {}
        for item in (*([found] if found else ()), *self.layers):
            result.update(dict.fromkeys(item.values, item.origin))
        return result

    def _nearest(self, directory: str) -> Layer | None:
        if directory in self._files:
            return self._files[directory]
        found: Layer | None = None
        for name in NAMES:
            path = os.path.join(directory, name)
            if os.path.isfile(path) and (found := read(path)) is not None:
                break
        if found is None and (parent := os.path.dirname(directory)) != directory:
            found = self._nearest(parent)
        self._files[directory] = found
        return found

    def _root(self, directory: str) -> str:
        """Return the nearest directory above that looks like a project's, or the working one."""
        if directory not in self._roots:
            parent = os.path.dirname(directory)
            if any(os.path.exists(os.path.join(directory, mark)) for mark in _MARKS):
                root = directory
            elif parent == directory:
                root = os.getcwd()  # noqa: PTH109
            else:
                root = self._root(parent)
            self._roots[directory] = root
        return self._roots[directory]

    def _target(self, directory: str) -> Target:
        """Return what is declared for ``directory``: one object for all that share it."""
        if directory not in self._targets:
            parent = os.path.dirname(directory)
            top = self._top(directory)
            try:
                names = os.listdir(directory)  # noqa: PTH208
            except OSError:
                names = []
            if directory == top or has_metadata(names):
                levels = [directory]
                while levels[-1] != top:
                    levels.append(os.path.dirname(levels[-1]))
                target = discover(levels, self.warnings)
            else:
                target = self._target(parent)
            self._targets[directory] = target
        return self._targets[directory]

    def _top(self, directory: str) -> str:
        """Return the directory above which nothing is declared: the checkout's or the root."""
        above = directory
        while (parent := os.path.dirname(above)) != above:
            if any(os.path.exists(os.path.join(above, mark)) for mark in (".git", ".hg")):
                return above
            above = parent
        root = self._root(directory)
        return root if os.path.join(directory, "").startswith(os.path.join(root, "")) else directory

    def build(self, root: str, target: Target, found: Layer | None) -> Config:
        """Return the settings in force below ``root``: the layers over those that were found."""
        layers = [*([found] if found else ()), *self.layers]
        values: dict[str, Any] = {}
        origin = ""
        selections: list[Selection] = []
        fixing: list[Selection] = []
        per_file: list[PerFile] = []
        extended: list[str] = []
        for item in layers:
            values.update(item.values)
            if "openai" in item.values:
                origin = item.origin
            get = item.values.get
            extend = (*get("extend-select", ()), *(_REASONS if get("require-reason") else ()))
            selection = Selection(get("select"), extend, get("ignore", ()))
            if selection != Selection():
                selections.append(selection)
            mended = get("fixable"), get("extend-fixable", ()), get("unfixable", ())
            if Selection(*mended) != Selection():
                fixing.append(Selection(*mended))
            if "per-file-ignores" in item.values:
                per_file = [*get("per-file-ignores")]
            per_file += get("extend-per-file-ignores", ())
            extended += get("extend-exclude", ())
        if "openai" in values:
            target = target.override(parse_range(values["openai"]), origin)
        settings: dict[str, Any] = {
            key.replace("-", "_"): values[key] for key in _PLAIN if key in values
        }
        return Config(
            root=root,
            origin=found.origin if found else "",
            selections=tuple(selections),
            fixing=tuple(fixing),
            per_file_ignores=tuple(per_file),
            extend_exclude=tuple(extended),
            severities=values.get("severity", {}),
            target=target,
            ignore_noqa=self.ignore_noqa,
            **settings,
        )


_REASONS: Final = ("unexplained-suppression",)
"""What ``require-reason`` stands for."""

_PLAIN = (
    "exclude",
    "force-exclude",
    "respect-gitignore",
    "extend-safe-fixes",
    "extend-unsafe-fixes",
    "http-client",
    "annotate",
    "clients",
    "confidence",
    "today",
    "baseline",
    "output-format",
    "fail-on",
    "fix",
    "unsafe-fixes",
    "fix-only",
)
