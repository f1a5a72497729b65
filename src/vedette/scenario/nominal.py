"""A class's middle flight from a place, aimed so that it burns out at a stated climb.

Real vehicles hold a programme of attitude whatever their motor does that day; a bare gravity turn would not. The tilt
at the kick is therefore solved for, so that this flight, with its own thrust, burns out at the class's angle times the
drawn loft.
"""

from collections.abc import Mapping
from math import radians
from typing import Final

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Rows, Scalar
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import KICK_RAD, boost_parameters

_KICKS_RAD: Final = np.radians(np.geomspace(0.1, 30.0, 16))

# burnout climb in degrees, ballistic coefficient after it, stages
_CLASSES: Final[dict[str, tuple[float, float, list[dict[str, float]]]]] = {
    "short-range-ballistic": (
        44.0,
        5_000.0,
        [{"a0_mps2": 21.5, "flow_per_s": 0.0090, "burn_s": 85.0, "beta_kg_m2": 30_000.0, "back_pressure": 0.12}],
    ),
    "medium-range-ballistic": (
        42.0,
        6_000.0,
        [{"a0_mps2": 20.0, "flow_per_s": 0.0078, "burn_s": 105.0, "beta_kg_m2": 40_000.0, "back_pressure": 0.12}],
    ),
    "intermediate-range-ballistic": (
        36.0,
        8_000.0,
        [
            {
                "a0_mps2": 19.0,
                "flow_per_s": 0.0072,
                "burn_s": 95.0,
                "gap_s": 2.0,
                "beta_kg_m2": 50_000.0,
                "back_pressure": 0.12,
            },
            {"a0_mps2": 15.0, "flow_per_s": 0.0068, "burn_s": 105.0, "beta_kg_m2": 20_000.0},
        ],
    ),
}


def nominal_parameters(class_name: str, drawn: Mapping[str, float]) -> Scalar:
    """The class's own boost from the drawn place, time and azimuth; its tilt is still to be aimed."""
    if class_name not in _CLASSES:
        raise BadInputError(f"no flight class {class_name!r} for a scenario", cure=f"there are {', '.join(_CLASSES)}")
    _, beta, stages = _CLASSES[class_name]
    return boost_parameters(
        lat_rad=radians(drawn["lat_deg"]),
        lon_rad=radians(drawn["lon_deg"]),
        height_m=drawn["height_m"],
        t0_s=drawn["t_launch_s"],
        azimuth_rad=radians(drawn["azimuth_deg"]),
        kick_rad=radians(3.0),
        stages=stages,
        coast_beta_kg_m2=beta,
    )


def aimed(parameters: Scalar, class_name: str, loft: float, air: Rows) -> Scalar:
    """The same flight with the kick that gives the class's burnout climb times `loft`."""
    rows = np.tile(parameters, (len(_KICKS_RAD), 1))
    rows[:, KICK_RAD] = _KICKS_RAD
    _, burnout = fly_boost(rows, np.empty(0), air=air)
    climbs = climb_rad(burnout[:, 1:])
    flown = np.isfinite(climbs)
    goal = min(radians(_CLASSES[class_name][0] * loft), radians(88.0))
    out = np.array(parameters)
    # a steeper kick burns out flatter: turn both round so that the climb rises along the table
    out[KICK_RAD] = np.exp(np.interp(goal, climbs[flown][::-1], np.log(_KICKS_RAD[flown])[::-1]))
    return out


def climb_rad(states_itrf: Rows) -> Scalar:
    """(...) angle of the Earth-fixed velocity above the local horizontal."""
    lat, lon, _ = geodetic_from_itrf(states_itrf[..., :3])
    enu = np.einsum("...ij,...j->...i", enu_from_itrf_matrix(lat, lon), states_itrf[..., 3:])
    return np.arctan2(enu[..., 2], np.hypot(enu[..., 0], enu[..., 1]))
