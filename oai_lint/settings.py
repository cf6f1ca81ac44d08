"""Where settings come from: files found by walking up, ``--config`` and options."""

# Paths are strings here: pathlib alone would cost as much as a bare interpreter start.
# ruff: noqa: PTH110, PTH113, PTH118, PTH119, PTH120

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from oai_lint.config import ALL, Config, ConfigError, PerFile, Selection, nearest
from oai_lint.metadata import discover, has_metadata
from oai_lint.report import FORMATS
from oai_lint.rule import Confidence, Severity
from oai_lint.target import Target, parse_range

NAMES: Final = ("oai-lint.toml", ".oai-lint.toml", "pyproject.toml")
"""Files that may hold settings; the first of them in a directory wins."""

_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg")
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
    return tuple(PerFile(pattern, _selectors(codes)) for pattern, codes in _table(value).items())


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
        parse_range(value)
    except ValueError as error:
        raise _BadValueError(
            f'must be a version or a specifier, such as ">=1.40,<2": {error}'
        ) from None
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
    "exclude": _strings,
    "extend-exclude": _strings,
    "force-exclude": _flag,
    "respect-gitignore": _flag,
    "fixable": _selectors,
    "unfixable": _selectors,
    "extend-safe-fixes": _selectors,
    "extend-unsafe-fixes": _selectors,
    "severity": _severities,
    "openai": _range,
    "http-client": _choice(*HTTP_CLIENTS),
    "clients": _clients,
    "confidence": _confidence,
    "today": _date,
    "baseline": _path,
    "require-reason": _flag,
    "output-format": _choice(*FORMATS),
    "fail-on": _severity,
    "fix": _flag,
    "unsafe-fixes": _flag,
}
"""Every setting and what makes its value from TOML."""


class Layer(NamedTuple):
    """Settings from one place, as values of :data:`KEYS`."""

    origin: str
    values: Mapping[str, Any]


def layer(origin: str, values: Mapping[str, Any]) -> Layer:
    """Check settings as written.

    Raises:
        ConfigError: an unknown key or a bad value.
    """
    checked: dict[str, Any] = {}
    for key, value in values.items():
        if key not in KEYS:
            table = "; `[tool.oai-lint]` is for pyproject.toml only, leave it out here"
            hint = table if key == "tool" else nearest(key, [*KEYS])
            raise ConfigError(f"{origin}: unknown key `{key}`{hint}")
        try:
            checked[key] = KEYS[key](value)
        except (_BadValueError, ConfigError) as error:
            raise ConfigError(f"{origin}: `{key}`: {error}") from None
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
        values: Any = tomllib.loads(data.decode())
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    if shared:
        tool = values.get("tool", {})
        values = tool.get("oai-lint") if isinstance(tool, dict) else None
        if values is None:
            return layer(path, {}) if required else None
        if not isinstance(values, dict):
            raise ConfigError(f"{path}: `tool.oai-lint` must be a table")
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


@dataclass
class Resolver:
    """Finds the settings for each directory, once.

    Attributes:
        isolated: ignore configuration files (dependency metadata still counts).
        file: the configuration file to use everywhere instead of those found.
        layers: settings that override files, the weakest first.
    """

    isolated: bool = False
    file: Layer | None = None
    layers: Sequence[Layer] = ()
    warnings: list[str] = field(default_factory=list)
    """What was wrong with dependency metadata, for people."""
    _files: dict[str, Layer | None] = field(default_factory=dict)
    _configs: dict[tuple[str, int], Config] = field(default_factory=dict)
    _roots: dict[str, str] = field(default_factory=dict)
    _targets: dict[str, Target] = field(default_factory=dict)

    def for_file(self, path: str) -> Config:
        """Return the settings in force for the file at ``path``, which need not exist.

        Raises:
            ConfigError: what is found cannot be used.
        """
        return self.for_directory(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100

    def declared_for(self, path: str) -> Target:
        """Return what metadata declares for the file at ``path``, whatever settings say."""
        return self._target(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100

    def for_directory(self, directory: str, *, walking: bool = False) -> Config:
        """Return the settings in force for files of the absolute ``directory``.

        Args:
            directory: it need not exist.
            walking: only files are looked for, and what the project declares is not yet read.

        Raises:
            ConfigError: what is found cannot be used.
        """
        found = self.file or (None if self.isolated else self._nearest(directory))
        if found is None:
            root = self._root(directory)
        elif self.file is not None:
            root = os.getcwd()  # noqa: PTH109 - as in ruff: the file may lie anywhere
        else:
            root = os.path.dirname(found.origin)
        target = Target() if walking else self._target(directory)
        key = (root, -1 if walking else id(target))
        if key not in self._configs:
            self._configs[key] = self.build(root, target, found)
        return self._configs[key]

    def origins(self, directory: str) -> dict[str, str]:
        """Return where each setting in force in ``directory`` was set."""
        found = self.file or (None if self.isolated else self._nearest(directory))
        result: dict[str, str] = {}
        for item in (*([found] if found else ()), *self.layers):
            result.update(dict.fromkeys(item.values, item.origin))
        return result

    def _nearest(self, directory: str) -> Layer | None:
        if directory in self._files:
            return self._files[directory]
        found: Layer | None = None
        for name in NAMES:
            path = os.path.join(directory, name)
            if os.path.isfile(path) and (found := read(path)) is not None:
                break
        if found is None and (parent := os.path.dirname(directory)) != directory:
            found = self._nearest(parent)
        self._files[directory] = found
        return found

    def _root(self, directory: str) -> str:
        """Return the nearest directory above that looks like a project's, or the working one."""
        if directory not in self._roots:
            parent = os.path.dirname(directory)
            if any(os.path.exists(os.path.join(directory, mark)) for mark in _MARKS):
                root = directory
            elif parent == directory:
                root = os.getcwd()  # noqa: PTH109
            else:
                root = self._root(parent)
            self._roots[directory] = root
        return self._roots[directory]

    def _target(self, directory: str) -> Target:
        """Return what is declared for ``directory``: one object for all that share it."""
        if directory not in self._targets:
            parent = os.path.dirname(directory)
            top = self._top(directory)
            try:
                names = os.listdir(directory)  # noqa: PTH208
            except OSError:
                names = []
            if directory == top or has_metadata(names):
                levels = [directory]
                while levels[-1] != top:
                    levels.append(os.path.dirname(levels[-1]))
                target = discover(levels, self.warnings)
            else:
                target = self._target(parent)
            self._targets[directory] = target
        return self._targets[directory]

    def _top(self, directory: str) -> str:
        """Return the directory above which nothing is declared: the checkout's or the root."""
        above = directory
        while (parent := os.path.dirname(above)) != above:
            if any(os.path.exists(os.path.join(above, mark)) for mark in (".git", ".hg")):
                return above
            above = parent
        root = self._root(directory)
        return root if os.path.join(directory, "").startswith(os.path.join(root, "")) else directory

    def build(self, root: str, target: Target, found: Layer | None) -> Config:
        """Return the settings in force below ``root``: the layers over those that were found."""
        layers = [*([found] if found else ()), *self.layers]
        values: dict[str, Any] = {}
        origin = ""
        selections: list[Selection] = []
        per_file: list[PerFile] = []
        extended: list[str] = []
        for item in layers:
            values.update(item.values)
            if "openai" in item.values:
                origin = item.origin
            get = item.values.get
            extend = (*get("extend-select", ()), *(_REASONS if get("require-reason") else ()))
            selection = Selection(get("select"), extend, get("ignore", ()))
            if selection != Selection():
                selections.append(selection)
            if "per-file-ignores" in item.values:
                per_file = [*get("per-file-ignores")]
            per_file += get("extend-per-file-ignores", ())
            extended += get("extend-exclude", ())
        if "openai" in values:
            target = target.override(parse_range(values["openai"]), origin)
        settings: dict[str, Any] = {
            key.replace("-", "_"): values[key] for key in _PLAIN if key in values
        }
        return Config(
            root=root,
            origin=found.origin if found else "",
            selections=tuple(selections),
            per_file_ignores=tuple(per_file),
            extend_exclude=tuple(extended),
            severities=values.get("severity", {}),
            target=target,
            **settings,
        )


_REASONS: Final = ("unexplained-suppression",)
"""What ``require-reason`` stands for."""

_PLAIN = (
    "exclude",
    "force-exclude",
    "respect-gitignore",
    "fixable",
    "unfixable",
    "extend-safe-fixes",
    "extend-unsafe-fixes",
    "http-client",
    "clients",
    "confidence",
    "today",
    "baseline",
    "output-format",
    "fail-on",
    "fix",
    "unsafe-fixes",
)
