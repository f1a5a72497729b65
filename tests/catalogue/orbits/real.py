"""Real tracking with an independent answer: LAGEOS-2 by lasers, W3B by radio, the GEOS-3 pass by radar."""

from functools import cache

import numpy as np
from tests.data import real_data
from tests.tracking.geos3 import KAENA

from vedette.catalogue.orbits.solve import Wanted, determine_orbit
from vedette.catalogue.orbits.stations import fixed_station
from vedette.doors.tracking_files import Places, read_places, read_track, read_tracking
from vedette.frames import EarthOrientation

ORIENTATION = EarthOrientation.packaged()


@cache
def lageos_files():
    """Ranges of LAGEOS-2, 11 to 14 February 2016, with their stations."""
    folder = real_data("tracking", "slr")
    places = read_places([folder / "SLRF2014_POS+VEL_2030.0_200428.snx", folder / "ecc_une.snx"])
    return read_tracking([folder / "lageos2_20160214.npt"], places), read_track(folder / "lageos2_cpf_160213_5441.sgf")


@cache
def lageos(estimate=()):
    """The orbit from ranges alone, nothing said of where it is; with more to estimate it starts at that orbit."""
    tracking, prediction = lageos_files()
    first = (lageos().solution.t_epoch_tai_ns, lageos().solution.state_gcrf) if estimate else None
    wanted = Wanted(estimate, radiation_m2_kg=1.13 * 6.97e-4, centre_of_mass_m=0.251)
    return determine_orbit(
        tracking.rows, tracking.stations, ORIENTATION, wanted, start=first, hold_tai_ns=prediction.t_tai_ns
    )


@cache
def w3b():
    """The orbit of W3B with everything estimated that the published solution estimates."""
    folder = real_data("tracking", "w3b")
    tracking = read_tracking([folder / "W3B.aer"], read_places([folder / "od_test_W3.in"]))
    # the settings file's own: 13.12 m2, drag and radiation coefficient 2, and its default of 1,000 kg
    wanted = Wanted(
        ("drag", "leak", "biases"), drag_m2_kg=0.02624, radiation_m2_kg=0.02624, onboard_range_m=5969.0, edit_sigma=6.0
    )
    return determine_orbit(tracking.rows, tracking.stations, ORIENTATION, wanted)


def geos3(first):
    """The first so many looks of the pass over Kaena Point."""
    angles = {"azimuth_rad": float(np.radians(0.0224)), "elevation_rad": float(np.radians(0.0139))}
    station = fixed_station("932", KAENA.site.position_itrf_m)
    places = Places({"932": station}, {"932": {"range_m": 92.5, **angles}})
    tracking = read_tracking([real_data("tracking", "radar", "GEOS5.INP")], places)
    rows = tracking.rows.take(tracking.rows.group < first)
    return determine_orbit(rows, tracking.stations, ORIENTATION, Wanted())
