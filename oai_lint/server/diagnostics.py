"""Findings as diagnostics of the protocol, and the answer to clients that ask for them."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from oai_lint.engine import Diagnostic
from oai_lint.rule import Severity
from oai_lint.server.analysis import Analysis
from oai_lint.server.guarding import guarded
from oai_lint.server.pages import page_url
from oai_lint.server.positions import to_range

if TYPE_CHECKING:
    from oai_lint.server.language_server import LintServer

SOURCE = "oai-lint"
UNUSED_SUPPRESSION = "OAI901"
DEPRECATIONS = "OAI8"

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFO: lsp.DiagnosticSeverity.Information,
}


def to_lsp(ls: LintServer, analysis: Analysis, uri: str | None = None) -> list[lsp.Diagnostic]:
    """Return the findings of a file as the client wants them, or of the cell called ``uri``."""
    cell = analysis.snapshot.cell(uri) if uri is not None else None
    return [
        one_to_lsp(ls, analysis, item)
        for item in analysis.diagnostics
        if cell is None or cell.start <= item.start <= cell.end
    ]


def one_to_lsp(ls: LintServer, analysis: Analysis, item: Diagnostic) -> lsp.Diagnostic:
    """Return one finding as the client wants it."""
    source, units = analysis.snapshot.source, ls.units
    related = None
    if item.related and _takes(ls, "related_information"):
        related = [
            lsp.DiagnosticRelatedInformation(
                lsp.Location(
                    analysis.snapshot.document_at(place.start).uri,
                    to_range(source, place.start, place.end, units),
                ),
                place.message,
            )
            for place in item.related
        ]
    url = page_url(item.code, item.name)
    described = url and _takes(ls, "code_description_support")
    return lsp.Diagnostic(
        range=to_range(source, item.start, item.end, units),
        message=item.message,
        severity=_SEVERITIES[item.severity],
        code=item.code,
        code_description=lsp.CodeDescription(url) if described else None,
        source=SOURCE,
        tags=_tags(item) if _takes(ls, "tag_support") else None,
        related_information=related,
        data={"name": item.name} if _takes(ls, "data_support") else None,
    )


def _takes(ls: LintServer, capability: str) -> bool:
    # Those who ask for diagnostics say what they take of one where those who listen do: there was
    # no other place for it before LSP 3.18.
    ways = ("text_document.publish_diagnostics", "text_document.diagnostic")
    return any(ls.can(f"{way}.{capability}") for way in ways[: 1 + ls.pulls])


def _tags(item: Diagnostic) -> list[lsp.DiagnosticTag] | None:
    if item.code == UNUSED_SUPPRESSION:
        return [lsp.DiagnosticTag.Unnecessary]
    if item.code.startswith(DEPRECATIONS):
        return [lsp.DiagnosticTag.Deprecated]
    return None


def result_id(diagnostics: list[lsp.Diagnostic]) -> str:
    """Return a name for these findings: the same for the same, whatever made them."""
    return blake2b(repr(diagnostics).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


@guarded
async def pull(
    ls: LintServer, params: lsp.DocumentDiagnosticParams
) -> lsp.DocumentDiagnosticReport:
    """Answer ``textDocument/diagnostic``."""
    analysis = await ls.session.analysis(params.text_document.uri)
    if analysis is None:
        return lsp.RelatedFullDocumentDiagnosticReport(items=[])
    ls.publisher.complain(analysis)
    items = to_lsp(ls, analysis, params.text_document.uri)
    name = result_id(items)
    if params.previous_result_id == name:
        return lsp.RelatedUnchangedDocumentDiagnosticReport(result_id=name)
    return lsp.RelatedFullDocumentDiagnosticReport(items=items, result_id=name)
