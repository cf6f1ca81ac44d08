"""Notebooks that are open: the cells that the client tells of, kept as one source.

Changes of a cell's text come as edits.  pygls would apply them too, but it breaks lines where
``str.splitlines`` does (a form feed, U+2028), so they are applied here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lsprotocol import types as lsp
from pygls.uris import to_fs_path

from oai_lint.cells import joined
from oai_lint.kinds import NOTEBOOK_SUFFIX
from oai_lint.server.analysis import Document, Snapshot
from oai_lint.server.positions import to_offset
from oai_lint.source import Source, Units

if TYPE_CHECKING:
    from oai_lint.server.language_server import LintServer

SYNC = lsp.NotebookDocumentSyncOptions(
    [
        lsp.NotebookDocumentFilterWithCells([lsp.NotebookCellLanguage("python")]),
    ],
    save=True,
)
"""What clients are asked to tell of: notebooks of any kind with cells in Python."""


@dataclass(slots=True)
class OpenNotebook:
    """A notebook as the client last described it.

    Attributes:
        uri: of the notebook.
        version: the client's number for it.
        order: its cells, by URI.
        cells: their texts and versions, by decoded URI.
    """

    uri: str
    version: int
    order: list[str] = field(default_factory=list)
    cells: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add(self, documents: Sequence[lsp.TextDocumentItem] | None) -> None:
        """Take the texts of cells."""
        for document in documents or ():
            if document.language_id == "python":
                self.cells[unquote(document.uri)] = document.text, document.version

    def change(self, content: lsp.NotebookDocumentCellContentChanges, units: Units) -> None:
        """Edit the text of a cell."""
        key = unquote(content.document.uri)
        if key not in self.cells:
            return
        text, _ = self.cells[key]
        for change in content.changes:
            if isinstance(change, lsp.TextDocumentContentChangePartial):
                source = Source("", text)
                start = to_offset(source, change.range.start, units)
                end = to_offset(source, change.range.end, units)
                text = text[:start] + change.text + text[max(start, end) :]
            else:
                text = change.text
        self.cells[key] = text, content.document.version

    def rearrange(self, structure: lsp.NotebookDocumentCellChangeStructure) -> None:
        """Put cells in, take them out or move them."""
        array = structure.array
        end = array.start + array.delete_count
        self.order[array.start : end] = [cell.document for cell in array.cells or ()]
        self.add(structure.did_open)
        for closed in structure.did_close or ():
            self.cells.pop(unquote(closed.uri), None)

    def snapshot(self) -> Snapshot:
        """Return its present state."""
        found = [
            (number, uri, *self.cells[unquote(uri)])
            for number, uri in enumerate(self.order, start=1)
            if unquote(uri) in self.cells
        ]
        text, places = joined((number, text, True) for number, _, text, _ in found)
        path = to_fs_path(self.uri)
        name = path or unquote(self.uri).rpartition(":")[2]
        if not name.endswith(NOTEBOOK_SUFFIX):  # Databricks and others keep them in other files
            name += NOTEBOOK_SUFFIX
        return Snapshot(
            self.uri,
            Path(path) if path else None,
            Source(name, text, cells=places),
            self.version,
            tuple(Document(uri, version) for _, uri, _, version in found),
        )


def opened(ls: LintServer, params: lsp.DidOpenNotebookDocumentParams) -> None:
    """Check a notebook as soon as it is open."""
    document = params.notebook_document
    ls.session.drop(document.uri)
    notebook = OpenNotebook(
        document.uri, document.version, [cell.document for cell in document.cells]
    )
    notebook.add(params.cell_text_documents)
    ls.notebooks[unquote(document.uri)] = notebook
    ls.session.keep(notebook.snapshot())
    ls.publisher.schedule(document.uri)


def changed(ls: LintServer, params: lsp.DidChangeNotebookDocumentParams) -> None:
    """Check a notebook again once the typing pauses."""
    uri = params.notebook_document.uri
    notebook = ls.notebooks.get(unquote(uri))
    if notebook is None:
        return
    notebook.version = params.notebook_document.version
    changes = params.change.cells
    if changes is None:  # metadata: nothing that rules look at
        return
    if changes.structure is not None:
        notebook.rearrange(changes.structure)
        for closed_cell in changes.structure.did_close or ():
            ls.publisher.clear(closed_cell.uri)
    for content in changes.text_content or ():
        notebook.change(content, ls.units)
    if changes.structure is None and not changes.text_content:  # it was run
        return
    ls.session.keep(notebook.snapshot())
    ls.publisher.schedule(uri, ls.session.configuration.preferences.debounce)


def saved(ls: LintServer, params: lsp.DidSaveNotebookDocumentParams) -> None:
    """Check a notebook again: not every client says when a file with settings changes."""
    uri = params.notebook_document.uri
    if not ls.pulls:
        ls.session.renew(uri)
        ls.publisher.schedule(uri)


def closed(ls: LintServer, params: lsp.DidCloseNotebookDocumentParams) -> None:
    """Forget a notebook and its cells."""
    uri = params.notebook_document.uri
    notebook = ls.notebooks.pop(unquote(uri), None)
    ls.session.drop(uri)
    ls.publisher.cancel(uri)
    for cell in notebook.order if notebook is not None else ():
        ls.publisher.clear(cell)
