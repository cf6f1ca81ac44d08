"""What certainly runs before what, in one function's straight line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oai_lint.facts.file import File
from oai_lint.patch import Node

_EXPECTED = re.compile(r"\s*(?:async\s+)?with\s+(?:pytest\.raises|raises|self\.assertRaises)\w*\(")


def blocks(file: File, node: Node) -> Iterator[Node]:
    """Yield the blocks around a node, nearest first."""
    block = file.block(node)
    while block is not None:
        yield block
        block = file.block(block)


def runs_before(file: File, first: Node, then: Node) -> bool:
    """Say whether ``first`` has run whenever ``then`` runs, both in the same function."""
    one, other = file.site(first), file.site(then)
    if one.function is not other.function or one.order >= other.order:
        return False
    home = file.block(first)
    return any(block is home for block in blocks(file, then))


def stands_in(file: File, node: Node, statement: Node) -> bool:
    """Say whether a node is in the body (or the head) of a compound statement."""
    if file.site(node).statement is statement:
        return True
    return any(file.site(block).statement is statement for block in blocks(file, node))


def is_expected_to_fail(file: File, node: Node) -> bool:
    """Say whether a test wants an error of what stands at a node (``with pytest.raises``)."""
    if not file.is_test:
        return False
    return any(
        _EXPECTED.match(file.code(file.site(block).statement)) for block in blocks(file, node)
    )
