"""Numerical orbits beside their peers, on one core in one run: `./run bench orbit [--quick]`.

A low day with 20x20 gravity, without and with air; the same with its partials; turning gcrf to itrf; arcs of 6,000 km;
the fit of 300 radar looks of a day. satkit, brahe and heyoka are run where they can be imported: in the environment
named by `VEDETTE_PEERS` (or `.peers/`), otherwise in this one (`uv pip install satkit satkit-data brahe heyoka`).
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from math import radians
from pathlib import Path

import numpy as np

from benchmarks import harness

WHAT = "numerical orbits, frames, arcs and fits"
LOW = np.array([6_798e3, 0.0, 0.0, 0.0, 4_800.0, 6_000.0])  # gcrf, 420 km, 51 degrees
HIGHER = np.array([7_158e3, 0.0, 0.0, 0.0, 2_056.0, 7_172.0])  # the orbit of the fit, 780 km
FIT_OFF = np.array([1e3, -1e3, 1e3, 1.0, -1.0, 1.0])
SITES = np.array([(39.14, -121.35, 115.0), (54.36, -0.67, 260.0), (-31.0, 136.8, 150.0), (12.9, 77.6, 900.0)])
SIGMAS = np.array([radians(0.015), radians(0.015), 20.0])
CD_AREA, ARC_BETA = 0.02, 8_000.0
DAY_S = 86_400


def run(options):
    """JSON lines; 0."""
    harness.use_one_core()
    if "--quick" in options:
        os.environ[harness.QUICK] = "1"
    from vedette.core.constants import NS_PER_S
    from vedette.motion.orbit import OrbitForces, orbit_world
    from vedette.time import tai_ns_from_utc_text

    t0 = tai_ns_from_utc_text("2025-04-15T00:00:00Z")
    world = orbit_world(t0, t0 + DAY_S * NS_PER_S, air=True, low_m=300e3, high_m=900e3)
    plain = OrbitForces.gravity_only(20)
    scene = {
        "low": LOW, "cd_area": CD_AREA, "sites": np.column_stack([np.radians(SITES[:, :2]), SITES[:, 2]]),
        "sigmas": SIGMAS, "fit_start": HIGHER + FIT_OFF, "arc_beta": ARC_BETA,
    }  # fmt: skip
    scene |= _frame_scene() | _look_scene(t0, world, plain) | _arc_scene()
    peers = _peer_lines(scene)
    for row in (
        *_days(t0, world, plain, peers), _frames(t0, world, scene, peers), _arcs(scene, peers),
        _fits(t0, world, plain, scene, peers),
    ):  # fmt: skip
        sys.stdout.write(json.dumps({**row, "python": platform.python_version(), "machine": platform.machine()}) + "\n")
        sys.stdout.flush()
    return 0


def _peer_lines(scene):
    """What the adapter prints, from whichever Python has a peer."""
    import astropy_iers_data

    theirs = harness.PEERS / "bin" / "python"
    python = theirs if theirs.exists() else Path(sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.npz"
        np.savez(path, iers_a=np.array(str(astropy_iers_data.IERS_A_FILE)), **scene)
        script = harness.ROOT / "benchmarks" / "peers" / "orbit_codes.py"
        done = subprocess.run(
            [str(python), str(script), str(path)], capture_output=True, text=True, timeout=harness.LONGEST_S,
            check=False, env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | harness.ONE_THREAD,
        )  # fmt: skip
    found = [json.loads(text) for text in done.stdout.splitlines() if text.startswith("{")]
    for row in found:
        if "error" in row:
            sys.stderr.write(f"bench: {row['peer']}: {row['error']}\n")
    if done.returncode != 0 or not found:
        sys.stderr.write(f"bench: no figures of peers: {done.stderr[-500:]}\n")
    return found


def _best(peers, what, unit):
    """The fastest peer at one task."""
    rows = [row for row in peers if row.get("what") == what]
    best = min(rows, key=lambda row: row[unit], default={})
    return {"peer": best.get("peer"), "peer_value": best.get(unit)}


def _days(t0, world, plain, peers):
    from vedette.core.constants import NS_PER_S
    from vedette.motion.orbit import propagate_orbit, propagate_orbit_partials

    end = t0 + DAY_S * NS_PER_S
    for what, drag, partials, goal in (
        ("day", 0.0, False, None), ("day-drag", CD_AREA, False, 9.0), ("day-drag-partials", CD_AREA, True, 20.0),
    ):  # fmt: skip
        forces = plain.with_values(drag=drag)
        tight = propagate_orbit(LOW, t0, end, forces, world=world, tolerance=1e-13)

        def fly(tolerance, forces=forces, partials=partials):
            if partials:
                return propagate_orbit_partials(LOW, t0, end, forces, ("drag",), world=world, tolerance=tolerance)[0]
            return propagate_orbit(LOW, t0, end, forces, world=world, tolerance=tolerance)

        for tolerance in (1e-10, 1e-12):
            taken_s = harness.seconds_of(lambda tolerance=tolerance, fly=fly: fly(tolerance), 9)
            off_m = float(np.linalg.norm((fly(tolerance) - tight)[:3]))
            others = {
                f"{row['peer']} away_m": round(float(np.linalg.norm(tight[:3] - np.array(row["place"]))), 4)
                for row in peers if row.get("what") == what and "place" in row
            }  # fmt: skip
            yield harness.line(
                f"orbit-{what}", "ms", taken_s * 1e3, goal=goal, better="less", **_best(peers, what, "ms"),
                tolerance=tolerance, off_own_tightest_m=round(off_m, 4), off_goal_m=1.0, **others,
            )  # fmt: skip


def _frame_scene():
    rng = np.random.default_rng(5)
    places = rng.normal(size=(20_000, 3))
    return {
        "frame_s": np.sort(rng.integers(0, DAY_S, 20_000)).astype(float),
        "frame_m": 7e6 * places / np.linalg.norm(places, axis=1, keepdims=True),
    }


def _frames(t0, world, scene, peers):
    import erfa

    from vedette.core.constants import NS_PER_S
    from vedette.motion.orbit import positions_itrf_from_gcrf
    from vedette.motion.orbit.world import packaged_orientation
    from vedette.time import jd_tt_from_tai_ns, jd_ut1_from_tai_ns

    t = t0 + scene["frame_s"].astype(np.int64) * NS_PER_S
    seconds, places = world.seconds(t), scene["frame_m"]
    taken_s = harness.seconds_of(lambda: positions_itrf_from_gcrf(seconds, places, world.knots), 9)
    few = slice(None, None, 20)
    now = packaged_orientation().at(t[few])

    def exact():
        tt = jd_tt_from_tai_ns(t[few])
        x, y, s = erfa.xys06a(*tt)
        return erfa.c2tcio(
            erfa.c2ixys(x + now.offset_x_rad, y + now.offset_y_rad, s),
            erfa.era00(*jd_ut1_from_tai_ns(t[few], now.ut1_minus_tai_s)),
            erfa.pom00(now.pole_x_rad, now.pole_y_rad, erfa.sp00(*tt)),
        )

    theirs = np.einsum("nij,nj->ni", exact(), places[few])
    off_m = float(np.abs(positions_itrf_from_gcrf(seconds, places, world.knots)[few] - theirs).max())
    erfa_us = harness.seconds_of(exact) / len(theirs) * 1e6
    return harness.line(
        "orbit-frames", "us", taken_s / len(t) * 1e6, goal=0.05, better="less", peer=f"pyerfa {erfa.__version__}",
        peer_value=erfa_us, off_pyerfa_m=off_m, off_goal_m=0.02,
        **{f"{row['peer']} us": round(row["us"], 1) for row in peers if row.get("what") == "frames"},
    )  # fmt: skip


def _arc_scene():
    """A thousand ends of boost at 150 km over 39 N 125 E: 6.04 km/s, 36 degrees up, 20 m/s and 1 km of spread."""
    from vedette.core.constants import EARTH_SPIN_RADPS
    from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic

    rng = np.random.default_rng(7)
    lat, lon = radians(39.0), radians(125.0)
    place = itrf_from_geodetic(lat, lon, 150e3) + rng.normal(0.0, 1_000.0, (1_000, 3))
    azimuth, elevation = radians(60.0), radians(36.0)
    level = np.cos(elevation)
    along = np.array([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation)])
    velocity = 6_040.0 * along @ enu_from_itrf_matrix(lat, lon) + rng.normal(0.0, 20.0, (1_000, 3))
    spin = EARTH_SPIN_RADPS * np.stack([-place[:, 1], place[:, 0], np.zeros(1_000)], axis=1)
    return {
        "arcs_itrf": np.concatenate([place, velocity], axis=1),
        "arcs_gcrf": np.concatenate([place, velocity + spin], axis=1),
    }


def _arcs(scene, peers):
    from vedette.motion import fly_to_ground, quick_fly_to_ground

    arcs = scene["arcs_itrf"]
    tight = fly_to_ground(arcs, ARC_BETA, rtol=1e-13)[3]
    taken_s = harness.seconds_of(lambda: quick_fly_to_ground(arcs, ARC_BETA), 9)
    off_m = np.linalg.norm((quick_fly_to_ground(arcs, ARC_BETA)[3] - tight)[:, :3], axis=1)
    return harness.line(
        "orbit-arc", "us", taken_s / len(arcs) * 1e6, goal=9.0, better="less", **_best(peers, "arc", "us"),
        off_own_tightest_m=round(float(off_m.max()), 3), off_goal_m=3.0, arcs=len(arcs),
    )  # fmt: skip


def _look_scene(t0, world, plain):
    """300 radar looks in a day, each above ten degrees, with noise."""
    from vedette.core.constants import NS_PER_S
    from vedette.frames import azel_range_from_enu
    from vedette.motion.orbit import positions_itrf_from_gcrf, propagate_orbit, station_rows

    stations = station_rows(np.radians(SITES[:, 0]), np.radians(SITES[:, 1]), SITES[:, 2])
    grid = np.arange(20, DAY_S + 1, 20)
    t = t0 + grid.astype(np.int64) * NS_PER_S
    states = propagate_orbit(HIGHER, t0, t, plain, world=world, tolerance=1e-13)
    places = positions_itrf_from_gcrf(world.seconds(t), states[:, :3], world.knots)
    enu = np.einsum("sij,nsj->nsi", stations[:, :, :3], places[:, None] - stations[None, :, :, 3])
    values = np.stack(azel_range_from_enu(enu), axis=-1).reshape(-1, 3)
    up = np.flatnonzero(values[:, 1] > radians(10.0))
    chosen = up[np.linspace(0, len(up) - 1, 300).astype(int)]
    noise = np.random.default_rng(3).normal(size=(300, 3)) * SIGMAS
    return {
        "look_s": np.repeat(grid, 4)[chosen].astype(float), "look_station": np.tile(np.arange(4), len(grid))[chosen],
        "looks": values[chosen] + noise,
    }  # fmt: skip


def _fits(t0, world, plain, scene, peers):
    from vedette.core.constants import NS_PER_S
    from vedette.motion.orbit import Looks, fit_orbit, station_rows
    from vedette.motion.orbit.batch import RADAR

    stations = station_rows(np.radians(SITES[:, 0]), np.radians(SITES[:, 1]), SITES[:, 2])
    looks = Looks(
        t0 + scene["look_s"].astype(np.int64) * NS_PER_S, np.full(300, RADAR), scene["looks"],
        np.tile(SIGMAS, (300, 1)), scene["look_station"], stations,
    )  # fmt: skip
    taken_s = harness.seconds_of(lambda: fit_orbit(looks, t0, HIGHER + FIT_OFF, plain, world=world), 7)
    found = fit_orbit(looks, t0, HIGHER + FIT_OFF, plain, world=world)
    off_m = float(np.linalg.norm((found.state_gcrf - HIGHER)[:3]))
    others = {
        f"{row['peer']} off_truth_m": round(float(np.linalg.norm(np.array(row["place"]) - HIGHER[:3])), 2)
        for row in peers if row.get("what") == "fit"
    }  # fmt: skip
    return harness.line(
        "orbit-fit-300", "ms", taken_s * 1e3, goal=80.0, better="less", **_best(peers, "fit", "ms"),
        steps=found.steps, off_truth_m=round(off_m, 2), sigma_m=round(float(np.sqrt(np.trace(found.cov[:3, :3]))), 2),
        **others,
    )  # fmt: skip
