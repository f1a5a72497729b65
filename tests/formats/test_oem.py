"""Orbit ephemeris messages: read, or refused by name."""

import numpy as np
import pytest
from tests.data import real_data

from vedette.core.errors import BadInputError
from vedette.formats.oem import read_oem

REFUSED = {
    "OEM-covariance-number-format-error.txt": "not a number", "OEM-ephemeris-number-format-error.txt": "not a number",
    "OEM-inconsistent-time-systems.txt": "TCG", "OEM-keyword-within-covariance.txt": "USER_DEFINED_TEST_KEY",
    "OEM-keyword-within-ephemeris.txt": "among the states", "OEM-too-few-covariance-columns.txt": "row 5",
    "OEM-too-large-covariance-dimension.txt": "row 7", "OEM-too-many-covariance-columns.txt": "row 1",
    "OEM-too-small-covariance-dimension.txt": "4 rows", "OEM-wrong-keyword.txt": "WRONG_KEYWORD",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_damaged_ephemeris_is_refused_with_what_is_wrong(name):
    path = real_data("messages", "ccsds", "orekit", "odm", "oem", name)
    with pytest.raises(BadInputError, match=REFUSED[name]) as said:
        read_oem(path.read_bytes(), path.name)
    assert name in str(said.value)


def test_every_sample_is_read_or_refused_and_states_are_metres():
    for path in sorted(real_data("messages", "ccsds", "orekit", "odm", "oem").iterdir()):
        try:
            segments = read_oem(path.read_bytes(), path.name)
        except BadInputError as trouble:
            assert path.name in str(trouble)
            continue
        for one in segments:
            assert np.all(np.diff(one.t_tai_ns) > 0) and one.states_m_mps.shape == (len(one.t_tai_ns), 6)
    path = real_data("messages", "ccsds", "orekit", "odm", "oem", "OEMExample5.txt")
    (one,) = read_oem(path.read_bytes(), path.name)
    assert one.frame == "GCRF" and 6.6e6 < np.linalg.norm(one.states_m_mps[0, :3]) < 6.9e6  # the station's orbit


NO_EPHEMERIS = [b"", b"<a/>", b"CCSDS_OEM_VERS = 2.0", b"CCSDS_OEM_VERS = 2.0\nMETA_START\n", b"\xff\xfe"]


@pytest.mark.parametrize("raw", NO_EPHEMERIS)
def test_what_is_no_ephemeris_is_refused(raw):
    with pytest.raises(BadInputError):
        read_oem(raw, "bad")
