"""A threading HTTP server on an ephemeral loopback port, with TLS done in the handler's thread."""

from __future__ import annotations

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.proof.network import LOOPBACK

TLS_HANDSHAKE = 0x16
NOT_HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Listener(ThreadingHTTPServer):
    """Serves while used in a `with` statement."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        handler: type[BaseHTTPRequestHandler],
        context: ssl.SSLContext | None = None,
        *,
        broken_tls: bool = False,
    ) -> None:
        super().__init__((LOOPBACK, 0), handler)
        self.context = context
        self.broken_tls = broken_tls
        self.stopping = threading.Event()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return self.server_port

    def server_bind(self) -> None:
        """Bind without the reverse look-up that `HTTPServer` does."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Do the TLS handshake, or refuse one where plain HTTP is spoken; then serve."""
        if self.context is None:
            first = request.recv(1, socket.MSG_PEEK)
            if self.broken_tls or (first and first[0] == TLS_HANDSHAKE):
                request.sendall(NOT_HTTP)
                return
            super().finish_request(request, client_address)
            return
        with self.context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: clients that break off are part of the experiments."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
