"""Fills ``bundled/libs`` with oai-lint and the libraries that its server imports.

All of them are pure Python and run wherever Python 3.11 or later does.  The one that is compiled is
left out; ``compiled.txt`` says which versions of it will do.  The other versions are pinned in
``requirements.txt``, which ``uv`` makes as its first lines say.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
LIBS = HERE / "bundled" / "libs"
COMPILED = ("libcst",)

PURE = ["--platform", "any", "--implementation", "py", "--abi", "none", "--python-version", "3.11"]


def main() -> None:
    """Make the folder anew."""
    shutil.rmtree(LIBS, ignore_errors=True)
    locked = ["--require-hashes", "--requirement", HERE / "requirements.txt"]
    pip("install", "--target", LIBS, "--no-deps", "--only-binary", ":all:", *PURE, *locked)
    with tempfile.TemporaryDirectory() as folder:
        pip("wheel", "--no-deps", "--wheel-dir", folder, PROJECT)
        wheel = next(Path(folder).glob("oai_lint-*.whl"))
        pip("install", "--target", LIBS, "--no-deps", wheel)
    shutil.rmtree(LIBS / "bin", ignore_errors=True)
    for cache in LIBS.rglob("__pycache__"):
        shutil.rmtree(cache)
    for trace in LIBS.glob("*.dist-info/direct_url.json"):  # names a folder of this machine
        trace.unlink()
    (LIBS / "compiled.txt").write_text("\n".join(compiled()) + "\n", encoding="utf-8")


def compiled() -> list[str]:
    """Return the requirements of the bundled oai-lint that an interpreter has to meet."""
    (own,) = distributions(name="oai-lint", path=[str(LIBS)])
    names = "|".join(COMPILED)
    return [line for line in own.requires or () if re.match(rf"(?:{names})\b", line)]


def pip(*arguments: object) -> None:
    """Run pip; it says on stderr what goes wrong."""
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    command = [sys.executable, "-m", "pip", str(arguments[0]), *options, *map(str, arguments[1:])]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
