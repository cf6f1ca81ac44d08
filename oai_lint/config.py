"""The settings in force for a file, as the engine asks for them.

Where they come from (files, command line) is the business of ``settings``.
"""

# Paths are strings here: pathlib alone would cost as much as a bare interpreter start.
# ruff: noqa: PTH109, PTH117, PTH118, PTH206

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final, Literal, NamedTuple

from oai_lint.globs import compiled, slashed
from oai_lint.patch import Safety
from oai_lint.rule import REGISTRY, Confidence, Rule, Severity
from oai_lint.target import Target

HttpClient = Literal["default", "httpx", "httpx2"]

ALL: Final = "ALL"
EXACT: Final = 9
"""The specificity of a whole code or a name; longer than every prefix."""

ALWAYS: Final = frozenset({"OAI900", "OAI902"})
"""In force whatever is selected: they say that the job could not be done."""

EXCLUDE: Final = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pypackages__",
    "_build",
    "buck-out",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)
"""Ruff's list (of which ``build`` is no part of any more); ``exclude`` replaces it."""

_TEST_DIRECTORIES = frozenset({"test", "tests"})
_EXAMPLE_DIRECTORIES = frozenset({"doc", "docs", "example", "examples"})


class ConfigError(Exception):
    """A setting that cannot be used; the message names file, key and the nearest valid one."""


class Selection(NamedTuple):
    """What one place (a file, the command line) says about which rules are meant.

    A ``select`` forgets everything that earlier places said.
    """

    select: tuple[str, ...] | None = None
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class PerFile(NamedTuple):
    """Selectors ignored in the files that a pattern matches (or, with ``!``, does not)."""

    pattern: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Config:
    """The settings for the files of one directory tree; ``Config()`` is all defaults.

    Attributes:
        root: the absolute directory that patterns are relative to; the working directory if empty.
        origin: the path of the file the settings were read from; empty without one.
        selections: what each place says about the rules in force, the weakest first.
        per_file_ignores: rules not in force in some files.
        exclude: patterns of files and directories that are not walked into.
        extend_exclude: more of them.
        force_exclude: whether ``exclude`` also holds for paths given on the command line.
        respect_gitignore: whether files that git ignores are left out.
        fixing: what each place says about the rules whose fixes may be applied.
        extend_safe_fixes, extend_unsafe_fixes: rules whose unsafe fixes count as safe, or reverse.
        severities: selector and severity, for rules whose severity is not the usual one.
        target: the SDK range and what else the project declares.
        http_client: the HTTP library that clients of the project use.
        annotate: whether fixes give types to what calls take in code without annotations, too.
        clients: dotted name of a client made elsewhere, and its SDK class.
        confidence: the lowest confidence that is reported.
        today: the date that rules about retirements judge by.
        baseline: the file of the findings that are accepted for now, from ``root``; or empty.
        output_format: how findings are printed unless the command line says otherwise.
        fail_on: the least severity that makes the command fail.
        fix, unsafe_fixes: whether ``check`` applies fixes, and which.
        fix_only: whether it applies them and says nothing of what is left.
        ignore_noqa: whether comments that silence findings do nothing.
    """

    root: str = ""
    origin: str = ""
    selections: tuple[Selection, ...] = ()
    per_file_ignores: tuple[PerFile, ...] = ()
    exclude: tuple[str, ...] = EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    fixing: tuple[Selection, ...] = ()
    extend_safe_fixes: tuple[str, ...] = ()
    extend_unsafe_fixes: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    target: Target = field(default_factory=Target)
    http_client: HttpClient = "default"
    annotate: bool = False
    clients: Mapping[str, str] = field(default_factory=dict)
    confidence: Confidence = Confidence.MEDIUM
    today: datetime.date = field(default_factory=datetime.date.today)
    baseline: str = ""
    output_format: str = "full"
    fail_on: Severity = Severity.INFO
    fix: bool = False
    unsafe_fixes: bool = False
    fix_only: bool = False
    ignore_noqa: bool = False
    _in_file: dict[str, frozenset[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes in force where no per-file setting says otherwise.

        Raises:
            ConfigError: a selector names no rule.
        """
        chosen = _settled(self.selections, {code for code, rule in known().items() if rule.on})
        refused: set[str] = set()
        for selection in self.selections:
            exact = [selector for selector in selection.ignore if specificity(selector) == EXACT]
            refused.update(*map(expand, exact))
        return frozenset(chosen | (ALWAYS & known().keys()) - refused)

    @cached_property
    def fixable(self) -> frozenset[str]:
        """The codes of the rules whose fixes may be applied.

        Raises:
            ConfigError: a selector names no rule.
        """
        return frozenset(_settled(self.fixing, set(known())))

    @cached_property
    def _explicit(self) -> frozenset[str]:
        chosen: set[str] = set()
        for selection in self.selections:
            if selection.select is not None:
                chosen.clear()
            for selector in (*(selection.select or ()), *selection.extend):
                if specificity(selector) == EXACT:
                    chosen |= expand(selector)
        return frozenset(chosen)

    def in_force(self, path: str) -> frozenset[str]:
        """Return the codes in force in the file at ``path``."""
        found = self._in_file.get(path)
        if found is None:
            found = self.codes
            if self.per_file_ignores:
                absolute = os.path.join(self.base, path)
                for pattern, selectors in self.per_file_ignores:
                    wanted = not pattern.startswith("!")
                    if self.matches(pattern.removeprefix("!"), absolute) is wanted:
                        found = found.difference(*map(expand, selectors))
            self._in_file[path] = found
        return found

    @cached_property
    def rules(self) -> dict[Any, Any]:
        """What the engine remembers of the rules to ask, by what they depend on in a file."""
        return {}

    def enabled(self, code: str, path: str) -> bool:
        """Say whether the rule ``code`` is in force in the file at ``path``."""
        return code in self.in_force(path)

    def explicit(self, code: str) -> bool:
        """Say whether ``code`` was selected by its whole code or its name."""
        return code in self._explicit

    def severity(self, code: str, default: Severity) -> Severity:
        """Return the severity that findings of ``code`` are reported with."""
        best, result = -1, default
        for selector, severity in self.severities.items():
            if (rank := specificity(selector)) > best and code in expand(selector):
                best, result = rank, severity
        return result

    def safety(self, code: str, safety: Safety) -> Safety | None:
        """Return how far a fix of ``code`` is trusted here; None if it may not be applied.

        Promotion and demotion concern fixes that can be applied: one that is only shown stays so.
        """
        if code not in self.fixable:
            return None
        if safety is Safety.UNSAFE and _picked(
            code, self.extend_safe_fixes, self.extend_unsafe_fixes
        ):
            return Safety.SAFE
        if safety is Safety.SAFE and _picked(
            code, self.extend_unsafe_fixes, self.extend_safe_fixes
        ):
            return Safety.UNSAFE
        return safety

    @cached_property
    def base(self) -> str:
        """The directory that relative paths and patterns are meant from, absolute."""
        return self.root or os.getcwd()

    def is_test(self, path: str) -> bool:
        """Say whether ``path`` is a test by pytest's conventions, seen from the root."""
        *directories, name = self._parts(path)
        return (
            not _TEST_DIRECTORIES.isdisjoint(directories)
            or name.startswith("test_")
            or name.endswith("_test.py")
            or name == "conftest.py"
        )

    def is_example(self, path: str) -> bool:
        """Say whether ``path`` lies in a directory of examples or documentation."""
        return not _EXAMPLE_DIRECTORIES.isdisjoint(self._parts(path)[:-1])

    def _parts(self, path: str) -> list[str]:
        return _beneath(self.base, path if os.path.isabs(path) else os.path.join(os.getcwd(), path))

    def matches(self, pattern: str, absolute: str) -> bool:
        """Say whether a pattern of this file matches a path, by whole path or by name."""
        whole, name = compiled(self.base, pattern)
        absolute = slashed(absolute)
        _, _, last = absolute.rpartition("/")
        return whole.fullmatch(absolute) is not None or name.fullmatch(last) is not None

    def excluded(self, absolute: str) -> bool:
        """Say whether ``exclude`` or ``extend-exclude`` names this file or directory."""
        matcher = self._excluder
        absolute = slashed(absolute)
        _, _, last = absolute.rpartition("/")
        return matcher[1].fullmatch(last) is not None or matcher[0].fullmatch(absolute) is not None

    @cached_property
    def _excluder(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        pairs = [compiled(self.base, pattern) for pattern in (*self.exclude, *self.extend_exclude)]
        nothing = ["(?!)"]
        whole, name = (
            re.compile("|".join(f"(?:{pair[side].pattern})" for pair in pairs) or nothing[0])
            for side in (0, 1)
        )
        return whole, name

    def __getstate__(self) -> dict[str, object]:
        """Leave what was computed behind: workers compute it again from less than it weighs."""
        names = self.__dataclass_fields__
        return {
            name: {} if name == "_in_file" else value
            for name, value in self.__dict__.items()
            if name in names
        }


@lru_cache(maxsize=64)  # each file is asked twice
def _beneath(root: str, path: str) -> list[str]:
    """Return the parts of a path below a root; of one elsewhere, its name.

    A checkout below some ``/home/me/tests`` is no test: only what is beneath the root counts.
    """
    path, prefix = os.path.normpath(path), os.path.join(root, "")
    return (
        path[len(prefix) :].split(os.sep) if path.startswith(prefix) else [path.split(os.sep)[-1]]
    )


def known() -> Mapping[str, type[Rule[Any]]]:
    """Return every rule class by code, loading the rules first."""
    from oai_lint import rules

    rules.load()
    return REGISTRY


def specificity(selector: str) -> int:
    """Return how narrow a selector is: 0 for ``ALL``, then the length of a prefix, then exact."""
    if selector == ALL:
        return 0
    if selector in known():
        return EXACT
    return len(selector) if selector.startswith("OAI") else EXACT


def expand(selector: str) -> frozenset[str]:
    """Return the codes that a code, a prefix, a name or ``ALL`` stands for.

    Raises:
        ConfigError: it stands for none; the message offers the nearest that does.
    """
    known()
    return _expand(selector, len(REGISTRY))


@lru_cache(maxsize=512)
def _expand(selector: str, _rules: int) -> frozenset[str]:
    if selector == ALL:
        return frozenset(REGISTRY)
    if selector in REGISTRY:
        return frozenset({selector})
    if selector.startswith("OAI"):
        codes = frozenset(code for code in REGISTRY if code.startswith(selector))
    else:
        codes = frozenset(code for code, rule in REGISTRY.items() if rule.name == selector)
    if not codes:
        raise ConfigError(
            f"`{selector}` is no rule, prefix or `ALL`"
            + nearest(selector, [*REGISTRY, *(rule.name for rule in REGISTRY.values())])
        )
    return codes


def nearest(word: str, valid: list[str]) -> str:
    """Return ``"; did you mean `…`?"``, or nothing when no valid word is near."""
    from difflib import get_close_matches

    folded = {item.casefold(): item for item in valid}
    close = get_close_matches(word.casefold().replace("_", "-"), folded, n=1, cutoff=0.6)
    return f"; did you mean `{folded[close[0]]}`?" if close else ""


def _settled(selections: Iterable[Selection], chosen: set[str]) -> set[str]:
    """Return what becomes of the ``chosen`` codes when each place, the weakest first, had its say.

    Raises:
        ConfigError: a selector names no rule.
    """
    for selection in selections:
        added = [*(selection.select or ()), *selection.extend]
        # The more specific selector wins whichever option it stands in, as in ruff.
        ranked = sorted(
            [(specificity(selector), False, selector) for selector in added]
            + [(specificity(selector), True, selector) for selector in selection.ignore]
        )
        if selection.select is not None:
            chosen = set()
        for _, refused, selector in ranked:
            chosen = chosen - expand(selector) if refused else chosen | expand(selector)
    return chosen


def _picked(code: str, chosen: tuple[str, ...], refused: tuple[str, ...]) -> bool:
    def rank(selectors: tuple[str, ...]) -> int:
        return max((specificity(s) for s in selectors if code in expand(s)), default=-1)

    return rank(chosen) > rank(refused)
