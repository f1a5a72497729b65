"""A radar that sees it: one falling body, a radar on an island, and a tracker that turns echoes into a track.

What a radar reports, what else it reports (false echoes, and nothing at all), and how soon and how well the tracker
knows. Run it:  python docs/tutorials/a_radar_that_sees_it.py      (the picture goes to $VEDETTE_OUT, or to out/)
"""

import os
from pathlib import Path

import numpy as np

import vedette as vd
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion.propagate import propagate_coast
from vedette.reports import Mode, Scan, SensorKind
from vedette.time import tai_ns_from_utc_text

START = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
REVISIT_S, SECONDS = 5.0, 240.0
rng = np.random.default_rng(7)

radar = vd.Radar(
    vd.Site(lat_deg=57.6, lon_deg=-7.4, height_m=80), range_sigma_m=30, angle_sigma_deg=0.05, revisit_s=REVISIT_S,
    detection_probability=0.9, false_alarms_per_look=5.0, range_max_km=3000.0,
)  # fmt: skip


def falling_body():
    """An Earth-fixed state 300 km up, 800 km south-west of the radar, climbing north-east at 4.5 km/s."""
    lat, lon = np.radians(52.0), np.radians(-15.0)
    azimuth, climb = np.radians(40.0), np.radians(30.0)
    going = [np.sin(azimuth) * np.cos(climb), np.cos(azimuth) * np.cos(climb), np.sin(climb)]
    velocity_itrf_mps = 4500.0 * np.array(going) @ enu_from_itrf_matrix(lat, lon)
    return np.concatenate([itrf_from_geodetic(lat, lon, 300e3), velocity_itrf_mps])


def look(state_itrf, t_s):
    """One look: perhaps an echo, with noise, among false ones; range rate is not measured."""
    echo = radar.measure(state_itrf) + np.nan_to_num(radar.sigmas) * rng.standard_normal(4)
    is_found = radar.is_visible(state_itrf) and rng.random() < radar.detection_probability
    count = rng.poisson(radar.false_alarms_per_look)
    false = rng.uniform([0.0, 0.0, 1e5, 0.0], [2 * np.pi, np.pi / 2, 3e6, 0.0], (count, 4))
    values = np.vstack([echo[None], false]) if is_found else false
    values[:, 3] = np.nan
    t = START + round(t_s * 1e9)
    return Scan(
        "radar", SensorKind.RADAR, Mode.SIMULATED, t + 500_000_000, np.full(len(values), t), values,
        np.tile(radar.sigmas, (len(values), 1)),
    )  # fmt: skip


def main():
    times_s = np.arange(0.0, SECONDS, REVISIT_S)
    truth = propagate_coast(falling_body(), times_s)
    tracker = vd.Tracker(motion=vd.Coasting(), sensors=[radar])

    echoes, story = [], []
    for t_s, state in zip(times_s, truth, strict=True):
        scan = look(state, t_s)
        tracks = tracker.step(scan)
        echoes.append(scan.values)
        for track in tracks:
            error = np.linalg.norm(track.position_itrf_m - state[:3])
            story.append((t_s, track.id, error, track.position_sigma_m))
        if t_s in (0.0, 5.0, 10.0, 60.0, SECONDS - REVISIT_S):
            print(f"after {t_s:.0f} s: {len(scan)} echoes in this look\n{tracks.summary()}\n")

    names = {name for _, name, _, _ in story}
    looks = tracker.looks(story[-1][1])
    first_s = story[0][0]
    print(f"{sum(map(len, echoes))} echoes, {len(names)} track, believed after {first_s:.0f} s", end="; ")
    print(f"{looks.is_detection.sum()} looks found it and {np.count_nonzero(~looks.is_detection)} did not")
    print(f"at the end it is off by {story[-1][2]:.0f} m and says ± {story[-1][3]:.0f} m")
    draw(truth, echoes, np.array([(t, e, s) for t, _, e, s in story]))


def draw(truth, echoes, story):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (sky, doubt) = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
    seen = np.vstack(echoes)
    sky.plot(np.degrees(seen[:, 0]), seen[:, 2] / 1e3, ".", ms=3, color="0.6", label="echoes, most of them false")
    ideal = radar.measure(truth)
    sky.plot(np.degrees(ideal[:, 0]), ideal[:, 2] / 1e3, lw=1.5, color="tab:red", label="the body")
    sky.set(xlabel="azimuth, degrees", ylabel="range, km", title="What the radar reports")
    sky.legend(loc="upper right")
    doubt.semilogy(story[:, 0], story[:, 1], ".", color="tab:red", label="true error")
    doubt.semilogy(story[:, 0], story[:, 2], color="tab:blue", label="what the track says (one sigma)")
    doubt.set(xlabel="seconds", ylabel="metres", title="What the track knows")
    doubt.legend()
    out = Path(os.environ.get("VEDETTE_OUT", "out"))
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / "a_radar_that_sees_it.png", dpi=120)
    print(f"picture: {out / 'a_radar_that_sees_it.png'}")


if __name__ == "__main__":
    main()
