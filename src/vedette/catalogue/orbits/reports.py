"""Observations from what files say: laser passes, tracking lines, TDM, positions."""

from collections.abc import Mapping, Sequence

import numpy as np

from vedette.catalogue.orbits.observations import (
    BOUNCED,
    RECEIVED,
    TRANSMITTED,
    Kind,
    Observations,
    Signal,
    joined,
    observations,
)
from vedette.core.constants import NS_PER_S, SPEED_OF_LIGHT_MPS
from vedette.core.errors import BadInputError
from vedette.core.shapes import Ints, Rows
from vedette.formats.crd import LaserPass
from vedette.formats.instants import tai_ns_from_epoch
from vedette.formats.tdm_message import TdmMessage, TdmSegment
from vedette.formats.tracking_lines import TrackingLine

LASER_SIGMA_M = 0.02  # what forces and station places are not better known than
RADAR_SIGMAS = {"range_m": 20.0, "range_rate_mps": 0.1, "angle_rad": float(np.radians(0.02))}
TELESCOPE_SIGMA_RAD = float(np.radians(2.0 / 3600.0))
_POINTS = 200  # of full-rate ranges a pass is thinned to


def from_laser(passes: Sequence[LaserPass], sigma_m: float = LASER_SIGMA_M) -> Observations:
    """Ranges of laser passes; full-rate passes are thinned evenly, shots that the station calls noise left out."""
    parts = []
    for one in passes:
        keep = np.flatnonzero(~one.is_filtered_noise)
        if len(keep) > _POINTS:
            keep = keep[np.linspace(0, len(keep) - 1, _POINTS).astype(int)]
        if len(keep):
            weather = np.stack([one.pressure_pa, one.temperature_k, one.humidity], axis=1)[keep]
            parts.append(observations(
                [one.station], one.t_tai_ns[keep], Kind.RANGE, 0, 0.5 * SPEED_OF_LIGHT_MPS * one.time_of_flight_s[keep],
                sigma_m, event=one.epoch_event[keep], signal=Signal.LASER, wavelength_m=one.wavelength_m[keep],
                weather=weather, is_corrected=one.is_troposphere_applied,
            ))  # fmt: skip
    return joined(parts)


def from_lines(lines: Sequence[TrackingLine], sigmas: Mapping[str, Mapping[str, float]]) -> Observations:
    """Rows of tracking lines; `sigmas` by station and `RADAR_SIGMAS` for what it does not name."""
    names = sorted({line.station for line in lines})
    parts = []
    for line in lines:
        told = {**RADAR_SIGMAS, **sigmas.get(line.station, {})}
        angle = np.array([told.get("azimuth_rad", told["angle_rad"]), told.get("elevation_rad", told["angle_rad"])])
        at = names.index(line.station)
        values, sent = np.array(line.values), line.signal
        if line.kind == "RANGE":
            kinds, numbers, spread = [Kind.RANGE], 1e3 * values, np.array([told["range_m"]])
        elif line.kind == "RANGE_RATE":
            kinds, numbers, spread = [Kind.RANGE_RATE], 1e3 * values, np.array([told["range_rate_mps"]])
        elif line.kind == "RA_DEC":
            kinds, numbers, spread = [Kind.RIGHT_ASCENSION, Kind.DECLINATION], np.radians(values), angle
            sent = Signal.NONE
        else:
            kinds, numbers, spread = [Kind.AZIMUTH, Kind.ELEVATION], np.radians(values[:2]), angle
            if line.kind == "AZ_EL_RANGE":
                kinds, numbers = [*kinds, Kind.RANGE], np.append(numbers, 1e3 * values[2])
                spread = np.append(spread, told["range_m"])
        n = len(kinds)
        parts.append(observations(
            names, np.full(n, line.t_tai_ns), np.array(kinds), at, numbers, spread, group=np.zeros(n, dtype=np.int64),
            event=line.event, signal=sent,
        ))  # fmt: skip
    return joined(parts)


def from_positions(t_tai_ns: Ints, positions_itrf_m: Rows, sigma_m: float) -> Observations:
    """Earth-fixed positions (n, 3) as observations; rows of NaN are left out."""
    known = np.flatnonzero(np.all(np.isfinite(positions_itrf_m), axis=1))
    n = len(known)
    return observations(
        [], np.repeat(t_tai_ns[known], 3), np.tile([Kind.X, Kind.Y, Kind.Z], n), -1, positions_itrf_m[known].ravel(),
        sigma_m, group=np.repeat(np.arange(n), 3),
    )  # fmt: skip


def from_tdm(
    message: TdmMessage, stations: Sequence[str], sigmas: Mapping[str, Mapping[str, float]]
) -> tuple[Observations, tuple[str, ...]]:
    """Rows of a TDM's segments whose receiver is one of the stations, and a sentence for each segment left out.

    Range in km or s, azimuth and elevation or right ascension and declination (J2000 axes), Doppler as range rate in
    km/s. BadInputError when nothing at all can be used.
    """
    parts, said = [], []
    for segment in message.segments:
        where = f"{message.source}:{segment.line}"
        try:
            parts.append(_segment(segment, where, stations, sigmas))
        except BadInputError as trouble:
            said.append(str(trouble))
    if not parts:
        raise BadInputError(said[0] if said else "no segment with observations", message.source)
    return joined(parts), tuple(said)


def _segment(
    segment: TdmSegment, where: str, stations: Sequence[str], sigmas: Mapping[str, Mapping[str, float]]
) -> Observations:
    told = segment.metadata
    if not segment.is_usable:
        raise BadInputError("a segment whose metadata cannot be used", where)
    who = [told[f"PARTICIPANT_{k}"] for k in range(1, 6) if f"PARTICIPANT_{k}" in told]
    legs = told.get("PATH", "").replace(" ", "").split(",")
    known = [name for name in who if name in stations]
    receiver = told.get(f"PARTICIPANT_{legs[-1]}", "") if legs[-1] else ""
    station = receiver if receiver in stations else known[0] if len(known) == 1 else ""
    if not station:
        raise BadInputError(f"no station is known for {', '.join(who[:3])}", where, "name it with --stations FILE")
    angles, units = told.get("ANGLE_TYPE", "").upper(), told.get("RANGE_UNITS", "km")
    two_way = len(legs) != 2
    mine = {**RADAR_SIGMAS, **sigmas.get(station, {})}
    on_the_sky = angles == "RADEC"
    if on_the_sky:
        mine["angle_rad"] = sigmas.get(station, {}).get("angle_rad", TELESCOPE_SIGMA_RAD)
    event = {"TRANSMIT": TRANSMITTED, "RECEIVE": RECEIVED}.get(told.get("TIMETAG_REF", "").upper(), BOUNCED)
    rows: list[tuple[int, Kind, float, float]] = []
    for one in segment.observations:
        t = tai_ns_from_epoch(one.t_text, told["TIME_SYSTEM"].upper())
        if one.keyword == "RANGE":
            if units == "RU":
                raise BadInputError("ranges in range units", f"{where}", "give km or s")
            value = one.value * SPEED_OF_LIGHT_MPS / (2 if two_way else 1) if units == "s" else 1e3 * one.value
            rows.append((t, Kind.RANGE, value, mine["range_m"]))
        elif one.keyword in ("ANGLE_1", "ANGLE_2"):
            if angles not in ("AZEL", "RADEC"):
                raise BadInputError(f"angles of type {angles or 'unsaid'}", where, "give AZEL or RADEC")
            kind = (Kind.RIGHT_ASCENSION, Kind.DECLINATION) if on_the_sky else (Kind.AZIMUTH, Kind.ELEVATION)
            rows.append((t, kind[one.keyword == "ANGLE_2"], float(np.radians(one.value)), mine["angle_rad"]))
        elif one.keyword in ("DOPPLER_INSTANTANEOUS", "DOPPLER_INTEGRATED"):
            half_ns = 0
            if one.keyword == "DOPPLER_INTEGRATED" and "INTEGRATION_INTERVAL" in told:
                half_ns = round(float(told["INTEGRATION_INTERVAL"]) * NS_PER_S / 2)
            shift = {"START": half_ns, "END": -half_ns}.get(told.get("INTEGRATION_REF", "MIDDLE").upper(), 0)
            rows.append((t + shift, Kind.RANGE_RATE, 1e3 * one.value, mine["range_rate_mps"]))
    if not rows:
        raise BadInputError("a segment without range, angles or Doppler", where)
    times = np.array([row[0] for row in rows], dtype=np.int64)
    _, group = np.unique(times, return_inverse=True)
    corrected = told.get("CORRECTIONS_APPLIED", "").upper() == "YES"
    return observations(
        [station], times, np.array([row[1] for row in rows]), 0, np.array([row[2] for row in rows]),
        np.array([row[3] for row in rows]), group=group, event=event,
        signal=Signal.NONE if on_the_sky else Signal.RADIO, is_corrected=corrected,
    )  # fmt: skip
