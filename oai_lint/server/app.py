"""Which handler answers what, and the process around them."""

from __future__ import annotations

import logging
import os
import socket
import sys
from typing import Any, BinaryIO

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from oai_lint.config import ConfigError
from oai_lint.server import (
    actions,
    commands,
    completion,
    diagnostics,
    hover,
    lenses,
    notebooks,
    synchronizing,
    workspace,
)
from oai_lint.server.language_server import LintServer

logger = logging.getLogger(__name__)

FEATURES: tuple[tuple[str, Any, Any], ...] = (
    (lsp.INITIALIZE, synchronizing.initialize, None),
    (lsp.INITIALIZED, synchronizing.initialized, None),
    (lsp.TEXT_DOCUMENT_DID_OPEN, synchronizing.opened, None),
    (lsp.TEXT_DOCUMENT_DID_CHANGE, synchronizing.changed, None),
    (lsp.TEXT_DOCUMENT_DID_SAVE, synchronizing.saved, None),
    (lsp.TEXT_DOCUMENT_DID_CLOSE, synchronizing.closed, None),
    (lsp.NOTEBOOK_DOCUMENT_DID_OPEN, notebooks.opened, None),
    (lsp.NOTEBOOK_DOCUMENT_DID_CHANGE, notebooks.changed, None),
    (lsp.NOTEBOOK_DOCUMENT_DID_SAVE, notebooks.saved, None),
    (lsp.NOTEBOOK_DOCUMENT_DID_CLOSE, notebooks.closed, None),
    (lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, synchronizing.configured, None),
    (lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, synchronizing.files_changed, None),
    (lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, synchronizing.folders_changed, None),
    (
        lsp.TEXT_DOCUMENT_DIAGNOSTIC,
        diagnostics.pull,
        lsp.DiagnosticOptions(
            identifier="oai-lint", inter_file_dependencies=False, workspace_diagnostics=True
        ),
    ),
    (
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        actions.code_actions,
        lsp.CodeActionOptions(code_action_kinds=actions.KINDS, resolve_provider=True),
    ),
    (lsp.CODE_ACTION_RESOLVE, actions.resolve, None),
    (lsp.WORKSPACE_DIAGNOSTIC, workspace.pull_all, None),
    (lsp.TEXT_DOCUMENT_HOVER, hover.hover, None),
    (
        lsp.TEXT_DOCUMENT_COMPLETION,
        completion.complete,
        lsp.CompletionOptions(trigger_characters=completion.TRIGGERS),
    ),
    (lsp.TEXT_DOCUMENT_CODE_LENS, lenses.lenses, lsp.CodeLensOptions(resolve_provider=False)),
    (lsp.EXIT, lambda ls, *_: ls.leave(), None),
)


def build(encoding: str | None = None) -> LintServer:
    """Return a server that answers all it can, counting columns as ``main`` says."""
    server = LintServer(encoding)
    for method, handler, options in FEATURES:
        server.feature(method, options)(handler)
    for name, command in commands.COMMANDS.items():
        server.command(name)(commands.answering(command))
    return server


class Terse(logging.Filter):
    """Leaves out the tracebacks of what a client did wrong: nobody has to mend the server then."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record; all are kept."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, JsonRpcException) or (error and record.name == "pygls.server"):
            record.msg = f"{record.getMessage()}: {error}"
            record.args = record.exc_info = None
        elif isinstance(record.args, tuple) and str(record.msg).endswith("\n%s"):
            record.args = (str(record.args[-1]).rstrip().rpartition("\n")[2],)
        return True


def main(tcp: int | None = None, encoding: str | None = None) -> int:
    """Serve one editor until it leaves.

    Args:
        tcp: a port of this machine to wait on instead of speaking over stdin and stdout.
        encoding: what columns are counted in, whatever the editor declares.

    Raises:
        ConfigError: the port cannot be had.

    Returns:
        The exit code: 1 where the client left without ``shutdown``, as the protocol wants.
    """
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(Terse())
    # It cannot edit its copies of cells, and says so at every keystroke; ``notebooks`` keeps ours.
    logging.getLogger("pygls.workspace.text_document").setLevel(logging.CRITICAL)
    server = build(encoding)
    server.session.worker.begin()
    reader, writer = _take_streams() if tcp is None else _accepted(tcp)
    try:
        server.start_io(reader, writer)
    except ConnectionError as error:
        logger.warning("the client is gone: %s", error)
    return server.exit_code


def _accepted(port: int) -> tuple[BinaryIO, BinaryIO]:
    """Wait for the one client and return the streams to it.

    pygls could listen as well, but ends in a traceback when its client leaves.
    """
    try:
        with socket.create_server(("127.0.0.1", port)) as listener:
            connection, _ = listener.accept()
    except (OSError, OverflowError) as error:
        raise ConfigError(f"port {port}: {getattr(error, 'strerror', '') or error}") from None
    with connection:  # which stays open as long as the two do
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection.makefile("rb"), connection.makefile("wb")


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the protocol's streams to ourselves.

    Whatever else prints, or starts a process that does, then writes to stderr and reads nothing,
    instead of breaking the conversation.
    """
    sys.stdout.flush()
    stdin = os.fdopen(os.dup(0), "rb")
    stdout = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    try:
        os.dup2(2, 1)
    except OSError:  # started without stderr
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.close(nothing)
    return stdin, stdout
