"""The server over the real engine, for every recorded client: ranges, quick fix, fix-all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient

from tests.server_client import ENVIRONMENT, REAL, Editor, until
from tests.test_server import ENCODINGS, RECORDED, capabilities

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEAD = "from openai import AsyncOpenAI, OpenAI\nfrom settings import KEY\n"

HARD_TO_COUNT = {
    "emoji": f'{HEAD}x = "\U0001f600é"; OpenAI(KEY)\n',
    "crlf": f'{HEAD}y = "\U0001f600"; OpenAI(KEY)\nAsyncOpenAI(KEY)\n'.replace("\n", "\r\n"),
    "lone_cr": f'{HEAD}y = "\U0001f600"; OpenAI(KEY)\n'.replace("\n", "\r"),
    "tabs": f'{HEAD}if True:\n\tx = "\U0001f600";\tOpenAI(\tKEY)\n',
    "form_feed": f'{HEAD}\x0cx = "\U0001f600"\n\x0c\ny = "\x0c\U0001f600"; OpenAI(KEY)\n',
    "separator": f'{HEAD}x = "\u2028\U0001f600\x85\x1c"; OpenAI(KEY)\nz = OpenAI(KEY)\n',
    "no_newline": f'{HEAD}x = "\U0001f600"; OpenAI(KEY)',
    "bom": f'\ufeff{HEAD}x = "\U0001f600"; OpenAI(KEY)\n',
}


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=REAL, server_env=ENVIRONMENT),
    scope="module",
    params=[*RECORDED, *(f"{encoding} push" for encoding in ENCODINGS)],
)
async def client(lsp_client: LanguageClient, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    result = await lsp_client.initialize_session(
        t.InitializeParams(capabilities=capabilities(request.param))
    )
    lsp_client.editor = Editor(lsp_client, result)  # type: ignore[attr-defined]
    yield
    await lsp_client.shutdown_session()


@pytest.mark.parametrize("name", HARD_TO_COUNT)
async def test_findings_and_fixes(client: LanguageClient, name: str) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    text, uri = HARD_TO_COUNT[name], f"file:///somewhere/{name}.py"
    count = text.count("KEY)")
    found = await editor.open(uri, text)
    assert [item.code for item in found] == ["OAI111"] * count
    assert {editor.covered(uri, item.range) for item in found} == {"KEY"}

    fix, *_ = await editor.actions(uri, found[0].range, [t.CodeActionKind.QuickFix], list(found))
    assert fix.is_preferred
    assert list(fix.diagnostics or ()) == [found[0]]
    assert await editor.apply(uri, fix) == text.replace("KEY)", "api_key=KEY)", 1)
    assert len(await editor.diagnostics(uri)) == count - 1

    await editor.type(uri, text)
    nowhere = t.Range(t.Position(0, 0), t.Position(0, 0))
    (fix_all,) = await editor.actions(uri, nowhere, [t.CodeActionKind.SourceFixAll])
    assert await editor.apply(uri, fix_all) == text.replace("KEY)", "api_key=KEY)")
    assert await editor.diagnostics(uri) == []
    assert not client.messages


async def test_hover_and_suppression(client: LanguageClient) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    uri = "file:///somewhere/hover.py"
    found = await editor.open(uri, HARD_TO_COUNT["emoji"])
    for where in (found[0].range.start, found[0].range.end):
        hover = await client.text_document_hover_async(
            t.HoverParams(t.TextDocumentIdentifier(uri), where)
        )
        assert hover is not None and isinstance(hover.contents, t.MarkupContent)
        assert "positional-api-key (OAI111)" in hover.contents.value
    actions = await editor.actions(uri, found[0].range)
    (ignore,) = [action for action in actions if action.title.endswith("on this line")]
    assert "# oai-lint: ignore[positional-api-key]" in await editor.apply(uri, ignore)
    assert await editor.diagnostics(uri) == []


CLIENTS = {
    "emoji": 'from openai import OpenAI\nx = "\U0001f600"; c = OpenAI(timeout=30)\n',
    "crlf": 'import openai\r\nx = "\u2028\x0c"; c = openai.OpenAI(timeout=30)\r\n',
    "copied": "from openai import OpenAI as O\n\x0cc = O()\n\td = c.with_options(timeout=30)\n",
}
CLIENTS["copied"] = CLIENTS["copied"].replace("\td", "d")
CALLED = {"emoji": "OpenAI(", "crlf": "openai.OpenAI(", "copied": "c.with_options("}


@pytest.mark.parametrize("name", CLIENTS)
async def test_hover_shows_the_settings_of_a_client(client: LanguageClient, name: str) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    text, uri = CLIENTS[name], f"file:///somewhere/client_{name}.py"
    await editor.open(uri, text)
    where = editor.position(uri, CALLED[name])
    hover = await client.text_document_hover_async(
        t.HoverParams(t.TextDocumentIdentifier(uri), where)
    )
    assert hover is not None and isinstance(hover.contents, t.MarkupContent)
    lines = hover.contents.value.splitlines()
    assert lines[0] == f"**Settings of `{CALLED[name]}…)` as the SDK will see them**"
    assert "| Timeout | 30 s for each step | argument `timeout` |" in lines
    assert "| Retries | 2 (3 attempts) | SDK default |" in lines
    assert hover.range is not None
    assert editor.covered(uri, hover.range) == CALLED[name].removesuffix("(")

    # It follows the text, and is silent where the text cannot be read.
    await editor.type(uri, text.replace("timeout=30", "timeout=None"))
    hover = await client.text_document_hover_async(
        t.HoverParams(t.TextDocumentIdentifier(uri), where)
    )
    assert hover is not None and isinstance(hover.contents, t.MarkupContent)
    assert "| Timeout | none: a request that hangs blocks for ever |" in hover.contents.value
    await editor.type(uri, text.replace("timeout=30", "timeout="))
    assert not await client.text_document_hover_async(
        t.HoverParams(t.TextDocumentIdentifier(uri), where)
    )


async def test_lenses_are_off_until_they_are_wished(client: LanguageClient) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    uri = "file:///somewhere/lenses.py"
    asked = t.CodeLensParams(t.TextDocumentIdentifier(uri))
    await editor.open(uri, f"{CLIENTS['emoji']}from openai import AsyncOpenAI\nOpenAI(**K)\n")
    assert not await client.text_document_code_lens_async(asked)

    client.workspace_did_change_configuration(
        t.DidChangeConfigurationParams({"oai-lint": {"codeLens": True}})
    )
    assert client.capabilities is not None and client.capabilities.workspace is not None
    if client.capabilities.workspace.code_lens is not None:
        await until(lambda: editor.lens_refreshes > 0)
    (lens,) = await client.text_document_code_lens_async(asked) or ()
    assert editor.covered(uri, lens.range) == "OpenAI"
    assert lens.command is not None
    assert lens.command.title == "timeout 30 s · retries 2 · proxy from environment"
    await client.workspace_execute_command_async(
        t.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    )
    told = client.messages.pop().message.splitlines()
    assert told[:2] == ["OpenAI(…)", "Timeout: 30 s for each step (argument `timeout`)"]

    client.workspace_did_change_configuration(
        t.DidChangeConfigurationParams({"oai-lint": {"codeLens": False}})
    )
    assert not await client.text_document_code_lens_async(asked)


EXPLAINED = """\
import os
from openai import AsyncOpenAI
x = "\U0001f600"; client = AsyncOpenAI()
key = os.environ["OPENAI_API_KEY"]
async def ask():
    client.responses.create(model="gpt-5.5", input=x)
    print(key)
AsyncOpenAI(api_key=key)
"""


async def test_findings_point_at_what_explains_them(client: LanguageClient) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    uri = "file:///somewhere/explained.py"
    found = {item.code: item for item in await editor.open(uri, EXPLAINED)}
    assert client.capabilities is not None and client.capabilities.text_document is not None
    support = client.capabilities.text_document.publish_diagnostics
    assert support is not None
    for code, code_there, message in (
        ("OAI504", "AsyncOpenAI()", "the client is built here"),
        ("OAI106", 'os.environ["OPENAI_API_KEY"]', "the key comes from here"),
    ):
        related = found[code].related_information
        if not support.related_information:  # eglot
            assert related is None
            continue
        (place,) = related or ()
        assert place.location.uri == uri
        assert editor.covered(uri, place.location.range) == code_there
        assert place.message == message
