"""What surrounds an orbit over a span of time: the tables that its kernels read, made once and shared by many."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.core.space_weather import SpaceWeather
from vedette.frames import EarthOrientation
from vedette.motion.orbit.air_table import air_slabs
from vedette.motion.orbit.settings import (
    AIR_FIRST_NODE,
    AIR_START_S,
    AIR_STEP_S,
    KNOT_STEP_S,
    UTC_OF_START_S,
    OrbitForces,
    packed_forces,
)
from vedette.motion.orbit.sky_table import KNOT_S, sky_knots
from vedette.time import jd_utc_from_tai_ns, utc_text_from_tai_ns

AIR_PREDICTED = "space-weather-predicted"
AIR_ASSUMED = "space-weather-assumed"
NO_AIR = np.zeros((2, 5, 15, 19))
NO_AIR.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class OrbitWorld:
    """Tables over a span: Earth orientation, Sun, Moon and tides on knots, and the density of the air in a band.

    Built by `orbit_world`. One serves any number of orbits whose instants and heights lie inside.
    """

    t_start_tai_ns: int  # the first knot: seconds of the kernels count from here
    t_from_tai_ns: int  # the span asked for
    t_to_tai_ns: int
    knots: Rows  # (n, 16), see sky_table
    air: Rows  # ln(density), see air_table; NO_AIR when none was asked for
    air_start_s: float
    air_first_node: int
    air_model: str  # "" without air
    low_m: float  # the band of heights
    high_m: float
    marks: tuple[str, ...]  # what of it is predicted or assumed

    def seconds(self, t_tai_ns: Ints | int) -> Scalar:
        """Seconds after the first knot; UsageError outside the span."""
        t = np.asarray(t_tai_ns, dtype=np.int64)
        if t.size and (t.min() < self.t_from_tai_ns or t.max() > self.t_to_tai_ns):
            raise UsageError(
                f"instants from {utc_text_from_tai_ns(int(t.min()))} to {utc_text_from_tai_ns(int(t.max()))} lie "
                f"outside this orbit world, {utc_text_from_tai_ns(self.t_from_tai_ns)} to "
                f"{utc_text_from_tai_ns(self.t_to_tai_ns)}; make one for the whole span"
            )
        return (t - self.t_start_tai_ns) / NS_PER_S

    def packed(self, forces: OrbitForces, epoch_tai_ns: int) -> Scalar:
        """The settings as the kernels read them, with the places of these tables."""
        if forces.drag_m2_kg != 0.0 and not self.air_model:
            raise UsageError("this orbit world was made without air, and the forces have drag; make it with air=True")
        packed = packed_forces(forces, float(self.seconds(epoch_tai_ns)))
        packed[KNOT_STEP_S] = KNOT_S
        jd_1, jd_2 = jd_utc_from_tai_ns(np.array([self.t_start_tai_ns], dtype=np.int64))
        packed[UTC_OF_START_S] = float((jd_1[0] - 2_400_000.5 + jd_2[0]) % 1.0) * 86_400.0
        packed[AIR_FIRST_NODE], packed[AIR_STEP_S], packed[AIR_START_S] = self.air_first_node, 0.0, self.air_start_s
        return packed


@lru_cache(maxsize=1)
def packaged_orientation() -> EarthOrientation:
    """The packaged Earth orientation, read once."""
    return EarthOrientation.packaged()


@lru_cache(maxsize=1)
def usual_weather() -> SpaceWeather:
    """The stated middling space weather, one object so that tables made from it are shared."""
    return SpaceWeather.usual()


def orbit_world(
    t_from_tai_ns: int,
    t_to_tai_ns: int,
    *,
    air: bool | str = False,
    low_m: float = 80e3,
    high_m: float = 1_500e3,
    earth_orientation: EarthOrientation | None = None,
    space_weather: SpaceWeather | None = None,
) -> OrbitWorld:
    """Tables for orbits between two instants.

    Parameters
    ----------
    air : False, or True for NRLMSISE-00, or the name of a model (`settings.AIR_MODELS`); costs about 40 ms for a day
        in a narrow band of heights and 0.4 s for 80 to 1,500 km
    low_m, high_m : the band of heights of the air table; beyond it the density is extrapolated
    earth_orientation : default: the packaged table
    space_weather : default: `SpaceWeather.usual()`, and then the mark `space-weather-assumed`
    """
    first, last = sorted((int(t_from_tai_ns), int(t_to_tai_ns)))
    orientation = earth_orientation or packaged_orientation()
    weather = space_weather or usual_weather()
    start, knots = _knots(first // (6 * 3600 * NS_PER_S), last // (6 * 3600 * NS_PER_S) + 1, orientation)
    marks = orientation.marks(np.array([first, last]))
    model, table, air_start_s, node = "", NO_AIR, 0.0, 0
    if air:
        model = "nrlmsise00" if air is True else air
        air_start, node, table = air_slabs(first, last, low_m, high_m, weather, model)
        air_start_s = (air_start - start) / NS_PER_S
        if space_weather is None:
            marks = (*marks, AIR_ASSUMED)
        else:
            days = [sum(part[0] for part in jd_utc_from_tai_ns(np.array([t]))) - 2_400_000.5 for t in (first, last)]
            marks = (*marks, AIR_PREDICTED) if weather.is_predicted(np.array(days)) else marks
    return OrbitWorld(start, first, last, knots, table, air_start_s, node, model, low_m, high_m, marks)


@lru_cache(maxsize=64)
def _knots(first: int, last: int, orientation: EarthOrientation) -> tuple[int, Rows]:
    """Knots for whole quarters of a day, kept: many fits ask for the same days."""
    quarter_ns = 6 * 3600 * NS_PER_S
    return sky_knots(first * quarter_ns, last * quarter_ns, orientation)


def world_for(
    forces: OrbitForces,
    state_gcrf: Rows,
    t_tai_ns: Iterable[int],
    *,
    floor_m: float = -np.inf,
    earth_orientation: EarthOrientation | None = None,
    space_weather: SpaceWeather | None = None,
    with_air: bool = False,
) -> OrbitWorld:
    """A world that just holds one orbit: its instants, and air between its perigee and apogee when there is drag."""
    instants = [int(t) for t in t_tai_ns]
    air: bool | str = forces.air_model if forces.drag_m2_kg != 0.0 or with_air else False
    low_m, high_m = heights_of(state_gcrf) if air else (0.0, 0.0)
    if np.isfinite(floor_m):
        low_m = min(low_m, floor_m)
    return orbit_world(
        min(instants), max(instants), air=air, low_m=low_m - 40e3, high_m=high_m + 40e3,
        earth_orientation=earth_orientation, space_weather=space_weather,
    )  # fmt: skip


def heights_of(state_gcrf: Rows) -> tuple[float, float]:
    """About the least and greatest height (m) of an osculating orbit over the ellipsoid, 2,400 km at most."""
    from vedette.core.constants import EARTH_MU_M3_S2, WGS84_A_M

    state = np.asarray(state_gcrf, dtype=float)[..., :6].reshape(-1, 6)
    r, v = np.linalg.norm(state[:, :3], axis=1), np.linalg.norm(state[:, 3:], axis=1)
    energy = 0.5 * v * v - EARTH_MU_M3_S2 / r
    h = np.linalg.norm(np.cross(state[:, :3], state[:, 3:]), axis=1)
    e = np.sqrt(np.maximum(0.0, 1.0 + 2.0 * energy * (h / EARTH_MU_M3_S2) ** 2))
    perigee = h * h / EARTH_MU_M3_S2 / (1.0 + e)
    apogee = np.where(e < 1.0, h * h / EARTH_MU_M3_S2 / np.maximum(1.0 - e, 1e-9), np.inf)
    return float(perigee.min() - WGS84_A_M), float(min(apogee.max() - WGS84_A_M + 22e3, 2_400e3))
