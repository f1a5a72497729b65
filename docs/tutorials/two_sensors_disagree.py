"""Two sensors disagree: two radars follow one object kilometres apart, and satellites say whose fault it is.

A radar that reads too long, or whose clock is off, draws smooth and confident tracks in the wrong place; nothing in its
own data betrays it. Satellites whose orbits are known do. Run it:  python docs/tutorials/two_sensors_disagree.py
(the picture goes to $VEDETTE_OUT, or to out/)
"""

import os
from pathlib import Path

import numpy as np

import vedette as vd
from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion import coast_track, field_coefficients
from vedette.reports import Mode, Scan, SensorKind
from vedette.time import tai_ns_from_utc_text
from vedette.tracking.registration.estimator import Registration
from vedette.tracking.registration.references import Coast, CoastingReference, covariance_of_track

START = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
REVISIT_S, MINUTES = 10.0, 12
ORBIT_SIGMAS_M = np.array([5.0, 7.5, 5.0])  # radial, along, across: ten metres in all
FIELD = field_coefficients(8)
rng = np.random.default_rng(4)


def radar(name, lat_deg, lon_deg):
    return vd.Radar(
        vd.Site(lat_deg, lon_deg, 100.0), range_sigma_m=30, angle_sigma_deg=0.05, range_max_km=3500,
        revisit_s=REVISIT_S, range_bias_sigma_m=600.0, angle_bias_sigma_deg=0.05, clock_bias_sigma_s=0.1,
        elevation_min_deg=3.0, name=name,
    )  # fmt: skip


EAST, WEST = radar("radar-east", 54.4, -0.7), radar("radar-west", 58.0, -7.0)
# what nobody knows: azimuth rad, elevation rad, range m, and how far the clock is ahead, s
FAULTS = {"radar-east": np.array([2e-4, -1e-4, 12.0, 0.0]), "radar-west": np.array([-6e-4, 9e-4, 1900.0, 0.3])}


def orbit(lat_deg, lon_deg, height_m, azimuth_deg, minutes_on):
    """An Earth-fixed state at the start of a circular orbit that passes over a place some minutes on."""
    lat, lon, azimuth = np.radians(lat_deg), np.radians(lon_deg), np.radians(azimuth_deg)
    place = itrf_from_geodetic(lat, lon, height_m)
    east, north, _ = enu_from_itrf_matrix(lat, lon)
    speed = np.sqrt(EARTH_MU_M3_S2 / np.linalg.norm(place))
    velocity = speed * (np.sin(azimuth) * east + np.cos(azimuth) * north)
    there = np.concatenate([place, velocity - np.cross([0.0, 0.0, EARTH_SPIN_RADPS], place)])
    return coast_track(there, np.array([-60.0 * minutes_on]), field=FIELD)[0]


def look(sensor, states, t_s):
    """What a radar with its faults reports of some states, and which of them each row is."""
    seen = np.flatnonzero(sensor.is_visible(states))
    noise = np.nan_to_num(sensor.sigmas) * rng.standard_normal((len(seen), 4))
    fault = FAULTS[sensor.name]
    values = sensor.measure(states[seen]) + noise
    values[:, :3] += fault[:3]
    values[:, 3] = np.nan  # no range rate
    t = START + round((t_s + fault[3]) * 1e9)
    scan = Scan(
        sensor.name, SensorKind.RADAR, Mode.SIMULATED, START + round((t_s + 0.8) * 1e9), np.full(len(seen), t), values,
        np.tile(sensor.sigmas, (len(seen), 1)),
    )  # fmt: skip
    return scan, seen


def main():
    places = [(50 + 2 * k, -20 + 5 * k, 5e5 + 8e4 * k, (37 * k) % 360, 1.5 * k) for k in range(8)]
    satellites = np.array([orbit(*place) for place in places])
    times_s = np.arange(0.0, 60.0 * MINUTES, REVISIT_S)
    skies = np.array([coast_track(one, times_s, field=FIELD) for one in satellites])
    body = coast_track(orbit(57.0, -5.0, 620e3, 70.0, MINUTES - 3), times_s, field=FIELD)  # of which nobody knows

    cov = [covariance_of_track(one, ORBIT_SIGMAS_M) for one in satellites]
    known = CoastingReference({
        f"sat-{k}": Coast(START, one + rng.multivariate_normal(np.zeros(6), cov[k], method="eigh"), cov[k])
        for k, one in enumerate(satellites)
    })  # fmt: skip
    registration = Registration([EAST, WEST])
    looks, doubts = [], []
    for k, t_s in enumerate(times_s):
        for sensor in (EAST, WEST):
            scan, seen = look(sensor, skies[:, k], t_s)
            registration.absorb(scan, [(row, f"sat-{s}") for row, s in enumerate(seen)], known)
            looks.append(look(sensor, body[k : k + 1], t_s)[0])
        told = [registration.estimate(radar.name) for radar in (EAST, WEST)]
        doubts.append([(one.biases, one.sigmas) for one in told])
        for finding in registration.findings():
            print(finding.text)

    print("\nwhat it was, and what was found")
    for sensor in (EAST, WEST):
        found = registration.estimate(sensor.name)
        units = (np.degrees(1), np.degrees(1), 1.0, 1e3)
        for term, unit, true, bias, sigma in zip(
            ("azimuth, deg", "elevation, deg", "range, m", "clock, ms"), units, FAULTS[sensor.name], found.biases,
            found.sigmas, strict=True,
        ):  # fmt: skip
            numbers = f"{true * unit:10.4f}   {bias * unit:10.4f} ± {sigma * unit:.4f}"
            print(f"  {sensor.name:<11} {term:<15} {numbers}")

    before, after = follow(looks, None), follow(looks, registration.calibration())
    print("\nhow far apart the two radars put the one body, and how far each is from it, at the end")
    for name, tracks in (("as they report", before), ("registered", after)):
        east, west = tracks["radar-east"][-1], tracks["radar-west"][-1]
        truth = body[-1, :3]
        off = [np.linalg.norm(at_end(one) - truth) for one in (east, west)]
        apart = np.linalg.norm(at_end(east) - at_end(west))
        print(f"  {name:<15} apart {apart:6.0f} m;  radar-east off {off[0]:6.0f} m, radar-west off {off[1]:6.0f} m")
    draw(times_s, doubts, body, before, after)


def follow(looks, calibration):
    """Each radar's own track of the body: lists of (time, state)."""
    out = {}
    for sensor in (EAST, WEST):
        tracker = vd.Tracker(motion=vd.Coasting(), sensors=[sensor])
        if calibration is not None:
            tracker.calibrate(calibration)
        path = []
        for scan in looks:
            if scan.sensor_id == sensor.name and len(scan):
                for track in tracker.step(scan):
                    path.append((track.t_tai_ns, track.state_itrf))
        out[sensor.name] = path
    return out


def at_end(track):
    """A track carried to the last look's true time."""
    t, state = track
    end = START + round((60.0 * MINUTES - REVISIT_S) * 1e9)
    return coast_track(state, np.array([(end - t) * 1e-9]), field=FIELD)[0, :3]


def draw(times_s, doubts, body, before, after):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained")
    minutes = times_s / 60.0
    for panel, index, unit, title in ((left, 2, 1.0, "range bias, m"), (middle, 3, 1e3, "clock bias, ms")):
        for j, (name, colour) in enumerate((("radar-east", "tab:blue"), ("radar-west", "tab:red"))):
            mean = np.array([step[j][0][index] for step in doubts]) * unit
            sigma = np.array([step[j][1][index] for step in doubts]) * unit
            panel.plot(minutes, mean, color=colour, label=name)
            panel.fill_between(minutes, mean - 2 * sigma, mean + 2 * sigma, color=colour, alpha=0.2)
            panel.axhline(FAULTS[name][index] * unit, color=colour, ls=":", lw=1)
        panel.set(xlabel="minutes of satellites", title=title)
        panel.legend()
    for tracks, style, word in ((before, "--", "as reported"), (after, "-", "registered")):
        for name, colour in (("radar-east", "tab:blue"), ("radar-west", "tab:red")):
            t_s = np.array([(t - START) * 1e-9 for t, _ in tracks[name]])
            where = np.array([state[:3] for _, state in tracks[name]])
            off = np.linalg.norm(where - coast_track(body[0], t_s, field=FIELD)[:, :3], axis=1)
            right.semilogy(t_s / 60.0, off, style, color=colour, label=f"{name}, {word}")
    right.set(xlabel="minutes", ylabel="metres", title="How far each radar's track is from the body")
    right.legend(fontsize=8)
    out = Path(os.environ.get("VEDETTE_OUT", "out"))
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / "two_sensors_disagree.png", dpi=120)
    print(f"picture: {out / 'two_sensors_disagree.png'}")


if __name__ == "__main__":
    main()
