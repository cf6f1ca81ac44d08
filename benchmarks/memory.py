"""What the server holds on to: ``python -m benchmarks.memory [EDITS [FILES]]``.

Opens 200 files of 200 lines, then types 1,000 characters into one of 1,000 lines and asks for its
diagnostics after each.  Prints the resident memory (RSS) on the way, its growth over the second
half of the typing, and what is left when all files but one are closed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from benchmarks import keystrokes
from benchmarks.generated import module
from benchmarks.language_client import OURS, Client

EDITS, FILES = 1000, 200
LINES, OTHERS = 1000, 200
MARKS = 8
"""How often memory is read while typing."""

PAUSE = 1.5
"""Seconds before memory is read: what a server does once it is left alone belongs to it."""


def resident(process: int) -> int:
    """Return the resident memory of a process in KiB.

    Raises:
        RuntimeError: this system does not tell.
    """
    status = Path(f"/proc/{process}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    done = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    if done.returncode or not done.stdout.strip():
        raise RuntimeError("no /proc and no ps: memory cannot be read here")
    return int(done.stdout)


def main(arguments: Sequence[str] = ()) -> None:
    edits, files = (*map(int, arguments), *(EDITS, FILES)[len(arguments) :])
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        client = Client(OURS, root, pull=True)

        def read(what: str) -> float:
            time.sleep(PAUSE)
            taken = resident(client.process.pid) / 1024
            print(f"{what:<42}{taken:8.1f} MiB", flush=True)
            return taken

        read("started")
        text, other = module(LINES), module(OTHERS)
        uri = (root / "typed.py").as_uri()
        client.open(uri, text)
        read(f"one file of {text.count(chr(10))} lines open")
        others = [(root / f"other_{number}.py").as_uri() for number in range(files)]
        for other_uri in others:
            client.open(other_uri, other)
        read(f"{files} files of {other.count(chr(10))} lines more")
        reached: dict[int, float] = {}
        step = max(1, edits // MARKS)
        for number, typed in enumerate(islice(keystrokes.texts(text), edits), start=1):
            client.change(uri, typed)
            if number % step == 0:
                reached[number] = read(f"{number} edits")
        half, whole = reached[step * (MARKS // 2)], reached[step * MARKS]
        print(f"{'growth over the second half of the edits':<42}{(whole / half - 1) * 100:+8.1f} %")
        for other_uri in others:
            client.notify("textDocument/didClose", {"textDocument": {"uri": other_uri}})
        client.change(uri, text)
        read("all but the first file closed")
        client.leave()


if __name__ == "__main__":
    main(sys.argv[1:])
