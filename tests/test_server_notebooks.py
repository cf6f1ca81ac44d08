"""Notebooks in an editor: cells as one module, findings and fixes for each cell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import get_type_hints

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient

from tests.server_client import ENVIRONMENT, REAL, Editor, flat, index
from tests.test_server import ENCODINGS, capabilities

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIX_ALL = "source.fixAll.oai-lint"
FIX_NOTEBOOK = "notebook.source.fixAll.oai-lint"


class Notebooks(Editor):
    """An editor that shows notebooks."""

    def __init__(self, client: LanguageClient, result: t.InitializeResult) -> None:
        super().__init__(client, result)
        self.home: dict[str, str] = {}
        self.order: dict[str, list[str]] = {}
        self.count_of_cells = 0

    def _item(self, notebook: str, text: str) -> t.TextDocumentItem:
        self.count_of_cells += 1
        uri = f"vscode-notebook-cell:{notebook.partition(':')[2]}#W{self.count_of_cells}"
        self.home[uri], self.texts[uri], self.versions[uri] = notebook, text, 1
        return t.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)

    async def open_notebook(self, uri: str, *texts: str) -> list[str]:
        """Open a notebook and return the URIs of its cells."""
        items = [self._item(uri, text) for text in texts]
        cells = [t.NotebookCell(t.NotebookCellKind.Code, item.uri) for item in items]
        document = t.NotebookDocument(uri, "jupyter-notebook", 0, cells)
        self.versions[uri] = 0
        self.order[uri] = [item.uri for item in items]
        self.client.notebook_document_did_open(t.DidOpenNotebookDocumentParams(document, items))
        return self.order[uri][:]

    def _changed(self, uri: str, changes: t.NotebookDocumentCellChanges) -> None:
        self.versions[uri] += 1
        # Findings of every cell come anew, under the version that it had before.
        self.published = {k: v for k, v in self.published.items() if self.home.get(k) != uri}
        self.client.notebook_document_did_change(
            t.DidChangeNotebookDocumentParams(
                t.VersionedNotebookDocumentIdentifier(self.versions[uri], uri),
                t.NotebookDocumentChangeEvent(cells=changes),
            )
        )

    def edit(self, cell: str, start: t.Position, end: t.Position, text: str) -> None:
        """Type into a cell: clients tell of what changed, not of all the text."""
        old = self.texts[cell]
        begin, stop = index(old, start, self.encoding), index(old, end, self.encoding)
        self.texts[cell] = old[:begin] + text + old[stop:]
        self._tell(cell, t.TextDocumentContentChangePartial(t.Range(start, end), text))

    def send(self, uri: str, text: str) -> None:
        self.texts[uri] = text
        self._tell(uri, t.TextDocumentContentChangeWholeDocument(text))

    def _tell(self, cell: str, change: t.TextDocumentContentChangeEvent) -> None:
        self.versions[cell] += 1
        identifier = t.VersionedTextDocumentIdentifier(self.versions[cell], cell)
        content = t.NotebookDocumentCellContentChanges(identifier, [change])
        self._changed(self.home[cell], t.NotebookDocumentCellChanges(text_content=[content]))

    def splice(self, uri: str, start: int, gone: int, *texts: str) -> list[str]:
        """Take cells out and put others in; return their URIs."""
        items = [self._item(uri, text) for text in texts]
        new = [t.NotebookCell(t.NotebookCellKind.Code, item.uri) for item in items]
        closed = [t.TextDocumentIdentifier(cell) for cell in self.order[uri][start : start + gone]]
        self.order[uri][start : start + gone] = [item.uri for item in items]
        array = t.NotebookCellArrayChange(start, gone, new)
        structure = t.NotebookDocumentCellChangeStructure(array, items, closed)
        self._changed(uri, t.NotebookDocumentCellChanges(structure=structure))
        return [item.uri for item in items]

    def close_notebook(self, uri: str) -> None:
        cells = [t.TextDocumentIdentifier(cell) for cell in self.order[uri]]
        self.client.notebook_document_did_close(
            t.DidCloseNotebookDocumentParams(t.NotebookDocumentIdentifier(uri), cells)
        )

    def apply_all(self, action: t.CodeAction, cells: Sequence[str]) -> list[str]:
        """Apply what an action does to any cell, and return the texts of all."""
        assert action.edit is not None
        for cell in cells:
            if changes := flat(action.edit, cell, self.versions):
                self.change(cell, changes)
        return [self.texts[cell] for cell in cells]


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=REAL, server_env=ENVIRONMENT),
    scope="module",
    params=[f"{encoding} {way}" for encoding in ENCODINGS for way in ("push", "pull")],
)
async def client(lsp_client: LanguageClient, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    # lsprotocol cannot read the field of a notebook selector that says which notebooks.
    named = get_type_hints(t.NotebookDocumentFilterWithCells)["notebook"]
    lsp_client.protocol._converter.register_structure_hook(named, lambda raw, _: raw)
    declared = capabilities(request.param)
    sync = t.NotebookDocumentSyncClientCapabilities()
    declared.notebook_document = t.NotebookDocumentClientCapabilities(sync)
    result = await lsp_client.initialize_session(t.InitializeParams(capabilities=declared))
    assert isinstance(result.capabilities.notebook_document_sync, t.NotebookDocumentSyncOptions)
    lsp_client.editor = Notebooks(lsp_client, result)  # type: ignore[attr-defined]
    yield
    await lsp_client.shutdown_session()


CELLS = (
    "%pip install openai\nfrom openai import OpenAI",
    "%%bash\nls",
    'x = "\U0001f600é"; client = OpenAI(KEY)\n',
    "",
    'y = "\u2028\x0c\U0001f600"; other = OpenAI(KEY)',
)


async def test_findings_belong_to_their_cells(client: LanguageClient) -> None:
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    cells = await editor.open_notebook("file:///n/findings.ipynb", *CELLS)
    found = [await editor.diagnostics(cell) for cell in cells]
    assert [[item.code for item in own] for own in found] == [[], [], ["OAI111"], [], ["OAI111"]]
    for cell, own in zip(cells, found, strict=True):
        assert {editor.covered(cell, item.range) for item in own} <= {"KEY"}


async def test_a_quick_fix_edits_its_cell(client: LanguageClient) -> None:
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    cells = await editor.open_notebook("file:///n/quick.ipynb", *CELLS)
    (found,) = await editor.diagnostics(cells[4])
    fix, *_ = await editor.actions(cells[4], found.range, [t.CodeActionKind.QuickFix], [found])
    assert list(fix.diagnostics or ()) == [found]
    assert await editor.apply(cells[4], fix) == CELLS[4].replace("KEY", "api_key=KEY")
    assert await editor.diagnostics(cells[4]) == []
    assert len(await editor.diagnostics(cells[2])) == 1


async def test_fix_all_of_a_cell_leaves_the_others_alone(client: LanguageClient) -> None:
    # Clients ask for it cell by cell on save, and apply all answers to the same state.
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    cells = await editor.open_notebook("file:///n/cell.ipynb", *CELLS)
    await editor.diagnostics(cells[2])
    nowhere = t.Range(t.Position(0, 0), t.Position(0, 0))
    answers = [await editor.actions(cell, nowhere, ["source.fixAll"]) for cell in cells]
    assert [[action.kind for action in own] for own in answers] == [
        [],
        [],
        [FIX_ALL],
        [],
        [FIX_ALL],
    ]
    resolved = [await editor.resolved(action) for own in answers for action in own]
    for cell, action in zip((cells[2], cells[4]), resolved, strict=True):
        assert action.edit is not None
        assert [c for c in cells if flat(action.edit, c)] == [cell]
    for cell, action in zip((cells[2], cells[4]), resolved, strict=True):
        assert action.edit is not None
        editor.change(cell, flat(action.edit, cell))
        assert editor.texts[cell].endswith("OpenAI(api_key=KEY)" + "\n" * (cell == cells[2]))
    assert [await editor.diagnostics(cell) for cell in cells[2:]] == [[], [], []]


async def test_fix_all_of_a_notebook(client: LanguageClient) -> None:
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    cells = await editor.open_notebook("file:///n/all.ipynb", *CELLS)
    await editor.diagnostics(cells[0])
    nowhere = t.Range(t.Position(0, 0), t.Position(0, 0))
    (action,) = await editor.actions(cells[0], nowhere, ["notebook.source.fixAll"])
    assert action.kind == FIX_NOTEBOOK
    texts = editor.apply_all(await editor.resolved(action), cells)
    assert texts == [text.replace("KEY", "api_key=KEY") for text in CELLS]
    bare = await editor.actions(cells[0], nowhere)
    assert [one.kind for one in bare if str(one.kind).startswith(("source", "notebook"))] == []


async def test_a_fix_over_several_cells(client: LanguageClient) -> None:
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    cells = await editor.open_notebook(
        "file:///n/several.ipynb",
        "import openai",
        "answer = openai.ChatCompletion.create(model=MODEL, messages=[])",
        "print(answer['choices'][0]['message']['content'])",
    )
    (found,) = await editor.diagnostics(cells[1])
    fix, *_ = await editor.actions(cells[1], found.range, [t.CodeActionKind.QuickFix], [found])
    assert editor.apply_all(await editor.resolved(fix), cells)[1:] == [
        "answer = openai.chat.completions.create(model=MODEL, messages=[])",
        "print(answer.choices[0].message.content)",
    ]


async def test_what_is_written_behind_a_cells_last_line(client: LanguageClient) -> None:
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    key = "sk-" + "proj-" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n"
    cells = await editor.open_notebook(
        "file:///n/behind.ipynb", "import abc\nimport openai", f'openai.api_key = "{key}"'
    )
    (found,) = await editor.diagnostics(cells[1])
    fix, *_ = await editor.actions(cells[1], found.range, [t.CodeActionKind.QuickFix], [found])
    assert fix.title.endswith("(unsafe)")
    assert editor.apply_all(await editor.resolved(fix), cells) == [
        "import abc\nimport os\nimport openai",
        'openai.api_key = os.environ["OPENAI_API_KEY"]',
    ]
    first = await editor.open_notebook("file:///n/behind2.ipynb", "import abc", f'x("{key}")')
    (found,) = await editor.diagnostics(first[1])
    fix, *_ = await editor.actions(first[1], found.range, [t.CodeActionKind.QuickFix], [found])
    assert editor.apply_all(await editor.resolved(fix), first)[0] == "import abc\nimport os"


async def test_typing_in_a_cell(client: LanguageClient) -> None:
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    cells = await editor.open_notebook("file:///n/typing.ipynb", *CELLS)
    await editor.diagnostics(cells[4])
    at = editor.position(cells[4], "KEY")
    editor.edit(cells[4], at, at, "api_key=")
    assert await editor.diagnostics(cells[4]) == []
    end = editor.position(cells[4], "KEY")
    editor.edit(cells[4], at, end, "")
    (found,) = await editor.diagnostics(cells[4])
    assert editor.covered(cells[4], found.range) == "KEY"
    start = t.Position(0, 0)
    editor.edit(cells[4], start, start, "if (\n")
    (kept,) = await editor.diagnostics(cells[4])  # half typed: the last findings stay
    assert editor.covered(cells[4], kept.range) == "KEY"


async def test_cells_come_and_go(client: LanguageClient) -> None:
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    uri = "file:///n/structure.ipynb"
    cells = await editor.open_notebook(uri, "import openai", "openai.OpenAI(KEY)")
    assert len(await editor.diagnostics(cells[1])) == 1
    (new,) = editor.splice(uri, 1, 0, "y = 1\nopenai.OpenAI(api_key=KEY, bogus=1)")
    (found,) = await editor.diagnostics(new)
    assert (found.code, found.range.start.line) == ("OAI405", 1)
    editor.splice(uri, 0, 1)
    editor.send(new, editor.texts[new] + " ")
    assert await editor.diagnostics(new) == []  # nothing says any more what `openai` is
    assert await editor.diagnostics(cells[1]) == []
    (again,) = editor.splice(uri, 0, 0, "import openai")
    assert await editor.diagnostics(again) == []
    assert len(await editor.diagnostics(cells[1])) == 1
    editor.close_notebook(uri)
    if not editor.pulls:
        editor.published.clear()
        await editor.open("file:///n/later.py", "")
        assert uri not in editor.published


async def test_hover_and_suppression(client: LanguageClient) -> None:
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    cells = await editor.open_notebook("file:///n/hover.ipynb", *CELLS)
    (found,) = await editor.diagnostics(cells[2])
    hover = await client.text_document_hover_async(
        t.HoverParams(t.TextDocumentIdentifier(cells[2]), found.range.start)
    )
    assert hover is not None and isinstance(hover.contents, t.MarkupContent)
    assert "positional-api-key (OAI111)" in hover.contents.value
    assert hover.range == found.range
    actions = await editor.actions(cells[2], found.range)
    titles = {action.title: action for action in actions}
    whole = await editor.resolved(titles["Ignore positional-api-key in this file"])
    assert editor.apply_all(whole, cells)[0].startswith(
        "# oai-lint: ignore-file[positional-api-key]\n"
    )
    assert await editor.diagnostics(cells[4]) == []


async def test_commands_take_a_cell_for_its_notebook(client: LanguageClient) -> None:
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    cells = await editor.open_notebook("file:///n/command.ipynb", *CELLS)
    await editor.diagnostics(cells[0])
    answer = await editor.command("applyFixes", uri=cells[0])
    assert (answer["applied"], answer["fixed"]) == (True, 2)
    assert editor.texts[cells[4]] == CELLS[4].replace("KEY", "api_key=KEY")


async def test_a_joined_notebook_is_one_text(client: LanguageClient) -> None:
    # JupyterLab joins the cells and calls the result by the notebook's name.
    editor: Notebooks = client.editor  # type: ignore[attr-defined]
    uri = "file:///n/joined.ipynb"
    text = (
        'import openai\n\n\n%matplotlib inline\nx = !ls\n\n\ny = "\U0001f600"; openai.OpenAI(KEY)\n'
    )
    (found,) = await Editor.open(editor, uri, text)
    assert found.code == "OAI111"
    assert editor.covered(uri, found.range) == "KEY"
