"""Edits of a source as edits of the protocol, no larger than what changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from lsprotocol import types as lsp

from oai_lint.cells import index_at
from oai_lint.patch import Edit, shared
from oai_lint.server.analysis import Document, Snapshot
from oai_lint.server.language_server import LintServer
from oai_lint.server.positions import to_range
from oai_lint.source import Source

MOST_LINES_COMPARED = 2000
"""Above this many lines between the first and the last change, they are replaced as one."""


def workspace_edit(ls: LintServer, snapshot: Snapshot, edits: Iterable[Edit]) -> lsp.WorkspaceEdit:
    """Return edits of an open file in the form that the client declared."""
    source, units = snapshot.source, ls.units
    changes: dict[Document, list[lsp.TextEdit]] = {}
    for edit in _within_cells(source, edits):
        where = to_range(source, edit.start, edit.end, units)
        changes.setdefault(snapshot.document_at(edit.start), []).append(
            lsp.TextEdit(where, edit.text)
        )
    return in_files(ls, changes or {Document(snapshot.uri, snapshot.version): []})


def _within_cells(source: Source, edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits so that each is one of a cell's own text.

    What is written behind the last line of a cell, or takes that line away, stands between the
    cells as the engine sees it.
    """
    edits = list(edits)
    cells = source.cells
    if not cells or all(edit.end <= cells[index_at(cells, edit.start)].end for edit in edits):
        return edits
    return differences(source, source.edited(edits))


def in_files(ls: LintServer, changes: Mapping[Document, list[lsp.TextEdit]]) -> lsp.WorkspaceEdit:
    """Return edits of documents, tied to their versions where the client can check that."""
    if not ls.can("workspace.workspace_edit.document_changes"):
        return lsp.WorkspaceEdit(changes={document.uri: own for document, own in changes.items()})
    return lsp.WorkspaceEdit(
        document_changes=[
            lsp.TextDocumentEdit(
                lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version), list(own)
            )
            for (uri, version), own in changes.items()
        ]
    )


def differences(before: Source, after: Source) -> list[Edit]:
    """Return edits that turn one text into the other, line by line, cell by cell in notebooks.

    Small edits keep cursors, folds and breakpoints where they are.
    """
    if not before.cells:
        return _differences(before, after)
    return [
        Edit(old.start + edit.start, old.start + edit.end, edit.text)
        for old, new in zip(before.cells, after.cells, strict=True)
        for edit in _differences(
            Source("", before.text[old.start : old.end]),
            Source("", after.text[new.start : new.end]),
        )
    ]


def _differences(before: Source, after: Source) -> list[Edit]:
    old, new = _lines(before), _lines(after)
    head = shared(old, new)
    tail = shared(old[head:][::-1], new[head:][::-1])
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    starts = [*before.line_starts, len(before.text)]
    return [
        Edit(starts[head + i], starts[head + j], "".join(middle[1][k:m]))
        for i, j, k, m in _blocks(*middle)
    ]


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    if old == new:
        return
    if max(len(old), len(new)) > MOST_LINES_COMPARED:
        yield 0, len(old), 0, len(new)
        return
    for tag, *block in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            i, j, k, m = block
            yield i, j, k, m


def _lines(source: Source) -> list[str]:
    starts = source.line_starts
    ends = [*starts[1:], len(source.text)]
    return [source.text[start:end] for start, end in zip(starts, ends, strict=True)]
