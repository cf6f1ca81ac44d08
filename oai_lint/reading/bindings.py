"""The vocabulary of scopes: what gives a name a value, and what running code does to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import libcst as cst

Scope = cst.Module | cst.FunctionDef | cst.Lambda | cst.ClassDef | cst.BaseComp


class Binding(NamedTuple):
    """One place where a name gets a value.

    Attributes:
        name: the name, or a dotted path (``self.client``, ``openai.api_key``).
        kind: import, from, assign, unpack, augmented, for, with, except, param, def, class,
            walrus, match, del, declared (an annotation alone) or global (assigned from another
            function).
        node: the node that binds: target, alias, parameter, definition.
        value: the expression (or definition) that gives the value.
        scope: where the name lives.
        path: for ``unpack``, the indices that lead from the value to the target.
    """

    name: str
    kind: str
    node: cst.CSTNode
    value: cst.CSTNode | None
    scope: Scope
    path: tuple[int, ...] = ()


class Effect(NamedTuple):
    """What running a statement does to one name."""

    bindings: tuple[Binding, ...]
    settles: bool  # afterwards nothing older can still be in force


NOTHING = Effect((), False)
LEAVES = Effect((), True)


def distinct(bindings: Iterable[Binding]) -> tuple[Binding, ...]:
    """Return the bindings, each once."""
    return tuple({id(binding.node): binding for binding in bindings}.values())
