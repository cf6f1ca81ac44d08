"""The lines that statements take: where they begin and end, and how they are indented."""

from __future__ import annotations

import re
from collections.abc import Iterable

import libcst as cst

from oai_lint.patch import Piece, Span
from oai_lint.reading.spans import Spans
from oai_lint.reading.tree import Tree
from oai_lint.source import Source


class NotLowerable(Exception):  # noqa: N818
    """A change cannot be written as edits of this text."""


class Lines:
    """The lines of one file, asked for by the nodes that stand on them.

    Args:
        source: the file.
        tree: its tree.
        spans: where its nodes stand.
    """

    def __init__(self, source: Source, tree: Tree, spans: Spans) -> None:
        self.source = source
        self.text = source.text
        self.tree = tree
        self.spans = spans

    def span(self, node: cst.CSTNode | Span) -> tuple[int, int]:
        """Return the offsets at which a node begins and ends.

        Raises:
            NotLowerable: nobody knows.
        """
        if isinstance(node, Span):
            return node.start, node.end
        try:
            return self.spans[node]
        except KeyError:
            raise NotLowerable("a node has no position") from None

    def copied(self, node: cst.CSTNode | Span) -> str:
        """Return the text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def written(self, pieces: Iterable[Piece]) -> str:
        """Return pieces as one text, nodes among them as they stand in the file."""
        return "".join(piece if isinstance(piece, str) else self.copied(piece) for piece in pieces)

    def line(self, statement: cst.CSTNode) -> cst.CSTNode:
        """Return the simple statement line around a small statement, or the compound one."""
        parent = self.tree.parents.get(statement)
        if isinstance(parent, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            return parent
        return statement

    def whole(self, line: cst.CSTNode) -> tuple[int, int]:
        """Return the offsets of the whole lines that a statement takes, its newline included."""
        start, end = self.begin(line), self.span(line)[1]
        indent = self._indent_before(start)
        start -= len(indent) if indent is not None else len(self._lead(start))
        match = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n|$)").match(self.text, end)
        return start, match.end() if match else end

    def begin(self, line: cst.CSTNode) -> int:
        """Return where a statement begins, its decorators included."""
        decorators = getattr(line, "decorators", ())
        return self.span(decorators[0] if decorators else line)[0]

    def indent(self, statement: cst.CSTNode) -> str:
        """Return the white space in front of a statement.

        Raises:
            NotLowerable: the statement does not begin its line.
        """
        start, _ = self.span(self.line(statement))
        begin = max(self.text.rfind("\n", 0, start), self.text.rfind("\r", 0, start)) + 1
        lead = self.text[begin:start].lstrip("\ufeff")
        if lead.strip(" \t\f"):
            raise NotLowerable("the statement does not begin its line")
        return lead

    def _indent_before(self, offset: int) -> str | None:
        """Return the white space before ``offset`` when nothing else stands on its line."""
        start = max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1
        indent = self.text[start:offset]
        return indent if start and not indent.strip() else None

    def _lead(self, start: int) -> str:
        """Return the white space before a statement that begins the file."""
        begin = max(self.text.rfind("\n", 0, start), self.text.rfind("\r", 0, start)) + 1
        lead = self.text[begin:start].lstrip("\ufeff")
        return lead if not lead.strip(" \t\f") else ""


def dedented(text: str, indent: int, depth: int) -> str:
    """Return lines less ``depth`` characters behind their first ``indent``, strings as they are."""
    inside = lines_in_strings(text)
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if number not in inside and not line[: indent + depth].strip(" \t\f"):
            lines[number] = line[:indent] + line[indent + depth :] if line.strip() else line
    return "".join(lines)


def lines_in_strings(text: str) -> set[int]:
    """Return the numbers, from 0, of the lines of a block that begin inside a string.

    Raises:
        NotLowerable: the text is no block that Python can read.
    """
    import io
    import textwrap
    import tokenize

    found: set[int] = set()
    depth = opened = 0
    block = textwrap.dedent(re.sub(r"\r\n?", "\n", text))
    try:
        for token in tokenize.generate_tokens(io.StringIO(block).readline):
            name = tokenize.tok_name[token.type]
            if name == "STRING":
                found.update(range(token.start[0], token.end[0]))
            elif name == "FSTRING_START":
                depth, opened = depth + 1, opened if depth else token.start[0]
            elif name == "FSTRING_END":
                depth -= 1
                if not depth:
                    found.update(range(opened, token.end[0]))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        raise NotLowerable("the block cannot be indented") from None
    return found
