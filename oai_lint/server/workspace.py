"""Findings of the whole workspace, for clients that ask: ``workspace/diagnostic``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from oai_lint import engine
from oai_lint.config import Config, ConfigError
from oai_lint.files import discover
from oai_lint.kinds import Kind, kind_of
from oai_lint.server.analysis import Analysis, Snapshot
from oai_lint.server.diagnostics import result_id, to_lsp
from oai_lint.server.guarding import guarded
from oai_lint.source import Source, UndecodableSource

if TYPE_CHECKING:
    from oai_lint.server.language_server import LintServer

BATCH = 20
"""Files after which the client hears of findings and progress."""

HOLD = 10.0
"""Seconds that an answer without news is held back; VS Code asks again two seconds after it."""

Report = lsp.WorkspaceFullDocumentDiagnosticReport | lsp.WorkspaceUnchangedDocumentDiagnosticReport


@dataclass(slots=True)
class _Known:
    """What was found in a file that is not open, while the file and the settings stay."""

    stamp: tuple[int, int]
    generation: int
    analysis: Analysis


class Survey:
    """The findings of files that no editor window shows."""

    def __init__(self, ls: LintServer) -> None:
        self._ls = ls
        self._known: dict[str, _Known] = {}
        self.news = asyncio.Event()

    def files(self) -> list[str]:
        """Return the paths of the workspace's Python files; runs in the worker."""
        configuration = self._ls.session.configuration

        def config_for(directory: str) -> Config:
            return configuration.nearest(Path(directory) / "any.py")[0]

        roots = [str(root) for root in configuration.roots if root.is_dir()]
        respect = all(config_for(root).respect_gitignore for root in roots)
        found = discover(roots, config_for, force_exclude=False, respect_gitignore=respect).paths
        # Cells have no names before the client opens their notebook.
        return [path for path in found if kind_of(path) is not Kind.NOTEBOOK]

    def keep(self, uris: Collection[str]) -> None:
        """Forget files that are gone."""
        self._known = {uri: known for uri, known in self._known.items() if uri in uris}

    def judge(self, paths: list[str]) -> dict[str, Analysis]:
        """Return the findings of files, by URI; runs in the worker."""
        result = {}
        for name in paths:
            path = Path(name)
            if (analysis := self._judge(path)) is not None:
                result[path.as_uri()] = analysis
        return result

    def _judge(self, path: Path) -> Analysis | None:
        session = self._ls.session
        uri, generation = path.as_uri(), session.generation
        try:
            state = path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            known = self._known.get(uri)
            if known and (known.stamp, known.generation) == (stamp, generation):
                return known.analysis
            source = Source.from_bytes(str(path), path.read_bytes())
            config, problem = session.configuration.nearest(path)
            found = tuple(engine.check(source, config)) if session.configuration.enabled else ()
        except (OSError, UndecodableSource, ConfigError):
            return None
        if not found:
            source = Source(str(path), "")  # most files have none, and their text is of no use
        analysis = Analysis(Snapshot(uri, path, source, None), config, found, problem=problem)
        self._known[uri] = _Known(stamp, generation, analysis)
        return analysis


@guarded
async def pull_all(
    ls: LintServer, params: lsp.WorkspaceDiagnosticParams
) -> lsp.WorkspaceDiagnosticReport:
    """Answer ``workspace/diagnostic``.

    Only files with findings are named, and those that had some when the client last heard.
    """
    previous = {item.uri: item.value for item in params.previous_result_ids}
    while True:
        ls.survey.news.clear()
        reports, has_news = await _round(ls, params, previous)
        if has_news or not previous:
            return lsp.WorkspaceDiagnosticReport(reports)
        try:
            async with asyncio.timeout(HOLD):
                await ls.survey.news.wait()
        except TimeoutError:
            return lsp.WorkspaceDiagnosticReport(reports)


async def _round(
    ls: LintServer, params: lsp.WorkspaceDiagnosticParams, previous: dict[str, str]
) -> tuple[list[Report], bool]:
    paths = await ls.session.run(ls.survey.files)
    reports: list[Report] = []
    left = dict(previous)
    has_news = False
    with _progress(ls, params.work_done_token, len(paths)) as advance:
        for start in range(0, len(paths), BATCH):
            batch = paths[start : start + BATCH]
            # One batch at a time, so that an open file has to wait for no more than that.
            found = await ls.session.run(partial(ls.survey.judge, batch))
            fresh: list[Report] = []
            for uri, stored in found.items():
                analysis = await ls.session.analysis(uri) or stored
                before = left.pop(uri, None)
                if analysis.diagnostics or before is not None:
                    fresh.append(_report(ls, uri, analysis, before))
            has_news |= any(report.kind == "full" for report in fresh)
            if params.partial_result_token is not None and fresh:
                value = lsp.WorkspaceDiagnosticReportPartialResult(fresh)
                ls.progress(lsp.ProgressParams(params.partial_result_token, value))
            else:
                reports += fresh
            advance(start + len(batch))
    ls.survey.keep({Path(path).as_uri() for path in paths})
    gone = [lsp.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=[]) for uri in left]
    return [*reports, *gone], has_news or bool(gone)


def _report(ls: LintServer, uri: str, analysis: Analysis, before: str | None) -> Report:
    items = to_lsp(ls, analysis)
    name, version = result_id(items), analysis.snapshot.version
    if before == name:
        return lsp.WorkspaceUnchangedDocumentDiagnosticReport(uri, name, version=version)
    return lsp.WorkspaceFullDocumentDiagnosticReport(uri, items, version=version, result_id=name)


@contextmanager
def _progress(
    ls: LintServer, token: lsp.ProgressToken | None, total: int
) -> Iterator[Callable[[int], None]]:
    """Tell the client how far the work is, if it gave a token for that."""
    if token is None:
        yield lambda _: None
        return
    progress = ls.work_done_progress
    progress.begin(token, lsp.WorkDoneProgressBegin("oai-lint", percentage=0))
    try:
        yield lambda done: progress.report(
            token,
            lsp.WorkDoneProgressReport(
                message=f"{done} of {total} files", percentage=100 * done // total
            ),
        )
    finally:
        progress.end(token, lsp.WorkDoneProgressEnd())
        progress.tokens.pop(token, None)
