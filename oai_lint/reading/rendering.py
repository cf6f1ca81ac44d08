"""The code of nodes, and where in it each of them stands.

libcst renders a node by a method, three hooks and, for expressions, a context manager; that is what
most of finding places would cost.  So the classes that most nodes are of are rendered by a table,
all others, with what is below them, by libcst.  A test compares the places with those that libcst's
PositionProvider gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import libcst as cst

# Private, like the hooks below: libcst's own position providers are built on the same two, and the
# version of libcst has a ceiling.
from libcst._nodes.internal import CodegenState

_INDENT = object()
"""Stands for the white space in front of a line."""
_NEWLINE = object()
"""Stands for the newline that is usual in the file."""


def code_of(node: cst.CSTNode, module: cst.Module) -> str:
    """Return what ``module.code_for_node(node)`` does, sooner.

    Only of nodes that were parsed: those built by hand lack the commas that libcst would add.
    """
    rendering = Rendering(module)
    rendering.add(node)
    return "".join(rendering.tokens)


class Rendering(CodegenState):
    """Code under way, with the token index at which each node begins and ends.

    By identity of the node.  Where a node has parentheses, commas or lines around it that are not
    counted as its own, its place is that of its code alone.

    Args:
        module: whose indentation and newline are usual.
    """

    def __init__(self, module: cst.Module) -> None:
        super().__init__(
            default_indent=module.default_indent, default_newline=module.default_newline
        )
        self.at: dict[int, tuple[int, int]] = {}
        self._open: list[int] = []
        self.add_token = self.tokens.append  # type: ignore  # one call less

    def add(self, node: cst.CSTNode) -> None:
        """Render one more node."""
        parts = _PARTS.get(type(node))
        if parts is not None:
            self._put(node, *parts(node))
        elif type(node) is cst.IndentedBlock:
            self._indented(node)
        else:
            node._codegen(self)

    def _put(
        self, node: cst.CSTNode, before: Iterable[Any], own: Iterable[Any], after: Iterable[Any]
    ) -> None:
        tokens = self.tokens
        if before:
            self._add(before)
        start = len(tokens)
        self._add(own)
        self.at[id(node)] = start, len(tokens)
        if after:
            self._add(after)

    def _indented(self, node: cst.IndentedBlock) -> None:
        self.add(node.header)
        self.increase_indent(self.default_indent if node.indent is None else node.indent)
        start = len(self.tokens)
        self._add(node.body)
        self.at[id(node)] = start, len(self.tokens)
        self._add(node.footer)
        self.decrease_indent()

    def _add(self, parts: Iterable[Any]) -> None:
        tokens = self.tokens
        for part in parts:
            kind = part.__class__
            if kind is str:
                tokens.append(part)
            elif kind is cst.SimpleWhitespace:
                tokens.append(part.value)
            elif part is _INDENT:
                tokens += self.indent_tokens
            elif part is _NEWLINE:
                tokens.append(self.default_newline)
            elif kind is _Elif:
                self._put(part.node, *_if(part.node, "elif"))
            elif part is not None and kind is not cst.MaybeSentinel:
                self.add(part)

    # -- what libcst calls -----------------------------------------------------------------------

    def before_codegen(self, node: cst.CSTNode) -> None:
        """Begin a node."""
        self._open.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        """End a node."""
        start, key = self._open.pop(), id(node)
        if key not in self.at:
            self.at[key] = start, len(self.tokens)

    def record_syntactic_position(  # type: ignore[override]  # cheaper than a generator
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> AbstractContextManager[None]:
        """Enclose the code that is a node's own."""
        return _Position(self, id(node))


class _Position(AbstractContextManager[None]):
    """Notes where the code of one node, without the trivia around it, begins and ends."""

    def __init__(self, rendering: Rendering, node: int) -> None:
        self.rendering = rendering
        self.node = node
        self.start = 0

    def __enter__(self) -> None:
        self.start = len(self.rendering.tokens)

    def __exit__(self, *_: object) -> None:
        self.rendering.at[self.node] = (self.start, len(self.rendering.tokens))


class _Elif(NamedTuple):
    """An ``if`` in the place of an ``else``."""

    node: cst.If


_Parts = tuple[Iterable[Any], Iterable[Any], Iterable[Any]]


def _if(n: cst.If, word: str = "if") -> _Parts:
    return (
        (*n.leading_lines, _INDENT),
        (
            word, n.whitespace_before_test, n.test, n.whitespace_after_test, ":", n.body,
            _Elif(n.orelse) if type(n.orelse) is cst.If else n.orelse,
        ),
        (),
    )  # fmt: skip


def _clause(word: str) -> Callable[[Any], _Parts]:
    return lambda n: (
        (*n.leading_lines, _INDENT), (word, n.whitespace_before_colon, ":", n.body), (),
    )  # fmt: skip


def _function(n: cst.FunctionDef) -> _Parts:
    returns: tuple[Any, ...] = ()
    if n.returns is not None:
        arrow, given = n.returns, n.returns.annotation
        returns = (arrow.whitespace_before_indicator, "->", arrow.whitespace_after_indicator, given)
    return (
        (*n.leading_lines, *n.decorators, *n.lines_after_decorators, _INDENT),
        (
            n.asynchronous, "def", n.whitespace_after_def, n.name, n.whitespace_after_name,
            n.type_parameters, n.whitespace_after_type_parameters, "(",
            n.whitespace_before_params, n.params, ")", *returns, n.whitespace_before_colon, ":",
            n.body,
        ),
        (),
    )  # fmt: skip


def _mark(token: str) -> Callable[[Any], _Parts]:
    return lambda n: ((n.whitespace_before,), (token,), (n.whitespace_after,))


def _value(n: Any) -> _Parts:
    return n.lpar, (n.value,), n.rpar


# What stands before the code that is a node's own, that code, and what stands behind it.
_PARTS: dict[type, Callable[[Any], _Parts]] = {
    cst.AnnAssign: lambda n: ((), (n.target, n.annotation, n.equal, n.value), (n.semicolon,)),
    cst.Annotation: lambda n: (  # that of a result stands in what libcst renders
        (n.whitespace_before_indicator, ":", n.whitespace_after_indicator), (n.annotation,), (),
    ),
    cst.Arg: lambda n: (
        (),
        (n.star, n.whitespace_after_star, n.keyword, n.equal, n.value),
        (n.comma, n.whitespace_after_arg),
    ),
    cst.Assign: lambda n: ((), (*n.targets, n.value), (n.semicolon,)),
    cst.AssignEqual: _mark("="),
    cst.AssignTarget: lambda n: (
        (), (n.target,), (n.whitespace_before_equal, "=", n.whitespace_after_equal),
    ),
    cst.Attribute: lambda n: (n.lpar, (n.value, n.dot, n.attr), n.rpar),
    cst.Await: lambda n: (n.lpar, ("await", n.whitespace_after_await, n.expression), n.rpar),
    cst.BinaryOperation: lambda n: (n.lpar, (n.left, n.operator, n.right), n.rpar),
    cst.Call: lambda n: (
        n.lpar,
        (n.func, n.whitespace_after_func, "(", n.whitespace_before_args, *n.args, ")"),
        n.rpar,
    ),
    cst.ClassDef: lambda n: (
        (*n.leading_lines, *n.decorators, *n.lines_after_decorators, _INDENT),
        (
            "class", n.whitespace_after_class, n.name, n.whitespace_after_name,
            n.type_parameters, n.whitespace_after_type_parameters, n.lpar, *n.bases,
            *n.keywords, n.rpar, n.whitespace_before_colon, ":", n.body,
        ),
        (),
    ),
    cst.Comma: _mark(","),
    cst.Comment: lambda n: ((), (n.value,), ()),
    cst.ConcatenatedString: lambda n: (
        n.lpar, (n.left, n.whitespace_between, n.right), n.rpar,
    ),
    cst.Dict: lambda n: (n.lpar, (n.lbrace, *n.elements, n.rbrace), n.rpar),
    cst.DictElement: lambda n: (
        (),
        (n.key, n.whitespace_before_colon, ":", n.whitespace_after_colon, n.value),
        (n.comma,),
    ),
    cst.Dot: _mark("."),
    cst.Else: _clause("else"),
    cst.EmptyLine: lambda n: (
        (), (_INDENT if n.indent else None, n.whitespace, n.comment, n.newline), (),
    ),
    cst.Element: lambda n: ((), (n.value,), (n.comma,)),
    cst.ExceptHandler: lambda n: (
        (*n.leading_lines, _INDENT),
        (
            "except", n.whitespace_after_except, n.type, n.name, n.whitespace_before_colon, ":",
            n.body,
        ),
        (),
    ),
    cst.Expr: lambda n: ((), (n.value,), (n.semicolon,)),
    cst.Finally: _clause("finally"),
    cst.Float: _value,
    cst.For: lambda n: (
        (*n.leading_lines, _INDENT),
        (
            n.asynchronous, "for", n.whitespace_after_for, n.target, n.whitespace_before_in,
            "in", n.whitespace_after_in, n.iter, n.whitespace_before_colon, ":", n.body,
            n.orelse,
        ),
        (),
    ),
    cst.FormattedString: lambda n: (n.lpar, (n.start, *n.parts, n.end), n.rpar),
    cst.FormattedStringExpression: lambda n: (
        (),
        (
            "{", n.whitespace_before_expression, n.expression, n.equal,
            n.whitespace_after_expression, *(("!", n.conversion) if n.conversion else ()),
            *((":", *n.format_spec) if n.format_spec is not None else ()), "}",
        ),
        (),
    ),
    cst.FormattedStringText: lambda n: ((), (n.value,), ()),
    cst.FunctionDef: _function,
    cst.If: _if,
    cst.Index: lambda n: ((), (n.star, n.whitespace_after_star, n.value), ()),
    cst.Integer: _value,
    cst.LeftCurlyBrace: lambda n: ((), ("{", n.whitespace_after), ()),
    cst.LeftSquareBracket: lambda n: ((), ("[", n.whitespace_after), ()),
    cst.List: lambda n: (n.lpar, (n.lbracket, *n.elements, n.rbracket), n.rpar),
    cst.Name: _value,
    cst.Newline: lambda n: ((), (_NEWLINE if n.value is None else n.value,), ()),
    cst.ParenthesizedWhitespace: lambda n: (
        (), (n.first_line, *n.empty_lines, _INDENT if n.indent else None, n.last_line), (),
    ),
    cst.Return: lambda n: (
        (), ("return", n.whitespace_after_return, n.value), (n.semicolon,),
    ),
    cst.RightCurlyBrace: lambda n: ((), (n.whitespace_before, "}"), ()),
    cst.RightSquareBracket: lambda n: ((), (n.whitespace_before, "]"), ()),
    cst.SimpleStatementLine: lambda n: (
        (*n.leading_lines, _INDENT), n.body, (n.trailing_whitespace,),
    ),
    cst.SimpleString: _value,
    cst.Subscript: lambda n: (
        n.lpar, (n.value, n.whitespace_after_value, n.lbracket, *n.slice, n.rbracket), n.rpar,
    ),
    cst.SubscriptElement: lambda n: ((), (n.slice,), (n.comma,)),
    cst.TrailingWhitespace: lambda n: ((), (n.whitespace, n.comment, n.newline), ()),
    cst.Try: lambda n: (
        (*n.leading_lines, _INDENT),
        (
            "try", n.whitespace_before_colon, ":", n.body, *n.handlers, n.orelse, n.finalbody,
        ),
        (),
    ),
    cst.Tuple: lambda n: (n.lpar, n.elements, n.rpar),
    cst.With: lambda n: (
        (*n.leading_lines, _INDENT),
        (
            n.asynchronous, "with", n.whitespace_after_with, n.lpar, *n.items, n.rpar,
            n.whitespace_before_colon, ":", n.body,
        ),
        (),
    ),
    cst.WithItem: lambda n: ((), (n.item, n.asname), (n.comma,)),
}  # fmt: skip
