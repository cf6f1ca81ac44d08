"""A long statement without what is in its blocks, for edits that touch none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from oai_lint.reading.layout import Measured, Suite, block_at, blocks, with_block


def moved(suites: Sequence[Suite], start: int, end: int, growth: int) -> list[Suite] | None:
    """Return where blocks are after an edit; None where it touched one.

    Args:
        suites: the blocks of a statement.
        start, end: what was replaced, counted from where the statement begins.
        growth: how many code points more there are now.
    """
    found = []
    for suite in suites:
        if end > suite.start and start < suite.end:
            return None
        shift = growth if end <= suite.start else 0
        found.append(replace(suite, start=suite.start + shift, end=suite.end + shift))
    return found


def elided(code: str, suites: Sequence[Suite], newline: str) -> tuple[str, int]:
    """Return a statement with stubs for what is in its blocks, and how much shorter it is."""
    pieces, at = list[str](), 0
    for suite in suites:
        pieces += code[at : suite.start], _stub(suite, newline)
        at = suite.end
    brief = "".join((*pieces, code[at:]))
    return brief, len(code) - len(brief)


def _stub(suite: Suite, newline: str) -> str:
    return f"{suite.indent}0{newline}"


def restored(
    module: cst.Module, brief: cst.CSTNode, whole: cst.CSTNode, suites: Sequence[Suite], indent: str
) -> cst.CSTNode | None:
    """Return a statement with its blocks filled from another; None where they are not the same.

    Args:
        module: says which indentation is usual.
        brief: the statement with stubs.
        whole: the statement before the edit.
        suites: its blocks.
        indent: the white space in front of it.
    """
    found = list(blocks(brief))
    if [path for path, _ in found] != [suite.path for suite in suites]:
        return None
    for (path, block), suite in zip(found, suites, strict=True):
        rendering = Measured(module, suite.indent)
        rendering.add([*block.body, *block.footer])
        inner = module.default_indent if block.indent is None else block.indent
        if indent + inner != suite.indent or rendering.text != _stub(suite, module.default_newline):
            return None  # something of the edit became part of the block
        filled = block_at(whole, path)
        content = block.with_changes(body=filled.body, footer=filled.footer)
        brief = with_block(brief, path, content)
    return brief
