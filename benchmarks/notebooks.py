"""Whether notebooks stay whole: ``python -m benchmarks.notebooks PATH...``.

Every notebook below the paths is read and written, as it is and with all fixes applied, in memory:

- without fixes the bytes are the same;
- with fixes nothing differs but sources of code cells, in value and in every byte outside of them;
- nbformat accepts the result if it accepted the notebook;
- a second run finds nothing more to fix.

Prints a line for each that fails, and what there was in all.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from oai_lint import engine
from oai_lint.config import Config
from oai_lint.jsontext import Value
from oai_lint.patch import Safety
from oai_lint.source import Source, UndecodableSource


@dataclass(slots=True)
class Examined:
    """What was seen of one notebook."""

    data: bytes
    fixed: bytes = b""
    found: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    valid: bool = False
    readable: bool = True


def notebooks(paths: list[str]) -> Iterator[Path]:
    """Yield every notebook below the paths, each content once."""
    seen = set()
    for root in map(Path, paths):
        for path in sorted(root.rglob("*.ipynb")) if root.is_dir() else [root]:
            if path.is_file() and (data := path.read_bytes()) not in seen:
                seen.add(data)
                yield path


def examine(path: Path, config: Config) -> Examined:
    """Read, write, fix and compare one notebook."""
    data = path.read_bytes()
    seen = Examined(data, data)
    try:
        source = Source.from_bytes(str(path), data)
    except UndecodableSource as error:
        seen.readable = False
        seen.problems.append(str(error))
        return seen
    if source.data != data:
        seen.problems.append("other bytes without any fix")
    seen.found.update(item.code for item in engine.check(source, config))
    fixed = engine.fix(source, config, safety=Safety.UNSAFE)
    seen.fixed = fixed.source.data
    seen.applied.update(item.code for item in fixed.applied)
    if fixed.failed:
        seen.problems.append(f"fixes of {', '.join(fixed.failed)} gave text that does not parse")
    if not fixed.applied and seen.fixed != data:
        seen.problems.append("changed without a fix")
    if _without_code(data) != _without_code(seen.fixed):
        seen.problems.append("more than sources of code cells was changed")
    seen.valid = _is_valid(data)
    if seen.valid and not _is_valid(seen.fixed):
        seen.problems.append("nbformat refuses what the fixes made")
    again = engine.fix(fixed.source, config, safety=Safety.UNSAFE)
    if again.source.data != seen.fixed:
        seen.problems.append("a second run changes it again")
    return seen


def _without_code(data: bytes) -> str:
    """Return the file with the source of every code cell taken out."""
    file = data.decode()
    start = 1 if file.startswith("\ufeff") else 0
    root = Value(file, "", json.loads(file[start:]), start, len(file.rstrip()))
    pieces: list[str] = []
    position = 0
    for cell in root.members()["cells"].items():
        parts = cell.members()
        if parts["cell_type"].value == "code":
            pieces.append(file[position : parts["source"].start])
            position = parts["source"].end
    return "\0".join((*pieces, file[position:]))


def _is_valid(data: bytes) -> bool:
    text = data.decode("utf-8-sig")
    try:
        notebook: Any = nbformat.reads(text, as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except Exception:
        return False
    return True


def main() -> int:
    """Examine all; exit with 1 if one did not stay whole."""
    config = Config()
    found: Counter[str] = Counter()
    applied: Counter[str] = Counter()
    counts = Counter[str]()
    for path in notebooks(sys.argv[1:] or ["tests/notebooks"]):
        seen = examine(path, config)
        counts["all"] += 1
        counts["valid"] += seen.valid
        counts["changed"] += seen.fixed != seen.data
        counts["unreadable"] += not seen.readable
        counts["broken"] += bool(seen.problems) and seen.readable
        found += seen.found
        applied += seen.applied
        for problem in seen.problems:
            print(f"{path}: {problem}")
    print(
        f"{counts['all']} notebooks ({counts['valid']} valid to nbformat,"
        f" {counts['unreadable']} unreadable), {found.total()} findings in them;"
        f" {applied.total()} fixes in {counts['changed']} of them;"
        f" {counts['broken']} did not stay whole"
    )
    print("found: " + ", ".join(f"{code} {count}" for code, count in sorted(found.items())))
    print("fixed: " + ", ".join(f"{code} {count}" for code, count in sorted(applied.items())))
    return 1 if counts["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
