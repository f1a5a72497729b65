"""The engine hands known objects to the tracker before it begins anything."""

import numpy as np
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting, radar_scan

from vedette.engine import Session, advance, open_picture
from vedette.reports import Mode
from vedette.sensing import packaged_sensors
from vedette.tracking import FixedObjects


def test_a_known_satellite_crossing_a_radar_is_no_object_of_the_picture():
    radar = packaged_sensors()["radar-north"]
    start = coast_start(30.0, -22.0, 700e3, 7400.0, 200.0, 0.0)
    known = FixedObjects(
        ("NORAD-1",), T0_TAI_NS, start[None], np.diag(np.repeat([500.0**2, 0.5**2], 3))[None]
    )  # fmt: skip
    counts = []
    for known_objects in (None, known):
        picture = open_picture(Session(mode=Mode.SIMULATED), known_objects)
        rng = np.random.default_rng(1)
        for t in np.arange(0.0, 60.0, 5.0):
            scan, _ = radar_scan(radar, coasting(start, [t]), t, rng, clutter=False)
            picture = advance(picture, scan)
        counts.append(len(picture.objects))
    assert counts == [1, 0]
