"""Files of observations, stations and starting states, of whatever form: told apart by what is in them."""

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vedette.catalogue.orbits.observations import Observations, joined
from vedette.catalogue.orbits.reports import (
    TELESCOPE_SIGMA_RAD,
    from_laser,
    from_lines,
    from_positions,
    from_tdm,
)
from vedette.catalogue.orbits.stations import Station, fixed_station, laser_station
from vedette.core.errors import BadInputError, NotFoundError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.formats.cpf import read_cpf
from vedette.formats.crd import LaserPass, read_crd
from vedette.formats.observer_reports import ObserverReports, read_observer_reports
from vedette.formats.oem import read_oem
from vedette.formats.optical_reports import OpticalLook, read_sites
from vedette.formats.sinex import Eccentricity, MarkerSolution, Sinex, read_sinex
from vedette.formats.sp3 import read_sp3
from vedette.formats.tdm import parse_tdm_message
from vedette.formats.tracking_lines import (
    TrackingLine,
    read_observation_columns,
    read_told_stations,
    read_tracking_lines,
)
from vedette.frames import EarthOrientation, gcrf_from_itrf_matrix, itrf_from_gcrf_matrix, itrf_from_geodetic
from vedette.time import tai_ns_from_utc_text

MOST_BYTES = 256 * 1024 * 1024


@dataclass(slots=True)
class Places:
    """Every station that was named, and SINEX solutions from which laser stations are taken when they appear."""

    stations: dict[str, Station] = field(default_factory=dict)
    sigmas: dict[str, dict[str, float]] = field(default_factory=dict)
    markers: list[MarkerSolution] = field(default_factory=list)
    eccentricities: list[Eccentricity] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Tracking:
    """Observations with their stations, what they say of the object, and sentences about what was left out."""

    rows: Observations
    stations: Mapping[str, Station]
    object_name: str
    catalogue_number: int | None
    left_out: tuple[str, ...]
    is_laser: bool


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Positions told by somebody else."""

    name: str
    t_tai_ns: Ints
    positions_itrf_m: Rows
    catalogue_number: int | None = None


def text_of(path: Path) -> str:
    """A file's text, unpacked when it ends in .gz; NotFoundError, or BadInputError for one too large."""
    try:
        raw = path.read_bytes() if path.suffix != ".gz" else gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise NotFoundError(f"no file {path}") from None
    except (OSError, EOFError) as trouble:
        raise BadInputError(f"it cannot be read ({trouble})", str(path)) from None
    if len(raw) > MOST_BYTES:
        raise BadInputError(f"{len(raw):,} bytes are no tracking file", str(path), "give at most 256 MiB")
    return raw.decode("utf-8-sig", "replace")


def read_places(paths: Iterable[Path]) -> Places:
    """Stations from SINEX (coordinates and eccentricities), `ground.station.*` lines, site lists and JSON."""
    places = Places()
    for path in paths:
        text = text_of(path)
        start = text.lstrip()[:2000]
        if start.startswith("%=SNX"):
            told = read_sinex(text, path.name)
            places.markers += told.markers
            places.eccentricities += told.eccentricities
        elif start.startswith(("[", "{")):
            _json_places(text, path.name, places)
        elif "ground.station." in text:
            for one in read_told_stations(text, path.name):
                _add(places, one.name, one.lat_deg, one.lon_deg, one.height_m)
                spread = {"range_m": one.range_sigma_m, "azimuth_rad": np.radians(one.azimuth_sigma_deg),
                          "elevation_rad": np.radians(one.elevation_sigma_deg)}  # fmt: skip
                places.sigmas[one.name] = {k: float(v) for k, v in spread.items() if v > 0.0}
        else:
            for code, lat_deg, lon_deg, height_m in read_sites(text, path.name):
                _add(places, code, lat_deg, lon_deg, height_m)
    return places


def _add(places: Places, name: str, lat_deg: float, lon_deg: float, height_m: float) -> None:
    if not (-90.0 <= lat_deg <= 90.0 and -360.0 <= lon_deg <= 360.0 and -1e3 <= height_m <= 1e4):
        raise BadInputError(f"station {name} at {lat_deg}, {lon_deg}, {height_m} m is not on the Earth")
    places.stations[name] = fixed_station(name, itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), height_m))


def _json_places(text: str, where: str, places: Places) -> None:
    try:
        told: Any = json.loads(text)
        rows = told["stations"] if isinstance(told, dict) else told
        for row in rows:
            name = str(row["name"])
            if "position_itrf_m" in row:
                place = np.array([float(x) for x in row["position_itrf_m"]])
                if place.shape != (3,) or not 6.3e6 < np.linalg.norm(place) < 6.4e6:
                    raise BadInputError(f"station {name} is not on the Earth", where, "give ITRF metres")
                places.stations[name] = fixed_station(name, place)
            else:
                _add(places, name, float(row["lat_deg"]), float(row["lon_deg"]), float(row["height_m"]))
            spread = {"range_m": row.get("range_sigma_m"), "range_rate_mps": row.get("range_rate_sigma_mps")}
            angles = {f"{k}_rad": row.get(f"{k}_sigma_deg") for k in ("azimuth", "elevation", "angle")}
            mine = {k: float(v) for k, v in spread.items() if v is not None}
            mine.update({k: float(np.radians(float(v))) for k, v in angles.items() if v is not None})
            if not all(value > 0.0 for value in mine.values()):
                raise BadInputError(f"station {name} has a sigma that is not greater than none", where)
            places.sigmas[name] = mine
    except (KeyError, TypeError, ValueError) as trouble:
        if isinstance(trouble, BadInputError):
            raise
        raise BadInputError(f"no list of stations ({trouble})", where, 'write [{"name", "lat_deg", "lon_deg", "height_m"}]') from None  # fmt: skip # noqa: E501


def read_tracking(
    paths: Iterable[Path],
    places: Places,
    *,
    position_sigma_m: float = 1.0,
    object_name: str = "",
    number: int | None = None,
) -> Tracking:
    """All observations of some files. BadInputError names what cannot be read, or whose station is not known."""
    parts: list[Observations] = []
    stations = dict(places.stations)
    left_out: list[str] = []
    names: list[str] = []
    numbers: list[int] = []
    is_laser = False
    for path in paths:
        told = _told(path, object_name)
        if isinstance(told, Track):
            parts.append(from_positions(told.t_tai_ns, told.positions_itrf_m, position_sigma_m))
            names.append(told.name)
            numbers += [told.catalogue_number] if told.catalogue_number else []
        elif isinstance(told, tuple) and told and isinstance(told[0], LaserPass):
            sinex = Sinex(tuple(places.markers), tuple(places.eccentricities))
            passes = [one for one in told if _is_asked(one, object_name, number)]
            left_out += sorted({f"{path.name}: {one.target} is another object" for one in told if one not in passes})
            if not passes:
                raise NotFoundError(f"{path.name} has no passes of {object_name or number}")
            if len({one.target.lower() for one in passes}) > 1:
                which = ", ".join(sorted({one.target for one in passes})[:6])
                raise BadInputError(f"several objects: {which}", path.name, "say which with --object or --id")
            for one in passes:
                if one.station not in stations:
                    t = int(one.t_tai_ns[0])
                    stations[one.station] = laser_station(one.station, one.pad, one.system, one.occupancy, t, sinex)
            parts.append(from_laser(passes))
            names += [one.target for one in passes[:1]]
            numbers += [one.catalogue_number for one in passes[:1] if one.catalogue_number]
            is_laser = True
        elif isinstance(told, ObserverReports):
            looks = [one for one in told.looks if _is_seen(one, object_name, number)]
            if len({(one.catalogue_number, one.designator) for one in looks}) != 1:
                what = "no report of it" if not looks else "several objects"
                raise BadInputError(what, path.name, "say which with --id NUMBER, or --object 1996-010A for UK and RDE")
            rows, said = _optical(looks, places)
            parts.append(rows)
            left_out += [*said, *(str(trouble) for trouble in told.refused)]
            names += [looks[0].designator] if looks[0].designator else []
            numbers += [looks[0].catalogue_number] if looks[0].catalogue_number else []
        elif isinstance(told, tuple):
            parts.append(from_lines(told, _line_sigmas(told, places)))
        else:
            rows, said_of = from_tdm(told, list(stations), places.sigmas)
            parts.append(rows)
            left_out += said_of
    rows = joined(parts)
    missing = [name for name in rows.stations if name not in stations]
    if missing:
        raise NotFoundError(f"station {missing[0]} has no coordinates; give a file that holds it (--stations)")
    known = next(iter(numbers), number)
    return Tracking(rows, stations, object_name or next(iter(names), ""), known, tuple(left_out), is_laser)


def _is_asked(one: LaserPass, object_name: str, number: int | None) -> bool:
    if number is not None:
        return one.catalogue_number == number
    return not object_name or one.target.lower() == object_name.lower()


def _is_seen(one: OpticalLook, object_name: str, number: int | None) -> bool:
    if one.designator and (object_name or number is None):
        return not object_name or one.designator.lower() == object_name.lower()
    return number is None or one.catalogue_number == number


def _told(path: Path, object_name: str) -> Any:
    """What a file says: a Track, laser passes, optical looks, tracking lines, or a TDM."""
    text = text_of(path)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    first = next(iter(lines), "")
    head = first.split()[:2]
    kind = path.suffix.lower()
    if "CCSDS_TDM_VERS" in text[:4000] or "<tdm" in text[:4000].lower():
        return parse_tdm_message(text.encode(), path.name)
    is_sp3 = text[:1] == "#" and text[1:2] in "abcd" and text[2:3] in "PV"
    if is_sp3 or "CCSDS_OEM_VERS" in text[:4000] or "<oem" in text[:4000].lower():
        return read_track(path, object_name)
    if (len(head) > 1 and head[0].lower() == "h1") or head[:1] == ["00"]:
        is_prediction = head[1:2] == ["CPF"] and not kind.startswith((".npt", ".frd", ".fr2", ".v2", ".crd"))
        return read_track(path, object_name) if is_prediction or kind in (".csg", ".cpf") else read_crd(text, path.name)
    if "Tracking obs format" in text[:200]:
        return read_observation_columns(text, path.name)
    if head and len(head[0]) >= 16 and head[0][4:5] == "-" and head[0][10:11] == "T":
        return read_tracking_lines(text, path.name)
    return read_observer_reports(text, path.name)


def objects_in(path: Path) -> list[tuple[str, int | None]]:
    """The name and number that pick each object of a file; one pair of nothing where it holds only one."""
    text = text_of(path)
    if text[:1] == "#" and text[1:2] in "abcd" and text[2:3] in "PV":
        return [(name, None) for name in read_sp3(text, path.name).names]
    if "CCSDS_OEM_VERS" in text[:4000] or "<oem" in text[:4000].lower():
        return [(title, None) for title in sorted({one.title for one in read_oem(text.encode(), path.name)})]
    told = _told(path, "")
    if isinstance(told, tuple) and told and isinstance(told[0], LaserPass):
        return [(target, None) for target in dict.fromkeys(one.target for one in told)]
    if isinstance(told, ObserverReports):
        return list(dict.fromkeys((one.designator, one.catalogue_number or None) for one in told.looks))
    return [("", None)]


def read_track(path: Path, object_name: str = "") -> Track:
    """Positions of one object from CPF, SP3 or OEM; BadInputError where several are in it and none is named."""
    text = text_of(path)
    if text.startswith("#"):
        told = read_sp3(text, path.name)
        names = {name.lower(): k for k, name in enumerate(told.names)}
        if object_name and object_name.lower() not in names:
            raise NotFoundError(f"{path.name} has no {object_name}; it has {', '.join(told.names[:12])}")
        if not object_name and len(told.names) > 1:
            raise BadInputError(f"{len(told.names)} objects", path.name, "say which with --object NAME")
        k = names[object_name.lower()] if object_name else 0
        known = np.all(np.isfinite(told.positions_itrf_m[k]), axis=1)
        return Track(told.names[k], told.t_tai_ns[known], told.positions_itrf_m[k][known])
    if "CCSDS_OEM_VERS" in text[:4000] or "<oem" in text[:4000].lower():
        return _oem_track(text, path.name, object_name)
    said = read_cpf(text, path.name)
    return Track(said.target, said.t_tai_ns, said.positions_itrf_m, said.catalogue_number)


def _oem_track(text: str, where: str, object_name: str) -> Track:
    """One object's positions of an OEM, Earth-fixed."""
    segments = [one for one in read_oem(text.encode(), where) if not object_name or one.title == object_name]
    titles = sorted({one.title for one in segments})
    if len(titles) != 1:
        raise BadInputError(f"{len(titles)} objects", where, "say which with --object NAME")
    orientation = EarthOrientation.packaged()
    places = []
    for one in segments:
        if one.frame.startswith("ITRF"):
            places.append(one.states_m_mps[:, :3])
        elif one.frame in ("GCRF", "ICRF", "EME2000"):  # EME2000 lies 0.02 arcseconds from gcrf: a metre at 10,000 km
            turn = itrf_from_gcrf_matrix(one.t_tai_ns, orientation)
            places.append(np.einsum("nij,nj->ni", turn, one.states_m_mps[:, :3]))
        else:
            raise BadInputError(f"states in {one.frame}", where, "give ITRF, GCRF or EME2000")
    t = np.concatenate([one.t_tai_ns for one in segments])
    order = np.unique(t, return_index=True)[1]
    return Track(titles[0], t[order], np.concatenate(places)[order])


def read_start(
    path: Path, earth_orientation: EarthOrientation, t_tai_ns: int, object_name: str = ""
) -> tuple[int, Scalar]:
    """An instant and a state in gcrf to start from: of CPF or SP3 positions, or JSON {"t_utc", "position_gcrf_m",
    "velocity_gcrf_mps"}."""
    text = text_of(path)
    if text.lstrip().startswith("{"):
        try:
            told = json.loads(text)
            state = np.array([*told["position_gcrf_m"], *told["velocity_gcrf_mps"]], dtype=float)
            t = tai_ns_from_utc_text(told["t_utc"])
        except (KeyError, TypeError, ValueError) as trouble:
            if isinstance(trouble, BadInputError):
                raise
            cure = 'write {"t_utc", "position_gcrf_m", "velocity_gcrf_mps"}'
            raise BadInputError(f"no state ({trouble})", path.name, cure) from None
        if state.shape != (6,) or not np.all(np.isfinite(state)):
            raise BadInputError("a state has three and three finite numbers", path.name)
        return t, state
    track = read_track(path, object_name)
    return state_of_track(track, earth_orientation, t_tai_ns)


def state_of_track(track: Track, earth_orientation: EarthOrientation, t_tai_ns: int) -> tuple[int, Scalar]:
    """The state in gcrf at the instant of a track nearest to one, its velocity from a polynomial of ten neighbours."""
    if len(track.t_tai_ns) < 3:
        raise BadInputError(f"{len(track.t_tai_ns)} positions tell no velocity", track.name)
    k = int(np.argmin(np.abs(track.t_tai_ns - t_tai_ns)))
    low = min(max(k - 4, 0), max(len(track.t_tai_ns) - 9, 0))
    near = list(range(low, min(low + 9, len(track.t_tai_ns))))
    places = np.einsum(
        "nij,nj->ni", gcrf_from_itrf_matrix(track.t_tai_ns[near], earth_orientation), track.positions_itrf_m[near]
    )
    seconds = (track.t_tai_ns[near] - track.t_tai_ns[k]) * 1e-9
    scale = float(np.abs(seconds).max())
    curve = np.polynomial.polynomial.polyfit(seconds / scale, places, len(near) - 1)
    return int(track.t_tai_ns[k]), np.concatenate([places[near.index(k)], curve[1] / scale])


def _line_sigmas(lines: Iterable[TrackingLine], places: Places) -> dict[str, dict[str, float]]:
    return {line.station: places.sigmas.get(line.station, {}) for line in lines}


def _optical(looks: list[OpticalLook], places: Places) -> tuple[Observations, list[str]]:
    lines = [
        TrackingLine(one.t_tai_ns, one.kind, one.station, one.values_deg, one.line, 2 if one.is_refracted else 0)
        for one in looks
        if one.has_place
    ]
    said = [f"{len(looks) - len(lines)} reports without a place"] if len(lines) < len(looks) else []
    if not lines:
        raise BadInputError("no report tells a place in the sky")
    sigmas = {one.station: {"angle_rad": max(one.sigma_rad, TELESCOPE_SIGMA_RAD)} for one in looks}
    return from_lines(lines, sigmas), said
