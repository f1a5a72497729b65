"""Passes of known objects through the whole engine: named with the catalogue, tracks without it."""

import pytest

from vedette.exercise import calibrate_known_passes
from vedette.exercise.calibrate_known_passes import limited, records, summarise
from vedette.exercise.made_up_sky import T0_TAI_NS, population


@pytest.mark.slow
def test_known_passes_begin_nothing_and_the_same_looks_without_a_catalogue_do(monkeypatch):
    monkeypatch.setattr(calibrate_known_passes, "SECONDS", 40.0)
    monkeypatch.setattr(calibrate_known_passes, "MOST_SEEN", 8)
    sets = limited(population(1_500, 1), T0_TAI_NS)
    assert len(sets) == 1_500
    with_it, without = (records(0, sets, has_catalogue=has) for has in (True, False))
    assert with_it["passes"] == without["passes"] >= 6  # the same looks
    assert with_it["led_by_launch"] == 0 and not with_it["alerts"] and with_it["tracks"] <= 1
    assert with_it["named"] > 0.95 * with_it["of_known"]
    assert without["named"] == 0 and without["tracks"] >= 3
    told = summarise([with_it, without])
    assert told["with the catalogue"]["together"]["passes"] == with_it["passes"]
    assert told["without it"]["together"]["watches"] == 1
