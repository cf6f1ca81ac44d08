"""Findings pushed to clients that listen, after a pause in the typing."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from oai_lint.server.analysis import Analysis
from oai_lint.server.diagnostics import to_lsp

if TYPE_CHECKING:
    from oai_lint.server.language_server import LintServer

logger = logging.getLogger(__name__)


class Publisher:
    """Pushes findings: one task a file, the newer ending the older."""

    def __init__(self, ls: LintServer) -> None:
        self._ls = ls
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._problems: dict[str, str] = {}

    def schedule(self, uri: str, delay: float = 0.0) -> None:
        """Have a file's findings pushed, unless the client asks for them itself."""
        self.cancel(uri)
        if not self._ls.pulls:
            task = asyncio.get_running_loop().create_task(self._publish(uri, delay))
            self._tasks[uri] = task
            task.add_done_callback(lambda done: self._done(uri, done))

    def cancel(self, uri: str) -> None:
        """Drop what was scheduled for a file."""
        if task := self._tasks.pop(uri, None):
            task.cancel()

    def clear(self, uri: str) -> None:
        """Take a closed file's findings off the screen."""
        self.cancel(uri)
        if not self._ls.pulls:
            self._ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    async def refresh(self) -> None:
        """Have every open file reported again: settings changed."""
        if not self._ls.pulls:
            for uri in self._ls.session.uris:
                self.schedule(uri)
        elif self._ls.can("workspace.diagnostics.refresh_support"):
            await self._ls.workspace_diagnostic_refresh_async(None)
        if self._ls.can("workspace.code_lens.refresh_support"):
            await self._ls.workspace_code_lens_refresh_async(None)

    def complain(self, analysis: Analysis) -> None:
        """Tell the user, once, what kept a file from being judged as it should be."""
        folder = str(analysis.snapshot.path.parent) if analysis.snapshot.path else ""
        if not analysis.problem:
            self._problems.pop(folder, None)
        elif analysis.problem not in self._problems.values():
            self._ls.tell(analysis.problem)
        if analysis.problem:
            self._problems[folder] = analysis.problem

    def _done(self, uri: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(uri) is task:
            del self._tasks[uri]
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s could not be reported", uri, exc_info=error)

    async def _publish(self, uri: str, delay: float) -> None:
        ls = self._ls
        await asyncio.sleep(delay)
        analysis = await ls.session.analysis(uri)
        if analysis is not None:
            self.complain(analysis)
            for document in analysis.snapshot.documents:
                items = to_lsp(ls, analysis, document.uri)
                ls.text_document_publish_diagnostics(
                    lsp.PublishDiagnosticsParams(document.uri, items, version=document.version)
                )
