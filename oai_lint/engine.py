"""One file in, diagnostics out; and the loop that applies fixes until nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from oai_lint import gate
from oai_lint.patch import Edit, Fix, Safety, Span, apply
from oai_lint.rule import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from oai_lint.config import Config
    from oai_lint.reading import Reading
    from oai_lint.source import Source

MOST_ROUNDS = 10
"""How often fixes are applied and the result checked again before the rest is left."""


@dataclass(frozen=True, slots=True)
class Place:
    """A range of the same file that explains a diagnostic."""

    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding as plain data: offsets are code points into ``Source.text``."""

    code: str
    name: str
    message: str
    severity: Severity
    confidence: Confidence
    start: int
    end: int
    fix: Fix | None = None
    related: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Fixed:
    """What fixing a file came to.

    Attributes:
        text: the new text, or the old one where nothing could be applied.
        applied: the diagnostics whose fixes are in ``text``, in the order of application.
        left: what is still to be reported about ``text``.
        failed: codes whose fixes together gave text that does not parse; nothing was kept then.
    """

    text: str
    applied: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]
    failed: tuple[str, ...] = ()


def check(source: Source, config: Config, *, gated: bool = True) -> list[Diagnostic]:
    """Return what the rules in force say about ``source``, by position.

    Args:
        source: the file.
        config: the settings in force for it.
        gated: skip a file whose bytes show no trace of the OpenAI API.
    """
    if gated and not gate.text_worth_reading(source.text):
        return []
    raise NotImplementedError


def fix(source: Source, config: Config, *, safety: Safety = Safety.SAFE) -> Fixed:
    """Apply every fix of at least ``safety`` that the settings allow, to a fixed point."""
    raise NotImplementedError
