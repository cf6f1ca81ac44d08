"""Changes as edits, in every layout: the result parses, means what was asked, touches no more."""

from __future__ import annotations

import ast
import io
import re
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import libcst as cst
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oai_lint.patch import (
    After,
    Before,
    Change,
    Delete,
    Drop,
    Enclose,
    Import,
    Insert,
    Replace,
    Unwrap,
    apply,
)
from oai_lint.reading import Reading, read
from oai_lint.reading.imports import unused_import_edits
from oai_lint.reading.lowering import Lowering, NotLowerable
from oai_lint.source import Source
from tests.reading import calls, reading_of


def lowered(reading: Reading, *changes: Change) -> str:
    edits = Lowering(reading.source, reading.tree, reading.spans).lower(changes)
    text, applied = apply(reading.text, [edits])
    assert applied == ([0] if edits else [])
    return text


def call(reading: Reading, name: str = "f") -> cst.Call:
    return calls(reading, name)[0]


def statement(reading: Reading, code: str) -> cst.CSTNode:
    """Return the statement whose code begins so."""
    for node in reading.tree.sequence:
        if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)) and (
            reading.module.code_for_node(node).strip().startswith(code)
        ):
            return node
    raise AssertionError(code)


def small(reading: Reading, line: int) -> Any:
    """Return the first small statement of a line."""
    node = reading.module.body[line]
    assert isinstance(node, cst.SimpleStatementLine)
    return node.body[0]


def comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


# -- items of lists ----------------------------------------------------------------------------

DROPS = {
    "only argument": ("f(a=1)", 0, "f()"),
    "only argument with a comma": ("f(a=1,)", 0, "f()"),
    "first": ("f(a=1, b=2)", 0, "f(b=2)"),
    "middle": ("f(a, b=2, c=3)", 1, "f(a, c=3)"),
    "last": ("f(a=1, b=2)", 1, "f(a=1)"),
    "last with a comma": ("f(a=1, b=2,)", 1, "f(a=1,)"),
    "odd spaces": ("f( a = 1 , b = 2 )", 1, "f( a = 1 )"),
    "odd spaces, first": ("f( a = 1 , b = 2 )", 0, "f( b = 2 )"),
    "one a line, first": ("f(\n    a=1,\n    b=2,\n)", 0, "f(\n    b=2,\n)"),
    "one a line, last": ("f(\n    a=1,\n    b=2,\n)", 1, "f(\n    a=1,\n)"),
    "one a line, last, no comma": ("f(\n    a=1,\n    b=2\n)", 1, "f(\n    a=1\n)"),
    "one a line, only": ("f(\n    a=1,\n)", 0, "f()"),
    "its comment goes": (
        "f(\n    a=1,  # one\n    b=2,  # two\n)", 0, "f(\n    b=2,  # two\n)",
    ),
    "the last one's comment goes": (
        "f(\n    a=1,  # one\n    b=2,  # two\n)", 1, "f(\n    a=1,  # one\n)",
    ),
    "the last one's comment goes, no comma": (
        "f(\n    a=1,  # one\n    b=2  # two\n)", 1, "f(\n    a=1  # one\n)",
    ),
    "the next one's comment stays": (
        "f(\n    a=1,\n    # two\n    b=2,\n)", 0, "f(\n    # two\n    b=2,\n)",
    ),
    "hanging": ("f(a=1,\n  b=2,\n  c=3)", 1, "f(a=1,\n  c=3)"),
    "hanging, first": ("f(a=1,\n  b=2)", 0, "f(b=2)"),
    "hanging, last": ("f(a=1,\n  b=2)", 1, "f(a=1)"),
    "comma first": ("f(a=1\n , b=2\n , c=3\n)", 1, "f(a=1\n , c=3\n)"),
    "two a line": ("f(\n    a=1, b=2,\n    c=3,\n)", 1, "f(\n    a=1,\n    c=3,\n)"),
    "two a line, the other": ("f(\n    a=1, b=2,\n    c=3,\n)", 0, "f(\n    b=2,\n    c=3,\n)"),
    "a value of lines": ("f(\n    a=g(\n        1,\n    ),\n    b=2,\n)", 0, "f(\n    b=2,\n)"),
    "starred": ("f(*a, b=2, **c)", 1, "f(*a, **c)"),
    "CRLF": ("f(\r\n    a=1,\r\n    b=2,\r\n)", 0, "f(\r\n    b=2,\r\n)"),
    "CRLF, last": ("f(\r\n    a=1,\r\n    b=2,\r\n)", 1, "f(\r\n    a=1,\r\n)"),
    "backslashes": ("f(a=1, \\\n  b=2)", 0, "f(b=2)"),
    "a generator alone": ("f(a for a in b)", 0, "f()"),
    "in parentheses": ("f((a), (b))", 1, "f((a))"),
    "in parentheses, first": ("f((a), (b))", 0, "f((b))"),
    "keyword in parentheses": ("f(a=(1), b=2)", 0, "f(b=2)"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "index", "expected"), [pytest.param(*case, id=name) for name, case in DROPS.items()]
)
def test_an_argument_is_dropped(text: str, index: int, expected: str) -> None:
    reading = reading_of(f"x = 1 # é\n{text}\ny\n")
    assert lowered(reading, Drop(call(reading).args[index])) == f"x = 1 # é\n{expected}\ny\n"


@pytest.mark.parametrize(
    ("text", "index", "expected"),
    [
        ("x = {'a': 1, 'b': 2}", 0, "x = {'b': 2}"),
        ("x = {'a': 1, 'b': 2}", 1, "x = {'a': 1}"),
        ("x = {'a': 1}", 0, "x = {}"),
        ("x = {\n    'a': 1,\n}", 0, "x = {}"),
        ("x = {\n    'a': 1,\n    **b,\n}", 1, "x = {\n    'a': 1,\n}"),
        ("x = [1, 2]", 1, "x = [1]"),
        ("x = [1]", 0, "x = []"),
        ("x = (1, 2, 3)", 2, "x = (1, 2)"),
    ],
)
def test_an_element_is_dropped(text: str, index: int, expected: str) -> None:
    reading = reading_of(text + "\n")
    value = small(reading, 0).value
    assert lowered(reading, Drop(value.elements[index])) == expected + "\n"


@pytest.mark.parametrize("text", ["x = (1,)", "x = 1,", "x = {1}"])
def test_an_element_that_makes_its_list_what_it_is_stays(text: str) -> None:
    reading = reading_of(text + "\n")
    value = small(reading, 0).value
    with pytest.raises(NotLowerable):
        lowered(reading, Drop(value.elements[0]))


def test_a_tuple_of_two_keeps_being_a_tuple() -> None:
    for index in (0, 1):
        reading = reading_of("x = (1, 2)\n")
        value = small(reading, 0).value
        text = lowered(reading, Drop(value.elements[index]))
        assert isinstance(ast.parse(text).body[0].value, ast.Tuple)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "dropped", "expected"),
    [
        ("from a import b, c", ["b"], "from a import c"),
        ("from a import b, c", ["c"], "from a import b"),
        ("from a import b as d, c", ["d"], "from a import c"),
        ("from a import b", ["b"], ""),
        ("from a import b, c", ["b", "c"], ""),
        ("from a import b, c, d", ["c", "d"], "from a import b"),
        ("from a import b, c, d", ["b", "d"], "from a import c"),
        ("from a import (b, c)", ["c"], "from a import (b)"),
        ("from a import (\n    b,\n    c,\n)", ["b"], "from a import (\n    c,\n)"),
        ("from a import (\n    b,\n    c,\n)", ["c"], "from a import (\n    b,\n)"),
        ("from a import (\n    b,  # x\n    c,  # y\n)", ["c"],
         "from a import (\n    b,  # x\n)"),
        ("from a import b, \\\n    c", ["c"], "from a import b"),
        ("from a import b, \\\n    c", ["b"], "from a import c"),
        ("import a, b", ["a"], "import b"),
        ("import a, b", ["b"], "import a"),
        ("import a.b as c, d", ["c"], "import d"),
    ],
)  # fmt: skip
def test_imported_names_are_dropped(text: str, dropped: list[str], expected: str) -> None:
    reading = reading_of(f"z\n{text}\ny\n")
    names = small(reading, 1).names
    items = [a for a in names if (a.evaluated_alias or a.evaluated_name) in dropped]
    assert len(items) == len(dropped)
    result = lowered(reading, *map(Drop, items))
    assert result == f"z\n{expected}{chr(10) if expected else ''}y\n"


INSERTS = {
    "no argument": ("f()", "f(k=1)"),
    "one": ("f(a)", "f(a, k=1)"),
    "a comma": ("f(a,)", "f(a, k=1,)"),
    "spaces": ("f( a )", "f( a, k=1 )"),
    "one a line": ("f(\n    a,\n    b,\n)", "f(\n    a,\n    b,\n    k=1,\n)"),
    "one a line, no comma": ("f(\n    a,\n    b\n)", "f(\n    a,\n    b,\n    k=1\n)"),
    "one a line, a comment": (
        "f(\n    a,\n    b,  # two\n)", "f(\n    a,\n    b,  # two\n    k=1,\n)",
    ),
    "one a line, a comment and no comma": (
        "f(\n    a,\n    b  # two\n)", "f(\n    a,\n    b,  # two\n    k=1\n)",
    ),
    "hanging": ("f(a,\n  b)", "f(a,\n  b,\n  k=1)"),
    "CRLF": ("f(\r\n    a,\r\n)", "f(\r\n    a,\r\n    k=1,\r\n)"),
    "tabs": ("f(\n\ta,\n)", "f(\n\ta,\n\tk=1,\n)"),
    "starred": ("f(*a, **b)", "f(*a, **b, k=1)"),
    "an empty line inside": ("f(\n)", "f(\nk=1)"),
    "a comment inside": ("f(  # c\n)", "f(  # c\nk=1)"),
    "a method": ("a.b(c).f(d)", "a.b(c).f(d, k=1)"),
    "nested": ("f(g(1), h(2))", "f(g(1), h(2), k=1)"),
    "in a string": ("f('(,)', ')')", "f('(,)', ')', k=1)"),
    "in parentheses": ("(f)(a)", "(f)(a, k=1)"),
    "an argument in parentheses": ("f((a))", "f((a), k=1)"),
    "an argument in parentheses over lines": ("f(\n    (a),\n)", "f(\n    (a),\n    k=1,\n)"),
    "a generator": ("f(a for a in b)", "f((a for a in b), k=1)"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case, id=name) for name, case in INSERTS.items()]
)
def test_an_argument_is_added_last(text: str, expected: str) -> None:
    text, expected = (f"x = '(' # ,\n{t}\ny\n" for t in (text, expected))
    if "\r" in text:
        text, expected = (re.sub("\r?\n", "\r\n", t) for t in (text, expected))
    reading = reading_of(text)
    node = next(
        n for n in reading.tree.nodes[cst.Call]
        if dotted_end(n.func) == "f"  # type: ignore[attr-defined]
    )  # fmt: skip
    assert lowered(reading, Insert(node, ("k=1",))) == expected


def dotted_end(node: cst.CSTNode) -> str:
    name = node.attr if isinstance(node, cst.Attribute) else node
    return name.value if isinstance(name, cst.Name) else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f()", "f(k)"),
        ("f(a)", "f(k, a)"),
        ("f(\n    a,\n)", "f(k, \n    a,\n)"),
        ("(f)(a)", "(f)(k, a)"),
        ("f  (a)", "f  (k, a)"),
    ],
)
def test_an_argument_is_added_first(text: str, expected: str) -> None:
    reading = reading_of(text + "\n")
    (node,) = reading.tree.nodes[cst.Call]
    result = lowered(reading, Insert(node, ("k",), first=True))
    assert ast.dump(ast.parse(result)) == ast.dump(ast.parse(expected))


@st.composite
def layout(draw: st.DrawFn) -> tuple[list[str], str]:
    """A call over one line or several, with commas and comments wherever they may stand."""
    values = draw(st.lists(st.sampled_from(["1", "(2)", "g(3, 4)", "'s,)'", "[\n  5]"]),
                           min_size=1, max_size=4))  # fmt: skip
    names = [f"{name}={value}" for name, value in zip("abcd", values, strict=False)]
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    gap = st.sampled_from(["", " ", "\n    ", "  # c\n    ", "\n    # c\n    ", "\n", "\\\n "])
    comma = draw(st.booleans())
    text = "f(" + draw(gap)
    for number, name in enumerate(names):
        text += name + draw(gap)
        if number + 1 < len(names) or comma:
            text += "," + draw(gap)
    count = iter(range(99))
    text = re.sub("# c", lambda _: f"# c{next(count)}", text + ")")
    return [name[0] for name in names], text.replace("\n", newline)


def keywords(text: str) -> list[str | None]:
    (node,) = (n for n in ast.walk(ast.parse(text))
               if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "f")  # fmt: skip
    return [keyword.arg for keyword in node.keywords]


@settings(max_examples=120, deadline=None)
@given(layout(), st.data())
def test_any_arguments_are_dropped_from_any_layout(
    written: tuple[list[str], str], data: st.DataObject
) -> None:
    names, text = written
    text = f"x = 1  # x\nif x:\n    {text}  # y\n# z\n"
    dropped = data.draw(st.sets(st.sampled_from(names), min_size=1))
    reading = reading_of(text)
    items = [a for a in call(reading).args if a.keyword.value in dropped]  # type: ignore[union-attr]
    result = lowered(reading, *map(Drop, items))
    assert keywords(result) == [name for name in names if name not in dropped]
    assert result.startswith("x = 1  # x\nif x:\n    f(")
    assert result.endswith("  # y\n# z\n")


@settings(max_examples=120, deadline=None)
@given(layout())
def test_an_argument_is_added_to_any_layout(written: tuple[list[str], str]) -> None:
    names, text = written
    text = f"x = 1  # x\nif x:\n    {text}  # y\n# z\n"
    reading = reading_of(text)
    result = lowered(reading, Insert(call(reading), ("k=1",)))
    assert keywords(result) == [*names, "k"]
    assert comments(result) == comments(text)


# -- statements --------------------------------------------------------------------------------

STATEMENTS = {
    "a line": ("a\nb\nc\n", "a\nc\n"),
    "the first": ("b\nc\n", "c\n"),
    "the last": ("a\nb\n", "a\n"),
    "without a final newline": ("a\nb", "a\n"),
    "its comment goes": ("a\nb  # b\nc\n", "a\nc\n"),
    "other comments stay": ("a  # a\n# above\nb\n# below\nc\n", "a  # a\n# above\n# below\nc\n"),
    "alone in its block": ("if a:\n    b\nc\n", "if a:\n    pass\nc\n"),
    "alone in its block, with a comment": ("if a:\n    b  # b\nc\n", "if a:\n    pass  # b\nc\n"),
    "last in its block": ("if a:\n    c\n    b\nd\n", "if a:\n    c\nd\n"),
    "in a suite": ("if a: b\n", "if a: pass\n"),
    "first in a suite": ("if a: b; c\n", "if a: c\n"),
    "last in a suite": ("if a: c; b\n", "if a: c\n"),
    "on a line, first": ("b; c\n", "c\n"),
    "on a line, middle": ("a; b; c\n", "a; c\n"),
    "on a line, last": ("a; b\n", "a\n"),
    "on a line, last, semicolon": ("a; b;\n", "a;\n"),
    "alone with a semicolon": ("a\nb;\nc\n", "a\nc\n"),
    "CRLF": ("a\r\nb\r\nc\r\n", "a\r\nc\r\n"),
    "lone CR": ("a\rb\rc\r", "a\rc\r"),
    "tabs": ("if a:\n\tb\n\tc\n", "if a:\n\tc\n"),
    "form feed": ("a\n\fb\nc\n", "a\nc\n"),
    "over lines": ("a\nb(\n  1,\n)\nc\n", "a\nc\n"),
    "a BOM": ("\ufeffb\nc\n", "\ufeffc\n"),
    "backslashes": ("a\nb + \\\n  1\nc\n", "a\nc\n"),
    "a body of docstring and it": ("def f():\n    '''d'''\n    b\n", "def f():\n    '''d'''\n"),
    "between functions": (
        "def f(): pass\n\n\nb\n\n\ndef g(): pass\n", "def f(): pass\n\n\ndef g(): pass\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case, id=name) for name, case in STATEMENTS.items()]
)
def test_a_statement_is_deleted(text: str, expected: str) -> None:
    reading = reading_of(text)
    assert lowered(reading, Delete(statement(reading, "b"))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\n", "a\nn\nm\nb\n"),
        ("if a:\n    b\n", "if a:\n    n\n    m\n    b\n"),
        ("if a:\r\n\tb\r\n", "if a:\r\n\tn\r\n\tm\r\n\tb\r\n"),
        ("# c\nb", "# c\nn\nm\nb"),
        ("a; c\nb\n", "a; c\nn\nm\nb\n"),
        ("\fb\n", "\fn\nm\nb\n"),
    ],
)
def test_lines_go_before_a_statement(text: str, expected: str) -> None:
    reading = reading_of(text)
    result = lowered(reading, Before(statement(reading, "b"), (("n",), ("m",))))
    assert result.replace("\f", "") == expected.replace("\f", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b\na\n", "b\nn\nm\na\n"),
        ("b", "b\nn\nm"),
        ("if a:\n    b  # c\n", "if a:\n    b  # c\n    n\n    m\n"),
        ("if a:\r\n\tb\r\n", "if a:\r\n\tb\r\n\tn\r\n\tm\r\n"),
        ("b; a\n", "b; a\nn\nm\n"),
        ("b(\n  1\n)\na\n", "b(\n  1\n)\nn\nm\na\n"),
    ],
)
def test_lines_go_after_a_statement(text: str, expected: str) -> None:
    reading = reading_of(text)
    assert lowered(reading, After(statement(reading, "b"), (("n",), ("m",)))) == expected


def test_lines_go_after_a_whole_block() -> None:
    reading = reading_of("if b:\n    a\nelse:\n    c\n# d\n")
    assert lowered(reading, After(statement(reading, "if"), (("n",),))) == (
        "if b:\n    a\nelse:\n    c\nn\n# d\n"
    )


@pytest.mark.parametrize("text", ["if a: b\n", "if a: c; b\n", "class A: b = 1\n"])
@pytest.mark.parametrize("change", [Before, After])
def test_no_line_goes_into_a_suite(text: str, change: type[Before] | type[After]) -> None:
    reading = reading_of(text)
    with pytest.raises(NotLowerable):
        lowered(reading, change(statement(reading, "b"), (("n",),)))


ENCLOSED = {
    "lines": ("a\nb\nc\nd\n", "a\nwith x:\n    b\n    c\nd\n"),
    "the end": ("a\nb\nc", "a\nwith x:\n    b\n    c"),
    "blocks": ("b\nif a:\n    e\n\n    f\nc\n",
               "with x:\n    b\n    if a:\n        e\n\n        f\n    c\n"),
    "inside a block": ("if a:\n  b\n  c\n", "if a:\n  with x:\n    b\n    c\n"),
    "tabs": ("if a:\n\tb\n\tc\n", "if a:\n\twith x:\n\t\tb\n\t\tc\n"),
    "CRLF": ("b\r\nc\r\nd\r\n", "with x:\r\n    b\r\n    c\r\nd\r\n"),
    "lone CR": ("b\rc\rd\r", "with x:\r    b\r    c\rd\r"),
    "comments": ("b  # b\n# between\nc  # c\n",
                 "with x:\n    b  # b\n    # between\n    c  # c\n"),
    "strings": ("b\ns = '''\none\n  two'''\nc\n",
                "with x:\n    b\n    s = '''\none\n  two'''\n    c\n"),
    "strings in CRLF": ("b\r\ns = '''\r\none\r\n'''\r\nc\r\n",
                        "with x:\r\n    b\r\n    s = '''\r\none\r\n'''\r\n    c\r\n"),
    "strings inside a block": (
        "if a:\n    b\n    s = '''\nx\n    '''\n    c\n",
        "if a:\n    with x:\n        b\n        s = '''\nx\n    '''\n        c\n",
    ),
    "f-strings": ("b\ns = f'''\n{a}\n  {f'''\nx'''}\n'''\nc\n",
                  "with x:\n    b\n    s = f'''\n{a}\n  {f'''\nx'''}\n'''\n    c\n"),
    "calls over lines": ("b(\n    1,\n)\nc\n", "with x:\n    b(\n        1,\n    )\n    c\n"),
    "backslashes": ("b + \\\n    1\nc\n", "with x:\n    b + \\\n        1\n    c\n"),
    "a string over a backslash": ("b\ns = 'a\\\nb'\nc\n",
                                  "with x:\n    b\n    s = 'a\\\nb'\n    c\n"),
    "form feed": ("b\n\f\nc\n", "with x:\n    b\n\f\n    c\n"),
    "dedented comments": ("if a:\n    b\n# out\n    c\n",
                          "if a:\n    with x:\n        b\n    # out\n        c\n"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case, id=name) for name, case in ENCLOSED.items()]
)
def test_statements_are_enclosed(text: str, expected: str) -> None:
    if "f'''" in text and sys.version_info < (3, 12):
        text, expected = (t.replace("{f'''\nx'''}", "{b}") for t in (text, expected))
    reading = reading_of(text)
    change = Enclose(statement(reading, "b"), statement(reading, "c"), ("with x:",))
    result = lowered(reading, change)
    assert result == expected
    ast.parse(result)


def test_the_header_takes_the_place_of_the_first_statement() -> None:
    reading = reading_of("a\nb = x()\nc\nd\n")
    change = Enclose(
        statement(reading, "b"), statement(reading, "c"), ("with x() as b:",), replace_first=True
    )
    assert lowered(reading, change) == "a\nwith x() as b:\n    c\nd\n"


UNWRAPPED = {
    "a block": ("a\nwith b:\n    c\n\n    d\ne\n", "a\nn\nc\n\nd\ne\n"),
    "the end": ("with b:\n    c", "n\nc"),
    "inside a block": ("if a:\n  with b:\n      c\n  d\n", "if a:\n  n\n  c\n  d\n"),
    "blocks": ("with b:\n    if a:\n        c\n    else:\n        d\n",
               "n\nif a:\n    c\nelse:\n    d\n"),
    "tabs": ("if a:\n\twith b:\n\t\tc\n", "if a:\n\tn\n\tc\n"),
    "CRLF": ("with b:\r\n    c\r\nd\r\n", "n\r\nc\r\nd\r\n"),
    "lone CR": ("with b:\r    c\rd\r", "n\rc\rd\r"),
    "comments": ("with b:  # lost\n    # c\n\n    c  # d\n    # e\nf\n",
                 "n\n# c\n\nc  # d\n# e\nf\n"),
    "a head over lines": ("with (\n    b  # lost\n):\n    c\n", "n\nc\n"),
    "strings": ("with b:\n    s = '''\n    one\n'''\n    c\n", "n\ns = '''\n    one\n'''\nc\n"),
    "strings in CRLF": ("with b:\r\n    s = '''\r\n    one\r\n    '''\r\n",
                        "n\r\ns = '''\r\n    one\r\n    '''\r\n"),
    "calls over lines": ("with b:\n    c(\n  1,\n        2,\n    )\n",
                         "n\nc(\n  1,\n    2,\n)\n"),
    "dedented comments": ("with b:\n    c\n# out\n    d\n", "n\nc\n# out\nd\n"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case, id=name) for name, case in UNWRAPPED.items()]
)
def test_a_block_loses_its_head(text: str, expected: str) -> None:
    reading = reading_of(text)
    result = lowered(reading, Unwrap(statement(reading, "with"), (("n",),)))
    assert result == expected
    ast.parse(result)


def test_blocks_in_blocks_lose_their_heads_and_keep_what_is_changed_in_them() -> None:
    reading = reading_of("if a:\n    if b:\n        f(\n            1\n        )\n        c\n")
    outer, inner = statement(reading, "if a"), statement(reading, "if b")
    changes = (
        Unwrap(outer),
        Unwrap(inner, (("try:",), ("    n",))),
        Enclose(statement(reading, "f("), statement(reading, "c"), ("with x:",)),
        Replace(call(reading), ("g()",)),
    )
    assert lowered(reading, *changes) == "try:\n    n\nwith x:\n    g()\n    c\n"


@pytest.mark.parametrize("lines", [(), (("n",),)])
def test_lines_before_a_block_stay_when_it_loses_its_head(lines: tuple[tuple[str], ...]) -> None:
    reading = reading_of("if a:\n    with b:\n        c\n")
    node = statement(reading, "with")
    result = lowered(reading, Unwrap(node, lines), Before(node, (("m",), ("o",))))
    assert result == f"if a:\n    m\n    o\n{'    n' + chr(10) if lines else ''}    c\n"


def test_an_else_stays_without_its_if() -> None:
    reading = reading_of("if a:\n    b\nelse:  # c\n    # d\n    e\n    f\ng\n")
    node = statement(reading, "if")
    assert isinstance(node, cst.If)
    assert lowered(reading, Unwrap(node, block=node.orelse)) == "# d\ne\nf\ng\n"


def test_a_block_on_the_line_of_its_head_stays() -> None:
    reading = reading_of("with b: c\n")
    with pytest.raises(NotLowerable):
        lowered(reading, Unwrap(statement(reading, "with")))


# -- replacing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y = f(a)  # f(a)\n", "y = g(a)  # f(a)\n"),
        ("y = (f(a))\n", "y = (g(a))\n"),
        ("y = f(\n  a  # c\n)\n", "y = g(a)\n"),
        ("'😀'; f(a)\r\n", "'😀'; g(a)\r\n"),
        ("@f(a)\ndef h(): pass\n", "@g(a)\ndef h(): pass\n"),
        ("y = f'{f(a)!r:>3}'\n", "y = f'{g(a)!r:>3}'\n"),
    ],
)
def test_a_node_is_replaced_by_text_and_nodes(text: str, expected: str) -> None:
    reading = reading_of(text)
    node = call(reading)
    assert lowered(reading, Replace(node, ("g(", node.args[0].value, ")"))) == expected


# -- imports -----------------------------------------------------------------------------------

HEADERS = {
    "nothing": "x = 1\n",
    "an empty file": "",
    "a comment alone": "# c\n",
    "a docstring": '"""Doc."""\nx = 1\n',
    "a docstring alone": '"""Doc."""\n',
    "a docstring and a gap": '"""Doc."""\n\nx = 1\n',
    "a docstring of lines": '"""Doc.\n\nMore.\n"""\n\nimport sys\n\nx = 1\n',
    "a shebang": "#!/usr/bin/python\n# -*- coding: utf-8 -*-\nx = 1\n",
    "a licence": "# Copyright\n#\n# Licence\n\nimport sys\n\nx = 1\n",
    "future": "from __future__ import annotations\n\nx = 1\n",
    "future and a docstring": '"""Doc."""\n\nfrom __future__ import annotations\n\nimport sys\n',
    "standard": "import abc\nimport sys\n\nx = 1\n",
    "standard after": "import sys\nimport time\n\nx = 1\n",
    "standard from": "import abc\nfrom sys import path\n\nx = 1\n",
    "third": "import httpx\n\nx = 1\n",
    "third after": "import requests\nimport yaml\n\nx = 1\n",
    "both": "import abc\n\nimport httpx\n\nx = 1\n",
    "own": "from . import a\nfrom .b import c\n\nx = 1\n",
    "all": "from __future__ import annotations\n\nimport abc\nfrom sys import path\n\n"
           "import httpx\nfrom requests import get\n\nfrom . import a\n\nx = 1\n",
    "the module itself": "import openai\n\nx = 1\n",
    "another name of it": "from openai import OpenAI\n\nx = 1\n",
    "names before and after": "from openai import APIError, OpenAI, Zed\n\nx = 1\n",
    "names in parentheses": "from openai import (\n    APIError,\n    Zed,\n)\n\nx = 1\n",
    "names in parentheses, no comma": "from openai import (\n    APIError,\n    Base\n)\n\nx = 1\n",
    "names in parentheses on one line": "from openai import (APIError, Base)\n\nx = 1\n",
    "names over a backslash": "from openai import APIError, \\\n    Base\n\nx = 1\n",
    "another name, commented": "from openai import OpenAI  # client\n\nx = 1\n",
    "star": "from openai import *\n\nx = 1\n",
    "a submodule": "import openai.types\n\nx = 1\n",
    "an alias": "import openai as oa\n\nx = 1\n",
    "code right behind": "import abc\nx = 1\n",
    "guarded": "try:\n    import openai\nexcept ImportError:\n    openai = None\n",
    "no final newline": "import abc",
    "no final newline, no import": "x = 1",
    "a comment behind": "import abc  # c\n\nx = 1\n",
    "comments between": "import abc\n\n# third\nimport httpx\n\nx = 1\n",
    "a comment above the first": "# about httpx\nimport httpx\n\nx = 1\n",
    "semicolons": "import abc; import sys\n\nx = 1\n",
    "imports far below": "x = 1\n\nimport sys\n",
    "a class first": "class A:\n    pass\n",
    "a decorated function first": "@a\ndef f():\n    pass\n",
}  # fmt: skip
WANTED = [
    ("os", None), ("openai", None), ("httpx", None), ("openai", "OpenAI"), ("os", "environ"),
]  # fmt: skip


def names_of(text: str) -> set[str]:
    """Return what the module binds by importing."""
    tree = ast.parse(text)
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {(a.asname or a.name) for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{a.name}" for a in node.names if a.asname is None}
    return found


def imports_of(reading: Reading, module: str, name: str | None) -> str:
    return lowered(reading, Import(module, name))


def variants() -> Iterator[tuple[str, str]]:
    for title, text in HEADERS.items():
        yield title, text
        yield f"{title}, CRLF", text.replace("\n", "\r\n")


@pytest.mark.parametrize(("module", "name"), WANTED)
def test_an_import_is_there_and_nothing_else_has_changed(module: str, name: str | None) -> None:
    for title, text in variants():
        result = imports_of(reading_of(text), module, name)
        wanted = f"{module}.{name}" if name else module
        assert wanted in names_of(result), title
        before, after = (ast.parse(t).body for t in (text, result))
        kept = [ast.dump(n) for n in before if not isinstance(n, (ast.Import, ast.ImportFrom))]
        now = [ast.dump(n) for n in after if not isinstance(n, (ast.Import, ast.ImportFrom))]
        assert now == kept, title
        assert comments(result) == comments(text), title
        assert ast.get_docstring(ast.parse(result)) == ast.get_docstring(ast.parse(text)), title
        assert names_of(text) <= names_of(result), title
        if "\r\n" in text:
            assert "\n" not in result.replace("\r\n", ""), title
        again = imports_of(reading_of(result), module, name)
        assert again == result, f"{title}: added twice"


def test_an_import_is_above_what_uses_it_and_below_future() -> None:
    for title, text in variants():
        result = imports_of(reading_of(text), "os", None)
        order = [ast.unparse(node) for node in ast.parse(result).body]
        place = order.index("import os")
        assert not any("__future__" in line for line in order[place:]), title
        assert all("import" in line or line.startswith("'") for line in order[:place]) or (
            "guarded" in title or "semicolons" in title
        ), title


RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")


@pytest.mark.skipif(RUFF is None, reason="ruff is not installed")
def test_imports_stand_where_isort_wants_them(tmp_path: Path) -> None:
    assert RUFF is not None
    command = [RUFF, "check", "--isolated", "--select", "I001", "--no-cache", "-q"]
    unsorted = {"semicolons", "imports far below", "code right behind", "comments between"}

    def sorted_files(folder: Path) -> set[str]:
        done = subprocess.run(
            [*command, "--output-format", "concise", str(folder)], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        bad = {Path(line.split(":")[0]).name for line in done.stdout.splitlines() if "I001" in line}
        return {path.name for path in folder.iterdir()} - bad

    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    titles = {}
    for number, (title, text) in enumerate(HEADERS.items()):
        for other, (module, name) in enumerate(WANTED):
            file = f"f{number}_{other}.py"
            titles[file] = f"{title}: {module} {name or ''}"
            (before / file).write_text(text)
            (after / file).write_text(imports_of(reading_of(text), module, name))
    fine = sorted_files(before)
    wrong = {titles[file] for file in fine - sorted_files(after)}
    wrong = {title for title in wrong if title.split(":")[0] not in unsorted}
    assert not wrong


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("import a\na.b\n", "import a\nc\n", "c\n"),
        ("import a, b\na, b\n", "import a, b\nb\n", "import b\nb\n"),
        ("from a import b, c\nb, c\n", "from a import b, c\nb\n", "from a import b\nb\n"),
        ("import a.b\na.b\n", "import a.b\nc\n", "c\n"),
        ("import a as b\nb\n", "import a as b\nc\n", "c\n"),
        ("def f():\n    import a\n    a\n", "def f():\n    import a\n", "def f():\n    pass\n"),
        ("import a\nb\n", "import a\nc\n", "import a\nc\n"),
        ("import a\na\n", "import a\n__all__ = ['a']\n", "import a\n__all__ = ['a']\n"),
        ("import a\na\n", "import a\nx: 'b[a.C] | None'\n", "import a\nx: 'b[a.C] | None'\n"),
        ("import a\na\n", "import a\npatch('b.a')\n", "import a\npatch('b.a')\n"),
        ("import a\na\n", "import a\nx = 'b/a'\n", "x = 'b/a'\n"),
        ("import a\na\n", "import a\n'What a does.'\n", "'What a does.'\n"),
        ("import a\na\n", "import a\ndef f(x: 'a.B'): pass\n",
         "import a\ndef f(x: 'a.B'): pass\n"),
        ("import a\na\n", "import a\nx.a\n", "x.a\n"),
        ("import a\na\n", "import a\nf(a=1)\n", "f(a=1)\n"),
        ("import a\na\n", "import a  # noqa: F401\nc\n", "import a  # noqa: F401\nc\n"),
        ("try:\n    import a\nexcept ImportError:\n    a = None\na\n",
         "try:\n    import a\nexcept ImportError:\n    a = None\nc\n",
         "try:\n    import a\nexcept ImportError:\n    a = None\nc\n"),
        ("from __future__ import annotations\na\n", "from __future__ import annotations\nb\n",
         "from __future__ import annotations\nb\n"),
    ],
)  # fmt: skip
def test_only_imports_that_the_fix_left_unused_go(before: str, after: str, expected: str) -> None:
    old, new = read(Source("app.py", before)), read(Source("app.py", after))
    assert apply(after, [unused_import_edits(old, new)])[0] == expected


def test_imports_of_a_package_stay() -> None:
    old, new = (read(Source("pkg/__init__.py", t)) for t in ("import a\na\n", "import a\nc\n"))
    assert unused_import_edits(old, new) == []


# -- random programs ---------------------------------------------------------------------------

LINES = [
    "a = f(1)", "f(a, b=2)", "x = '''s\n  t'''", "y = (1,\n     2)", "pass", "del a", "a; f(); b",
    "f(a,\n  # c\n  b,  # d\n)", "z = f'{a}'", "w = a + \\\n    b", "assert f()",
]  # fmt: skip


@st.composite
def program(draw: st.DrawFn, depth: int = 0) -> list[str]:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["line", "line", "line", "if", "try", "def", "suite"]))
        if kind == "line" or depth > 1:
            lines += draw(st.sampled_from(LINES)).split("\n")
            continue
        if kind == "suite":
            lines.append("if a: f(); b")
            continue
        inner = draw(program(depth + 1))
        indented = (
            [("    " + line) for line in inner]
            if not any("'''" in i for i in inner)
            else ["    pass"]
        )
        if kind == "if":
            lines += ["if a:  # if", *indented, "else:", "    f(1)"]
        elif kind == "try":
            lines += ["try:", *indented, "except E:", "    f(2)"]
        else:
            lines += ["@d(f())", "def g(a=f(3)):", *indented, ""]
    return lines


def statements_of(reading: Reading) -> list[cst.CSTNode]:
    return [
        n for n in reading.tree.sequence
        if isinstance(n, (cst.BaseSmallStatement, cst.BaseCompoundStatement))
    ]  # fmt: skip


CHANGES: list[Callable[[cst.CSTNode], Change]] = [
    Delete,
    lambda node: Before(node, (("new()",),)),
    lambda node: After(node, (("new()",),)),
    lambda node: Enclose(node, node, ("with new():",)),
]


@settings(max_examples=120, deadline=None)
@given(program(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.data())
def test_any_statement_of_any_program_is_changed_alone(
    lines: list[str], newline: str, final: bool, data: st.DataObject
) -> None:
    text = newline.join(lines) + (newline if final else "")
    reading = reading_of(text)
    node = data.draw(st.sampled_from(statements_of(reading)))
    assume(not isinstance(reading.tree.parents.get(node), cst.If))  # an elif
    change = data.draw(st.sampled_from(CHANGES))(node)
    try:
        result = lowered(reading, change)
    except NotLowerable:
        return
    tree = ast.parse(result)
    before, after = (
        sum(isinstance(n, ast.stmt) for n in ast.walk(t)) for t in (ast.parse(text), tree)
    )
    if isinstance(change, Delete):
        inside = sum(isinstance(n, (cst.BaseSmallStatement, cst.BaseCompoundStatement))
                     and reading.tree.inside(n, node) for n in reading.tree.sequence)  # fmt: skip
        assert after in (before - inside, before - inside + 1)
    else:
        assert after == before + 1
        strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        known = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]
        assert sorted(map(repr, strings)) == sorted(map(repr, known))
        assert comments(result.replace("\r", "\n")) == comments(text.replace("\r", "\n"))
