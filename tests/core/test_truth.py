"""Yes, no, unknown: nine rows each, as they are printed for the medical reader."""

import itertools

import pytest

from bot.core.truth import AND, NOT, OR, Truth, all_of, any_of, known

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN

#: first, second, both of them, one of them
TABLE = """
yes      yes      yes      yes
yes      no       no       yes
yes      unknown  unknown  yes
no       yes      no       yes
no       no       no       no
no       unknown  no       unknown
unknown  yes      unknown  yes
unknown  no       no       unknown
unknown  unknown  unknown  unknown
"""
ROWS = [tuple(Truth(word) for word in line.split()) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("first", "second", "both", "either"), ROWS)
def test_it_joins_two_truths_by_the_table(first: Truth, second: Truth, both: Truth, either: Truth) -> None:
    assert all_of([first, second]) is both
    assert any_of([first, second]) is either


def test_the_tables_are_whole() -> None:
    pairs = set(itertools.product(Truth, repeat=2))
    assert set(AND) == set(OR) == pairs == {(row[0], row[1]) for row in ROWS}
    assert {truth: NOT[truth] for truth in Truth} == {YES: NO, NO: YES, UNKNOWN: UNKNOWN}


@pytest.mark.parametrize("truths", list(itertools.product(Truth, repeat=3)))
def test_the_order_does_not_matter(truths: tuple[Truth, ...]) -> None:
    assert all_of(truths) is all_of(reversed(truths))
    assert any_of(truths) is any_of(reversed(truths))
    assert NOT[all_of(truths)] is any_of(NOT[truth] for truth in truths)


def test_of_nothing_all_holds_and_any_does_not() -> None:
    assert all_of([]) is YES
    assert any_of([]) is NO


def test_what_is_certain_is_yes_or_no() -> None:
    assert (known(True), known(False)) == (YES, NO)


@pytest.mark.parametrize("truth", Truth)
def test_it_never_slips_through_an_if(truth: Truth) -> None:
    with pytest.raises(TypeError) as caught:
        bool(truth)
    assert str(caught.value) == (
        "A Truth may be unknown: compare with `is Truth.YES`, or use all_of / any_of."
    )
