"""Certificates made at run time: a public-looking authority, and a private one nobody trusts."""

from __future__ import annotations

import ssl
from pathlib import Path
from threading import Lock
from typing import Literal, TypeAlias

import trustme

Tls: TypeAlias = Literal["trusted", "untrusted", "wrong-name", "broken"]
"""How the API's TLS behaves: valid, signed by a private authority, for another host, or garbage."""

NAMES = ("api.openai.com", "localhost", "127.0.0.1")


class Authority:
    """Issues server certificates, for any host name that a client asks for."""

    def __init__(self, organisation: str) -> None:
        self._ca = trustme.CA(organization_name=organisation)
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = Lock()

    def write(self, path: Path) -> Path:
        """Write the authority's own certificate, for clients that shall trust it."""
        self._ca.cert_pem.write_to_path(str(path))
        return path

    def server_context(self, *names: str) -> ssl.SSLContext:
        """Return a context for exactly these names, whatever the client asks for."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names).configure_cert(context)
        return context

    def any_name_context(self) -> ssl.SSLContext:
        """Return a context that answers each server name with a certificate of its own."""
        context = self.server_context(*NAMES)

        def choose(sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
            if name is not None and name not in NAMES:
                sock.context = self._context_for(name)
            return None

        context.sni_callback = choose
        return context

    def _context_for(self, name: str) -> ssl.SSLContext:
        with self._lock:
            if name not in self._contexts:
                self._contexts[name] = self.server_context(name)
            return self._contexts[name]
