"""Small truths and looks for the tracker's tests: arcs of the motion floor, seen by sensors of the sensing floor."""

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion.propagate import propagate_coast
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import tangent_basis

T0_TAI_NS = 1_000_000_000 * NS_PER_S


def coast_start(lat_deg, lon_deg, height_m, speed_mps, azimuth_deg, climb_deg):
    """An ITRF state from everyday numbers."""
    place = itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), height_m)
    enu = enu_from_itrf_matrix(np.radians(lat_deg), np.radians(lon_deg))
    az, climb = np.radians(azimuth_deg), np.radians(climb_deg)
    going = speed_mps * np.array([np.sin(az) * np.cos(climb), np.cos(az) * np.cos(climb), np.sin(climb)])
    return np.concatenate([place, going @ enu])


def coasting(start, times_s):
    """(k, 6) of an unpowered arc."""
    return propagate_coast(start, np.asarray(times_s, dtype=float))


def boosting(lat_deg, lon_deg, azimuth_deg, times_s, burn_s=85.0, thrust0_mps2=18.0, growth=0.0085, kick_deg=7.0):
    """(k, 6) of a generic one-stage rise from rest and then a coast; and which of the times are under thrust.

    Written here from the textbook (vertical rise, kick, gravity turn without air), so that the truth does not come
    from the filter's own kernel.
    """
    from vedette.motion.gravity import gravity_itrf

    spin = 7.292115e-5
    up0 = enu_from_itrf_matrix(np.radians(lat_deg), np.radians(lon_deg))
    position = itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), 0.0)
    velocity = 0.1 * up0[2]
    az = np.radians(azimuth_deg)
    down_range = np.sin(az) * up0[0] + np.cos(az) * up0[1]

    def slope(state, t):
        r, v = state[:3], state[3:]
        a = gravity_itrf(r) + np.array([spin * (spin * r[0] + 2 * v[1]), spin * (spin * r[1] - 2 * v[0]), 0.0])
        if t < burn_s:
            a = a + thrust0_mps2 / (1.0 - growth * t) * v / np.linalg.norm(v)
        return np.concatenate([v, a])

    state, t, out, kicked = np.concatenate([position, velocity]), 0.0, [], False
    for want in times_s:
        if want <= 0.0:
            out.append(np.concatenate([position, velocity]))
            continue
        while t < want - 1e-9:
            h = min(0.5, want - t)
            for mark in (10.0, burn_s):
                if t < mark - 1e-9 < t + h:
                    h = mark - t
            a = slope(state, t)
            b = slope(state + 0.5 * h * a, t + 0.5 * h - 1e-9)
            c = slope(state + 0.5 * h * b, t + 0.5 * h - 1e-9)
            d = slope(state + h * c, t + h - 1e-9)
            state, t = state + h / 6.0 * (a + 2 * b + 2 * c + d), t + h
            if not kicked and t >= 10.0 - 1e-9:
                speed = np.linalg.norm(state[3:])
                state[3:] = speed * (
                    np.cos(np.radians(kick_deg)) * state[3:] / speed + np.sin(np.radians(kick_deg)) * down_range
                )
                kicked = True
        out.append(state.copy())
    return np.array(out), np.asarray(times_s) < burn_s


def radar_scan(radar, states, t_s, rng, *, clutter=True, pd=None, bias=0.0):
    """One look of a radar at some ITRF states (k, 6); the scan and which object each row came from (-1 clutter)."""
    states = np.atleast_2d(states)
    ideal = radar.measure(states)
    hit = np.flatnonzero(radar.is_visible(states) & (rng.random(len(states)) < (pd or radar.detection_probability)))
    sigmas = radar.sigmas
    rows = ideal[hit] + np.where(np.isfinite(sigmas), sigmas, 0.0) * rng.standard_normal((len(hit), 4)) + bias
    count = rng.poisson(radar.false_alarms_per_look) if clutter else 0
    region = radar.region
    false = np.column_stack([
        rng.uniform(region.azimuth_min_rad, region.azimuth_max_rad, count),
        rng.uniform(region.elevation_min_rad, region.elevation_max_rad, count),
        rng.uniform(region.range_min_m, min(region.range_max_m, 5e6), count),
        rng.uniform(-8000.0, 8000.0, count),
    ])  # fmt: skip
    values = np.vstack([rows, false])
    values[:, 0] %= 2.0 * np.pi
    values[:, ~np.isfinite(sigmas)] = np.nan
    return shuffled(radar, values, np.tile(sigmas, (len(values), 1)), hit, t_s, rng)


def infrared_scan(infrared, states, burning, t_s, rng, *, clutter=True, pd=None, cloud_top_m=8e3, bias=0.0):
    """One look of an infrared sensor; flames above the clouds only."""
    t = T0_TAI_NS + round(t_s * NS_PER_S)
    states = np.atleast_2d(states)
    shown = np.asarray(burning) & infrared.is_visible(states[:, :3], t, cloud_top_m)
    hit = np.flatnonzero(shown & (rng.random(len(states)) < (pd or infrared.detection_probability)))
    here = infrared.position_itrf_m(t)
    los = infrared.measure(states[hit, :3], t).reshape(-1, 3)
    count = rng.poisson(infrared.false_alarms_per_look) if clutter else 0
    edge = np.sqrt(1.0 - (6378137.0 / np.linalg.norm(here)) ** 2)
    if count:
        cosine, turn = rng.uniform(edge, 1.0, count), rng.uniform(0.0, 2.0 * np.pi, count)
        down = -here / np.linalg.norm(here)
        basis = tangent_basis(down)
        sine = np.sqrt(1.0 - cosine**2)
        false = cosine[:, None] * down + sine[:, None] * (
            np.cos(turn)[:, None] * basis[0] + np.sin(turn)[:, None] * basis[1]
        )
        los = np.vstack([los, false])
    sigma = infrared.los_sigma_rad
    if len(los):
        basis = tangent_basis(los)
        los = los + sigma * np.einsum("nij,ni->nj", basis, rng.standard_normal((len(los), 2)) + bias / sigma)
        los /= np.linalg.norm(los, axis=1, keepdims=True)
    values = np.column_stack([los.reshape(-1, 3), np.full(len(los), 2e5)])
    sigmas = np.tile([sigma, sigma, sigma, 1e3], (len(values), 1))
    return shuffled(infrared, values, sigmas, hit, t_s, rng, here)


def shuffled(sensor, values, sigmas, hit, t_s, rng, here=None):
    t = T0_TAI_NS + round(t_s * NS_PER_S)
    order = rng.permutation(len(values))
    origin = np.concatenate([hit, np.full(len(values) - len(hit), -1)]).astype(int)
    scan = Scan(
        sensor_id=sensor.name, kind=SensorKind(sensor.kind), mode=Mode.SIMULATED,
        t_received_tai_ns=t + round(sensor.latency_s * NS_PER_S),
        t_measured_tai_ns=np.full(len(values), t, dtype=np.int64),
        values=values[order], sigmas=sigmas[order], sensor_position_itrf_m=here,
    )  # fmt: skip
    return scan, origin[order]


def origins_of(tracker, track_id, truth_of):
    """Which objects a track's detections came from, by looking their values up: list of object numbers, -1 clutter."""
    looks = tracker.looks(track_id)
    return [truth_of[looks.values[i].tobytes()] for i in np.flatnonzero(looks.is_detection)]
