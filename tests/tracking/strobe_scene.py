"""Strobes of a few radars on a few emitters, made with the sensing floor, and a story of noise for the whole chain."""

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.frames import refracted_from_true
from vedette.sensing import Emitter, Radar, Site, direction_of, is_above_radio_horizon
from vedette.tracking.interference.strobe_trains import Train
from vedette.tracking.interference.triangulation import Bearing

THREE_SITES = ((40.0, 10.0), (41.0, 13.0), (39.2, 13.0))
SIGMA_RAD, BIAS_RAD = 2e-3, 5e-4


def emitter(lat_deg, lon_deg, height_m=8000.0, east_mps=0.0, north_mps=0.0):
    return Emitter(Site(lat_deg, lon_deg, height_m), 10.0, east_mps=east_mps, north_mps=north_mps)


def bearings_of(sites, emitters, seed, has_elevation, looks=10, every_s=10.0):
    """Bearings, which emitter each hears, and the radars; a drawn constant error a site."""
    rng = np.random.default_rng(seed)
    radars = [
        Radar(Site(*site, 100.0), 30.0, 0.1, name=f"r{i}", angle_bias_sigma_deg=float(np.degrees(BIAS_RAD)))
        for i, site in enumerate(sites)
    ]
    bearings, heard = [], {}
    for radar in radars:
        bias = rng.normal(0.0, BIAS_RAD, 2)
        for which, source in enumerate(emitters):
            train = Train(radar.name, len(heard))
            for k in range(looks):
                place = source.position_itrf_m(every_s * k)
                if not is_above_radio_horizon(radar.site, place):
                    continue
                azimuth, elevation, range_m = direction_of(radar.site, place)
                bent, _ = refracted_from_true(elevation, range_m, 100.0)
                noise = rng.normal(0.0, SIGMA_RAD, 2)
                value = [azimuth + noise[0] + bias[0], bent + noise[1] + bias[1] if has_elevation else np.nan, 10.0]
                sigma = [SIGMA_RAD, SIGMA_RAD if has_elevation else np.nan, 0.5]
                train.add(round(every_s * k * NS_PER_S), np.array(value), np.array(sigma))
            if train.rows:
                bearings.append(Bearing(radar, train.directions(radar), train.number))
                heard[train.number] = which
    return bearings, heard, radars


RADAR = """
[sensors.{name}]
kind = "radar"
site = {{ lat_deg = {lat}, lon_deg = {lon}, height_m = 100.0 }}
range_sigma_m = 30.0
angle_sigma_deg = 0.1
angle_bias_sigma_deg = 0.03
range_1m2_km = 2000.0
false_alarms_per_look = 0.5
revisit_s = 5.0
"""
STORY = """
title = "Noise"
t_start_utc = "2031-06-01T10:00:00Z"
seconds = 150.0

[[launch]]
id = "L1"
class = "short-range-stretched"
lat_deg = {launch_lat}
lon_deg = 11.0
t_launch_s = 5.0
azimuth_deg = 75.0
"""


def story_text(more, north_deg=0.0, launch_lat=-20.0):
    """A story of three radars and a launch, and what is added to it; the radars may be moved north."""
    radars = [
        RADAR.format(name=name, lat=lat + north_deg, lon=lon)
        for name, (lat, lon) in zip(("ra", "rb", "rc"), THREE_SITES, strict=True)
    ]
    return STORY.format(launch_lat=launch_lat) + "".join(radars) + more


JAMMING = """
[[jamming]]
lat_deg = 42.0
lon_deg = 12.0
height_m = 9000.0
power_density_w_mhz = 0.001
speed_mps = 200.0
heading_deg = 90.0
t_start_s = 30.0
t_end_s = 100.0
"""
SUN_BURST = """
[[sun_burst]]
flux_sfu = 100000.0
t_start_s = 30.0
t_end_s = 100.0
"""
AURORA = """
[[aurora]]
kp = 7.0
rise_db = 12.0
t_start_s = 30.0
t_end_s = 120.0
"""
