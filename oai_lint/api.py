"""The Python interface, which ``import oai_lint`` offers: check and fix text.

What is public here stays as it is, or changes with a new major version; ``docs/api.md`` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oai_lint import engine
from oai_lint.config import Config, ConfigError
from oai_lint.kinds import Kind, kind_of
from oai_lint.patch import Edit, Fix, Safety
from oai_lint.report.places import url
from oai_lint.resolving import Resolver
from oai_lint.rule import Confidence, Severity
from oai_lint.settings import layer
from oai_lint.source import Source, UndecodableSource
from oai_lint.target import Target

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic

__all__ = [
    "Confidence",
    "Config",
    "ConfigError",
    "Edit",
    "Fix",
    "FixedSource",
    "Position",
    "Problem",
    "Safety",
    "Severity",
    "UndecodableSource",
    "check_source",
    "config_for",
    "fix_source",
]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text.

    Attributes:
        row: the line, from 1; in a notebook, that of the cell.
        column: from 1, in code points.
        offset: from 0, in code points; in a notebook, into the text of all cells.
        cell: the cell of a notebook, from 1; None elsewhere.
    """

    row: int
    column: int
    offset: int
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a rule objects to.

    Attributes:
        code: the rule's code, such as ``OAI111``.
        name: the rule's name, such as ``positional-api-key``.
        message: a sentence that says what happens and what to do.
        severity: how much it matters, by the settings.
        confidence: how much of it was seen.
        path: the path that was given.
        start: where it begins.
        end: where it ends.
        fix: what would mend it; its edits are offsets into the text.
        url: the rule's page.
    """

    code: str
    name: str
    message: str
    severity: Severity
    confidence: Confidence
    path: str
    start: Position
    end: Position
    fix: Fix | None
    url: str


@dataclass(frozen=True, slots=True)
class FixedSource:
    """What fixing came to.

    Attributes:
        text: the text with the fixes; the same text where none was applied.
        fixed: the problems that were mended, with their places in the text as it was then.
        left: the problems that remain in ``text``.
    """

    text: str
    fixed: tuple[Problem, ...]
    left: tuple[Problem, ...]


def config_for(path: str) -> Config:
    """Return the settings in force for a file, as ``oai-lint check`` finds them.

    Args:
        path: the file, which need not exist.

    Raises:
        ConfigError: a settings file cannot be used.
    """
    return Resolver().for_file(path)


def check_source(
    text: str, *, path: str = "<string>", config: Config | Mapping[str, object] | None = None
) -> list[Problem]:
    """Return the problems in a text, by position.

    Args:
        text: a Python program, or what ``path`` says by its name: a notebook, an ``.env`` file….
        path: what to call it; nothing is read from there.
        config: settings as in TOML (``{"select": ["OAI1"]}``), or those of :func:`config_for`;
            None for the defaults.

    Raises:
        ConfigError: ``config`` has an unknown key or a bad value.
        UndecodableSource: ``path`` names a notebook and the text is none.
    """
    source = _source(text, path)
    return _problems(source, engine.check(source, _config(config)))


def fix_source(
    text: str,
    *,
    path: str = "<string>",
    config: Config | Mapping[str, object] | None = None,
    safety: Safety = Safety.SAFE,
) -> FixedSource:
    """Return a text with all fixes applied that are trusted enough, until nothing changes.

    Args:
        text, path, config: as for :func:`check_source`.
        safety: the least safety of the fixes to apply: ``SAFE`` or ``UNSAFE``.

    Raises:
        ConfigError: ``config`` has an unknown key or a bad value.
        UndecodableSource: ``path`` names a notebook and the text is none.
    """
    source = _source(text, path)
    done = engine.fix(source, _config(config), safety=max(safety, Safety.UNSAFE))
    changed = done.text != source.text
    return FixedSource(
        text=done.source.data.decode() if changed else text,
        fixed=tuple(_problems(source, done.applied)),
        left=tuple(_problems(done.source, done.left)),
    )


def _source(text: str, path: str) -> Source:
    if kind_of(path) is Kind.NOTEBOOK:
        return Source.from_bytes(path, text.encode("utf-8", "surrogatepass"))
    return Source(path, text)


def _config(config: Config | Mapping[str, object] | None) -> Config:
    if isinstance(config, Config):
        return config
    return Resolver().build("", Target(), layer("config", config or {}))


def _problems(source: Source, diagnostics: Sequence[Diagnostic]) -> list[Problem]:
    return [
        Problem(
            code=item.code,
            name=item.name,
            message=item.message,
            severity=item.severity,
            confidence=item.confidence,
            path=source.path,
            start=_position(source, item.start),
            end=_position(source, item.end),
            fix=item.fix,
            url=url(item.code, item.name),
        )
        for item in diagnostics
    ]


def _position(source: Source, offset: int) -> Position:
    place = source.location(offset)
    return Position(place.row, place.column, offset, place.cell)
