"""Every lie of a partner's assessments is named within three messages; an honest partner is left alone."""

import pytest

from vedette.exercise.claim_lies import LIES, NAMED_WITHIN, judge


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_named_within_three_messages(lie):
    for seed in range(3):
        found = judge(seed, lie)
        assert found["named_after"] is not None and found["named_after"] <= NAMED_WITHIN, found
        assert not found["counted_after"]


def test_an_honest_partner_is_not_doubted():
    assert all(not judge(seed, None)["doubts"] for seed in range(10))
