"""Objects that speak of a true flight and are wrong by a stated amount: scores of them can be worked out by hand."""

from math import cos, radians

import numpy as np

from vedette.reports import Area, ImpactArea, LaunchEstimate, ObjectSummary, state_words


def square(lat_deg, lon_deg, half_km, probability=0.90):
    """A square area on the ground."""
    north = half_km / 111.2
    east = north / cos(radians(lat_deg))
    return Area(
        probability=probability,
        shape="polygon",
        lat_deg=(lat_deg - north, lat_deg - north, lat_deg + north, lat_deg + north),
        lon_deg=(lon_deg - east, lon_deg + east, lon_deg + east, lon_deg - east),
        area_km2=4.0 * half_km**2,
    )


def summary_of(one, name, t_tai_ns=None, *, offset_m=0.0, sigma_m=10.0, half_km=5.0, north_km=0.0):
    """An object that speaks of a flight, wrong by as much as is asked for."""
    state = None
    if t_tai_ns is not None:
        true = one.states_itrf(np.array([t_tai_ns]))[0]
        cov = np.diag([sigma_m**2] * 3 + [1.0] * 3)
        state = state_words(t_tai_ns, true + np.array([offset_m, 0, 0, 0, 0, 0]), cov)
    second = 10**9
    launch_lat, impact_lat = one.launch_lat_deg + north_km / 111.2, one.impact_lat_deg + north_km / 111.2
    return ObjectSummary(
        id=name,
        class_name=one.class_name,
        probabilities={one.class_name: 0.9, "other": 0.1},
        phase="coast",
        launch=LaunchEstimate(
            lat_deg=launch_lat,
            lon_deg=one.launch_lon_deg,
            areas=(square(launch_lat, one.launch_lon_deg, half_km),),
            t_tai_ns=one.t_liftoff_tai_ns + 2 * second,
            t_90_tai_ns=(one.t_liftoff_tai_ns - second, one.t_liftoff_tai_ns + 5 * second),
            azimuth_deg=one.azimuth_deg - 1.5,
            azimuth_90_deg=None,
        ),
        impact=ImpactArea(
            areas=tuple(square(impact_lat, one.impact_lon_deg, half_km * k, p) for k, p in ((0.5, 0.5), (1.0, 0.9))),
            lat_deg=impact_lat,
            lon_deg=one.impact_lon_deg,
            t_90_tai_ns=(one.t_impact_tai_ns + 2 * second, one.t_impact_tai_ns + 4 * second),
        ),
        state=state,
    )
