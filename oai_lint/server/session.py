"""The open files and their findings; the engine runs beside the event loop, one file at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from oai_lint import engine
from oai_lint.config import Config
from oai_lint.engine import Diagnostic, Fixed
from oai_lint.patch import Safety
from oai_lint.server.analysis import UNPARSABLE, Analysis, Snapshot, carried, parses
from oai_lint.server.configuration import Configuration
from oai_lint.server.constructions import Construction, constructions
from oai_lint.server.trees import Trees
from oai_lint.server.worker import Worker
from oai_lint.source import Source

logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Job:
    """An analysis that runs, waits or is done."""

    snapshot: Snapshot
    generation: int
    future: asyncio.Future[Analysis]


class Session:
    """What is known about the files that the editor has open.

    Everything here runs on the event loop except ``_analyse``, which the worker does.
    """

    def __init__(self) -> None:
        self.configuration = Configuration()
        self._snapshots: dict[str, Snapshot] = {}
        self._homes: dict[str, str] = {}  # the notebook of each cell
        self._jobs: dict[str, _Job] = {}
        self._good: dict[str, Analysis] = {}
        self._made: dict[str, tuple[Analysis, tuple[Construction, ...]]] = {}
        self._generation = 0
        self._trees = Trees()
        self.worker = Worker()

    def put(self, uri: str, path: Path | None, source: Source, version: int | None) -> None:
        """Take note of a file's new text."""
        self.keep(Snapshot(uri, path, source, version))

    def keep(self, snapshot: Snapshot) -> None:
        """Take note of a file's, or a notebook's, new state."""
        key = unquote(snapshot.uri)
        self._snapshots[key] = snapshot
        if snapshot.cells:
            self._homes.update({unquote(cell.uri): key for cell in snapshot.cells})

    def renew(self, uri: str) -> None:
        """Have a file analysed again though its text is the same."""
        if (snapshot := self.get(uri)) is not None:
            self._snapshots[self._key(uri)] = replace(snapshot)

    def drop(self, uri: str) -> None:
        """Forget a file that was closed."""
        key = unquote(uri)
        self._snapshots.pop(key, None)
        self._homes = {cell: home for cell, home in self._homes.items() if home != key}
        self._good.pop(key, None)
        self._made.pop(key, None)
        self._trees.drop(key)
        if job := self._jobs.pop(key, None):
            job.future.cancel()

    def get(self, uri: str) -> Snapshot | None:
        """Return the present text of an open file, for a cell that of its notebook."""
        return self._snapshots.get(self._key(uri))

    @property
    def uris(self) -> list[str]:
        """The open files."""
        return [snapshot.uri for snapshot in self._snapshots.values()]

    @property
    def generation(self) -> int:
        """A number that changes with the settings."""
        return self._generation

    def forget_findings(self) -> None:
        """Have every file analysed again: settings changed."""
        self._generation += 1

    async def analysis(self, uri: str) -> Analysis | None:
        """Return the findings for the present text of an open file, None once it is closed.

        Whoever asks while the same text is being analysed waits for that; when the text changes
        meanwhile, for the analysis of the newer one.
        """
        while (snapshot := self.get(uri)) is not None:
            job = self._job(self._key(uri), snapshot)
            await asyncio.wait([job.future])
            if not job.future.cancelled() and self._is_current(job):
                return job.future.result()
        return None

    async def constructions(self, analysis: Analysis) -> tuple[Construction, ...]:
        """Return the SDK clients that a document makes; it is read for that once."""
        key = unquote(analysis.snapshot.uri)
        known = self._made.get(key)
        if known is not None and known[0] is analysis:
            return known[1]
        source, config, trees = (
            analysis.snapshot.source,
            analysis.config,
            partial(self._trees.of, key),
        )
        found = await self.run(lambda: constructions(source, config, trees))
        if self.get(key) is analysis.snapshot:
            self._made[key] = analysis, found
        return found

    async def fixed(
        self,
        analysis: Analysis,
        config: Config | None = None,
        safety: Safety = Safety.SAFE,
        among: engine.Among | None = None,
    ) -> Fixed:
        """Return the analysed text with all its fixes applied, or those ``config`` leaves."""
        source, config = analysis.snapshot.source, config or analysis.config
        return await self.run(lambda: engine.fix(source, config, safety=safety, among=among))

    async def run(self, work: Callable[[], T]) -> T:
        """Do something slow beside the event loop."""
        return await self.worker.submit(work)

    def close(self) -> None:
        """Drop all work that has not begun."""
        self.worker.close()

    def _key(self, uri: str) -> str:
        key = unquote(uri)
        return self._homes.get(key, key)

    def _is_current(self, job: _Job) -> bool:
        current = self.get(job.snapshot.uri) is job.snapshot
        return current and job.generation == self._generation

    def _job(self, key: str, snapshot: Snapshot) -> _Job:
        job = self._jobs.get(key)
        if job is not None and self._is_current(job) and not job.future.cancelled():
            return job
        if job is not None:
            job.future.cancel()
        good = self._good.get(key)
        future = self.worker.submit(self._analyse, snapshot, good)
        future.add_done_callback(lambda done: self._remember(key, done))
        self._jobs[key] = job = _Job(snapshot, self._generation, future)
        return job

    def _remember(self, key: str, done: asyncio.Future[Analysis]) -> None:
        if done.cancelled() or done.exception() or key not in self._snapshots:
            return
        analysis = done.result()
        if not analysis.stale and not any(item.code == UNPARSABLE for item in analysis.diagnostics):
            self._good[key] = analysis

    def _analyse(self, snapshot: Snapshot, good: Analysis | None) -> Analysis:
        source, path = snapshot.source, snapshot.path
        key, config, problem = unquote(snapshot.uri), Config(), ""
        found: tuple[Diagnostic, ...] = ()
        silent = not self.configuration.enabled
        try:
            config, reason = self.configuration.nearest(path)
            if reason:
                problem = f"oai-lint uses its default settings: {reason}"
            if path is not None and self.configuration.is_excluded(config, path):
                silent = True
            if not silent:
                found = tuple(
                    engine.check(
                        source,
                        config,
                        reparser=partial(self._trees.of, key),
                        wanted=lambda: self._snapshots.get(key) is snapshot,
                    )
                )
        except engine.Stopped:
            raise
        except Exception as error:
            # The engine reports what a rule does wrong; whatever else happens, one file must not
            # end the session.
            logger.exception("%s could not be checked", source.path)
            # Silence would look like praise.
            problem = f"oai-lint could not check {source.path}: {type(error).__name__}: {error}"
        finally:
            if key not in self._snapshots:  # closed meanwhile
                self._trees.drop(key)
        if good is not None and not silent:
            broken = any(item.code == UNPARSABLE for item in found)
            # OAI900 may be switched off, and a text that broke is not one that was mended.
            if broken or (good.diagnostics and not found and not parses(source)):
                kept = carried(good, source)
                return Analysis(snapshot, config, kept, stale=True, problem=problem)
        return Analysis(snapshot, config, found, problem=problem)
