"""The SDK clients that a document builds or copies, and the settings in force for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from oai_lint import gate
from oai_lint.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from oai_lint.config import Config
    from oai_lint.judgement.client_settings import Setting
    from oai_lint.reading import Reading, Reparser
    from oai_lint.source import Source

BRIEFLY: Final = " · "


class Construction(NamedTuple):
    """One client.

    Attributes:
        start, end: what is called to make it: ``OpenAI``, ``client.with_options``.
        code: the same as text.
        settings: those in force.
    """

    start: int
    end: int
    code: str
    settings: tuple[Setting, ...]

    @property
    def markdown(self) -> str:
        """The settings as a table."""
        rows = ["| Setting | In force | Decided by |", "|---|---|---|"]
        for name, told in self.settings:
            cells = (name, told.value, told.source)
            rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        return f"**Settings of `{self.code}(…)` as the SDK will see them**\n\n" + "\n".join(rows)

    @property
    def brief(self) -> str:
        """The settings that fit into a line."""
        return BRIEFLY.join(told.brief for _, told in self.settings if told.brief)


def constructions(
    source: Source, config: Config, reparser: Callable[[], Reparser] | None = None
) -> tuple[Construction, ...]:
    """Return the clients of a document in the order of its text; none if it cannot be read.

    Args:
        source: the document.
        config: the settings in force for it.
        reparser: gives what remembers the document's syntax tree.
    """
    if not kind_of(source.path).is_code or not gate.text_worth_reading(source.text):
        return ()
    from oai_lint.reading import SyntaxFault, with_room

    try:
        return with_room(lambda: _read(source, config, reparser))
    except SyntaxFault:
        return ()


def _read(
    source: Source, config: Config, reparser: Callable[[], Reparser] | None
) -> tuple[Construction, ...]:
    from oai_lint.reading import read

    reading = read(source, config.target, config.clients, reparser and reparser())
    try:
        return _found(reading, source)
    finally:
        reading.forget()


def _found(reading: Reading, source: Source) -> tuple[Construction, ...]:
    from oai_lint.facts import ClientCopy, ClientInit
    from oai_lint.judgement.client_settings import client_settings

    made: list[ClientInit | ClientCopy] = [*reading.all(ClientInit), *reading.all(ClientCopy)]
    found = []
    for item in made:
        try:
            start, end = reading.spans[item.call.func.node]
        except KeyError:  # the places of this text are not known
            return ()
        settings = client_settings(item, reading)
        found.append(Construction(start, end, source.text[start:end], settings))
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))
