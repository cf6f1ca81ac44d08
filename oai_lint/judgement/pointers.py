"""Places that explain a finding: where the client is built, where the key comes from."""

from __future__ import annotations

from collections.abc import Iterable

from oai_lint.facts.clients import ApiCall
from oai_lint.facts.file import File
from oai_lint.facts.http import RawCall
from oai_lint.facts.keys import KeyLiteral
from oai_lint.facts.values import Expr, Value
from oai_lint.rule import Related


def built(call: ApiCall | RawCall, file: File) -> tuple[Related, ...]:
    """Point at the construction of the client that a call goes through, if that is elsewhere."""
    if call.made is None or file.inside(call.made, call.node):
        return ()
    return (Related(call.made, "the client is built here"),)


def given(literal: KeyLiteral, file: File) -> tuple[Related, ...]:
    """Point at the places that a literal key reaches from elsewhere."""
    uses = [use for use in literal.uses if not file.inside(literal.node, use.node)]
    return tuple(Related(use.node, "the key goes in here") for use in uses)


def came(values: Iterable[Value], expr: Expr, file: File) -> tuple[Related, ...]:
    """Point at where values of an expression come from, if that is elsewhere."""
    nodes = dict.fromkeys(value.node for value in values)
    elsewhere = [node for node in nodes if not file.inside(node, expr.node)]
    return tuple(Related(node, "the key comes from here") for node in elsewhere)
