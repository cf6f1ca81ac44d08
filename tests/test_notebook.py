"""Notebooks as text and back: cells, what surrounds them, and fixes that stay in them."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.notebooks import examine, notebooks
from oai_lint import engine
from oai_lint.cells import confined
from oai_lint.config import Config
from oai_lint.notebook import NotANotebook, read
from oai_lint.patch import Edit, Safety
from oai_lint.source import Source
from oai_lint.suppressing import in_file

HERE = Path(__file__).parent / "notebooks"
WHOLE = sorted(HERE.glob("*.ipynb"))
TODAY = datetime.date(2026, 9, 1)
KEY = "sk-" + "proj-" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n"


def cell(source: str | list[str], kind: str = "code", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source, **more}
    if kind == "code":
        found |= {"execution_count": None, "outputs": more.get("outputs", [])}
    return found


def notebook(*cells: str | dict[str, Any], **metadata: Any) -> bytes:
    made = [cell(one) if isinstance(one, str) else one for one in cells]
    whole = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(whole, indent=1).encode()


def opened(*cells: str | dict[str, Any], **metadata: Any) -> Source:
    return Source.from_bytes("app.ipynb", notebook(*cells, **metadata))


def mended(source: Source, safety: Safety = Safety.UNSAFE) -> list[str]:
    """Return the sources of all cells after the fixes."""
    fixed = engine.fix(source, Config(today=TODAY), safety=safety)
    assert not fixed.failed
    return ["".join(one["source"]) for one in json.loads(fixed.source.data)["cells"]]


def found(source: Source) -> list[tuple[str, str]]:
    checked = engine.check(source, Config(today=TODAY))
    return [(item.code, str(source.location(item.start))) for item in checked]


# -- as text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_every_byte_comes_back(path: Path) -> None:
    data = path.read_bytes()
    assert Source.from_bytes(str(path), data).data == data


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_fixes_change_sources_and_nothing_else(path: Path) -> None:
    seen = examine(path, Config(today=TODAY))
    assert seen.problems == []
    assert seen.valid
    fixed = HERE / "fixed" / path.name
    expected = fixed.read_bytes() if fixed.exists() else path.read_bytes()
    assert seen.fixed == expected


def test_the_set_holds_every_layout() -> None:
    assert len([*notebooks([str(HERE)])]) == len(WHOLE) + len([*HERE.glob("fixed/*")]) == 13
    data = {path.stem: path.read_bytes() for path in WHOLE}
    assert data["windows"].startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data["windows"]
    assert b"\\r\\n" in data["windows"]
    assert b"\n" not in data["compact"]
    assert data["colab"].isascii()
    assert not data["jupyter"].isascii()


def test_cells_are_one_text_with_gaps_between_them() -> None:
    source = opened("import openai", cell("# text", "markdown"), "", cell(["x = 1\n", "y = 2\n"]))
    assert source.text == "import openai\n\n\n\nx = 1\ny = 2\n\n\n"
    assert [item.number for item in source.cells] == [1, 3, 4]
    assert str(source.location(0)) == "cell 1:1:1"
    assert str(source.location(source.text.index("y"))) == "cell 4:2:1"


def test_the_newline_is_that_of_the_cells() -> None:
    source = opened("import openai", "x = 1\r\ny = 2")
    assert source.newline == "\r\n"


@pytest.mark.parametrize(
    ("metadata", "is_python"),
    [
        ({}, True),
        ({"language_info": {"name": "python"}}, True),
        ({"language_info": {"name": "ipython"}}, True),
        ({"kernelspec": {"language": "python", "name": "x"}}, True),
        ({"kernelspec": {"name": "x"}, "language_info": {}}, True),
        ({"language_info": {"name": "R"}}, False),
        ({"kernelspec": {"language": "julia"}}, False),
    ],
)
def test_only_python_kernels_are_read(metadata: dict[str, Any], is_python: bool) -> None:
    assert bool(opened("import openai", **metadata).cells) is is_python


def test_a_cell_that_vs_code_runs_in_another_language_is_left_out() -> None:
    other = cell("library(openai)", metadata={"vscode": {"languageId": "r"}})
    assert [item.number for item in opened(other, "import openai").cells] == [2]


def test_lines_of_ipython_are_no_code() -> None:
    source = opened("%pip install openai\nimport openai", "%%bash\nopenai api", "x = !ls")
    assert source.code == "#pip install openai\nimport openai\n\n#%bash\n#penai api\n\nx = _#s\n\n"
    assert source.text[: len("%pip")] == "%pip"


def test_an_editors_single_text_is_python_with_magics() -> None:
    source = Source("app.ipynb", "%pip install openai\nimport openai\nawait f()\n")
    assert source.code.startswith("#pip")
    assert found(source) == []


# -- what is no notebook ---------------------------------------------------------------------------

LINE = '{\n "cells": [\n  %s\n ],\n "metadata": {}\n}'
BROKEN = {
    "nothing": (b"", "no JSON: Expecting value on line 1, column 1"),
    "python": (b"import openai\n", "no JSON: Expecting value on line 1, column 1"),
    "cut off": (b'{"cells": [\n', "no JSON: Expecting value on line 2, column 1"),
    "conflict": (b'{\n<<<<<<< HEAD\n"cells": []}', "no JSON: Expecting property name enclosed in"),
    "more behind": (b'{"cells": []} {}', "no JSON: Extra data on line 1, column 15"),
    "binary": (b"PK\x03\x04\xff\n", "byte 0xff on line 1 is not UTF-8"),
    "UTF-16": ('{"cells": []}'.encode("utf-16"), "byte 0xff on line 1 is not UTF-8"),
    "a list": (b"[]", "it is not an object"),
    "no cells": (b'{"nbformat": 4}', "it has no `cells`"),
    "format 3": (b'{"nbformat": 3,\n"worksheets": []}', "`worksheets` on line 2 is of notebook"),
    "cells of another type": (b'{\n"cells": {}}', "`cells` on line 2 is not a list"),
    "metadata": (b'{"cells": [],\n"metadata": 3}', "`metadata` on line 2 is not an object"),
    "a cell that is none": (LINE % '"x = 1"', "`cells[0]` on line 3 is not an object"),
    "a cell without a kind": (LINE % '{"source": ""}', "`cells[0]` on line 3 has no `cell_type`"),
    "a kind that is none": (
        LINE % '{"source": "", "cell_type": 1}',
        "`cells[0].cell_type` on line 3 is not text",
    ),
    "a cell without source": (
        LINE % '{"cell_type": "code"}',
        "`cells[0]` on line 3 has no `source`",
    ),
    "a source that is none": (
        LINE % '{},\n{"cell_type": "code", "source": [1]}'.replace("{},", ""),
        "`cells[0].source` on line 4 is neither text nor a list of lines",
    ),
    "a number for source": (
        LINE % '{"cell_type": "code", "source": 5}',
        "`cells[0].source` on line 3 is neither text nor a list of lines",
    ),
    "nested": (b'{"cells": ' + b"[" * 100_000, "nested too deeply"),
    "a number": (b'{"cells": [], "x": ' + b"1" * 5000 + b"}", "Exceeds the limit"),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=[*BROKEN])
def test_what_is_no_notebook_is_named_by_key_and_line(data: bytes | str, reason: str) -> None:
    with pytest.raises(NotANotebook) as caught:
        read("app.ipynb", data if isinstance(data, bytes) else data.encode())
    text = str(caught.value)
    assert text.startswith("not a notebook: ")
    assert reason in text
    assert "\n" not in text


def test_what_rules_do_not_need_may_be_missing() -> None:
    odd = {"cell_type": "mermaid", "source": "graph"}
    plain = {"cell_type": "code", "source": "import openai"}
    source = Source.from_bytes("a.ipynb", json.dumps({"cells": [odd, plain]}).encode())
    assert source.text.startswith("import openai")


# -- findings --------------------------------------------------------------------------------------


def test_cells_know_of_each_other() -> None:
    source = opened(
        "from openai import OpenAI", "client = OpenAI()", "client.responses.create(bogus=1)"
    )
    assert found(source) == [("OAI405", "cell 3:1:25")]


def test_a_syntax_error_is_told_in_its_cell() -> None:
    assert found(opened("import openai", "x = 1\nx = = 2")) == [("OAI900", "cell 2:2:5")]


def test_await_is_legal_at_the_top() -> None:
    source = opened(
        "from openai import AsyncOpenAI\nclient = AsyncOpenAI()",
        "models = await client.models.list()\nasync with client:\n    pass",
    )
    assert found(source) == []


def test_await_is_offered_at_the_top() -> None:
    source = opened(
        "from openai import AsyncOpenAI\nclient = AsyncOpenAI()",
        'client.responses.create(model=MODEL, input="a").output_text',
    )
    assert found(source) == [("OAI504", "cell 2:1:1")]
    assert mended(source)[1] == (
        '(await client.responses.create(model=MODEL, input="a")).output_text'
    )


def test_a_class_body_is_no_place_to_await() -> None:
    source = opened(
        "from openai import AsyncOpenAI\nclient = AsyncOpenAI()",
        "class A:\n    client.models.retrieve('x')",
    )
    assert mended(source)[1] == "class A:\n    client.models.retrieve('x')"


OUTPUTS: dict[str, Any] = {
    "stream": {"output_type": "stream", "name": "stdout", "text": ["key:\n", KEY, "\n"]},
    "one string": {"output_type": "stream", "name": "stdout", "text": KEY},
    "result": {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": [f"environ({{'A': '{KEY}'}})"]},
    },
    "json": {
        "output_type": "display_data",
        "metadata": {},
        "data": {"application/json": {"a": [{"b": KEY}, 1]}},
    },
    "error": {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["a", f" {KEY}\n"]},
}


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=[*OUTPUTS])
def test_a_key_in_an_output_is_told_at_its_cell(output: dict[str, Any]) -> None:
    source = opened("import os", cell("import os\n  \nshow()\n", outputs=[output]))
    (item,) = engine.check(source, Config(today=TODAY))
    assert (item.code, item.fix) == ("OAI101", None)
    assert str(source.location(item.start)) == "cell 2:3:1"
    assert source.text[item.start : item.end] == "show()"
    assert "output" in item.message
    assert KEY not in item.message


@pytest.mark.parametrize(
    "text", ["key: sk-proj-...abcd", "sk-proj-****************************************", "sk-ip"]
)
def test_what_only_looks_like_a_key_is_none(text: str) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": text}
    assert found(opened("import openai", cell("show()", outputs=[output]))) == []


@pytest.mark.parametrize(
    ("made", "place"),
    [
        (cell(f"# Key\n{KEY}", "markdown"), "cell 2:2:1"),
        (cell(f"%env OPENAI_API_KEY={KEY}"), "cell 2:1:21"),
        (cell(f"!export OPENAI_API_KEY={KEY}"), "cell 2:1:24"),
        (cell(f"%%writefile .env\nOPENAI_API_KEY={KEY}"), "cell 2:2:16"),
        (cell(f"x = !login {KEY}"), "cell 2:1:12"),
    ],
)
def test_a_key_beside_the_code_is_told_once(made: dict[str, Any], place: str) -> None:
    assert found(opened("import openai", made)) == [("OAI101", place)]


SET = "import os\nimport openai\nkey = os.environ['OPENAI_API_KEY']\nopenai.api_key = key"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("openai.api_key", "cell 3:1:1"),
        ("# Is it set?\nkey\n", "cell 3:2:1"),
        ("x = 1; key", "cell 3:1:8"),
        ("x, os.getenv('OPENAI_API_KEY')", "cell 3:1:4"),
        ("def f():\n    return key\n\n{'Authorization': f'Bearer {key}'}", "cell 3:4:1"),
        ("%matplotlib inline\nkey", "cell 3:2:1"),
        ("from IPython.display import display\ndisplay(key)\nx = 1", "cell 3:2:9"),
    ],
)
def test_a_key_that_ends_a_cell_is_displayed(source: str, place: str) -> None:
    notebook = opened(SET, cell("# The key", "markdown"), source, "openai.models.list()")
    assert found(notebook) == [("OAI106", place)]
    (item,) = engine.check(notebook, Config(today=TODAY))
    assert "key[:6]" in item.message


@pytest.mark.parametrize(
    "source",
    [
        "key;",
        "key[:6]",
        "len(key)",
        "key\nx = 1",
        "key\n%matplotlib inline",
        "key\n!ls",
        "if key:\n    key",
        "'OPENAI_API_KEY' in os.environ",
        "%%bash\nkey",
    ],
)
def test_a_key_that_is_not_shown_is_not_displayed(source: str) -> None:
    assert found(opened(SET, source, "openai.models.list()")) == []


def test_what_ends_a_cell_is_not_displayed_by_a_script() -> None:
    assert found(Source("app.py", f"{SET}\nopenai.models.list()\nkey\n")) == []


@pytest.mark.parametrize(
    "source",
    [
        "# oai-lint: ignore[hardcoded-api-key] revoked\nshow()",
        "show()  # oai-lint: ignore[OAI101] revoked",
        "show()  # noqa: OAI101",
        "!show  # noqa: OAI101",
    ],
)
def test_suppressions_work_in_cells(source: str) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": KEY}
    assert found(opened(cell(source, outputs=[output]))) == []


def test_a_suppression_ends_with_its_cell() -> None:
    source = opened(
        "import openai\n# oai-lint: ignore[OAI111]", 'client = openai.OpenAI("k")', "x = 1"
    )
    assert found(source) == [("OAI901", "cell 1:2:1"), ("OAI111", "cell 2:1:24")]
    assert mended(source)[0] == "import openai"


def test_a_whole_notebook_is_silenced_where_no_magic_stands_first() -> None:
    source = opened(cell(KEY, "markdown"), "%%time\nimport os", "import openai", "%%bash\nls")
    edit = in_file(source, "positional-api-key")
    assert edit is not None
    assert source.location(edit.start) == (3, 1, 1)
    assert source.edited([edit]).cells[2].end - edit.start > len(edit.text)
    assert in_file(opened("%%bash\nls"), "positional-api-key") is None


# -- fixes -----------------------------------------------------------------------------------------


def test_what_a_call_gives_is_followed_into_other_cells() -> None:
    source = opened(
        "import openai",
        "answer = openai.ChatCompletion.create(model=MODEL, messages=[])",
        "answer['choices'][0]['message']['content']",
    )
    assert mended(source)[1:] == [
        "answer = openai.chat.completions.create(model=MODEL, messages=[])",
        "answer.choices[0].message.content",
    ]


def test_an_import_joins_those_of_an_earlier_cell() -> None:
    source = opened(
        "!pip install openai\nversion = 1",
        "%time\nfrom pathlib import Path\n\nimport openai",
        f'openai.api_key = "{KEY}"',
    )
    assert mended(source)[:2] == [
        "!pip install openai\nversion = 1",
        "%time\nimport os\nfrom pathlib import Path\n\nimport openai",
    ]


def test_an_import_in_a_later_cell_is_no_help() -> None:
    source = opened(
        "import openai", f'openai.api_key = "{KEY}"', "import os\nprint(os.environ['HOME'])"
    )
    assert mended(source)[0] == "import os\n\nimport openai"


def test_an_import_begins_a_cell_behind_its_magics() -> None:
    source = opened(f'%%time\n# Log in\n!login\nset_key("{KEY}")  # openai')
    assert mended(source) == [
        '%%time\n# Log in\n!login\nimport os\n\nset_key(os.environ["OPENAI_API_KEY"])  # openai'
    ]


def test_a_fix_that_reaches_into_the_next_cell_is_none() -> None:
    source = opened("a = 1\nb = 2", "\nc = 3")
    first, second = source.cells
    joined = Edit(first.start + 6, second.end, "b")
    assert confined(source, [joined]) == ()
    gone = Edit(first.start + 6, second.start + 1, "")  # with the empty lines that follow
    assert confined(source, [gone]) == (Edit(first.start + 6, second.start, ""),)
    kept = source.edited(confined(source, [gone]))
    assert [kept.text[one.start : one.end] for one in kept.cells] == ["a = 1", "\nc = 3"]


def test_two_cells_do_not_become_one_block() -> None:
    source = opened("client = make()", "!ls\nclient.models.list()")
    first, second = source.cells
    head = Edit(first.start, first.end, "with make() as client:")
    statement = source.text.index("client.models")
    inner = Edit(statement, statement, "    ")
    assert confined(source, [head, inner]) == ()
    apart = (head, Edit(first.end, first.end, " pass"), Edit(second.start, second.start, "%time\n"))
    assert confined(source, apart) == apart


def test_edits_at_the_seams_go_to_their_cells() -> None:
    source = opened("a", "b\n", "c")
    first, second, third = source.cells
    behind = Edit(first.end + 1, first.end + 1, "x\n")
    before = Edit(second.start, second.start, "y\n")
    gone = Edit(third.start, third.end + 1, "")
    edited = source.edited([behind, before, gone])
    assert [edited.text[one.start : one.end] for one in edited.cells] == ["a\nx", "y\nb\n", ""]
    assert json.loads(edited.data)["cells"][0]["source"] == "a\nx"


def test_imports_without_use_go_from_their_cell() -> None:
    source = opened("import os\nimport openai", 'os.environ["OPENAI_API_KEY"] = "your key"')
    assert mended(source) == ["import openai", ""]
