"""Comments that silence findings, and those among them that silence nothing or do not say why.

``# oai-lint: ignore[name-or-code, …] reason``
    on the first or the last line of a finding's range, or alone on the line before; without
    brackets it silences every rule there.
``# oai-lint: ignore-file[…] reason``
    alone on an unindented line, anywhere in the file.
``# noqa: OAI101`` and a bare ``# noqa``
    as in ruff, for projects that have those already.

A line that cannot hold a comment (it ends in a backslash or inside a string) hands over to the
next one that can.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from oai_lint.config import ConfigError, expand, nearest
from oai_lint.kinds import kind_of
from oai_lint.patch import Edit, Fix, Safety
from oai_lint.rule import REGISTRY, Confidence

if TYPE_CHECKING:
    from oai_lint.config import Config
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source

UNUSED: Final = "OAI901"
UNEXPLAINED: Final = "OAI903"

_OURS = re.compile(r"#[ \t]*oai-lint:[ \t]*(?P<verb>[\w-]+)(?:[ \t]*\[(?P<codes>[^\]#]*)\])?")
_CODE = r"[A-Z]+[0-9]+\b"
_NOQA = re.compile(
    rf"(?i)#[ \t]*noqa\b(?P<colon>[ \t]*:[ \t]*(?P<codes>{_CODE}(?:[ \t,]+{_CODE})*)?)?"
)
_OUR_CODE = re.compile(r"OAI[0-9]+")
_WORD = re.compile(r"\w")
_ANOTHER = re.compile(r"#(?!\d)")
"""Where a further comment begins; ``#12`` in a reason is the number of an issue."""
_SEPARATOR = re.compile(r"[ \t]*,[ \t,]*|[ \t]+")
# What strings with code inside are made of from Python 3.12 and 3.14 on.
_OPENING = (getattr(tokenize, "FSTRING_START", None), getattr(tokenize, "TSTRING_START", None))
_CLOSING = (getattr(tokenize, "FSTRING_END", None), getattr(tokenize, "TSTRING_END", None))

Verb = Literal["ignore", "ignore-file", "noqa"]


class Comment(NamedTuple):
    """A comment of a file: its line (from 0), the offset of its ``#`` and its text."""

    row: int
    offset: int
    text: str
    alone: bool
    """Whether nothing else is on its line."""


@dataclass(slots=True)
class _Directive:
    """One suppression as written."""

    verb: Verb
    start: int
    """Offset of its ``#``."""
    end: int
    """Offset after the reason: at the comment's end or before another directive's ``#``."""
    rows: range
    """The lines it covers; empty for the whole file."""
    alone: bool
    """Whether nothing else is on its line."""
    codes: tuple[str, ...]
    span: tuple[int, int]
    """The offsets of the codes as text; equal ends when there are none."""
    everything: bool
    explained: bool
    """Whether it gives a reason."""
    used: set[str] = field(default_factory=set)


def apply(
    source: Source, diagnostics: Iterable[Diagnostic], config: Config, ran: set[str]
) -> list[Diagnostic]:
    """Leave out what a comment silences and add a finding for every comment that silences nothing.

    Args:
        source: the file.
        diagnostics: what the rules said about it, of whatever confidence where comments are.
        config: the settings in force for it.
        ran: the codes of the rules that ran on it: others cannot make a comment unused.

    Returns:
        What is left to report, by position.
    """
    found = sorted(diagnostics, key=lambda item: (item.start, item.end, item.code))
    if config.ignore_noqa:
        return [item for item in found if item.confidence >= config.confidence]
    if not _marked(source.text, bool(found)):
        return found
    written, landing = comments(source)
    directives: list[_Directive] = []
    complaints: list[Diagnostic] = []
    for comment in written:
        for item in _parse(source, comment):
            if isinstance(item, _Directive):
                directives.append(item)
            elif config.enabled(UNUSED, source.path):
                start, end, reason = item
                complaints.append(_complaint(config, start, end, reason=reason))
    left = [
        item
        for item in found
        if not _silenced(source, item, directives, landing) and item.confidence >= config.confidence
    ]
    in_force = config.in_force(source.path)
    for directive in directives:
        idle = [*_unused(source, directive, config, ran, in_force)] if UNUSED in in_force else []
        complaints += idle
        if UNEXPLAINED in in_force and not idle and _lacks_reason(directive):
            complaints.append(_complaint(config, directive.start, directive.end, UNEXPLAINED))
    if complaints:
        left += [
            item for item in complaints if not _silenced(source, item, directives, landing, True)
        ]
        left.sort(key=lambda item: (item.start, item.end, item.code))
    return left


def written(text: str) -> bool:
    """Say whether a text may hold comments that silence findings."""
    return "oai-lint:" in text or "noqa" in text.lower()


def _marked(text: str, findings: bool) -> bool:
    """Say whether any comment could matter, from the text alone."""
    if "oai-lint:" in text:
        return True
    # A noqa without codes matters only to findings of ours; one of ours may also be unused.
    for match in _NOQA.finditer(text):
        listed = match["codes"]
        if ("OAI" in listed.upper()) if listed else (findings and not match["colon"]):
            return True
    return False


def comments(source: Source) -> tuple[list[Comment], dict[int, int]]:
    """Find the comments, and for each line without room for one the next that may have it."""
    if not kind_of(source.path).is_code:
        return [*_by_look(source, range(len(source.line_starts)))], {}
    found: list[Comment] = []
    landing: dict[int, int] = {}
    starts = source.line_starts
    # tokenize breaks lines at "\n" alone, so it is given our lines; offsets stay right.
    code = source.code_lines
    lines = (code.line(row) + "\n" for row in range(len(starts)))
    row = 0
    last = 0
    strings: list[int] = []  # the lines on which those that are open begin
    try:
        for token in tokenize.generate_tokens(lambda: next(lines, "")):
            row, end = token.start[0] - 1, token.end[0] - 1
            if token.type == tokenize.COMMENT:
                alone = not token.line[: token.start[1]].strip()
                column = token.start[1]
                found.append(Comment(row, starts[row] + column, token.string, alone))
            elif token.type not in (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER):
                if token.type in _OPENING:
                    strings.append(row)
                first = strings.pop() if token.type in _CLOSING else row
                landing.update(dict.fromkeys(range(first, end), end))
                if row > last:  # the lines between are joined by a backslash
                    for skipped in range(last, row):
                        if source.line(skipped).endswith("\\"):
                            landing.setdefault(skipped, skipped + 1)
            # What follows the end of a line is not joined to it, whatever its comment ends in.
            last = max(last, end + (token.type in (tokenize.NEWLINE, tokenize.NL)))
    except (tokenize.TokenError, SyntaxError):
        # Broken code still deserves its suppressions: below the break, by the look of the line.
        known = {item.row for item in found}
        rows = (row for row in range(last, len(starts)) if row not in known)
        found += _by_look(source, rows)
    return found, landing


def _by_look(source: Source, rows: Iterable[int]) -> Iterator[Comment]:
    for row in rows:
        text = source.line(row)
        if match := _OURS.search(text) or _NOQA.search(text):
            column = match.start()
            alone = not text[:column].strip()
            yield Comment(row, source.line_starts[row] + column, text[column:], alone)


def _parse(source: Source, comment: Comment) -> Iterator[_Directive | tuple[int, int, str]]:
    """Read the directives of one comment; a complaint is (start, end, reason)."""
    row, offset, text, alone = comment
    matches = sorted([*_OURS.finditer(text), *_NOQA.finditer(text)], key=lambda m: m.start())
    for match in matches:
        start = offset + match.start()
        another = _ANOTHER.search(text, match.end())
        end = offset + (another.start() if another else len(text))
        end -= len(text[match.end() : end - offset]) - len(
            text[match.end() : end - offset].rstrip()
        )
        ours = match.re is _OURS
        verb = match["verb"] if ours else "noqa"
        listed = match["codes"]
        if not ours and match["colon"] and not listed:
            continue  # ruff calls this invalid; it silences nothing
        if ours and verb not in ("ignore", "ignore-file"):
            hint = nearest(verb, ["ignore", "ignore-file"])
            yield start, offset + match.end(), f"`{verb}` is no directive{hint}"
            continue
        if verb == "ignore-file" and not (alone and source.position(offset)[1] == 0):
            reason = "`ignore-file` works alone on an unindented line"
            yield start, offset + match.end(), reason
            continue
        codes = tuple(code for code in _SEPARATOR.split((listed or "").strip()) if code)
        if not ours:
            codes = tuple(code.upper() for code in codes)
        if verb == "ignore-file":
            rows = range(0)
        elif alone and ours:
            rows = range(row, _next_row(source, row) + 1)
        else:
            rows = range(row, row + 1)
        yield _Directive(
            verb=verb,  # type: ignore[arg-type]
            start=start,
            end=end,
            rows=rows,
            alone=alone and match.start() == 0 and end == offset + len(text.rstrip()),
            codes=codes,
            span=(offset + match.start("codes"), offset + match.end("codes"))
            if listed
            else (end, end),
            everything=listed is None,
            explained=_WORD.search(text, match.end(), end - offset) is not None,
        )


def _next_row(source: Source, row: int) -> int:
    """Return the line that a comment of its own speaks of: the next with code on it."""
    for number in range(row + 1, source.lines_around(source.line_starts[row]).stop):
        text = source.line(number).strip()
        if text and not text.startswith("#"):
            return number
    return row


def _meant(code: str) -> frozenset[str]:
    try:
        return expand(code)
    except ConfigError:
        return frozenset()


def _silenced(
    source: Source,
    item: Diagnostic,
    directives: list[_Directive],
    landing: dict[int, int],
    by_code: bool = False,
) -> bool:
    """Say whether a directive covers ``item``, and note that it was of use."""
    rows = set()
    for offset in (item.start, max(item.start, item.end - 1)):
        row = source.position(offset)[0]
        rows.add(row)
        while row in landing:
            row = landing[row]
        rows.add(row)
    silenced = False
    for directive in directives:
        if directive.rows and rows.isdisjoint(directive.rows):
            continue
        if not directive.rows and directive.verb != "ignore-file":
            continue
        if directive.everything:
            # A comment cannot excuse itself by silencing everything.
            if not by_code:
                directive.used.add(item.code)
                silenced = True
            continue
        for code in directive.codes:
            if item.code in _meant(code):
                directive.used.add(code)
                silenced = True
    return silenced


def _unused(
    source: Source, directive: _Directive, config: Config, ran: set[str], in_force: frozenset[str]
) -> Iterator[Diagnostic]:
    if directive.everything:
        if directive.verb != "noqa" and not directive.used and in_force - _ENGINE <= ran:
            reason = "no rule objects to this " + ("line" if directive.rows else "file")
            edit = _removal(source, directive)
            yield _complaint(config, directive.start, directive.end, reason=reason, edit=edit)
        return
    idle: list[str] = []
    reasons: list[str] = []
    seen: set[str] = set()
    for code in directive.codes:
        if directive.verb == "noqa" and not _OUR_CODE.fullmatch(code):
            continue
        meant = _meant(code)
        if not meant:
            names = [*REGISTRY, *(rule.name for rule in REGISTRY.values())]
            reasons.append(f"`{code}` is no rule{nearest(code, names)}")
            idle.append(code)
        elif code in seen:
            reasons.append(f"`{code}` is named twice")
            idle.append(code)
        elif code not in directive.used and UNUSED not in meant and meant <= ran:
            where = "on this line" if directive.rows else "in this file"
            reasons.append(f"`{code}` has nothing to say {where}")
            idle.append(code)
        seen.add(code)
    if not directive.codes:
        reasons.append("it names no rule")
    if reasons:
        edit = _removal(source, directive)
        if len(idle) < len(directive.codes):
            edit = _shorten(source, directive, idle)
        reason = ", ".join(reasons)
        yield _complaint(config, directive.start, directive.end, reason=reason, edit=edit)


def _lacks_reason(directive: _Directive) -> bool:
    ours = directive.verb != "noqa" or any(map(_OUR_CODE.fullmatch, directive.codes))
    return not directive.explained and (ours or bool(directive.used))


_ENGINE = frozenset({"OAI900", "OAI901", "OAI902", "OAI903"})


def _removal(source: Source, directive: _Directive) -> Edit:
    """Remove the directive: the white space before it too, and a line that held nothing else."""
    text = source.text
    start, end = directive.start, directive.end
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    if directive.alone:
        row = source.position(end)[0]
        if row + 1 < len(source.line_starts):
            end = source.line_starts[row + 1]
        return Edit(source.line_starts[row], end, "")
    rest = text[end : end + 2].lstrip(" \t")
    if rest.startswith("#"):  # another comment follows: keep the space before ours for it
        start = directive.start
        end += len(text[end : end + 2]) - len(rest)
    return Edit(start, end, "")


def _shorten(source: Source, directive: _Directive, idle: list[str]) -> Edit:
    """Remove the idle codes from the list; of a code named twice, the later."""
    start, end = directive.span
    written = source.text[start:end]
    separator = _SEPARATOR.search(written.strip())
    kept = list(directive.codes)
    for code in reversed(idle):
        del kept[len(kept) - 1 - kept[::-1].index(code)]
    return Edit(start, end, (separator[0] if separator else ", ").join(kept))


def _complaint(
    config: Config,
    start: int,
    end: int,
    code: str = UNUSED,
    *,
    reason: str = "",
    edit: Edit | None = None,
) -> Diagnostic:
    from oai_lint.engine import Diagnostic

    rule = REGISTRY[code]
    safety = config.safety(code, Safety.SAFE)
    return Diagnostic(
        code=code,
        name=rule.name,
        message=rule.message.format(reason=reason),
        severity=config.severity(code, rule.severity),
        confidence=Confidence.HIGH,
        start=start,
        end=end,
        fix=Fix(rule.fixes, (edit,), safety) if edit and safety is not None else None,
    )
