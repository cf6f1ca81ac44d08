"""How many findings carry a fix, and what that leaves: ``python -m benchmarks.fixes PATH...``.

Checks every Python file below the paths with the default rules.  Then applies each fix alone, and
all of them together (those for ``--unsafe-fixes``), and prints every one whose result does not
compile, whose finding stays, or which brings a finding that was not there; and where a second run
of all of them changes something.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.gate import sources
from oai_lint import engine, gate
from oai_lint.config import Config
from oai_lint.engine import Diagnostic
from oai_lint.patch import Safety, apply
from oai_lint.source import Source

CONFIG = Config()


@dataclass(slots=True)
class Count:
    """The findings of one rule, and those among them with a fix that is applied or only shown."""

    findings: int = 0
    applied: int = 0
    shown: int = 0


@dataclass(slots=True)
class Tally:
    """What was found so far."""

    rules: dict[str, Count] = field(default_factory=dict)
    alone: int = 0
    wrong: int = 0

    def add(self, diagnostic: Diagnostic) -> None:
        """Count a finding."""
        count = self.rules.setdefault(diagnostic.code, Count())
        count.findings += 1
        if diagnostic.fix is not None:
            count.shown += diagnostic.fix.safety is Safety.SHOW
            count.applied += diagnostic.fix.safety is not Safety.SHOW

    def lines(self) -> Iterator[str]:
        """Yield the table and what it comes to."""
        yield "rule    findings  with a fix  of these only shown"
        for code, count in sorted(self.rules.items()):
            fixed = count.applied + count.shown
            yield f"{code}  {count.findings:8}  {fixed:10}  {count.shown:19}"
        findings = sum(count.findings for count in self.rules.values())
        shown = sum(count.shown for count in self.rules.values())
        fixed = shown + sum(count.applied for count in self.rules.values())
        share = fixed / max(findings, 1)
        yield f"{findings} findings, {fixed} with a fix ({share:.1%}), {shown} of them only shown"
        yield f"{self.alone} fixes alone; {self.wrong} results that are wrong"


def check(source: Source, tally: Tally) -> Iterator[str]:
    """Check a file and try its fixes; yield what is wrong with their results."""
    found = engine.check(source, CONFIG)
    compiles = _compiles(source.text)
    for diagnostic in found:
        tally.add(diagnostic)
        if diagnostic.fix is None:
            continue
        tally.alone += 1
        text, _ = apply(source.text, [diagnostic.fix.edits])
        after = engine.check(Source(source.path, text), CONFIG, gated=False)
        if compiles and not _compiles(text):
            yield f"{diagnostic.code} alone: does not compile"
        if _count(after)[diagnostic.code] >= _count(found)[diagnostic.code]:
            yield f"{diagnostic.code} alone: stays"
        yield from (f"{diagnostic.code} alone: brings {code}" for code in _new(found, after))
    if any(diagnostic.fix is not None for diagnostic in found):
        yield from _together(source, found, compiles=compiles)


def _together(source: Source, found: Sequence[Diagnostic], *, compiles: bool) -> Iterator[str]:
    fixed = engine.fix(source, CONFIG, safety=Safety.UNSAFE)
    if fixed.failed or (compiles and not _compiles(fixed.text)):
        yield f"together: does not compile {' '.join(fixed.failed)}"
    yield from (f"together: bring {code}" for code in _new(found, fixed.left))
    again = engine.fix(Source(source.path, fixed.text), CONFIG, safety=Safety.UNSAFE)
    if again.text != fixed.text:
        yield "together: a second run changes it again"


def _count(found: Sequence[Diagnostic]) -> Counter[str]:
    return Counter(diagnostic.code for diagnostic in found)


def _new(before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> list[str]:
    return sorted(_count(after) - _count(before))


def _compiles(text: str) -> bool:
    try:
        compile(text, "<text>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def main() -> int:
    """Try all fixes; exit with 1 if a result was wrong."""
    tally = Tally()
    for data, source in sources(sys.argv[1:]):
        if gate.worth_reading(data):
            for wrong in check(source, tally):
                tally.wrong += 1
                print(f"{source.path}: {wrong}", flush=True)
    print("\n".join(tally.lines()))
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
