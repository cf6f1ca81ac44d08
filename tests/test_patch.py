"""Edits of a text: what is applied together, what waits, and that a fix is never torn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oai_lint.patch import Edit, apply

TEXT = "abcdefghij"


@st.composite
def fix(draw: st.DrawFn) -> list[Edit]:
    """Edits that do not touch one another, as a lowered fix has them."""
    cuts = sorted(draw(st.lists(st.integers(0, len(TEXT)), min_size=2, max_size=6, unique=True)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return [
        Edit(start, start if draw(st.booleans()) else end, draw(st.sampled_from(["", "X", "YY"])))
        for start, end in pairs
    ]


def test_no_fix_leaves_the_text() -> None:
    assert apply(TEXT, []) == (TEXT, [])


def test_edits_apply_by_position_whatever_their_order() -> None:
    text, applied = apply(TEXT, [[Edit(8, 9, "I")], [Edit(0, 1, "A"), Edit(4, 4, "-")]])
    assert (text, applied) == ("Abcd-efghIj", [0, 1])


def test_of_two_that_overlap_the_earlier_in_the_text_wins() -> None:
    text, applied = apply(TEXT, [[Edit(2, 6, "2")], [Edit(1, 3, "1")]])
    assert (text, applied) == ("a1defghij", [1])


def test_touching_edits_both_apply() -> None:
    assert apply(TEXT, [[Edit(0, 3, "1")], [Edit(3, 5, "2")]]) == ("12fghij", [0, 1])


def test_an_insertion_at_the_edge_of_a_replacement_applies() -> None:
    assert apply(TEXT, [[Edit(3, 3, "+")], [Edit(3, 5, "-")]])[0] == "abc+-fghij"
    assert apply(TEXT, [[Edit(5, 5, "+")], [Edit(3, 5, "-")]])[0] == "abc-+fghij"


def test_an_insertion_next_to_a_deletion_waits() -> None:
    """``, b`` after an ``a`` that goes would stand alone."""
    assert apply(TEXT, [[Edit(5, 5, "+")], [Edit(3, 5, "")]]) == ("abcfghij", [1])
    assert apply(TEXT, [[Edit(3, 3, "+")], [Edit(3, 5, "")]]) == ("abc+defghij", [0])


def test_a_fix_may_lean_on_its_own_deletion() -> None:
    assert apply(TEXT, [[Edit(5, 5, "+"), Edit(3, 5, "")]]) == ("abc+fghij", [0])


def test_an_insertion_inside_a_replacement_waits() -> None:
    assert apply(TEXT, [[Edit(4, 4, "+")], [Edit(3, 5, "-")]]) == ("abc-fghij", [1])


def test_different_insertions_at_one_place_take_turns() -> None:
    assert apply(TEXT, [[Edit(4, 4, "1")], [Edit(4, 4, "2")]]) == ("abcd1efghij", [0])


def test_identical_edits_are_made_once_and_both_count() -> None:
    both = [Edit(0, 0, "import os\n")]
    text, applied = apply(TEXT, [[*both, Edit(2, 3, "C")], [*both, Edit(5, 6, "F")]])
    assert (text, applied) == ("import os\nabCdeFghij", [0, 1])


def test_a_fix_goes_in_whole_or_not_at_all() -> None:
    text, applied = apply(TEXT, [[Edit(3, 4, "!")], [Edit(1, 2, "B"), Edit(3, 5, "DE")]])
    assert (text, applied) == ("aBcDEfghij", [1])


def test_a_fix_that_lost_does_not_keep_others_out() -> None:
    fixes = [[Edit(0, 2, "1")], [Edit(1, 3, "2"), Edit(6, 8, "2")], [Edit(6, 8, "3")]]
    assert apply(TEXT, fixes) == ("1cdef3ij", [0, 2])


def test_a_fix_without_edits_is_not_applied() -> None:
    assert apply(TEXT, [[], [Edit(0, 1, "A")]]) == ("Abcdefghij", [1])


@given(st.lists(fix(), max_size=5))
def test_the_result_is_the_text_with_just_the_applied_edits(fixes: list[list[Edit]]) -> None:
    text, applied = apply(TEXT, fixes)
    made = {edit for index in applied for edit in fixes[index]}
    expected = TEXT
    for edit in sorted(made, key=lambda e: (e.start, e.end), reverse=True):
        expected = expected[: edit.start] + edit.text + expected[edit.end :]
    assert text == expected


@given(st.lists(fix(), max_size=5))
def test_what_was_left_out_would_have_clashed(fixes: list[list[Edit]]) -> None:
    _, applied = apply(TEXT, fixes)
    made = [edit for index in applied for edit in fixes[index]]
    for index in set(range(len(fixes))) - set(applied):
        assert any(
            edit != other
            and (
                (edit.start < other.end and other.start < edit.end)
                or (edit.start == other.start and edit.end == other.end)
                or leans(edit, other)
                or leans(other, edit)
            )
            for edit in fixes[index]
            for other in made
        )


def leans(one: Edit, other: Edit) -> bool:
    return one.start == one.end and not other.text and one.start in (other.start, other.end)


@given(fix())
def test_a_fix_alone_always_applies(edits: list[Edit]) -> None:
    assert apply(TEXT, [edits])[1] == [0]


@given(st.lists(fix(), max_size=5))
def test_applying_one_by_one_from_the_end_is_the_same(fixes: list[list[Edit]]) -> None:
    text, applied = apply(TEXT, fixes)
    assert apply(TEXT, [fixes[index] for index in applied])[0] == text
