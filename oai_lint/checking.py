"""The ``check`` command: from its options to what is printed, written and returned."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH109, PTH118

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TextIO

from oai_lint import runner, writing
from oai_lint.config import ConfigError
from oai_lint.files import Found, discover, excluded_above, shown
from oai_lint.gate import worth_reading
from oai_lint.kinds import Kind, kind_of
from oai_lint.options import Options, resolver
from oai_lint.patch import Safety
from oai_lint.report import TEXT, Look, render
from oai_lint.report.outputs import Output, opened, planned
from oai_lint.report.style import Style, visible
from oai_lint.report.summary import (
    Tally,
    diff,
    diff_summary,
    fixed,
    fixed_summary,
    statistics,
    summary,
)
from oai_lint.rule import Severity

if TYPE_CHECKING:
    from oai_lint.adopting import Adoption
    from oai_lint.config import Config
    from oai_lint.report import Result
    from oai_lint.runner import Outcome

CLEAN: Final = 0
FOUND: Final = 1
FAILED: Final = 2

_LOOKED_FOR = (Kind.PYTHON, Kind.NOTEBOOK, Kind.ENV)


def check(options: Options) -> int:
    """Run the command and return its exit code.

    Raises:
        ConfigError: the settings cannot be used.
        OSError: the report cannot be written; broken pipes included.
    """
    return Run(options).run()


class Run:
    """One run over files: what is found is fixed if so wished, written and printed."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.resolver = resolver(options)
        # Settings of the whole run are those of the working directory, as in ruff.
        self.config = self.resolver.for_directory(os.getcwd(), walking=True)
        self.outputs = self._outputs()
        self.failed = False
        self.fixing = self._fixing()
        self.adoption = self._adoption()
        self.paths: Sequence[str] = ()

    def run(self) -> int:
        """Do it all and return the exit code."""
        if self.options.show_files or self.options.show_settings:
            return self._shown()
        if self.options.paths == ("-",):
            return self._standard_input()
        jobs = list(self._jobs())
        progress = (
            not (self.options.quiet or self.options.silent)
            and sys.stderr.isatty()
            and sys.stdout.isatty()
        )
        outcomes: Sequence[Outcome] = runner.run(jobs, progress=progress)
        self.say(self.resolver.warnings, label="warning")
        self._complained(outcomes)
        adoption = self.adoption
        if adoption is not None:
            adoption.looked_at(self.paths)
            outcomes = adoption.silenced(outcomes)
        if not self.options.diff:
            of = {job.path: job for job in jobs}
            outcomes = [self._written(outcome, of[outcome.source.path]) for outcome in outcomes]
        if adoption is not None:
            if self.options.write_baseline is not None and self.failed:
                self.complain(["the baseline was not written, as not all could be judged"])
                return FAILED
            outcomes = adoption.adopted(outcomes)
            self.say(adoption.said, label="note")
            self.complain(adoption.problems)
            if not self.options.silent:
                _stderr("error", adoption.stale)
        return self._reported(outcomes)

    def _adoption(self) -> Adoption | None:
        options = self.options
        wanted = (options.write_baseline, options.add_ignore, options.diff_base)
        if not self.config.baseline and wanted == (None, None, None):
            return None
        from oai_lint.adopting import Adoption

        return Adoption(options, self.config, self.resolver)

    def _outputs(self) -> Sequence[Output]:
        usual = Output(self.config.output_format, self.options.output_file)
        return planned(
            usual, self.options.outputs, explicit="output-format" in self.options.settings
        )

    def _fixing(self) -> Safety | None:
        wanted = self.config.fix or self.config.fix_only or self.options.diff
        if not wanted or self.options.add_ignore is not None:
            return None
        return Safety.UNSAFE if self.config.unsafe_fixes else Safety.SAFE

    def _shown(self) -> int:
        """Print the files that would be checked, or the settings for the first of them."""
        found = self._found()
        self.complain(found.problems)
        path = self.options.output_file
        with opened(path) if path else nullcontext(sys.stdout) as file:
            if self.options.show_files:
                file.writelines(f"{visible(path)}\n" for path in found.paths)
            elif found.paths:
                from oai_lint.explain import settings_in_force

                file.write(f'Resolved settings for: "{visible(found.paths[0])}"\n\n')
                file.writelines(settings_in_force(self.resolver, found.paths[0]))
            elif not found.problems:
                self.complain(["No files found under the given path"])
        return FAILED if self.failed else CLEAN

    def _found(self) -> Found:
        """Look for the files of the run."""
        options = self.options
        found = discover(
            options.paths,
            lambda directory: self.resolver.for_directory(directory, walking=True),
            force_exclude=self.config.force_exclude,
            respect_gitignore=self.config.respect_gitignore,
        )
        none = not any(kind_of(path) in _LOOKED_FOR for path in found.paths)
        if found.walked and none and not found.problems:
            self.say(["No Python files found under the given path(s)"], label="warning")
        if self.adoption is not None and self.adoption.changes is not None:
            found.paths = self.adoption.changes.of(found.paths)
        return found

    def _jobs(self) -> Iterable[runner.Job]:
        found = self._found()
        problems = found.problems
        changes = self.adoption.changes if self.adoption is not None else None
        self.paths = found.paths
        self.note(f"{len(found.paths)} files found")
        count = 0
        for path, data, config in runner.gated(found.paths, self.resolver.for_file, problems):
            count += 1
            self.note(f"{shown(path)}: {len(data)} bytes, openai {_described(config)}")
            since = changes.since(path) if changes is not None else None
            yield runner.Job(path, data, config, self.fixing, since)
        self.note(f"{count} files read, the others show no trace of the OpenAI API")
        self.complain(problems)

    def _written(self, outcome: Outcome, job: runner.Job) -> Outcome:
        """Put the fixed text in its place; where that fails, what was there is reported."""
        if outcome.fixed is None:
            return outcome
        source = outcome.source
        try:
            data = outcome.fixed.data
            writing.replace(source.path, job.data, data)
        except UnicodeEncodeError as error:
            reason = f"a fix needs {visible(repr(error.object[error.start]))}"
            reason += f", which {source.encoding} lacks"
        except OSError as error:
            reason = error.strerror or str(error)
        else:
            return outcome
        self.complain([f"{shown(source.path)}: not fixed: {reason}"])
        return replace(runner.work(replace(job, fixing=None)), failed=outcome.failed)

    def _standard_input(self) -> int:
        options = self.options
        name = options.stdin_filename or "-"
        path = os.path.join(os.getcwd(), name) if options.stdin_filename else "-"
        if sys.stdin is None:  # the shell closed it (``<&-``)
            raise ConfigError("there is no standard input to read")
        data = sys.stdin.buffer.read()
        config = (
            self.resolver.for_file(path)
            if options.stdin_filename
            else self.resolver.for_directory(os.getcwd())
        )
        excluded = self.config.force_exclude and excluded_above(
            path, lambda directory: self.resolver.for_directory(directory, walking=True)
        )
        outcomes: Sequence[Outcome] = []
        if not excluded and worth_reading(data):
            outcomes = runner.run([runner.Job(path, data, config, self.fixing)])
        self.say(self.resolver.warnings, label="warning")
        self._complained(outcomes)
        if self.adoption is not None:
            outcomes = self.adoption.adopted(outcomes, shrinking=False)
        if self.fixing is not None and not options.diff:
            mended = outcomes[0].fixed if outcomes else None
            if mended is not None:
                try:
                    data = mended.data
                except UnicodeEncodeError:
                    self.complain([f"{name}: not fixed: {outcomes[0].source.encoding} lacks it"])
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            # The text has standard output for itself.
            return self._reported(outcomes, default=sys.stderr)
        return self._reported(outcomes)

    def _complained(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.problem:
                self.complain([f"{shown(outcome.source.path)}: {outcome.problem}"])
            if outcome.failed:
                codes = ", ".join(outcome.failed)
                reason = f"fixes of {codes} gave text that does not parse; nothing was changed"
                self.complain([f"{shown(outcome.source.path)}: {reason}"])
            self.failed = self.failed or outcome.broken

    def _reported(self, outcomes: Sequence[Outcome], default: TextIO | None = None) -> int:
        tally = Tally(
            [item for outcome in outcomes for item in outcome.left],
            {o.source.path: o.applied for o in outcomes if o.applied and o.fixed is not None},
        )
        for name, path in () if self.options.silent else self.outputs:
            if not path:
                self.show(outcomes, tally, default or sys.stdout, name)
                continue
            try:
                with opened(path) as file:
                    self.show(outcomes, tally, file, name)
            except OSError as error:
                self.complain([f"{path}: the report cannot be written: {error.strerror}"])
        return self.exit_code(tally)

    def show(self, outcomes: Sequence[Outcome], tally: Tally, stream: TextIO, name: str) -> None:
        """Print the report in the format called ``name``."""
        options = self.options
        look = Look(Style(coloured(options.colour, stream)), self.config.unsafe_fixes)
        quiet = options.quiet
        if options.diff:
            for outcome in outcomes:
                if outcome.fixed is not None:
                    stream.writelines(diff(outcome.source, outcome.fixed, look.style))
            if not quiet:
                sys.stderr.write(diff_summary(tally, look))
            stream.flush()
            return
        results: list[Result] = [(outcome.final, outcome.left) for outcome in outcomes]
        if self.config.fix_only and not options.statistics:
            results = [(source, ()) for source, _ in results]
        if options.statistics:
            as_json = name in ("json", "json-lines")
            stream.writelines(statistics(results, look, as_json=as_json))
        else:
            stream.writelines(render(name, results, look))
        if name in TEXT:
            if options.show_fixes:
                stream.writelines(fixed(tally, look, dry=False))
            nothing = not tally.left and (options.statistics or (self.failed and not tally.mended))
            if self.config.fix_only:
                if not quiet:
                    stream.writelines(fixed_summary(tally))
            elif not quiet and not nothing:
                stream.writelines(summary(tally, look))
        stream.flush()

    def exit_code(self, tally: Tally) -> int:
        """Return the exit code for what was found."""
        options = self.options
        if self.failed:
            return FAILED
        if options.diff:
            return FOUND if tally.mended and not options.exit_zero else CLEAN
        if options.exit_non_zero_on_fix and tally.mended:
            return FOUND
        stale = self.adoption is not None and bool(self.adoption.stale)
        left = () if self.config.fix_only else tally.left
        grave = any(item.severity in self._grave() for item in left)
        return FOUND if (grave or stale) and not options.exit_zero else CLEAN

    def _grave(self) -> Sequence[Severity]:
        gravest_first = [*Severity]
        return gravest_first[: gravest_first.index(self.config.fail_on) + 1]

    def complain(self, problems: Iterable[str]) -> None:
        """Say what could not be done; the run ends with exit code 2."""
        lines = list(problems)
        self.failed = self.failed or bool(lines)
        if not self.options.silent:
            _stderr("error", lines)

    def say(self, lines: Iterable[str], *, label: str) -> None:
        """Say what people should know, unless they want to hear of findings only."""
        if not (self.options.quiet or self.options.silent):
            _stderr(label, lines)

    def note(self, line: str) -> None:
        """Say what is done, on request."""
        if self.options.verbose:
            _stderr("debug", [line])


def _described(config: Config) -> str:
    target = config.target
    if not target.declared:
        return "of any version"
    low = ".".join(map(str, target.openai.low))
    return f"from {low} on ({shown(target.origin)})"


def _stderr(label: str, lines: Iterable[str]) -> None:
    # A closed stderr leaves nobody to tell.
    with suppress(OSError, ValueError):
        for line in lines:
            sys.stderr.write(f"{label}: {visible(line)}\n")
        sys.stderr.flush()


def coloured(wish: str, stream: TextIO) -> bool:
    """Say whether a report on ``stream`` is to have colours."""
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") != "0" or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
