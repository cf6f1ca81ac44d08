"""Code actions: fixes, fix-alls, suppressions and the way to a rule's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from lsprotocol import types as lsp

from oai_lint.engine import Diagnostic
from oai_lint.patch import Edit, Safety
from oai_lint.server import disabling, suppressing
from oai_lint.server.analysis import UNPARSABLE, Analysis
from oai_lint.server.commands import OPEN_RULE
from oai_lint.server.edits import differences, in_file, workspace_edit
from oai_lint.server.guarding import guarded
from oai_lint.server.language_server import LintServer
from oai_lint.server.positions import to_offset, to_range
from oai_lint.source import Source

FIX_ALL = "source.fixAll.oai-lint"
QUICK_FIX = str(lsp.CodeActionKind.QuickFix.value)
KINDS: list[lsp.CodeActionKind | str] = [lsp.CodeActionKind.QuickFix, FIX_ALL]

UNSUPPRESSIBLE = frozenset({UNPARSABLE, "OAI902"})


def wanted(kind: str, only: Sequence[lsp.CodeActionKind | str] | None) -> bool:
    """Say whether a request restricted to the kinds ``only`` asks for ``kind``.

    Kinds are hierarchical: ``source`` asks for ``source.fixAll.oai-lint`` too.  Without a
    restriction nothing of ``source`` is offered: some editors put all they get into the menu that
    is meant for the line at the cursor.
    """
    if not only:
        return not f"{kind}.".startswith("source.")
    prefixes = [str(getattr(item, "value", item)) for item in only]
    return any(not prefix or f"{kind}.".startswith(f"{prefix}.") for prefix in prefixes)


@guarded
async def code_actions(ls: LintServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Answer ``textDocument/codeAction``."""
    analysis = await ls.session.analysis(params.text_document.uri)
    if analysis is None:
        return []
    result: list[lsp.CodeAction] = []
    if wanted(QUICK_FIX, params.context.only):
        result += _for_range(ls, analysis, params)
    if wanted(FIX_ALL, params.context.only) and any(_is_safe(d) for d in analysis.diagnostics):
        action = lsp.CodeAction(
            title="Fix all that is safe to fix [oai-lint]",
            kind=FIX_ALL,
            data={"do": "fix-all", "uri": analysis.snapshot.uri},
        )
        result.append(action if _resolves(ls) else await _resolved(ls, action))
    return result


@guarded
async def resolve(ls: LintServer, action: lsp.CodeAction) -> lsp.CodeAction:
    """Answer ``codeAction/resolve``."""
    return await _resolved(ls, action)


def _resolves(ls: LintServer) -> bool:
    support = ls.client_capabilities.text_document
    found = support and support.code_action and support.code_action.resolve_support
    return bool(found and "edit" in found.properties)


def _is_safe(item: Diagnostic) -> bool:
    return item.fix is not None and item.fix.safety is Safety.SAFE


def _label(text: str, safety: Safety) -> str:
    return text if safety is Safety.SAFE else f"{text} (unsafe)"


def _for_range(
    ls: LintServer, analysis: Analysis, params: lsp.CodeActionParams
) -> Iterator[lsp.CodeAction]:
    source, units = analysis.snapshot.source, ls.units
    start = to_offset(source, params.range.start, units)
    end = to_offset(source, params.range.end, units)
    touched = [d for d in analysis.diagnostics if d.start <= end and start <= d.end]
    theirs = {id(d): _theirs(ls, analysis, d, params.context.diagnostics) for d in touched}
    for item in touched:
        if item.fix is not None:
            title = f"{item.fix.title.rstrip('.') or 'Fix'} [{item.code}]"
            yield lsp.CodeAction(
                title=_label(title, item.fix.safety),
                kind=lsp.CodeActionKind.QuickFix,
                diagnostics=theirs[id(item)],
                is_preferred=True if item.fix.safety is Safety.SAFE else None,
                edit=workspace_edit(ls, analysis.snapshot, item.fix.edits),
            )
    for item in {d.code: d for d in touched}.values():
        yield from _for_rule(ls, analysis, item, theirs[id(item)])


def _for_rule(
    ls: LintServer, analysis: Analysis, item: Diagnostic, theirs: list[lsp.Diagnostic] | None
) -> Iterator[lsp.CodeAction]:
    def action(title: str, **what: Any) -> lsp.CodeAction:
        return lsp.CodeAction(
            title=title, kind=lsp.CodeActionKind.QuickFix, diagnostics=theirs, **what
        )

    snapshot = analysis.snapshot
    fixes = [d.fix for d in analysis.diagnostics if d.code == item.code and d.fix]
    same = [fix for fix in fixes if fix.safety is not Safety.SHOW]  # those are for one at a time
    if len(same) > 1:
        safety = min(fix.safety for fix in same)
        data = {
            "do": "fix-rule",
            "uri": snapshot.uri,
            "code": item.code,
            "safety": int(safety),
        }
        if _resolves(ls):
            yield action(_label(f"Fix all {item.code} in this file", safety), data=data)
    if not analysis.stale and item.code not in UNSUPPRESSIBLE:
        if edit := suppressing.on_line(snapshot.source, item.start, item.name):
            yield action(
                f"Ignore {item.name} on this line", edit=workspace_edit(ls, snapshot, [edit])
            )
        if edit := suppressing.in_file(snapshot.source, item.name):
            edits = workspace_edit(ls, snapshot, [edit])
            yield action(f"Ignore {item.name} in this file", edit=edits)
        data = {"do": "disable", "uri": snapshot.uri, "name": item.name}
        if _resolves(ls) and snapshot.path is not None:
            yield action(f"Disable {item.name} in the project's settings", data=data)
    if ls.can("window.show_document"):
        command = lsp.Command("Open the page", OPEN_RULE, arguments=[{"code": item.code}])
        yield action(f"Open the page of {item.name}", command=command)


def _theirs(
    ls: LintServer, analysis: Analysis, item: Diagnostic, context: Sequence[lsp.Diagnostic]
) -> list[lsp.Diagnostic] | None:
    """Return the client's own diagnostics that show ``item``."""
    where = to_range(analysis.snapshot.source, item.start, item.end, ls.units)
    return [d for d in context if d.code == item.code and d.range == where] or None


async def _resolved(ls: LintServer, action: lsp.CodeAction) -> lsp.CodeAction:
    data = action.data if isinstance(action.data, dict) else {}
    analysis = await ls.session.analysis(str(data.get("uri", "")))
    if analysis is None or analysis.stale:
        return action
    edit: lsp.WorkspaceEdit | None = None
    if data.get("do") == "fix-all":
        edit = workspace_edit(ls, analysis.snapshot, await _all(ls, analysis))
    elif data.get("do") == "fix-rule":
        narrowed = replace(analysis.config, fixable=(str(data["code"]),), unfixable=())
        edits = await _all(ls, replace(analysis, config=narrowed), Safety(data["safety"]))
        edit = workspace_edit(ls, analysis.snapshot, edits)
    elif data.get("do") == "disable":
        edit = await _disabled(ls, analysis, str(data["name"]))
    return lsp.CodeAction(
        title=action.title,
        kind=action.kind,
        diagnostics=action.diagnostics,
        is_preferred=action.is_preferred,
        edit=edit,
        data=action.data,
    )


async def _all(ls: LintServer, analysis: Analysis, safety: Safety = Safety.SAFE) -> list[Edit]:
    """Return what the engine's fix loop changes, as small edits."""
    fixed = await ls.session.fixed(analysis, safety=safety)
    source = analysis.snapshot.source
    return await ls.session.run(lambda: differences(source, fixed.text))


async def _disabled(ls: LintServer, analysis: Analysis, name: str) -> lsp.WorkspaceEdit | None:
    path = analysis.snapshot.path
    if path is None:
        return None
    target = disabling.settings_file(analysis.config, path, ls.session.configuration.roots)
    uri = target.as_uri()
    opened = ls.workspace.text_documents.get(unquote(uri))
    if opened is not None:
        text, version = opened.source, opened.version
    else:
        text, version = await ls.session.run(lambda: disabling.read(target)), None
    edit = disabling.disable(text, name, own=target.name != "pyproject.toml")
    if edit is None:
        ls.tell(f"oai-lint cannot edit {target.name}: please add `{name}` to `ignore` there.")
        return None
    where = to_range(Source(str(target), text), edit.start, edit.end, ls.units)
    result = in_file(ls, uri, version, [lsp.TextEdit(where, edit.text)])
    if not text and opened is None and isinstance(result.document_changes, list):
        there = lsp.CreateFileOptions(ignore_if_exists=True)
        result.document_changes.insert(0, lsp.CreateFile(uri, options=there))
    return result
