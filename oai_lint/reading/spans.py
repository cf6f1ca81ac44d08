"""Where nodes stand in the text: the module is rendered once, the tokens counted."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from itertools import accumulate

import libcst as cst

# Private, like the hooks below: libcst's own position providers are built on the same two.  A test
# compares the result with PositionProvider, and the version of libcst has a ceiling.
from libcst._nodes.internal import CodegenState

Spans = dict[cst.CSTNode, tuple[int, int]]


class _Recorder(CodegenState):
    """Notes the token index at which each wanted node begins and ends.

    Rendering asks for every node of the module, so these hooks compare identities: libcst's nodes
    hash in Python.
    """

    def __init__(self, module: cst.Module, wanted: Collection[cst.CSTNode]) -> None:
        super().__init__(
            default_indent=module.default_indent, default_newline=module.default_newline
        )
        self.wanted = frozenset(map(id, wanted))
        self.at: dict[int, tuple[int, int]] = {}
        self.open: list[int] = []

    def before_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.wanted:
            self.open.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.wanted:
            self.at.setdefault(id(node), (self.open.pop(), len(self.tokens)))

    def record_syntactic_position(  # type: ignore[override]  # cheaper than a generator
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> AbstractContextManager[None]:
        return _Position(self, id(node)) if id(node) in self.wanted else _UNWANTED


class _Position(AbstractContextManager[None]):
    """Notes where the code of one node, without the trivia around it, begins and ends."""

    def __init__(self, recorder: _Recorder, node: int) -> None:
        self.recorder = recorder
        self.node = node
        self.start = 0

    def __enter__(self) -> None:
        self.start = len(self.recorder.tokens)

    def __exit__(self, *_: object) -> None:
        self.recorder.at[self.node] = (self.start, len(self.recorder.tokens))


_UNWANTED = nullcontext()


def locate(module: cst.Module, nodes: Collection[cst.CSTNode], text: str) -> Spans | None:
    """Return the start and end offset of each node, white space around it left out.

    None when the rendering cannot be carried over to the text, so that nothing may be edited.
    """
    state = _Recorder(module, nodes)
    module._codegen(state)
    offsets = [0, *accumulate(map(len, state.tokens))]
    offsets.append(offsets[-1])  # the final newline, where libcst takes it back
    rendered = "".join(state.tokens)
    if rendered != text:
        moved = _aligned(rendered, text)
        if moved is None:
            return None
        starts = [moved[offset] for offset in offsets]
        ends = [moved[offset - 1] + 1 if offset else 0 for offset in offsets]
        spans = {node: (starts[a], max(starts[a], ends[b])) for node, (a, b) in state.at.items()}
    else:
        spans = {node: (offsets[a], offsets[b]) for node, (a, b) in state.at.items()}
    return {node: _trimmed(node, spans[id(node)], text) for node in nodes if id(node) in spans}


def _trimmed(node: cst.CSTNode, span: tuple[int, int], text: str) -> tuple[int, int]:
    """Take the newline off the end of a compound statement."""
    start, end = span
    if isinstance(node, (cst.BaseCompoundStatement, cst.ExceptHandler, cst.SimpleStatementLine)):
        while end > start and text[end - 1] in "\r\n":
            end -= 1
    return start, end


def _aligned(rendered: str, text: str) -> list[int] | None:
    """Map offsets of the rendering to the text, which is the rendering plus dropped characters.

    libcst drops a BOM, empty lines and a lone CR towards the end and, at a line's start, a form
    feed with the white space before it; a form feed in a block's first indentation it repeats.
    From the end backwards there is only one way to carry the offsets over.
    """
    blank = " \t\f\r\n"
    index, position = len(rendered.rstrip(blank)), len(text.rstrip(blank))
    moved = [position] * (len(rendered) + 1)
    dropping = adding = False
    while index:
        index -= 1
        character = rendered[index]
        if text[position - 1 : position] != character and (
            character == "\f" or (adding and character in " \t")
        ):
            moved[index], adding = position, True
            continue
        while position and text[position - 1] != character:
            position -= 1
            if text[position] in "\f\r\n\ufeff":
                dropping = True
            elif not (dropping and text[position] in " \t"):
                return None
        if not position:
            return None
        position -= 1
        dropping = adding = False
        moved[index] = position
    return moved if not text[:position].strip(" \t\f\r\ufeff") else None
