"""Many files: read, gate, check or fix each, in one process or several."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH123

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oai_lint.gate import worth_reading
from oai_lint.git import GitError
from oai_lint.kinds import Kind, is_surely_python, kind_of
from oai_lint.knowledge.keys import INFIX
from oai_lint.patch import Safety
from oai_lint.rule import REGISTRY, Confidence
from oai_lint.source import Source, UndecodableSource

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    from oai_lint.changes import Since
    from oai_lint.config import Config
    from oai_lint.engine import Among, Diagnostic

WORTH_WORKERS: Final = 10_000
"""Lines that take as long as it takes fresh workers to import the parser."""

_UNREADABLE = "OAI900"
_FAILED = "OAI902"


@dataclass(slots=True)
class Job:
    """A file that passed the gate."""

    path: str
    data: bytes
    config: Config
    fixing: Safety | None = None
    """The least safety of the fixes to apply; None to apply none."""
    since: Since | None = None
    """What the file was, where only what is new counts."""


@dataclass(slots=True)
class Outcome:
    """What became of a file.

    Attributes:
        source: the file as it was read.
        left: what is to be reported, about ``fixed`` if that is set.
        fixed: the file with fixes applied; None if there were none.
        applied: the findings that were fixed.
        failed: codes whose fixes gave text that does not parse, so that none was kept.
        problem: why the file could not be judged; empty otherwise.
    """

    source: Source
    left: Sequence[Diagnostic] = ()
    fixed: Source | None = None
    applied: Sequence[Diagnostic] = ()
    failed: Sequence[str] = ()
    problem: str = ""

    @property
    def final(self) -> Source:
        """The source that ``left`` speaks of."""
        return self.fixed or self.source

    @property
    def broken(self) -> bool:
        """Whether the linter, not the file, failed."""
        return bool(self.failed) or any(item.code == _FAILED for item in self.left)


def gated(
    paths: Iterable[str], config_for: Callable[[str], Config], problems: list[str]
) -> Iterator[tuple[str, bytes, Config]]:
    """Yield the files that could matter with their bytes and settings.

    Args:
        paths: absolute.
        config_for: the settings for a path.
        problems: receives a line for each file that could not be read.
    """
    from oai_lint.files import shown

    for path in paths:
        try:
            kind = kind_of(path)
            with open(path, "rb") as file:
                data = file.read(LONGEST + 1 if kind is Kind.CONFIGURATION else -1)
        except OSError as error:
            problems.append(f"{shown(path)}: {error.strerror}")
            continue
        if _worth_of_its_kind(kind, data) and worth_reading(data):
            yield path, data, config_for(path)


LONGEST: Final = 1_000_000
"""Bytes of a configuration file that somebody wrote; what is longer is data."""


def _worth_of_its_kind(kind: Kind, data: bytes) -> bool:
    """Say whether a file can matter that many programs have, and that may be of any length."""
    if kind is Kind.CONFIGURATION:
        return len(data) <= LONGEST and _holds_key(data)
    # Many manifests hold settings of ours and no more.
    return not kind.is_manifest or b"openai" in data.lower() or _holds_key(data)


def _holds_key(data: bytes) -> bool:
    return b"sk-" in data or INFIX.encode() in data


def work(job: Job) -> Outcome:
    """Judge one file, in whatever process; nothing is written."""
    from oai_lint import engine

    try:
        source = Source.from_bytes(job.path, job.data)
    except UndecodableSource as error:
        if kind_of(job.path) is Kind.NOTEBOOK:
            return Outcome(Source(job.path, ""), problem=str(error))
        # Their own readers fall back on the encoding of the place.
        if kind_of(job.path).is_manifest or kind_of(job.path) is Kind.CONFIGURATION:
            return Outcome(Source(job.path, ""))
        return Outcome(Source(job.path, ""), _unreadable(job, str(error)))
    among = job.since.chosen(source) if job.since is not None else None
    if kind_of(job.path) is Kind.PYTHON and not is_surely_python(job.path, source.text):
        among = _unless_foreign(among)
    if job.fixing is None:
        left = engine.check(source, job.config)
        return Outcome(source, among(source, left) if among is not None else left)
    fixed = engine.fix(source, job.config, safety=job.fixing, among=among)
    changed = None if fixed.text == source.text else fixed.source
    return Outcome(source, fixed.left, changed, fixed.applied, fixed.failed)


def _unless_foreign(among: Among | None) -> Among:
    """Return a choice that also leaves out the complaint that a text is no Python."""

    def chosen(source: Source, found: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
        found = [item for item in found if item.code != _UNREADABLE]
        return among(source, found) if among is not None else found

    return chosen


def _unreadable(job: Job, reason: str) -> list[Diagnostic]:
    from oai_lint.config import known
    from oai_lint.engine import Diagnostic

    if not job.config.enabled(_UNREADABLE, job.path):
        return []
    rule = known()[_UNREADABLE]
    return [
        Diagnostic(
            code=_UNREADABLE,
            name=rule.name,
            message=rule.message.format(reason=reason),
            severity=job.config.severity(_UNREADABLE, rule.severity),
            confidence=Confidence.HIGH,
            start=0,
            end=0,
        )
    ]


def _guarded(job: Job) -> Outcome:
    """Judge one file and turn whatever goes wrong into a line about it."""
    try:
        return work(job)
    except GitError as error:
        return Outcome(Source(job.path, ""), problem=f"not judged: {error}")
    except (Exception, RecursionError) as error:
        problem = f"{type(error).__name__}: {error}".splitlines()[0]
        return Outcome(Source(job.path, ""), problem=f"oai-lint failed here ({problem})")


def run(jobs: Sequence[Job], *, progress: bool = False) -> list[Outcome]:
    """Judge all files and return the outcomes in the order of ``jobs``.

    Args:
        jobs: by path.
        progress: show a bar on stderr once the run has taken a while.
    """
    lines = sum(job.data.count(b"\n") + 1 for job in jobs)
    many = len(jobs) > 1 and lines > WORTH_WORKERS and _processors() > 1
    outcomes: list[Outcome | None] = [None] * len(jobs)
    done = _pooled(jobs) if many else ((i, _guarded(job)) for i, job in enumerate(jobs))
    if progress:
        done = _shown(done, len(jobs))
    for index, outcome in done:
        outcomes[index] = outcome
    return [outcome for outcome in outcomes if outcome is not None]


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _pooled(jobs: Sequence[Job]) -> Iterator[tuple[int, Outcome]]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed

    from oai_lint import reading, rules

    # Forked workers share what is imported here; elsewhere they start from nothing.
    rules.load()
    assert reading and REGISTRY
    method = "fork" if sys.platform == "linux" else "spawn"
    workers = min(_processors(), len(jobs))
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context(method), _begun)
    # The largest first, so that no worker is left alone with it in the end.
    order = sorted(range(len(jobs)), key=lambda index: -len(jobs[index].data))
    try:
        futures = {pool.submit(_guarded, jobs[index]): index for index in order}
        for future in as_completed(futures):
            index = futures[future]
            yield index, _collected(future, jobs[index])
    except BaseException:
        _kill(pool)
        raise
    pool.shutdown()


def _begun() -> None:
    """Leave Ctrl-C to the parent, which ends its workers, and end with it if it is killed."""
    import signal
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_outlived, daemon=True).start()


def _outlived() -> None:
    from multiprocessing import parent_process

    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _collected(future: Future[Outcome], job: Job) -> Outcome:
    from concurrent.futures.process import BrokenProcessPool

    try:
        return future.result()
    except BrokenProcessPool:
        return Outcome(Source(job.path, ""), problem="not judged: a worker process died")


def _kill(pool: ProcessPoolExecutor) -> None:
    for process in list((pool._processes or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


PATIENCE: Final = 2.0
"""Seconds before a progress bar is worth its import."""


def _shown(done: Iterator[tuple[int, Outcome]], total: int) -> Iterator[tuple[int, Outcome]]:
    from time import monotonic

    start = monotonic()
    count = 0
    bar = None
    try:
        for item in done:
            count += 1
            if bar is None and monotonic() - start > PATIENCE and count < total:
                from rich.console import Console
                from rich.progress import Progress

                bar = Progress(console=Console(stderr=True), transient=True)
                task = bar.add_task("Checking", total=total)
                bar.start()
            if bar is not None:
                bar.update(task, completed=count)
            yield item
    finally:
        if bar is not None:
            bar.stop()
