"""Strings and lists of lines are changed where they stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_lint.jsontext import Value, escapes, rewritten
from oai_lint.patch import written


def root(file: str) -> Value:
    return Value(file, "", json.loads(file), len(file) - len(file.lstrip()), len(file.rstrip()))


def changed(file: str, text: str, *, escaping: bool = False) -> str:
    """Return the file after its member ``source`` was made to say ``text``."""
    source = root(file).members()["source"]
    return written(file, rewritten(source, text, escaping=escaping))


def test_values_know_where_they_stand() -> None:
    file = '\n{ "a" : [1,\n {"b": "x\\"}"}, [] ], "a\\u0062": {}, "a": true }\n'
    value = root(file)
    members = value.members()
    assert [*members] == ["a", "ab"]
    assert members["a"].value is True  # the later of two, as for every parser
    assert file[members["ab"].start : members["ab"].end] == "{}"
    assert members["ab"].members() == {}
    listed = root('{"cells": [1,\n {"b": "x"} , []]}').members()["cells"].items()
    assert [(item.path, item.line, item.value) for item in listed] == [
        ("cells[0]", 1, 1),
        ("cells[1]", 2, {"b": "x"}),
        ("cells[2]", 2, []),
    ]
    assert listed[1].members()["b"].path == "cells[1].b"
    assert root("[]").items() == []


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ('{"source": "a = 1"}', "a = 2", '{"source": "a = 2"}'),
        ('{"source": "\\u0061 = \\"x\\""}', 'a = "y"', '{"source": "\\u0061 = \\"y\\""}'),
        ('{"source": "\\/\\ud83d\\ude42é1"}', "/🙂é2", '{"source": "\\/\\ud83d\\ude42é2"}'),
        ('{"source": "a\\nb\\nc"}', "a\nc", '{"source": "a\\nc"}'),
        ('{"source": "a\\nb"}', "x\na\nb\ny", '{"source": "x\\na\\nb\\ny"}'),
        ('{"source": "a"}', "", '{"source": ""}'),
        ('{"source": ""}', "é", '{"source": "é"}'),
        ('{"source": ["a\\n", "b"]}', "a\nc", '{"source": ["a\\n", "c"]}'),
        ('{"source": ["a\\n",\n  "b"]}', "a\nx\nb", '{"source": ["a\\n",\n  "x\\n",\n  "b"]}'),
        ('{"source": [\n  "a"\n]}', "a\nb", '{"source": [\n  "a\\n",\n  "b"\n]}'),
        ('{"source": ["a\\n", "b\\n", "c"]}', "a\nc", '{"source": ["a\\n", "c"]}'),
        ('{"source": ["a\\n", "b\\n", "c"]}', "c", '{"source": ["c"]}'),
        ('{"source": ["a\\n", "b"]}', "a", '{"source": ["a"]}'),
        ('{"source": ["a\\n", "b"]}', "", '{"source": []}'),
        ('{"source": []}', "a", '{"source": ["a"]}'),
        ('{"source": ["a\\nb\\n", "c"]}', "a\nx\nc", '{"source": ["a\\nx\\n", "c"]}'),
        ('{"source": ["a\\nb", "c\\n", "d"]}', "a\nbc\ne", '{"source": ["a\\n", "bc\\n", "e"]}'),
        ('{"source": ["a\\r\\n", "b"]}', "a\r\nc", '{"source": ["a\\r\\n", "c"]}'),
        ('{"source": ["a\\n" ,"b\\n" , "c"]}', "a\nb\nd", '{"source": ["a\\n" ,"b\\n" , "d"]}'),
    ],
)
def test_what_stays_is_written_as_before(file: str, text: str, expected: str) -> None:
    assert changed(file, text) == expected


def test_escapes_are_written_where_the_file_writes_them() -> None:
    assert changed('{"source": "a"}', "ü", escaping=True) == '{"source": "\\u00fc"}'
    assert escapes('"\\u4e2d"')
    assert not escapes('"中\\u4e2d"')
    assert not escapes('"\\u0007 \\\\u4e2d"')  # no other way to write the one, the other is text
    assert not escapes('"abc"')


TEXT = st.text("ab\n\\\"'/ü中🙂\t\r", max_size=12)


@given(st.lists(TEXT, max_size=5), TEXT, st.booleans(), st.booleans(), st.sampled_from([None, 1]))
def test_any_text_can_become_any_other(
    lines: list[str], text: str, escaping: bool, as_list: bool, indent: int | None
) -> None:
    source = lines if as_list else "".join(lines)
    file = json.dumps({"z": ["é"], "source": source, "a": 1}, ensure_ascii=escaping, indent=indent)
    made = changed(file, text, escaping=escaping)
    said = json.loads(made)["source"]
    assert isinstance(said, type(source))
    assert "".join(said) == text
    where = root(file).members()["source"]
    assert made.startswith(file[: where.start])
    assert made.endswith(file[where.end :])
    if "".join(lines) == text:
        assert made == file
