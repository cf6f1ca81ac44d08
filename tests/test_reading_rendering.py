"""Rendering by table gives what libcst's own gives: the same code, the same places."""

from __future__ import annotations

import libcst as cst
import pytest

from oai_lint.reading.rendering import Rendering, code_of
from tests.reading import parsed, stdlib_files
from tests.test_reading_tree import EVERYTHING

ODD = """\
async def f(a, /, b: int = 1, *c, d=(2), **e) -> "x":  # one
    async with a as b, c as (d): pass
    async for x in y:
        if (a) : pass
        # before
        elif  b:
            return (  # two
                x ,
            ) ;
        else :
            z = [ 1 , ] ; y = { 'a' : b , ** c }
    else: w : int = f'{x!r:>{w}} {{}} {y=}'
    try: pass
    except (A , B) as e : pass
    finally : return
class C ( A , metaclass = M ) : x = ( a . b ) [ 1 : 2 , * c ] ( * d , ** e )
with ( a as b , c ) :
\tpass
"""


def rendered_by_libcst(module: cst.Module, node: cst.CSTNode) -> Rendering:
    rendering = Rendering(module)
    node._codegen(rendering)
    return rendering


@pytest.mark.parametrize("text", [EVERYTHING, ODD], ids=["everything", "odd"])
def test_code_and_places_are_those_of_libcst(text: str) -> None:
    compare(cst.parse_module(text))


def test_code_and_places_of_the_standard_library_are_those_of_libcst() -> None:
    for _, _, module in parsed(stdlib_files(6, most=15_000)):
        compare(module)


def compare(module: cst.Module) -> None:
    for statement in module.body:
        ours, theirs = Rendering(module), rendered_by_libcst(module, statement)
        ours.add(statement)
        assert "".join(ours.tokens) == "".join(theirs.tokens)
        assert code_of(statement, module) == module.code_for_node(statement)
        assert places(ours).items() <= places(theirs).items()


def places(rendering: Rendering) -> dict[int, tuple[int, int]]:
    offsets = [0]
    for token in rendering.tokens:
        offsets.append(offsets[-1] + len(token))
    return {node: (offsets[a], offsets[b]) for node, (a, b) in rendering.at.items()}
