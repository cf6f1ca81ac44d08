"""Completion inside suppression comments, and nowhere else."""

from __future__ import annotations

import re
from typing import Any

from lsprotocol import types as lsp

from oai_lint.config import known
from oai_lint.rule import Rule
from oai_lint.server.guarding import guarded
from oai_lint.server.language_server import LintServer
from oai_lint.server.pages import page
from oai_lint.server.positions import to_offset, to_range

TRIGGERS = ["[", ",", ":"]

_VERB = re.compile(r"#[ \t]*oai-lint:[ \t]*([\w-]*)$")
_NAME = re.compile(r"#[ \t]*oai-lint:[ \t]*ignore(?:-file)?[ \t]*\[[^\]#]*?([\w-]*)$")
_CODE = re.compile(r"(?i:#[ \t]*noqa[ \t]*:)[^#]*?(\w*)$")


@guarded
async def complete(ls: LintServer, params: lsp.CompletionParams) -> lsp.CompletionList | None:
    """Answer ``textDocument/completion``."""
    snapshot = ls.session.get(params.text_document.uri)
    if snapshot is None:
        return None
    source = snapshot.source
    cell = snapshot.cell(params.text_document.uri)
    offset = to_offset(source, params.position, ls.units, cell)
    row, column = source.position(offset)
    typed = source.line(row)[:column]
    if found := _VERB.search(typed):
        words = {"ignore": "on this line", "ignore-file": "in this file"}
    elif found := _NAME.search(typed):
        words = {rule.name: code for code, rule in _rules().items()}
    elif found := _CODE.search(typed):
        words = {code: rule.name for code, rule in _rules().items()}
    else:
        return None
    span = to_range(source, offset - len(found[1]), offset, ls.units)
    kind = lsp.MarkupKind.Markdown if _markdown(ls) else None
    items = []
    for word, detail in words.items():
        rule = known().get(word) or known().get(detail)
        items.append(
            lsp.CompletionItem(
                label=word,
                detail=detail,
                kind=lsp.CompletionItemKind.EnumMember if rule else lsp.CompletionItemKind.Keyword,
                documentation=lsp.MarkupContent(kind, page(rule)) if rule and kind else None,
                filter_text=word,
                text_edit=lsp.TextEdit(span, word),
            )
        )
    return lsp.CompletionList(is_incomplete=False, items=items)


def _rules() -> dict[str, type[Rule[Any]]]:
    return dict(sorted(known().items()))


def _markdown(ls: LintServer) -> bool:
    document = ls.client_capabilities.text_document
    item = document.completion.completion_item if document and document.completion else None
    return bool(item and lsp.MarkupKind.Markdown in (item.documentation_format or ()))
