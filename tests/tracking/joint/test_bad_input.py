"""Whatever a partner tells, the joint tracker goes on."""

import warnings

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.constants import NS_PER_S
from vedette.exercise.joint_world import T0_TAI_NS, first_belief, satellites, told
from vedette.reports import SharedDrop, TrackContent
from vedette.tracking.joint import JointTracker

NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0.0, -1.0, 1e-300, 1e300, 6.4e6, 7e6, 1e-8])
)
RNG = np.random.default_rng(2)
HONEST = told("SOUTH", T0_TAI_NS, first_belief(satellites(2, RNG), RNG))


@st.composite
def odd_tracks(draw):
    track = draw(st.sampled_from(HONEST))
    change = {"t_tai_ns": T0_TAI_NS + draw(st.integers(-4000, 4000)) * NS_PER_S}
    if draw(st.booleans()):
        change["position_itrf_m"] = tuple(draw(NUMBERS) for _ in range(3))
    if draw(st.booleans()):
        change["velocity_itrf_mps"] = tuple(draw(NUMBERS) for _ in range(3))
    kind = draw(st.integers(0, 3))
    if kind == 1:
        change["covariance"] = tuple(draw(NUMBERS) for _ in range(draw(st.sampled_from([0, 3, 21]))))
    elif kind == 2:
        factor = draw(st.sampled_from([1e-12, 1e-6, 1e6, 1e12]))
        change["covariance"] = tuple(factor * term for term in track.covariance)
    change["content"] = draw(st.sampled_from(list(TrackContent)))
    change["phase"] = draw(st.sampled_from(["", "boost", "coast", "re-entry", "orbit", "nonsense"]))
    change["provenance"] = draw(st.sampled_from([(), ("SOUTH",), ("SOUTH", "NORTH"), ("NORTH",), ("EAST",)]))
    change["provenance_t_tai_ns"] = draw(st.sampled_from([(), (T0_TAI_NS,), (T0_TAI_NS, T0_TAI_NS - NS_PER_S)]))
    return msgspec.structs.replace(track, **change)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(odd_tracks(), max_size=3), max_size=4))
def test_no_message_stops_it_and_what_comes_out_are_numbers(messages):
    joint = JointTracker("NORTH")
    own = told("NORTH", T0_TAI_NS, first_belief(satellites(2, np.random.default_rng(2)), np.random.default_rng(3)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        joint.hear_own(own)
        for message in messages:
            joint.hear_partner("SOUTH", message, T0_TAI_NS + NS_PER_S)
            joint.hear_drop("SOUTH", SharedDrop(number="SOUTH-000001", t_tai_ns=T0_TAI_NS, reason="lost"))
        out = joint.fused()
    assert np.isfinite(out.states_itrf).all() and np.isfinite(out.state_covs_itrf).all()
    assert {number for view in out.views for owner, number in view.members if owner == "NORTH"} == {
        one.number for one in own
    }
