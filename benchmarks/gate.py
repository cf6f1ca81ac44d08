"""Whether the gate ever hides a finding: ``python -m benchmarks.gate PATH...``.

Checks every Python file below the paths twice, with the gate and without it, and prints how much
it lets through and every finding that it would have hidden (there must be none).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from oai_lint import engine, gate
from oai_lint.config import Config
from oai_lint.source import Source, UndecodableSource


def sources(paths: list[str]) -> Iterator[tuple[bytes, Source]]:
    """Yield the bytes and the text of every readable file."""
    for root in map(Path, paths):
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            if "site-packages" in path.parts or not path.is_file():
                continue
            data = path.read_bytes()
            try:
                yield data, Source.from_bytes(str(path), data)
            except UndecodableSource:
                continue


def main() -> int:
    """Compare; exit with 1 if a finding was hidden."""
    config = Config()
    files = let_through = lines = lines_through = findings = hidden = 0
    for data, source in sources(sys.argv[1:]):
        files += 1
        length = data.count(b"\n")
        lines += length
        passes = gate.worth_reading(data)
        let_through += passes
        lines_through += length if passes else 0
        found = engine.check(source, config, gated=False)
        if passes:
            findings += len(found)
            continue
        for diagnostic in found:
            if diagnostic.code == engine.UNPARSABLE:
                continue  # a file that is not read cannot be reported as unreadable
            hidden += 1
            row = source.position(diagnostic.start)[0] + 1
            print(f"{source.path}:{row}: {diagnostic.code} {diagnostic.message}")
    print(
        f"{files} files, {lines} lines; the gate lets through {let_through} files"
        f" ({let_through / max(files, 1):.1%}), {lines_through / max(lines, 1):.1%} of the lines;"
        f" {findings} findings, {hidden} hidden"
    )
    return 1 if hidden else 0


if __name__ == "__main__":
    sys.exit(main())
