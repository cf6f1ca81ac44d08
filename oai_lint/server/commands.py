"""Commands that a palette, a key or a script of the editor may run: ``workspace/executeCommand``.

============================= =================== ===========================================
command                       first argument      answer
============================= =================== ===========================================
``oai-lint.applyFixes``       ``{uri, unsafe?}``  ``{applied, fixed, left}``
``oai-lint.applyMigration``   ``{uri, to?}``      the same; ``to`` is "1", which it is if left
                                                  out, "2" or "3"
``oai-lint.describeRule``     ``{code}``          ``{markdown}``; a rule's name will do as well
``oai-lint.listRules``        ``{}``              all of them, as ``oai-lint rule --all
                                                  --output-format json`` prints them
``oai-lint.describeSettings`` ``{uri?}``          ``{markdown}``; without a document those of
                                                  the workspace
``oai-lint.openRule``         ``{code}``          null, once the client shows the page
``oai-lint.showClient``       ``{uri, position}`` null, once the user was told
============================= =================== ===========================================

``applied`` says whether the client took the edit, ``fixed`` is how many findings it mends and
``left`` are those that it does not, as diagnostics of the text that it makes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcContentModified, JsonRpcException, JsonRpcInvalidParams

from oai_lint.config import Config, ConfigError, known, nearest
from oai_lint.engine import Fixed
from oai_lint.explain import described
from oai_lint.migrate import DEFAULT, TARGETS, Place, left_beside, overriding
from oai_lint.patch import Safety
from oai_lint.rule import Rule
from oai_lint.server.analysis import Analysis
from oai_lint.server.diagnostics import SOURCE, to_lsp
from oai_lint.server.edits import differences, workspace_edit
from oai_lint.server.guarding import in_one_line
from oai_lint.server.language_server import LintServer
from oai_lint.server.pages import page, page_url, rule_called
from oai_lint.server.positions import to_offset, to_range
from oai_lint.server.settings_page import settings_page
from oai_lint.source import Source

APPLY_FIXES = "oai-lint.applyFixes"
APPLY_MIGRATION = "oai-lint.applyMigration"
DESCRIBE_RULE = "oai-lint.describeRule"
LIST_RULES = "oai-lint.listRules"
DESCRIBE_SETTINGS = "oai-lint.describeSettings"
OPEN_RULE = "oai-lint.openRule"
SHOW_CLIENT = "oai-lint.showClient"

REQUEST_FAILED = -32803

Arguments = Mapping[str, Any]
Command = Callable[[LintServer, Arguments], Awaitable[Any]]


def answering(command: Command) -> Callable[..., Awaitable[Any]]:
    """Make a command a handler: its argument checked, its failures errors of the protocol."""

    # The parameter's name is how pygls knows that the server is wanted.
    async def answer(ls: LintServer, *arguments: Any) -> Any:
        first = arguments[0] if arguments else {}
        if not isinstance(first, Mapping):
            raise JsonRpcInvalidParams("the argument must be an object")
        with in_one_line(f"the command {command.__name__}"):
            try:
                return await command(ls, first)
            except ConfigError as error:
                raise JsonRpcException(str(error), REQUEST_FAILED) from None

    answer.__name__ = command.__name__
    return answer


async def apply_fixes(ls: LintServer, arguments: Arguments) -> dict[str, Any]:
    """Apply every safe fix of a document, or with ``unsafe`` every fix."""
    analysis = await _analysis(ls, arguments)
    unsafe = arguments.get("unsafe", False)
    if not isinstance(unsafe, bool):
        raise JsonRpcInvalidParams("`unsafe` must be true or false")
    safety = Safety.UNSAFE if unsafe else Safety.SAFE
    what = "Fix all" if unsafe else "Fix all that is safe to fix"
    return await _applied(ls, analysis, analysis.config, safety, what)


async def apply_migration(ls: LintServer, arguments: Arguments) -> dict[str, Any]:
    """Do to a document what ``oai-lint migrate`` does to files."""
    to = str(arguments.get("to") or DEFAULT)
    if to not in TARGETS:
        raise JsonRpcInvalidParams(f"`to` must be one of {', '.join(TARGETS)}, not `{to}`")
    analysis = await _analysis(ls, arguments)
    config = await ls.session.run(
        lambda: ls.session.configuration.overriding(analysis.snapshot.path, overriding(to))
    )
    source = analysis.snapshot.source

    def beside(fixed: Fixed) -> list[Place]:
        final = fixed.source if fixed.applied else source
        return left_beside(final, source, fixed.left, config)

    what = f"Migrate to openai {to}"
    return await _applied(ls, analysis, config, Safety.UNSAFE, what, beside=beside)


async def describe_rule(ls: LintServer, arguments: Arguments) -> dict[str, str]:
    """Return a rule's page."""
    return {"markdown": page(_rule(arguments))}


async def list_rules(ls: LintServer, arguments: Arguments) -> list[dict[str, Any]]:
    """Return what there is to choose from for :func:`describe_rule`."""
    return [described(rule) for _, rule in sorted(known().items())]


async def describe_settings(ls: LintServer, arguments: Arguments) -> dict[str, str]:
    """Return the settings in force for a document, or for the workspace when none is named."""
    uri = _text(arguments, "uri") if arguments.get("uri") else None
    snapshot = ls.session.get(uri) if uri else None
    if uri and snapshot is None:
        raise JsonRpcInvalidParams(f"{uri} is not open")
    return {"markdown": await ls.session.run(lambda: settings_page(ls, snapshot))}


async def open_rule(ls: LintServer, arguments: Arguments) -> None:
    """Show a rule's page in the browser, or say where it is."""
    rule = _rule(arguments)
    url = page_url(rule.code, rule.name)
    if ls.can("window.show_document.support"):
        await ls.window_show_document_async(lsp.ShowDocumentParams(uri=url, external=True))
    else:
        ls.tell(f"{rule.name} ({rule.code}): {url}", lsp.MessageType.Info)


async def show_client(ls: LintServer, arguments: Arguments) -> None:
    """Tell the settings in force for the client that is built at a position."""
    analysis = await _analysis(ls, arguments)
    try:
        position = lsp.Position(**arguments["position"])
    except (KeyError, TypeError, ValueError):
        raise JsonRpcInvalidParams("the argument needs `position`, of LSP's form") from None
    offset = to_offset(analysis.snapshot.source, position, ls.units)
    for made in await ls.session.constructions(analysis):
        if made.start <= offset <= made.end:
            lines = [f"{name}: {told.value} ({told.source})" for name, told in made.settings]
            ls.tell("\n".join([f"{made.code}(…)", *lines]), lsp.MessageType.Info)


COMMANDS: Mapping[str, Command] = {
    APPLY_FIXES: apply_fixes,
    APPLY_MIGRATION: apply_migration,
    DESCRIBE_RULE: describe_rule,
    LIST_RULES: list_rules,
    DESCRIBE_SETTINGS: describe_settings,
    OPEN_RULE: open_rule,
    SHOW_CLIENT: show_client,
}


def _text(arguments: Arguments, key: str) -> str:
    value = arguments.get(key)
    if not isinstance(value, str) or not value:
        raise JsonRpcInvalidParams(f"the argument needs `{key}`, a string")
    return value


def _rule(arguments: Arguments) -> type[Rule[Any]]:
    selector = _text(arguments, "code")
    if (rule := rule_called(selector)) is None:
        valid = [*known(), *(rule.name for rule in known().values())]
        raise JsonRpcInvalidParams(f"`{selector}` is no rule{nearest(selector, valid)}")
    return rule


async def _analysis(ls: LintServer, arguments: Arguments) -> Analysis:
    uri = _text(arguments, "uri")
    analysis = await ls.session.analysis(uri)
    if analysis is None:
        raise JsonRpcInvalidParams(f"{uri} is not open")
    return analysis


async def _applied(
    ls: LintServer,
    analysis: Analysis,
    config: Config,
    safety: Safety,
    what: str,
    *,
    beside: Callable[[Fixed], list[Place]] = lambda _: [],
) -> dict[str, Any]:
    """Have the client apply what the fix loop makes of a document, and tell the user.

    Args:
        ls: the server.
        analysis: the document.
        config: the settings to fix it with.
        safety: the least safety of the fixes.
        what: what is done, for people.
        beside: finds what is left beside findings.
    """
    snapshot = analysis.snapshot
    source = snapshot.source
    fixed = await ls.session.fixed(analysis, config, safety)
    edits, places = await ls.session.run(lambda: (differences(source, fixed.source), beside(fixed)))
    if ls.session.get(snapshot.uri) is not snapshot:
        raise JsonRpcContentModified(f"{source.path} was edited meanwhile")
    after = replace(snapshot, source=fixed.source, version=None)
    left = to_lsp(ls, Analysis(after, config, fixed.left))
    left += [_to_lsp(ls, after.source, place) for place in places]
    left.sort(key=lambda item: item.range.start)
    applied = False
    if edits:
        edit = workspace_edit(ls, snapshot, edits)
        params = lsp.ApplyWorkspaceEditParams(edit, f"{what} [oai-lint]")
        answer = await ls.workspace_apply_edit_async(params)
        applied = answer.applied
        if not applied:
            ls.tell(f"{what}: the editor refused, {answer.failure_reason or 'without a reason'}")
    if applied or not edits:
        count = len(fixed.applied)
        mended = f"{count} finding{'s' if count > 1 else ''} mended" if edits else "nothing to mend"
        rest = f"; {len(left)} left" if left else ""
        ls.tell(f"{what}: {mended}{rest}", lsp.MessageType.Info)
    return {"applied": applied, "fixed": len(fixed.applied) if applied else 0, "left": left}


def _to_lsp(ls: LintServer, source: Source, place: Place) -> lsp.Diagnostic:
    """Return a place that no rule is about; where it is only possible, it is no warning."""
    severities = lsp.DiagnosticSeverity
    return lsp.Diagnostic(
        to_range(source, place.start, place.start, ls.units),
        place.message,
        severity=severities.Warning if place.certain else severities.Information,
        source=SOURCE,
    )
