"""Laser ranges in the Consolidated Laser Ranging Data format (CRD 1.01, Ricklefs and Moore 2009; CRD 2.01, 2021).

Normal points and full-rate ranges with the weather they were made in. A damaged file is refused as a whole, with its
line: half a pass fits an orbit as readily as a whole one, and worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vedette.core.constants import NS_PER_S, SPEED_OF_LIGHT_MPS
from vedette.core.errors import BadInputError
from vedette.core.shapes import Bools, Ints, Scalar
from vedette.time import tai_ns_from_utc_text

RECEIVED, BOUNCED, TRANSMITTED = 0, 1, 2  # what an instant means: epoch event of records 10 and 11
_MOST_WEATHER_AGE_S = 6 * 3600.0
_RANGE_TYPES = {"2": "two-way"}
_IGNORED = {"c1", "c2", "c3", "c4", "c5", "c6", "c7", "h5", "12", "21", "30", "40", "41", "42", "50", "60"}  # fmt: skip
_CURE = "fetch the file again, or ask its station"


@dataclass(frozen=True, slots=True, eq=False)
class LaserPass:
    """One pass of one target over one station: n two-way ranges in the order of time.

    epoch_event : what the instants mean: 0 the pulse's return, 1 at the target, 2 the pulse leaves
    time_of_flight_s : there and back, the station's own delay taken off by it
    rms_m : spread of a normal point's shots as one-way range; NaN where not told
    pressure_pa, temperature_k, humidity : at the station, interpolated; NaN where not told
    is_troposphere_applied, is_centre_of_mass_applied : True where the station has corrected already
    """

    station: str
    pad: int  # of the ILRS, names the place
    system: int
    occupancy: int
    target: str
    cospar: str
    catalogue_number: int | None
    t_tai_ns: Ints
    time_of_flight_s: Scalar
    epoch_event: Ints
    wavelength_m: Scalar
    rms_m: Scalar
    pressure_pa: Scalar
    temperature_k: Scalar
    humidity: Scalar  # 0 to 1
    is_full_rate: bool
    is_filtered_noise: Bools  # full rate: the station's own filter calls this shot noise
    is_troposphere_applied: bool
    is_centre_of_mass_applied: bool

    def __len__(self) -> int:
        return len(self.t_tai_ns)


@dataclass(slots=True)
class _Draft:
    """A pass while its lines are read."""

    station: str = ""
    pad: int = 0
    system: int = 0
    occupancy: int = 0
    target: str = ""
    cospar: str = ""
    catalogue_number: int | None = None
    is_full_rate: bool = False
    date: tuple[int, int, int] = (0, 0, 0)
    start_s: float = 0.0
    flags: tuple[bool, bool] = (False, False)
    line: int = 0
    wavelengths_nm: dict[str, float] = field(default_factory=dict)
    rows: list[tuple[float, float, int, str, float, bool]] = field(default_factory=list)
    weather: list[tuple[float, float, float, float]] = field(default_factory=list)


def read_crd(text: str, where: str = "CRD") -> tuple[LaserPass, ...]:
    """Every pass of a CRD file that holds ranges.

    Errors
    ------
    BadInputError, with the line, for a file that is none of CRD, ends without its mark, carries a number that is none,
    or ranges of a kind other than two-way.
    """
    lines = text.splitlines()
    passes: list[LaserPass] = []
    draft: _Draft | None = None
    is_whole, is_crd = False, False
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words:
            continue
        kind, at = words[0].lower(), f"{where}:{number}"
        if not is_crd and kind != "00":
            _check_first(words, line, at)
            is_crd = True
        try:
            if kind == "h1":
                _check_first(words, line, at)
            elif kind == "h2":
                draft = _Draft(station=words[1], pad=int(words[2]), system=int(words[3]), occupancy=int(words[4]))
                is_whole = False
            elif kind == "h3":
                draft = draft or _Draft()
                draft.target, draft.cospar = words[1], words[2]
                draft.catalogue_number = int(words[4]) if words[4].isdigit() else None
            elif kind == "h4":
                draft = _next(draft, words, number, at)
            elif kind in ("h8", "h9"):
                if draft is not None and kind == "h8":
                    passes += _finished(draft, where)
                    draft = _Draft(**{k: getattr(draft, k) for k in _STATION}) if draft else None
                is_whole = True
            elif kind == "c0" and draft is not None:
                draft.wavelengths_nm[words[3]] = _number(words[2], at)
            elif kind in ("10", "11") and draft is not None:
                draft.rows.append(_row(words, kind, at))
            elif kind == "20" and draft is not None:
                draft.weather.append(tuple(_number(w, at) for w in words[1:5]))  # type: ignore[arg-type]
            elif kind not in _IGNORED and not kind.startswith(("9", "00")):
                raise BadInputError(f"a record {words[0][:12]!r} that is none of CRD", at, _CURE)
        except (IndexError, ValueError) as trouble:
            if isinstance(trouble, BadInputError):
                raise
            raise BadInputError(f"a damaged record: {line.strip()[:60]!r}", at, _CURE) from None
    if not is_crd:
        raise BadInputError("it is empty", where, "give a CRD file")
    if not is_whole:
        raise BadInputError("the file ends within a pass, without h8", f"{where}:{len(lines)}", "it was cut off; fetch it again")  # fmt: skip # noqa: E501
    return tuple(passes)


_STATION = ("station", "pad", "system", "occupancy", "target", "cospar", "catalogue_number")


def _check_first(words: Sequence[str], line: str, at: str) -> None:
    if words[0].lower() != "h1" or len(words) < 3 or words[1].upper() != "CRD":
        raise BadInputError(f"the first record is {line.strip()[:40]!r}", at, "a CRD file begins with `H1 CRD`")
    if words[2].lstrip("0") not in ("", "1", "2"):
        raise BadInputError(f"CRD of version {words[2][:8]}", at, "versions 1 and 2 are read")


def _number(word: str, at: str) -> float:
    if word.lower() == "na":
        return float("nan")
    value = float(word)
    if not np.isfinite(value):
        raise BadInputError(f"{word!r} is no number", at, _CURE)
    return value


def _next(draft: _Draft | None, words: Sequence[str], number: int, at: str) -> _Draft:
    """The pass that an h4 opens, of the station and target named last."""
    if draft is None or not draft.station:
        raise BadInputError("a pass (h4) before its station (h2)", at, _CURE)
    range_type = words[20]
    if range_type not in _RANGE_TYPES:
        if range_type not in ("0", "1", "3", "4"):
            raise BadInputError(f"ranges of type {range_type[:8]}, which CRD does not have", at, _CURE)
        raise BadInputError(f"ranges of type {range_type}; only two-way ranges (2) are read", at, "leave this pass out")
    draft.is_full_rate = words[1] == "0"
    draft.date = (int(words[2]), int(words[3]), int(words[4]))
    draft.start_s = int(words[5]) * 3600.0 + int(words[6]) * 60.0 + int(words[7])
    draft.flags = (words[15] == "1", words[16] == "1")
    draft.line = number
    return draft


def _row(words: Sequence[str], kind: str, at: str) -> tuple[float, float, int, str, float, bool]:
    event = int(words[4])
    if event not in (RECEIVED, BOUNCED, TRANSMITTED):
        raise BadInputError(f"instants of epoch event {event}; 0, 1 and 2 are read", at, "leave this pass out")
    seconds, flight = float(words[1]), float(words[2])
    if not (0.0 <= seconds < 86_401.0 and 0.0 < flight < 10.0):
        raise BadInputError(f"a time {seconds} s or a time of flight {flight} s that cannot be", at, _CURE)
    rms_ps = _number(words[7], at) if kind == "11" and len(words) > 7 else float("nan")
    is_noise = kind == "10" and len(words) > 5 and words[5] == "1"
    return seconds, flight, event, words[3], rms_ps if rms_ps > 0.0 else float("nan"), is_noise


def _finished(draft: _Draft, where: str) -> list[LaserPass]:
    if not draft.rows:
        return []
    at = f"{where}:{draft.line}"
    year, month, day = draft.date
    try:
        midnight = tai_ns_from_utc_text(f"{year:04d}-{month:02d}-{day:02d}T00:00:00Z")
    except BadInputError as trouble:
        raise BadInputError(trouble.what, at, trouble.cure) from None
    seconds = np.array([row[0] for row in draft.rows])
    after = np.where(seconds < draft.start_s - 43_200.0, 86_400.0, 0.0)  # the pass ran over midnight
    # whole and fraction apart: seconds of the day carry 12 decimals, a double 11
    t_tai_ns = midnight + np.rint((seconds + after) * 1e3).astype(np.int64) * 1_000_000
    t_tai_ns = t_tai_ns + np.rint(((seconds + after) - np.rint((seconds + after) * 1e3) / 1e3) * NS_PER_S).astype(np.int64)  # fmt: skip # noqa: E501
    order = np.argsort(t_tai_ns, kind="stable")
    weather = _weather(draft, seconds + after)[:, order]
    known = list(draft.wavelengths_nm.values())
    wavelengths = [draft.wavelengths_nm.get(row[3], known[0] if known else float("nan")) for row in draft.rows]
    rms_ps = np.array([row[4] for row in draft.rows])
    return [
        LaserPass(
            draft.station, draft.pad, draft.system, draft.occupancy, draft.target, draft.cospar, draft.catalogue_number,
            t_tai_ns[order], np.array([row[1] for row in draft.rows])[order],
            np.array([row[2] for row in draft.rows], dtype=np.int64)[order], 1e-9 * np.array(wavelengths)[order],
            (0.5e-12 * SPEED_OF_LIGHT_MPS * rms_ps)[order], weather[0], weather[1], weather[2], draft.is_full_rate,
            np.array([row[5] for row in draft.rows])[order], draft.flags[0], draft.flags[1],
        )
    ]  # fmt: skip


def _weather(draft: _Draft, seconds: Scalar) -> Scalar:
    """Pressure (Pa), temperature (K) and humidity (0 to 1) at instants (n,): linear between reports; (3, n)."""
    if not draft.weather:
        return np.full((3, len(seconds)), np.nan)
    table = np.array(draft.weather)
    table[:, 0] += np.where(table[:, 0] < draft.start_s - 43_200.0, 86_400.0, 0.0)
    table = table[np.argsort(table[:, 0], kind="stable")]
    gap = np.min(np.abs(seconds[:, None] - table[:, 0]), axis=1)
    told = np.stack([np.interp(seconds, table[:, 0], table[:, k]) * s for k, s in ((1, 100.0), (2, 1.0), (3, 0.01))])
    told[:, gap > _MOST_WEATHER_AGE_S] = np.nan
    return told
