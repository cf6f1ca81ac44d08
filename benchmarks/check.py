"""What a check costs, in parses: ``python -m benchmarks.check [PATH...]``.

For every file that passes the gate (without paths: the project's examples, and generated modules of
200, 1,000 and 5,000 lines): CPU time of ``engine.check`` (parse included) over CPU time of
``libcst.parse_module`` of the same text, both the best of five, in this process, imports done, and
what the last run left for Python's collector collected.
Prints the median and the 90th percentile for files with and without findings.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import libcst

from benchmarks.gate import sources
from benchmarks.generated import LINES, module
from oai_lint import engine, gate, rules
from oai_lint.config import Config
from oai_lint.source import Source


def best(work: Callable[[], object], times: int = 5) -> float:
    """Return the least CPU time of some runs, in seconds."""
    taken = []
    for _ in range(times):
        gc.collect()
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def judged(paths: Sequence[str]) -> Iterator[tuple[bytes, Source]]:
    """Yield the files to measure."""
    yield from sources(list(paths) or [str(Path(__file__).parents[1] / "examples")])
    for lines in () if paths else LINES:
        text = module(lines)
        yield text.encode(), Source(f"generated_{lines}.py", text)


def main(paths: Sequence[str] = ()) -> None:
    """Measure and print."""
    rules.load()
    config = Config()
    ratios: dict[bool, list[float]] = {False: [], True: []}
    totals = {False: [0.0, 0.0], True: [0.0, 0.0]}
    for data, source in judged(paths):
        if not gate.worth_reading(data):
            continue
        path, text = source.path, source.text
        try:
            parse = best(lambda text=text: libcst.parse_module(text))  # type: ignore[misc]
        except libcst.ParserSyntaxError:
            continue
        found = engine.check(source, config)
        check = best(lambda path=path, text=text: engine.check(Source(path, text), config))  # type: ignore[misc]
        flagged = bool(found)
        ratios[flagged].append(check / parse)
        totals[flagged][0] += check
        totals[flagged][1] += parse
    for flagged, values in ratios.items():
        if values:
            values.sort()
            check, parse = totals[flagged]
            print(
                f"{'with' if flagged else 'no'} findings: {len(values)} files,"
                f" {check / parse:.2f} parses in all, median {statistics.median(values):.2f},"
                f" 90 % below {values[int(len(values) * 0.9)]:.2f}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
