"""What a commit pays: start-up against a bare interpreter, a check against a parse.

Run ``python -m benchmarks.startup``.  It prints and never judges; the ratios are what to compare,
since both sides of each are measured in turn in the same run.
"""

from __future__ import annotations

# ruff: noqa: PLC0415 - what one part imports must not be paid for by the other
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROUNDS = 25
FILES = 10
HEAVY = (
    "click",
    "dataclasses",
    "httpx",
    "libcst",
    "pathlib",
    "pathspec",
    "pygls",
    "rich",
    "typing",
)

PLAIN = '''"""Things that have nothing to do with the API."""

import requests


def get(address: str, times: int = 3) -> str:
    for attempt in range(times):
        response = requests.get(address, timeout=30)
        if response.ok:
            return response.text
    raise RuntimeError(address)
'''
RELEVANT = '''import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], timeout=60)


def answer_{n}(question: str, history: list[dict[str, str]]) -> str:
    """Ask, with what was said before."""
    messages = [*history, {{"role": "user", "content": question}}]
    response = client.chat.completions.create(model="gpt-4.1", messages=messages, max_tokens=300)
    content = response.choices[0].message.content
    return content.strip() if content else ""
'''
MODULES = (
    "from oai_lint.__main__ import main; main(); import sys; print(*sys.modules, file=sys.stderr)"
)


def seconds(command: Sequence[str], cwd: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def in_turn(rounds: int, *measured: Callable[[], float]) -> list[tuple[float, float]]:
    """Return best and median of each, taken in turn so that noise falls on all alike."""
    taken: list[list[float]] = [[] for _ in measured]
    for _ in range(rounds):
        for times, measure in zip(taken, measured, strict=True):
            times.append(measure())
    return [(min(times), statistics.median(times)) for times in taken]


def line(name: str, time_: tuple[float, float], unit: tuple[float, float]) -> None:
    best, median = (value / base for value, base in zip(time_, unit, strict=True))
    print(f"{name:<44} {time_[0] * 1000:8.1f} ms   × {best:5.2f} best   × {median:5.2f} median")


def start_up(directory: Path) -> None:
    names = []
    for number in range(FILES):
        names.append(f"plain_{number}.py")
        (directory / names[-1]).write_text(PLAIN * 40)
    (directory / "relevant.py").write_text(RELEVANT.format(n=0))
    check = [sys.executable, "-m", "oai_lint", "check", "--isolated"]
    bare, gated, one = in_turn(
        ROUNDS,
        lambda: seconds([sys.executable, "-c", "pass"], directory),
        lambda: seconds([*check, *names], directory),
        lambda: seconds([*check, "--exit-zero", "relevant.py"], directory),
    )
    line("bare interpreter", bare, bare)
    line(f"check, {FILES} files without OpenAI code", gated, bare)
    line("check, one relevant file, imports included", one, bare)
    done = subprocess.run(
        [sys.executable, "-c", MODULES, "check", *names],
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = done.stderr.split()
    print("heavy modules then loaded:", ", ".join(sorted({*HEAVY} & {*modules})) or "none")


def check_against_parse() -> None:
    import libcst

    from oai_lint import rules
    from oai_lint.config import Config
    from oai_lint.engine import check
    from oai_lint.source import Source

    rules.load()
    config = Config()
    for count in (10, 50, 200):
        text = "".join(RELEVANT.format(n=n) for n in range(count))

        def parse(text: str = text) -> float:
            gc.collect()
            start = time.process_time()
            libcst.parse_module(text)
            return time.process_time() - start

        def whole(text: str = text) -> float:
            gc.collect()
            start = time.process_time()
            check(Source("relevant.py", text), config)
            return time.process_time() - start

        found = len(check(Source("relevant.py", text), config))
        parsed, checked = in_turn(7, parse, whole)
        lines = text.count("\n")
        line(f"libcst.parse_module, {lines} lines", parsed, parsed)
        line(f"check, {found} findings", checked, parsed)


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        start_up(Path(directory))
    check_against_parse()


if __name__ == "__main__":
    main()
