"""The settings for a file: the project's, with the editor's on top."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from oai_lint import settings
from oai_lint.config import Config, ConfigError
from oai_lint.files import excluded_above
from oai_lint.resolving import Resolver
from oai_lint.server.preferences import ORIGIN, Preferences

logger = logging.getLogger(__name__)

LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "requirements.txt")
WATCHED = (*settings.NAMES, *LOCK_FILES)
"""Files that settings or the SDK range are read from."""

UNSAVED = "untitled.py"

_Seen = dict[str, tuple[int, int]]


class Configuration:
    """Finds the settings for a file and remembers them until a file they come from changes.

    ``nearest`` runs in the worker: it reads files.
    """

    def __init__(self) -> None:
        self.preferences = Preferences()
        self.roots: tuple[Path, ...] = ()
        self._resolver: Resolver | None = None
        self._seen: dict[Path, _Seen] = {}

    @property
    def enabled(self) -> bool:
        """Whether anything is to be reported."""
        return self.preferences.enable

    def prefer(self, preferences: Preferences) -> None:
        """Use other settings of the editor's."""
        self.preferences = preferences
        self.forget()

    def forget(self) -> None:
        """Read everything again at the next question."""
        self._resolver = None
        self._seen = {}

    def nearest(self, path: Path | None) -> tuple[Config, str]:
        """Return the settings for a file, and why they are not the ones that were asked for.

        A buffer that was never saved gets those of the first workspace folder.
        """
        path = self.place(path)
        try:
            config = self._current(path.parent).for_file(str(path))
            _ = config.codes  # a selector that names no rule shows here
        except ConfigError as error:
            self._resolver = None  # so that it complains until it is mended
            return self._without_files(path), str(error)
        return config, ""

    def overriding(self, path: Path | None, values: Mapping[str, Any]) -> Config:
        """Return the settings for a file with ``values`` on top of all others.

        Raises:
            ConfigError: what is found cannot be used.
        """
        return self._make(settings.layer(ORIGIN, values)).for_file(str(self.place(path)))

    def resolver(self, path: Path | None) -> tuple[Resolver, str]:
        """Return what finds the settings for a file, and why it is not what was asked for."""
        _, problem = self.nearest(path)
        if problem:
            return self._isolated(), problem
        return self._current(self.place(path).parent), ""

    def place(self, path: Path | None) -> Path:
        """Return the path whose settings hold; a buffer without one is in the first folder."""
        return path or (self.roots[0] if self.roots else Path.cwd()) / UNSAVED

    def is_excluded(self, config: Config, path: Path) -> bool:
        """Say whether the file, or a directory it lies in, is left out by the settings."""
        return excluded_above(str(path), lambda _: config)

    def _current(self, folder: Path) -> Resolver:
        # Not every client can watch files, so the files are looked at: some fifty calls of stat.
        seen = dict(_stamps(folder))
        resolver = self._resolver
        if resolver is None or self._seen.setdefault(folder, seen) != seen:
            self._resolver = resolver = self._make()
            self._seen = {folder: seen}
        return resolver

    def _make(self, *layers: settings.Layer) -> Resolver:
        preferences = self.preferences
        file = None
        if preferences.config:
            written = Path(preferences.config).expanduser()
            place = (self.roots[0] if self.roots else Path.cwd()) / written
            file = settings.read(str(place), required=True)
        own = settings.layer(ORIGIN, preferences.values)
        return Resolver(file=file, layers=[own, *layers])

    def _without_files(self, path: Path) -> Config:
        try:
            return self._isolated().for_file(str(path))
        except ConfigError:
            return Config()

    def _isolated(self) -> Resolver:
        layers = [settings.layer(ORIGIN, self.preferences.values)]
        return Resolver(isolated=True, layers=layers)


def _stamps(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    for place in map(str, (folder, *folder.parents)):
        for name in WATCHED:
            path = os.path.join(place, name)  # noqa: PTH118 - paths would take longer than stat
            try:
                found = os.stat(path)  # noqa: PTH116
            except OSError:
                continue
            yield path, (found.st_mtime_ns, found.st_size)
