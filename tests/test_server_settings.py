"""Where the server takes settings from, and what it says about findings beyond their range."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from oai_lint.server.preferences import Preferences, read
from tests.server_client import DOUBLE, ENVIRONMENT, PATIENCE, Editor, until

pytestmark = pytest.mark.asyncio(loop_scope="function")

TEXT = "soft_flaw()\nhard_flaw()\n"
BOTH = ["OAI991", "OAI992"]


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=DOUBLE, server_env=ENVIRONMENT),
    params=["push", "pull"],
)
async def client(
    lsp_client: LanguageClient, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[None]:
    capabilities = client_capabilities("visual_studio_code")
    assert capabilities.text_document is not None and capabilities.workspace is not None
    if request.param == "pull":
        capabilities.text_document.diagnostic = t.DiagnosticClientCapabilities()
        capabilities.workspace.diagnostics = t.DiagnosticWorkspaceClientCapabilities(
            refresh_support=True
        )
    lsp_client.set_configuration({"ignore": ["hard-flaw"]}, section="oai-lint")
    folders = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        folders.append(t.WorkspaceFolder((tmp_path / name).as_uri(), name))
    (tmp_path / "two" / "oai-lint.toml").write_text('ignore = ["OAI991"]\n')
    result = await lsp_client.initialize_session(
        t.InitializeParams(capabilities=capabilities, workspace_folders=folders)
    )
    editor = Editor(lsp_client, result)
    lsp_client.editor = editor  # type: ignore[attr-defined]
    yield
    await lsp_client.shutdown_session()


def codes(found: list[t.Diagnostic]) -> list[str]:
    return [str(item.code) for item in found]


async def settled(editor: Editor, uri: str, expected: list[str]) -> None:
    """Wait until the editor shows ``expected``, without an edit."""
    if editor.pulls:
        await until(lambda: editor.client.diagnostic_refresh_count > 0)
        async with asyncio.timeout(PATIENCE):
            while codes(await editor.diagnostics(uri)) != expected:
                await asyncio.sleep(0.05)
        editor.client.diagnostic_refresh_count = 0
    else:
        await until(lambda: codes(list(editor.published[uri].diagnostics)) == expected)


async def test_settings_of_editor_and_projects(client: LanguageClient, tmp_path: Path) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    one, two = ((tmp_path / name / "x.py").as_uri() for name in ("one", "two"))

    # The editor's settings come by ``workspace/configuration``, each project has its own on top.
    await until(lambda: bool(editor.registered))
    assert codes(await editor.open(one, TEXT)) == ["OAI991"]
    assert codes(await editor.open(two, TEXT)) == []
    methods = {item.method for item in editor.registered}
    assert methods == {"workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles"}

    # They change by being sent, or by being asked for.
    client.workspace_did_change_configuration(
        t.DidChangeConfigurationParams({"oai-lint": {"ignore": ["soft-flaw"]}})
    )
    await settled(editor, one, ["OAI992"])
    client.set_configuration({"debounce": 0}, section="oai-lint")
    client.workspace_did_change_configuration(t.DidChangeConfigurationParams(None))
    await settled(editor, one, BOTH)

    # Watched files.
    settings = tmp_path / "one" / "pyproject.toml"
    settings.write_text('[tool.oai-lint]\nignore = ["OAI99"]\n')
    changed = t.DidChangeWatchedFilesParams(
        [t.FileEvent(settings.as_uri(), t.FileChangeType.Created)]
    )
    client.workspace_did_change_watched_files(changed)
    await settled(editor, one, [])

    # Not watched: the next keystroke sees it.
    settings.write_text('[tool.oai-lint]\nignore = ["OAI991"]\n')
    assert codes(await editor.type(one, TEXT + "\n")) == ["OAI992"]

    # What cannot be used is said once, and defaults hold.
    assert client.messages == []
    settings.write_text('[tool.oai-lint]\nignor = ["OAI991"]\n')
    for end in ("", "\n", "\n\n"):
        assert codes(await editor.type(one, TEXT + end)) == BOTH
    (message,) = client.messages
    assert "unknown key `ignor`; did you mean `ignore`?" in message.message
    assert str(settings) in message.message
    settings.write_text("")
    assert codes(await editor.type(one, TEXT)) == BOTH
    settings.write_text("[tool.oai-lint]\nignore = 5\n")
    assert codes(await editor.type(one, TEXT + "\n")) == BOTH
    assert len(client.messages) == 2

    # Folders come and go.
    client.workspace_did_change_workspace_folders(
        t.DidChangeWorkspaceFoldersParams(
            t.WorkspaceFoldersChangeEvent(
                added=[], removed=[t.WorkspaceFolder((tmp_path / "one").as_uri(), "one")]
            )
        )
    )
    assert codes(await editor.type(two, TEXT)) == ["OAI992"]

    client.workspace_did_change_configuration(
        t.DidChangeConfigurationParams({"oai-lint": {"enable": False}})
    )
    await settled(editor, two, [])


async def test_excluded_files_are_silent(client: LanguageClient, tmp_path: Path) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    folder = tmp_path / "one" / ".venv" / "lib" / "x"
    folder.mkdir(parents=True)
    assert await editor.open((folder / "y.py").as_uri(), TEXT) == []


async def test_pulling_names_its_results(client: LanguageClient) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    if not editor.pulls:
        return
    uri = "file:///somewhere/pulled.py"
    await editor.open(uri, TEXT)
    first = await editor.pull(uri)
    assert isinstance(first, t.RelatedFullDocumentDiagnosticReport)
    again = await editor.pull(uri, first.result_id)
    assert isinstance(again, t.RelatedUnchangedDocumentDiagnosticReport)
    assert again.result_id == first.result_id
    editor.send(uri, TEXT * 2)
    newer = await editor.pull(uri, first.result_id)
    assert isinstance(newer, t.RelatedFullDocumentDiagnosticReport)
    assert newer.result_id != first.result_id
    assert editor.count == 0, "nothing is pushed to a client that pulls"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, Preferences()),
        (5, Preferences()),
        ({}, Preferences()),
        ({"settings": {"oai-lint": {"enable": False}}}, Preferences(enable=False)),
        ({"extendSelect": ["OAI9"]}, Preferences(values={"extend-select": ["OAI9"]})),
        ({"targetOpenai": ">=1"}, Preferences(values={"openai": ">=1"})),
        ({"debounce": 250, "server": {"path": "x"}}, Preferences(debounce=0.25)),
        ({"select": [], "config": ""}, Preferences()),
    ],
)
async def test_preferences(raw: object, expected: Preferences) -> None:
    assert read(raw) == (expected, [])


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ({"enable": "no"}, "`enable` must be `true` or `false`"),
        ({"ignore": ["nothing-like-it"]}, "`ignore`: `nothing-like-it` is no rule"),
        ({"targetOpenai": "one"}, "`openai`"),
        ({"debounce": True}, "`debounce` must be milliseconds"),
    ],
)
async def test_bad_preferences(raw: object, complaint: str) -> None:
    found, (line,) = read(raw)
    assert found == Preferences()
    assert complaint in line
    assert line.startswith("editor settings: ")
