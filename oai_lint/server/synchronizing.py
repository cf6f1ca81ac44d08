"""What the client tells: files opened, changed and closed, folders and settings."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.uris import to_fs_path

from oai_lint.server.configuration import WATCHED
from oai_lint.server.documents import judged_name
from oai_lint.server.guarding import guarded
from oai_lint.server.language_server import LintServer
from oai_lint.server.preferences import read
from oai_lint.source import Source

logger = logging.getLogger(__name__)

SECTION = "oai-lint"


def path_of(uri: str) -> Path | None:
    """Return where a document is on disk; None for buffers that are nowhere."""
    found = to_fs_path(uri)
    return Path(found) if found else None


def _take(ls: LintServer, uri: str) -> None:
    document, path = ls.document(uri), path_of(uri)
    name = judged_name(uri, path, document.language_id or "")
    if name is not None:
        ls.session.put(uri, path, Source(name, document.source), document.version)


def opened(ls: LintServer, params: lsp.DidOpenTextDocumentParams) -> None:
    """Check a file as soon as it is open."""
    uri = params.text_document.uri
    ls.session.drop(uri)  # whatever an earlier file of that name left behind
    _take(ls, uri)
    ls.publisher.schedule(uri)


def changed(ls: LintServer, params: lsp.DidChangeTextDocumentParams) -> None:
    """Check a file again once the typing pauses."""
    uri = params.text_document.uri
    _take(ls, uri)
    ls.publisher.schedule(uri, ls.session.configuration.preferences.debounce)


def saved(ls: LintServer, params: lsp.DidSaveTextDocumentParams) -> None:
    """Check a file again: not every client says when a file with settings changes."""
    uri = params.text_document.uri
    ls.survey.news.set()
    if not ls.pulls:
        ls.session.renew(uri)
        ls.publisher.schedule(uri)


def closed(ls: LintServer, params: lsp.DidCloseTextDocumentParams) -> None:
    """Forget a file."""
    uri = params.text_document.uri
    ls.session.drop(uri)
    ls.publisher.clear(uri)
    ls.survey.news.set()


def initialize(ls: LintServer, params: lsp.InitializeParams) -> None:
    """Take the workspace's folders and the settings that came along."""
    _take_roots(ls)
    _prefer(ls, params.initialization_options)


@guarded
async def initialized(ls: LintServer, params: lsp.InitializedParams) -> None:
    """Ask for the settings there are, and to be told when they or the files they are in change."""
    await _ask(ls)
    registrations: list[tuple[str, Any]] = []
    if ls.can("workspace.did_change_configuration.dynamic_registration"):
        options = lsp.DidChangeConfigurationRegistrationOptions(section=SECTION)
        registrations.append((lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
    if ls.can("workspace.did_change_watched_files.dynamic_registration"):
        watchers = [lsp.FileSystemWatcher(f"**/{name}") for name in WATCHED]
        files = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        registrations.append((lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, files))
    if registrations:
        await ls.client_register_capability_async(
            lsp.RegistrationParams(
                [lsp.Registration(f"oai-lint {what}", what, how) for what, how in registrations]
            )
        )


@guarded
async def configured(ls: LintServer, params: lsp.DidChangeConfigurationParams) -> None:
    """Use other settings: those that were sent, or those that the client gives when asked."""
    sent = params.settings if isinstance(params.settings, Mapping) else {}
    if SECTION in sent or not ls.can("workspace.configuration"):
        _prefer(ls, sent)
        await _start_over(ls)
    elif not await _ask(ls):
        await _start_over(ls)


@guarded
async def files_changed(ls: LintServer, params: lsp.DidChangeWatchedFilesParams) -> None:
    """Read the settings again: a file they come from changed."""
    await _start_over(ls)


@guarded
async def folders_changed(ls: LintServer, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    """Use other folders."""
    _take_roots(ls)
    await _start_over(ls)


async def _ask(ls: LintServer) -> bool:
    if not ls.can("workspace.configuration"):
        return False
    items = [lsp.ConfigurationItem(section=SECTION)]
    try:
        answer = await ls.workspace_configuration_async(lsp.ConfigurationParams(items))
    except JsonRpcException as error:
        logger.warning("the client keeps its settings: %s", error)
        return False
    if not answer or answer[0] is None:
        return False
    if _prefer(ls, answer[0]):
        await _start_over(ls)
    return True


async def _start_over(ls: LintServer) -> None:
    ls.session.configuration.forget()
    ls.session.forget_findings()
    ls.survey.news.set()
    await ls.publisher.refresh()


def _prefer(ls: LintServer, raw: Any) -> bool:
    preferences, complaints = read(raw)
    for complaint in complaints:
        ls.tell(complaint)
    if preferences == ls.session.configuration.preferences:
        return False
    ls.session.configuration.prefer(preferences)
    return True


def _take_roots(ls: LintServer) -> None:
    uris = [folder.uri for folder in ls.workspace.folders.values()]
    if not uris and ls.workspace.root_uri:
        uris = [ls.workspace.root_uri]
    ls.session.configuration.roots = tuple(path for uri in uris if (path := path_of(uri)))
