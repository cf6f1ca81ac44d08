"""Run one program text under the lab's eyes: `python bootstrap.py SETTINGS`.

Everything is put in place before the first line of the program runs; if that fails, the program
does not run at all.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
import time
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

ROOT = str(Path(__file__).parents[3])
sys.path[0] = ROOT

from tests.proof.child import measure, trust  # noqa: E402
from tests.proof.child.guard import Guard  # noqa: E402
from tests.proof.child.imports import patch_on_import  # noqa: E402
from tests.proof.child.report import Report  # noqa: E402
from tests.proof.network import Network  # noqa: E402


def install(settings: dict[str, Any], report: Report) -> tuple[measure.Sockets, measure.Stalls]:
    """Close the network, exchange the trust store and start measuring."""
    bundle = settings["bundle"]
    guard = Guard(Network(**settings["network"]), report, frozenset(settings["programs"]))
    sockets, stalls, timeouts = measure.Sockets(), measure.Stalls(), measure.Timeouts(report)
    guard.on_connect = sockets.connected
    guard.install()
    stalls.install()
    trust.trust(bundle)
    measure.record_warnings(report)
    measure.record_uncaught(report, __file__)
    patch_on_import(
        {
            "certifi": lambda module: trust.patch_certifi(module, bundle),
            "httpx": timeouts.patch_httpx,
            "httpx2": timeouts.patch_httpx,
            "requests": timeouts.patch_requests,
            "aiohttp": timeouts.patch_aiohttp,
            "openai": lambda module: gc.freeze(),  # what it imported need not be collected again
        }
    )
    return sockets, stalls


def main_module(path: str) -> ModuleType:
    """Make a fresh `__main__`, and remove the lab from what the program can import."""
    module = ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    sys.argv = [path]
    sys.path[0] = os.path.dirname(path)  # noqa: PTH120
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    return module


def execute(path: str, module: ModuleType) -> None:
    """Compile and run the program; its exceptions are its own."""
    code: CodeType = compile(measure.read_program(path), path, "exec", dont_inherit=True)
    exec(code, module.__dict__)


def start(settings_path: str) -> None:
    """Prepare the process, run the program, report at the very end."""
    settings = json.loads(Path(settings_path).read_text("utf-8"))
    report = Report(Path(settings["report"]))
    sockets, stalls = install(settings, report)
    module = main_module(settings["program"])

    at_end = 0

    def finish() -> None:
        measure.drop_everything(module.__dict__)
        report.add(
            "sockets", made=sockets.made, peak=sockets.peak, at_end=at_end, dropped=sockets.open()
        )
        report.add("stall", seconds=stalls.longest)

    atexit.register(finish)
    report.add("started")
    began = time.monotonic()
    try:
        execute(settings["program"], module)
    finally:
        at_end = sockets.open()
        report.add("finished", seconds=time.monotonic() - began)


if __name__ == "__main__":
    start(sys.argv[1])
