"""The child's report: one JSON object per line, so that a killed program still reports in part."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Report:
    """An append-only file of what was measured."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._descriptor = os.open(path, flags, 0o600)

    def add(self, kind: str, **data: Any) -> None:
        """Write one measurement; a single `write` keeps lines of several threads apart."""
        line = json.dumps({"kind": kind, **data}, default=repr)
        os.write(self._descriptor, line.encode() + b"\n")
