"""Environments with the SDK releases that matter, built once by uv and kept in a cache.

`python -m tests.proof.eras` builds all of them.  The cache lies in the user's cache directory, or
where `OAI_LINT_PROOF_CACHE` says.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pytest
import uv

CACHE_VARIABLE = "OAI_LINT_PROOF_CACHE"

BESIDE = ("requests==2.34.2", "aiohttp==3.14.5", "tenacity==9.2.1")
"""In every era: programs use them beside the SDK, or instead of it."""


@dataclass(frozen=True, slots=True)
class Era:
    """An SDK release and what is installed with it."""

    name: str
    requirements: tuple[str, ...]

    @property
    def version(self) -> tuple[int, ...]:
        """The SDK version, to compare with."""
        release = self.name.partition("+")[0]
        return tuple(int(part) for part in release.split("."))

    @property
    def folder(self) -> Path:
        """Where the environment lies; the name changes with the requirements and the Python."""
        content = "\n".join((sys.version, *self.requirements))
        digest = hashlib.sha256(content.encode()).hexdigest()[:12]
        return cache_folder() / f"{self.name}-{digest}"

    @property
    def python(self) -> Path:
        """The interpreter of the environment."""
        return _interpreter(self.folder)


def _era(name: str, *requirements: str) -> Era:
    release = name.partition("+")[0]
    return Era(name, (f"openai=={release}", *requirements, *BESIDE))


ERAS: Mapping[str, Era] = {
    era.name: era
    for era in (
        _era("0.28.1"),
        _era("1.55.3+httpx0.27.2", "httpx==0.27.2"),
        _era("1.55.3", "httpx==0.28.1"),
        _era("1.109.1", "httpx==0.28.1"),
        _era("2.54.0", "httpx==0.28.1"),
        _era("3.0.0", "httpx2==2.16.2"),
        _era("3.54.0", "httpx2==2.16.2"),
    )
}
"""By name; 3.x has no httpx, as a fresh installation has none."""


class EraError(Exception):
    """An environment could not be built, usually for want of a network."""


_building = threading.Lock()


def cache_folder() -> Path:
    """Return where environments are kept."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("oai-lint")) / "proof"


def build(era: Era) -> Path:
    """Return the interpreter of an era; build its environment if there is none yet.

    It is built under another name and renamed when complete: a folder that exists is whole, and of
    two processes that build at once the later one discards its work.
    """
    with _building:
        if not era.python.exists():
            cache_folder().mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=f".{era.name}-", dir=cache_folder()))
            try:
                _install(era, draft / "env")
                _rename(draft / "env", era.folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    return era.python


def _install(era: Era, folder: Path) -> None:
    _uv("venv", "--quiet", "--relocatable", "--python", sys.executable, str(folder))
    _uv(
        "pip",
        "install",
        "--quiet",
        "--compile-bytecode",
        "--python",
        str(_interpreter(folder)),
        *era.requirements,
    )


def _rename(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:
        if not folder.exists():
            raise


def _interpreter(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _uv(*arguments: str) -> None:
    """Run uv, away from any project whose settings it might read."""
    command = [uv.find_uv_bin(), "--no-config", *arguments]
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, env=env, timeout=600)
    except subprocess.CalledProcessError as error:
        raise EraError(error.stderr.strip() or str(error)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EraError(str(error)) from error


def require(name: str) -> Path:
    """Return the interpreter of an era for a test.

    Without it the test is skipped on a developer's machine and fails where `CI` is set: a proof
    that never ran must not look like one that did.
    """
    try:
        return build(ERAS[name])
    except EraError as error:
        reason = f"no environment for {name}: {error}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def main() -> int:
    """Build every environment; the exit code says whether all could be built."""
    failed = False
    for era in ERAS.values():
        try:
            print(f"{era.name:20} {build(era)}", flush=True)
        except EraError as error:
            print(f"{era.name:20} not built: {error}", file=sys.stderr, flush=True)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
