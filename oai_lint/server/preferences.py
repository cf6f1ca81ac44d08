"""What the user set in the editor, on top of the project's own settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oai_lint.config import ConfigError
from oai_lint.settings import KEYS, layer

DEBOUNCE = 0.1
"""Seconds without a keystroke before a file is checked."""

ORIGIN = "editor settings"

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ALIASES = {"target-openai": "openai"}


@dataclass(frozen=True, slots=True)
class Preferences:
    """The ``oai-lint`` section of the editor's settings; ``Preferences()`` is all defaults.

    Attributes:
        enable: whether to report anything at all.
        config: a configuration file to use instead of the nearest one.
        code_lens: whether to show the settings of a client above it.
        debounce: seconds to wait after a keystroke.
        values: settings of the kind that ``oai-lint.toml`` holds; they win over files.
    """

    enable: bool = True
    config: str = ""
    code_lens: bool = False
    debounce: float = DEBOUNCE
    values: Mapping[str, Any] = field(default_factory=dict)


def read(raw: object) -> tuple[Preferences, list[str]]:
    """Read what a client sent, which may be anything.

    Keys may be written as in ``oai-lint.toml`` (``extend-select``) or as editors like them
    (``extendSelect``); a section of that name around them is seen through.  Unknown keys are let
    be: an extension keeps settings of its own in the same section.

    Returns:
        The preferences, and a line about each value that could not be used.
    """
    for wrapper in ("settings", "oai-lint"):
        if isinstance(raw, Mapping) and isinstance(raw.get(wrapper), Mapping):
            raw = raw[wrapper]
    if not isinstance(raw, Mapping):
        return Preferences(), []
    complaints: list[str] = []
    own: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for written, value in raw.items():
        key = _HUMP.sub("-", str(written)).replace("_", "-").lower()
        key = _ALIASES.get(key, key)
        if value is None:
            continue
        if key in _OWN:
            kind, convert, needed = _OWN[key]
            name = key.replace("-", "_")
            if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
                own[name] = convert(value)
            else:
                complaints.append(f"{ORIGIN}: `{written}` must be {needed}")
        elif key in KEYS and value not in ("", []):  # how a form shows "not set"
            try:
                layer(ORIGIN, {key: value})
            except ConfigError as error:
                complaints.append(str(error))
            else:
                values[key] = value
    return Preferences(**own, values=values), complaints


_OWN: dict[str, tuple[Any, Any, str]] = {
    "enable": (bool, bool, "`true` or `false`"),
    "code-lens": (bool, bool, "`true` or `false`"),
    "config": (str, str.strip, "a path"),
    # Editors count in milliseconds.
    "debounce": ((int, float), lambda value: min(max(value, 0), 60_000) / 1000, "milliseconds"),
}
