"""Which documents are judged, by name and by language, over the real engine."""

from __future__ import annotations

import random
import string
from collections.abc import AsyncIterator

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient

from tests.server_client import ENVIRONMENT, REAL, Editor
from tests.test_server import capabilities

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=REAL, server_env=ENVIRONMENT),
    scope="module",
    params=["utf-8 push", "utf-16 pull", "utf-32 pull"],
)
async def client(lsp_client: LanguageClient, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    result = await lsp_client.initialize_session(
        t.InitializeParams(capabilities=capabilities(request.param))
    )
    lsp_client.editor = Editor(lsp_client, result)  # type: ignore[attr-defined]
    yield
    await lsp_client.shutdown_session()


def key() -> str:
    """Return what has the shape of a key and never was one."""
    letters = random.Random(5).choices(string.ascii_letters + string.digits, k=48)
    return "-".join(("sk", "proj", "".join(letters)))


PYTHON = "from openai import OpenAI\nOpenAI(KEY)\n"
DOTENV = '# \U0001f600\r\nNAME="\U0001f600"\r\nOPENAI_API_KEY=" {key}"\r\n'


@pytest.mark.parametrize(
    ("uri", "language"),
    [
        ("file:///somewhere/x.py", "python"),
        ("file:///somewhere/x.pyi", "python"),
        ("file:///somewhere/x.py", "plaintext"),
        ("file:///somewhere/script", "python"),
        ("file:///somewhere/with%20space/%C3%BC.py", "python"),
        ("untitled:Untitled-1", "python"),
        ("inmemory://model/1", "python"),
    ],
)
async def test_python(client: LanguageClient, uri: str, language: str) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    found = await editor.open(uri, PYTHON, language=language)
    assert [item.code for item in found] == ["OAI111"]
    fix, *_ = await editor.actions(uri, found[0].range)
    assert "OpenAI(api_key=KEY)" in await editor.apply(uri, fix)


@pytest.mark.parametrize(
    ("uri", "language"),
    [
        ("file:///somewhere/.env", "dotenv"),
        ("file:///somewhere/.env.local", "properties"),
        ("file:///somewhere/prod.env", "plaintext"),
        ("file:///somewhere/.env", "shellscript"),
        ("untitled:Untitled-2", "dotenv"),
        ("untitled:.env", "plaintext"),
    ],
)
async def test_env_files(client: LanguageClient, uri: str, language: str) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    text = DOTENV.format(key=key())
    found = {item.code: item for item in await editor.open(uri, text, language=language)}
    malformed = found["OAI108"]
    assert editor.covered(uri, malformed.range) in text.splitlines()[2]
    actions = {a.title: a for a in await editor.actions(uri, malformed.range, None, [malformed])}
    (fix,) = (action for title, action in actions.items() if title.endswith("[OAI108]"))
    ignored = await editor.apply(uri, actions["Ignore malformed-env-file on this line"])
    assert ignored.splitlines()[2] == "# oai-lint: ignore[malformed-env-file]"
    assert "OAI108" not in {item.code for item in await editor.diagnostics(uri)}
    await editor.type(uri, text)
    assert await editor.apply(uri, fix) == text.replace('" sk', '"sk')
    assert "OAI108" not in {item.code for item in await editor.diagnostics(uri)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "# \U0001f600\nopenai==1.40.0\n"),
        ("requirements-dev.in", "openai==1.40.0\nhttpx>=0.25\n"),
        (
            "pyproject.toml",
            '[project]\nname = "\U0001f600"\nversion = "1"\ndependencies = ["openai==1.40.0"]\n',
        ),
        ("Pipfile", '[packages]\nopenai = "==1.40.0"\n'),
    ],
)
async def test_pins(client: LanguageClient, name: str, text: str) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    uri = f"file:///nowhere/{name}"
    (found,) = await editor.open(uri, text, language="plaintext")
    assert found.code == "OAI214"
    assert "1.40.0" in editor.covered(uri, found.range)
    hover = await client.text_document_hover_async(
        t.HoverParams(t.TextDocumentIdentifier(uri), found.range.start)
    )
    assert hover is not None


@pytest.mark.parametrize(
    ("uri", "language"),
    [
        ("file:///somewhere/notes.md", "markdown"),
        ("file:///somewhere/openai.txt", "plaintext"),
        ("untitled:Untitled-3", "plaintext"),
        ("file:///somewhere/.env.sh", "shellscript"),
    ],
)
async def test_what_is_not_ours_is_left_alone(
    client: LanguageClient, uri: str, language: str
) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    item = t.TextDocumentItem(uri, language, 0, f"{PYTHON}x = (\n")
    client.text_document_did_open(t.DidOpenTextDocumentParams(item))
    # Another document's findings come after anything that there is about this one.
    assert await editor.open("file:///somewhere/after.py", PYTHON)
    assert uri not in editor.published
    if editor.pulls:
        report = await editor.pull(uri)
        assert isinstance(report, t.RelatedFullDocumentDiagnosticReport)
        assert not report.items
    nowhere = t.Range(t.Position(0, 0), t.Position(2, 0))
    assert await editor.actions(uri, nowhere) == []
    client.text_document_did_close(t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(uri)))


async def test_a_language_that_changes_is_heeded(client: LanguageClient) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    uri = "untitled:Untitled-4"
    assert len(await editor.open(uri, PYTHON)) == 1
    client.text_document_did_close(t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(uri)))
    found = await editor.open(uri, DOTENV.format(key=key()), language="dotenv")
    assert "OAI108" in {item.code for item in found}
