"""Notebook files: the JSON around the cells, read with its positions and written back by them.

Whatever no fix touches stays as it is to the byte: white space, order of keys, escapes, whether a
cell's source is one string or a list of lines.  So the file is never written from a parsed value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from oai_lint.cells import edited, joined
from oai_lint.jsontext import Value, escapes, rewritten
from oai_lint.knowledge.keys import INFIX, real_keys
from oai_lint.patch import Edit, written
from oai_lint.source import Output, Source, UndecodableSource

_BOM: Final = "\ufeff"
_MARKS: Final = ("sk-", INFIX)
"""What every key has in it."""


class NotANotebook(UndecodableSource):
    """The file is no notebook, or not one of a format that is read."""


class NotebookSource(Source):
    """The text of a notebook's cells, and the file that they stand in.

    Args:
        path: of the file.
        file: its text, without a BOM.
        bom: whether one stood before it.

    Raises:
        NotANotebook: the file is broken, or of a format without cells.
    """

    __slots__ = ("_file", "_sources")

    def __init__(self, path: str, file: str, *, bom: bool = False) -> None:
        cells = [*_cells(file)]
        self._file = file
        self._sources = [cell.source for cell in cells]
        text, places = joined((cell.number, cell.text, cell.is_code) for cell in cells)
        super().__init__(path, text, bom=bom, cells=places)
        self.outputs = tuple(
            Output(place, shown)
            for place, cell in zip(places, cells, strict=True)
            for shown in cell.outputs
        )

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return self.to_bytes(self._file)

    def edited(self, edits: Iterable[Edit]) -> NotebookSource:
        """Return the file after edits, no two of which overlap or reach over a cell's end."""
        escaping = escapes(self._file)
        changes: list[Edit] = []
        for cell, source, text in zip(self.cells, self._sources, edited(self, edits), strict=True):
            if text != self.text[cell.start : cell.end]:
                changes += rewritten(source, text, escaping=escaping)
        return NotebookSource(self.path, written(self._file, changes), bom=self.bom)


def read(path: str, data: bytes) -> NotebookSource:
    """Read a notebook; one in another language has no text.

    Raises:
        NotANotebook: the file is broken, or of a format without cells.
    """
    try:
        file = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise NotANotebook(
            f"not a notebook: byte 0x{byte:02x} on line {line} is not UTF-8"
        ) from None
    return NotebookSource(path, file.removeprefix(_BOM), bom=file.startswith(_BOM))


class _Cell(NamedTuple):
    number: int
    is_code: bool
    text: str
    source: Value
    outputs: tuple[str, ...]


def _cells(file: str) -> Iterator[_Cell]:
    """Yield the cells of code, and of the others those that give a key away."""
    notebook = Value(file, "", *_parsed(file))
    _expect(notebook, dict, "an object")
    members = notebook.members()
    if "cells" not in members:
        if worksheets := members.get("worksheets"):
            raise _fault(
                worksheets,
                "is of notebook format 3: convert it with "
                "`jupyter nbconvert --to notebook --nbformat 4 --inplace`",
            )
        raise NotANotebook("not a notebook: it has no `cells`")
    _expect(members["cells"], list, "a list")
    if not _is_python(members.get("metadata")):
        return
    marked = any(mark in file for mark in _MARKS)
    for index, cell in enumerate(members["cells"].items()):
        _expect(cell, dict, "an object")
        parts = cell.members()
        for key in ("cell_type", "source"):
            if key not in parts:
                raise _fault(cell, f"has no `{key}`")
        _expect(parts["cell_type"], str, "text")
        source = parts["source"]
        lines = source.value if isinstance(source.value, list) else [source.value]
        if not all(isinstance(line, str) for line in lines):
            raise _fault(source, "is neither text nor a list of lines")
        text = "".join(lines)
        is_code = parts["cell_type"].value == "code" and _speaks_python(cell.value)
        shown = _texts(cell.value.get("outputs")) if marked else ()
        outputs = tuple(output for output in shown if real_keys(output))
        if is_code or outputs or (marked and real_keys(text)):
            yield _Cell(index + 1, is_code, text, source, outputs)


def _parsed(file: str) -> tuple[Any, int, int]:
    """Return what the file says and where that begins and ends."""
    try:
        value = json.loads(file)
    except json.JSONDecodeError as error:
        reason = f"{error.msg} on line {error.lineno}, column {error.colno}"
        raise NotANotebook(f"not a notebook: no JSON: {reason}") from None
    except RecursionError:
        raise NotANotebook("not a notebook: nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise NotANotebook(f"not a notebook: {error}") from None
    return value, len(file) - len(file.lstrip()), len(file.rstrip())


def _expect(value: Value, kind: type, name: str) -> None:
    if not isinstance(value.value, kind):
        raise _fault(value, f"is not {name}")


def _fault(value: Value, reason: str) -> NotANotebook:
    name = f"`{value.path}` on line {value.line}" if value.path else "it"
    return NotANotebook(f"not a notebook: {name} {reason}")


def _is_python(metadata: Value | None) -> bool:
    """Say whether the notebook's kernel runs Python; where nothing is said of it, it does."""
    if metadata is None:
        return True
    _expect(metadata, dict, "an object")
    for owner, key in (("language_info", "name"), ("kernelspec", "language")):
        about = metadata.value.get(owner)
        language = about.get(key) if isinstance(about, dict) else None
        if isinstance(language, str):
            return language.lower() in ("python", "ipython")
    return True


def _speaks_python(cell: dict[str, Any]) -> bool:
    """Say whether a cell of code is in the kernel's language: in VS Code it may be in another."""
    metadata = cell.get("metadata")
    own = metadata.get("vscode") if isinstance(metadata, dict) else None
    return not isinstance(own, dict) or own.get("languageId", "python") == "python"


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value; a list of strings, as Jupyter writes a text, as one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            yield "".join(value)
        else:
            for item in value:
                yield from _texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
