"""The server as recorded editors use it: findings, quick fixes, fix-all and hover."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from tests.server_client import DOUBLE, ENVIRONMENT, Editor

# One server a client for the whole module: starting one takes longer than all these tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

URI = "file:///somewhere/else.py"

RECORDED = [
    "visual_studio_code@v1.65.2",
    "neovim@v0.7.0",
    "neovim@v0.11.0",
    "emacs@v29.1",
]
ENCODINGS = ["utf-8", "utf-16", "utf-32"]


def capabilities(name: str) -> t.ClientCapabilities:
    """Return what a recorded client declares, or VS Code with an encoding and push or pull."""
    if "@" in name:
        return client_capabilities(name)
    encoding, _, mode = name.partition(" ")
    found = copy.deepcopy(client_capabilities("visual_studio_code"))
    assert found.text_document is not None
    found.general = t.GeneralClientCapabilities(
        position_encodings=[t.PositionEncodingKind(encoding)]
    )
    if mode == "pull":
        found.text_document.diagnostic = t.DiagnosticClientCapabilities(
            related_information=True, code_description_support=True, data_support=True
        )
    return found


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=DOUBLE, server_env=ENVIRONMENT),
    scope="module",
    params=[*RECORDED, *(f"{e} {mode}" for e in ENCODINGS for mode in ("push", "pull"))],
)
async def client(lsp_client: LanguageClient, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    result = await lsp_client.initialize_session(
        t.InitializeParams(capabilities=capabilities(request.param))
    )
    lsp_client.editor = Editor(lsp_client, result)  # type: ignore[attr-defined]
    yield
    await lsp_client.shutdown_session()


def editor_of(client: LanguageClient) -> Editor:
    found = client.editor  # type: ignore[attr-defined]
    assert isinstance(found, Editor)
    return found


HARD_TO_COUNT = {
    "emoji": 'x = "\U0001f600é"; soft_flaw()\n',
    "crlf": 'x = "é"\r\ny = "\U0001f600"; soft_flaw()\r\nhard_flaw()\r\n',
    "lone cr": 'x = 1\ry = "\U0001f600"; soft_flaw()\r',
    "tabs": 'if True:\n\tx = "\U0001f600";\tsoft_flaw()\n',
    "form feed": '\x0cx = "\U0001f600"\n\x0c\ny = "\x0c\U0001f600"; soft_flaw()\n',
    "line separator": 'x = "\u2028\U0001f600\x85"; soft_flaw()\ny = "\x1c"; hard_flaw()\n',
    "no last newline": 'x = "\U0001f600"; soft_flaw()',
}


async def test_findings_and_fixes(client: LanguageClient) -> None:
    editor = editor_of(client)
    for name, text in HARD_TO_COUNT.items():
        uri = f"file:///somewhere/{name.replace(' ', '_')}.py"
        found = await editor.open(uri, text)
        flaws = [word for word in ("soft_flaw()", "hard_flaw()") if word in text]
        assert [editor.covered(uri, item.range) for item in found] == flaws, name
        assert {item.source for item in found} == {"oai-lint"}

        fix, *_ = await editor.actions(uri, found[0].range, [t.CodeActionKind.QuickFix], found)
        assert fix.title == "Mend it [OAI991]"
        assert fix.is_preferred is True
        assert list(fix.diagnostics or ()) == [found[0]]
        assert await editor.apply(uri, fix) == text.replace("soft_flaw()", "mended()")

        thrice = text * 3 if text.endswith(("\n", "\r")) else text
        await editor.type(uri, thrice)
        (fix_all,) = await editor.actions(
            uri, t.Range(t.Position(0, 0), t.Position(0, 0)), [t.CodeActionKind.SourceFixAll]
        )
        assert fix_all.kind == "source.fixAll.oai-lint"
        assert await editor.apply(uri, fix_all) == thrice.replace("soft_flaw()", "mended()")
        left = await editor.diagnostics(uri)
        assert {item.code for item in left} == ({"OAI992"} if "hard" in text else set()), name

    hover = await client.text_document_hover_async(
        t.HoverParams(t.TextDocumentIdentifier(uri), editor.position(uri, "mended"))
    )
    assert hover is None
    assert not client.messages


async def test_hover_shows_the_page(client: LanguageClient) -> None:
    editor = editor_of(client)
    await editor.open(URI, 'x = "\U0001f600"; soft_flaw()  # noqa: E501, OAI992\n')
    for needle, code in (("soft", "OAI991"), ("flaw()", "OAI991"), ("AI992", "OAI992")):
        hover = await client.text_document_hover_async(
            t.HoverParams(t.TextDocumentIdentifier(URI), editor.position(URI, needle))
        )
        assert hover is not None
        assert isinstance(hover.contents, t.MarkupContent)
        assert hover.contents.kind == t.MarkupKind.Markdown
        assert f"({code})" in hover.contents.value
        assert "It is there to be found." in hover.contents.value
        assert hover.range is not None
        assert editor.covered(URI, hover.range) == ("OAI992" if code == "OAI992" else "soft_flaw()")


async def test_a_bare_request_offers_no_fix_all(client: LanguageClient) -> None:
    editor = editor_of(client)
    found = await editor.open(URI, "soft_flaw()\nhard_flaw()\nbare_flaw()\n")
    everywhere = t.Range(found[0].range.start, found[-1].range.end)
    only: Sequence[t.CodeActionKind | str] | None
    for only in (None, []):
        kinds = {action.kind for action in await editor.actions(URI, everywhere, only)}
        assert kinds == {t.CodeActionKind.QuickFix}
    for only in ([t.CodeActionKind.Source], ["source.fixAll"], ["source.fixAll.oai-lint"]):
        kinds = {action.kind for action in await editor.actions(URI, everywhere, only)}
        assert kinds == {"source.fixAll.oai-lint"}
    for only in ([t.CodeActionKind.Refactor], ["source.organizeImports"], ["source.fix"]):
        assert await editor.actions(URI, everywhere, only) == []


async def test_unsafe_fixes_are_labelled_and_never_preferred(client: LanguageClient) -> None:
    editor = editor_of(client)
    found = await editor.open(URI, "hard_flaw()\nbare_flaw()\n")
    first, *others = await editor.actions(URI, found[0].range)
    assert first.title == "Mend it boldly [OAI992] (unsafe)"
    assert not first.is_preferred
    assert not any(action.is_preferred for action in others)
    assert not any("Mend" in a.title for a in await editor.actions(URI, found[1].range))
    assert await editor.actions(URI, found[0].range, [t.CodeActionKind.SourceFixAll]) == []


async def test_half_typed_text_keeps_the_findings(client: LanguageClient) -> None:
    editor = editor_of(client)
    await editor.open(URI, "x = 1\nsoft_flaw()\n")
    found = await editor.type(URI, "import os\nx = (1\nsoft_flaw()\n")
    assert [(item.code, editor.covered(URI, item.range)) for item in found] == [
        ("OAI991", "soft_flaw()")
    ]
    titles = [action.title for action in await editor.actions(URI, found[0].range)]
    assert not any("Mend" in title or "Ignore" in title for title in titles)
    assert await editor.actions(URI, found[0].range, [t.CodeActionKind.SourceFixAll]) == []
    assert await editor.type(URI, "x = 1\n") == []
    assert await editor.type(URI, "x = (\n") == []


async def test_what_never_parsed_is_said_to_be_broken(client: LanguageClient) -> None:
    found = await editor_of(client).open(URI, "x = (\n")
    assert [item.code for item in found] == ["OAI900"]


async def test_buffers_without_a_file(client: LanguageClient) -> None:
    editor = editor_of(client)
    for uri in ("untitled:Untitled-1", "inmemory://model/1.py", "vscode-vfs://github/x/y.py"):
        found = await editor.open(uri, "soft_flaw()\n", version=0)
        fix, *_ = await editor.actions(uri, found[0].range)
        assert await editor.apply(uri, fix) == "mended()\n"


async def test_closing_takes_the_findings_away(client: LanguageClient) -> None:
    editor = editor_of(client)
    await editor.open(URI, "soft_flaw()\n")
    client.text_document_did_close(t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(URI)))
    if editor.pulls:
        report = await editor.pull(URI)
        assert isinstance(report, t.RelatedFullDocumentDiagnosticReport)
        assert not report.items
    else:
        editor.versions[URI] = None  # type: ignore[assignment]
        assert await editor.diagnostics(URI) == []


async def test_an_engine_that_fails_ends_nothing(client: LanguageClient) -> None:
    editor = editor_of(client)
    assert await editor.open(URI, "crash()\n") == []
    assert await editor.type(URI, "crash()\n\n") == []
    assert len(await editor.type(URI, "soft_flaw()\n")) == 1
    (message,) = client.messages
    assert message.message.endswith("else.py: RuntimeError: the engine is broken")
    client.messages.clear()


async def test_completion_in_suppressions(client: LanguageClient) -> None:
    editor = editor_of(client)
    uri = "file:///somewhere/completed.py"
    for line, expected, replaced in (
        ('x = "\U0001f600"  # oai-lint: |', "ignore-file", ""),
        ("x  # oai-lint: ign|", "ignore", "ign"),
        ("x  # oai-lint: ignore[|", "soft-flaw", ""),
        ("x  # oai-lint: ignore[hard-flaw, soft-f|]", "soft-flaw", "soft-f"),
        ("# oai-lint: ignore-file[OAI9|", "soft-flaw", "OAI9"),
        ("x  # noqa: E501, OAI|", "OAI991", "OAI"),
        ("x  # noqa|", None, ""),
        ("x = ignore[|]", None, ""),
    ):
        before, _, after = line.partition("|")
        await editor.open(uri, before + after + "\n")
        where = editor.position(uri, after + "\n")
        found = await client.text_document_completion_async(
            t.CompletionParams(t.TextDocumentIdentifier(uri), where)
        )
        if expected is None:
            assert found is None, line
            continue
        assert isinstance(found, t.CompletionList)
        items = {item.label: item.text_edit for item in found.items}
        edit = items[expected]
        assert isinstance(edit, t.TextEdit)
        assert editor.covered(uri, edit.range) == replaced, line


async def test_ignoring_behind_what_is_hard_to_count(client: LanguageClient) -> None:
    editor = editor_of(client)
    for name, text in HARD_TO_COUNT.items():
        uri = f"file:///somewhere/ignored_{name.replace(' ', '_')}.py"
        for where in ("on this line", "in this file"):
            found = await editor.open(uri, text)
            offers = {a.title: a for a in await editor.actions(uri, found[0].range, None, found)}
            after = await editor.apply(uri, offers[f"Ignore soft-flaw {where}"])
            assert "oai-lint: ignore" in after
            left = [item.code for item in await editor.diagnostics(uri)]
            assert left == ["OAI992"] * ("hard" in text), (name, where)


async def test_a_finding_carries_what_the_client_takes(client: LanguageClient) -> None:
    editor = editor_of(client)
    assert client.capabilities is not None and client.capabilities.text_document is not None
    takes = client.capabilities.text_document.publish_diagnostics
    assert takes is not None
    text = 'x = "\U0001f600"\ngone_flaw()\nx = 1  # oai-lint: ignore[soft-flaw]\n'
    gone, unused = await editor.open(URI, text)
    assert (gone.code, unused.code) == ("OAI899", "OAI901")
    assert gone.severity == t.DiagnosticSeverity.Warning
    assert list(gone.tags or ()) == [t.DiagnosticTag.Deprecated] * bool(takes.tag_support)
    assert list(unused.tags or ()) == [t.DiagnosticTag.Unnecessary] * bool(takes.tag_support)
    href = gone.code_description and gone.code_description.href.rpartition("/")[2]
    assert href == ("OAI899-gone-flaw.md" if takes.code_description_support else None)
    assert gone.data == ({"name": "gone-flaw"} if takes.data_support else None)
    places = [
        (place.location.uri, editor.covered(URI, place.location.range), place.message)
        for place in gone.related_information or ()
    ]
    expected = (URI, 'x = "\U0001f600"', "the file begins here")
    assert places == [expected] * bool(takes.related_information)


async def test_an_answer_that_stays_the_same_has_the_same_name(client: LanguageClient) -> None:
    editor = editor_of(client)
    if not editor.pulls:
        return
    await editor.open(URI, 'x = "\U0001f600"; soft_flaw()\n')
    first = await editor.pull(URI)
    assert isinstance(first, t.RelatedFullDocumentDiagnosticReport)
    again = await editor.pull(URI, first.result_id)
    assert isinstance(again, t.RelatedUnchangedDocumentDiagnosticReport)
    editor.send(URI, "soft_flaw()\n")
    newer = await editor.pull(URI, first.result_id)
    assert isinstance(newer, t.RelatedFullDocumentDiagnosticReport)
    assert newer.result_id != first.result_id
    assert URI not in editor.published, "nothing is pushed to a client that pulls"
