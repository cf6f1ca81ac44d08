"""What settings there are, and reading them from files and ``--config``."""

# Paths are strings here: pathlib alone would cost as much as a bare interpreter start.
# ruff: noqa: PTH119

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from oai_lint.config import ALL, ConfigError, PerFile, nearest
from oai_lint.files import shown
from oai_lint.globs import GlobError, compiled
from oai_lint.report import FORMATS
from oai_lint.rule import Confidence, Severity
from oai_lint.target import parse_range

NAMES: Final = ("oai-lint.toml", ".oai-lint.toml", "pyproject.toml")
"""Files that may hold settings; the first of them in a directory wins."""

HTTP_CLIENTS: Final = ("default", "httpx", "httpx2")
CONFIDENCES: Final = tuple(item.name.lower() for item in Confidence)
CLIENT_CLASSES: Final = ("OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI")

SEVERITIES: Final = tuple(item.value for item in Severity)


class _BadValueError(Exception):
    """What is wrong with a value, without the place."""


def _selectors(value: Any) -> tuple[str, ...]:
    from oai_lint.config import expand

    for item in (found := _strings(value)):
        if item != ALL:
            expand(item)
    return found


def _strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise _BadValueError("must be a list of strings")
    return tuple(value)


def _patterns(value: Any) -> tuple[str, ...]:
    for pattern in (found := _strings(value)):
        _check_pattern(pattern)
    return found


def _check_pattern(pattern: str) -> None:
    try:
        compiled("", pattern)
    except GlobError as error:
        raise _BadValueError(f"`{pattern}`: {error}") from None


def _path(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise _BadValueError("must be the path of a file")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _BadValueError("must be `true` or `false`")
    return value


def _choice(*valid: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in valid:
            listed = ", ".join(f"`{item}`" for item in valid)
            raise _BadValueError(
                f"must be one of {listed}, not `{value}`{nearest(str(value), [*valid])}"
            )
        return str(value)

    return check


def _confidence(value: Any) -> Confidence:
    return Confidence[_choice(*CONFIDENCES)(value).upper()]


def _severity(value: Any) -> Severity:
    return Severity(_choice(*SEVERITIES)(value))


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _BadValueError("must be a table")
    return value


def _per_file(value: Any) -> tuple[PerFile, ...]:
    found = []
    for pattern, codes in _table(value).items():
        _check_pattern(pattern.removeprefix("!"))
        try:
            found.append(PerFile(pattern, _selectors(codes)))
        except _BadValueError as error:
            raise _BadValueError(f"`{pattern}`: {error}") from None
    return tuple(found)


def _severities(value: Any) -> dict[str, Severity]:
    check = _choice(*SEVERITIES)
    _selectors([*_table(value)])
    return {selector: Severity(check(item)) for selector, item in _table(value).items()}


def _clients(value: Any) -> dict[str, str]:
    check = _choice(*CLIENT_CLASSES)
    for name in _table(value):
        if "." not in name or not all(part.isidentifier() for part in name.split(".")):
            raise _BadValueError(f'`{name}` must be a dotted name, such as "app.llm.client"')
    return {name: check(cls) for name, cls in _table(value).items()}


def _range(value: Any) -> str:
    if not isinstance(value, str):
        raise _BadValueError('must be a string, such as ">=1.40,<2"')
    try:
        found = parse_range(value)
    except ValueError as error:
        raise _BadValueError(
            f'must be a version or a specifier, such as ">=1.40,<2": {error}'
        ) from None
    if found.high <= found.low:
        raise _BadValueError(f"no version is in `{value}`")
    return value


def _date(value: Any) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _BadValueError(f"must be a date such as 2026-11-22, not `{value}`") from None


KEYS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "select": _selectors,
    "extend-select": _selectors,
    "ignore": _selectors,
    "per-file-ignores": _per_file,
    "extend-per-file-ignores": _per_file,
    "exclude": _patterns,
    "extend-exclude": _patterns,
    "force-exclude": _flag,
    "respect-gitignore": _flag,
    "fixable": _selectors,
    "extend-fixable": _selectors,
    "unfixable": _selectors,
    "extend-safe-fixes": _selectors,
    "extend-unsafe-fixes": _selectors,
    "severity": _severities,
    "openai": _range,
    "http-client": _choice(*HTTP_CLIENTS),
    "annotate": _flag,
    "clients": _clients,
    "confidence": _confidence,
    "today": _date,
    "baseline": _path,
    "require-reason": _flag,
    "output-format": _choice(*FORMATS),
    "fail-on": _severity,
    "fix": _flag,
    "unsafe-fixes": _flag,
    "fix-only": _flag,
}
"""Every setting and what makes its value from TOML."""


COMMAND_LINE: Final = "command line"
"""Where settings come from that options give."""

_HINTS: Final = {
    "tool": "`[tool.oai-lint]` is for pyproject.toml only, leave it out here",
    "lint": "what ruff has in this table stands in the one above it",
    "extend": "settings of other files are not taken over",
}
"""What to do about keys that are known elsewhere."""


class Layer(NamedTuple):
    """Settings from one place, as values of :data:`KEYS`."""

    origin: str
    values: Mapping[str, Any]


def layer(origin: str, values: Mapping[str, Any]) -> Layer:
    """Check settings as written.

    Args:
        origin: the absolute path of their file, or what else they come from.
        values: by key.

    Raises:
        ConfigError: an unknown key or a bad value.
    """
    checked: dict[str, Any] = {}
    for key, value in values.items():
        if key not in KEYS:
            hint = f"; {_HINTS[key]}" if key in _HINTS else nearest(key, [*KEYS])
            raise ConfigError(f"{shown(origin)}: unknown key `{key}`{hint}")
        try:
            checked[key] = KEYS[key](value)
        except (_BadValueError, ConfigError) as error:
            place = f"{shown(origin)}: `{key}`"
            if origin == COMMAND_LINE:
                place = f"--{'target-openai' if key == 'openai' else key}"
            raise ConfigError(f"{place}: {error}") from None
    return Layer(origin, checked)


def read(path: str, *, required: bool = False) -> Layer | None:
    """Read the settings of one TOML file.

    Args:
        path: ``pyproject.toml`` (settings are in ``[tool.oai-lint]``) or any other TOML file.
        required: the file was named by the user.

    Returns:
        The settings, or None for a ``pyproject.toml`` that has none, be it because it is broken:
        that is the business of the tool that needs it.

    Raises:
        ConfigError: it cannot be read, or holds an unknown key or a bad value.
    """
    import tomllib

    shared = os.path.basename(path) == "pyproject.toml"
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
        if shared and not required and b"oai-lint" not in data:
            return None
        values: Any = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{shown(path)}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{shown(path)}: not valid TOML: {error}") from None
    if shared:
        tool = values.get("tool", {})
        values = tool.get("oai-lint") if isinstance(tool, dict) else None
        if values is None:
            return layer(path, {}) if required else None
        if not isinstance(values, dict):
            raise ConfigError(f"{shown(path)}: `tool.oai-lint` must be a table")
    return layer(path, values)


def inline(text: str) -> Layer:
    """Read one ``key=value`` of ``--config``, the value being TOML.

    Raises:
        ConfigError: it is no such pair, or key or value are bad.
    """
    import tomllib

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"--config {text}: neither a file nor a TOML `key=value` ({error})"
        ) from None
    return layer(f"--config {text}", values)
