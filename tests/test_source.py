"""Bytes to text and back, and offsets in the three units that editors count in."""

from __future__ import annotations

import codecs
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_lint.source import Source, UndecodableSource, Units

UNITS: tuple[Units, ...] = ("utf-8", "utf-16", "utf-32")
# What trips line and column counting: every line end, what only str.splitlines takes for one,
# characters of one to four bytes, a lone surrogate, a BOM inside the text.
TRICKY = st.text(st.sampled_from("ab \t\r\n\f\v\x1c\x85\u2028é€😀\ud800\ufeff"), max_size=24)


def decoded(data: bytes) -> Source:
    return Source.from_bytes("app.py", data)


# -- decoding ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"x = 1\n", "x = 1\n", "utf-8"),
        ("x = '😀'".encode(), "x = '😀'", "utf-8"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", None, "iso-8859-1"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", None, "cp1252"),
        ("# coding: euc-jp\nx = '鍵'\n".encode("euc-jp"), "# coding: euc-jp\nx = '鍵'\n", "euc-jp"),
        (b"", "", "utf-8"),
    ],
)
def test_the_coding_cookie_decides(data: bytes, text: str | None, encoding: str) -> None:
    source = decoded(data)
    assert source.encoding == encoding
    assert source.text == (data.decode(encoding) if text is None else text)
    assert source.to_bytes(source.text) == data


def test_a_cookie_on_the_third_line_is_a_comment() -> None:
    assert decoded(b"\n\n# coding: latin-1\nx = '\xc3\xa9'\n").text.endswith("'é'\n")


def test_a_bom_is_taken_off_and_put_back() -> None:
    source = decoded(codecs.BOM_UTF8 + b"x = 1\n")
    assert (source.text, source.bom, source.encoding) == ("x = 1\n", True, "utf-8")
    assert source.to_bytes("y = 2\n") == codecs.BOM_UTF8 + b"y = 2\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = 1\ny = '\xff'\n", "byte 0xff on line 2 is not utf-8"),
        (b"# coding: ascii\nx = '\xe9'\n", "byte 0xe9 on line 2 is not ascii"),
        (b"x = '\xe2\x82", "byte 0xe2 on line 1 is not utf-8"),
        (b"a\rb\r\n'\xff'", "byte 0xff on line 3 is not utf-8"),
    ],
)
def test_bytes_that_do_not_fit_are_named_with_their_line(data: bytes, reason: str) -> None:
    with pytest.raises(UndecodableSource) as caught:
        decoded(data)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    "data",
    [
        b"# coding: klingon\n",
        b"# coding: rot13\nk = 1\n",
        b"# coding: base64\nk = 1\n",
        codecs.BOM_UTF8 + b"# coding: latin-1\n",
        "x = 1\n".encode("utf-16"),
        b"# coding: idna\n" + b"a" * 100 + b"\xff",
        b"# coding: undefined\nx\n",
    ],
)
def test_encodings_that_give_no_text_are_refused_not_raised(data: bytes) -> None:
    with pytest.raises(UndecodableSource) as caught:
        decoded(data)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_character_outside_the_encoding_cannot_be_written() -> None:
    with pytest.raises(UnicodeEncodeError):
        decoded(b"# coding: latin-1\n").to_bytes("'€'")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_utf8_survives_a_round_trip(text: str, bom: bool) -> None:
    text = "#\n#\n" + text  # so that nothing in it is a cookie
    data = (codecs.BOM_UTF8 if bom else b"") + text.encode()
    source = decoded(data)
    assert source.text == text
    assert source.to_bytes(source.text) == data


# -- lines and columns -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb", ["a", "b"]),
        ("a\rb\r", ["a", "b", ""]),
        ("a\n\rb", ["a", "", "b"]),
        ("a\r\r\nb", ["a", "", "b"]),
        ("a\fb\vc\x1cd\x85e\u2028f\n", ["a\fb\vc\x1cd\x85e\u2028f", ""]),
    ],
)
def test_lines_end_where_python_and_lsp_agree(text: str, lines: list[str]) -> None:
    source = Source("app.py", text)
    assert [source.line(n) for n in range(len(source.line_starts))] == lines


@pytest.mark.parametrize(
    ("text", "newline"),
    [("", "\n"), ("a", "\n"), ("a\r\nb\n", "\r\n"), ("a\rb\n", "\r"), ("a\nb\r\n", "\n")],
)
def test_the_newline_is_that_of_the_first_line(text: str, newline: str) -> None:
    assert Source("app.py", text).newline == newline


@pytest.mark.parametrize(("units", "column"), [("utf-8", 8), ("utf-16", 5), ("utf-32", 4)])
def test_an_emoji_is_four_bytes_two_units_one_character(units: Units, column: int) -> None:
    source = Source("app.py", "x\né'😀'")
    assert source.position(6, units) == (1, column)
    assert source.offset(1, column, units) == 6


@pytest.mark.parametrize("units", ["utf-8", "utf-16"])
def test_a_column_inside_a_character_becomes_the_one_after_it(units: Units) -> None:
    source = Source("app.py", "'😀'")
    assert source.offset(0, 2, units) == 2


@pytest.mark.parametrize("units", UNITS)
def test_a_column_past_the_end_stays_on_its_line(units: Units) -> None:
    source = Source("app.py", "é\r\nb")
    assert source.offset(0, 99, units) == 1
    assert source.offset(1, 99, units) == 4


@pytest.mark.parametrize("units", UNITS)
def test_a_line_past_the_end_is_the_end(units: Units) -> None:
    assert Source("app.py", "a\nb").offset(7, 0, units) == 3


@given(TRICKY, st.sampled_from(UNITS), st.data())
def test_position_and_offset_are_inverse(text: str, units: Units, data: st.DataObject) -> None:
    source = Source("app.py", text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = source.position(offset, units)
    start = source.line_starts[line]
    if offset <= start + len(source.line(line)):  # not between \r and \n
        assert source.offset(line, column, units) == offset


@given(TRICKY)
def test_columns_are_widths_in_their_encoding(text: str) -> None:
    source = Source("app.py", text)
    for offset in range(len(text) + 1):
        line, column = source.position(offset)
        before = text[source.line_starts[line] : offset]
        assert column == len(before)
        assert source.position(offset, "utf-8")[1] == len(before.encode("utf-8", "surrogatepass"))
        wide = before.encode("utf-16-le", "surrogatepass")
        assert source.position(offset, "utf-16")[1] * 2 == len(wide)


@given(TRICKY)
def test_the_lines_make_up_the_text(text: str) -> None:
    source = Source("app.py", text)
    starts = [*source.line_starts, len(text)]
    whole = [text[a:b] for a, b in itertools.pairwise(starts)]
    assert "".join(whole) == text
    assert all(piece.rstrip("\r\n") == source.line(n) for n, piece in enumerate(whole))
