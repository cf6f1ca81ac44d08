"""How long after a keystroke an editor knows: ``python -m benchmarks.server [EDITS]``.

For files of 200, 1,000 and 5,000 lines, after every keystroke, here and there in the file, and in
turn: one parse of the text by libcst and two checks of it in this process, one of them with the
tree from before, as the server does it; the time from ``textDocument/didChange`` to diagnostics
of our server, asked for (pull) and waited for (push, debounce set to 0), and of ruff's, asked for.
Beside that the longest time for which our server answers nothing else, and the time from its start
to the first diagnostics.  All this is wall-clock time, which other work on the machine lengthens,
the 95th percentile first; so what the server itself adds to a check is told in CPU time.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import libcst

from benchmarks import keystrokes
from benchmarks.generated import LINES, module
from benchmarks.language_client import OURS, RUFF, Client, first_diagnostics
from oai_lint import engine, rules
from oai_lint.config import Config
from oai_lint.reading import Reparser
from oai_lint.source import Source

EDITS = 140
"""Keystrokes a file, enough for each kind of place; half as many for the longest."""

WARM_UP = 3
STARTS = 7
AT_ONCE = {"debounce": 0}


@dataclass(slots=True)
class Times:
    """What one thing took after each keystroke, in seconds.

    Attributes:
        clock: the CPU time so far of whoever does it.
        values: wall-clock time.
        cpu: CPU time.
    """

    clock: Callable[[], float] = time.process_time
    values: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take(self, work: Callable[[], object]) -> None:
        """Do it once more."""
        start, cpu = time.perf_counter(), self.clock()
        work()
        self.values.append(time.perf_counter() - start)
        self.cpu.append(self.clock() - cpu)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        return sorted(self.values)[max(0, round(len(self.values) * 0.95) - 1)]


@dataclass(slots=True)
class Measured:
    """What was measured on one file.

    Attributes:
        lines: its length.
        whole: texts of which all had to be parsed, though some tree was there from before.
        check: checks from the text alone.
        again: checks with the tree from before.
        broken: ``pull`` where the text did not parse.
    """

    lines: int
    whole: int = 0
    parse: Times = field(default_factory=Times)
    check: Times = field(default_factory=Times)
    again: Times = field(default_factory=Times)
    pull: Times = field(default_factory=Times)
    push: Times = field(default_factory=Times)
    ruff: Times = field(default_factory=Times)
    broken: Times = field(default_factory=Times)
    blocked: Times = field(default_factory=Times)


class Watched(Reparser):
    """Counts the trees of texts that were parsed as a whole."""

    kept = 0

    def keep(self, text: str, module: libcst.Module) -> None:
        """Take such a tree."""
        self.kept += 1
        super().keep(text, module)


def parses(text: str) -> bool:
    try:
        compile(text, "typed.py", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def measure(root: Path, lines: int, edits: int) -> Measured:
    """Type into a file of that length and take all times."""
    text, config = module(lines), Config()
    uri = (root / f"typed_{lines}.py").as_uri()
    result = Measured(text.count("\n"))
    pull = Client(OURS, root, pull=True)
    result.pull.clock = lambda: cpu_time(pull.process.pid)
    push = Client(OURS, root, pull=False, options=AT_ONCE)
    ruff = Client(RUFF, root, pull=True)
    clients = (pull, push, ruff)
    for client in clients:
        client.open(uri, text)
    reparser = Watched()
    engine.check(Source("typed.py", text), config, reparser=lambda: reparser)
    typing = keystrokes.texts(text)
    for typed in islice(typing, WARM_UP):
        engine.check(Source("typed.py", typed), config, reparser=lambda: reparser)
        for client in clients:
            client.change(uri, typed)
    for typed in islice(typing, edits):
        whole = parses(typed)
        if whole:
            result.parse.take(lambda typed=typed: libcst.parse_module(typed))  # type: ignore[misc]
            result.check.take(
                lambda typed=typed: engine.check(Source("typed.py", typed), config)  # type: ignore[misc]
            )
            before = reparser.kept
            result.again.take(
                lambda typed=typed: engine.check(  # type: ignore[misc]
                    Source("typed.py", typed), config, reparser=lambda: reparser
                )
            )
            result.whole += reparser.kept - before
        (result.pull if whole else result.broken).take(
            lambda typed=typed: pull.change(uri, typed)  # type: ignore[misc]
        )
        for client, times in ((push, result.push), (ruff, result.ruff)):
            spare = times if whole else Times()
            spare.take(lambda typed=typed, client=client: client.change(uri, typed))  # type: ignore[misc]
    for typed in islice(typing, max(4, edits // 4)):
        result.blocked.values.append(max(silences(pull, uri, typed)))
    for client in clients:
        client.leave()
    return result


def cpu_time(process: int) -> float:
    """Return the CPU time of all threads of a process, in seconds; NaN where nobody tells."""
    tasks = Path(f"/proc/{process}/task")
    try:
        spent = [(task / "schedstat").read_text().split()[0] for task in tasks.iterdir()]
    except OSError:
        return math.nan
    return sum(map(int, spent)) / 1e9


def silences(client: Client, uri: str, text: str) -> Iterator[float]:
    """Yield how long the server takes for other questions while it works on a text."""
    where = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}
    client.send_change(uri, text)
    waited = client.request_diagnostics(uri)
    done = False
    while not done:
        start = time.perf_counter()
        asked = client.request("textDocument/completion", where)
        if client.first_answer({asked, waited})[0] == waited:
            done = True
            client.answer(asked)
        yield time.perf_counter() - start


def start_up(root: Path) -> None:
    """Measure and print the time from a server's start to the first diagnostics."""
    text = module(LINES[0])
    ours, ruff = Times(), Times()
    for _ in range(STARTS):
        ours.take(lambda: first_diagnostics(OURS, root, text))
        ruff.take(lambda: first_diagnostics(RUFF, root, text))
    print(f"start to first diagnostics, {text.count(chr(10))} lines, {STARTS} starts in turn:")
    for name, times in (("oai-lint", ours), ("ruff", ruff)):
        print(f"  {name:<10} median {times.median:5.2f} s   slowest {max(times.values):5.2f} s")


def table(measured: list[Measured]) -> None:
    """Print what was measured, in parses."""
    print("\nkeystroke to diagnostics, in parses of the text (median, 95th percentile):")
    names = ("lines", "parse", "check", "again", "pull", "push", "half typed", "ruff", "silent")
    print(("{:>7}{:>10}{:>13}" + "{:>14}" * 5 + "{:>9}").format(*names))
    for item in measured:
        unit = item.parse.median
        timed = (item.check, item.again, item.pull, item.push, item.broken, item.ruff)
        pairs = [f"{times.median / unit:.2f}  {times.p95 / unit:.2f}" for times in timed]
        silent = max(item.blocked.values) / unit
        print(
            f"{item.lines:>7}{unit * 1000:>7.1f} ms{pairs[0]:>13}"
            + "".join(f"{pair:>14}" for pair in pairs[1:])
            + f"{silent:>9.2f}"
        )
    print(
        "check: in this process; again: the same with the tree from before;"
        "\nhalf typed: pull, where the text does not parse;"
        "\nsilent: the longest wait for another answer meanwhile"
        "\n\nthe same in CPU time (medians), what the server adds to such a check again,"
        "\nand how many of the texts were parsed as a whole:"
    )
    for item in measured:
        parse, check, again, pull = (
            statistics.median(times.cpu)
            for times in (item.parse, item.check, item.again, item.pull)
        )
        print(
            f"{item.lines:>7}{parse * 1000:>7.1f} ms   check {check / parse:.2f}   again"
            f" {again / parse:.2f}   pull {pull / parse:.2f}   {(pull - again) * 1000:+.1f} ms"
            f"   {item.whole} of {len(item.again.values)}"
        )


def main(arguments: Sequence[str] = ()) -> None:
    edits = int(arguments[0]) if arguments else EDITS
    rules.load()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        start_up(root)
        table([measure(root, n, edits if n < LINES[-1] else edits // 2) for n in LINES])


if __name__ == "__main__":
    main(sys.argv[1:])
