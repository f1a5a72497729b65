"""Whose tracklet is this? A radar saw three things tonight. Who were they?

Each pass is a handful of looks: azimuth, elevation, range. A known object explains them by one small error of its
elements; a stranger moves as the neighbours move, from anywhere. Two passes are joined when one orbit meets both.
Run it:  python docs/tutorials/whose_tracklet_is_this.py      (the picture goes to $VEDETTE_OUT, or to out/)
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from vedette.catalogue import KnownSky, Tracklet, find_passes, link, track_of, whose
from vedette.formats.tle import read_tle
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.motion.sgp4 import Sgp4
from vedette.reports import SensorKind
from vedette.sensing import Radar, Site
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

# The International Space Station on 2024-02-09, as in the public catalogue of that day (18th Space Defense Squadron).
STATION = """ISS (ZARYA)
1 25544U 98067A   24040.03968795  .00018396  00000-0  33344-3 0  9994
2 25544  51.6393 235.3577 0002084 215.7879 282.1873 15.49665430438520
"""
START, SECOND = tai_ns_from_utc_text("2024-02-09T06:00:00Z"), 10**9
RADAR = Radar(Site(45.0, 2.0, 300.0), range_sigma_m=30.0, angle_sigma_deg=0.05, angle_bias_sigma_deg=0.02,
              range_bias_sigma_m=15.0, elevation_min_deg=5.0, range_max_km=3000.0, name="radar")  # fmt: skip
EARTH, RNG = EarthOrientation.packaged(), np.random.default_rng(7)


def drawn_sky(station, count=1_500):
    """The station among invented others in low orbit."""
    rows = station.take(np.zeros(count + 1, dtype=np.int64))
    height_km = RNG.uniform(420.0, 1_100.0, count)
    motion = np.sqrt(398_600.8 / (6_378.135 + height_km) ** 3) * 60.0
    tilt = np.radians(RNG.choice([53.0, 70.0, 82.5, 87.9, 97.6], count) + RNG.normal(0.0, 0.3, count))
    turns = RNG.uniform(0.0, 2.0 * np.pi, (3, count))

    def with_station(values, own):
        return np.concatenate([own, values])

    return replace(
        rows,
        number=np.arange(25544, 25545 + count), name=(station.name[0], *(f"DRAWN {k}" for k in range(count))),
        mean_motion_radpmin=with_station(motion, station.mean_motion_radpmin),
        inclination_rad=with_station(tilt, station.inclination_rad),
        eccentricity=with_station(RNG.uniform(1e-4, 3e-3, count), station.eccentricity),
        node_teme_rad=with_station(turns[0], station.node_teme_rad),
        perigee_argument_rad=with_station(turns[1], station.perigee_argument_rad),
        mean_anomaly_rad=with_station(turns[2], station.mean_anomaly_rad),
    )  # fmt: skip


def looks_at(name, sets, row, t_from, late_s=0.0, count=19):
    """Every ten seconds from an instant: where the object really is, with the radar's noise and constant errors."""
    times = t_from + 10 * SECOND * np.arange(count, dtype=np.int64)
    teme, _ = Sgp4.of(sets.take(np.array([row]))).states_teme(times - round(late_s * SECOND))
    states = state_itrf_from_teme(times, teme[0], EARTH)
    ideal = np.stack([RADAR.measure(s, int(t)) for s, t in zip(states, times, strict=True)])
    sigmas = np.broadcast_to(RADAR.sigmas, ideal.shape).copy()
    constant, noise = RADAR.bias_sigmas * RNG.standard_normal(4), RNG.standard_normal(ideal.shape)
    values = ideal + constant + np.nan_to_num(sigmas) * noise
    return Tracklet(name, "radar", SensorKind.RADAR, times, np.where(np.isnan(sigmas), np.nan, values), sigmas)


def first_looks(tracklet, count):
    return replace(
        tracklet, t_tai_ns=tracklet.t_tai_ns[:count], values=tracklet.values[:count], sigmas=tracklet.sigmas[:count]
    )


def main():
    sets = drawn_sky(read_tle(STATION)[0])
    in_view = find_passes(sets, RADAR, START, START + 3 * 3600 * SECOND)
    long_ones = [one for one in in_view if one.duration_s > 260.0 and not one.is_cut_before]
    print(f"{len(in_view)} passes in three hours; {len(long_ones)} of them last more than four minutes")

    station = next(one for one in long_ones if one.row == 0)
    stranger = next(one for one in long_ones if one.row > 0)
    known = KnownSky(sets.take(np.flatnonzero(np.arange(len(sets)) != stranger.row)))  # nobody catalogued the second

    # the station has manoeuvred since its elements were made: it comes six kilometres late
    late = looks_at("the first", sets, 0, station.rise.t_tai_ns + 30 * SECOND, late_s=0.8)
    other = looks_at("the second", sets, stranger.row, stranger.rise.t_tai_ns + 30 * SECOND)
    history = {}
    for tracklet in (late, other):
        print(f"\n{tracklet.name}, from {utc_text_from_tai_ns(int(tracklet.t_tai_ns[0]))[:19]}Z")
        history[tracklet.name] = []
        for count in (1, 2, 3, 5, 10, 19):
            said = whose(first_looks(tracklet, count), known, RADAR)
            history[tracklet.name].append((count, said))
            name = "none of them" if said.match is None else known.ids[said.match]
            shares = ", ".join(f"{what} {100 * p:.1f} %" for what, p in said.explanations.items() if p > 0.0005)
            print(f"  {count:2d} looks: {name}  ({shares})")
    off_km = np.array(history["the first"][-1][1].offset_m) / 1e3
    off = f"{off_km[0]:+.1f} km radially, {off_km[1]:+.1f} along, {off_km[2]:+.1f} across"
    print(f"the station is off its elements by {off}")

    one_day = 86_400 * SECOND
    again = find_passes(sets.take(np.array([stranger.row])), RADAR, START + 2 * one_day, START + 4 * one_day)
    visit = next(one for one in again if one.duration_s > 240.0)
    third = looks_at("the third", sets, stranger.row, visit.rise.t_tai_ns + 20 * SECOND)
    joined = link(track_of(other, RADAR), track_of(third, RADAR))
    hours = (third.t_tai_ns[0] - other.t_tai_ns[0]) / 3.6e12
    print(f"\nthe third, {hours:.1f} h after the second: the same object with {100 * joined.probability(0.01):.2f} %")
    draw(late, other, history, known, station)


def draw(late, other, history, known, station):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(11, 5))
    sky = figure.add_subplot(1, 2, 1, projection="polar")
    times = np.linspace(station.rise.t_tai_ns, station.set.t_tai_ns, 80).astype(np.int64)
    states = np.stack([known.table.states_itrf(int(t), np.array([0]))[0] for t in times])
    foretold = np.stack([RADAR.measure(s, int(t)) for s, t in zip(states, times, strict=True)])
    sky.plot(foretold[:, 0], 90 - np.degrees(foretold[:, 1]), color="0.6", label="the station, as foretold")
    for tracklet, mark in ((late, "o"), (other, "s")):
        sky.plot(tracklet.values[:, 0], 90 - np.degrees(tracklet.values[:, 1]), mark, ms=3, label=tracklet.name)
    sky.set_theta_zero_location("N")
    sky.set_theta_direction(-1)
    sky.set_ylim(0, 90)
    sky.legend(fontsize=8, loc="upper left", bbox_to_anchor=(-0.3, 1.12))
    belief = figure.add_subplot(1, 2, 2)
    for name, said in history.items():
        belief.plot([n for n, _ in said], [1 - one.explanations["known object"] for _, one in said], "o-", label=name)
    belief.set_yscale("log")
    belief.set_ylim(1e-12, 2)
    belief.set_xlabel("looks")
    belief.set_ylabel("probability that it is none of the known")
    belief.legend()
    out = Path(os.environ.get("VEDETTE_OUT", "out"))
    out.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(out / "whose_tracklet_is_this.png", dpi=110)


if __name__ == "__main__":
    main()
