"""Writes docs/examples/night.jsonl and .toml: what a radar saw of two satellites in a quarter of an hour; made.

The satellites are circles on paper carried by our own coast kernel; noise and clutter come from a seed, and the file
says SIMULATED. Run as `python -m tools.night`.
"""

from pathlib import Path

import numpy as np

import vedette as vd
from vedette.core.shapes import Rows
from vedette.formats import write_scans
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion.propagate import coast_track
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import format_sensors
from vedette.time import tai_ns_from_utc_text

FILE = Path(__file__).resolve().parents[1] / "docs" / "examples" / "night.jsonl"
RADAR = vd.Radar(vd.Site(lat_deg=57.6, lon_deg=-7.4, height_m=80), range_sigma_m=30, angle_sigma_deg=0.05)
SECONDS, REVISIT_S, CLUTTER_PER_LOOK = 900, 10.0, 0.3


def overhead(height_km: float, heading_deg: float, offset_deg: float, at_s: float, seconds: Rows) -> Rows:
    """Earth-fixed states (n, 6) of a low satellite that passes over the radar, `offset_deg` east of it, at `at_s`."""
    lat_rad, lon_rad = np.radians(RADAR.site.lat_deg), np.radians(RADAR.site.lon_deg + offset_deg)
    position_itrf_m = itrf_from_geodetic(lat_rad, lon_rad, height_km * 1e3)
    speed_mps = np.sqrt(3.986004418e14 / np.linalg.norm(position_itrf_m))
    heading_rad = np.radians(heading_deg)
    level = np.array([np.sin(heading_rad), np.cos(heading_rad), 0.0]) @ enu_from_itrf_matrix(lat_rad, lon_rad)
    turning_mps = np.cross([0.0, 0.0, 7.292115e-5], position_itrf_m)
    state_itrf = np.concatenate([position_itrf_m, speed_mps * level - turning_mps])
    return coast_track(coast_track(state_itrf, np.array([-at_s]))[0], seconds)


def night(seed: int = 1) -> list[Scan]:
    """One look every ten seconds, empty looks included."""
    rng = np.random.default_rng(seed)
    seconds = np.arange(0.0, SECONDS, REVISIT_S)
    t_start_tai_ns = tai_ns_from_utc_text("2031-04-01T22:00:00Z")
    truths = [overhead(780.0, 12.0, 6.0, 300.0, seconds), overhead(1_400.0, 195.0, -9.0, 520.0, seconds)]
    scans = []
    for index, second in enumerate(seconds):
        values = [RADAR.measure(truth[index]) for truth in truths if RADAR.is_visible(truth[index])]
        seen = [value for value in values if rng.random() < 0.95]
        noisy = [value + np.nan_to_num(RADAR.sigmas) * rng.standard_normal(4) for value in seen]
        for _ in range(rng.poisson(CLUTTER_PER_LOOK)):
            clutter = rng.uniform([0.0, np.arcsin(rng.random()), 4e5, 0.0], [2 * np.pi, np.pi / 2, 3e6, 0.0])
            noisy.append(clutter)
        rows = np.array(noisy).reshape(-1, 4)[rng.permutation(len(noisy))]
        rows[:, 0] %= 2 * np.pi
        rows[:, 3] = np.nan
        t_tai_ns = t_start_tai_ns + round(second * 1e9)
        scans.append(
            Scan(
                sensor_id=RADAR.name,
                kind=SensorKind.RADAR,
                mode=Mode.SIMULATED,
                t_received_tai_ns=t_tai_ns + 500_000_000,
                t_measured_tai_ns=np.full(len(rows), t_tai_ns, dtype=np.int64),
                values=rows,
                sigmas=np.broadcast_to(RADAR.sigmas, rows.shape).copy(),
                looked_at=RADAR.region,
            )
        )
    return scans


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    write_scans(FILE, night(), mode=Mode.SIMULATED, producer="tools.night", sensors=[RADAR.name])
    FILE.with_suffix(".toml").write_text(format_sensors({RADAR.name: RADAR}), encoding="utf-8")


if __name__ == "__main__":
    main()
