"""The edit behind "disable in the project's settings"."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from oai_lint.config import Config
from oai_lint.patch import Edit, apply

_TABLE = re.compile(
    r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*(?:oai-lint|\"oai-lint\")[ \t]*\][^\r\n]*", re.M
)
_ANY_TABLE = re.compile(r"^[ \t]*\[", re.M)
_IGNORE = re.compile(r"^[ \t]*ignore[ \t]*=[ \t]*\[", re.M)


def settings_file(config: Config, path: Path, roots: Sequence[Path]) -> Path:
    """Return the file that a setting for ``path`` belongs in; it need not exist."""
    if config.origin:
        return Path(config.origin)
    for folder in path.parents:
        if (folder / "pyproject.toml").is_file():
            return folder / "pyproject.toml"
    inside = [root for root in roots if root in path.parents]
    return max(inside, key=lambda root: len(root.parts), default=path.parent) / "pyproject.toml"


def read(path: Path) -> str:
    """Return the text of a settings file, which may be yet to come."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""


def disable(text: str, name: str, *, own: bool) -> Edit | None:
    """Return the edit that adds ``name`` to ``ignore``, None where none can be trusted.

    There is no TOML writer that keeps a file's looks in the standard library, so the place is
    found by expression and the outcome checked by reading it.

    Args:
        text: the settings file.
        name: the rule.
        own: whether the settings are at its top level, rather than in ``[tool.oai-lint]``.
    """
    wished = _ignored(text, own)
    if wished is None or name in wished:
        return None
    newline = "\r\n" if "\r\n" in text else "\n"
    for edit in _candidates(text, name, own, newline):
        changed, _ = apply(text, [[edit]])
        if _ignored(changed, own) == [*wished, name]:
            return edit
    return None


def _candidates(text: str, name: str, own: bool, newline: str) -> list[Edit]:
    quoted = json.dumps(name)
    line = f"ignore = [{quoted}]{newline}"
    table = None if own else _TABLE.search(text)
    if not own and table is None:
        gap = "" if not text else newline if text.endswith("\n") else newline * 2
        return [Edit(len(text), len(text), f"{gap}[tool.oai-lint]{newline}{line}")]
    start = table.end() if table else 0
    following = _ANY_TABLE.search(text, start)
    result = []
    if listed := _IGNORE.search(text, start, following.start() if following else len(text)):
        # Behind the last element, before white space or a trailing comma that follows it.
        for match in re.finditer(
            r"[\"'](?=\s*,?\s*(?:#[^\n]*\s*)?\])|\[(?=\s*\])", text[listed.end() - 1 :]
        ):
            at = listed.end() - 1 + match.end()
            result.append(Edit(at, at, quoted if match[0] == "[" else f", {quoted}"))
            break
    elif table:
        at = table.end() + (len(newline) if text.startswith(newline, table.end()) else 0)
        result.append(Edit(at, at, line if at > table.end() else newline + line))
    else:
        result.append(Edit(0, 0, line))
    return result


def _ignored(text: str, own: bool) -> list[Any] | None:
    try:
        found: Any = tomllib.loads(text)
        if not own:
            found = found.get("tool", {}).get("oai-lint", {})
        ignored = found.get("ignore", [])
    except (tomllib.TOMLDecodeError, AttributeError):
        return None
    return ignored if isinstance(ignored, list) else None
