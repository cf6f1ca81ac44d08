"""The syntax trees of the few documents that are being edited, from keystroke to keystroke."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from oai_lint.reading import Reparser

MOST: Final = 4
"""Documents whose trees are kept: people type into one, and look at a few."""

ROOM: Final = 500_000
"""Code points of text whose trees are kept, some 20 MiB of trees; the last one's is in any case."""


class Trees:
    """What remembers the tree of each document; of many, those that were checked last.

    The worker calls ``of``, the event loop ``drop``.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Reparser] = {}

    def of(self, key: str) -> Reparser:
        """Return what remembers the tree of a document."""
        from oai_lint.reading import Reparser

        found = self._kept.pop(key, None) or Reparser()
        room = ROOM - found.size
        for count, (other, kept) in enumerate(reversed(list(self._kept.items())), start=2):
            room -= kept.size
            if room < 0 or count > MOST:
                self.drop(other)
        self._kept[key] = found
        return found

    def drop(self, key: str) -> None:
        """Forget the tree of a document."""
        self._kept.pop(key, None)
