"""Literals and comments that look like keys, or stand where one is due."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.keys import (
    EnvironmentRead,
    KeyComment,
    KeyLiteral,
    KeyUse,
    Role,
)
from oai_lint.knowledge.keys import INFIX, real_keys
from oai_lint.patch import Span
from oai_lint.reading.environment import OS_READS, OTHER_READS
from oai_lint.reading.texts import unescaped
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading


def key_literals(reading: Reading) -> Iterator[KeyLiteral]:
    """Yield the literals that hold a real key and those that reach a place for a key."""
    reached: dict[cst.CSTNode, list[KeyUse]] = {}
    for use in reading.all(KeyUse):
        for source in use.sources:
            reached.setdefault(source, []).append(use)
    reads = {
        literal.node: read
        for read in reading.all(EnvironmentRead)
        if read.default is not None
        for literal in read.default.literals
    }
    texts: set[str] = set()
    for kind in (cst.SimpleString, cst.FormattedStringText):
        for node in reading.tree.nodes.get(kind, ()):
            raw = node.value  # type: ignore[attr-defined]
            if node not in reached and "sk-" not in raw and INFIX not in raw:
                continue
            text = _text_of(reading, node)
            if text is None:
                continue
            read = reads.get(node)
            uses = reached.get(node, ())
            if not uses and read is None and not real_keys(text, 20):
                continue
            role, label = _role(reading, node)
            if role is not None:
                texts.add(text)
                yield KeyLiteral(node, text, role, label, tuple(uses), reading.site(node), read)
    yield from _compared(reading, texts)


def _compared(reading: Reading, texts: set[str]) -> Iterator[KeyLiteral]:
    """Yield the literals that the file holds some of ``texts`` against, whole or in part."""
    if not texts:
        return
    for node in reading.tree.nodes.get(cst.SimpleString, ()):
        parent = reading.tree.parents[node]
        while isinstance(parent, (cst.Element, cst.Tuple, cst.List, cst.Set)):
            parent = reading.tree.parents[parent]
        call = reading.tree.parents.get(parent)
        tested = isinstance(parent, (cst.Comparison, cst.ComparisonTarget, cst.MatchValue)) or (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Attribute)
            and call.func.attr.value in ("startswith", "endswith")
        )
        text = _text_of(reading, node) if tested else None
        if text is not None and len(text) > 2 and any(text in whole for whole in texts):
            yield KeyLiteral(node, text, Role.COMPARED, "", (), reading.site(node))


def _text_of(reading: Reading, node: cst.CSTNode) -> str | None:
    if isinstance(node, cst.FormattedStringText):
        outer = reading.tree.parents[node]
        assert isinstance(outer, cst.FormattedString)
        return unescaped(node.value, "r" in outer.start.lower())
    text = reading.expr(node).literal
    return text if isinstance(text, str) else None


def _role(reading: Reading, node: cst.CSTNode) -> tuple[Role | None, str]:
    """Say what a literal does where it stands; no role for a statement of its own."""
    parents = reading.tree.parents
    role: Role | None = None
    child, parent = node, parents.get(node)
    if isinstance(node, cst.FormattedStringText):
        role = Role.PART
    while True:
        match parent:
            case cst.Expr():
                return None, ""
            case cst.Arg():
                call = parents[parent]
                label = parent.keyword.value if parent.keyword else ""
                if isinstance(call, cst.Call):
                    if _names_variable(reading, call, parent):
                        return role or Role.NAME, label
                    if not label:
                        label = _position_label(reading, call, parent)
                return role or Role.ARGUMENT, label
            case cst.DictElement():
                key = reading.expr(parent.key).literal
                label = key if isinstance(key, str) and child is parent.value else ""
                return role or Role.ENTRY, label
            case cst.Assign():
                target = parent.targets[0].target
                return role or Role.TARGET, _target_label(reading, target)
            case cst.AnnAssign() | cst.NamedExpr() | cst.AugAssign():
                return role or Role.TARGET, _target_label(reading, parent.target)
            case cst.Param():
                return role or Role.DEFAULT, parent.name.value
            case cst.Comparison() | cst.ComparisonTarget() | cst.MatchValue():
                return Role.COMPARED, ""
            case cst.Index() | cst.SubscriptElement():
                if isinstance(parents.get(parent), (cst.Subscript, cst.SubscriptElement)):
                    outer = parents[parent]
                    while not isinstance(outer, cst.Subscript):
                        outer = parents[outer]
                    if reading.evaluator.origin(outer.value) == "os.environ":
                        return role or Role.NAME, ""
                return role or Role.OTHER, ""
            case cst.Element():
                role = role or Role.ELEMENT
            case cst.FormattedString() | cst.ConcatenatedString():
                role = Role.PART
            case cst.Return() | cst.Lambda():
                return role or Role.TARGET, ""
            case (
                cst.BinaryOperation() | cst.BooleanOperation() | cst.IfExp()
                | cst.Tuple() | cst.List() | cst.Set()
            ):  # fmt: skip
                pass
            case _:
                return role or Role.OTHER, ""
        child, parent = parent, parents.get(parent)


def _target_label(reading: Reading, target: cst.CSTNode) -> str:
    if isinstance(target, cst.Subscript):
        key = reading.evaluator.index(target)
        return key if isinstance(key, str) else dotted(target.value) or ""
    return dotted(target) or ""


def _names_variable(reading: Reading, call: cst.Call, arg: cst.Arg) -> bool:
    origin = f"{reading.evaluator.origin(call.func)}()"
    if origin not in OS_READS and origin not in OTHER_READS:
        return False
    return arg is call.args[0] if arg.keyword is None else arg.keyword.value == "key"


def _position_label(reading: Reading, call: cst.Call, arg: cst.Arg) -> str:
    """Return the name of the variable that a call sets, or the callee's own name."""
    if len(call.args) > 1 and arg is not call.args[0]:
        first = reading.expr(call.args[0].value).literal
        if isinstance(first, str):
            return first
    return dotted(call.func) or ""


# -- comments --------------------------------------------------------------------------------------


def key_comments(reading: Reading) -> Iterator[KeyComment]:
    """Yield the real keys in comments, and those in strings that stand alone as a statement."""
    if not real_keys(reading.text):
        return
    source = reading.source
    starts = source.line_starts
    previous = None
    pending: list[KeyComment] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.code, newline="").readline):
            offset = starts[token.start[0] - 1] + token.start[1]
            if any(start <= offset < end for start, end in source.foreign):
                continue
            if token.type == tokenize.COMMENT:
                yield from _in_text(token.string, offset, docstring=False)
                continue
            if token.type == tokenize.NEWLINE:
                yield from pending
            if token.type == tokenize.STRING and previous in _BREAKS:
                pending = list(_in_text(token.string, offset, docstring=True))
            elif token.type != tokenize.NL:
                pending = []
            if token.type != tokenize.NL:
                previous = token.type
    except (tokenize.TokenError, SyntaxError, IndexError):
        return


_BREAKS = (None, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


def _in_text(text: str, offset: int, *, docstring: bool) -> Iterator[KeyComment]:
    for found in real_keys(text):
        yield KeyComment(Span(offset + found.start, offset + found.end), found.key, docstring)
