"""An editor as the tests of the server play it: it opens, types, asks and applies."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types as t
from pytest_lsp import LanguageClient

import oai_lint

REAL = [sys.executable, "-m", "oai_lint", "server"]
DOUBLE = [sys.executable, str(Path(__file__).with_name("server_double.py"))]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(Path(oai_lint.__file__).parents[1]), *sys.path]),
}
"""Lets the server's process import what this one tests, installed or not."""

PATIENCE = 20.0

_LINE_END = re.compile(r"\r\n|\r|\n")


async def until(ready: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something the server sends by itself."""
    async with asyncio.timeout(seconds):
        while not ready():
            await asyncio.sleep(0.01)


def index(text: str, position: t.Position, encoding: str) -> int:
    """Return where a position is in ``text``; written apart from the server's own way."""
    begin = 0
    for _ in range(position.line):
        match = _LINE_END.search(text, begin)
        assert match, f"no line {position.line}"
        begin = match.end()
    match = _LINE_END.search(text, begin)
    line = text[begin : match.start() if match else len(text)]
    codec, width = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[
        encoding
    ]
    data = line.encode(codec)
    assert position.character * width <= len(data), f"{position} is past the end of {line!r}"
    return begin + len(data[: position.character * width].decode(codec))


def flat(
    edit: t.WorkspaceEdit, uri: str, versions: Mapping[str, int] | None = None
) -> list[t.TextEdit]:
    """Return the text edits of one file, in whichever form they came.

    They are to be for the version in ``versions``, as an editor would insist.
    """
    if edit.document_changes:
        found: list[Any] = []
        for change in edit.document_changes:
            assert isinstance(change, t.TextDocumentEdit)
            if change.text_document.uri == uri:
                assert versions is None or change.text_document.version == versions[uri]
                found += change.edits
        return found
    return list((edit.changes or {}).get(uri, ()))


class Editor:
    """One client with its open files."""

    def __init__(self, client: LanguageClient, result: t.InitializeResult) -> None:
        self.client = client
        encoding = result.capabilities.position_encoding or "utf-16"
        self.encoding = str(getattr(encoding, "value", encoding))
        capabilities = client.capabilities
        assert capabilities is not None and capabilities.text_document is not None
        self.pulls = capabilities.text_document.diagnostic is not None
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.published: dict[str, t.PublishDiagnosticsParams] = {}
        self.count = 0

        def note(params: t.PublishDiagnosticsParams) -> None:
            self.published[params.uri] = params
            self.count += 1

        client.protocol.fm.features.pop(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, None)
        client.feature(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(note)

        # lsprotocol takes every action that has a command for a command.
        converter = client.protocol._converter
        converter.register_structure_hook(
            t.Command | t.CodeAction,
            lambda raw, _: converter.structure(
                raw, t.Command if isinstance(raw.get("command"), str) else t.CodeAction
            ),
        )
        self.registered: list[t.Registration] = []

        def register(params: t.RegistrationParams) -> None:
            self.registered += params.registrations

        client.feature(t.CLIENT_REGISTER_CAPABILITY)(register)
        self.lens_refreshes = 0

        def refresh_lenses(_: None) -> None:
            self.lens_refreshes += 1

        client.feature(t.WORKSPACE_CODE_LENS_REFRESH)(refresh_lenses)
        self.refuses = ""
        self.labels: list[str | None] = []

        def apply(params: t.ApplyWorkspaceEditParams) -> t.ApplyWorkspaceEditResult:
            self.labels.append(params.label)
            if self.refuses:
                return t.ApplyWorkspaceEditResult(applied=False, failure_reason=self.refuses)
            for uri in self.texts:
                if changes := flat(params.edit, uri, self.versions):
                    self.change(uri, changes)
            return t.ApplyWorkspaceEditResult(applied=True)

        client.feature(t.WORKSPACE_APPLY_EDIT)(apply)

    async def open(
        self, uri: str, text: str, version: int = 0, language: str = "python"
    ) -> list[t.Diagnostic]:
        self.texts[uri], self.versions[uri] = text, version
        self.published.pop(uri, None)
        item = t.TextDocumentItem(uri=uri, language_id=language, version=version, text=text)
        self.client.text_document_did_open(t.DidOpenTextDocumentParams(item))
        return await self.diagnostics(uri)

    def send(self, uri: str, text: str) -> None:
        self.texts[uri] = text
        self.versions[uri] += 1
        self.client.text_document_did_change(
            t.DidChangeTextDocumentParams(
                t.VersionedTextDocumentIdentifier(uri=uri, version=self.versions[uri]),
                [t.TextDocumentContentChangeWholeDocument(text=text)],
            )
        )

    async def type(self, uri: str, text: str) -> list[t.Diagnostic]:
        self.send(uri, text)
        return await self.diagnostics(uri)

    async def diagnostics(self, uri: str) -> list[t.Diagnostic]:
        """Return what the editor shows for the present text."""
        if self.pulls:
            report = await self.pull(uri)
            assert isinstance(report, t.RelatedFullDocumentDiagnosticReport)
            return list(report.items)
        version = self.versions[uri]
        await until(lambda: uri in self.published and self.published[uri].version == version)
        return list(self.published[uri].diagnostics)

    async def pull(self, uri: str, previous: str | None = None) -> t.DocumentDiagnosticReport:
        return await self.client.text_document_diagnostic_async(
            t.DocumentDiagnosticParams(t.TextDocumentIdentifier(uri), previous_result_id=previous)
        )

    def covered(self, uri: str, where: t.Range) -> str:
        """Return the text under a range."""
        text = self.texts[uri]
        start = index(text, where.start, self.encoding)
        return text[start : index(text, where.end, self.encoding)]

    def position(self, uri: str, needle: str) -> t.Position:
        """Return where ``needle`` first begins."""
        text = self.texts[uri][: self.texts[uri].index(needle)]
        lines = _LINE_END.split(text)
        codec, width = {
            "utf-8": ("utf-8", 1),
            "utf-16": ("utf-16-le", 2),
            "utf-32": ("utf-32-le", 4),
        }[self.encoding]
        return t.Position(len(lines) - 1, len(lines[-1].encode(codec)) // width)

    async def actions(
        self,
        uri: str,
        where: t.Range,
        only: Sequence[t.CodeActionKind | str] | None = None,
        diagnostics: list[t.Diagnostic] | None = None,
    ) -> list[t.CodeAction]:
        found = await self.client.text_document_code_action_async(
            t.CodeActionParams(
                t.TextDocumentIdentifier(uri),
                where,
                t.CodeActionContext(diagnostics=diagnostics or [], only=only),
            )
        )
        result = []
        for action in found or []:
            assert isinstance(action, t.CodeAction), action
            result.append(action)
        return result

    async def resolved(self, action: t.CodeAction) -> t.CodeAction:
        if action.edit is not None or action.command is not None:
            return action
        return await self.client.code_action_resolve_async(action)

    async def apply(self, uri: str, action: t.CodeAction) -> str:
        """Apply an action as editors do and return the text, which the server is told of."""
        action = await self.resolved(action)
        assert action.edit is not None, action
        changes = flat(action.edit, uri)
        assert changes, action
        return self.change(uri, changes)

    def change(self, uri: str, changes: Sequence[t.TextEdit]) -> str:
        """Apply edits and return the text, which the server is told of."""
        text = self.texts[uri]
        places = [
            (
                index(text, edit.range.start, self.encoding),
                index(text, edit.range.end, self.encoding),
                edit.new_text,
            )
            for edit in changes
        ]
        for start, end, new in sorted(places, key=lambda item: item[:2], reverse=True):
            text = text[:start] + new + text[end:]
        self.send(uri, text)
        return text

    async def command(self, name: str, **argument: Any) -> Any:
        """Run a command of the server and return its answer."""
        answer = await self.client.workspace_execute_command_async(
            t.ExecuteCommandParams(f"oai-lint.{name}", [argument])
        )
        if isinstance(answer, dict) and "left" in answer:
            converter = self.client.protocol._converter
            answer["left"] = converter.structure(answer["left"], list[t.Diagnostic])
        return answer
