"""What of a cell is Python, compared with what IPython itself makes of it."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from oai_lint.magics import hidden, neutral

LINES = {
    "%matplotlib inline": "#matplotlib inline",
    "!pip install openai": "#pip install openai",
    "!!ls": "#!ls",
    "?print": "#print",
    "print?": "#rint?",
    "openai.OpenAI??": "#penai.OpenAI??",
    ",print a b": "#print a b",
    ";print a b": "#print a b",
    "/print a b": "#print a b",
    "!": "#",
    "%%time\nx = 1": "#%time\nx = 1",
    "%%capture out\nx = 1": "#%capture out\nx = 1",
    "if x:\n    !ls -l": "if x:\n    0#s -l",
    "if x:\n\t%cd ..": "if x:\n\t0#d ..",
    "if x:\n    !": "if x:\n    0",
    "files = !ls": "files = _#s",
    "files = !l": "files = _#",
    "env = %env HOME": "env = _#nv HOME",
    "a, b = %timeit -o f()": "a, b = _#imeit -o f()",
    "x: list = !ls": "x: list = _#s",
    "!ls \\\n  | head \\\n\nx": "#ls \\\n# | head \\\n\nx",
    "pip install openai": "#ip install openai",
    "pip install -U 'openai>=1'": "#ip install -U 'openai>=1'",
    "cd ..": "#d ..",
}
"""What IPython takes, and what is left of it."""

PYTHON = (
    "x = a % b",
    "x = (a\n     % b)",
    "x = a \\\n    % b",
    "print('''\n%env KEY=1\n!ls\n''')",
    'print("a?")',
    "x = 1  # what?",
    "x = f'{y!r}?'",
    "x = {'a': 1, 'b': '!'}  # %time",
    "x != y",
    "x = y != z",
    "run = create(\n    1,\n)",
    "ls -l",
    "pip = 1",
    "cat in dogs",
    "if cd is None: pass",
    "man.page = 1",
    "'it\\'s'\nx = 1",
    "",
    "\n\n",
)
"""Python that looks like something else."""

FOREIGN = (
    "%%bash\nls\n",
    "%%html\n<b>?</b>",
    "\n\n%%writefile app.py\nimport openai",
    "%%python3\nimport openai",
    "%% \nx",
    "    def f(self):\n        return 1",
)
"""Cells of which nothing is Python in the notebook's own namespace."""


@pytest.mark.parametrize(("cell", "code"), LINES.items())
def test_what_ipython_adds_becomes_neutral(cell: str, code: str) -> None:
    assert neutral(cell).code == code
    assert neutral(cell).python


@pytest.mark.parametrize("cell", PYTHON)
def test_python_stays_as_it_is(cell: str) -> None:
    assert neutral(cell) == (cell, True, ())


@pytest.mark.parametrize("cell", FOREIGN)
def test_cells_in_another_language_are_comments(cell: str) -> None:
    code, python, foreign = neutral(cell)
    assert not python
    assert foreign == ((0, len(cell)),)
    assert all(line.startswith("#") or not line.strip() for line in code.splitlines())


@pytest.mark.parametrize("cell", [*LINES, *PYTHON, *FOREIGN])
def test_no_offset_moves_and_what_is_left_is_python(cell: str) -> None:
    code = neutral(cell).code
    assert [*map(len, code.splitlines(True))] == [*map(len, cell.splitlines(True))]
    ast.parse(code)


def test_foreign_ranges_are_what_was_taken_away() -> None:
    cell = "import openai\n%time f()\nfiles = !ls\n"
    found = [cell[start:end] for start, end in neutral(cell).foreign]
    assert found == ["%time f()", "!ls"]


def test_text_that_no_parser_takes_is_hidden_too() -> None:
    assert hidden("a\0\ud800b\r\n\tc").code == "#??b\r\n#c"


AUTOMAGIC = tuple(cell for cell in LINES if cell.startswith(("pip ", "cd ")))
"""What IPython decides about when the cell runs."""


@pytest.mark.parametrize("cell", sorted({*LINES, *PYTHON, *FOREIGN} - {*AUTOMAGIC}))
def test_agrees_with_ipython(cell: str) -> None:
    transformer = TransformerManager()  # type: ignore[no-untyped-call]
    taken = transformer.transform_cell(cell).strip() != cell.strip()
    assert taken == (neutral(cell).code != cell)


@given(st.text("abx =!%?'\"()#\\\n\t ,;/", max_size=40))
def test_any_text_keeps_its_lines(cell: str) -> None:
    code = neutral(cell).code
    assert [len(line) for line in code.split("\n")] == [len(line) for line in cell.split("\n")]
