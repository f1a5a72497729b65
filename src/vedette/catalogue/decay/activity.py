"""The activity of Sun and field as foretold on a day: what was measured, then what usually follows."""

from typing import Final

import numpy as np

from vedette.core.space_weather import SpaceWeather

_TURN_DAYS: Final = 27  # the Sun's, seen from here
_AHEAD_DAYS: Final = 800


def as_known_on(weather: SpaceWeather, mjd_utc: int) -> SpaceWeather:
    """The table with everything from a day on forgotten, and replaced by the mean of the 27 days before it.

    A table that begins after that day, or holds under 27 days before it, is given back as it is.
    """
    rows = int(np.searchsorted(weather.mjd_utc, mjd_utc))
    if rows < _TURN_DAYS:
        return weather
    flux = weather.flux[rows - _TURN_DAYS : rows].mean()
    mean = weather.flux[max(rows - 81, 0) : rows].mean()
    ap = np.full((_AHEAD_DAYS, 8), weather.ap[rows - _TURN_DAYS : rows].mean())
    days = np.arange(mjd_utc, mjd_utc + _AHEAD_DAYS)
    past_mean = weather.flux_mean[:rows].copy()
    past_mean[-40:] = mean  # a centred mean looks 40 days ahead
    return SpaceWeather(
        np.concatenate([weather.mjd_utc[:rows], days]),
        np.concatenate([weather.ap[:rows], ap]),
        np.concatenate([weather.flux[:rows], np.full(_AHEAD_DAYS, flux)]),
        np.concatenate([past_mean, np.full(_AHEAD_DAYS, mean)]),
        min(weather.mjd_measured_until, mjd_utc - 1),
        f"{weather.source}, as known on {np.datetime64('1858-11-17') + mjd_utc}",
    )
