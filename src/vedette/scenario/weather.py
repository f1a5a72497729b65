"""The air of one day and place: an MSIS column and a wind that no filter is told.

Densities and temperatures from NRLMSIS 2.1 [Emmert et al., JGR Space Physics 127, 2022] with drawn solar activity;
winds are a drawn jet near 11 km, light air near the ground and a drawn flow above 80 km.
"""

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows
from vedette.motion.atmosphere import grid_heights_m

_MOLAR_KG = 28.9644e-3
_GAS_J = 8.31432


def drawn_air(t_tai_ns: int, lat_deg: float, lon_deg: float, rng: np.random.Generator) -> Rows:
    """An air grid for `motion` (ln density, sound speed, wind east and north) over one place at one time."""
    import pymsis  # costs a tenth of a second to load

    heights = grid_heights_m()
    f107 = float(rng.uniform(70.0, 200.0))
    ap = float(rng.uniform(3.0, 30.0))
    date = np.datetime64("2000-01-01T12:00:00", "s") + np.timedelta64(t_tai_ns // NS_PER_S, "s")
    column = pymsis.calculate(
        np.array([date]), [lon_deg], [lat_deg], heights / 1e3, [f107], [f107], [[ap] * 7], version=2.1
    )[0, 0, 0]
    density = np.asarray(column[:, pymsis.Variable.MASS_DENSITY], dtype=float)
    temperature = np.asarray(column[:, pymsis.Variable.TEMPERATURE], dtype=float)
    sound = np.sqrt(1.4 * _GAS_J / _MOLAR_KG * temperature)
    jet_mps, jet_north_mps = rng.normal(20.0, 12.0), rng.normal(0.0, 8.0)
    high_east_mps, high_north_mps = rng.normal(0.0, 40.0, 2)
    low = np.exp(-(((heights - 11e3) / 6e3) ** 2))
    high = 1.0 / (1.0 + np.exp(-(heights - 85e3) / 5e3))
    east = jet_mps * low + high_east_mps * high
    north = jet_north_mps * low + high_north_mps * high
    return np.ascontiguousarray(np.stack([np.log(density), sound, east, north], axis=-1))
