"""Where nodes stand in statements of the module that no edit has touched since they were found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import libcst as cst

Span = tuple[int, int]


class Places:
    """Remembers places from one text to the next, counted from where their statement begins.

    Statements are told apart by identity, and kept alive for that; an edit makes others of those
    that it touches.
    """

    def __init__(self) -> None:
        self._starts: dict[int, int] = {}
        self._found: dict[int, tuple[cst.CSTNode, dict[int, Span]]] = {}

    def move(self, module: cst.Module, lengths: Sequence[int]) -> None:
        """Take note of the statements of another text, and how long each is."""
        starts = accumulate(lengths, initial=0)
        self._starts = {id(node): at for node, at in zip(module.body, starts, strict=False)}
        self._found = {key: kept for key, kept in self._found.items() if key in self._starts}

    def forget(self) -> None:
        """Forget them all: how long the statements are is not known."""
        self._starts, self._found = {}, {}

    def get(self, statement: cst.CSTNode, node: cst.CSTNode) -> Span | None:
        """Return where a node of a statement of the module stands, if that is known."""
        kept = self._found.get(id(statement))
        if kept is None or (span := kept[1].get(id(node))) is None:
            return None
        start = self._starts[id(statement)]
        return start + span[0], start + span[1]

    def note(self, statement: cst.CSTNode, node: cst.CSTNode, span: Span) -> None:
        """Remember where a node of a statement of the module stands."""
        start = self._starts.get(id(statement))
        if start is not None:
            _, known = self._found.setdefault(id(statement), (statement, {}))
            known[id(node)] = span[0] - start, span[1] - start
