"""What the items of ASTERIX categories 034 and 048 mean, as far as a tracker needs it; SI units and radians.

Names of items follow EUROCONTROL-SPEC-0149 Part 2b (034) and Part 4 (048); an item that a record lacks is None or NaN.
"""

from dataclasses import dataclass
from enum import IntEnum
from math import nan, tau

from vedette.formats.asterix_items import Items

NAUTICAL_MILE_M = 1852.0  # exact, First International Extraordinary Hydrographic Conference, Monaco 1929
FOOT_M = 0.3048  # exact, international foot of 1959
_RHO_M = NAUTICAL_MILE_M / 256
_TURN_16 = tau / 65536
_FLIGHT_LEVEL_M = 100 * FOOT_M
DEGREES_24 = 180 / 2**23


@dataclass(frozen=True, slots=True)
class Plot:
    """A target report of category 048."""

    source: tuple[int, int]  # SAC and SIC
    time_of_day_s: float  # since midnight UTC, as the radar tells it
    azimuth_rad: float  # 040, clockwise from the radar's north
    range_m: float  # 040, slant
    height_3d_m: float  # 110, above mean sea level, by a radar that measures it
    pressure_height_m: float  # 090, by the object's transponder, in the standard atmosphere
    track_number: int | None  # 161, the radar's own
    kind: int  # 020 TYP; 0: no detection, the radar's own extrapolation
    is_simulated: bool  # 020 SIM
    is_test: bool  # 020 TST
    is_monitor: bool  # 020 RAB: a fixed transponder by which the radar watches itself
    is_beyond: bool  # 020 ERR: further than item 040 can say
    is_ghost: bool  # 170 GHO

    @property
    def is_detection(self) -> bool:
        """Whether this was seen, and not merely supposed."""
        return self.kind != 0 and self.range_m == self.range_m


class Said(IntEnum):
    """Message types of category 034."""

    NORTH = 1
    SECTOR = 2
    FILTERING = 3
    JAMMING = 4
    SOLAR_STORM = 5
    SSR_JAMMING = 6
    MODE_S_JAMMING = 7


@dataclass(frozen=True, slots=True)
class Service:
    """A service message of category 034."""

    source: tuple[int, int]
    said: int  # 000
    time_of_day_s: float  # 030; NaN when not said
    azimuth_rad: float  # 020, where the antenna points; 0 for a north marker
    rotation_s: float  # 041
    window: tuple[float, float, float, float] | None  # 100: ranges m, azimuths rad, from and to
    is_released: bool | None  # 050 COM NOGO: False means its data must not be used
    is_clock_valid: bool | None  # 050 COM TSV
    is_overloaded: bool | None  # 050 COM OVL RDP or OVL XMT
    place: tuple[float, float, float] | None  # 120: lat deg, lon deg, height m


def plot_from_items(items: Items) -> Plot | None:
    """A target report; None when it does not say which radar speaks, or when."""
    source, when, about = items.get("010"), items.get("140"), items.get("020")
    if source is None or when is None:
        return None
    polar, track, height = items.get("040"), items.get("161"), items.get("110")
    status = items.get("170", b"")
    first = about[0] if about else 0xE0  # not said: taken for a detection
    second = about[1] if about is not None and len(about) > 1 else 0
    return Plot(
        (source[0], source[1]),
        int.from_bytes(when, "big") / 128,
        nan if polar is None else int.from_bytes(polar[2:], "big") * _TURN_16,
        nan if polar is None else int.from_bytes(polar[:2], "big") * _RHO_M,
        nan if height is None else _signed(int.from_bytes(height, "big") & 0x3FFF, 14) * 25 * FOOT_M,
        _pressure_height_m(items.get("090")),
        None if track is None else int.from_bytes(track, "big") & 0x0FFF,
        first >> 5,
        bool(first & 0x10),
        bool(second & 0x80),
        bool(first & 0x02),
        bool(second & 0x40),
        len(status) > 1 and bool(status[1] & 0x40),
    )


def service_from_items(items: Items) -> Service | None:
    """A service message; None when it does not say which radar speaks, or what."""
    source, said, when = items.get("010"), items.get("000"), items.get("030")
    if source is None or said is None:
        return None
    sector, rotation, window = items.get("020"), items.get("041"), items.get("100")
    common = _common_status(items.get("050"))
    azimuth_rad = nan if sector is None else sector[0] * tau / 256
    return Service(
        (source[0], source[1]),
        said[0],
        nan if when is None else int.from_bytes(when, "big") / 128,
        0.0 if said[0] == Said.NORTH else azimuth_rad,
        nan if rotation is None else int.from_bytes(rotation, "big") / 128,
        None if window is None else _window(window),
        None if common is None else not common & 0x80,
        None if common is None else not common & 0x02,
        None if common is None else bool(common & 0x18),
        _place(items.get("120")),
    )


def _pressure_height_m(level: bytes | None) -> float:
    if level is None or level[0] & 0xC0:  # not validated, or garbled
        return nan
    return _signed(int.from_bytes(level, "big") & 0x3FFF, 14) / 4 * _FLIGHT_LEVEL_M


def _common_status(status: bytes | None) -> int | None:
    """The octet COM of item 050: NOGO, RDPC, RDPR, OVL RDP, OVL XMT, MSC, TSV, spare."""
    return None if status is None or not status[0] & 0x80 else status[1]


def _window(window: bytes) -> tuple[float, float, float, float]:
    near, far, start, end = (int.from_bytes(window[i : i + 2], "big") for i in (0, 2, 4, 6))
    return near * _RHO_M, far * _RHO_M, start * _TURN_16, end * _TURN_16


def _place(place: bytes | None) -> tuple[float, float, float] | None:
    if place is None:
        return None
    height, lat, lon = (int.from_bytes(part, "big") for part in (place[:2], place[2:5], place[5:]))
    return _signed(lat, 24) * DEGREES_24, _signed(lon, 24) * DEGREES_24, float(_signed(height, 16))


def _signed(number: int, bits: int) -> int:
    return number - (1 << bits) if number >> (bits - 1) else number
