"""One file in, diagnostics out; and the loop that applies fixes until nothing changes."""

from __future__ import annotations

import gc
from ast import PyCF_ALLOW_TOP_LEVEL_AWAIT
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oai_lint import gate
from oai_lint.kinds import Kind, kind_of
from oai_lint.patch import Edit, Fix, Safety, Span, compatible
from oai_lint.rule import REGISTRY, Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from oai_lint.config import Config
    from oai_lint.plain import PlainFile
    from oai_lint.reading import Reading, Reparser
    from oai_lint.reading.spans import Spans
    from oai_lint.source import Source

UNPARSABLE = "OAI900"
INTERNAL = "OAI902"

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
        source: the file as it is then; the old one where nothing could be applied.
        applied: the diagnostics whose fixes are in it, in the order of application.
        left: what is still to be reported about it.
        failed: codes whose fixes together gave text that does not parse; nothing was kept then.
    """

    source: Source
    applied: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]
    failed: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text with the fixes."""
        return self.source.text


Among = Callable[["Source", Sequence[Diagnostic]], Sequence[Diagnostic]]
"""What chooses from the findings about a file."""


Wanted = Callable[[], bool]


class Stopped(Exception):  # noqa: N818
    """A check was given up because nobody waits for it any more."""


def check(
    source: Source,
    config: Config,
    *,
    gated: bool = True,
    reparser: Callable[[], Reparser] | None = None,
    wanted: Wanted | None = None,
) -> list[Diagnostic]:
    """Return what the rules in force say about ``source``, by position.

    Args:
        source: the file.
        config: the settings in force for it.
        gated: skip a file whose text shows no trace of the OpenAI API.
        reparser: gives what remembers the syntax tree of the file from edit to edit; asked for
            when there is something to parse.
        wanted: says, asked between rules, whether to go on.

    Raises:
        Stopped: the findings are not wanted any more.
    """
    if gated and not (gate.text_worth_reading(source.text) or source.outputs):
        return []
    return _checked(source, config, reparser, wanted)[0]


def _checked(
    source: Source,
    config: Config,
    reparser: Callable[[], Reparser] | None = None,
    wanted: Wanted | None = None,
) -> tuple[list[Diagnostic], bool]:
    """Return the diagnostics, and whether the text could be read."""
    from oai_lint import rules

    rules.load()
    if kind_of(source.path) is Kind.NOTEBOOK:
        from oai_lint.installs import considered

        config = considered(source, config)
    if not kind_of(source.path).is_code:
        return _judged_plainly(source, config), True
    from oai_lint.reading import SyntaxFault, with_room

    try:
        with _uncollected():
            return with_room(lambda: _judged(source, config, reparser, wanted)), True
    except SyntaxFault as fault:
        found = [_about(UNPARSABLE, config, fault.offset, fault.offset, reason=fault.reason)]
        return [d for d in found if config.enabled(d.code, source.path)], False


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let Python's collector rest: it would look at every node of a growing tree, in vain."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _judged(
    source: Source,
    config: Config,
    reparser: Callable[[], Reparser] | None,
    wanted: Wanted | None,
) -> list[Diagnostic]:
    from oai_lint import suppress as suppressions
    from oai_lint.reading import read

    reading = read(source, config.target, config.clients, reparser and reparser())
    reading.http_client = config.http_client
    reading.annotate = config.annotate
    reading.today = config.today
    reading.is_test = config.is_test(source.path)
    reading.is_example = config.is_example(source.path)
    try:
        kept, failures, ran = _asked(reading, config, wanted)
        diagnostics = [*_located(reading, kept, config), *failures]
    finally:
        reading.forget()
    return suppressions.apply(source, _ordered(diagnostics), config, ran)


def _judged_plainly(source: Source, config: Config) -> list[Diagnostic]:
    """Judge a file that is not Python: nothing that knows syntax trees is imported."""
    from oai_lint import suppress as suppressions
    from oai_lint.plain import PlainFile, lowered

    kept, failures, ran = _asked(PlainFile(source, config), config)
    diagnostics = [
        _reported(
            finding,
            config,
            at=Place(*_place(finding.node, None), finding.message),
            related=tuple(
                Place(*_place(note.node, None), note.message) for note in finding.related
            ),
            edits=_real(lowered(finding.fix), source.text),
        )
        for finding in kept
    ]
    return suppressions.apply(source, _ordered([*diagnostics, *failures]), config, ran)


def _asked(
    reading: Any, config: Config, wanted: Wanted | None = None
) -> tuple[list[Finding], list[Diagnostic], set[str]]:
    """Ask the rules about a file: findings, what went wrong, and the codes of those in force."""
    from oai_lint import suppress as suppressions

    findings: list[Finding] = []
    failures: list[Diagnostic] = []
    rules = _in_force(config, reading)
    for cls in rules:
        if wanted is not None and not wanted():
            raise Stopped
        try:
            facts = [fact for kind in cls.facts for fact in reading.all(kind)]
            if facts:
                rule = cls()  # anew: some remember what they learnt of the file
                for fact in facts:
                    findings += rule.check(fact, reading)
        except RecursionError:
            raise
        except Exception as error:
            failures.append(_failure(cls, config, error))
    if not suppressions.written(reading.text):  # else a comment may be about one of the others
        findings = [finding for finding in findings if finding.confidence >= config.confidence]
    return findings, failures, {cls.code for cls in rules}


def _failure(rule: type[Rule[Any]] | Rule[Any], config: Config, error: Exception) -> Diagnostic:
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return _about(INTERNAL, config, 0, 0, rule=rule.name, reason=reason)


def _in_force(config: Config, reading: Reading | PlainFile) -> Sequence[type[Rule[Any]]]:
    """Return the rules to ask about a file: the same ones for most files of a run."""
    chosen = config.in_force(reading.path), reading.is_test, reading.is_example
    known: Sequence[type[Rule[Any]]] | None = config.rules.get(chosen)
    if known is None:
        known = config.rules[chosen] = tuple(_chosen(config, *chosen))
    return known


def _chosen(
    config: Config, codes: frozenset[str], is_test: bool, is_example: bool
) -> Iterator[type[Rule[Any]]]:
    for code in sorted(codes & REGISTRY.keys()):
        cls = REGISTRY[code]
        if not cls.facts:
            continue
        if cls.reaches and not config.target.reaches(*cls.reaches):
            continue
        if cls.starts and not config.target.starts(*cls.starts):
            continue
        if not config.explicit(code) and (
            (cls.quiet_in_tests and is_test) or (cls.quiet_in_examples and is_example)
        ):
            continue
        yield cls


def _located(reading: Reading, findings: list[Finding], config: Config) -> Iterator[Diagnostic]:
    """Give findings their positions and their fixes as edits."""
    if not findings:
        return
    from oai_lint.reading.lowering import Lowering, NotLowerable

    spans = reading.spans
    lowering = Lowering(reading.source, reading.tree, spans)
    for finding in findings:
        edits: tuple[Edit, ...] = ()
        try:
            start, end = _place(finding.node, spans)
            related = tuple(
                Place(*_place(note.node, spans), note.message) for note in finding.related
            )
            if finding.fix:
                with suppress(NotLowerable):
                    edits = lowering.lower(finding.fix)
        except RecursionError:
            raise
        except Exception as error:
            yield _failure(finding.rule, config, error)
            continue
        edits = _real(_confined(reading.source, edits), reading.text)
        most = Safety.UNSAFE if _loses_comment(reading.source.code, edits) else Safety.SAFE
        at = Place(start, end, finding.message)
        yield _reported(finding, config, at=at, related=related, edits=edits, most=most)


def _confined(source: Source, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    if not source.cells:
        return edits
    from oai_lint.cells import confined

    return confined(source, edits)


def _real(edits: tuple[Edit, ...], text: str) -> tuple[Edit, ...]:
    return tuple(edit for edit in edits if text[edit.start : edit.end] != edit.text)


def _reported(
    finding: Finding,
    config: Config,
    *,
    at: Place,
    related: tuple[Place, ...],
    edits: tuple[Edit, ...],
    most: Safety = Safety.SAFE,
) -> Diagnostic:
    """Make a finding a diagnostic whose fix is trusted no further than ``most``."""
    code = finding.rule.code
    fix = None
    safety = config.safety(code, finding.safety)
    if edits and safety is not None:
        title = finding.title or finding.rule.fixes or finding.rule.name
        fix = Fix(title, edits, min(safety, most))
    return Diagnostic(
        code,
        finding.rule.name,
        at.message,
        config.severity(code, finding.rule.severity),
        finding.confidence,
        at.start,
        at.end,
        fix,
        related,
    )


def _place(node: Any, spans: Spans | None) -> tuple[int, int]:
    """Return where a node is; the file's start where the rendering and the text differ."""
    if isinstance(node, Span) or spans is None:
        return node.start, node.end
    try:
        return spans[node]
    except KeyError:
        if spans.lost:
            return 0, 0
        raise


def _loses_comment(text: str, edits: Sequence[Edit]) -> bool:
    """Say whether some edit removes a comment that none of them writes again."""
    written = "\n".join(edit.text for edit in edits)
    parts = (text[edit.start : edit.end] for edit in edits)
    return any(c not in written for part in parts if "#" in part for c in _comments(part))


def _comments(code: str) -> list[str]:
    """Return the comments of a piece of code, which begins where a token does."""
    import io
    import tokenize

    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code, newline="").readline):
            if token.type == tokenize.COMMENT:
                found.append(token.string)
    except tokenize.TokenError:
        pass  # a bracket stays open until the end of the piece
    except SyntaxError:
        return [code]  # whatever is removed then counts as a comment
    return found


def _about(code: str, config: Config, start: int, end: int, **values: str) -> Diagnostic:
    """Return a diagnostic about the linting itself."""
    rule = REGISTRY[code]
    return Diagnostic(
        code,
        rule.name,
        rule.message.format(**values),
        config.severity(code, rule.severity),
        Confidence.HIGH,
        start,
        end,
    )


def _ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    distinct = {(d.code, d.start, d.end, d.message): d for d in diagnostics}
    return sorted(distinct.values(), key=lambda d: (d.start, d.end, d.code))


def fix(
    source: Source,
    config: Config,
    *,
    safety: Safety = Safety.SAFE,
    among: Among | None = None,
) -> Fixed:
    """Apply every fix of at least ``safety`` that the settings allow, to a fixed point.

    Imports that the fixes leave without a use are removed at the end.  Where the text no longer
    parses after a round, nothing is changed at all.

    Args:
        source: the file.
        config: the settings in force for it.
        safety: the least safety of the fixes to apply.
        among: chooses from the findings about a stage of the file those that count; None for all.
    """
    python = kind_of(source.path).is_code
    chosen = among or (lambda _, found: found)
    left = chosen(source, check(source, config))
    seen = {source.text}
    current, applied = source, list[Diagnostic]()
    for _ in range(MOST_ROUNDS):
        usable = [(d, d.fix) for d in left if d.fix is not None and d.fix.safety >= safety]
        usable = [(d, fix) for d, fix in usable if _can_be_written(source, fix)]
        edits, indices = compatible([fix.edits for _, fix in usable])
        after = current.edited(edits)
        if after.text in seen:
            break
        seen.add(after.text)
        found, read = _checked(after, config)
        if not read or (python and _compiles(current) and not _compiles(after)):
            failed = tuple(sorted({usable[i][0].code for i in indices}))
            return Fixed(source, (), tuple(chosen(source, check(source, config))), failed)
        applied += [usable[i][0] for i in indices]
        current, left = after, chosen(after, found)
    if not (applied and python):
        return Fixed(current, tuple(applied), tuple(left))
    from oai_lint.reading import with_room

    pruned = with_room(lambda: _pruned(source, current))
    if pruned is not None:
        found, read = _checked(pruned, config)
        if read:
            current, left = pruned, chosen(pruned, found)
    return Fixed(current, tuple(applied), tuple(left))


def _can_be_written(source: Source, fix: Fix) -> bool:
    """Say whether the file's encoding has all characters of a fix."""
    try:
        for edit in fix.edits:
            edit.text.encode(source.encoding)
    except UnicodeEncodeError:
        return False
    return source.rewritable


def _compiles(source: Source) -> bool:
    """Say whether Python itself takes the text; libcst lets repeated keywords pass, and more."""
    import warnings

    flags = PyCF_ALLOW_TOP_LEVEL_AWAIT if kind_of(source.path) is Kind.NOTEBOOK else 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `x is 3` was there before
            compile(source.code, "<fixed>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _pruned(source: Source, fixed: Source) -> Source | None:
    """Return the file without the imports that were used before the fixes and are not any more."""
    from oai_lint.reading import read
    from oai_lint.reading.imports import unused_import_edits

    edits = _confined(fixed, tuple(unused_import_edits(read(source), read(fixed))))
    return fixed.edited(edits) if edits else None
