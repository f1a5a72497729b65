"""The thermosphere as a table: density by day, latitude, local solar time and height, from NRLMSISE-00 or MSIS 2.1.

A table a day serves for months of averaged orbits; `motion.orbit` keeps a finer one for single orbits.
NRLMSISE-00: Picone, Hedin, Drob and Aikin, JGR 107 (2002); MSIS 2.1: Emmert and others, JGR 127 (2022); both by
`pymsis`.
"""

from typing import Final, Literal

import numpy as np

from vedette.core.shapes import Ints, Rows
from vedette.core.space_weather import SpaceWeather
from vedette.time import jd_utc_from_tai_ns

_PIECES_KM: Final = ((70.0, 200.0, 4.0), (202.0, 400.0, 12.0), (406.0, 700.0, 28.0), (714.0, 1060.0, 56.0))
HEIGHTS_M: Final = 1e3 * np.concatenate([np.arange(*piece) for piece in _PIECES_KM])
LATITUDES: Final = 9  # from pole to pole
LOCAL_TIMES: Final = 8  # from midnight
AirModel = Literal["nrlmsise-00", "msis-2.0", "msis-2.1"]
_VERSIONS: Final = {"nrlmsise-00": 0, "msis-2.0": 2.0, "msis-2.1": 2.1}


def ln_air_grid(t_tai_ns: Ints, weather: SpaceWeather, model: AirModel = "nrlmsise-00") -> Rows:
    """ln(density in kg/m3) at instants (n,), as `(n, LATITUDES, LOCAL_TIMES, heights)`."""
    import pymsis

    lats = np.linspace(-90.0, 90.0, LATITUDES)
    hours = np.arange(LOCAL_TIMES) * (24.0 / LOCAL_TIMES)
    jd_1, jd_2 = jd_utc_from_tai_ns(t_tai_ns)
    mjd = (jd_1 - 2_400_000.5) + jd_2
    flux, flux_mean, ap = weather.at(mjd)
    out = np.empty((len(mjd), LATITUDES, LOCAL_TIMES, HEIGHTS_M.size))
    for k in range(len(mjd)):
        when = np.datetime64("1858-11-17T00:00:00", "ms") + np.timedelta64(round(float(mjd[k]) * 86_400_000), "ms")
        lons = (15.0 * (hours - mjd[k] % 1.0 * 24.0) + 180.0) % 360.0 - 180.0
        order = np.argsort(lons)
        found = pymsis.calculate(
            [when], lons[order], lats, HEIGHTS_M / 1e3, [flux[k]], [flux_mean[k]], [[ap[k]] * 7],
            version=_VERSIONS[model],
        )[0, ..., 0]  # fmt: skip
        out[k][:, order] = np.log(found).transpose(1, 0, 2)
    return out
