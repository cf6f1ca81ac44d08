"""Code actions: fixes, fix-alls, suppressions and the way to a rule's page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lsprotocol import types as lsp
from pygls.capabilities import get_capability

from oai_lint import suppressing
from oai_lint.cells import Cell, index_at
from oai_lint.config import Selection
from oai_lint.engine import Diagnostic
from oai_lint.patch import Edit, Safety
from oai_lint.server import disabling
from oai_lint.server.analysis import UNPARSABLE, Analysis, Document
from oai_lint.server.commands import OPEN_RULE
from oai_lint.server.edits import differences, in_files, workspace_edit
from oai_lint.server.guarding import guarded, in_one_line
from oai_lint.server.language_server import LintServer
from oai_lint.server.pages import page_url
from oai_lint.server.positions import to_offset, to_range
from oai_lint.source import Source

FIX_ALL = "source.fixAll.oai-lint"
FIX_NOTEBOOK = "notebook.source.fixAll.oai-lint"
QUICK_FIX = str(lsp.CodeActionKind.QuickFix.value)
KINDS: list[lsp.CodeActionKind | str] = [lsp.CodeActionKind.QuickFix, FIX_ALL, FIX_NOTEBOOK]

UNSUPPRESSIBLE = frozenset({UNPARSABLE, "OAI902"})


def wanted(kind: str, only: Sequence[lsp.CodeActionKind | str] | None) -> bool:
    """Say whether a request restricted to the kinds ``only`` asks for ``kind``.

    Kinds are hierarchical: ``source`` asks for ``source.fixAll.oai-lint`` too.  Without a
    restriction nothing of ``source`` or ``notebook`` is offered: some editors put all they get into
    the menu that is meant for the line at the cursor.
    """
    if not only:
        return not f"{kind}.".startswith(("source.", "notebook."))
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
        result += [action async for action in _for_range(ls, analysis, params)]
    source = analysis.snapshot.source
    safe = [d for d in analysis.diagnostics if _is_safe(d)]
    cell = analysis.snapshot.cell(params.text_document.uri)
    if wanted(FIX_ALL, params.context.only) and any(_is_within(d, cell, source) for d in safe):
        # On save, clients ask so for every cell of a notebook, and apply what all answers say.
        title = "Fix all that is safe to fix [oai-lint]"
        data = {"do": "fix-all", "uri": params.text_document.uri}
        result += await _complete(ls, lsp.CodeAction(title=title, kind=FIX_ALL, data=data))
    if cell and wanted(FIX_NOTEBOOK, params.context.only) and safe:
        title = "Fix all that is safe to fix in the notebook [oai-lint]"
        data = {"do": "fix-all", "uri": analysis.snapshot.uri}
        result += await _complete(ls, lsp.CodeAction(title=title, kind=FIX_NOTEBOOK, data=data))
    return result


async def resolve(ls: LintServer, action: lsp.CodeAction) -> lsp.CodeAction:
    """Answer ``codeAction/resolve``."""
    with in_one_line("the code action"):
        return await _resolved(ls, action)


async def _complete(ls: LintServer, action: lsp.CodeAction) -> list[lsp.CodeAction]:
    """Return the action as it is where the client asks for the edit once it is picked.

    Others get the edit along with it, and no action where there is none to be made.
    """
    support = ls.client_capabilities.text_document
    found = support and support.code_action and support.code_action.resolve_support
    if found and "edit" in found.properties and ls.can("text_document.code_action.data_support"):
        return [action]
    action = await _resolved(ls, action, ahead=True)
    action.data = None
    return [action] if action.edit is not None else []


def _is_safe(item: Diagnostic) -> bool:
    return item.fix is not None and item.fix.safety is Safety.SAFE


def _is_within(item: Diagnostic, cell: Cell | None, source: Source) -> bool:
    """Say whether a fix changes nothing but a cell; of what is no notebook all is one."""
    if item.fix is None or cell is None:
        return item.fix is not None
    cells = source.cells
    touched = {cells[index_at(cells, edit.start)].number for edit in item.fix.edits}
    return touched == {cell.number}


def _label(text: str, safety: Safety) -> str:
    return text if safety is Safety.SAFE else f"{text} (unsafe)"


async def _for_range(
    ls: LintServer, analysis: Analysis, params: lsp.CodeActionParams
) -> AsyncIterator[lsp.CodeAction]:
    source, units = analysis.snapshot.source, ls.units
    cell = analysis.snapshot.cell(params.text_document.uri)
    start = to_offset(source, params.range.start, units, cell)
    end = to_offset(source, params.range.end, units, cell)
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
        async for action in _for_rule(ls, analysis, item, theirs[id(item)]):
            yield action


async def _for_rule(
    ls: LintServer, analysis: Analysis, item: Diagnostic, theirs: list[lsp.Diagnostic] | None
) -> AsyncIterator[lsp.CodeAction]:
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
        title = _label(f"Fix all {item.code} in this file", safety)
        for offer in await _complete(ls, action(title, data=data)):
            yield offer
    if not analysis.stale and item.code not in UNSUPPRESSIBLE:
        if edit := suppressing.on_line(snapshot.source, item.start, item.name):
            yield action(
                f"Ignore {item.name} on this line", edit=workspace_edit(ls, snapshot, [edit])
            )
        if edit := suppressing.in_file(snapshot.source, item.name):
            edits = workspace_edit(ls, snapshot, [edit])
            yield action(f"Ignore {item.name} in this file", edit=edits)
        if (file := await _settings_file(ls, analysis)) is not None:
            data = {"do": "disable", "uri": snapshot.uri, "name": item.name}
            title = f"Disable {item.name} in {file.name}"
            for offer in await _complete(ls, action(title, data=data)):
                yield offer
    if page_url(item.code, item.name):
        command = lsp.Command("Open the page", OPEN_RULE, arguments=[{"code": item.code}])
        yield action(f"Open the page of {item.name}", command=command)


def _theirs(
    ls: LintServer, analysis: Analysis, item: Diagnostic, context: Sequence[lsp.Diagnostic]
) -> list[lsp.Diagnostic] | None:
    """Return the client's own diagnostics that show ``item``."""
    where = to_range(analysis.snapshot.source, item.start, item.end, ls.units)
    return [d for d in context if d.code == item.code and d.range == where] or None


async def _resolved(
    ls: LintServer, action: lsp.CodeAction, *, ahead: bool = False
) -> lsp.CodeAction:
    """Return the action with its edit; ``ahead`` of being picked nobody is told why it has none."""
    data = action.data if isinstance(action.data, dict) else {}
    analysis = await ls.session.analysis(str(data.get("uri", "")))
    if analysis is None or analysis.stale:
        return action
    edit: lsp.WorkspaceEdit | None = None
    if data.get("do") == "fix-all":
        cell = analysis.snapshot.cell(str(data.get("uri", "")))
        edits = await _all(ls, analysis, cell=cell)
        edit = workspace_edit(ls, analysis.snapshot, edits) if edits or not ahead else None
    elif data.get("do") == "fix-rule":
        narrowed = replace(analysis.config, fixing=(Selection((str(data["code"]),)),))
        edits = await _all(ls, replace(analysis, config=narrowed), Safety(data["safety"]))
        edit = workspace_edit(ls, analysis.snapshot, edits)
    elif data.get("do") == "disable":
        edit = await _disabled(ls, analysis, str(data["name"]), quiet=ahead)
    return lsp.CodeAction(
        title=action.title,
        kind=action.kind,
        diagnostics=action.diagnostics,
        is_preferred=action.is_preferred,
        edit=edit,
        data=action.data,
    )


async def _all(
    ls: LintServer, analysis: Analysis, safety: Safety = Safety.SAFE, cell: Cell | None = None
) -> list[Edit]:
    """Return what the engine's fix loop changes, as small edits; in one ``cell`` if given."""
    source = analysis.snapshot.source
    if cell is None:
        fixed = await ls.session.fixed(analysis, safety=safety)
        return await ls.session.run(lambda: differences(source, fixed.source))

    def among(stage: Source, found: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
        return [item for item in found if _is_within(item, cell, stage)]

    fixed = await ls.session.fixed(analysis, safety=safety, among=among)
    edits = await ls.session.run(lambda: differences(source, fixed.source))
    return [edit for edit in edits if cell.start <= edit.start <= cell.end]


async def _settings_file(ls: LintServer, analysis: Analysis) -> Path | None:
    path = analysis.snapshot.path
    if path is None:
        return None
    roots = ls.session.configuration.roots
    return await ls.session.run(lambda: disabling.settings_file(analysis.config, path, roots))


async def _disabled(
    ls: LintServer, analysis: Analysis, name: str, *, quiet: bool
) -> lsp.WorkspaceEdit | None:
    target = await _settings_file(ls, analysis)
    if target is None:
        return None
    uri = target.as_uri()
    opened = ls.workspace.text_documents.get(unquote(uri))
    if opened is not None:
        text, version = opened.source, opened.version
    else:
        text, version = await ls.session.run(lambda: disabling.read(target)), None
    edit = disabling.disable(text, name, own=target.name != "pyproject.toml")
    if edit is None:
        if not quiet:
            ls.tell(f"oai-lint cannot edit {target.name}: please add `{name}` to `ignore` there.")
        return None
    where = to_range(Source(str(target), text), edit.start, edit.end, ls.units)
    result = in_files(ls, {Document(uri, version): [lsp.TextEdit(where, edit.text)]})
    creates = lsp.ResourceOperationKind.Create in (
        get_capability(ls.client_capabilities, "workspace.workspace_edit.resource_operations") or ()
    )
    if not text and opened is None and creates and isinstance(result.document_changes, list):
        there = lsp.CreateFileOptions(ignore_if_exists=True)
        result.document_changes.insert(0, lsp.CreateFile(uri, options=there))
    return result
