"""One file in, diagnostics out; and the loop that applies fixes until nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oai_lint import gate
from oai_lint.patch import Edit, Fix, Safety, Span, apply
from oai_lint.rule import REGISTRY, Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from oai_lint.config import Config
    from oai_lint.reading import Reading
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
        gated: skip a file whose text shows no trace of the OpenAI API.
    """
    if gated and not gate.text_worth_reading(source.text):
        return []
    return _checked(source, config)[0]


def _checked(source: Source, config: Config) -> tuple[list[Diagnostic], bool]:
    """Return the diagnostics, and whether the text could be read."""
    from oai_lint import rules
    from oai_lint.reading import SyntaxFault, with_room

    rules.load()
    try:
        return with_room(lambda: _judged(source, config)), True
    except SyntaxFault as fault:
        found = [_about(UNPARSABLE, config, fault.offset, fault.offset, reason=fault.reason)]
        return [d for d in found if config.enabled(d.code, source.path)], False


def _judged(source: Source, config: Config) -> list[Diagnostic]:
    from oai_lint import suppress
    from oai_lint.reading import read

    reading = read(source, config.target, config.clients)
    reading.http_client = config.http_client
    reading.today = config.today
    reading.is_test = config.is_test(source.path)
    reading.is_example = config.is_example(source.path)
    findings: list[Finding] = []
    failures: list[Diagnostic] = []
    ran: set[str] = set()
    for rule in _in_force(config, reading):
        ran.add(rule.code)
        try:
            for kind in rule.facts:
                for fact in reading.all(kind):
                    findings += rule.check(fact, reading)
        except RecursionError:
            raise
        except Exception as error:
            failures.append(_failure(rule, config, error))
    kept = [finding for finding in findings if finding.confidence >= config.confidence]
    diagnostics = [*_located(reading, kept, config), *failures]
    return suppress.apply(source, _ordered(diagnostics), config, ran)


def _failure(rule: Rule[Any], config: Config, error: Exception) -> Diagnostic:
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return _about(INTERNAL, config, 0, 0, rule=rule.name, reason=reason)


def _in_force(config: Config, reading: Reading) -> Iterator[Rule[Any]]:
    for code in sorted(REGISTRY):
        cls = REGISTRY[code]
        if not cls.facts or not config.enabled(code, reading.path):
            continue
        if cls.reaches and not config.target.reaches(*cls.reaches):
            continue
        if cls.starts and not config.target.starts(*cls.starts):
            continue
        if not config.explicit(code) and (
            (cls.quiet_in_tests and reading.is_test)
            or (cls.quiet_in_examples and reading.is_example)
        ):
            continue
        yield cls()


def _located(reading: Reading, findings: list[Finding], config: Config) -> Iterator[Diagnostic]:
    """Give findings their positions and their fixes as edits."""
    if not findings:
        return
    from oai_lint.reading.lowering import Lowering, NotLowerable
    from oai_lint.reading.spans import locate

    lowering = Lowering(reading.source, reading.tree)
    wanted = {change for finding in findings for change in finding.fix}
    nodes = lowering.nodes(wanted)
    nodes.update(f.node for f in findings if not isinstance(f.node, Span))
    nodes.update(r.node for f in findings for r in f.related if not isinstance(r.node, Span))
    spans = locate(reading.module, nodes, reading.text)
    comments = _Comments(reading.text)
    for finding in findings:
        code = finding.rule.code
        if spans is None:  # the rendering and the text differ: report, but edit nothing
            start, end = _fallback(finding)
        else:
            start, end = _place(finding.node, spans)
        fix = None
        safety = config.safety(code, finding.safety)
        if finding.fix and safety is not None and spans is not None:
            try:
                edits = lowering.lower(finding.fix, spans)
            except NotLowerable:
                edits = ()
            edits = tuple(e for e in edits if reading.text[e.start : e.end] != e.text)
            if edits:
                if comments.lost(edits):
                    safety = min(safety, Safety.UNSAFE)
                fix = Fix(finding.title or finding.rule.fixes or finding.rule.name, edits, safety)
        related = tuple(
            Place(*_place(note.node, spans), note.message)
            for note in finding.related
            if spans is not None
        )
        severity = config.severity(code, finding.rule.severity)
        yield Diagnostic(
            code, finding.rule.name, finding.message, severity, finding.confidence, start, end,
            fix, related,
        )


def _place(node: Any, spans: dict[Any, tuple[int, int]]) -> tuple[int, int]:
    return (node.start, node.end) if isinstance(node, Span) else spans[node]


def _fallback(finding: Finding) -> tuple[int, int]:
    node = finding.node
    return (node.start, node.end) if isinstance(node, Span) else (0, 0)


class _Comments:
    """The comments of a text, found when an edit first covers a ``#``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: list[tuple[int, str]] | None = None

    def lost(self, edits: Iterable[Edit]) -> bool:
        """Say whether some edit removes a comment that none of them writes again."""
        edits = tuple(edits)
        written = "\n".join(edit.text for edit in edits)
        for edit in edits:
            if "#" not in self.text[edit.start : edit.end]:
                continue
            for offset, comment in self._all():
                if edit.start <= offset < edit.end and comment not in written:
                    return True
        return False

    def _all(self) -> list[tuple[int, str]]:
        if self._found is None:
            import io
            import tokenize

            from oai_lint.source import Source

            source = Source("", self.text)
            self._found = []
            try:
                for token in tokenize.generate_tokens(io.StringIO(self.text, newline="").readline):
                    if token.type == tokenize.COMMENT:
                        row, column = token.start
                        offset = source.line_starts[row - 1] + column
                        self._found.append((offset, token.string))
            except (tokenize.TokenError, SyntaxError, IndexError):
                self._found = [(offset, "\0") for offset, c in enumerate(self.text) if c == "#"]
        return self._found


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


def fix(source: Source, config: Config, *, safety: Safety = Safety.SAFE) -> Fixed:
    """Apply every fix of at least ``safety`` that the settings allow, to a fixed point.

    Imports that the fixes leave without a use are removed at the end.
    """
    from oai_lint.source import Source

    before = text = source.text
    applied: list[Diagnostic] = []
    left = check(source, config)
    seen = {text}
    for _ in range(MOST_ROUNDS):
        usable = [d for d in left if d.fix is not None and d.fix.safety >= safety]
        if not usable:
            break
        text, indices = apply(text, [d.fix.edits for d in usable if d.fix is not None])
        if text in seen:
            break
        seen.add(text)
        current = Source(source.path, text, encoding=source.encoding, bom=source.bom)
        found = check(current, config, gated=False)
        applied += [usable[i] for i in indices]
        if any(d.code == UNPARSABLE for d in found):
            failed = tuple(sorted({usable[i].code for i in indices}))
            return Fixed(before, (), tuple(check(source, config)), failed)
        left = found
    else:
        text = current.text
    if applied:
        text, left = _pruned(source, current.text, config, left)
        return Fixed(text, tuple(applied), tuple(left))
    return Fixed(before, (), tuple(left))


def _pruned(
    source: Source, text: str, config: Config, left: list[Diagnostic]
) -> tuple[str, list[Diagnostic]]:
    """Take out the imports that were used before the fixes and are not any more."""
    from oai_lint.reading import read
    from oai_lint.reading.imports import unused_import_edits
    from oai_lint.source import Source

    after = Source(source.path, text, encoding=source.encoding, bom=source.bom)
    edits = unused_import_edits(read(source), read(after))
    if not edits:
        return text, left
    pruned, _ = apply(text, [edits])
    shorter = Source(source.path, pruned, encoding=source.encoding, bom=source.bom)
    return pruned, check(shorter, config, gated=False)
