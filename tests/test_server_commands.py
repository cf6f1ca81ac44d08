"""The commands of the palette, over the real engine."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient

from oai_lint import __version__
from oai_lint.config import known
from oai_lint.server.commands import COMMANDS
from tests.server_client import ENVIRONMENT, REAL, Editor
from tests.test_server import ENCODINGS, capabilities

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=REAL, server_env=ENVIRONMENT),
    scope="module",
    params=[
        *(f"{e} {way}" for e, way in zip(ENCODINGS, ("push", "pull", "push"), strict=True)),
        "emacs@v29.1",
    ],
)
async def client(lsp_client: LanguageClient, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    result = await lsp_client.initialize_session(
        t.InitializeParams(capabilities=capabilities(request.param))
    )
    provider = result.capabilities.execute_command_provider
    assert provider is not None and set(provider.commands) == {*COMMANDS}
    lsp_client.editor = Editor(lsp_client, result)  # type: ignore[attr-defined]
    yield
    await lsp_client.shutdown_session()


def editor_of(client: LanguageClient) -> Editor:
    client.messages.clear()
    found: Editor = client.editor  # type: ignore[attr-defined]
    found.labels.clear()
    found.refuses = ""
    return found


SAFE = 'from openai import OpenAI\r\nx = "\U0001f600\u2028"; OpenAI(KEY)\r\n\ty = OpenAI(KEY)\r\n'
SAFE = SAFE.replace("\ty", "y")
UNSAFE = """\
import httpx
from openai import OpenAI

x = "\U0001f600"; client = OpenAI(KEY, http_client=httpx.Client(verify=False))
"""
OLD = """\
import openai

x = "\U0001f600\x0c"; r = openai.ChatCompletion.create(model="gpt-4", messages=[])
print(r["choices"][0]["message"]["content"])
openai.Engine.list(x)
"""


async def test_all_that_is_safe_is_applied(client: LanguageClient) -> None:
    editor, uri = editor_of(client), "file:///somewhere/safe.py"
    await editor.open(uri, SAFE)
    answer = await editor.command("applyFixes", uri=uri)
    assert answer == {"applied": True, "fixed": 2, "left": []}
    assert editor.texts[uri] == SAFE.replace("(KEY)", "(api_key=KEY)")
    assert editor.labels == ["Fix all that is safe to fix [oai-lint]"]
    assert await editor.diagnostics(uri) == []
    (message,) = client.messages
    assert message.message == "Fix all that is safe to fix: 2 findings mended"
    assert message.type == t.MessageType.Info

    again = await editor.command("applyFixes", uri=uri)
    assert again == {"applied": False, "fixed": 0, "left": []}
    assert client.messages[-1].message == "Fix all that is safe to fix: nothing to mend"


async def test_unsafe_fixes_are_applied_if_that_is_asked_for(client: LanguageClient) -> None:
    editor, uri = editor_of(client), "file:///somewhere/unsafe.py"
    await editor.open(uri, UNSAFE)
    answer = await editor.command("applyFixes", uri=uri, unsafe=False)
    assert answer["fixed"] == 1
    (left,) = answer["left"]
    assert left.code == "OAI301"
    assert editor.covered(uri, left.range) == "verify=False"
    assert "OpenAI(api_key=KEY, http_client=httpx.Client(verify=False))" in editor.texts[uri]
    answer = await editor.command("applyFixes", uri=uri, unsafe=True)
    assert answer == {"applied": True, "fixed": 1, "left": []}
    assert "OpenAI(api_key=KEY, http_client=httpx.Client())" in editor.texts[uri]


async def test_a_refused_edit_is_reported(client: LanguageClient) -> None:
    editor, uri = editor_of(client), "file:///somewhere/refused.py"
    await editor.open(uri, SAFE)
    editor.refuses = "read-only"
    answer = await editor.command("applyFixes", uri=uri)
    assert (answer["applied"], answer["fixed"]) == (False, 0)
    assert editor.texts[uri] == SAFE
    (message,) = client.messages
    assert message.message == "Fix all that is safe to fix: the editor refused, read-only"


@pytest.mark.parametrize("to", [None, "1", "2", "3"])
async def test_a_file_is_migrated(client: LanguageClient, to: str | None) -> None:
    editor, uri = editor_of(client), "file:///somewhere/old.py"
    await editor.open(uri, OLD)
    answer = await editor.command("applyMigration", **{"uri": uri, **({"to": to} if to else {})})
    assert answer["applied"]
    text = editor.texts[uri]
    assert 'r = openai.chat.completions.create(model="gpt-4", messages=[])' in text
    assert "print(r.choices[0].message.content)" in text
    assert editor.labels == [f"Migrate to openai {to or 1} [oai-lint]"]
    (left,) = answer["left"]
    assert left.code == "OAI801"
    assert editor.covered(uri, left.range).startswith("openai.Engine")
    assert client.messages[-1].message.endswith("mended; 1 left")


async def test_a_migration_says_what_no_rule_is_about(client: LanguageClient) -> None:
    editor, uri = editor_of(client), "file:///somewhere/caught.py"
    text = OLD.replace("openai.Engine.list(x)", 'log("\U0001f600", openai.Completion)')
    await editor.open(uri, text)
    answer = await editor.command("applyMigration", uri=uri)
    assert answer["applied"]
    (left,) = answer["left"]
    assert "`openai.Completion` is a class of SDK 0.x" in left.message
    assert left.severity == t.DiagnosticSeverity.Warning
    assert left.range.start == editor.position(uri, "openai.Completion")
    assert client.messages[-1].message.endswith("mended; 1 left")


async def test_a_rule_is_described(client: LanguageClient) -> None:
    editor = editor_of(client)
    for code in ("OAI111", "oai111", "positional-api-key"):
        answer = await editor.command("describeRule", code=code)
        assert answer["markdown"].startswith("# positional-api-key (OAI111)\n")


async def test_rules_are_listed(client: LanguageClient) -> None:
    rules = await editor_of(client).command("listRules")
    assert [rule["code"] for rule in rules] == sorted(known())
    (one,) = (rule for rule in rules if rule["code"] == "OAI111")
    assert one["name"] == "positional-api-key"
    assert one["summary"] == "The client's constructor takes keywords only."


async def test_settings_are_described(client: LanguageClient, tmp_path: Path) -> None:
    editor, uri = editor_of(client), (tmp_path / "x.py").as_uri()
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["openai>=1.40,<2"]\n'
        '[tool.oai-lint]\nextend-select = ["OAI9"]\nper-file-ignores = {"x.py" = ["OAI111"]}\n'
    )
    await editor.open(uri, "import openai\n")
    page = (await editor.command("describeSettings", uri=uri))["markdown"]
    settings = tmp_path / "pyproject.toml"
    assert f"- Configuration file: `{settings}`\n" in page
    assert re.search(r"- SDK range: `openai = \">=1.40.0,<2\"` \(.*pyproject.toml", page)
    assert f"oai-lint {__version__}, Python 3." in page
    asked = "asked for by the editor" if editor.pulls else "pushed"
    assert f"- Positions in {editor.encoding}, findings {asked}\n" in page
    assert 'extend-select = ["OAI9"]  # ' in page
    assert "fix = false\n" in page
    assert "- OAI101 " in page and "- OAI111 " not in page

    settings.write_text("[tool.oai-lint]\nignor = []\n")
    page = (await editor.command("describeSettings", uri=uri))["markdown"]
    assert "unknown key `ignor`; did you mean `ignore`?" in page
    assert "- Configuration file: none\n" in page

    # What a lock file pins holds as soon as the client tells that it is there, or is asked again.
    settings.write_text('[project]\nname = "x"\nversion = "1"\n')
    lock = tmp_path / "uv.lock"
    lock.write_text('version = 1\n[[package]]\nname = "openai"\nversion = "2.5.0"\n')
    client.workspace_did_change_watched_files(
        t.DidChangeWatchedFilesParams([t.FileEvent(lock.as_uri(), t.FileChangeType.Created)])
    )
    page = (await editor.command("describeSettings", uri=uri))["markdown"]
    assert re.search(r"- SDK range: `openai = \">=2.5.0,<2.5.1\"` \(.*uv.lock", page)

    for arguments in ({}, {"uri": "untitled:Untitled-1"}):
        if arguments:
            await editor.open("untitled:Untitled-1", "import openai\n")
        page = (await editor.command("describeSettings", **arguments))["markdown"]
        assert '- SDK range: `openai = ">=0"` (declared nowhere: every version)\n' in page


async def test_a_rules_page_is_opened_or_named(client: LanguageClient) -> None:
    editor = editor_of(client)
    await editor.command("openRule", code="OAI111")
    url = "/docs/rules/OAI111-positional-api-key.md"
    shown = client.shown_documents
    capable = client.capabilities
    assert capable is not None
    if capable.window and capable.window.show_document and capable.window.show_document.support:
        assert shown[-1].external and shown[-1].uri.endswith(url)
        assert not client.messages
    else:
        assert not shown
        assert client.messages[-1].message.endswith(url)


@pytest.mark.parametrize(
    ("name", "argument", "complaint"),
    [
        ("applyFixes", {}, "the argument needs `uri`, a string"),
        ("applyFixes", {"uri": 5}, "the argument needs `uri`, a string"),
        ("applyFixes", {"uri": "file:///never/opened.py"}, "file:///never/opened.py is not open"),
        ("applyFixes", {"uri": "?", "unsafe": "yes"}, "? is not open"),
        ("applyMigration", {"uri": "?", "to": "9"}, "`to` must be one of 1, 2, 3, not `9`"),
        (
            "describeRule",
            {"code": "positional-key"},
            "`positional-key` is no rule; did you mean `positional-api-key`?",
        ),
        ("describeSettings", {"uri": "file:///never/opened.py"}, "is not open"),
        ("openRule", {"code": ""}, "the argument needs `code`, a string"),
        ("showClient", {"uri": "file:///somewhere/safe.py"}, "the argument needs `position`"),
        (
            "showClient",
            {"uri": "file:///somewhere/safe.py", "position": {"line": -1, "character": 0}},
            "the argument needs `position`, of LSP's form",
        ),
    ],
)
async def test_bad_arguments_are_answered_with_an_error(
    client: LanguageClient, name: str, argument: dict[str, object], complaint: str
) -> None:
    editor = editor_of(client)
    with pytest.raises(JsonRpcException, match=re.escape(complaint)) as caught:
        await editor.command(name, **argument)
    assert caught.value.code == -32602


async def test_settings_that_cannot_be_used_stop_a_migration(
    client: LanguageClient, tmp_path: Path
) -> None:
    editor, uri = editor_of(client), (tmp_path / "x.py").as_uri()
    (tmp_path / "pyproject.toml").write_text("[tool.oai-lint]\nignor = []\n")
    await editor.open(uri, OLD)
    with pytest.raises(JsonRpcException, match="unknown key `ignor`") as caught:
        await editor.command("applyMigration", uri=uri)
    assert caught.value.code == -32803
    assert editor.texts[uri] == OLD
