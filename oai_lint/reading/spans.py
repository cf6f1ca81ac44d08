"""Where nodes stand in the text: their statement is rendered and looked up, its tokens counted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import libcst as cst

from oai_lint.reading.places import Places
from oai_lint.reading.rendering import Rendering
from oai_lint.reading.tree import Tree

_MOST_ECHOES = 20
"""How many places that only look like a statement are passed over in search of it."""


class Spans:
    """The start and end offset of each node of a file, white space around it left out.

    Rendering a whole module costs a third of parsing it, so each statement is rendered when one of
    its nodes is first asked for, and looked up in the text.  One that occurs more than once is
    looked up together with its surroundings.

    Args:
        tree: the file's tree.
        text: the text that it was parsed from.
        places: what is known of them from the text before an edit.

    Attributes:
        lost: whether libcst's rendering cannot be carried over to the text.
    """

    def __init__(self, tree: Tree, text: str, places: Places | None = None) -> None:
        self.tree = tree
        self.text = text
        self._places = places or Places()
        self._found: dict[int, tuple[int, int]] = {}
        self._rendered_at: list[tuple[Rendering, list[int]]] = []
        self._whole = False
        self.lost = False
        # libcst renders a form feed or a lone CR elsewhere than it stands, or not at all.
        self._faithful = "\f" not in text and text.count("\r") == text.count("\r\n")

    def __getitem__(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return where a node stands.

        Raises:
            KeyError: the node is of another tree, or places are lost, so nothing may be edited.
        """
        statement = self._outermost(node)
        found = self._places.get(statement, node)
        if found is None:
            found = self._search(node)
            self._places.note(statement, node, found)
        return _trimmed(node, found, self.text)

    def _outermost(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the statement of the module that holds a node."""
        parents, module = self.tree.parents, self.tree.module
        while (parent := parents.get(node)) is not None and parent is not module:
            node = parent
        return node

    def _search(self, node: cst.CSTNode) -> tuple[int, int]:
        """Find a node in the text."""
        found = self._known(node)
        if found is None and self._faithful:
            self._look_up(node)
            found = self._known(node)
        if found is None:
            self._carry_over()
            found = self._found[id(node)]
        return found

    def _known(self, node: cst.CSTNode) -> tuple[int, int] | None:
        """Return where a node stands if its statement was looked up already."""
        for state, offsets in self._rendered_at:
            at = state.at.get(id(node))
            if at is not None:  # the final newline may be one that libcst added
                return offsets[at[0]], min(offsets[at[1]], len(self.text))
        return self._found.get(id(node))

    def _look_up(self, node: cst.CSTNode) -> None:
        """Find the smallest statement around a node that occurs once."""
        block = self.tree.parents.get(node)
        while block is not None:
            if type(block) is cst.Module or type(block) is cst.IndentedBlock:
                state = self._rendered([node], block)
                at = _only_line(self.text, "".join(state.tokens), state.default_newline)
                if at is not None:
                    self._note(state, at)
                    return
                if isinstance(block, cst.Module):
                    self._look_up_between(node, block)
                    return
            node, block = block, self.tree.parents.get(block)

    def _look_up_between(self, statement: cst.CSTNode, module: cst.Module) -> None:
        """Find a statement of the module among more and more of its neighbours."""
        body = module.body
        index = next(i for i, other in enumerate(body) if other is statement)
        around = 1
        while around < len(body):
            first = max(index - around, 0)
            state = self._rendered(body[first : index + around + 1], module)
            at = _only_line(self.text, "".join(state.tokens), state.default_newline)
            if at is not None:
                self._note(state, at)
                return
            around *= 4

    def _rendered(
        self, statements: Sequence[cst.CSTNode], block: cst.Module | cst.IndentedBlock
    ) -> Rendering:
        """Render some statements of a block as they are indented there."""
        state = Rendering(self.tree.module)
        for outer in reversed([block, *self.tree.ancestors(block)]):
            if isinstance(outer, (cst.IndentedBlock, cst.Match)):
                indent = outer.indent
                state.increase_indent(state.default_indent if indent is None else indent)
        for statement in statements:
            state.add(statement)
        return state

    def _note(self, state: Rendering, at: int) -> None:
        offsets = list(accumulate(map(len, state.tokens), initial=at))
        self._rendered_at.append((state, offsets))

    def _carry_over(self) -> None:
        """Render the whole module and align it with the text."""
        if self._whole:
            return
        self._whole = True
        state = Rendering(self.tree.module)
        self.tree.module._codegen(state)
        offsets = [0, *accumulate(map(len, state.tokens))]
        offsets.append(offsets[-1])  # the final newline, where libcst takes it back
        rendered = "".join(state.tokens)
        if rendered == self.text:
            for node, (a, b) in state.at.items():
                self._found[node] = offsets[a], offsets[b]
            return
        moved = _aligned(rendered, self.text)
        if moved is None:
            self.lost = True
            return
        starts = [moved[offset] for offset in offsets]
        ends = [moved[offset - 1] + 1 if offset else 0 for offset in offsets]
        for node, (a, b) in state.at.items():
            self._found[node] = starts[a], max(starts[a], ends[b])


def _only_line(text: str, code: str, newline: str) -> int | None:
    """Return where ``code`` begins a line of ``text`` if it does so exactly once."""
    if not text.endswith(("\n", "\r")):
        text += newline
    found, at = None, -1
    for _ in range(_MOST_ECHOES):
        at = text.find(code, at + 1)
        if at < 0:
            return found
        if not at or text[at - 1] in "\r\n":
            if found is not None:
                return None
            found = at
    return None


def _trimmed(node: cst.CSTNode, span: tuple[int, int], text: str) -> tuple[int, int]:
    """Take the newline off the end of a compound statement."""
    start, end = span
    if text[end - 1 : end] in ("\r", "\n") and isinstance(
        node, (cst.BaseCompoundStatement, cst.ExceptHandler, cst.SimpleStatementLine)
    ):
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
