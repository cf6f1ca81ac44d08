"""Parsing refuses what libcst refuses when it validates every node, and nothing more."""

from __future__ import annotations

import doctest
import importlib
import importlib.util

import libcst as cst
import pytest

from oai_lint.reading import SyntaxFault, read
from oai_lint.source import Source

ODD = [
    "x='a' b'b'", "x=b'a' f'b'", "x=(b'a'\n 'b')", "try:\n  a\nexcept:\n  b\nexcept A:\n  c\n",
    "try:\n  a\nexcept A:\n  b\nexcept:\n  c\n", "x=01", "x=1if y else 2", "x='a'if y else 2",
    "x=1or 2", "x=0_", "x=1__0", "x=rub''", "x=bu''", "x=ur''", "def f(a,a):pass",
    "lambda x:int:1", "x=0xg", "x=0b2", "x=1e", "not(x)", "if(x):pass", "x=not(y)", "return(x)",
    "assert(x)", "for(x)in(y):pass", "with(x)as(y):pass", "import a.b as c.d", "from . import(a)",
    "from.import a", "del(x)", "raise(x)", "raise(x)from(y)", "yield(x)", "lambda:(x)",
    "lambda*a:a", "[x for(x)in(y)if(z)]", "x=a in(b)", "x=a not in(b)", "x=(a)is(b)",
    "x=(a)and(b)", "async def f():\n  await(x)\n", "global x,", "class A(*b,c=1,*d,**e):pass",
    "f(**a,*b)", "f(a=1,b)", "f(**a,b)", "f(x for x in y, 1)", "x=\u2019a\u2019", "x=\u00aa",
    "a\u0301=1", "x=1_000.0_1e1_0j", "print 'a'", "x=`a`", "x<>y", "match x:\n  case (a):pass\n",
    "match x:\n  case []:pass\n", "def f[T](x:T)->T:pass\n", "t'a{b}'", "f'{a!x}'", "(x): int=1",
    "x,y: int", "*a=1", "with a,b,:pass", "with (a,b,):pass", "with (a as b, c as d,):pass",
]  # fmt: skip


def refused(text: str) -> bool:
    try:
        read(Source("odd.py", text))
    except SyntaxFault:
        return True
    return False


def invalid(text: str) -> bool:
    try:
        cst.parse_module(text)
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        return True
    return False


@pytest.mark.parametrize("text", ODD)
def test_odd_code_is_refused_only_where_libcst_refuses_it(text: str) -> None:
    assert refused(text) is invalid(text)


def test_the_broken_programs_of_cpython_are_refused_where_libcst_refuses_them() -> None:
    if importlib.util.find_spec("test.test_syntax") is None:
        pytest.skip("this Python comes without its own tests")
    broken = importlib.import_module("test.test_syntax").__doc__ or ""
    examples = doctest.DocTestParser().get_examples(broken)
    assert len(examples) > 200
    for example in examples:
        assert refused(example.source) is invalid(example.source), example.source


def test_validation_is_in_force_again_after_a_parse() -> None:
    read(Source("fine.py", "import openai\n"))
    with pytest.raises(cst.CSTValidationError):
        cst.Name("")


@pytest.mark.parametrize(
    "text",
    [
        "x = (\n" + "a and\n" * 20_000 + "a)\n",
        "x = (\n" + "lambda:\n" * 5_000 + "a)\n",
        "x = (a\n" + ".b()\n" * 20_000 + ")\n",
        "x = " + "1 + \\\r\n" * 20_000 + "1\r\n",
    ],
    ids=["operators", "lambdas", "calls", "backslashes"],
)
def test_a_chain_over_many_short_lines_is_kept_from_the_parser(text: str) -> None:
    with pytest.raises(SyntaxFault, match="nested too deeply"):
        read(Source("deep.py", text))
