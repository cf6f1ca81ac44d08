"""The lines after the findings, counts per rule, and diffs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import TYPE_CHECKING

from oai_lint.files import shown
from oai_lint.patch import Safety
from oai_lint.report import Look, Result
from oai_lint.report.style import Style, visible

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source


@dataclass(slots=True)
class Count:
    """The findings of one rule."""

    name: str
    total: int = 0
    fixable: int = 0


@dataclass(slots=True)
class Tally:
    """What a run came to.

    Attributes:
        left: findings reported.
        fixed: diagnostics that were mended, by path.
    """

    left: list[Diagnostic] = field(default_factory=list)
    fixed: Mapping[str, Sequence[Diagnostic]] = field(default_factory=dict)

    @property
    def mended(self) -> int:
        """How many findings were fixed."""
        return sum(map(len, self.fixed.values()))


def summary(tally: Tally, look: Look) -> Iterator[str]:
    """Yield the lines that end a report, as ruff's."""
    left, mended = len(tally.left), tally.mended
    if not left and not mended:
        yield "All checks passed!\n"
        return
    if mended:
        total = left + mended
        yield f"Found {total} {_errors(total)} ({mended} fixed, {left} remaining).\n"
    else:
        yield f"Found {left} {_errors(left)}.\n"
    ready = sum(map(look.fixable, tally.left))
    hidden = 0 if look.unsafe else _unsafe(tally.left)
    command = "`--fix`"
    if ready and hidden:
        more = f"{hidden} unsafe {_fixes(hidden)} available with `--fix --unsafe-fixes`"
        yield f"[{look.style('cyan', '*')}] {ready} fixable with {command} ({more}).\n"
    elif ready:
        yield f"[{look.style('cyan', '*')}] {ready} fixable with {command}.\n"
    elif hidden:
        yield f"{hidden} unsafe {_fixes(hidden)} available with `--fix --unsafe-fixes`.\n"


def fixed_summary(tally: Tally) -> Iterator[str]:
    """Yield the line that ends a report of fixes alone, as ruff's."""
    if tally.mended:
        yield f"Fixed {tally.mended} {_errors(tally.mended)}.\n"


def diff_summary(tally: Tally, look: Look) -> str:
    """Return what ``--diff`` says in the end."""
    count = tally.mended
    hidden = 0 if look.unsafe else _unsafe(tally.left)
    if count:
        more = (
            f" ({hidden} additional {_fixes(hidden)} available with `--unsafe-fixes`)"
            if hidden
            else ""
        )
        return f"Would fix {count} {_errors(count)}{more}.\n"
    if hidden:
        more = f"{hidden} {_fixes(hidden)} available with `--unsafe-fixes`"
        return f"No errors would be fixed ({more}).\n"
    return ""


def fixed(tally: Tally, look: Look, *, dry: bool) -> Iterator[str]:
    """Yield which rules were mended in which file."""
    count = tally.mended
    if not count:
        return
    verb = "Would fix" if dry else "Fixed"
    yield f"\n{verb} {count} {_errors(count)}:\n"
    for path, items in tally.fixed.items():
        counts = Counter((item.code, item.name) for item in items)
        yield f"- {look.style('bold', visible(shown(path)))}:\n"
        widest = max(len(str(number)) for number in counts.values())
        for (code, name), number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            yield f"    {number:>{widest}} × {look.style('red', code)} ({name})\n"
    yield "\n"


def statistics(results: Sequence[Result], look: Look, *, as_json: bool) -> Iterator[str]:
    """Yield how often each rule fired, the most frequent first."""
    counts: dict[str, Count] = {}
    for _, diagnostics in results:
        for item in diagnostics:
            count = counts.setdefault(item.code, Count(item.name))
            count.total += 1
            count.fixable += look.fixable(item)
    ranked = sorted(counts.items(), key=lambda item: (-item[1].total, item[0]))
    if as_json:
        rows = [
            {
                "code": code,
                "name": count.name,
                "count": count.total,
                "fixable": count.fixable == count.total,
                "fixable_count": count.fixable,
            }
            for code, count in ranked
        ]
        yield json.dumps(rows, indent=2)
        return
    widest = max((len(str(count.total)) for _, count in ranked), default=0)
    longest = max((len(code) for code, _ in ranked), default=0)
    brackets = any(count.fixable for _, count in ranked)
    for code, count in ranked:
        mark = "*" if count.fixable == count.total else "-" if count.fixable else " "
        bracket = f"[{look.style('cyan', mark)}] " if brackets else ""
        padded = look.style("red", code.ljust(longest))
        yield f"{look.style('bold', f'{count.total:>{widest}}')}\t{padded}\t{bracket}{count.name}\n"


def diff(before: Source, after: Source, style: Style) -> Iterator[str]:
    """Yield a unified diff, without names for standard input; one a cell for a notebook."""
    path = visible(shown(before.path))
    if not before.cells:
        yield from _diff(path if before.path != "-" else "", before.text, after.text, style)
    for old, new in zip(before.cells, after.cells, strict=False):
        was, now = before.text[old.start : old.end], after.text[new.start : new.end]
        if was != now:  # the last line of a cell never has a newline
            yield from _diff(f"{path}:cell {old.number}", f"{was}\n", f"{now}\n", style)
    yield "\n"


def _diff(path: str, before: str, after: str, style: Style) -> Iterator[str]:
    # Lines end as Python and git see it: a form feed stays inside its line.
    for position, line in enumerate(unified_diff(_lines(before), _lines(after), path, path)):
        if position < 2:
            if path:
                yield style("removed" if position == 0 else "added", line.rstrip()) + "\n"
            continue
        colour = {"-": "removed", "+": "added", "@": "cyan"}.get(line[0])
        body = line.removesuffix("\n")
        yield (style(colour, body) if colour else body) + "\n"
        if not line.endswith("\n"):
            yield "\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _unsafe(items: Sequence[Diagnostic]) -> int:
    return sum(item.fix is not None and item.fix.safety is Safety.UNSAFE for item in items)


def _errors(count: int) -> str:
    return "error" if count == 1 else "errors"


def _fixes(count: int) -> str:
    return "fix" if count == 1 else "fixes"
