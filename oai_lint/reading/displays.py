"""What a notebook shows without being told to: the value of a cell's last line."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from oai_lint.cells import Cell
    from oai_lint.reading import Reading


def displayed(reading: Reading) -> Iterator[cst.BaseExpression]:
    """Yield the expressions that end cells; Jupyter shows what they are worth, and keeps it.

    A semicolon behind one keeps it from being shown.  Which statements belong to which cell is
    counted, as nothing else tells where a node stands without rendering the text before it.
    """
    source = reading.source
    if not source.cells:
        return
    statements = list(_statements(reading.module.body))
    done = 0
    for cell in source.cells:
        code = source.code[cell.start : cell.end]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                body = ast.parse(code).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return  # a statement goes on in the next cell, so that all counts are off
        done += len(body)
        if not body or not isinstance(body[-1], ast.Expr) or done > len(statements):
            continue
        last = statements[done - 1]
        if not isinstance(last, cst.Expr) or isinstance(last.semicolon, cst.Semicolon):
            continue
        if not _magic_after(body[-1], cell, source.foreign, code):
            yield last.value


def _statements(
    body: Sequence[cst.BaseStatement | cst.BaseSmallStatement],
) -> Iterator[cst.CSTNode]:
    for statement in body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body
        else:
            yield statement


def _magic_after(last: ast.Expr, cell: Cell, foreign: Sequence[tuple[int, int]], code: str) -> bool:
    """Say whether a line of IPython follows, whose value is shown instead."""
    return any(
        cell.start <= start < cell.end
        and code.count("\n", 0, start - cell.start) >= (last.end_lineno or last.lineno)
        for start, _ in foreign
    )
