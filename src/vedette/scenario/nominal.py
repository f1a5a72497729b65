"""A vehicle's middle flight from a place, aimed so that it burns out at a stated climb.

Vehicles are the generic ones of `motion.flight_classes`. Real vehicles hold a programme of attitude whatever their
motor does that day; a bare gravity turn would not. The tilt at the kick is therefore solved for, so that this flight,
with its own thrust, burns out at its vehicle's nominal climb times the drawn loft.
"""

from collections.abc import Mapping
from math import log, radians
from typing import Final

import numpy as np

from vedette.core.errors import BadInputError, DidNotConvergeError
from vedette.core.shapes import Rows, Scalar
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import AZIMUTH_RAD, COAST_BETA_KG_M2, KICK_RAD, STAGE_COUNT
from vedette.motion.flight_classes import CLASS_NAMES, Vehicle, nominal_boost, vehicles, vehicles_of
from vedette.motion.flight_shaping import with_orbit

FROM_THE_SEA: Final = "submarine-launched-ballistic"  # not another vehicle: another place
SEA_VEHICLES: Final = ("medium-range-solid", "intermediate-range-solid", "intercontinental-solid")

_KICKS: Final = np.geomspace(0.15, 5.0, 21)  # times the vehicle's own
_FAINT_KICKS: Final = np.geomspace(0.002, 0.15, 13)


def vehicle_choices(words: tuple[str, ...], where: str = "") -> tuple[Vehicle, ...]:
    """The vehicles that class names and vehicle ids stand for, in order."""
    by_id = {one.id: one for one in vehicles()}
    found: list[Vehicle] = []
    for word in words:
        if word in CLASS_NAMES:
            found += vehicles_of(word)
        elif word == FROM_THE_SEA:
            found += [by_id[name] for name in SEA_VEHICLES]
        elif word in by_id:
            found.append(by_id[word])
        else:
            known = ", ".join([*CLASS_NAMES, FROM_THE_SEA])
            raise BadInputError(f"no flight class {word!r}", where, f"there are {known}, and {', '.join(by_id)}")
    return tuple(found)


def nominal_parameters(one: Vehicle, drawn: Mapping[str, float]) -> Scalar:
    """The vehicle's own boost from the drawn place, time and azimuth; its tilt is still to be aimed."""
    parameters = nominal_boost(
        one,
        lat_rad=radians(drawn["lat_deg"]),
        lon_rad=radians(drawn["lon_deg"]),
        height_m=drawn["height_m"],
        t0_s=drawn["t_launch_s"],
        azimuth_rad=radians(drawn["azimuth_deg"]),
    )
    low, high = one.reentry_beta_kg_m2
    parameters[COAST_BETA_KG_M2] = np.exp(log(low) + drawn["coast_beta"] * (log(high) - log(low)))
    return parameters


def aimed(
    nominal: Scalar,
    own: Scalar,
    class_name: str,
    loft: float,
    air: Rows,
    orbit_height_m: tuple[float, float] | None = None,
) -> Scalar:
    """`own`, a flight with its luck, tilted to burn out at the climb of `nominal` times `loft`.

    One on its way to orbit is aimed where its first stage burns out, at the climb with which its vehicle flies east
    from there; then its second stage is steered into an orbit between the heights given. Those straight up keep their
    vehicle's kick, divided by `loft`.
    """
    out = np.array(own)
    if orbit_height_m is not None:
        first, east = np.array(own), np.array(nominal)
        first[STAGE_COUNT] = east[STAGE_COUNT] = 1
        east[AZIMUTH_RAD] = 0.5 * np.pi
        out[KICK_RAD] = _kick_rad(east, first, loft, air)
        try:
            return with_orbit(out, 0.5 * sum(orbit_height_m))
        except DidNotConvergeError:  # too little luck for an orbit: it flies its programme, and falls
            return out
    if not class_name.endswith("ballistic"):
        out[KICK_RAD] = nominal[KICK_RAD] / loft
        return out
    out[KICK_RAD] = _kick_rad(nominal, own, loft, air)
    return out


def _kick_rad(nominal: Scalar, own: Scalar, loft: float, air: Rows) -> float:
    """The tilt with which `own` burns out at the climb of `nominal` times `loft`."""
    goal = min(float(climb_rad(fly_boost(nominal, np.empty(0))[1][1:])) * loft, radians(88.0))
    for kicks in (_KICKS, _FAINT_KICKS):  # a vehicle with little luck in its thrust flies upright or not at all
        rows = np.tile(own, (len(kicks), 1))
        rows[:, KICK_RAD] = np.minimum(nominal[KICK_RAD] * kicks, radians(60.0))
        climbs = climb_rad(fly_boost(rows, np.empty(0), air=air)[1][:, 1:])
        flown = np.isfinite(climbs)
        if flown.any():
            break
    else:
        return float(rows[0, KICK_RAD])
    # a larger kick burns out flatter: turn both round so that the climb rises along the table
    return float(np.exp(np.interp(goal, climbs[flown][::-1], np.log(rows[flown, KICK_RAD])[::-1])))


def climb_rad(states_itrf: Rows) -> Scalar:
    """(...) angle of the Earth-fixed velocity above the local horizontal."""
    lat, lon, _ = geodetic_from_itrf(states_itrf[..., :3])
    enu = np.einsum("...ij,...j->...i", enu_from_itrf_matrix(lat, lon), states_itrf[..., 3:])
    return np.arctan2(enu[..., 2], np.hypot(enu[..., 0], enu[..., 1]))
