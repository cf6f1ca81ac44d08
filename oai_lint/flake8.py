"""The plug-in of flake8: findings as ``OAI…`` codes in its runs."""

# ruff: noqa: PTH100

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from oai_lint import __version__
from oai_lint.gate import text_worth_reading

if TYPE_CHECKING:
    import ast

    from oai_lint.resolving import Resolver

Report = tuple[int, int, str, type]
"""Line from 1, column from 0, code and message, who says so."""


class Plugin:
    """One file, as flake8 hands it out.

    Args:
        tree: not used; asking for it says that files are wanted whole.
        filename: the file's path, or a name for standard input.
        lines: the file's lines with their ends.

    Raises:
        ConfigError: the settings of the project cannot be used (``run`` raises it).
    """

    name: ClassVar = "oai-lint"
    version: ClassVar = __version__

    def __init__(self, tree: ast.AST, filename: str, lines: list[str]) -> None:
        del tree
        self._path = os.path.abspath(filename)
        self._lines = lines

    def run(self) -> Iterator[Report]:
        """Yield what ``oai-lint check`` reports about the file, by its own settings."""
        text = "".join(self._lines)
        if not text_worth_reading(text):
            return
        from oai_lint import engine
        from oai_lint.files import excluded_above
        from oai_lint.source import Source

        resolver = _resolver()
        if excluded_above(self._path, lambda path: resolver.for_directory(path, walking=True)):
            return
        source = Source(self._path, text)
        for item in engine.check(source, resolver.for_file(self._path)):
            row, column = source.position(item.start)
            yield row + 1, column, f"{item.code} {item.message}", type(self)


@cache
def _resolver() -> Resolver:
    """Return the source of settings that all files of this process share."""
    from oai_lint.resolving import Resolver

    return Resolver()
