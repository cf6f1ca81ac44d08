"""What a project's lock files and requirements say about the packages it runs on."""

# Paths are strings here, as everywhere near the walk of a tree.
# ruff: noqa: PTH118, PTH120, PTH123

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from oai_lint.files import shown
from oai_lint.kinds import is_requirements
from oai_lint.target import Range, Target, hull, parse_range

_PACKAGE = re.compile(
    r'^\[\[packages?\]\]\s*\nname = "([^"\n]+)"\s*\nversion = "([^"\n]+)"', re.MULTILINE
)
_REQUIREMENT = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(@.*|[^@;#]*)"
)
_INCLUDE = re.compile(r"-(?:r|c|-requirement|-constraint)[ =]?\s*(\S+)")
_TOML_LOCKS: Final = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
_LOCKS: Final = (*_TOML_LOCKS, "Pipfile.lock")
_REQUIREMENTS: Final = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile")
_DEPTH: Final = 5
"""How far ``-r`` is followed."""


@dataclass(slots=True)
class _Declared:
    """Ranges by package, from one file or several; an unconstrained mention adds no range."""

    ranges: dict[str, list[Range]] = field(default_factory=dict)
    project: str = ""

    def add(self, name: str, specifier: str) -> None:
        found = self.ranges.setdefault(normalise(name), [])
        specifier = specifier.strip().strip("()")
        if not specifier or specifier.startswith("@") or specifier == "*":
            return
        # Versions that PEP 440 does not know say nothing about the range.
        try:
            found.append(parse_range(specifier))
        except ValueError:
            return

    def requirement(self, text: str) -> None:
        if match := _REQUIREMENT.match(text):
            self.add(match[1], match[2])

    def complete(self, optional: _Declared) -> None:
        """Add what extras and groups ask for, where the package itself asks for no version.

        They come on top of that, so they can only narrow it.
        """
        for name, ranges in optional.ranges.items():
            if not self.ranges.get(name):
                self.ranges[name] = ranges

    def range(self, name: str) -> Range | None:
        return hull(self.ranges[name]) if self.ranges.get(name) else None


def normalise(name: str) -> str:
    """Return a package name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def has_metadata(names: Sequence[str]) -> bool:
    """Say whether a directory with these entries declares anything."""
    return any(name in _LOCKS or name in _REQUIREMENTS or is_requirements(name) for name in names)


def discover(directories: Sequence[str], warnings: list[str]) -> Target:
    """Read the target from metadata in ``directories``, the nearest first.

    A lock file goes before requirements.  Requirements that are nearer than the lock file win
    when the lock file does not speak of their project.

    Args:
        directories: absolute paths, from a file's own up to the project's or checkout's root.
        warnings: receives a line for each file that could not be read.
    """
    openai: tuple[Range, str] | None = None
    httpx: Range | None = None
    packages: set[str] | None = None
    locked: set[str] | None = None
    waiting: tuple[Range, str, str] | None = None
    for directory in directories:
        lock, lock_path = _locks(directory, warnings)
        requirements, origin = _requirements(directory, warnings)
        if lock is not None:
            locked = (locked or set()) | lock.ranges.keys()
            httpx = httpx or lock.range("httpx")
            if openai is None and (found := lock.range("openai")):
                if waiting and waiting[2] not in lock.ranges:
                    openai = waiting[:2]
                else:
                    openai = found, lock_path
        if requirements is not None:
            packages = (packages or set()) | requirements.ranges.keys()
            httpx = httpx or requirements.range("httpx")
            if openai is None and waiting is None and (found := requirements.range("openai")):
                waiting = found, origin, normalise(requirements.project)
        if openai is None and waiting and not waiting[2]:
            openai = waiting[:2]
    openai = openai or (waiting[:2] if waiting else None)
    names = packages if packages is not None else locked
    return Target(
        openai=openai[0] if openai else Range(),
        declared=openai is not None,
        httpx=httpx or Range(),
        packages=None if names is None else frozenset(names),
        origin=openai[1] if openai else "",
    )


def _read(path: str, warnings: list[str]) -> str | None:
    try:
        with open(path, "rb") as file:
            data = file.read()
        # PowerShell's ``pip freeze > requirements.txt`` writes UTF-16, and pip reads it.
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        return data.decode("utf-16" if wide else "utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        _warn(warnings, path, str(reason))
        return None


def _warn(warnings: list[str], path: str, reason: str) -> None:
    line = f"{shown(path)}: {reason}; it is taken to declare nothing"
    if line not in warnings:
        warnings.append(line)


def _names(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))  # noqa: PTH208
    except OSError:
        return []


def _locks(directory: str, warnings: list[str]) -> tuple[_Declared | None, str]:
    names = _names(directory)
    for name in _LOCKS:
        if name not in names:
            continue
        path = os.path.join(directory, name)
        text = _read(path, warnings)
        if text is None:
            continue
        found = _Declared()
        if name == "Pipfile.lock":
            _pipfile_lock(path, text, found, warnings)
        else:
            # Lock files are written by machines and run to megabytes: no TOML parser needed.
            for package, version in _PACKAGE.findall(text):
                found.add(package, f"=={version}")
        return found, path
    pinned = _Declared()
    origin = ""
    for name in filter(is_requirements, names):
        path = os.path.join(directory, name)
        for line in _lines(path, warnings):
            if (match := _REQUIREMENT.match(line)) and re.fullmatch(
                r"===?\s*[^*,]+", match[2].strip()
            ):
                pinned.add(match[1], match[2])
                origin = path if normalise(match[1]) == "openai" else origin
    return (pinned, origin) if pinned.ranges else (None, "")


def _pipfile_lock(path: str, text: str, found: _Declared, warnings: list[str]) -> None:
    import json

    try:
        data = json.loads(text)
    except ValueError as error:
        _warn(warnings, path, f"not valid JSON: {error}")
        return
    for section in ("default", "develop"):
        for package, value in _items(data, section):
            found.add(package, str(_mapping(value).get("version", "")))


def _requirements(directory: str, warnings: list[str]) -> tuple[_Declared | None, str]:
    names = _names(directory)
    found = _Declared()
    seen = False
    origin = ""

    def collect(path: str, read: Callable[[str, str, _Declared, list[str]], None]) -> None:
        nonlocal seen, origin
        text = _read(path, warnings)
        if text is None:
            return
        before = len(found.ranges.get("openai", ()))
        read(path, text, found, warnings)
        seen = True
        if len(found.ranges.get("openai", ())) > before:
            origin = origin or path

    for name, read in _READERS.items():
        if name in names:
            collect(os.path.join(directory, name), read)
    for name in filter(is_requirements, names):
        collect(os.path.join(directory, name), _requirements_list)
    # A bare ``pyproject.toml`` full of tool settings is no statement about dependencies.
    return (found, origin) if seen and (found.ranges or found.project) else (None, "")


def _lines(path: str, warnings: list[str], depth: int = 0) -> Iterator[str]:
    """Yield the requirements of a requirements file and of those that it includes."""
    text = _read(path, warnings) if depth < _DEPTH else None
    for raw in re.sub(r"\\\r?\n", " ", text or "").splitlines():
        line = re.sub(r"(^|\s)#.*", "", raw).strip()
        if include := _INCLUDE.match(line):
            yield from _lines(os.path.join(os.path.dirname(path), include[1]), warnings, depth + 1)
        elif line and not line.startswith("-"):
            yield re.split(r"\s--", line)[0]


def _requirements_list(path: str, _text: str, found: _Declared, warnings: list[str]) -> None:
    for line in _lines(path, warnings):
        found.requirement(line)


def _toml(path: str, text: str, warnings: list[str]) -> Mapping[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _warn(warnings, path, f"not valid TOML: {error}")
        return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(data: object, *keys: str) -> Iterator[tuple[str, Any]]:
    for key in keys:
        data = _mapping(data).get(key)
    yield from _mapping(data).items()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def _pyproject(path: str, text: str, found: _Declared, warnings: list[str]) -> None:
    data = _toml(path, text, warnings)
    project = _mapping(data.get("project"))
    tool = _mapping(data.get("tool"))
    poetry = _mapping(tool.get("poetry"))
    name = project.get("name") or poetry.get("name")
    found.project = name if isinstance(name, str) else ""
    for requirement in _strings(project.get("dependencies")):
        found.requirement(requirement)
    _table(poetry.get("dependencies"), found)
    lists: list[object] = [*_mapping(project.get("optional-dependencies")).values()]
    lists += _mapping(data.get("dependency-groups")).values()
    lists.append(_mapping(tool.get("uv")).get("dev-dependencies"))
    lists += _mapping(_mapping(tool.get("pdm")).get("dev-dependencies")).values()
    for environment in _mapping(_mapping(tool.get("hatch")).get("envs")).values():
        lists.append(_mapping(environment).get("dependencies"))
    optional = _Declared()
    for item in lists:
        for requirement in _strings(item):
            optional.requirement(requirement)
    tables = [poetry.get("dev-dependencies")]
    tables += [_mapping(group).get("dependencies") for _, group in _items(poetry, "group")]
    for table in tables:
        _table(table, optional)
    found.complete(optional)


def _table(table: object, found: _Declared) -> None:
    """Read the tables of Poetry and Pipenv: a version, a table with one, or several of these."""
    for name, value in _mapping(table).items():
        if name == "python":
            continue
        for item in value if isinstance(value, list) else [value]:
            version = item if isinstance(item, str) else _mapping(item).get("version", "")
            found.add(name, version if isinstance(version, str) else "")


def _pipfile(path: str, text: str, found: _Declared, warnings: list[str]) -> None:
    data = _toml(path, text, warnings)
    _table(data.get("packages"), found)
    _table(data.get("dev-packages"), found)


def _setup_cfg(path: str, text: str, found: _Declared, warnings: list[str]) -> None:
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        _warn(warnings, path, f"not readable: {str(error).splitlines()[0]}")
        return
    _cfg_lines(parser.get("options", "install_requires", fallback=""), found)
    optional = _Declared()
    if parser.has_section("options.extras_require"):
        for _, block in parser.items("options.extras_require"):
            _cfg_lines(block, optional)
    found.complete(optional)


def _cfg_lines(block: str, found: _Declared) -> None:
    for line in block.splitlines():
        if line.strip() and not line.strip().startswith(("#", "file:")):
            found.requirement(line)


def _setup_py(path: str, text: str, found: _Declared, warnings: list[str]) -> None:
    """Read lists of literals; what a script computes is not known without running it."""
    import ast

    del warnings
    try:
        tree = ast.parse(text, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # nobody can install it, and it is reported when it is linted itself
    names = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    optional = _Declared()
    wanted = {"install_requires": found, "extras_require": optional, "tests_require": optional}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in wanted:
                    for item in _literals(keyword.value, names):
                        wanted[keyword.arg].requirement(item)
    found.complete(optional)


def _literals(node: Any, names: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    import ast

    if isinstance(node, ast.Name) and node.id in names and depth < _DEPTH:
        yield from _literals(names[node.id], names, depth + 1)
    elif isinstance(node, (ast.List, ast.Tuple)):
        for item in node.elts:
            yield from _literals(item, names, depth + 1)
    elif isinstance(node, ast.Dict):
        for item in node.values:
            yield from _literals(item, names, depth + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


_READERS: Final[Mapping[str, Callable[[str, str, _Declared, list[str]], None]]] = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "setup.py": _setup_py,
    "Pipfile": _pipfile,
}
