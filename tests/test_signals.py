"""Runs that are ended from outside: nothing is left half written, and nobody goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.command import FAULT, MENDED, RULES, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process groups there")

LINES = "x = openai.f(1, [2, {3: 4}])\n" * 3000


@pytest.fixture
def run(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that takes a while, in a process group of its own."""
    for number in range(30):
        (tmp_path / f"f{number}.py").write_text(FAULT + LINES)
    process = subprocess.Popen(
        [sys.executable, "-m", "oai_lint", "check", "--select", RULES, "--fix", "."],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def until(done: Callable[[], bool]) -> None:
    """Wait for something to be so; a minute is for slow machines."""
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def empty(group: int) -> bool:
    """Say whether a group of processes has none left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_interrupted(run: subprocess.Popen[str]) -> None:
    time.sleep(2)
    os.killpg(run.pid, signal.SIGINT)
    begin = time.monotonic()
    _, stderr = run.communicate(timeout=30)
    assert (run.returncode, stderr) == (130, "error: interrupted\n")
    assert time.monotonic() - begin < 10
    assert empty(run.pid)  # no worker is left behind


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see the workers")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor has no use for workers")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_workers_end_with_a_run_that_is_killed(run: subprocess.Popen[str], name: str) -> None:
    workers = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    until(lambda: len(workers.read_text().split()) > 1)
    run.send_signal(getattr(signal, name))
    run.communicate(timeout=60)  # ends when nobody is left who could write
    assert run.returncode == -getattr(signal, name)


def test_no_file_is_mended_by_halves(run: subprocess.Popen[str], tmp_path: Path) -> None:
    time.sleep(1)
    run.kill()
    run.communicate(timeout=60)
    texts = {path.read_text() for path in tmp_path.glob("*.py")}
    assert texts <= {FAULT + LINES, MENDED + LINES}
