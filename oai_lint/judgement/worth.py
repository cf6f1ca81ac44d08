"""What an expression is worth, in words for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from oai_lint.facts.file import File
from oai_lint.facts.values import Environment, Expr, Parameter, Unknown, Value

NOT_KNOWN: Final = "not known here"

_PLAIN_NAME = re.compile(r"[\w.]{1,60}")


class Told(NamedTuple):
    """What something is, and what decides it.

    Attributes:
        value: code in backticks, words without; never a key.
        source: an argument, a variable, the SDK…
        brief: the value in a few words, for where there is room for no more; mostly empty.
    """

    value: str
    source: str
    brief: str = ""


def told(expr: Expr, file: File, spell: Callable[[Value], str], what: str) -> Told:
    """Tell what an expression is worth.

    Args:
        expr: the expression.
        file: where it stands.
        spell: gives the words for a value that the file fixes, or nothing for want of them.
        what: what the expression is, such as "argument `timeout`".
    """
    values: list[str] = []
    sources = [what]
    for value, source in _each(expr, file, spell):
        values.append(value)
        sources += [source] if source else []
    return Told(_either(values) or NOT_KNOWN, ", ".join(dict.fromkeys(sources)))


def joined(choices: Iterable[Told]) -> Told:
    """Return alternatives as one."""
    values, sources, briefs = zip(*choices, strict=True)
    brief = _either(briefs) if all(briefs) else ""
    return Told(_either(values), ", ".join(dict.fromkeys(sources)), brief)


def _either(words: Iterable[str]) -> str:
    """Join alternatives, each once, what is not known at the end."""
    distinct = dict.fromkeys(words)
    return "; or ".join(sorted(distinct, key=lambda word: word == NOT_KNOWN))


def _each(expr: Expr, file: File, spell: Callable[[Value], str]) -> Iterator[tuple[str, str]]:
    for value in expr.values:
        if isinstance(value, Environment):
            yield f"what `{value.variable}` says", ""
            if value.default is not None:
                yield from _each(value.default, file, spell)
        elif isinstance(value, Parameter):
            yield NOT_KNOWN, f"parameter `{value.name}`"
            if value.default is not None:
                yield from _each(value.default, file, spell)
        elif not isinstance(value, Unknown) and (words := spell(value)):
            yield words, ""
        else:
            # Anything longer than a name may have a key in it.
            code = file.code(value.node)
            yield NOT_KNOWN, f"comes from `{code}`" if _PLAIN_NAME.fullmatch(code) else ""
