"""What sensors would see of an announced launch: horizons by hand, and directions."""

import numpy as np
import pytest

from vedette.assessment.candidates.foreseen import foreseen
from vedette.assessment.class_flights import class_flights
from vedette.reports import Mode, Notice, NoticeArea, NoticeKind
from vedette.sensing import packaged_sensors

T0 = 986_083_237 * 10**9  # 2031-04-01T12:00:00Z


def notice(lat_deg, lon_deg, sector_deg=None, class_name="short-range-ballistic"):
    return Notice(
        notice_id="N", kind=NoticeKind.PRE_LAUNCH, party="Northland", mode=Mode.SIMULATED, t_issued_tai_ns=0,
        t_received_tai_ns=0, class_name=class_name,
        launch_areas=(NoticeArea("launch", ((np.radians(lat_deg), np.radians(lon_deg)),), 10e3),),
        azimuth_rad=None if sector_deg is None else tuple(np.radians(sector_deg)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def sensors():
    return {name: packaged_sensors()[name] for name in ("radar-north", "ir-east", "ir-west")}


def test_the_other_side_of_the_earth_is_seen_by_nobody_near(sensors):
    found = foreseen(notice(-31.4, 150.2), {"radar-north": sensors["radar-north"]}, T0)
    assert [(one.share, one.first_s) for one in found] == [(0.0, None)]


def test_a_radar_first_sees_it_when_it_has_risen_over_its_horizon(sensors):
    """Never before a flight of the class could clear a smooth horizon without refraction's help by a tenth."""
    radar = sensors["radar-north"]
    lat_deg, lon_deg = 31.4, -29.8
    (found,) = foreseen(notice(lat_deg, lon_deg, (70.0, 80.0)), {"radar-north": radar}, T0)
    place = radar.position_itrf_m()
    flights = class_flights("short-range-ballistic", 120, 1500.0)
    heights = np.nan_to_num(flights.position_enu_m[:, :, 2]).max(axis=0)  # of the highest flight at each second
    pad = 6.371e6 * np.array([
        np.cos(np.radians(lat_deg)) * np.cos(np.radians(lon_deg)),
        np.cos(np.radians(lat_deg)) * np.sin(np.radians(lon_deg)), np.sin(np.radians(lat_deg)),
    ])  # fmt: skip
    angle = np.arccos(pad @ place / np.linalg.norm(pad) / np.linalg.norm(place))
    hidden_m = 6.371e6 * (1.0 / np.cos(0.8 * angle) - 1.0)  # 0.8: it flies, and air bends the ray
    earliest_s = float(np.argmax(heights > hidden_m))
    assert found.share > 0.9 and found.first_90_s[0] >= earliest_s > 20.0


def test_geostationary_watchers_see_the_flame_from_above_the_clouds_to_burnout(sensors):
    for one in foreseen(notice(31.4, -29.8), sensors, T0):
        if one.kind == "infrared":
            assert one.share > 0.95 and 5.0 < one.first_s < 60.0 and one.lasts_s < 120.0  # burns of 42 to 85 s


def test_a_notice_without_a_place_foresees_nothing_and_one_without_a_class_asks_all(sensors):
    bare = notice(31.4, -29.8, class_name="")
    assert foreseen(bare, {"ir-east": sensors["ir-east"]}, T0)[0].share > 0.9
    from dataclasses import replace

    assert foreseen(replace(bare, launch_areas=()), sensors, T0) == ()
