"""The real GEOS-3 pass over Kaena Point, 1995-01-29, read from Vallado's observation file, and what is published of it.

Site and sigmas: the file's companion solutions (21.5748 N 158.2706 W 300.20 m; 92.5 m, 0.0224 and 0.0139 degrees).
"""

from dataclasses import replace

import numpy as np
from tests.data import real_data

from vedette.reports import Looks
from vedette.sensing import Radar, Site
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

KAENA = Radar(
    Site(21.5748, -158.2706, 300.20),
    range_sigma_m=92.5,
    azimuth_sigma_deg=0.0224,
    elevation_sigma_deg=0.0139,
    name="kaena",
)
T_EPOCH = tai_ns_from_utc_text("1995-01-29T02:38:37Z")
# found as the reference state of several public solutions of the pass; nobody prints its frame
PUBLIC_STATE = np.array([5753.173, 2673.361, 3440.304, 4.324207, -1.924299, -5.728216]) * 1e3


def observations() -> tuple[np.ndarray, np.ndarray]:
    """Instants (46,) and azimuth (deg), elevation (deg), range (km) rows (46, 3) as printed in the file."""
    lines = real_data("tracking", "radar", "GEOS5.INP").read_text(encoding="ascii").splitlines()
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    stamps = [f"{r[3]}-{int(r[4]):02d}-{int(r[5]):02d}T{r[6]}:{r[7]}:{r[8]}Z" for r in rows]
    values = np.array([[float(r[10]), float(r[11]), float(r[9])] for r in rows])
    return np.array([tai_ns_from_utc_text(stamp) for stamp in stamps], dtype=np.int64), values


def looks(first: int = 46) -> Looks:
    """The first so many looks of the pass."""
    t_tai_ns, printed = observations()
    return looks_of(KAENA, t_tai_ns, np.radians(printed[:, 0]), np.radians(printed[:, 1]), printed[:, 2] * 1e3, first)


def looks_of(radar: Radar, t_tai_ns, azimuth_rad, elevation_rad, range_m, first: int | None = None) -> Looks:
    """Looks of one radar without range rate."""
    n = len(t_tai_ns)
    whole = Looks(
        sensor_ids=(radar.name,),
        sensor_index=np.zeros(n, dtype=np.int64),
        kind_code=np.zeros(n, dtype=np.int64),
        t_measured_tai_ns=np.asarray(t_tai_ns, dtype=np.int64),
        values=np.stack([azimuth_rad, elevation_rad, range_m, np.full(n, np.nan)], axis=1),
        sigmas=np.tile(radar.sigmas, (n, 1)),
        sensor_positions_itrf_m=np.tile(radar.site.position_itrf_m, (n, 1)),
    )
    return whole if first is None else head(whole, first)


def head(whole: Looks, n: int) -> Looks:
    """The first n rows."""
    return rows_of(whole, range(n))


def rows_of(whole: Looks, rows) -> Looks:
    """Some of the rows."""
    names = ("sensor_index", "kind_code", "t_measured_tai_ns", "values", "sigmas", "sensor_positions_itrf_m")
    return replace(whole, **{name: getattr(whole, name)[np.array(list(rows))] for name in names})


def tdm_kvn(first: int = 46) -> str:
    """The pass as a CCSDS Tracking Data Message in KVN, written from the observation file."""
    t_tai_ns, printed = observations()
    lines = [
        "CCSDS_TDM_VERS = 2.0",
        "COMMENT GEOS-3 (07734) over Kaena Point; already free of refraction",
        "CREATION_DATE = 1995-01-29T03:00:00",
        "ORIGINATOR = TEST",
        "META_START",
        "TIME_SYSTEM = UTC",
        "PARTICIPANT_1 = kaena",
        "PARTICIPANT_2 = 1975-027A",
        "MODE = SEQUENTIAL",
        "PATH = 1,2,1",
        "RANGE_UNITS = km",
        "ANGLE_TYPE = AZEL",
        "META_STOP",
        "DATA_START",
    ]
    for t, (azimuth_deg, elevation_deg, range_km) in list(zip(t_tai_ns.tolist(), printed, strict=True))[:first]:
        epoch = utc_text_from_tai_ns(t).removesuffix("Z")
        lines += [f"ANGLE_1 = {epoch} {azimuth_deg:.4f}", f"ANGLE_2 = {epoch} {elevation_deg:.4f}"]
        lines.append(f"RANGE = {epoch} {range_km:.6f}")
    return "\n".join([*lines, "DATA_STOP"]) + "\n"
