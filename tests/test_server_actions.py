"""What the light bulb offers besides the fix itself, and the edits behind it."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient

from oai_lint import suppressing
from oai_lint.patch import apply
from oai_lint.server import disabling, edits
from oai_lint.server.actions import wanted
from oai_lint.source import Source
from tests.server_client import DOUBLE, ENVIRONMENT, Editor, flat
from tests.test_server import capabilities

in_module = pytest.mark.asyncio(loop_scope="module")


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=DOUBLE, server_env=ENVIRONMENT),
    scope="module",
    params=[
        "visual_studio_code@v1.65.2",
        "neovim@v0.7.0",
        "emacs@v29.1",
        "utf-8 pull",
        "utf-32 push",
    ],
)
async def client(lsp_client: LanguageClient, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    result = await lsp_client.initialize_session(
        t.InitializeParams(capabilities=capabilities(request.param))
    )
    lsp_client.editor = Editor(lsp_client, result)  # type: ignore[attr-defined]
    yield
    await lsp_client.shutdown_session()


def resolves(client: LanguageClient) -> bool:
    """Say whether the client asks for an action's edit once it is picked; eglot 1.12 does not."""
    assert client.capabilities is not None and client.capabilities.text_document is not None
    support = client.capabilities.text_document.code_action
    assert support is not None
    return support.resolve_support is not None


def creates(client: LanguageClient) -> bool:
    assert client.capabilities is not None and client.capabilities.workspace is not None
    support = client.capabilities.workspace.workspace_edit
    return support is not None and bool(support.document_changes and support.resource_operations)


async def offered(editor: Editor, uri: str, text: str) -> dict[str, t.CodeAction]:
    found = await editor.open(uri, text)
    actions = await editor.actions(uri, found[0].range, None, found)
    return {action.title: action for action in actions}


@in_module
async def test_everything_that_is_offered(client: LanguageClient, tmp_path: Path) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    uri = (tmp_path / "x.py").as_uri()
    offers = await offered(editor, uri, "soft_flaw()\nhard_flaw()\nsoft_flaw()\n")
    assert [*offers] == [
        "Mend it [OAI991]",
        "Fix all OAI991 in this file",
        "Ignore soft-flaw on this line",
        "Ignore soft-flaw in this file",
        "Disable soft-flaw in pyproject.toml",
        "Open the page of soft-flaw",
    ]
    assert [title for title, action in offers.items() if action.is_preferred] == [
        "Mend it [OAI991]"
    ]
    assert all(action.kind == t.CodeActionKind.QuickFix for action in offers.values())
    assert all(len(action.diagnostics or ()) == 1 for action in offers.values())
    late = {title for title, action in offers.items() if not action.edit and not action.command}
    assert late == (
        {"Fix all OAI991 in this file", "Disable soft-flaw in pyproject.toml"}
        if resolves(client)
        else set()
    )
    nowhere = t.Range(t.Position(0, 0), t.Position(0, 0))
    (fix_all,) = await editor.actions(uri, nowhere, [t.CodeActionKind.SourceFixAll])
    assert (fix_all.edit is None) is (fix_all.data is not None) is resolves(client)


@in_module
async def test_what_cannot_be_written_is_not_promised(
    client: LanguageClient, tmp_path: Path
) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    (tmp_path / "pyproject.toml").write_text("[tool]\noai-lint.ignore = ['OAI992']\n")
    uri = (tmp_path / "x.py").as_uri()
    title = "Disable soft-flaw in pyproject.toml"
    offers = await offered(editor, uri, "soft_flaw()\n")
    if not resolves(client):
        assert title not in offers
        assert not client.messages
        return
    assert (await editor.resolved(offers[title])).edit is None
    assert client.messages.pop().message == (
        "oai-lint cannot edit pyproject.toml: please add `soft-flaw` to `ignore` there."
    )


@in_module
async def test_fixing_all_of_a_rule(client: LanguageClient) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    uri = "file:///somewhere/rule.py"
    text = "hard_flaw()\nsoft_flaw()\nhard_flaw()\n"
    offers = await offered(editor, uri, text)
    action = offers["Fix all OAI992 in this file (unsafe)"]
    assert await editor.apply(uri, action) == "mended()\nsoft_flaw()\nmended()\n"
    assert [item.code for item in await editor.diagnostics(uri)] == ["OAI991"]


@in_module
async def test_ignoring(client: LanguageClient) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    for number, (where, text, expected) in enumerate(
        [
            ("on this line", "soft_flaw()\n", "soft_flaw()  # oai-lint: ignore[soft-flaw]\n"),
            (
                "in this file",
                "#!/usr/bin/env python\nsoft_flaw()\nsoft_flaw()\n",
                "#!/usr/bin/env python\n# oai-lint: ignore-file[soft-flaw]\n"
                "soft_flaw()\nsoft_flaw()\n",
            ),
            (
                "on this line",
                'x = "\U0001f600"; soft_flaw()  # oai-lint: ignore[hard-flaw] so\r\n',
                'x = "\U0001f600"; soft_flaw()  # oai-lint: ignore[hard-flaw, soft-flaw] so\r\n',
            ),
            (
                "on this line",
                'soft_flaw(), """\n text\n"""\n',
                'soft_flaw(), """\n text\n"""  # oai-lint: ignore[soft-flaw]\n',
            ),
            (
                "on this line",
                "x = soft_flaw() + \\\n    1\n",
                "x = soft_flaw() + \\\n    1  # oai-lint: ignore[soft-flaw]\n",
            ),
        ]
    ):
        uri = f"file:///somewhere/ignored{number}.py"
        offers = await offered(editor, uri, text)
        assert await editor.apply(uri, offers[f"Ignore soft-flaw {where}"]) == expected
        left = [item.code for item in await editor.diagnostics(uri)]
        assert "OAI991" not in left, expected


@in_module
async def test_disabling_in_the_project(client: LanguageClient, tmp_path: Path) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[project]\nname = "é"\n')
    uri = (tmp_path / "x.py").as_uri()
    offers = await offered(editor, uri, "soft_flaw()\nhard_flaw()\n")
    action = await editor.resolved(offers["Disable soft-flaw in pyproject.toml"])
    assert action.edit is not None
    (edit,) = flat(action.edit, settings.as_uri())
    assert edit.range.start == edit.range.end == t.Position(2, 0)
    settings.write_text(settings.read_text() + edit.new_text)
    client.workspace_did_change_watched_files(
        t.DidChangeWatchedFilesParams([t.FileEvent(settings.as_uri(), t.FileChangeType.Changed)])
    )
    found = await editor.type(uri, "soft_flaw()\nhard_flaw()\n")
    assert [item.code for item in found] == ["OAI992"]


@in_module
async def test_disabling_makes_the_file(client: LanguageClient, tmp_path: Path) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    uri = (tmp_path / "x.py").as_uri()
    offers = await offered(editor, uri, "soft_flaw()\n")
    action = await editor.resolved(offers["Disable soft-flaw in pyproject.toml"])
    assert action.edit is not None
    uri = (tmp_path / "pyproject.toml").as_uri()
    if creates(client):
        assert action.edit.document_changes
        create, _ = action.edit.document_changes
        assert isinstance(create, t.CreateFile) and create.uri == uri
        action.edit.document_changes = [_]
    (edit,) = flat(action.edit, uri)
    assert edit.new_text == '[tool.oai-lint]\nignore = ["soft-flaw"]\n'


@in_module
async def test_opening_the_page(client: LanguageClient) -> None:
    editor: Editor = client.editor  # type: ignore[attr-defined]
    offers = await offered(editor, "file:///somewhere/page.py", "soft_flaw()\n")
    command = offers["Open the page of soft-flaw"].command
    assert command is not None
    await client.workspace_execute_command_async(
        t.ExecuteCommandParams(command.command, command.arguments)
    )
    url = "/docs/rules/OAI991-soft-flaw.md"
    if client.shown_documents:
        assert client.shown_documents[0].external
        assert client.shown_documents[0].uri.endswith(url)
    else:
        assert client.messages.pop().message.endswith(url)


@in_module
async def test_an_action_that_makes_no_sense_is_refused(client: LanguageClient) -> None:
    found: list[t.Diagnostic] = await client.editor.open(  # type: ignore[attr-defined]
        "file:///somewhere/senseless.py", "soft_flaw()\n"
    )
    assert found
    closed = t.CodeAction("?", data={"do": "fix-all", "uri": "file:///never/opened.py"})
    assert (await client.code_action_resolve_async(closed)).edit is None
    data = {"do": "fix-rule", "uri": "file:///somewhere/senseless.py"}
    with pytest.raises(JsonRpcException, match="the code action failed: KeyError"):
        await client.code_action_resolve_async(t.CodeAction("?", data=data))


@pytest.mark.parametrize(
    ("kind", "only", "expected"),
    [
        ("quickfix", None, True),
        ("quickfix", [""], True),
        ("quickfix", ["quickfix"], True),
        ("quickfix", ["quickfix.other"], False),
        ("quickfix", ["quick"], False),
        ("source.fixAll.oai-lint", None, False),
        ("source.fixAll.oai-lint", [], False),
        ("source.fixAll.oai-lint", ["source"], True),
        ("source.fixAll.oai-lint", ["source.fixAll.ruff"], False),
        ("source.fixAll.oai-lint", ["quickfix", "source.fixAll"], True),
    ],
)
def test_kinds_are_hierarchical(kind: str, only: list[str] | None, expected: bool) -> None:
    assert wanted(kind, only) is expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "a\n"),
        ("a\n", ""),
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\r\nb\r\nc", "x\r\na\r\nc"),
        ("a\nb\nc\nd\ne\n", "b\nc\nX\ne\nf"),
        ("\x0ca\u2028b\nc", "\x0ca\u2028B\nc\n"),
        ("a\rb\r", "a\rb\rc\r"),
    ],
)
def test_differences_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    changes = edits.differences(Source("", before), Source("", after))
    assert apply(before, [[edit] for edit in changes])[0] == after


def test_differences_are_small_or_one() -> None:
    lines = [f"line {number}\n" for number in range(9000)]
    text = "".join(lines)
    changed = [*lines]
    changed[5], changed[7] = "five\n", "seven\n"
    assert len(edits.differences(Source("", text), Source("", "".join(changed)))) == 2
    changed[8000] = "far\n"
    (edit,) = edits.differences(Source("", text), Source("", "".join(changed)))
    assert edit.text.startswith("five\n") and edit.text.endswith("far\n")
    assert edits.differences(Source("", text), Source("", text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x\n", "# oai-lint: ignore-file[r]\nx\n"),
        ("", "# oai-lint: ignore-file[r]\n"),
        (
            "#!/bin/py\r\n# -*- coding: utf-8 -*-\r\nx\r\n",
            "#!/bin/py\r\n# -*- coding: utf-8 -*-\r\n# oai-lint: ignore-file[r]\r\nx\r\n",
        ),
        ("# oai-lint: ignore-file[q]\nx\n", "# oai-lint: ignore-file[q, r]\nx\n"),
        ("# oai-lint: ignore-file[]\n", "# oai-lint: ignore-file[r]\n"),
        (
            "# a comment about coding\nx\n",
            "# oai-lint: ignore-file[r]\n# a comment about coding\nx\n",
        ),
    ],
)
def test_ignoring_in_a_file(text: str, expected: str) -> None:
    edit = suppressing.in_file(Source("", text), "r")
    assert edit is not None
    assert apply(text, [[edit]])[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X", "X  # oai-lint: ignore[r]"),
        ("X   \n", "X  # oai-lint: ignore[r]\n"),
        ("X  # why\n", "X  # why  # oai-lint: ignore[r]\n"),
        ("X  # oai-lint: ignore[q,]\n", "X  # oai-lint: ignore[q, r]\n"),
        ("X; '# oai-lint: ignore[q]'\n", "X; '# oai-lint: ignore[q]'  # oai-lint: ignore[r]\n"),
        ("f(X,\n  1)\n", "f(X,  # oai-lint: ignore[r]\n  1)\n"),
        ("f('''\n''', X, '''\n''')\n", "f('''\n''', X, '''\n''')  # oai-lint: ignore[r]\n"),
        ("X = 1 + \\\n  2 + \\\n  3\ny\n", "X = 1 + \\\n  2 + \\\n  3  # oai-lint: ignore[r]\ny\n"),
        ("a = 1\n\nX\n", "a = 1\n\nX  # oai-lint: ignore[r]\n"),
    ],
)
def test_ignoring_on_a_line(text: str, expected: str) -> None:
    edit = suppressing.on_line(Source("", text), text.index("X"), "r")
    assert edit is not None
    assert apply(text, [[edit]])[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", '[tool.oai-lint]\nignore = ["r"]\n'),
        ("[project]\nname = 'x'", "[project]\nname = 'x'\n\n[tool.oai-lint]\nignore = [\"r\"]\n"),
        ("[tool.oai-lint]\n", '[tool.oai-lint]\nignore = ["r"]\n'),
        ("[tool.oai-lint]", '[tool.oai-lint]\nignore = ["r"]\n'),
        (
            "[tool.oai-lint]\r\nselect = ['ALL']\r\n[a]\r\nignore = ['x']\r\n",
            "[tool.oai-lint]\r\nignore = [\"r\"]\r\nselect = ['ALL']\r\n[a]\r\nignore = ['x']\r\n",
        ),
        ("[tool.oai-lint]\nignore = []\n", '[tool.oai-lint]\nignore = ["r"]\n'),
        ("[tool.oai-lint]\nignore = ['a']\n", "[tool.oai-lint]\nignore = ['a', \"r\"]\n"),
        (
            '[tool.oai-lint]\nignore = [\n  "a",  # why\n  "b",\n]\nx = 1\n',
            '[tool.oai-lint]\nignore = [\n  "a",  # why\n  "b", "r",\n]\nx = 1\n',
        ),
        ("[tool]\noai-lint.ignore = ['a']\n", None),
        ("[tool.oai-lint\n", None),
        ("[tool.oai-lint]\nignore = ['r']\n", None),
        ("tool = 1\n", None),
    ],
)
def test_disabling(text: str, expected: str | None) -> None:
    edit = disabling.disable(text, "r", own=False)
    if expected is None:
        assert edit is None
        return
    assert edit is not None
    changed, _ = apply(text, [[edit]])
    assert changed == expected
    assert tomllib.loads(changed)["tool"]["oai-lint"]["ignore"][-1] == "r"


def test_disabling_in_a_file_of_its_own() -> None:
    for text, expected in (
        ("", 'ignore = ["r"]\n'),
        ("ignore = ['a']\n[severity]\n", "ignore = ['a', \"r\"]\n[severity]\n"),
        ("[severity]\nOAI1 = 'info'\n", "ignore = [\"r\"]\n[severity]\nOAI1 = 'info'\n"),
    ):
        edit = disabling.disable(text, "r", own=True)
        assert edit is not None
        assert apply(text, [[edit]])[0] == expected
