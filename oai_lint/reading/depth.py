"""Whether a text is nested so deeply that the parser would not survive it.

libcst's parser is native and recursive: some thousand nested brackets, operators or ``elif`` end
the process, and a chain of as many calls takes it minutes.  Python itself refuses most of such
programs, and nobody writes them; they come out of generators and out of attacks.
"""

from __future__ import annotations

import re
from typing import Final

_BRACKET = re.compile(r"[()\[\]{}]")
_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_NO_BRACKET = bytes(set(range(256)) - set(b"()[]{}"))

DEEPEST: Final = 1_000
"""Levels of the syntax tree; the parser fell at some 3,000 with a main thread's usual stack."""
_LONGEST: Final = 5_000
"""Operands of one ``and`` or ``or``, which Python keeps in a list and libcst in a chain."""

_MOST_BRACKETS: Final = 200
"""How deep CPython lets brackets nest."""

_NO_BRACKETS = re.compile(r"[^()\[\]{}]+")
# Strings and comments, whose brackets do not count; an f-string's do no harm either.
_TOKEN = re.compile(
    r'''#[^\r\n]*|"""(?:\\.|(?!""").)*(?:"""|$)|\'{3}(?:\\.|(?!\'{3}).)*(?:\'{3}|$)'''
    r"""|"(?:\\.|[^"\\\r\n])*"|\'(?:\\.|[^\'\\\r\n])*\'|[()\[\]{}]""",
    re.S,
)

_SUSPECT_LINE: Final = 2_000
_SUSPECT_DEPTH: Final = 60
_SUSPECT_SPAN: Final = 20_000
_SUSPECT_COUNT: Final = 300


def is_shallow(text: str) -> bool:
    """Say, of most files at once, that there is nothing to fear: no other check is needed then."""
    if _is_suspect(text):
        return False
    if len(text) > _SUSPECT_SPAN:  # a bracket may be open for long, and hold a chain of operators
        deepest = _nesting(text)
        return deepest is not None and deepest <= _SUSPECT_DEPTH
    brackets = text.encode("utf-8", "surrogatepass").translate(None, _NO_BRACKET)
    for _ in range(_SUSPECT_DEPTH):
        if not brackets:
            return True
        brackets = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
    return False


def too_many_brackets(text: str) -> int | None:
    """Return the offset of the bracket that is one too many, if there is one."""
    depth = 0
    for bracket in _NO_BRACKETS.sub("", text):
        if bracket in _OPENING:
            depth += 1
            if depth > _MOST_BRACKETS:
                break
        elif depth:
            depth -= 1
    else:
        return None
    depth = 0
    for match in _TOKEN.finditer(text):
        if match[0] in _OPENING:
            depth += 1
            if depth > _MOST_BRACKETS:
                return match.start()
        elif depth and match[0] in (")", "]", "}"):
            depth -= 1
    return None


def too_deep(text: str) -> str:
    """Return why ``text`` must not be parsed, or nothing.

    A text that is no Python at all is for the parser to refuse: it gives the better reason.
    """
    deepest = _nesting(text)
    if deepest is not None and deepest <= _SUSPECT_DEPTH:
        return ""
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (RecursionError, MemoryError):
        return "nested too deeply"
    except (SyntaxError, ValueError):
        # Newer syntax than this interpreter's, or none: judge by brackets alone.
        return "nested too deeply" if (deepest or _brackets(text)) > _SUSPECT_DEPTH else ""
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        if not level:
            return ""
        if any(isinstance(node, ast.BoolOp) and len(node.values) > _LONGEST for node in level):
            break
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return "nested too deeply"


def _nesting(text: str) -> int | None:
    """Return how deep brackets go as far as characters tell; None if that may mislead."""
    if _is_suspect(text):
        return None
    deepest = _deepest(_BRACKET, text)
    # A bracket in a string may seem to be open for the rest of the file.
    return _deepest(_TOKEN, text) if deepest is None else deepest


def _is_suspect(text: str) -> bool:
    """Say whether a text may be nested in other ways than by brackets."""
    return (
        text.count("elif") > _SUSPECT_COUNT
        or text.count("\\\n") + text.count("\\\r") > _SUSPECT_COUNT
        or _has_long_line(text)
    )


def _has_long_line(text: str) -> bool:
    start = 0
    while len(text) - start >= _SUSPECT_LINE:
        end = text.rfind("\n", start, start + _SUSPECT_LINE)
        if end < 0:
            return True
        start = end + 1
    return False


def _deepest(tokens: re.Pattern[str], text: str) -> int | None:
    """Return how deep brackets go; None where one stays open for long."""
    deepest = depth = opened = 0
    for match in tokens.finditer(text):
        token = match[0]
        if token in _OPENING:
            opened = match.start() if depth <= 0 else opened
            depth = max(depth, 0) + 1
            deepest = max(deepest, depth)
        elif token in _CLOSING:
            depth -= 1
            if match.start() - opened > _SUSPECT_SPAN:
                return None
    return deepest


def _brackets(text: str) -> int:
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match[0] in _OPENING else -1
        deepest = max(deepest, depth)
    return deepest
