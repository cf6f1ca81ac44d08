"""Code lenses over the clients that a document builds; off unless ``codeLens`` is set."""

from __future__ import annotations

from lsprotocol import types as lsp

from oai_lint.server.commands import SHOW_CLIENT
from oai_lint.server.guarding import guarded
from oai_lint.server.language_server import LintServer
from oai_lint.server.positions import to_range


@guarded
async def lenses(ls: LintServer, params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
    """Answer ``textDocument/codeLens``: what holds for each client, in a line."""
    if not ls.session.configuration.preferences.code_lens:
        return None
    uri = params.text_document.uri
    analysis = await ls.session.analysis(uri)
    if analysis is None:
        return None
    cell = analysis.snapshot.cell(uri)
    found = []
    for made in await ls.session.constructions(analysis):
        if cell is not None and not cell.start <= made.start <= cell.end:
            continue
        where = to_range(analysis.snapshot.source, made.start, made.end, ls.units)
        at = {"line": where.start.line, "character": where.start.character}
        if made.brief:
            arguments = [{"uri": uri, "position": at}]
            command = lsp.Command(made.brief, SHOW_CLIENT, arguments=arguments)
            found.append(lsp.CodeLens(where, command))
    return found
