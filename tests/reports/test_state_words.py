"""A state written for people and wires reads back as it was."""

import msgspec
import numpy as np

from vedette.reports import state_from_words, state_words


def test_a_state_survives_json():
    state, cov = np.array([6.4e6, -1.0, 2.5, 1e3, -7.5e3, 0.1]), np.diag([1.0, 4.0, 9.0, 0.1, 0.2, 0.3])
    words = msgspec.json.decode(msgspec.json.encode(state_words(986083234123456789, state, cov)))
    t_tai_ns, state_back, cov_back = state_from_words(words)
    assert t_tai_ns == 986083234123456789
    assert np.array_equal(state_back, state) and np.array_equal(cov_back, cov)


def test_a_state_without_doubt_says_so():
    assert state_from_words(state_words(0, np.zeros(6)))[2] is None
