"""A recording forward proxy: plain requests and CONNECT, both only into the pretended network."""

from __future__ import annotations

import http.client
import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import cast
from urllib.parse import urlsplit

from tests.proof.lab.listener import Listener
from tests.proof.network import LOOPBACK, Network

HOP_BY_HOP = frozenset({"connection", "proxy-authorization", "proxy-connection", "keep-alive"})


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """A request to the proxy: `CONNECT api.openai.com:443` or `GET http://host/path`."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def authorization(self) -> str | None:
        """The Proxy-Authorization header, if one was sent."""
        return self.headers.get("proxy-authorization")


@dataclass
class Traffic:
    """What went through the proxy; `source_ports` are the connections it opened to the API."""

    requests: list[ProxyRequest] = field(default_factory=list)
    source_ports: set[int] = field(default_factory=set)


class RecordingProxy(Listener):
    """The proxy of one run."""

    traffic: Traffic
    network: Network


class ProxyHandler(BaseHTTPRequestHandler):
    """Forwards to the port of the lab that stands behind an address, and nowhere else."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""

    def do_CONNECT(self) -> None:
        """Open a tunnel to the API."""
        self._record()
        host, _, port = self.path.rpartition(":")
        with self._open(host.strip("[]"), port) as upstream:
            if upstream is None:
                return
            self.send_response(200, "Connection established")
            self.end_headers()
            tunnel(self.connection, upstream)
        self.close_connection = True

    def _forward(self) -> None:
        self._record()
        url = urlsplit(self.path)
        if not url.hostname:
            self.send_error(400, "Not a request for a proxy")
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self._open(url.hostname, str(url.port or 80)) as upstream:
            if upstream is None:
                return
            connection = http.client.HTTPConnection(url.hostname)
            connection.sock = upstream
            target = url.path + (f"?{url.query}" if url.query else "")
            connection.request(self.command, target, body or None, self._end_to_end())
            answer = connection.getresponse()
            data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"date", "server", *HOP_BY_HOP}:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _forward  # noqa: N815

    def _record(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = ProxyRequest(self.command, self.path, headers)
        cast(RecordingProxy, self.server).traffic.requests.append(request)

    def _end_to_end(self) -> dict[str, str]:
        return {
            name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP
        }

    def _open(self, host: str, port: str) -> Upstream:
        proxy = cast(RecordingProxy, self.server)
        behind = proxy.network.port(host, int(port)) if port.isdigit() else None
        if behind is None or behind == proxy.port:
            self.send_error(502, "No such host in the lab")
            return Upstream(None)
        upstream = socket.create_connection((LOOPBACK, behind), timeout=10)
        proxy.traffic.source_ports.add(upstream.getsockname()[1])
        return Upstream(upstream)


class Upstream:
    """The connection to the API, or None where there is none; closed at the end of a `with`."""

    def __init__(self, sock: socket.socket | None) -> None:
        self._socket = sock

    def __enter__(self) -> socket.socket | None:
        return self._socket

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()


def tunnel(left: socket.socket, right: socket.socket) -> None:
    """Copy bytes both ways until one side closes."""
    other = {left: right, right: left}
    while True:
        readable, _, _ = select.select([left, right], [], [], 30)
        if not readable:
            return
        for sock in readable:
            try:
                data = sock.recv(65536)
                if not data:
                    return
                other[sock].sendall(data)
            except OSError:
                return
