"""What two states of a text have in common."""

from __future__ import annotations

from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from oai_lint.patch import shared

TEXTS = st.text("ab\n\U0001f600", max_size=40)


@given(TEXTS, TEXTS, TEXTS)
def test_the_common_start_is_found_in_texts_and_in_lists(start: str, one: str, other: str) -> None:
    one, other = start + one, start + other
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    expected = len(list(alike))
    assert shared(one, other) == expected
    assert shared(list(one), list(other)) == expected
