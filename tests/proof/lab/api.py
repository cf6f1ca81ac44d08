"""The fake OpenAI API: answers as a scenario says and records every request."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import cast
from urllib.parse import urlsplit

from tests.proof.lab import answers, endpoints
from tests.proof.lab.answers import Answer, Scenario
from tests.proof.lab.listener import Listener

REDIRECTED = "redirected=1"


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request as it arrived; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    tls: bool
    client_port: int
    """The port it came from: one TCP connection, one port."""

    @property
    def authorization(self) -> str | None:
        """The Authorization header, if one was sent."""
        return self.headers.get("authorization")


@dataclass
class Behaviour:
    """How the API behaves during one run, and what it has seen so far.

    `scenarios` are taken one per request and the last one stays, so that
    `("429", "ok")` is a server that recovers.
    """

    scenarios: Sequence[Scenario] = ("ok",)
    content: str | None = "Hello there!"
    delay: float = 1.0
    valid_key: str | None = None
    requests: list[ApiRequest] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, request: ApiRequest) -> Scenario:
        """Remember a request and say which scenario it meets."""
        with self._lock:
            self.requests.append(request)
            return self.scenarios[min(len(self.requests), len(self.scenarios)) - 1]

    def answer(self, request: ApiRequest, scenario: Scenario) -> Answer:
        """Return the answer to a request; a slow one takes its time here."""
        url = urlsplit(request.path)
        if refused := self._refuse_key(request):
            return refused
        if scenario in answers.FAILURES:
            return answers.FAILURES[scenario]
        if scenario == "slow":
            self.stopping.wait(self.delay)
        if scenario == "redirect" and REDIRECTED not in url.query:
            target = f"{url.path}?{REDIRECTED}"
            return answers.reply({}, 307, {"Location": target})
        return endpoints.answer(request.method, url.path, request.body, self.content)

    def _refuse_key(self, request: ApiRequest) -> Answer | None:
        header = request.authorization or ""
        key = request.headers.get("api-key") or header.removeprefix("Bearer ")
        if not key or (header and not header.startswith("Bearer ")):
            return answers.UNAUTHENTICATED
        if self.valid_key is not None and key != self.valid_key:
            return answers.FAILURES["401"]
        return None


class FakeApi(Listener):
    """One port of the API; the plain and the TLS port share a `Behaviour`."""

    behaviour: Behaviour


class ApiHandler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 with keep-alive, an answer per write so that timings are honest."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""

    def _serve(self) -> None:
        api = cast(FakeApi, self.server)
        request = ApiRequest(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._read_body(),
            tls=api.context is not None,
            client_port=self.client_address[1],
        )
        scenario = api.behaviour.record(request)
        self._send(api.behaviour.answer(request, scenario), cut=scenario == "cut")

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, answer: Answer, *, cut: bool) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("x-request-id", "req_1")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        body = b"".join(answer.pieces)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for piece in answer.pieces:
            self.wfile.write(piece[: len(piece) // 2] if cut else piece)
            self.wfile.flush()
            if cut:
                self.close_connection = True
                return

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815
