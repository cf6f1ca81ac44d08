"""The ``migrate`` command: code of an older SDK becomes code of a newer one in one move.

It is ``check --fix --unsafe-fixes`` with the rules about what the SDK removed, for the range that
is wanted rather than the one that is declared; and it says what remains for people.
"""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH113, PTH123

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO

from oai_lint.checking import CLEAN, FAILED, FOUND, Run, coloured
from oai_lint.files import shown
from oai_lint.kinds import Kind, kind_of
from oai_lint.options import Options, with_settings
from oai_lint.patch import Safety
from oai_lint.report.frame import changes
from oai_lint.report.style import Style, visible
from oai_lint.report.summary import diff
from oai_lint.target import parse_range

if TYPE_CHECKING:
    from oai_lint.config import Config
    from oai_lint.engine import Diagnostic
    from oai_lint.facts import Leftover
    from oai_lint.reading import Reading
    from oai_lint.report.summary import Tally
    from oai_lint.runner import Outcome
    from oai_lint.source import Source
    from oai_lint.target import Target

TARGETS: Final[Mapping[str, str]] = {"1": ">=1.55.3", "2": ">=2", "3": ">=3"}
"""What the code shall run on: 1.55.3 is the first 1.x that works with an httpx of today."""

DEFAULT: Final = "1"

RULES: Final = (
    "OAI107",  # variables that the SDK read in 0.x
    "OAI201",
    "OAI202",
    "OAI203",
    "OAI209",
    "OAI405",
    "OAI504",
    "OAI505",
    "OAI701",
    "OAI702",
    "OAI704",
    "OAI705",
    "OAI706",
    "OAI801",
    "OAI802",
    "OAI803",
    "OAI804",
    "OAI805",
)
"""What stops working, or works no more as it did, between 0.x and the newest 1.x."""

SINCE_3: Final = ("OAI211", "OAI707")
"""And what 3.x adds: its own HTTP library, and errors without the body in their text."""

_WHY: Final[Mapping[str, str]] = {
    "OAI107": "who else reads this variable is not known",
    "OAI202": "the HTTP client for it cannot be built from what is seen here",
    "OAI209": "the client that is meant cannot be built from what is seen here",
    "OAI405": "nothing takes its place by itself",
    "OAI504": "there is no `async def` around it",
    "OAI505": "there is no `async def` around it",
    "OAI704": "which error of the SDK is meant is not certain",
    "OAI706": "what is to be read instead depends on what the code does with it",
    "OAI801": "which method is called, who replaces it or what an argument becomes is not certain",
    "OAI802": "where its value belongs depends on what is not seen here",
    "OAI803": "the name is not followed, or an error is built, which takes more arguments now",
    "OAI804": "no attribute has this name",
    "OAI805": "nothing takes its place by itself",
}
_PICK: Final = "to be decided: a rewrite would be"
_GONE: Final = "nothing takes its place"
_UNSURE: Final = "no rewrite is certain to be right here"

_CERTAIN: Final[Mapping[str, str]] = {
    "class": "`openai.{name}` is a class of SDK 0.x, and only a name that raises since: "
    "name the method of a client, or a class of `openai.types`",
    "replaced": "a method of `openai.{name}` is replaced here, and nothing calls it since SDK 1.0",
    "built": "`openai.{name}` takes more arguments since SDK 1.0: raise an error of your own, or "
    "raise the one that was caught again",
    "covered": "`openai.{name}` is caught by a test before this one, as errors have parents since "
    "SDK 1.0: ask for it first",
}
_POSSIBLE: Final[Mapping[str, str]] = {
    "guarded": "`{name}` is used for SDK 0.x only here, it seems: see that the other way is taken",
    "setting": "settings of the module are made here by names that are worked out: "
    "`api_base` is `base_url` now",
    "text": '"{name}" names what SDK 1.0 removed',
    "read": '"{name}" is read as from a dict: a response of the SDK has attributes',
}
_NEEDLE: Final = re.compile(rb"openai|choices|finish_reason|_tokens")


_SHARED: Final = frozenset({"base_url", "http_client"})
_APART: Final = "this client does not read `openai.{name}`, which {path} sets"

_LIMITS: Final = "`timeout` limits the request now; in SDK 0.x it did not, `request_timeout` did"


class _Read(NamedTuple):
    """What a file says that matters to people or to other files.

    Attributes:
        leftovers: with the offset of each.
        clients: the offset of each client that the migration wrote, and what it does not give it.
        settings: what the file sets on the module.
        limits: the offset of each timeout that was none in 0.x.
    """

    leftovers: Sequence[tuple[int, Leftover]] = ()
    clients: Sequence[tuple[int, set[str]]] = ()
    settings: Set[str] = frozenset()
    limits: Sequence[int] = ()


class Place(NamedTuple):
    """A place that is left, with its reason and the lines of a rewrite to pick by hand."""

    start: int
    code: str
    message: str
    why: str = ""
    picks: tuple[str, ...] = ()
    certain: bool = True


def overriding(to: str) -> dict[str, object]:
    """Return the settings that a migration puts on top of the project's, by their names in TOML.

    Args:
        to: a key of :data:`TARGETS`.
    """
    return {"select": [*RULES, *(SINCE_3 if to == "3" else ())], "openai": TARGETS[to]}


def migrate(options: Options, to: str) -> int:
    """Run the command and return its exit code.

    Args:
        options: paths and the rest of the command line.
        to: a key of :data:`TARGETS`.

    Raises:
        ConfigError: the settings cannot be used.
        OSError: the report cannot be written.
    """
    chosen = with_settings(options, **overriding(to), fix=True, unsafe_fixes=True)
    return _Migration(chosen, to).run()


class _Migration(Run):
    def __init__(self, options: Options, to: str) -> None:
        super().__init__(options)
        self.to = to
        self.sites_left = 0
        self.notebooks: list[Source] = []

    def show(self, outcomes: Sequence[Outcome], tally: Tally, stream: TextIO, name: str) -> None:
        del name  # what is left to people has one look
        style = Style(coloured(self.options.colour, stream))
        if self.options.diff:
            for outcome in outcomes:
                if outcome.fixed is not None:
                    stream.writelines(diff(outcome.source, outcome.fixed, style))
            stream.flush()
            stream = sys.stderr  # so that standard output can be given to `patch`
            style = Style(coloured(self.options.colour, stream))
        left = list(self._left(outcomes, started=bool(tally.mended or tally.left), style=style))
        self.sites_left = sum(place.certain for _, places in left for place in places)
        for source, places in left:
            stream.writelines(_listed(source, places, style))
        if not self.options.quiet and (tally.mended or left or not self.failed):
            stream.writelines(self._closing(tally, left))
        stream.flush()

    def exit_code(self, tally: Tally) -> int:
        if self.failed:
            return FAILED
        if self.options.diff and tally.mended:
            return FOUND
        return FOUND if self.sites_left else CLEAN

    def _left(
        self, outcomes: Sequence[Outcome], *, started: bool, style: Style
    ) -> Iterator[tuple[Source, list[Place]]]:
        """Yield what is left for people, file by file; possible places only after some work."""
        by_path = {outcome.source.path: outcome for outcome in outcomes}
        read: list[tuple[Source, list[Place], _Read]] = []
        for path in self.paths or by_path:
            outcome = by_path.get(path)
            source = outcome.final if outcome is not None else _source(path)
            if source is None or not kind_of(path).is_code:
                continue
            if kind_of(path) is Kind.NOTEBOOK:
                self.notebooks.append(source)
            places = [_place(source, item, style) for item in outcome.left] if outcome else []
            config = self.resolver.for_file(source.path)
            facts = _read(source, outcome.source if outcome else source, config)
            places += _beside(facts, outcome.left if outcome else (), started=started)
            read.append((source, places, facts))
        for source, places, facts in read:
            for start, lacks in facts.clients:
                for other, _, others in read:
                    for name in sorted(lacks & others.settings if other is not source else ()):
                        text = _APART.format(name=name, path=shown(other.path))
                        places.append(Place(start, "", text, certain=False))
            if places:
                yield source, sorted(places, key=lambda place: place.start)

    def _closing(
        self, tally: Tally, left: Sequence[tuple[Source, Sequence[Place]]]
    ) -> Iterator[str]:
        files = len(tally.fixed)
        possible = sum(not place.certain for _, places in left for place in places)
        would = "Would migrate" if self.options.diff else "Migrated"
        if tally.mended:
            where = f" in {_count(files, 'file')}"
            yield f"{would} {_count(tally.mended, 'site')}{where} to openai {self.to}"
        elif not self.sites_left:
            yield "Nothing to migrate"
        else:
            yield f"{would} nothing"
        parts = [f"{_count(self.sites_left, 'site')} left to you"] if self.sites_left else []
        if possible:
            parts.append(f"{_count(possible, 'place')} to look at")
        yield f"; {', '.join(parts)}.\n" if parts else ".\n"
        if tally.mended or self.sites_left:
            yield from self._requirements()

    def _requirements(self) -> Iterator[str]:
        """Say which requirement has to change."""
        wanted = TARGETS[self.to]
        low = parse_range(wanted).low
        targets = [
            *map(self.resolver.declared_for, self.paths),
            *map(self._installed, self.notebooks),
        ]
        declared = {target.origin: target for target in targets}
        for origin, target in sorted(declared.items()):
            if target.declared and not target.starts(*low):
                yield f"{visible(shown(origin))}: require `openai{wanted}`.\n"

    def _installed(self, notebook: Source) -> Target:
        """Return the versions that a notebook installs for itself, else those declared for it."""
        from oai_lint.config import Config
        from oai_lint.installs import considered

        declared = self.resolver.declared_for(notebook.path)
        return considered(notebook, Config(target=declared)).target


def left_beside(
    final: Source, before: Source, left: Sequence[Diagnostic], config: Config
) -> list[Place]:
    """Return what a migrated file leaves to people beside the findings that are left.

    Args:
        final: the file as it is then.
        before: the file as it was.
        left: the findings that are left.
        config: the settings that the file was migrated with.
    """
    return _beside(_read(final, before, config), left, started=final is not before)


def _beside(facts: _Read, left: Sequence[Diagnostic], *, started: bool) -> list[Place]:
    """Return what is left beside findings; what is only possible after some work alone."""
    places = [Place(at, "", _LIMITS, certain=False) for at in facts.limits if started]
    for start, fact in facts.leftovers:
        message = _CERTAIN.get(fact.kind) or (_POSSIBLE[fact.kind] if started else "")
        if message and not any(item.start <= start < item.end for item in left):
            text = message.format(name=fact.name)
            places.append(Place(start, "", text, certain=fact.kind in _CERTAIN))
    return places


def _read(source: Source, before: Source, config: Config) -> _Read:
    """Return what is left in a file, and what its new clients and others share."""
    from oai_lint.facts import ApiCall, ClientInit, Leftover, ModuleSetting
    from oai_lint.reading import SyntaxFault, read, with_room

    if not _NEEDLE.search(source.text.encode(errors="replace")):
        return _Read()

    def found() -> _Read:
        reading = read(source, config.target, config.clients)
        facts = reading.all(Leftover)
        inits = [i for i in reading.all(ClientInit) if reading.code(i.node) not in before.text]
        idle: set[str] = set()
        if before is not source:
            idle = _idle_timeouts(read(before, config.target, config.clients))
        limits = [
            argument.node
            for call in reading.all(ApiCall)
            for argument in (call.call["timeout"],)
            if argument is not None and reading.code(argument.expr.node) in idle
        ]
        spans = reading.spans
        return _Read(
            [(spans[fact.node][0], fact) for fact in facts],
            [(spans[i.node][0], {n for n in _SHARED if i.call.lacks(n)}) for i in inits],
            {s.name for s in reading.all(ModuleSetting) if s.name in _SHARED},
            sorted({spans[node][0] for node in limits}),
        )

    try:
        return with_room(found)
    except (SyntaxFault, KeyError):  # no Python, or none whose places are known
        return _Read()


def _idle_timeouts(reading: Reading) -> set[str]:
    """Return, as written, the timeouts of calls of 0.x that did not limit them."""
    from oai_lint.facts import ApiCall
    from oai_lint.knowledge.legacy import TIMEOUT_WAS_NO_LIMIT

    return {
        reading.code(argument.expr.node)
        for call in reading.all(ApiCall)
        for argument in (call.call["timeout"],)
        if call.path in TIMEOUT_WAS_NO_LIMIT
        and argument is not None
        and not argument.is_none
        and call.call["request_timeout"] is None
    }


def _place(source: Source, item: Diagnostic, style: Style) -> Place:
    """Describe a finding that could not be mended."""
    if item.fix is None:
        why = _GONE if "is gone; instead" in item.message else _WHY.get(item.code, _UNSURE)
        return Place(item.start, item.code, item.message, why)
    if item.fix.safety is Safety.SHOW:
        picks = tuple(changes(source, item.fix.edits, style))
        return Place(item.start, item.code, item.message, _PICK, picks)
    return Place(item.start, item.code, item.message, "its rewrite could not be written")


def _listed(source: Source, places: Sequence[Place], style: Style) -> Iterator[str]:
    positions = [str(source.location(place.start)) for place in places]
    widest = max(map(len, positions))
    yield f"{style('bold', visible(shown(source.path)))}:\n"
    for place, position in zip(places, positions, strict=True):
        where = position.ljust(widest)
        colour, word = ("red", "left") if place.certain else ("yellow", "look")
        code = style(colour, (place.code or word).ljust(6))
        yield f"  {where} {code} {visible(place.message)}\n"
        if place.why:
            yield f"  {' ' * widest} {style('cyan', 'why:')} {visible(place.why)}\n"
        yield from (f"  {' ' * widest} {line}\n" for line in place.picks)
    yield "\n"


def _source(path: str) -> Source | None:
    """Return a file that was not judged, if it may read what others got from the SDK."""
    from oai_lint.source import Source, UndecodableSource

    if not os.path.isfile(path):  # a pipe was read already
        return None
    try:
        with open(path, "rb") as file:
            data = file.read()
        return Source.from_bytes(path, data) if _NEEDLE.search(data) else None
    except (OSError, UndecodableSource):
        return None


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
