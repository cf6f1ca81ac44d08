"""Text to tree, or the reason why not in Python's own words."""

from __future__ import annotations

import ast
from typing import Final

import libcst as cst

from oai_lint.reading import depth
from oai_lint.reading.nesting import SyntaxFault
from oai_lint.reading.spans import Spans
from oai_lint.reading.tree import Tree
from oai_lint.source import Source

_VALIDATE: Final = cst.CSTNode.__post_init__
# What libcst's grammar lets pass and only validation refuses: `'a' b'b'`, an `except:` that is not
# the last one.  A test holds CPython's own broken programs against it.
_LENIENT: Final = (cst.ConcatenatedString, cst.Try)


def parsed(source: Source) -> cst.Module:
    """Return the tree of a file.

    Raises:
        SyntaxFault: the text is not Python, or nested deeper than the parser can go.
    """
    text = source.code
    if "\0" in text:
        raise SyntaxFault(text.index("\0"), "the file holds NUL bytes")
    if not depth.is_shallow(text):  # the native parser would take the process down with it
        at = depth.too_many_brackets(text)
        if at is not None:
            raise SyntaxFault(at, "brackets nested too deeply")
        reason = depth.too_deep(text)
        if reason:
            raise SyntaxFault(0, reason)
    # That every node is validated costs a tenth of a parse, and libcst's own parser makes no other
    # ones.  Nodes that another thread makes meanwhile are not validated either: that does no harm.
    setattr(cst.CSTNode, _VALIDATE.__name__, lambda _: None)
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise _fault(source, error) from None
    except (KeyboardInterrupt, SystemExit, RecursionError):
        raise
    except BaseException as error:  # a panic of the native parser is no Exception
        raise SyntaxFault(0, f"the parser gave up: {error}") from None
    finally:
        setattr(cst.CSTNode, _VALIDATE.__name__, _VALIDATE)


def refuse(tree: Tree, spans: Spans) -> None:
    """Make up for the parser's leniency.

    Raises:
        SyntaxFault: the text is not Python.
    """
    for kind in _LENIENT:
        for node in tree.nodes.get(kind, ()):
            try:
                _VALIDATE(node)
            except cst.CSTValidationError as error:
                raise SyntaxFault(spans[node][0], str(error).rstrip(".")) from None


def _fault(source: Source, error: cst.ParserSyntaxError) -> SyntaxFault:
    """Say what is wrong in Python's own words where it has some: libcst lists tokens instead."""
    try:
        ast.parse(source.code)
    except SyntaxError as fault:
        line, column = (fault.lineno or 1) - 1, (fault.offset or 1) - 1
        return SyntaxFault(source.offset(max(line, 0), max(column, 0)), fault.msg)
    except (ValueError, RecursionError, MemoryError):
        pass
    offset = source.offset(max(error.raw_line - 1, 0), error.raw_column)
    return SyntaxFault(offset, " ".join(str(error.message).split()) or "invalid syntax")
