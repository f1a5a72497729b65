"""Numbers are never given twice, whatever is lost between the disk and a crash."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.errors import BadInputError, UsageError
from vedette.sharing.services import NumberBlocks, Numbers, format_number, parse_number, slot_of
from vedette.sharing.services.numbers import BLOCK, SLOTS


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 2 * BLOCK), st.booleans()), max_size=12))
def test_no_number_is_given_twice_over_any_starts_of_several_services(runs: list[tuple[int, int, bool]]) -> None:
    kept = {slot: NumberBlocks(slot=slot) for slot in range(4)}
    given: list[str] = []
    for slot, count, _ in runs:  # every run begins with what the one before had kept
        numbers = Numbers("NORTH", NumberBlocks(slot=slot, reserved=kept[slot].reserved))
        given += [numbers.give() for _ in range(count)]
        kept[slot] = numbers.blocks
    assert len(set(given)) == len(given)


def test_a_number_says_whose_it_is() -> None:
    numbers = Numbers("NORTH", NumberBlocks(slot=5))
    assert numbers.give() == "NORTH-000501"
    assert slot_of("NORTH-000501") == 5
    assert parse_number("NORTH-000042") == ("NORTH", 42)
    assert format_number("NORTH", 12_345_678) == "NORTH-12345678"


def test_a_service_that_lost_what_it_kept_jumps_over_numbers_that_others_know() -> None:
    numbers = Numbers("NORTH", NumberBlocks(slot=0))
    later = format_number("NORTH", 3 * SLOTS * BLOCK + 17)  # of its fourth block
    assert numbers.heard(later)
    assert parse_number(numbers.give())[1] == 4 * SLOTS * BLOCK + 1
    assert not numbers.heard(later)
    assert not numbers.heard("SOUTH-000001")


@pytest.mark.parametrize("words", ["", "NORTH", "NORTH-1", "NORTH-00004x", "-000001", "NORTH-000000", "NORTH-٠٠٠٠٠١"])
def test_what_is_no_number_is_refused(words: str) -> None:
    with pytest.raises(BadInputError):
        parse_number(words)


def test_an_owner_that_numbers_cannot_begin_with_is_refused() -> None:
    with pytest.raises(UsageError):
        Numbers("NORTH-EAST", NumberBlocks(slot=0))
