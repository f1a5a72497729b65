"""A made sky: three stations, an orbit about a point Earth, and looks with known noise and biases."""

import numpy as np

from vedette.catalogue.orbits.dynamics import TwoBody
from vedette.catalogue.orbits.measurement import measurement_model
from vedette.catalogue.orbits.observations import RECEIVED, Kind, Signal, joined, observations
from vedette.catalogue.orbits.stations import fixed_station
from vedette.core.constants import NS_PER_S
from vedette.frames import EarthOrientation, itrf_from_geodetic
from vedette.motion.kepler import state_from_elements
from vedette.time import tai_ns_from_utc_text

ORIENTATION = EarthOrientation.packaged()
T0 = tai_ns_from_utc_text("2020-03-01T00:00:00Z")
PLACES = {"east": (35.0, 20.0, 100.0), "north": (60.0, -10.0, 300.0), "south": (-30.0, 40.0, 900.0)}
STATIONS = tuple(
    fixed_station(name, itrf_from_geodetic(np.radians(lat), np.radians(lon), height))
    for name, (lat, lon, height) in PLACES.items()
)
TRUTH = state_from_elements(np.array([9.2e6, 0.06, 1.0, 0.4, 0.9, 0.2]))
SIGMAS = {Kind.RANGE: 10.0, Kind.AZIMUTH: 3e-4, Kind.ELEVATION: 3e-4}
BIAS_M = 240.0  # of `north`


def made_looks(seed, kinds=(Kind.RANGE, Kind.AZIMUTH, Kind.ELEVATION), hours=6.0, step_s=90.0, noise=1.0):
    """Observations above 10 degrees, noisy, with the range bias of one station, in the air of a standard day."""
    rng = np.random.default_rng(seed)
    times = T0 + (np.arange(0.0, hours * 3600.0, step_s) * NS_PER_S).astype(np.int64)
    parts = []
    for k in range(len(STATIONS)):
        n = len(times)
        rows = observations(
            list(PLACES), np.repeat(times, len(kinds)), np.tile([int(kind) for kind in kinds], n), k,
            np.zeros(n * len(kinds)), np.tile([SIGMAS.get(kind, 1e-4) for kind in kinds], n),
            group=np.repeat(np.arange(n), len(kinds)), event=RECEIVED, signal=Signal.RADIO,
        )  # fmt: skip
        states, _ = TwoBody().fly(T0, TRUTH, np.zeros(0), rows.t_tai_ns)
        told = measurement_model(rows, STATIONS, ORIENTATION).predict(states)
        seen = told.elevation_rad > np.radians(10.0)
        value = told.value + noise * rows.sigma * rng.normal(size=len(rows))
        value += np.where((rows.kind == Kind.RANGE) & (k == 1), BIAS_M, 0.0)
        parts.append(
            observations(
                list(PLACES), rows.t_tai_ns[seen], rows.kind[seen], k, value[seen], rows.sigma[seen],
                group=rows.group[seen], event=RECEIVED, signal=Signal.RADIO,
            )
        )  # fmt: skip
    return joined([part for part in parts if len(part)])


def model_of(rows):
    """The measurement model of made looks."""
    by_name = {station.name: station for station in STATIONS}
    return measurement_model(rows, tuple(by_name[name] for name in rows.stations), ORIENTATION)
