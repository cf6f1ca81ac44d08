"""Where findings are, in the words of programs that read reports."""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH100, PTH109, PTH118

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from oai_lint.patch import Safety

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source, Units

APPLICABILITY: Final = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe", Safety.SHOW: "display"}
"""How ruff calls what we call safety."""

HOMEPAGE: Final = "https://github.com/oai-lint/oai-lint"


class Region(NamedTuple):
    """A range of a file; lines and columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE: Final = Region(1, 1, 1, 1)
"""What stands for a place in a notebook: its cells have lines of their own, as in ruff."""


def region(source: Source, start: int, end: int, units: Units = "utf-32") -> Region:
    """Return the lines and columns of a range of the file itself, the columns in ``units``."""
    if source.cells:
        return NOWHERE
    row, column = source.position(start, units)
    last, stop = source.position(max(start, end), units)
    return Region(row + 1, column + 1, last + 1, stop + 1)


def in_cell(source: Source, item: Diagnostic) -> str:
    """Return the message, which begins with the place where the file's own lines say nothing."""
    return f"{source.location(item.start)}: {item.message}" if source.cells else item.message


def one_line(text: str) -> str:
    """Return text for formats in which a line is a finding."""
    return " ".join(text.split())


def url(code: str, name: str) -> str:
    """Return the address of a rule's page."""
    return f"{HOMEPAGE}/blob/main/docs/rules/{code}-{name}.md"


def absolute(path: str) -> str:
    """Return the whole path; standard input without a name keeps its ``-``."""
    return path if path == "-" else os.path.abspath(path)


def home() -> str:
    """Return the directory from which CI systems count paths: that of the checkout.

    Without one it is the working directory.
    """
    from oai_lint.git import checkout

    here = os.getcwd()
    return checkout(os.path.join(here, "-")) or here


def beneath(path: str, directory: str) -> str | None:
    """Return ``path`` as seen from a directory, with slashes; None if it does not lie below it."""
    if path == "-":
        return path
    whole, prefix = absolute(path), os.path.join(directory, "")
    return whole.removeprefix(prefix).replace(os.sep, "/") if whole.startswith(prefix) else None


def encodable(text: str) -> str:
    """Return text for a file in UTF-8; what has no place there is replaced.

    File names that are no UTF-8 and lone surrogates in the source are such text.
    """
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
