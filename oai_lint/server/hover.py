"""The page of a rule, over a finding and over its name in a suppression; settings of clients."""

from __future__ import annotations

import re
from typing import NamedTuple

from lsprotocol import types as lsp

from oai_lint.server.guarding import guarded
from oai_lint.server.language_server import LintServer
from oai_lint.server.pages import page, rule_called
from oai_lint.server.positions import to_offset, to_range
from oai_lint.source import Source

SUPPRESSION = re.compile(
    r"#[ \t]*(?:oai-lint:[ \t]*ignore(?:-file)?[ \t]*\[|noqa[ \t]*:)(?P<codes>[^\]#]*)", re.I
)
_WORD = re.compile(r"[\w-]+")


class Word(NamedTuple):
    """A rule named in a suppression."""

    start: int
    end: int
    text: str


def word_at(source: Source, offset: int) -> Word | None:
    """Return the code or name at ``offset``, if that is inside a suppression comment."""
    row, _ = source.position(offset)
    start = source.line_starts[row]
    for comment in SUPPRESSION.finditer(source.line(row)):
        for word in _WORD.finditer(comment["codes"]):
            first = start + comment.start("codes") + word.start()
            if first <= offset <= first + len(word[0]):
                return Word(first, first + len(word[0]), word[0])
    return None


@guarded
async def hover(ls: LintServer, params: lsp.HoverParams) -> lsp.Hover | None:
    """Answer ``textDocument/hover``."""
    analysis = await ls.session.analysis(params.text_document.uri)
    if analysis is None:
        return None
    source = analysis.snapshot.source
    cell = analysis.snapshot.cell(params.text_document.uri)
    offset = to_offset(source, params.position, ls.units, cell)
    pages: list[str] = []
    spans: list[tuple[int, int]] = []
    for item in analysis.diagnostics:
        if item.start <= offset <= item.end:
            rule = rule_called(item.code)
            text = page(rule) if rule else f"# {item.name} ({item.code})\n"
            pages.append(f"{item.message}\n\n{text}")
            spans.append((item.start, item.end))
    if (word := word_at(source, offset)) and (rule := rule_called(word.text)):
        pages.append(page(rule))
        spans.append((word.start, word.end))
    for made in await ls.session.constructions(analysis):
        if made.start <= offset <= made.end:
            pages.append(made.markdown + "\n")
            spans.append((made.start, made.end))
    if not pages:
        return None
    start, end = min(spans, key=lambda span: span[1] - span[0])
    return lsp.Hover(
        lsp.MarkupContent(_format(ls), "\n---\n\n".join(dict.fromkeys(pages))),
        to_range(source, start, end, ls.units),
    )


def _format(ls: LintServer) -> lsp.MarkupKind:
    """Return Markdown unless the client speaks plain text alone."""
    document = ls.client_capabilities.text_document
    formats = document.hover.content_format if document and document.hover else None
    if formats and lsp.MarkupKind.Markdown not in formats:
        return lsp.MarkupKind.PlainText
    return lsp.MarkupKind.Markdown
