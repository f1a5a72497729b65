"""Published tests as stories: called by what their energy could reach, not by the file's label."""

import csv
from functools import lru_cache

import numpy as np
import pytest
from tests.data import real_data

from vedette.assessment.arc_claim import Claim
from vedette.exercise.published_flights import CalledFlight, call_flight
from vedette.reports import Cause

RIGHT_AT_LEAST = 0.95  # of the rows that neither manoeuvre nor go to orbit (issue of typing, "published flights")


@lru_cache(maxsize=1)
def rows() -> tuple[dict[str, str], ...]:
    text = real_data("missile-tests", "dprk_flights_1984_2019.csv").read_text(encoding="utf-8")
    return tuple(row for row in csv.DictReader(text.splitlines()) if row["apogee_km"] and row["range_km"])


def called(row: dict[str, str]) -> CalledFlight | None:
    """Salvoes have the same figures but for a degree of bearing: one of them speaks for all."""
    return _called(*(float(row[k]) for k in ("site_lat", "site_lon", "apogee_km", "range_km")), bool(row["manoeuvre"]))


@lru_cache(maxsize=128)
def _called(lat: float, lon: float, apogee_km: float, range_km: float, is_pull_up: bool) -> CalledFlight | None:
    lat_rad, lon_rad, bearing_rad = (float(np.radians(x)) for x in (lat, lon, 75.0))
    claim = Claim(
        lat_rad=lat_rad, lon_rad=lon_rad, apogee_m=apogee_km * 1e3, range_m=range_km * 1e3, bearing_rad=bearing_rad
    )
    return call_flight(claim, is_pull_up)


@pytest.mark.slow
def test_called_by_what_the_energy_could_reach() -> None:
    judged = []
    for row in rows():
        if row["manoeuvre"] or row["class"] == "SLV":
            continue
        one = called(row)
        if one is not None:  # 25 km up and 220 km along: no ballistic boost of any vehicle does that
            judged.append(one.called_ballistic in one.expected)
    assert len(judged) >= 44
    assert np.mean(judged) >= RIGHT_AT_LEAST


def test_a_few_rows_whose_label_disagrees_with_the_flight() -> None:
    """Labelled intermediate, flown 189 km up and 60 along; labelled medium, flown like any short-range one."""
    few = [row for row in rows() if (row["missile"], row["apogee_km"]) in {("Hwasong-12", "189"), ("Nodong", "150")}]
    assert len(few) >= 6
    for row in few[:2] + few[-1:]:
        one = called(row)
        assert one is not None
        assert one.called_ballistic is Cause.SHORT_RANGE


@pytest.mark.slow
def test_pull_ups_are_called_manoeuvring() -> None:
    pulled = [row for row in rows() if row["manoeuvre"] == "pullup"]
    assert len(pulled) == 10
    figures = {(row["apogee_km"], row["range_km"]): row for row in pulled}
    for row in list(figures.values())[::3]:
        one = called(row)
        assert one is not None
        assert one.called is Cause.GLIDE


def test_the_pull_up_of_2023_is_called_manoeuvring() -> None:
    """S06 of the published flights: 50 km up and 850 km along in eleven minutes."""
    one = _called(39.2002, 125.6733, 50.0, 850.0, True)
    assert one is not None
    assert one.called is Cause.GLIDE


def test_no_row_from_land_is_called_submarine_launched() -> None:
    for row in rows():
        if row["site"] in {"Panghyon", "Pyongsong Field", "Hwangju", "Sunchon Airbase"} and not row["manoeuvre"]:
            one = called(row)
            assert one is not None
            ratios = {w.name: w.log_ratio for w in one.weighed}
            assert ratios[Cause.SUBMARINE_LAUNCHED] < max(ratios.values()) - 3.0
