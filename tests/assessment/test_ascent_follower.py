"""The telemetry follower on made-up feeds: what it says, what it refuses to say, and that asking changes nothing."""

from math import radians

import numpy as np
import pytest

from vedette.assessment.ascent_classes import AscentFeatures, class_probabilities
from vedette.assessment.ascent_follower import AscentFollower
from vedette.assessment.ascent_policy import corridor_of
from vedette.core.errors import UsageError
from vedette.frames import geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import COAST_BETA_KG_M2, TAIL_OFF_S, burnout_s
from vedette.motion.flight_classes import nominal_boost, vehicle
from vedette.motion.flight_shaping import with_longest_range
from vedette.motion.propagate import fly_to_ground
from vedette.reports import Alert, Finding, FindingKind, Mode, Scan, SensorKind

PAD = (30.0, 10.0)
Rows = list[tuple[float, float, float]]


def scan(rows: Rows) -> Scan:
    table = np.array(rows, dtype=float)
    t_ns = np.round(table[:, 0] * 1e9).astype(np.int64)
    return Scan(
        sensor_id="made-up",
        kind=SensorKind.TELEMETRY,
        mode=Mode.SIMULATED,
        t_received_tai_ns=int(t_ns[-1]),
        t_measured_tai_ns=t_ns,
        values=table[:, 1:],
        sigmas=np.ones((len(rows), 2)),
    )


def follow(rows: Rows, **given: object) -> tuple[AscentFollower, list[Finding | Alert]]:
    follower = AscentFollower("O", given.pop("pad", PAD), **given)  # type: ignore[arg-type]
    said = [item for row in rows for item in follower.absorb(scan([row]))]
    return follower, [*said, *follower.settle(round(rows[-1][0] * 1e9))]


def kinds(said: list[Finding | Alert]) -> list[str]:
    return [item.kind.value for item in said if isinstance(item, Finding)]


def boost(name: str, after_s: float) -> tuple[Rows, np.ndarray, np.ndarray]:
    """Readings of a generic boost with the longest range, its parameters and its burnout row."""
    p = nominal_boost(vehicle(name), lat_rad=radians(PAD[0]), lon_rad=radians(PAD[1]), azimuth_rad=radians(70.0))
    if "space" not in name:
        p = with_longest_range(p)
    p[TAIL_OFF_S] = 0.8
    t = np.arange(0.0, burnout_s(p) + after_s)
    states, burnout = fly_boost(p, t)
    height = geodetic_from_itrf(states[:, :3])[2]
    speed = np.linalg.norm(states[:, 3:], axis=1)
    shown = zip(
        t.tolist(), (np.round(speed * 3.6) / 3.6).tolist(), (np.round(height / 100) * 100).tolist(), strict=True
    )
    return list(shown), p, burnout


@pytest.fixture(scope="module")
def medium() -> tuple[Rows, np.ndarray, np.ndarray]:
    return boost("medium-range-liquid", 120.0)


def test_a_ballistic_flight_gets_an_impact_alert_after_its_burnout_has_settled(
    medium: tuple[Rows, np.ndarray, np.ndarray],
) -> None:
    rows, p, burnout = medium
    follower, said = follow(rows)
    impacts = [item for item in said if isinstance(item, Alert) and item.kind == "impact"]
    assert impacts and impacts[0].t_tai_ns > (burnout_s(p) + 20.0) * 1e9
    (one,) = follower.objects()
    assert one.class_name == "medium-range-ballistic", one.probabilities
    lat, lon, _, _ = fly_to_ground(burnout[1:], p[COAST_BETA_KG_M2])
    lat0, lon0 = radians(PAD[0]), radians(PAD[1])
    half = np.sin(0.5 * (lat - lat0)) ** 2 + np.cos(lat) * np.cos(lat0) * np.sin(0.5 * (lon - lon0)) ** 2
    range_km = 2.0 * 6_371.0 * np.arcsin(np.sqrt(half))
    assert one.impact is not None and one.impact.downrange_90_km is not None
    ring = {area.probability: area for area in one.impact.areas}[0.99]
    assert one.impact.downrange_90_km[0] - 40.0 < range_km < one.impact.downrange_90_km[1] + 40.0
    assert ring.shape == "ring" and ring.area_km2 > 0.0


def test_with_an_azimuth_the_ring_becomes_a_sector(medium: tuple[Rows, np.ndarray, np.ndarray]) -> None:
    follower, _ = follow(medium[0], azimuth_deg=70.0)
    (one,) = follower.objects()
    assert one.impact is not None
    assert {area.shape for area in one.impact.areas} == {"polygon"}
    assert one.impact.lon_deg > PAD[1] and one.impact.lat_deg > PAD[0]


def test_no_impact_is_alerted_under_thrust_and_the_record_ends_in_lost(
    medium: tuple[Rows, np.ndarray, np.ndarray],
) -> None:
    rows = [row for row in medium[0] if row[0] < 95.0]
    follower, said = follow(rows)
    assert kinds(said)[-1] == "lost"
    assert "impact-predicted" not in kinds(said) and "impact-if-thrust-stops" in kinds(said)
    assert [alert.kind for alert in follower.alerts()] == ["launch"]
    assert follower.predict(round(200e9)) == ()


def test_asking_changes_nothing(medium: tuple[Rows, np.ndarray, np.ndarray]) -> None:
    _, quiet = follow(medium[0])
    asked = AscentFollower("O", PAD)
    said: list[Finding | Alert] = []
    for i, row in enumerate(medium[0]):
        said.extend(asked.absorb(scan([row])))
        if i % 3 == 0:
            asked.objects(), asked.alerts(), asked.predict(round((row[0] + 60.0) * 1e9))
    said.extend(asked.settle(round(medium[0][-1][0] * 1e9)))
    assert said == quiet


def test_one_scan_of_many_rows_says_what_many_scans_say(medium: tuple[Rows, np.ndarray, np.ndarray]) -> None:
    _, apart = follow(medium[0])
    together = AscentFollower("O", PAD)
    said = [*together.absorb(scan(medium[0])), *together.settle(round(medium[0][-1][0] * 1e9))]
    assert said == apart


def test_without_a_pad_it_still_tells_how_far_but_draws_no_area(medium: tuple[Rows, np.ndarray, np.ndarray]) -> None:
    follower, said = follow(medium[0], pad=None)
    predicted = [item for item in said if isinstance(item, Finding) and item.kind is FindingKind.IMPACT_PREDICTED]
    assert predicted and predicted[0].data["downrange_90_km"][1] > 500.0
    assert follower.objects()[0].impact is None


def test_a_launcher_is_a_space_launch_long_before_orbit() -> None:
    rows, _, _ = boost("space-launch-low-orbit", -254.0)
    follower, said = follow(rows)
    (one,) = follower.objects()
    assert one.class_name == "space-launch" and one.probabilities["space-launch"] > 0.6
    assert kinds(said).count("burnout") == kinds(said).count("ignition") == 1


def test_a_clock_step_a_misread_digit_and_a_missing_value_do_not_disturb(
    medium: tuple[Rows, np.ndarray, np.ndarray],
) -> None:
    rows = list(medium[0])
    good = kinds(follow(rows)[1])
    t, v, h = rows[60]
    rows[60] = (t, v * 10.0, h)  # a digit misread
    rows[70] = (rows[70][0] - 30.0, *rows[70][1:])  # a clock that steps back once
    rows[80] = (rows[80][0], float("nan"), rows[80][2])
    follower, said = follow([row for row in rows if np.isfinite(row[1])])
    assert [kind for kind in kinds(said) if kind in ("burnout", "ignition", "launch", "lost")] == [
        kind for kind in good if kind in ("burnout", "ignition", "launch", "lost")
    ]
    assert {item.data["doubt"] for item in said if isinstance(item, Finding) and item.kind is FindingKind.DOUBT} == {
        "misread",
        "clock-step",
    }
    assert len(follower.objects()) == 1


def test_a_display_that_jumps_and_stays_shows_another_object(medium: tuple[Rows, np.ndarray, np.ndarray]) -> None:
    rows = [row for row in medium[0] if row[0] < 60.0]
    other = [(60.0 + k, 7_400.0, 200_000.0) for k in range(6)]
    follower, said = follow(rows + other)
    assert [one.id for one in follower.objects()] == ["O1", "O2"]
    assert kinds(said).count("lost") == 1


def test_a_display_at_rest_launches_nothing() -> None:
    follower, said = follow([(float(k), 0.0 if k % 7 else 0.3, 0.0) for k in range(300)])
    assert said == [] and follower.objects()[0].phase == "pad"


def test_a_pad_that_is_no_place_is_refused() -> None:
    with pytest.raises(UsageError, match="latitude"):
        AscentFollower("O", (-120.6, 34.6))


def test_launch_sites_have_corridors_and_other_places_have_none() -> None:
    found = corridor_of((28.608, -80.604))
    assert found is not None and found[0] == (radians(35.0), radians(120.0))
    assert corridor_of((0.0, 0.0)) is None and corridor_of(None) is None


def test_class_probabilities_are_probabilities_and_follow_the_physics() -> None:
    def of(**seen: object) -> dict[str, float]:
        start: dict[str, object] = {
            "lift_off_g": 1.4, "is_thrusting": True, "first_burn_s": None, "burn_s": 30.0, "speed_mps": 300.0,
            "steep_deg": 70.0, "burns": 1, "gaps_s": (), "coast_s": 0.0, "has_braked": False, "p_orbit": 0.0,
        }  # fmt: skip
        return class_probabilities(AscentFeatures(**{**start, **seen}))  # type: ignore[arg-type]

    slow, quick = of(), of(lift_off_g=9.0)
    for p in (slow, quick):
        assert sum(p.values()) == pytest.approx(1.0)
    assert slow["space-launch"] > quick["space-launch"] and quick["sounding-rocket"] > slow["sounding-rocket"]
    spent = of(is_thrusting=False, burn_s=60.0, speed_mps=1_700.0, steep_deg=42.0, coast_s=60.0, lift_off_g=2.6)
    assert max(spent, key=lambda name: spent[name]) == "short-range-ballistic"
    orbit = of(is_thrusting=False, burn_s=520.0, speed_mps=7_500.0, steep_deg=0.5, burns=2, coast_s=60.0, p_orbit=0.99)
    assert max(orbit, key=lambda name: orbit[name]) == "space-launch"
