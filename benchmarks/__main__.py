"""All that is measured without a corpus: ``python -m benchmarks [PART...]``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from benchmarks import check, commit, memory, server, startup

PARTS: dict[str, tuple[str, Callable[[], None]]] = {
    "startup": ("what a commit pays", startup.main),
    "commit": ("what a clean commit pays, beside ruff", commit.main),
    "check": ("what a check costs, in parses", check.main),
    "server": ("how long after a keystroke an editor knows", server.main),
    "memory": ("what the server holds on to", memory.main),
}


def main() -> int:
    """Run the parts that were named, or all; return the exit code."""
    names = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for name in names:
        title, measure = PARTS[name]
        print(f"== {name}: {title}", flush=True)
        start = time.perf_counter()
        measure()
        print(f"({time.perf_counter() - start:.0f} s)\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
