"""How long the statements of a tree are in the text, and where the blocks of a statement begin.

libcst's nodes know no positions, and rendering them to count costs a third of a parse; so lengths
are counted once, for inner statements when first needed, and corrected with each edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

import libcst as cst

# Private; `spans`, which leans on the same, says what holds it to this version of libcst.
from libcst._nodes.internal import CodegenState

Path = tuple[tuple[str, int | None], ...]
"""The fields that lead from a statement to a block, with an index where one holds several nodes."""

_INNER: Final = ("body", "handlers", "cases", "orelse", "finalbody")
"""The fields of a compound statement that lead to its blocks, in the order of the text."""


@dataclass(slots=True)
class Body:
    """The statements of a block, or of the module.

    Attributes:
        lengths: the code points that each statement takes, the lines above it included.
        suites: the blocks of each statement; None until somebody asks.
    """

    lengths: list[int]
    suites: list[list[Suite] | None] = field(init=False)

    def __post_init__(self) -> None:
        self.suites = [None] * len(self.lengths)

    def replace(self, first: int, last: int, lengths: Sequence[int]) -> None:
        """Put other statements in the place of some."""
        self.lengths[first : last + 1] = lengths
        self.suites[first : last + 1] = [None] * len(lengths)


@dataclass(slots=True)
class Suite:
    """An indented block of a compound statement.

    Attributes:
        path: from the statement to the block.
        start: where its first statement begins, counted from where the compound one does.
        end: where it ends, the comments at its end included.
        indent: the white space in front of its statements.
        body: its statements.
    """

    path: Path
    start: int
    end: int
    indent: str
    body: Body


class Measured(CodegenState):
    """The code of some statements as they stand in their module.

    Args:
        module: whose indentation and newline are usual.
        indent: the white space in front of the statements.

    Attributes:
        first_indent: the white space that the first block in them adds; None without a block.
        deepest: levels of indentation.
    """

    def __init__(self, module: cst.Module, indent: str = "") -> None:
        super().__init__(
            default_indent=module.default_indent, default_newline=module.default_newline
        )
        if indent:
            self.indent_tokens.append(indent)
        self.first_indent: str | None = None
        self.deepest = len(self.indent_tokens)
        self._marks: dict[int, list[int]] = {}

    @property
    def text(self) -> str:
        """What was rendered so far."""
        return "".join(self.tokens)

    def add(self, nodes: Sequence[cst.CSTNode]) -> list[int]:
        """Render more nodes and return how long each became."""
        lengths = []
        for node in nodes:
            before = len(self.tokens)
            node._codegen(self)
            lengths.append(sum(map(len, self.tokens[before:])))
        return lengths

    def watch(self, nodes: Sequence[cst.CSTNode]) -> None:
        """Have it noted where some nodes begin and end."""
        self._marks.update((id(node), []) for node in nodes)

    def places(self, nodes: Sequence[cst.CSTNode]) -> list[tuple[int, int]]:
        """Return where nodes that were watched begin and end in the text."""
        offsets = [0, *accumulate(map(len, self.tokens))]
        marks = (self._marks[id(node)] for node in nodes)
        return [(offsets[start], offsets[end]) for start, end in marks]

    def increase_indent(self, value: str) -> None:
        """Begin a block; libcst calls this and what follows."""
        super().increase_indent(value)
        self.deepest = max(self.deepest, len(self.indent_tokens))
        if self.first_indent is None:
            self.first_indent = value

    def before_codegen(self, node: cst.CSTNode) -> None:
        """Begin a node."""
        if (marks := self._marks.get(id(node))) is not None:
            marks.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        """End a node."""
        self.before_codegen(node)


def blocks(node: cst.CSTNode, path: Path = ()) -> Iterator[tuple[Path, cst.IndentedBlock]]:
    """Yield the indented blocks of a compound statement, without those further in."""
    for name in _INNER:
        value = getattr(node, name, None)
        if isinstance(value, cst.IndentedBlock):
            yield (*path, (name, None)), value
        elif isinstance(value, (cst.If, cst.Else, cst.Finally)):
            yield from blocks(value, (*path, (name, None)))
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                yield from blocks(item, (*path, (name, index)))


def has_block(statement: cst.CSTNode) -> bool:
    """Say whether something in a statement of the module is indented."""
    return isinstance(statement, cst.BaseCompoundStatement) and (
        isinstance(statement, cst.Match) or any(True for _ in blocks(statement))
    )


def block_at(statement: cst.CSTNode, path: Path) -> cst.IndentedBlock:
    """Return a block of a compound statement."""
    node: Any = statement
    for name, place in path:
        node = getattr(node, name) if place is None else getattr(node, name)[place]
    assert isinstance(node, cst.IndentedBlock)
    return node


def with_block(node: Any, path: Path, block: cst.IndentedBlock) -> Any:
    """Return a compound statement with one of its blocks replaced."""
    if not path:
        return block
    (name, place), rest = path[0], path[1:]
    value = getattr(node, name)
    if place is None:
        return node.with_changes(**{name: with_block(value, rest, block)})
    item = with_block(value[place], rest, block)
    return node.with_changes(**{name: (*value[:place], item, *value[place + 1 :])})


def suites(module: cst.Module, statement: cst.CSTNode, indent: str, code: str) -> list[Suite]:
    """Return the blocks of a statement; none where it does not render to ``code``."""
    found = list(blocks(statement))
    if not found:
        return []
    rendering = Measured(module, indent)
    for _, block in found:
        rendering.watch((block, *block.body))
    rendering.add([statement])
    if rendering.text != code:
        return []
    if isinstance(statement, cst.Match):
        indent += module.default_indent if statement.indent is None else statement.indent
    result = []
    for path, block in found:
        (_, end), *places = rendering.places((block, *block.body))
        inner = indent + (module.default_indent if block.indent is None else block.indent)
        lengths = [stop - start for start, stop in places]
        result.append(Suite(path, places[0][0], end, inner, Body(lengths)))
    return result


def measured(module: cst.Module, text: str) -> Body | None:
    """Return the statements of a module; None where it does not render to ``text``."""
    rendering = Measured(module)
    rendering.add(module.header)
    head = len(rendering.text)
    lengths = rendering.add(module.body)
    if not lengths or not closes(rendering, text):
        return None
    lengths[0] += head
    return Body(lengths)


def closes(rendering: Measured, text: str) -> bool:
    """Say whether ``text``, which a file ends with, is what was rendered and comments below it.

    libcst drops some of the white space there, and adds a final newline where there is none.
    """
    code = rendering.text
    whole = text + rendering.default_newline
    return whole.startswith(code) and all(map(is_trivial, text[len(code) :].split("\n")))


def is_trivial(line: str) -> bool:
    """Say whether a line between two statements holds nothing but white space and a comment."""
    return line.strip(" \t\r\n")[:1] in ("", "#")


def first_code(text: str, start: int, taken: tuple[str, ...]) -> str | None:
    """Return the first line that is more than white space or a comment, without indentation.

    Args:
        text: where to look.
        start: the beginning of a line, outside of strings and brackets.
        taken: indentations that a line above it must not have.

    Returns:
        None where there is no such line, one above it is indented so, or it is a backslash.
    """
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        line = text[start:end]
        if not is_trivial(line):
            line = line.lstrip(" \t")
            return None if line.startswith("\\") else line
        if line.startswith(taken):
            return None
        start = end
    return None
