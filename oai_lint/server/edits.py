"""Edits of a source as edits of the protocol, no larger than what changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from lsprotocol import types as lsp

from oai_lint.patch import Edit
from oai_lint.server.analysis import Snapshot, shared
from oai_lint.server.language_server import LintServer
from oai_lint.server.positions import to_range
from oai_lint.source import Source

MOST_LINES_COMPARED = 2000
"""Above this many lines between the first and the last change, they are replaced as one."""


def workspace_edit(ls: LintServer, snapshot: Snapshot, edits: Iterable[Edit]) -> lsp.WorkspaceEdit:
    """Return edits of an open file in the form that the client declared."""
    source, units = snapshot.source, ls.units
    changes = [
        lsp.TextEdit(to_range(source, edit.start, edit.end, units), edit.text) for edit in edits
    ]
    return in_file(ls, snapshot.uri, snapshot.version, changes)


def in_file(
    ls: LintServer, uri: str, version: int | None, changes: list[lsp.TextEdit]
) -> lsp.WorkspaceEdit:
    """Return edits of one file, tied to its version where the client can check that."""
    if not ls.can("workspace.workspace_edit.document_changes"):
        return lsp.WorkspaceEdit(changes={uri: changes})
    identifier = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(identifier, list(changes))])


def differences(before: Source, after: str) -> list[Edit]:
    """Return edits that turn one text into the other, line by line.

    Small edits keep cursors, folds and breakpoints where they are.
    """
    old, new = _lines(before), _lines(Source(before.path, after))
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
