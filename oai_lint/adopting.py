"""What ``check`` does for code that is older than its rules: baseline, comments, changed lines."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH112, PTH118

from __future__ import annotations

import ast
import os
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from oai_lint import writing
from oai_lint.baseline import DEFAULT, Baseline, Entry, Sifted, acceptable, entries, read, sift
from oai_lint.changes import Changes
from oai_lint.config import ConfigError
from oai_lint.files import shown
from oai_lint.kinds import kind_of
from oai_lint.suppress import UNEXPLAINED, UNUSED

if TYPE_CHECKING:
    from oai_lint.config import Config
    from oai_lint.engine import Among, Diagnostic
    from oai_lint.options import Options
    from oai_lint.resolving import Resolver
    from oai_lint.runner import Outcome
    from oai_lint.source import Source

_JUDGING: Final = frozenset({"clients", "confidence", "openai", "today"})
"""Settings that let findings vanish whose cause is still there, where a run has its own."""


class Adoption:
    """What a run does about findings that are older than it.

    Args:
        options: of the command.
        config: the settings of the run.
        resolver: has those for each file.

    Attributes:
        changes: what is new since a revision, if only that counts.
        said: lines for people about what was done.
        stale: lines about entries of the baseline whose finding is gone, where that is a failure.
        problems: lines about what could not be written.

    Raises:
        ConfigError: the baseline is none, or a reason takes more than a line.
    """

    def __init__(self, options: Options, config: Config, resolver: Resolver) -> None:
        if len((options.add_ignore or "").splitlines()) > 1:
            raise ConfigError("--add-ignore: a reason must be one line, as comments are")
        self.options = options
        self.config_for = resolver.for_file
        given = {key for layer in resolver.layers for key in layer.values}
        judges_otherwise = options.isolated or options.ignore_noqa
        self._judges_otherwise = judges_otherwise or not _JUDGING.isdisjoint(given)
        self.changes = Changes(options.diff_base) if options.diff_base is not None else None
        self.said: list[str] = []
        self.stale: list[str] = []
        self.problems: list[str] = []
        self._files: frozenset[str] = frozenset()
        self._directories: list[str] = []
        self._unread: set[str] = set()
        # Read before anything is written: a broken one stops the run while all is as it was.
        self._baseline = self._opened(config)

    def _opened(self, config: Config) -> Baseline | None:
        own = os.path.join(config.base, config.baseline) if config.baseline else ""
        if self.options.write_baseline is not None:
            default = os.path.join(config.base, DEFAULT)
            return read(self.options.write_baseline or own or default, required=False)
        return read(own) if own else None

    def looked_at(self, paths: Iterable[str]) -> None:
        """Say which files, absolute, the run could judge."""
        self._files = frozenset(paths)
        arguments = map(os.path.abspath, self.options.paths)
        self._directories = [os.path.join(p, "") for p in arguments if os.path.isdir(p)]

    def silenced(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        """Return the files with comments that silence what is new in them, if so wished."""
        if self.options.add_ignore is None:
            return outcomes
        new: Sequence[Sequence[Diagnostic]] = [outcome.left for outcome in outcomes]
        if self._baseline is not None:
            new = self._sifted(self._baseline, outcomes).left
        return [
            ignored(
                outcome,
                wanted,
                self.config_for(outcome.source.path),
                self.options.add_ignore,
                among=self._among(outcome.source),
            )
            for outcome, wanted in zip(outcomes, new, strict=True)
        ]

    def _among(self, source: Source) -> Among | None:
        return self.changes.since(source.path).chosen(source) if self.changes is not None else None

    def adopted(self, outcomes: Sequence[Outcome], *, shrinking: bool = True) -> Sequence[Outcome]:
        """Return what is to be reported, and bring the baseline up to date.

        Args:
            outcomes: of all files of the run, fixes and comments written.
            shrinking: whether the baseline may be written.
        """
        if self.options.add_ignore is not None:
            count = sum(len(outcome.applied) for outcome in outcomes)
            outcomes = [replace(outcome, applied=()) for outcome in outcomes]
            if count:
                self.said.append(f"Added {count} {_plural('suppression', count)}")
        accepted = self._baseline
        if accepted is None:
            return outcomes
        self._unread = {
            outcome.source.path
            for outcome in outcomes
            if outcome.problem or not all(map(acceptable, outcome.left))
        }
        sifted = self._sifted(accepted, outcomes)
        name = shown(accepted.path)
        if self.options.write_baseline is not None:
            return self._accepted(accepted, outcomes, sifted.untouched)
        if self.options.strict_baseline:
            self.stale = [
                f"{name}: stale: {shown(entry.path)}: {entry.code} ({entry.fingerprint}) is fixed;"
                " a run without `--strict-baseline` takes it out"
                for entry in sifted.stale
            ]
        elif shrinking and not self.options.diff and sifted.kept != accepted.entries:
            count = len(sifted.stale)
            if self._put(accepted, sifted.kept) and count:
                self.said.append(f"{name}: took out {count} fixed {_plural('finding', count)}")
        pairs = zip(outcomes, sifted.left, strict=True)
        return [replace(outcome, left=left) for outcome, left in pairs]

    def _accepted(
        self, accepted: Baseline, outcomes: Sequence[Outcome], kept: set[Entry]
    ) -> Sequence[Outcome]:
        """Write a baseline with all findings, and what the run did not judge of the old one."""
        results = [(outcome.final, outcome.left) for outcome in outcomes]
        found = {entry for items in entries(results) for item, entry in items if acceptable(item)}
        if not self._put(accepted, found | kept):
            return outcomes
        count = len(found)
        self.said.append(f"{shown(accepted.path)}: accepted {count} {_plural('finding', count)}")
        return [
            replace(outcome, left=[item for item in outcome.left if not acceptable(item)])
            for outcome in outcomes
        ]

    def _put(self, accepted: Baseline, wanted: set[Entry]) -> bool:
        """Write the baseline if it is to change, and say whether it is as it should be."""
        data = accepted.rendered(wanted)
        try:
            if accepted.data is None:
                writing.create(accepted.path, data)
            elif accepted.data != data:
                writing.replace(accepted.path, accepted.data, data)
        except OSError as error:
            reason = error.strerror or str(error)
            self.problems.append(f"{shown(accepted.path)}: the baseline was not written: {reason}")
            return False
        return True

    def _sifted(self, accepted: Baseline, outcomes: Sequence[Outcome]) -> Sifted:
        results = [(outcome.final, outcome.left) for outcome in outcomes]
        return sift(accepted, results, self._judged)

    def _judged(self, entry: Entry) -> bool:
        """Say whether the run would have found what an entry of a baseline says."""
        if self.changes is not None or self._judges_otherwise:
            return False
        if entry.path in self._unread:
            return False
        # Whoever looks at a part may not see the new name of a file that was renamed.
        gone = not os.path.lexists(entry.path)
        if entry.path not in self._files and not (
            gone and entry.path.startswith(tuple(self._directories))
        ):
            return False
        return self.config_for(entry.path).enabled(entry.code, entry.path)


def ignored(
    outcome: Outcome,
    wanted: Sequence[Diagnostic],
    config: Config,
    reason: str,
    *,
    among: Among | None = None,
) -> Outcome:
    """Return what becomes of a file when comments silence findings.

    Args:
        outcome: all that was found; no fixes were applied.
        wanted: what is to be silenced of it.
        config: the settings in force for the file.
        reason: what to write into the comments.
        among: chooses from the findings those that count, as it did for ``outcome``.

    Returns:
        An outcome with the new text, what was silenced, and what is found then.

    Raises:
        ConfigError: the settings want a reason and there is none.
    """
    from oai_lint import engine
    from oai_lint.suppressing import on_lines

    source = outcome.source
    meant = [item for item in wanted if item.code not in _UNSILENCED and acceptable(item)]
    if not meant:
        return outcome
    if not reason and config.enabled(UNEXPLAINED, source.path):
        raise ConfigError(
            "--add-ignore: the settings ask for reasons (`require-reason`): --add-ignore=REASON"
        )
    edits = on_lines(source, [(item.start, item.name) for item in meant], reason)
    after = source.edited(edits)
    if not edits or not _same_program(source, after):
        return outcome
    left: Sequence[Diagnostic] = engine.check(after, config)
    if among is not None:
        left = among(after, left)
    gone = Counter(item.code for item in outcome.left)
    gone.subtract(item.code for item in left)
    silenced = []
    for item in meant:
        if gone[item.code] > 0:
            gone[item.code] -= 1
            silenced.append(item)
    return replace(outcome, fixed=after, left=left, applied=silenced) if silenced else outcome


_UNSILENCED: Final = frozenset({UNUSED, UNEXPLAINED})
"""What is about comments already."""


def _same_program(before: Source, after: Source) -> bool:
    """Say whether two files differ in nothing that Python would notice."""
    if not kind_of(before.path).is_code:
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one, two = (ast.dump(ast.parse(source.code)) for source in (before, after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return one == two


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
