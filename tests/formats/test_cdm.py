"""Conjunction messages: real ones are read, damaged ones refused by name, written ones read back."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data

from vedette.core.errors import BadInputError
from vedette.formats.cdm import format_cdm, read_cdm

REFUSED = {  # what each damaged sample must be refused for
    "CDM-covariance-wrong-entry-format.txt": "CRDOT_T",
    "CDM-missing-TCA.txt": "no TCA",
    "CDM-missing-object2-state-vector.txt": "OBJECT2 lacks X",
    "CDM-wrong-key-word.txt": "WRONG_KEYWORD",
    "CDMExample1InvalidTca.txt": "TCA",
    "CDMExample_issue1319_mandatory_empty_value.xml": "OBJECT1 lacks X",
}


def message(**changes: str) -> bytes:
    """A small message of our own, with some lines changed or (empty) left out."""
    axes = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
    lines = {"CCSDS_CDM_VERS": "1.0", "CREATION_DATE": "2031-04-01T00:00:00", "ORIGINATOR": "US", "MESSAGE_ID": "7",
             "TCA": "2031-04-01T12:00:00.250", "MISS_DISTANCE": "500 [m]", "COLLISION_PROBABILITY": "1e-5"}  # fmt: skip
    text = [f"{key} = {changes.get(key, value)}" for key, value in lines.items() if changes.get(key, value)]
    text.append("COMMENT HBR = 12 [m]")
    for number, place in ((1, "7000.0"), (2, "7000.5")):
        rows = {"OBJECT": f"OBJECT{number}", "OBJECT_DESIGNATOR": f"{number}", "OBJECT_NAME": f"THING {number}",
                "REF_FRAME": "EME2000", "X": f"{place} [km]", "Y": "0.0", "Z": "0.0", "X_DOT": "0.0",
                "Y_DOT": "7.5" if number == 1 else "-1.5", "Z_DOT": "0.1"}  # fmt: skip
        for i, a in enumerate(axes):
            for b in axes[: i + 1]:
                rows[f"C{a}_{b}"] = ("100.0" if i < 3 else "1e-4") if a == b else "0.0"
        rows = {key: changes.get(f"{key}{number}", value) for key, value in rows.items()}
        text += [f"{key} = {value}" for key, value in rows.items() if value]
    return "\n".join(text).encode()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_damaged_message_is_refused_with_what_is_wrong(name):
    path = real_data("messages", "ccsds", "orekit", "cdm", name)
    with pytest.raises(BadInputError, match=REFUSED[name]) as said:
        read_cdm(path.read_bytes(), path.name)
    assert name in str(said.value)


def test_every_other_sample_is_read_and_says_the_same_when_written_and_read_again():
    paths = [p for p in _samples() if p.name not in REFUSED]
    assert len(paths) >= 45
    for path in paths:
        first = read_cdm(path.read_bytes(), path.name)
        again = read_cdm(format_cdm(first).encode(), "written")
        assert again.t_tca_tai_ns == first.t_tca_tai_ns, path.name
        assert again.radius_m == first.radius_m, path.name
        for one, two in zip(first.objects, again.objects, strict=True):
            assert one.designator == two.designator and one.frame == two.frame
            np.testing.assert_array_equal(one.cov_rtn, two.cov_rtn)
            # kilometres on paper: one rounding of the product and one of the quotient
            np.testing.assert_allclose(one.state_m_mps, two.state_m_mps, rtol=1e-15)


def test_kvn_and_xml_of_one_message_say_the_same():
    folder = real_data("messages", "ccsds", "orekit", "cdm")
    kvn, xml = (read_cdm((folder / f"CDMExample_issue942.{end}").read_bytes(), end) for end in ("txt", "xml"))
    assert kvn.t_tca_tai_ns == xml.t_tca_tai_ns and kvn.miss_distance_m == xml.miss_distance_m
    for one, two in zip(kvn.objects, xml.objects, strict=True):
        np.testing.assert_array_equal(one.state_m_mps, two.state_m_mps)
        np.testing.assert_array_equal(one.cov_rtn, two.cov_rtn)


def test_a_message_without_one_covariance_is_read_and_says_so():
    path = real_data("messages", "ccsds", "orekit", "cdm", "CDM-missing-object1-covariance-block.xml")
    found = read_cdm(path.read_bytes(), path.name)
    assert found.objects[0].cov_rtn is None and found.objects[1].cov_rtn is not None


def test_kilometres_become_metres_and_the_comment_gives_the_radius():
    found = read_cdm(message(), "ours")
    assert found.objects[0].state_m_mps.tolist() == [7e6, 0.0, 0.0, 0.0, 7500.0, 100.0]
    assert found.radius_m == 12.0 and found.miss_distance_m == 500.0 and found.objects[1].name == "THING 2"


@pytest.mark.parametrize(("change", "said"), [
    ({"TCA": "yesterday"}, "TCA"), ({"X1": "nan"}, "X is nan"), ({"CCSDS_CDM_VERS": "9"}, "version"),
    ({"OBJECT2": "OBJECT1"}, "OBJECT"), ({"REF_FRAME2": "MARS"}, "REF_FRAME"), ({"CT_R1": ""}, "CT_R"),
    ({"MISS_DISTANCE": "1_0"}, "MISS_DISTANCE"),
])  # fmt: skip
def test_what_is_wrong_is_said(change, said):
    with pytest.raises(BadInputError, match=said):
        read_cdm(message(**change), "ours")


def test_a_document_type_is_never_read():
    raw = b'<!DOCTYPE cdm [<!ENTITY a SYSTEM "file:///etc/passwd">]><cdm version="1.0">&a;</cdm>'
    with pytest.raises(BadInputError, match="document type"):
        read_cdm(raw, "bad")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2200), st.binary(max_size=12))
def test_damage_anywhere_is_read_or_refused_never_a_crash(place, damage):
    raw = message()
    try:
        read_cdm(raw[:place] + damage + raw[place + len(damage) :], "damaged")
    except BadInputError as trouble:
        assert "damaged" in str(trouble)


def _samples() -> list[Path]:
    own = [*real_data("conjunctions").glob("*/*.cdm")]
    return sorted([*own, *real_data("messages", "ccsds", "orekit", "cdm").iterdir()])
