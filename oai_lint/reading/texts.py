"""Text put together from parts: f-strings, ``+``, ``%``, ``format``; and mappings joined."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import libcst as cst

from oai_lint.facts.values import (
    UNKNOWN,
    Call,
    Entry,
    Expr,
    Literal,
    Text,
    Unknown,
    Value,
)
from oai_lint.facts.values import Mapping as MappingValue
from oai_lint.rule import Confidence

if TYPE_CHECKING:
    from oai_lint.reading.values import Evaluator, Values


# A string that says what it is without being compiled, which takes ten times as long.
_PLAIN_STRING = re.compile(r"(\"\"\"|'''|\"|')([^\\\r]*)\1")


def text_parts(evaluator: Evaluator, node: cst.CSTNode) -> Iterator[str | Expr]:
    """Yield the pieces of an f-string or of strings written side by side."""
    match node:
        case cst.ConcatenatedString():
            yield from text_parts(evaluator, node.left)
            yield from text_parts(evaluator, node.right)
        case cst.FormattedString():
            raw = "r" in node.start.lower()
            for part in node.parts:
                if isinstance(part, cst.FormattedStringText):
                    yield unescaped(part.value, raw)
                elif (
                    isinstance(part, cst.FormattedStringExpression)
                    and part.conversion is None
                    and not part.format_spec
                ):
                    yield evaluator.expr(part.expression)
                else:
                    yield Expr(part, lambda piece: (Unknown(piece),))
        case cst.SimpleString():
            text = constant(node)
            yield text if isinstance(text, str) else evaluator.expr(node)
        case _:
            yield evaluator.expr(node)


def joined_text(
    evaluator: Evaluator, node: cst.CSTNode, parts: Iterable[str | Expr]
) -> Iterable[Value]:
    """Join the parts; a part with one known text is written in."""
    joined: list[str | Expr] = []
    confidence = Confidence.HIGH
    for part in parts:
        pieces: tuple[str | Expr, ...] = (part,)
        if isinstance(part, Expr):
            value = part.value
            confidence = min(confidence, value.confidence)
            if isinstance(value, Literal) and isinstance(value.value, (str, int, float)):
                pieces = (str(value.value),)
            elif isinstance(value, Text):
                pieces = value.parts
        for piece in pieces:
            if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                joined[-1] += piece
            else:
                joined.append(piece)
    if all(isinstance(part, str) for part in joined):
        return (
            Literal(node, "".join(p for p in joined if isinstance(p, str)), confidence=confidence),
        )
    return (Text(node, tuple(joined), confidence=confidence),)


def formatted(evaluator: Evaluator, node: cst.Call, template: Value, call: Call) -> Iterable[Value]:
    """Return what ``template.format(...)`` gives."""
    if not isinstance(template, Literal) or not isinstance(template.value, str):
        return (Unknown(node),)
    from string import Formatter

    parts: list[str | Expr] = []
    automatic = 0
    try:
        for text, name, specification, _ in Formatter().parse(template.value):
            parts.append(text)
            if name is None:
                continue
            argument = None
            if name == "" or name.isdigit():
                position = automatic if name == "" else int(name)
                automatic += 1
                argument = call.get("", position)
            elif name.isidentifier():
                argument = call[name]
            if argument is None or specification:
                parts.append(Expr(node, lambda piece: (Unknown(piece),)))
            else:
                parts.append(argument.expr)
    except ValueError:
        return (Unknown(node),)
    return joined_text(evaluator, node, parts)


def binary(evaluator: Evaluator, node: cst.BinaryOperation) -> Iterable[Value]:
    """Return what ``+``, ``%``, ``|`` and their like come to."""
    if isinstance(node.operator, cst.Modulo):
        left = evaluator.expr(node.left).value
        if isinstance(left, Literal) and isinstance(left.value, str):
            return _percent(evaluator, node, left.value)
        return (Unknown(node),)
    if isinstance(node.operator, cst.BitOr):
        return _merged(evaluator, node)
    if isinstance(node.operator, cst.Divide):
        paths = [value for value in evaluator.values(node.left) if _is_path(value)]
        return paths or (Unknown(node),)
    if not isinstance(node.operator, cst.Add):
        return (Unknown(node),)
    lefts, rights = evaluator.values(node.left), evaluator.values(node.right)
    if not 0 < len(lefts) * len(rights) <= 4:
        return (Unknown(node),)
    places = (node.left, node.right)
    return [
        concatenated(evaluator, node, [one], (other,), places) for one in lefts for other in rights
    ]


def _merged(evaluator: Evaluator, node: cst.BinaryOperation) -> Iterable[Value]:
    return union(evaluator, node, evaluator.expr(node.left).value, evaluator.expr(node.right).value)


def union(evaluator: Evaluator, node: cst.CSTNode, left: Value, right: Value) -> Iterable[Value]:
    """Return what ``left | right`` of two mappings gives."""
    entries: tuple[Entry, ...] = ()
    open_ = False
    for value in (left, right):
        if isinstance(value, MappingValue):
            entries += value.entries
        open_ = open_ or not isinstance(value, MappingValue) or value.open
    if not isinstance(left, MappingValue) and not isinstance(right, MappingValue):
        return (Unknown(node),)
    return (MappingValue(node, entries, open_),)


def concatenated(
    evaluator: Evaluator,
    node: cst.CSTNode,
    left: Iterable[Value],
    right: Values,
    places: tuple[cst.CSTNode, ...] = (),
) -> Value:
    """Join texts; what is no text is known by its place in ``node``."""
    parts: list[str | Expr] = []
    text = False
    for index, value in enumerate((*left, *right)):
        if isinstance(value, Literal) and isinstance(value.value, (bytes, int, float)):
            return Unknown(node)
        text = text or isinstance(value, (Text, Literal))
        place = value.node
        if places and not isinstance(value, (Text, Literal)):
            place = places[index]
        parts.append(Expr(place, lambda _, value=value: (value,)))  # type: ignore[misc]
    if not text:
        return Unknown(node)
    return next(iter(joined_text(evaluator, node, parts)))


def _percent(evaluator: Evaluator, node: cst.BinaryOperation, template: str) -> Iterable[Value]:
    pieces = template.split("%s")
    if "%" in "".join(pieces) or len(pieces) == 1:
        return (Unknown(node),)
    right: list[Expr] = [evaluator.expr(node.right)]
    if isinstance(node.right, cst.Tuple):
        right = [evaluator.expr(element.value) for element in node.right.elements]
    if len(right) != len(pieces) - 1:
        return (Unknown(node),)
    parts: list[str | Expr] = [pieces[0]]
    for value, piece in zip(right, pieces[1:], strict=True):
        parts += (value, piece)
    return joined_text(evaluator, node, parts)


def _is_path(value: Value) -> bool:
    return value.origin.startswith("pathlib.") and value.origin.endswith(("()", ".parent"))


def unescaped(text: str, raw: bool) -> str:
    """Read the literal part of an f-string."""
    text = text.replace("{{", "{").replace("}}", "}")
    if raw or "\\" not in text:
        return text
    try:
        quoted = '"""' + text.replace('"', '\\"') + '"""'
        return str(ast.literal_eval(quoted))
    except (SyntaxError, ValueError):
        return text


def constant(node: cst.SimpleString | cst.BaseNumber) -> Any:
    """Return the value of a string or number as it is written; UNKNOWN if it has none."""
    code: str = node.value  # type: ignore[union-attr]
    plain = _PLAIN_STRING.fullmatch(code)
    if plain is not None:
        return plain[2]
    try:  # Python reads no number of more than 4,300 digits
        return int(code) if code.isdecimal() else ast.literal_eval(code)
    except (SyntaxError, ValueError):
        return UNKNOWN
