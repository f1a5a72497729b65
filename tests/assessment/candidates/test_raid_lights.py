"""Flames of a raid are counted in one watcher's own plane; truth is drawn here, and known."""

import numpy as np
import pytest

from vedette.assessment.candidates.light_chains import LightChains
from vedette.assessment.candidates.raid import Member, interval_90, raid_of
from vedette.assessment.candidates.raid_lights import FOLLOWED_S, SHARED, SPLIT, RaidLights, flames_from
from vedette.core.constants import NS_PER_S
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.reports import Cause, Explanation, Mode, Scan, SensorKind
from vedette.sensing import packaged_sensors

T0 = 986_083_236 * NS_PER_S
MIDDLE = np.asarray(itrf_from_geodetic(np.radians(31.4), np.radians(-30.0), 0.0))
SENSORS = {name: one for name, one in packaged_sensors().items() if name in ("ir-east", "ir-molniya", "radar-north")}
EAST = SENSORS["ir-east"]


class Flames:
    """Some flames that start within half a minute from a field of two degrees and climb; places at any instant."""

    def __init__(self, count, seed=1):
        rng = np.random.default_rng(seed)
        lat, lon = np.radians(31.4 + rng.uniform(-1, 1, count)), np.radians(-30.0 + rng.uniform(-1, 1, count))
        self.pads = np.asarray(itrf_from_geodetic(lat, lon, np.zeros(count)))
        self.ways = np.array([enu_from_itrf_matrix(a, b) for a, b in zip(lat, lon, strict=True)])
        self.starts_s, self.burns_s = rng.uniform(0.0, 30.0, count), rng.uniform(50.0, 70.0, count)
        self.course = rng.uniform(1.0, 2.1, count)

    def seen_at(self, t_s, rng, found=0.98):
        """(k, 3) places of those in sight: out of the cloud and burning."""
        age = t_s - self.starts_s
        is_up = (age > 15.0) & (age < self.burns_s) & (rng.random(len(age)) < found)
        up, on = 10.0 * age**2, 5.0 * np.maximum(age - 10.0, 0.0) ** 2
        enu = np.stack([on * np.sin(self.course), on * np.cos(self.course), up], axis=-1)
        return (self.pads + np.einsum("ni,nij->nj", enu, self.ways))[is_up]


def look(watcher, places, t_tai_ns, rng):
    here = np.asarray(watcher.position_itrf_m(t_tai_ns))
    away = places - here
    los = away / np.linalg.norm(away, axis=-1, keepdims=True)
    los = los + watcher.los_sigma_rad * rng.standard_normal(los.shape)
    los /= np.linalg.norm(los, axis=-1, keepdims=True)
    n = len(places)
    return Scan(
        sensor_id=watcher.name, kind=SensorKind.INFRARED, mode=Mode.SIMULATED,
        t_received_tai_ns=t_tai_ns + round(2.0 * NS_PER_S), t_measured_tai_ns=np.full(n, t_tai_ns, dtype=np.int64),
        values=np.column_stack([los, np.full(n, 1e6)]), sigmas=np.tile([watcher.los_sigma_rad] * 3 + [1e3], (n, 1)),
        sensor_position_itrf_m=here,
    )  # fmt: skip


def scans_of(flames, names=("ir-east", "ir-molniya"), until_s=75.0, seed=2):
    rng = np.random.default_rng(seed)
    looks = [(t, name) for name in names for t in np.arange(0.7, until_s, SENSORS[name].revisit_s)]
    for t_s, name in sorted(looks):
        places = flames.seen_at(t_s, rng)
        if len(places):
            yield look(SENSORS[name], places, T0 + round(t_s * NS_PER_S), rng)


def test_chains_of_one_watcher_are_as_many_as_flames():
    flames, chains = Flames(60), LightChains(EAST.los_sigma_rad, EAST.revisit_s)
    for scan in scans_of(flames, ("ir-east",)):
        chains.take(scan.values[:, :3], scan.sensor_position_itrf_m, int(scan.t_measured_tai_ns[0]))
    assert abs(int(np.sum(chains.counts >= 2)) - 60) <= 2  # two that stand within a blur may change places


def test_a_look_that_came_twice_or_late_is_left_out():
    chains = LightChains(EAST.los_sigma_rad, EAST.revisit_s)
    scan = look(EAST, MIDDLE[None], T0, np.random.default_rng(0))
    assert chains.take(scan.values[:, :3], scan.sensor_position_itrf_m, T0)
    assert not chains.take(scan.values[:, :3], scan.sensor_position_itrf_m, T0)
    assert chains.counts.tolist() == [1]


def lights_of(flames, **more):
    lights = RaidLights(SENSORS)
    for scan in scans_of(flames, **more):
        lights.take(scan)
    lights.follow(MIDDLE, T0 + 30 * NS_PER_S, 300.0)
    return lights


@pytest.mark.parametrize("count", [3, 40])
def test_what_was_seen_before_a_raid_is_told_counts(count):
    told = {one.sensor_id: len(one.t_first_tai_ns) for one in lights_of(Flames(count)).told()}
    assert set(told) == {"ir-east", "ir-molniya"}
    assert all(abs(found - count) <= max(1, count // 20) for found in told.values())


def test_a_fire_that_stays_is_no_flame_of_the_raid():
    lights, rng = RaidLights(SENSORS), np.random.default_rng(3)
    for step in range(12):
        lights.take(look(EAST, MIDDLE[None], T0 + step * 3 * NS_PER_S, rng))
    lights.follow(MIDDLE, T0, 300.0)
    assert [len(one.t_first_tai_ns) for one in lights.told()] == [0]


def test_lights_on_another_continent_are_not_followed():
    lights, rng = RaidLights(SENSORS), np.random.default_rng(3)
    far = np.asarray(itrf_from_geodetic(np.radians(-10.0), np.radians(20.0), 1e4))
    for step in range(3):
        lights.take(look(EAST, far[None], T0 + step * 3 * NS_PER_S, rng))
    lights.follow(MIDDLE, T0, 300.0)
    assert sum(len(one.t_first_tai_ns) for one in lights.told()) == 0


def test_what_a_raid_counted_stands_when_it_is_over_until_another_begins():
    lights = lights_of(Flames(20))
    before = [len(one.t_first_tai_ns) for one in lights.told()]
    later = T0 + round((FOLLOWED_S + 100.0) * NS_PER_S)
    rng = np.random.default_rng(4)
    lights.take(look(EAST, MIDDLE[None], later, rng))
    assert [len(one.t_first_tai_ns) for one in lights.told()] == before
    lights.take(look(EAST, MIDDLE[None] + 1e3, later + 3 * NS_PER_S, rng))
    lights.follow(MIDDLE, later, 300.0)
    assert [len(one.t_first_tai_ns) for one in lights.told()] == [1]


@pytest.mark.parametrize("chains", [0, 3, 60, 200])
def test_flames_from_chains_are_what_drawing_gives(chains):
    chances = flames_from(chains)
    assert chances.sum() == pytest.approx(1.0)
    rng = np.random.default_rng(5)
    drawn = np.maximum(chains + rng.poisson(SHARED * chains, 40_000) - rng.poisson(SPLIT * chains, 40_000), 0)
    assert chances @ np.arange(len(chances)) == pytest.approx(drawn.mean(), abs=0.05)
    low, high = interval_90(chances)
    assert abs(low - np.quantile(drawn, 0.05)) <= 1 and abs(high - np.quantile(drawn, 0.95)) <= 1


def declared(name, t_s, lon_deg=-30.0, seen_by=("ir-east",)):
    place = np.asarray(itrf_from_geodetic(np.radians(31.4), np.radians(lon_deg), 30e3))
    sure = (Explanation(name=Cause.SHORT_RANGE, probability=1.0),)
    t = T0 + round(t_s * NS_PER_S)
    return Member(name, t, sure, place, is_fitted=True, seen_by=seen_by, t_now_tai_ns=T0 + 70 * NS_PER_S)


def counted(members, lights):
    (found,) = raid_of(members, 300.0, 3, {Cause.SHORT_RANGE: 1000.0}, lights)
    return found.count_90


def test_thirty_tracks_of_twenty_flames_are_twenty_launches():
    flames = Flames(20)
    members = [declared(f"O{i}", i, -30.5 + i / 30.0) for i in range(30)]
    low, high = counted(members, lights_of(flames))
    assert low <= 20 <= high and high <= 23
    low, _ = counted(members, None)
    assert low > 23  # by its tracks alone


def test_what_no_watcher_has_in_view_counts_beside_the_flames():
    flames = Flames(20)
    members = [declared(f"O{i}", i, -30.5 + i / 20.0) for i in range(20)]
    radar_only = [declared(f"R{i}", 20 + i, -30.0 + i / 20.0, ("radar-north",)) for i in range(5)]
    low, high = counted(members + radar_only, lights_of(flames))
    assert low <= 25 <= high and low > 20
