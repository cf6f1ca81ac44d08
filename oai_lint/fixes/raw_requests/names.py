"""The SDK's names, as one rewrite spells them."""

from __future__ import annotations

from oai_lint.facts import File
from oai_lint.fixes.raw_requests.declined import Declined
from oai_lint.patch import Import, Node


class Names:
    """Spells names of the SDK in a file.

    Args:
        file: the file.
        whole: import the module rather than names from it, where either has to be imported: a
            rewrite that needs several names writes one import.
    """

    def __init__(self, file: File, *, whole: bool) -> None:
        self._file = file
        self._whole = whole
        self.imported: set[str] = set()
        """The names for which an import had to be written."""

    def of(self, name: str, at: Node) -> tuple[str, tuple[Import, ...]]:
        """Return how a name of the SDK is written at a place, and the import that it takes.

        Raises:
            Declined: something else is called so there.
        """
        known = self._file.name_of(f"openai.{name}", at)
        if known:
            return known, ()
        self.imported.add(name)
        needed = "openai" if self._whole else name
        if not self._file.is_free(needed, at):
            raise Declined(f"`{needed}` is something else here")
        if self._whole:
            return f"openai.{name}", (Import("openai"),)
        return name, (Import("openai", name),)
