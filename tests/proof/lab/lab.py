"""Runs programs: a fake API, a proxy and a closed network around each of them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.proof.lab.answers import Scenario
from tests.proof.lab.api import ApiHandler, Behaviour, FakeApi
from tests.proof.lab.authority import Authority, Tls
from tests.proof.lab.listener import Listener
from tests.proof.lab.proxy import ProxyHandler, RecordingProxy, Traffic
from tests.proof.lab.run import LabError, Raised, Report, Run, Sockets, Timeouts, Warned
from tests.proof.network import DEFAULT_HOSTS, Network, Service

BOOTSTRAP = Path(__file__).parents[1] / "child" / "bootstrap.py"

KEY = "sk-" + "proj-" + "L4b" * 14
"""The key that the lab gives to programs: it has the shape of a real one and opens nothing."""

INHERITED = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
"""What a child needs from this machine; everything else of the environment stays out."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The servers of one run and what they record."""

    network: Network
    behaviour: Behaviour
    traffic: Traffic


class Lab:
    """Runs program texts under SDK eras.

    Every run has servers and a directory of its own, so several may run at once.
    `interpreter` returns the Python of an era, see `tests.proof.eras`.
    """

    def __init__(self, interpreter: Callable[[str], Path]) -> None:
        self._interpreter = interpreter
        self._public = Authority("Pretended public authority")
        self._private = Authority("Private authority")
        self._files = tempfile.TemporaryDirectory(prefix="oai-lint-lab-")
        self._bundle = self._public.write(Path(self._files.name) / "public.pem")

    def run(
        self,
        text: str,
        *,
        era: str,
        scenario: Scenario | Sequence[Scenario] = "ok",
        proxy: bool = True,
        tls: Tls = "trusted",
        env: Mapping[str, str | None] | None = None,
        files: Mapping[str, str] | None = None,
        hosts: Mapping[str, Service] | None = None,
        programs: Collection[str] = (),
        content: str | None = "Hello there!",
        check_key: bool = False,
        delay: float = 1.0,
        limit: float = 30.0,
    ) -> Run:
        """Run a program text to its end, or to the limit, and return what is known about it.

        scenario: how the API behaves; of several, each serves one request and the last stays.
        proxy: whether a proxy answers on `PROXY_URL` and on all other free loopback ports.
        tls: the certificate of the API; `ca.pem` beside the program holds its authority.
        env: variables beside `OPENAI_API_KEY`; None removes one.
        files: texts written beside the program, by relative path.
        hosts: further host patterns and what answers there, before the default ones.
        programs: names of executables that the program may start; all others are refused.
        content: the text of answers; None makes a chat completion call a tool.
        check_key: whether any key but `KEY` is answered with 401.
        delay: seconds that the scenario `slow` takes for each answer.
        """
        python = self._interpreter(era)
        behaviour = Behaviour(
            scenarios=(scenario,) if isinstance(scenario, str) else tuple(scenario),
            content=content,
            delay=delay,
            valid_key=KEY if check_key else None,
        )
        with (
            tempfile.TemporaryDirectory(dir=self._files.name) as name,
            self._bench(behaviour, {**(hosts or {}), **DEFAULT_HOSTS}, tls, proxy) as bench,
        ):
            folder = Path(name)
            issuer = self._private if tls == "untrusted" else self._public
            issuer.write(folder / "ca.pem")
            for relative, content_of_file in (files or {}).items():
                path = folder / relative
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content_of_file, "utf-8", newline="")
            settings = self._settings(folder, text, bench.network, programs)
            process = _execute(python, settings, folder, _environment(folder, env or {}), limit)
            behaviour.stopping.set()
            return _collect(process, Report.read(folder / ".lab" / "report"), bench)

    @contextlib.contextmanager
    def _bench(
        self, behaviour: Behaviour, hosts: Mapping[str, Service], tls: Tls, proxy: bool
    ) -> Iterator[Bench]:
        """Start the servers of one run and stop them afterwards."""
        traffic = Traffic()
        with contextlib.ExitStack() as stack:
            plain = stack.enter_context(FakeApi(ApiHandler))
            secured = stack.enter_context(self._tls_api(tls))
            plain.behaviour = secured.behaviour = behaviour
            forward: Listener | None = None
            if proxy:
                forward = RecordingProxy(ProxyHandler)
            network = Network(
                plain.port, secured.port, forward.port if forward else None, dict(hosts)
            )
            if isinstance(forward, RecordingProxy):
                forward.network, forward.traffic = network, traffic
                stack.enter_context(forward)
            yield Bench(network, behaviour, traffic)

    def _tls_api(self, tls: Tls) -> FakeApi:
        match tls:
            case "trusted":
                return FakeApi(ApiHandler, self._public.any_name_context())
            case "untrusted":
                return FakeApi(ApiHandler, self._private.any_name_context())
            case "wrong-name":
                return FakeApi(ApiHandler, self._public.server_context("other.test"))
            case "broken":
                return FakeApi(ApiHandler, broken_tls=True)

    def _settings(
        self, folder: Path, text: str, network: Network, programs: Collection[str]
    ) -> Path:
        """Write the program and what the child must know, out of the program's sight."""
        program = folder / "program.py"
        program.write_text(text, "utf-8", newline="")
        hidden = folder / ".lab"
        hidden.mkdir()
        settings = hidden / "settings.json"
        data = {
            "program": str(program),
            "report": str(hidden / "report"),
            "bundle": str(self._bundle),
            "network": asdict(network),
            "programs": sorted(programs),
        }
        settings.write_text(json.dumps(data), "utf-8")
        return settings

    def close(self) -> None:
        """Remove the lab's files."""
        self._files.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Finished:
    """The process of a program after its end."""

    exit_code: int | None
    stdout: str
    stderr: str
    seconds: float


def _environment(folder: Path, wanted: Mapping[str, str | None]) -> dict[str, str]:
    """Return the child's environment: nothing of ours but what Python needs to start."""
    base: dict[str, str | None] = {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "PATH": os.defpath,
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENAI_API_KEY": KEY,
    }
    return {name: value for name, value in {**base, **wanted}.items() if value is not None}


def _execute(
    python: Path, settings: Path, folder: Path, env: Mapping[str, str], limit: float
) -> Finished:
    """Run the child and stop it at the limit."""
    began = time.monotonic()
    process = subprocess.Popen(
        [str(python), str(BOOTSTRAP), str(settings)],
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    code: int | None
    try:
        out, err = process.communicate(timeout=limit)
        code = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        code = None
    return Finished(code, out, err, time.monotonic() - began)


def _collect(process: Finished, report: Report, bench: Bench) -> Run:
    """Put together what the child reports and what the servers saw."""
    if not report.of("started"):
        raise LabError(f"the program was not started:\n{process.stderr}")
    chain = report.last("raised").get("chain", [])
    requests = tuple(bench.behaviour.requests)
    return Run(
        exit_code=process.exit_code,
        stdout=process.stdout,
        stderr=process.stderr,
        seconds=report.last("finished").get("seconds", process.seconds),
        requests=requests,
        proxy_requests=tuple(bench.traffic.requests),
        proxied=tuple(r for r in requests if r.client_port in bench.traffic.source_ports),
        raised=tuple(Raised(name, message) for name, message in chain),
        warnings=tuple(Warned(**data) for data in report.of("warning")),
        timeouts=tuple(Timeouts(**data) for data in report.of("timeout")),
        left_behind=Sockets(**counted) if (counted := report.last("sockets")) else None,
        longest_stall=report.last("stall").get("seconds"),
        blocked=tuple(data["what"] for data in report.of("blocked")),
    )
