"""Reaching definitions, held against what Python itself does with the same program."""

from __future__ import annotations

import ast
import itertools
import textwrap
from collections.abc import Iterator

import libcst as cst
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.reading import calls, reading_of


def reached(text: str, name: str = "x") -> set[str]:
    """Return the code that gives ``name`` its value at the one call of ``use``."""
    reading = reading_of(text)
    (call,) = calls(reading, "use")
    found = reading.scopes.reaching(call.args[0].value, name)
    return {code(reading.module, binding.kind, binding.value or binding.node) for binding in found}


def code(module: cst.Module, kind: str, node: cst.CSTNode) -> str:
    if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.ExceptHandler)):
        return kind
    if isinstance(node, (cst.Param, cst.ImportFrom)):
        return kind
    if isinstance(node, cst.Annotation):
        return f": {module.code_for_node(node.annotation)}"
    return module.code_for_node(node)


CASES = {
    # straight lines
    "the last assignment counts": ("x = 1\nx = 2\nuse(x)", {"2"}),
    "a later assignment does not": ("x = 1\nuse(x)\nx = 2", {"1"}),
    "on one line too": ("x = 1; x = 2; use(x); x = 3", {"2"}),
    "an import replaces a name": ("x = 1\nimport os as x\nuse(x)", {"os as x"}),
    "a name replaces an import": ("import x\nx = wrap(x)\nuse(x)", {"wrap(x)"}),
    "its own wrapping sees the import": ("import x\nx = use(x)", {"x"}),
    "a chain of targets": ("x = 1\ny = x = z = 2\nuse(x)", {"2"}),
    "unpacking": ("x = 1\n(a, [x, b]) = f()\nuse(x)", {"f()"}),
    "augmented": ("x = 1\nx += 2\nuse(x)", {"x += 2"}),
    "augmented over what was before": ("x = 1\nx = 2\nx += use(x)", {"2"}),
    "deleted": ("x = 1\ndel x\nx = 2\nuse(x)", {"2"}),
    "an annotation alone assigns nothing": ("x = 1\nx: int\nuse(x)", {"1"}),
    "an annotation alone is all there is": ("x: int\nuse(x)", {": int"}),
    "a definition": ("x = 1\ndef x(): pass\nuse(x)", {"def"}),
    "a class": ("x = 1\nclass x: pass\nuse(x)", {"class"}),
    # branches
    "if may not run": ("x = 1\nif c:\n    x = 2\nuse(x)", {"1", "2"}),
    "if and else both do": ("x = 1\nif c:\n    x = 2\nelse:\n    x = 3\nuse(x)", {"2", "3"}),
    "inside its own branch": ("x = 1\nif c:\n    x = 2\n    use(x)\nelse:\n    x = 3", {"2"}),
    "inside the other branch": ("x = 1\nif c:\n    x = 2\nelse:\n    use(x)", {"1"}),
    "elif is a branch": (
        "x = 1\nif a:\n    x = 2\nelif b:\n    x = 3\nelse:\n    x = 4\nuse(x)",
        {"2", "3", "4"},
    ),
    "elif without else falls through": (
        "x = 1\nif a:\n    x = 2\nelif b:\n    x = 3\nuse(x)",
        {"1", "2", "3"},
    ),
    "an elif does not see its neighbours": (
        "x = 1\nif a:\n    x = 2\nelif b:\n    use(x)\nelif d:\n    x = 3",
        {"1"},
    ),
    "nor does its test": ("x = 1\nif a:\n    x = 2\nelif use(x):\n    x = 3", {"1"}),
    "a conditional in a suite": ("x = 1\nif c: x = 2; use(x)", {"2"}),
    "match cases": (
        "x = 1\nmatch c:\n    case 1:\n        x = 2\n    case _:\n        x = 3\nuse(x)",
        {"2", "3"},
    ),
    "match without a default": (
        "x = 1\nmatch c:\n    case 1:\n        x = 2\nuse(x)",
        {"1", "2"},
    ),
    "a capture": ("x = 1\nmatch c:\n    case [x]:\n        use(x)", {"x"}),
    # leaving
    "a branch that returns is out": (
        "def f():\n    x = 1\n    if c:\n        x = 2\n        return\n    use(x)",
        {"1"},
    ),
    "a branch that raises is out": ("x = 1\nif c:\n    x = 2\n    raise E\nuse(x)", {"1"}),
    "the branch that stays counts": (
        "def f():\n    x = 1\n    if c:\n        return\n    else:\n        x = 2\n    use(x)",
        {"2"},
    ),
    "an inner return leaves": (
        "def f():\n    x = 1\n    if a:\n        x = 2\n        if b:\n            return\n"
        "        else:\n            raise E\n    use(x)",
        {"1"},
    ),
    # loops
    "a loop may not run": ("x = 1\nfor i in s:\n    x = 2\nuse(x)", {"1", "2"}),
    "the next turn sees the one before": (
        "x = 1\nfor i in s:\n    use(x)\n    x = 2",
        {"1", "2"},
    ),
    "in its turn the last assignment counts": ("x = 1\nfor i in s:\n    x = 2\n    use(x)", {"2"}),
    "continue carries on": (
        "x = 1\nfor i in s:\n    use(x)\n    if c:\n        x = 2\n        continue\n    x = 3",
        {"1", "2", "3"},
    ),
    "break carries out": (
        "x = 1\nfor i in s:\n    if c:\n        x = 2\n        break\n    x = 3\nuse(x)",
        {"1", "2", "3"},
    ),
    "break does not end what follows the loop": (
        "x = 1\nwhile a:\n    break\nx = 2\nuse(x)",
        {"2"},
    ),
    "a loop's target": ("x = 1\nfor x in s:\n    use(x)", {"s"}),
    "a loop's target afterwards": ("x = 1\nfor x in s: pass\nuse(x)", {"1", "s"}),
    "a loop's iterable is outside": ("x = 1\nfor x in use(x): pass", {"1"}),
    "a while test sees the body": ("x = 1\nwhile use(x):\n    x = 2", {"1", "2"}),
    "a while loop's else": ("x = 1\nwhile c:\n    x = 2\nelse:\n    use(x)", {"1", "2"}),
    # exceptions
    "a handler sees every step of the body": (
        "x = 1\ntry:\n    x = 2\n    x = 3\nexcept E:\n    use(x)",
        {"1", "2", "3"},
    ),
    "after a handler that goes on, every step of the body": (
        "x = 1\ntry:\n    x = 2\n    x = 3\nexcept E:\n    pass\nuse(x)",
        {"1", "2", "3"},
    ),
    "after a handler that raises, the last": (
        "x = 1\ntry:\n    x = 2\n    x = 3\nexcept E:\n    raise\nuse(x)",
        {"3"},
    ),
    "a handler that assigns": ("x = 1\ntry:\n    x = 2\nexcept E:\n    x = 3\nuse(x)", {"2", "3"}),
    "try's else": ("x = 1\ntry:\n    x = 2\nexcept E:\n    x = 3\nelse:\n    use(x)", {"2"}),
    "finally sees all": (
        "x = 1\ntry:\n    x = 2\nexcept E:\n    x = 3\nfinally:\n    use(x)",
        {"1", "2", "3"},
    ),
    "finally sees what a failing body left": ("x = 1\ntry:\n    x = f()\nfinally:\n    use(x)",
                                              {"1", "f()"}),
    "after finally that assigns": ("x = 1\ntry:\n    x = 2\nfinally:\n    x = 3\nuse(x)", {"3"}),
    "guarded imports": (
        "try:\n    import x\nexcept ImportError:\n    x = None\nuse(x)",
        {"x", "None"},
    ),
    "a handler's name": ("x = 1\ntry:\n    f()\nexcept E as x:\n    use(x)", {"except"}),
    # with
    "with binds": ("x = 1\nwith f() as x:\n    use(x)", {"f()"}),
    "with runs its body": ("x = 1\nwith f():\n    x = 2\nuse(x)", {"2"}),
    "suppress may stop anywhere": (
        "x = 1\nwith suppress(E):\n    x = 2\n    x = 3\nuse(x)",
        {"1", "2", "3"},
    ),
    "the second item sees the first": ("x = 1\nwith f() as x, use(x): pass", {"f()"}),
    "the first item does not see itself": ("x = 1\nwith use(x) as x: pass", {"1"}),
    # walrus
    "walrus in a test": ("x = 1\nif (x := f()):\n    use(x)", {"f()"}),
    "walrus in a test, afterwards": ("x = 1\nif (x := f()): pass\nuse(x)", {"f()"}),
    "walrus behind and": ("x = 1\nif a and (x := f()): pass\nuse(x)", {"1", "f()"}),
    "walrus in a while test": ("x = 1\nwhile (x := f()):\n    use(x)", {"f()"}),
    "walrus in an elif": ("x = 1\nif (x := f()): pass\nelif b: use(x)", {"f()"}),
    "walrus before, same statement": ("x = 1\nprint((x := 2), use(x))", {"2"}),
    "walrus after, same statement": ("x = 1\nprint(use(x), (x := 2))", {"1"}),
    "walrus in a comprehension": (
        "x = 1\n[use(x) for i in s if (x := f(i))]",
        {"1", "f(i)"},
    ),
    "walrus in a comprehension, afterwards": ("x = 1\n[(x := i) for i in s]\nuse(x)", {"1", "i"}),
    "walrus around its own value": ("x = 1\n(x := use(x))", {"1"}),
    # scopes
    "a function sees the module's end": ("x = 1\ndef f():\n    use(x)\nx = 2", {"2"}),
    "global from another function": (
        "x = None\ndef make():\n    global x\n    x = 1\ndef f():\n    use(x)",
        {"None", "1"},
    ),
    "global with as": (
        "x = None\ndef make():\n    global x\n    with g() as x: pass\ndef f():\n    use(x)",
        {"None", "g()"},
    ),
    "global in its own function": (
        "x = None\ndef f():\n    global x\n    x = 1\n    use(x)",
        {"1"},
    ),
    "global in its own function on one path": (
        "x = None\ndef f():\n    global x\n    if x is None:\n        x = 1\n    use(x)",
        {"None", "1"},
    ),
    "a local hides the module's": ("x = 1\ndef f():\n    x = 2\n    use(x)", {"2"}),
    "a parameter hides it": ("x = 1\ndef f(x):\n    use(x)", {"param"}),
    "a parameter replaced": ("def f(x):\n    x = 1\n    use(x)", {"1"}),
    "a parameter replaced on one path": (
        "def f(x):\n    if x is None:\n        x = 1\n    use(x)",
        {"param", "1"},
    ),
    "a default is evaluated outside": ("x = 1\ndef f(x=use(x)): pass", {"1"}),
    "a decorator is outside": ("x = 1\n@use(x)\ndef f():\n    x = 2", {"1"}),
    "a closure": ("def f():\n    x = 1\n    def g():\n        use(x)", {"1"}),
    "a closure sees what is assigned later": (
        "def f():\n    x = 1\n    def g():\n        use(x)\n    x = 2",
        {"1", "2"},
    ),
    "a closure in a loop sees every turn": (
        "def f():\n    x = 1\n    for i in s:\n        x = 2\n        def g():\n            use(x)",
        {"2"},
    ),
    "nonlocal": (
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n    use(x)",
        {"1", "2"},
    ),
    "nonlocal two functions up": (
        "def f():\n    x = 1\n    def g():\n        def h():\n            nonlocal x\n"
        "            x = 2\n    use(x)",
        {"1", "2"},
    ),
    "methods do not see the class body": (
        "x = 1\nclass C:\n    x = 2\n    def f(self):\n        use(x)",
        {"1"},
    ),
    "a class body sees itself": ("x = 1\nclass C:\n    x = 2\n    use(x)", {"2"}),
    "a class body sees the module before": ("x = 1\nclass C:\n    use(x)\n    x = 2", {"1"}),
    "a class body runs at its place": ("x = 1\nclass C:\n    use(x)\nx = 2", {"1"}),
    "a lambda": ("x = 1\nf = lambda: use(x)", {"1"}),
    "a lambda's parameter": ("x = 1\nf = lambda x: use(x)", {"param"}),
    "a comprehension's own name": ("x = 1\n[use(x) for x in s]", {"s"}),
    "a comprehension's first iterable is outside": ("x = 1\n[x for x in use(x)]", {"1"}),
    "a comprehension's name stays inside": ("x = 1\n[x for x in s]\nuse(x)", {"1"}),
    "a free name": ("use(x)", set()),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case, id=name) for name, case in CASES.items()]
)
def test_a_name_has_the_bindings_that_may_be_in_force(text: str, expected: set[str]) -> None:
    if "return" not in text:
        ast.parse(text)
    assert reached(text) == expected


DOTTED = {
    "the attribute set last": ("a.x = 1\na.x = 2\nuse(a.x)", {"2"}),
    "set later only": ("import a\nuse(a.x)\na.x = 1", set()),
    "set on one path": ("import a\nif c:\n    a.x = 1\nuse(a.x)", {"1"}),
    "a new object forgets it": ("a = f()\na.x = 1\na = g()\nuse(a.x)", set()),
    "set in another function": ("import a\ndef f():\n    a.x = 1\ndef g():\n    use(a.x)", set()),
    "set at the module's end": ("import a\ndef f():\n    use(a.x)\na.x = 1", {"1"}),
    "another object of that name": ("a.x = 1\ndef f(a):\n    use(a.x)", set()),
    "in a method": ("class C:\n    def f(self):\n        self.x = 1\n        use(self.x)", {"1"}),
}


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case, id=name) for name, case in DOTTED.items()]
)
def test_an_attribute_has_the_bindings_that_may_be_in_force(text: str, expected: set[str]) -> None:
    name = "self.x" if "self" in text else "a.x"
    assert reached(text, name) == expected


# -- against Python itself ---------------------------------------------------------------------


@st.composite
def block(draw: st.DrawFn, depth: int = 0, *, loop: bool = False) -> list[str]:
    """Statements about one name; ``c()`` decides and ``f(n)`` may raise, as the run tells them."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kinds = ["assign", "assign", "risky", "use", "use", "walrus"]
        if depth < 3:
            kinds += ["if", "if", "else", "elif", "for", "while", "try", "finally", "with", "match"]
        if depth:
            kinds += ["return", "raise", *(["break", "continue"] if loop else [])]
        kind = draw(st.sampled_from(kinds))

        def inner(*, again: bool = loop) -> list[str]:
            return ["    " + line for line in draw(block(depth + 1, loop=again))]

        match kind:
            case "assign":
                lines.append("x = N")
            case "risky":
                lines.append("x = f(N)")
            case "walrus":
                lines.append(draw(st.sampled_from(
                    ["c() and (x := N)", "print((x := N), use(x))", "[(x := N) for _ in c.turns()]"]
                )))  # fmt: skip
            case "use":
                lines.append("use(x)")
            case "if":
                test = draw(st.sampled_from(["c()", "(x := N) and c()", "c() or (x := N)"]))
                lines += [f"if {test}:", *inner()]
            case "else":
                lines += ["if c():", *inner(), "else:", *inner()]
            case "elif":
                lines += ["if c():", *inner(), "elif c():", *inner(), "else:", *inner()]
            case "for":
                target = draw(st.sampled_from(["_", "x"]))
                lines += [f"for {target} in c.turns(N):", *inner(again=True)]
                if draw(st.booleans()):
                    lines += ["else:", *inner()]
            case "while":
                lines += ["while c.turn():", *inner(again=True)]
            case "try":
                lines += ["try:", *inner(), "except E:", *inner()]
                if draw(st.booleans()):
                    lines += ["else:", *inner()]
            case "finally":
                lines += ["try:", *inner(), "finally:", *inner()]
            case "with":
                lines += [draw(st.sampled_from(
                    ["with suppress(E):", "with g(N) as x:", "with g(N):"]
                )), *inner()]  # fmt: skip
            case "match":
                lines += ["match c():", "    case True:", *("    " + i for i in inner())]
                if draw(st.booleans()):
                    lines += ["    case _:", *("    " + i for i in inner())]
            case "raise":
                lines.append("raise E")
            case _:
                lines.append(kind)
    return lines


class Choices:
    """The decisions of one run; stops the program when there are no more."""

    def __init__(self, bits: tuple[bool, ...]) -> None:
        self.bits: Iterator[bool] = iter(bits)

    def __call__(self) -> bool:
        return next(self.bits, False)

    def turn(self) -> bool:
        return self()

    def turns(self, value: int = 0) -> Iterator[int]:
        while self():
            yield value


class Error(Exception):
    pass


def run(program: str, bits: tuple[bool, ...]) -> set[tuple[int, int]]:
    """Run the program and return which value each ``use`` saw."""
    from contextlib import nullcontext, suppress

    seen: set[tuple[int, int]] = set()
    choices = Choices(bits)

    def risky(value: int) -> int:
        if choices():
            raise Error
        return value

    namespace = {
        "c": choices, "f": risky, "E": Error, "g": nullcontext, "suppress": suppress,
        "print": lambda *_: None, "use": lambda number, value: seen.add((number, value)),
    }  # fmt: skip
    exec(compile(program, "program", "exec"), namespace)
    with suppress(Error, UnboundLocalError, RecursionError):
        namespace["main"]()  # type: ignore[operator]
    return seen


@settings(max_examples=150, deadline=None)
@given(block(), st.data())
def test_no_value_that_a_run_sees_is_missing(lines: list[str], data: st.DataObject) -> None:
    assume(any("use" in line for line in lines))
    counter, uses = itertools.count(1), itertools.count()
    text = "\n".join(lines)
    while "N" in text:
        text = text.replace("N", str(next(counter)), 1)
    while "use(x" in text:
        text = text.replace("use(x", f"use({next(uses)}, x", 1).replace(", x", ", X", 1)
    program = "def main():\n    x = 0\n" + textwrap.indent(text.replace("X", "x"), "    ") + "\n"
    reading = reading_of(program)
    known: dict[int, set[int]] = {}
    for call in calls(reading, "use"):
        number = int(call.args[0].value.value)  # type: ignore[attr-defined]
        known[number] = {
            int("".join(filter(str.isdigit, reading.code(binding.value or binding.node))) or -1)
            for binding in reading.scopes.reaching(call.args[1].value, "x")
        }
    for _ in range(12):
        bits = data.draw(st.lists(st.booleans(), max_size=14).map(tuple))
        for number, value in run(program, bits):
            assert value in known[number], f"{program}\nuse({number}) saw {value} with {bits}"
