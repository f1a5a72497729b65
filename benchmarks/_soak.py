"""A day of looks through the crowd tracker: does memory stay flat?  python -m benchmarks._soak [HOURS] [OBJECTS]

Objects come, cross a radar's field, and go; as many detections are false. Prints resident memory, tracks and names
given, an hour to a line; exit code 1 when the last half holds over a tenth more than the first.
"""

import sys

import numpy as np

from benchmarks.tracking._crowd_field import MIDDLE_M, RADAR_SIGMAS, SPACING_M
from benchmarks.tracking._crowd_memory import resident_mib
from vedette.core.constants import NS_PER_S
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking import CrowdPolicy, CrowdTracker
from vedette.tracking.crowd.policy import STILL

LOOK_S, LIFE_S = 5.0, 600.0


def main(hours: float, objects: int) -> int:
    """Exit code."""
    rng = np.random.default_rng(11)
    side = 3.0 * SPACING_M * objects ** (1.0 / 3.0)
    radar = Radar(
        Site(50.0, 0.0, 0.0), range_sigma_m=50.0, angle_sigma_deg=float(np.degrees(0.3e-3)), revisit_s=LOOK_S,
        detection_probability=0.9, false_alarms_per_look=float(objects), range_min_km=200.0, range_max_km=450.0,
        azimuth_min_deg=60.0, azimuth_max_deg=120.0, elevation_min_deg=5.0, elevation_max_deg=45.0, name="soak",
    )  # fmt: skip
    tracker = CrowdTracker([radar], policy=CrowdPolicy(noise_m2_s3=25.0, earth=STILL, speed_sigma_mps=150.0))
    place, going = (rng.random((objects, 3)) - 0.5) * side, rng.uniform(-200.0, 200.0, (objects, 3))
    held, names = [], set()
    for k in range(round(hours * 3600.0 / LOOK_S)):
        new = rng.random(objects) < LOOK_S / LIFE_S
        place += going * LOOK_S
        place[new], going[new] = (rng.random((new.sum(), 3)) - 0.5) * side, rng.uniform(-200.0, 200.0, (new.sum(), 3))
        enu = MIDDLE_M + place[rng.random(objects) < 0.9]
        level = np.hypot(enu[:, 0], enu[:, 1])
        true = np.stack([np.arctan2(enu[:, 0], enu[:, 1]), np.arctan2(enu[:, 2], level), np.hypot(level, enu[:, 2])], 1)
        true += RADAR_SIGMAS * rng.standard_normal(true.shape)
        low, high = np.radians([60.0, 5.0]), np.radians([120.0, 45.0])
        false = rng.uniform([*low, 200e3], [*high, 450e3], (rng.poisson(objects), 3))
        values = np.full((len(true) + len(false), 4), np.nan)
        values[:, :3] = np.vstack([true, false])
        sigmas = np.where(np.isfinite(values), np.append(RADAR_SIGMAS, 1.0), np.nan)
        t = 10**18 + round(k * LOOK_S * NS_PER_S)
        times = np.full(len(values), t, dtype=np.int64)
        tracks = tracker.step(Scan("soak", SensorKind.RADAR, Mode.SIMULATED, t, times, values, sigmas))
        names.update(tracks.ids)
        if k % round(3600.0 / LOOK_S / 4) == 0:
            held.append(resident_mib())
        if k % round(3600.0 / LOOK_S) == 0:
            sys.stdout.write(f"{k * LOOK_S / 3600.0:5.1f} h  {held[-1]:6.1f} MiB  {len(tracks)} tracks\n")
            sys.stdout.flush()
    half = len(held) // 2
    growth = float(np.median(held[half:]) / np.median(held[max(half // 2, 1) : half])) if half > 1 else 1.0
    sys.stdout.write(f"{len(names)} names given; the second half holds {growth:.3f} times what the first did\n")
    return int(growth > 1.1)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 24.0, int(sys.argv[2]) if len(sys.argv) > 2 else 100))
