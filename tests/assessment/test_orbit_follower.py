"""The orbit follower on the real GEOS-3 pass through the TDM reader, on a falling body, and on thrust."""

import json

import msgspec
import numpy as np
from scipy.stats import chi2
from tests.tracking.geos3 import KAENA, PUBLIC_STATE, T_EPOCH, looks_of, tdm_kvn

from vedette.assessment.orbit_follower import OrbitFollower
from vedette.formats import FeedSensor, parse_tdm
from vedette.frames import EarthOrientation
from vedette.motion.propagate import coast_track
from vedette.reports import FindingKind, Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.time import tai_ns_from_utc_text

WITHIN_99 = chi2.ppf(0.99, 6)


def kaena_scans() -> list[Scan]:
    azimuth, elevation, range_m, _ = KAENA.sigmas
    sensor = FeedSensor("kaena", azimuth_sigma_rad=azimuth, elevation_sigma_rad=elevation, range_sigma_m=range_m)
    records = list(parse_tdm(tdm_kvn().encode(), "geos3.tdm", sensors={"kaena": sensor}))
    return [record for record in records if isinstance(record, Scan)]


def run(follower: OrbitFollower, scans: list[Scan]) -> list:
    said = [finding for scan in scans for finding in follower.absorb(scan)]
    return said + list(follower.settle(int(scans[-1].t_measured_tai_ns[-1])))


def squared_distance_in_teme(data: dict) -> float:
    state = np.array(data["position_teme_m"] + data["velocity_teme_mps"])
    away = state - PUBLIC_STATE
    return float(away @ np.linalg.solve(np.array(data["covariance_teme"]), away))


def scans_of(radar: Radar, t_tai_ns, values) -> list[Scan]:
    looks = looks_of(radar, t_tai_ns, *values.T)
    return [
        Scan(
            sensor_id=radar.name,
            kind=SensorKind.RADAR,
            mode=Mode.SIMULATED,
            t_received_tai_ns=int(t),
            t_measured_tai_ns=np.array([t]),
            values=looks.values[k : k + 1],
            sigmas=looks.sigmas[k : k + 1],
        )
        for k, t in enumerate(looks.t_measured_tai_ns)
    ]


def test_geos_3_is_declared_a_satellite_whose_first_orbit_holds_the_published_state():
    follower = OrbitFollower({"kaena": KAENA})
    said = run(follower, kaena_scans())
    orbits = [finding for finding in said if finding.kind is FindingKind.ORBIT]
    first = orbits[0]
    assert first.t_declared_tai_ns - T_EPOCH <= 60 * 10**9  # five looks of twelve seconds
    early = [finding for finding in orbits if finding.data["looks"] <= 14]
    assert len(early) >= 2  # the published state rests on the first ten looks (decision 0021)
    assert all(squared_distance_in_teme(finding.data["state"]) < WITHIN_99 for finding in early)
    assert all(finding.data["state"]["t_utc"] == "1995-01-29T02:38:37.000Z" for finding in orbits)
    assert {finding.kind for finding in said} == {
        FindingKind.DETECTED,
        FindingKind.ORBIT,
        FindingKind.CLASSIFIED,
        FindingKind.LOST,
    }
    assert "in orbit: 83" in orbits[-1].text and "inclined 114.98" in orbits[-1].text


def test_geos_3_as_it_stands_at_the_end():
    follower = OrbitFollower({"kaena": KAENA})
    said = run(follower, kaena_scans())
    (summary,) = follower.objects()
    assert summary.class_name == "satellite" and summary.phase == "orbit" and summary.quality == ()
    assert summary.probabilities["satellite"] > 0.99
    assert 820 < summary.apogee_km < 865 and summary.state["frame"] == "gcrf"
    biases = [finding for finding in said if finding.kind is FindingKind.ORBIT][-1].data["biases"]["kaena"]
    assert abs(biases["elevation_deg"]) < 0.02 and 0 < biases["elevation_sigma_deg"] < 0.0139
    assert abs(biases["range_m"]) < 200 and 0 < biases["range_sigma_m"] <= 92.5
    (later,) = follower.predict(T_EPOCH + 3_600 * 10**9)
    assert 800 < later.altitude_km < 890 and later.altitude_90_km[0] < later.altitude_km < later.altitude_90_km[1]
    assert json.loads(msgspec.json.encode(summary))["class"] == "satellite"
    for finding in said:
        msgspec.json.encode(finding)


def test_what_is_said_depends_on_the_past_alone_and_is_said_twice_alike():
    scans = kaena_scans()
    follower = OrbitFollower({"kaena": KAENA})
    whole = [follower.absorb(scan) for scan in scans]
    half = OrbitFollower({"kaena": KAENA})
    assert [half.absorb(scan) for scan in scans[:23]] == whole[:23]


RADAR = Radar(
    Site(0.0, 10.0, 0.0), range_sigma_m=30.0, angle_sigma_deg=0.03, range_bias_sigma_m=30.0, angle_bias_sigma_deg=0.01
)


def seen(states, times_s, seed=3):
    rng = np.random.default_rng(seed)
    values = RADAR.measure(states)[:, :3] + RADAR.sigmas[:3] * rng.normal(size=(len(times_s), 3))
    return scans_of(RADAR, tai_ns_from_utc_text("2025-01-01T00:00:00Z") + (times_s * 1e9).astype(np.int64), values)


def test_a_falling_body_is_never_called_an_orbit():
    times_s = np.arange(0.0, 180.0, 6.0)
    start = np.array([6_378_137.0 + 400e3, 200e3, 100e3, 300.0, 3_000.0, 2_000.0])
    turn = np.radians(10.0)
    about = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    states = coast_track(np.concatenate([about @ start[:3], about @ start[3:]]), times_s)
    follower = OrbitFollower({"radar": RADAR})
    said = run(follower, seen(states, times_s))
    assert not [finding for finding in said if finding.kind is FindingKind.ORBIT]
    (comes_down,) = [finding for finding in said if finding.kind is FindingKind.CLASSIFIED]
    assert "comes down" in comes_down.text and follower.assessment.is_ballistic
    (summary,) = follower.objects()
    assert summary.class_name == "other" and summary.phase == "coast"


def test_thrust_is_not_taken_for_a_coast():
    times_s = np.arange(0.0, 150.0, 6.0)
    position = np.array([6_378_137.0 + 300e3, 0, 0])[None] + np.outer(times_s, [0.0, 7_000.0, 0.0])
    position += 0.5 * np.outer(times_s**2, [-4.0, 15.0, 0.0])
    states = np.concatenate([position, np.zeros_like(position)], axis=1)
    follower = OrbitFollower({"radar": RADAR})
    run(follower, seen(states, times_s))
    assert not follower.assessment.is_a_coast
    (summary,) = follower.objects()
    assert summary.probabilities["satellite"] <= 0.5 and summary.reasons_against


def test_clutter_beside_the_object_is_passed_over():
    scans = kaena_scans()
    follower = OrbitFollower({"kaena": KAENA})
    for k, scan in enumerate(scans):
        if k > 12:
            stray = scan.values + np.array([[0.1, 0.05, 40e3, np.nan]])
            scan = Scan(
                sensor_id=scan.sensor_id,
                kind=scan.kind,
                mode=scan.mode,
                t_received_tai_ns=scan.t_received_tai_ns,
                t_measured_tai_ns=np.repeat(scan.t_measured_tai_ns, 2),
                values=np.concatenate([stray, scan.values]),
                sigmas=np.repeat(scan.sigmas, 2, axis=0),
            )
        follower.absorb(scan)
    clean = OrbitFollower({"kaena": KAENA})
    run(clean, scans)
    follower.settle(T_EPOCH)
    assert np.allclose(follower.assessment.fit.state_itrf, clean.assessment.fit.state_itrf)


def test_nothing_seen_is_nothing_said():
    follower = OrbitFollower({"kaena": KAENA}, earth_orientation=EarthOrientation.packaged())
    assert follower.settle(0) == () and follower.objects() == () and follower.predict(0) == () == follower.alerts()
