"""The server object: pygls, a session, and what the client can do."""

from __future__ import annotations

import logging
from typing import Any

from lsprotocol import types as lsp
from pygls.capabilities import get_capability
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.workspace import TextDocument

from oai_lint import __version__
from oai_lint.server.notebooks import SYNC, OpenNotebook
from oai_lint.server.positions import units_of
from oai_lint.server.publisher import Publisher
from oai_lint.server.session import Session
from oai_lint.server.workspace import Survey
from oai_lint.source import Units

logger = logging.getLogger(__name__)

INVALID_REQUEST = -32600


class UnderWay(dict[Any, Any]):
    """What is being handled; what is cancelled takes itself out, while pygls walks through it."""

    def items(self) -> Any:
        """Return the items as they are now."""
        return tuple(super().items())


class Protocol(LanguageServerProtocol):
    """pygls's protocol, answering the requests that pygls drops, for the client waits for them.

    Those are requests whose parameters make no sense, and requests that come after ``shutdown``:
    an editor that stops its client and quits in the same breath (Neovim does) sends that twice.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._request_futures = UnderWay()

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Make a message of JSON; refuse a request that cannot be one and return None."""
        if data.get("method") == lsp.INITIALIZE:
            self._take_encoding(data.get("params"))
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" not in data or "method" not in data:
                raise
            self._send_response(data["id"], error=error.to_response_error())
            return None

    def _take_encoding(self, params: Any) -> None:
        """Have the client say what it was said to count columns in; pygls chooses from that."""
        encoding = getattr(self._server, "encoding", None)
        if encoding and isinstance(params, dict) and isinstance(params.get("capabilities"), dict):
            general = params["capabilities"].get("general")
            named = {
                **(general if isinstance(general, dict) else {}),
                "positionEncodings": [encoding],
            }
            params["capabilities"]["general"] = named

    def handle_message(self, message: Any) -> None:
        """Answer late requests here; leave all others to pygls."""
        if message is None:
            return
        method = getattr(message, "method", None)
        if not self._shutdown or method is None or not hasattr(message, "id"):
            super().handle_message(message)
        elif method == lsp.SHUTDOWN:
            self._send_data({"jsonrpc": self.VERSION, "id": message.id, "result": None})
        else:
            error = lsp.ResponseError(INVALID_REQUEST, "the server is shutting down")
            self._send_response(message.id, error=error)

    def _execute_handler(self, msg_id: Any, *args: Any, **kwargs: Any) -> None:
        """Handle a message and forget it; pygls keeps what became of every notification."""
        super()._execute_handler(msg_id, *args, **kwargs)

        def forget(done: Any) -> None:
            if not done.cancelled():  # that is for who cancels them, on the way through them all
                self._request_futures.pop(msg_id, None)

        future = self._request_futures.get(msg_id)
        if future is not None:
            future.add_done_callback(forget)


class LintServer(LanguageServer):
    """The language server of oai-lint."""

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding
        # pygls splits lines where str.splitlines does (form feed, U+2028) and LSP does not, so an
        # incremental edit below one would land in the wrong place: every change brings all text.
        super().__init__(
            "oai-lint",
            __version__,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Full,
            notebook_document_sync=SYNC,
            protocol_cls=Protocol,
        )
        self.session = Session()
        self.publisher = Publisher(self)
        self.survey = Survey(self)
        self.notebooks: dict[str, OpenNotebook] = {}
        self.exit_code = 0

    @property
    def units(self) -> Units:
        """What the client counts columns in."""
        return units_of(self.workspace.position_encoding)

    @property
    def pulls(self) -> bool:
        """Whether the client asks for diagnostics; then none are pushed."""
        return self.can("text_document.diagnostic")

    def can(self, capability: str) -> bool:
        """Say whether the client declared a capability (a dotted path, in snake case)."""
        return bool(get_capability(self.client_capabilities, capability, False))

    def document(self, uri: str) -> TextDocument:
        """Return pygls's document."""
        return self.workspace.get_text_document(uri)

    def tell(self, message: str, severity: lsp.MessageType = lsp.MessageType.Warning) -> None:
        """Show a line to the user."""
        self.window_show_message(lsp.ShowMessageParams(severity, message))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong; pygls would pop it up in the user's face."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)

    def leave(self) -> None:
        """Note what the client's ``exit`` means for the exit code; pygls loses its own."""
        self.exit_code = 0 if self.protocol._shutdown else 1

    def shutdown(self) -> None:
        """Stop: called by pygls once the connection is closed."""
        self.session.close()
        super().shutdown()  # type: ignore[no-untyped-call]
