"""The walk: it must see what libcst's own visitor sees, and nothing that has no meaning."""

from __future__ import annotations

import libcst as cst
import pytest

from oai_lint.reading.tree import Tree, dotted
from tests.reading import parsed, stdlib_files

# White space, punctuation and what libcst itself calls it; none has a meaning for a rule.
TRIVIA = (
    cst.BaseParenthesizableWhitespace,
    cst.BaseUnaryOp,
    cst.BaseBinaryOp,
    cst.BaseBooleanOp,
    cst.BaseCompOp,
    cst.BaseAugOp,
    cst.Comma,
    cst.Semicolon,
    cst.Colon,
    cst.AssignEqual,
    cst.Dot,
    cst.Asynchronous,
    cst.Comment,
    cst.EmptyLine,
    cst.Newline,
    cst.TrailingWhitespace,
    cst.LeftParen,
    cst.RightParen,
    cst.LeftSquareBracket,
    cst.RightSquareBracket,
    cst.LeftCurlyBrace,
    cst.RightCurlyBrace,
    cst.ParamSlash,
)

EVERYTHING = '''\
#!/usr/bin/env python
"""Every construct of the grammar, at least once."""
from __future__ import annotations
import a.b as c, d
from .e import (f, g as h,)
from ..i import *

@decorator
@other(1, *args, k=2, **kwargs)
class C(Base, metaclass=M, **more):
    field: int = 1
    bare: "str"

    async def method(self, /, p, q: int = 3, *rest: str, k, kk=4, **others: int) -> None:
        global G, H
        nonlocal_ = lambda x, *y, z=1, **w: x + z
        async with a as b, c as (d, e): await b
        async for x, *y in z: yield x
        else: return
        yield
        yield from w

def function[T, *Ts, **P](a: T) -> T: pass
type Alias[T] = list[T]

if a and b or not c: pass
elif -d ** ~e // +f: x = y = z
else:
    x += 1; y @= 2; del x, y[0], z.w

while (n := 10) > 5 <= m != k is not None in q not in r: break
else: continue

try:
    raise E from e
except (A, B) as error: assert error, "message"
except: pass
else: pass
finally: pass

try: pass
except* Group as g: pass

with (open(f) as f, g): pass

match value, other:
    case 1 | -2 | "three" | None | a.b: pass
    case [first, *rest] | (first, *rest) if first: pass
    case {"k": v, **others}: pass
    case Class(1, x=y) as whole: pass
    case _: pass

print(f"{a!r:>{width}} {b=} {{c}}" "d" rf'{e}', x if y else ..., 1.5, 2j, *s, **t)
numbers = [i for i in j if k if l async for m in n], {o for o in p}
more = {q: r for q in s}, (t for u in v)
items = [1, *a], (2,), {3, *b}, {4: 5, **c}, (), [], {}, a[1:2:3, ..., ::], a[*b]
nothing = (yield)
'''


class Visited(cst.CSTVisitor):
    """All nodes in the order in which libcst visits them, with their parents."""

    def __init__(self) -> None:
        self.nodes: list[cst.CSTNode] = []
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.open: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, TRIVIA) and not isinstance(node, cst.BaseExpression):
            return False
        self.nodes.append(node)
        if self.open:
            self.parents[node] = self.open[-1]
        self.open.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self.open and self.open[-1] is original_node:
            self.open.pop()


def assert_same(module: cst.Module, name: str) -> None:
    tree, visited = Tree(module), Visited()
    module.visit(visited)
    ours = [n for n in tree.sequence if not isinstance(n, TRIVIA)]
    assert len(set(ours)) == len(ours), f"{name}: a node was walked twice"
    kinds = [type(n).__name__ for n in set(visited.nodes) - set(ours)]
    assert not kinds, f"{name}: never walked: {sorted(set(kinds))}"
    kinds = [type(n).__name__ for n in set(ours) - set(visited.nodes)]
    assert not kinds, f"{name}: no node of the visitor's: {sorted(set(kinds))}"
    assert ours == visited.nodes, f"{name}: not in source order"
    assert {n: tree.parents.get(n) for n in ours} == {
        n: visited.parents.get(n) for n in visited.nodes
    }
    assert [n for kind in tree.nodes for n in tree.nodes[kind]].__len__() == len(tree.sequence)
    for kind, nodes in tree.nodes.items():
        assert nodes == [n for n in tree.sequence if type(n) is kind]


def test_every_construct_is_walked_as_libcst_visits_it() -> None:
    assert_same(cst.parse_module(EVERYTHING), "the whole grammar")


def test_files_of_the_standard_library_are_walked_as_libcst_visits_them() -> None:
    seen = 0
    for path, _, module in parsed(stdlib_files(25, most=25_000)):
        assert_same(module, path.name)
        seen += 1
    assert seen > 20


def test_order_numbers_follow_the_text() -> None:
    tree = Tree(cst.parse_module("a = b\nc(d, e=f)\n"))
    names = [n for n in tree.sequence if isinstance(n, cst.Name)]
    assert [n.value for n in sorted(names, key=tree.order.__getitem__)] == list("abcdef")
    assert tree.order[tree.module] == 0


def test_ancestors_lead_from_the_node_to_the_module() -> None:
    tree = Tree(cst.parse_module("def f():\n    return g(x)\n"))
    name = next(n for n in tree.nodes[cst.Name] if n.value == "x")  # type: ignore[attr-defined]
    kinds = [type(n).__name__ for n in tree.ancestors(name)]
    assert kinds == [
        "Arg", "Call", "Return", "SimpleStatementLine", "IndentedBlock", "FunctionDef", "Module",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("def f(a=x): pass", None),
        ("@x\ndef f(): pass", None),
        ("def f() -> x: pass", None),
        ("def f(): x", "FunctionDef"),
        ("def f():\n    class C:\n        x\n", "FunctionDef"),
        ("class C(x): pass", None),
        ("lambda: x", "Lambda"),
        ("lambda a=x: a", None),
    ],
)
def test_the_function_around_a_node_is_the_one_whose_body_runs_it(
    text: str, kind: str | None
) -> None:
    tree = Tree(cst.parse_module(text))
    name = next(n for n in tree.nodes[cst.Name] if n.value == "x")  # type: ignore[attr-defined]
    function = tree.function(name)
    assert (type(function).__name__ if function is not None else None) == kind


@pytest.mark.parametrize(
    ("text", "name"),
    [("a.b.c", "a.b.c"), ("a", "a"), ("a().b", None), ("a[0].b", None), ("1", None)],
)
def test_dotted_is_for_chains_of_names_only(text: str, name: str | None) -> None:
    assert dotted(cst.parse_expression(text)) == name
