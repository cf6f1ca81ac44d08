"""``workspace/diagnostic``: the findings of files that nobody opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from oai_lint.server.workspace import HOLD
from tests.server_client import DOUBLE, ENVIRONMENT, Editor

pytestmark = pytest.mark.asyncio(loop_scope="function")


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=DOUBLE, server_env=ENVIRONMENT)
)
async def client(lsp_client: LanguageClient, tmp_path: Path) -> AsyncIterator[None]:
    capabilities = client_capabilities("visual_studio_code")
    assert capabilities.text_document is not None and capabilities.workspace is not None
    capabilities.text_document.diagnostic = t.DiagnosticClientCapabilities()
    capabilities.workspace.diagnostics = t.DiagnosticWorkspaceClientCapabilities(
        refresh_support=True
    )
    for number in range(50):
        (tmp_path / f"clean{number:02}.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text("soft_flaw()\n")
    (tmp_path / "worse.py").write_text("soft_flaw()\nhard_flaw()\n")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "theirs.py").write_text("soft_flaw()\n")
    (tmp_path / "latin.py").write_bytes(b"soft_flaw()  # \xe9\n")
    result = await lsp_client.initialize_session(
        t.InitializeParams(
            capabilities=capabilities,
            workspace_folders=[t.WorkspaceFolder(tmp_path.as_uri(), "all")],
        )
    )
    provider = result.capabilities.diagnostic_provider
    assert isinstance(provider, t.DiagnosticOptions) and provider.workspace_diagnostics
    lsp_client.editor = Editor(lsp_client, result)  # type: ignore[attr-defined]
    yield
    await lsp_client.shutdown_session()


def named(reports: Any) -> dict[str, Any]:
    return {report.uri.rpartition("/")[2]: report for report in reports}


async def ask(client: LanguageClient, seen: dict[str, Any], **tokens: Any) -> dict[str, Any]:
    ids = [
        t.PreviousResultId(report.uri, report.result_id)
        for report in seen.values()
        if report.result_id
    ]
    answer = await client.workspace_diagnostic_async(t.WorkspaceDiagnosticParams(ids, **tokens))
    return named(answer.items)


async def test_only_files_with_findings_are_named(client: LanguageClient, tmp_path: Path) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    first = await ask(client, {})
    assert {name: [d.code for d in report.items] for name, report in first.items()} == {
        "bad.py": ["OAI991"],
        "worse.py": ["OAI991", "OAI992"],
    }

    # A file that is open counts as it is in the editor.
    uri = (tmp_path / "worse.py").as_uri()
    await editor.open(uri, "hard_flaw()\n", version=7)
    (tmp_path / "bad.py").write_text("x = 1\n")
    second = await ask(client, first)
    assert second["bad.py"].kind == "full" and not second["bad.py"].items
    assert [d.code for d in second["worse.py"].items] == ["OAI992"]
    assert second["worse.py"].version == 7

    # A file that is gone is cleared.
    (tmp_path / "bad.py").unlink()
    (tmp_path / "new.py").write_text("bare_flaw()\n")
    third = await ask(client, second)
    assert third["bad.py"].kind == "full" and not third["bad.py"].items
    assert third["worse.py"].kind == "unchanged"
    assert [d.code for d in third["new.py"].items] == ["OAI993"]


async def test_an_answer_without_news_is_held_back(client: LanguageClient, tmp_path: Path) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    loop = asyncio.get_running_loop()
    uri = (tmp_path / "bad.py").as_uri()
    await editor.open(uri, "soft_flaw()\n")
    first = await ask(client, {})
    begin = loop.time()
    waiting = loop.create_task(ask(client, first))
    editor.send(uri, "soft_flaw()\n" * 2)
    await editor.diagnostics(uri)
    client.text_document_did_save(t.DidSaveTextDocumentParams(t.TextDocumentIdentifier(uri)))
    second = await waiting
    assert loop.time() - begin < HOLD
    assert len(second["bad.py"].items) == 2


async def test_progress_and_partial_results(client: LanguageClient) -> None:
    heard: list[Any] = []
    client.protocol.fm.features.pop(t.PROGRESS, None)

    def hear(params: t.ProgressParams) -> None:
        heard.append(params)

    client.feature(t.PROGRESS)(hear)
    rest = await ask(client, {}, partial_result_token="part", work_done_token="work")
    assert rest == {}

    def plain(value: Any) -> dict[str, Any]:
        found = client.protocol._converter.unstructure(value)
        assert isinstance(found, dict)
        return found

    parts = [plain(item.value) for item in heard if item.token == "part"]
    uris = [report["uri"].rpartition("/")[2] for part in parts for report in part["items"]]
    assert sorted(uris) == ["bad.py", "worse.py"]
    kinds = [plain(item.value)["kind"] for item in heard if item.token == "work"]
    assert kinds[0] == "begin" and kinds[-1] == "end" and kinds.count("report") == 3
