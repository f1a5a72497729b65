"""The honesty meter: honest looks are found in band, looks of a wrong doubt are not, and passes count once."""

import json

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.doors.honesty import first_of_passes, honesty_lines, honesty_of
from vedette.doors.reel_store import KeptLook
from vedette.time import tai_ns_from_utc_text

NOON = tai_ns_from_utc_text("2031-04-01T12:00:00Z")


class Journal:
    def __init__(self, path):
        self.path = path


class Reel:
    def __init__(self, looks):
        self._looks = looks
        self.span_tai_ns = (NOON, NOON + 86_400 * NS_PER_S)

    def looks(self):
        return self._looks


class FakeReading:
    """A reading whose looks and last picture are given."""

    name, is_epoch_known = "made.sqlite", True

    def __init__(self, looks, path, objects=()):
        self.reel, self.journal, self.objects = Reel(looks), Journal(path), list(objects)

    def picture_at(self, at):
        return {"picture": {"t_now_utc": "2031-04-02T12:00:00Z", "objects": self.objects}}


def passes(count, scale, rng, looks_each=5):
    """`count` passes of objects, each of several looks that repeat one error of `scale` times the stated size."""
    found = []
    for number in range(count):
        nis = scale**2 * float(np.sum(rng.standard_normal(3) ** 2))
        start = NOON + number * 400 * NS_PER_S
        found += [
            KeptLook(number * 10 + k, start + k * 12 * NS_PER_S, "radar-north", f"{number % 37} OBJECT", nis, 3, True)
            for k in range(looks_each)
        ]
    return found


def test_looks_of_one_pass_count_once_and_another_pass_counts_again():
    def look(entry, t_s, name="1 A", sensor="radar-north"):
        return KeptLook(entry, NOON + t_s * NS_PER_S, sensor, name, 1.0, 3, True)

    looks = [look(1, 0), look(2, 12), look(3, 12, sensor="radar-south"), look(4, 500), look(5, 1200)]
    looks.append(look(6, 1201, "2 B"))
    assert [one.entry for one in first_of_passes(looks)] == [1, 3, 5, 6]


@pytest.mark.parametrize(("scale", "is_honest"), [(1.0, True), (1.5, False), (0.6, False)])
def test_an_honest_doubt_is_in_band_and_a_wrong_one_is_not(tmp_path, scale, is_honest):
    looks = passes(400, scale, np.random.default_rng(4))
    found = honesty_of(FakeReading(looks, tmp_path / "made.sqlite"), last=200)
    ninety = found["areas"][1]
    assert (ninety["probability"], ninety["of"]) == (0.9, 200)
    low, high = ninety["band"]
    assert 170 <= low < 180 < high <= 190
    assert found["nis"]["looks"] == 400 and found["nis"]["is_in_band"] is is_honest
    four_sigma_of_200_trials = 4 * (200 * 0.9 * 0.1) ** 0.5
    assert (abs(ninety["held"] - 180) < four_sigma_of_200_trials) is is_honest
    assert sum(day["of"] for day in found["by_day"]) == 400 and len(found["by_day"]) == 3
    assert f"held {ninety['held']} of the last 200" in "\n".join(honesty_lines(found))


def test_impacts_are_held_against_the_truth_beside_the_journal(tmp_path):
    def ring(half_deg):
        return [32.0 - half_deg, 32.0 - half_deg, 32.0 + half_deg, 32.0 + half_deg], [
            -23.0 - half_deg, -23.0 + half_deg, -23.0 + half_deg, -23.0 - half_deg,
        ]  # fmt: skip

    areas = []
    for probability, half_deg in ((0.5, 0.05), (0.9, 0.2), (0.99, 0.5)):
        lat, lon = ring(half_deg)
        areas.append({"probability": probability, "shape": "polygon", "lat_deg": lat, "lon_deg": lon, "area_km2": 1.0})
    mine = {
        "id": "O1",
        "launch": {"t_utc": "2031-04-01T12:00:05Z", "lat_deg": 31.0, "lon_deg": -29.8},
        "impact_areas": areas,
    }
    launch = {"t_utc": "2031-04-01T12:00:00Z", "lat_deg": 31.1, "lon_deg": -29.8}
    there = {"lat_deg": 32.1, "lon_deg": -23.1}
    flights = [
        {"id": "L1", "launch": launch, "impact": {"t_utc": "2031-04-01T12:08:00Z", "lat_deg": 32.1, "lon_deg": -23.1}},
        {"id": "L2", "launch": launch | {"lat_deg": -10.0}, "impact": {"t_utc": "2031-04-01T12:08:00Z"} | there},
        {"id": "L4", "launch": launch | {"lat_deg": 31.3}, "impact": {"t_utc": "2031-04-01T12:08:00Z"} | there},
        {"id": "L5", "launch": launch, "impact": {"t_utc": "2031-04-03T12:08:00Z"} | there},
        {"id": "L3", "launch": launch, "impact": None},
    ]
    path = tmp_path / "made.sqlite"
    (tmp_path / "made.sqlite.truth.json").write_text(json.dumps({"nights": [{"flights": flights}]}))
    found = honesty_of(FakeReading([], path, [mine]))
    assert [one["flight"] for one in found["impacts"]] == ["L1", "L2", "L4"]  # L5 is beyond its end
    assert found["impacts"][0]["held"] == {"0.5": False, "0.9": True, "0.99": True}
    assert found["impacts"][1]["object_id"] is None and found["impacts"][2]["object_id"] is None
    assert [(one["held"], one["of"]) for one in found["impact_areas"]] == [(0, 1), (1, 1), (1, 1)]


def test_nothing_to_judge_by_is_said(tmp_path):
    found = honesty_of(FakeReading([], tmp_path / "made.sqlite"))
    assert found["nis"] is None and found["areas"] is None and found["impact_areas"] is None
    assert honesty_lines(found) == ["held against nothing yet: no catalogue was given and nothing was tracked"]
