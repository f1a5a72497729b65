"""Launch weights raised to what a fit of all looks says: shares kept, nature untouched, never lowered."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.assessment.candidates.fit_evidence import with_fit
from vedette.assessment.weighing import Weighed
from vedette.reports import LAUNCHES, Cause

WEIGHTS = (
    Weighed(Cause.SHORT_RANGE, 2.0), Weighed(Cause.MEDIUM_RANGE, 1.0), Weighed(Cause.INTERMEDIATE_RANGE, 0.0),
    Weighed(Cause.INTERCONTINENTAL, -1.0), Weighed(Cause.SPACE_LAUNCH, -2.0), Weighed(Cause.SOUNDING_ROCKET, 0.5),
    Weighed(Cause.GLIDE, 1.5), Weighed(Cause.SATELLITE, 3.0), Weighed(Cause.UNKNOWN, 0.0),
)  # fmt: skip
FITTED = WEIGHTS[:6]


def mean_ratio(rows):
    """ln of the mean likelihood ratio of six classes that are alike beforehand."""
    six = [one.log_ratio for one in rows if one.name in {w.name for w in FITTED}]
    return float(np.logaddexp.reduce(six)) - log(6.0)


@settings(max_examples=50, deadline=None)
@given(st.floats(-50.0, 50.0))
def test_the_launches_together_say_what_the_fit_says_unless_that_were_less(ratio):
    rows = with_fit(WEIGHTS, ratio)
    assert mean_ratio(rows) == pytest.approx(max(ratio, mean_ratio(WEIGHTS)), abs=1e-9)
    gains = {
        one.name: one.log_ratio - before.log_ratio for one, before in zip(rows, WEIGHTS, strict=True)
    }
    launches = [gain for name, gain in gains.items() if name in LAUNCHES]
    assert launches == pytest.approx([launches[0]] * len(launches), abs=1e-9)
    assert gains[Cause.SATELLITE] == 0.0 and gains[Cause.UNKNOWN] == 0.0


def test_without_fitted_kinds_nothing_changes():
    assert with_fit(WEIGHTS[6:], 10.0) == WEIGHTS[6:]
