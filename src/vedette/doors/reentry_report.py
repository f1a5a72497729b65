"""A foretold re-entry as a document, as words, as a message and as a picture."""

import gzip
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np

from vedette.catalogue.decay.forecast import Decay
from vedette.catalogue.decay.track import track_itrf_m
from vedette.catalogue.decay.verdict import judge_fall
from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.core.space_weather import SpaceWeather
from vedette.formats.rdm import ReentryMessage, rdm_text
from vedette.formats.space_weather import read_space_weather
from vedette.frames import geodetic_from_itrf
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

CORRIDOR_KM: Final = 100.0  # to either side of the track: pieces with lift and wind, and the averages' own error
_STEP_S: Final = 120
_MOST_POINTS: Final = 1440
_DAY_NS: Final = 86_400 * NS_PER_S


def read_flux(path: Path) -> SpaceWeather:
    """A space weather file, .gz or not."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as trouble:
            raise BadInputError(f"damaged gzip ({trouble})", str(path), "fetch it again") from None
    return read_space_weather(data.decode("utf-8", "replace"), str(path))


def fall_interval(text: str) -> tuple[int, int]:
    """The instants between which it fell: the whole day where only a date is told, else a minute to either side."""
    if "T" not in text:
        start = tai_ns_from_utc_text(f"{text}T00:00:00Z")
        return start, start + _DAY_NS
    t = tai_ns_from_utc_text(text)
    return t - 60 * NS_PER_S, t + 60 * NS_PER_S


def reentry_document(decay: Decay, weather: SpaceWeather, interval: tuple[int, int] | None = None) -> dict[str, Any]:
    """The JSON of one object."""
    document: dict[str, Any] = {
        "id": decay.number, "name": decay.name, "designator": decay.designator,
        "epoch_utc": utc_text_from_tai_ns(decay.t_epoch_tai_ns),
        "t_utc": _utc(decay.t_tai_ns),
        "window": None if decay.window_90 is None else [_utc(t) for t in decay.window_90],
        "window_99": None if decay.window_99 is None else [_utc(t) for t in decay.window_99],
        "time_to_go_days": None if decay.t_tai_ns is None else round(_days_to_go(decay, decay.t_tai_ns), 4),
        "horizon_days": decay.horizon_days,
        "area_to_mass_m2_kg": round(decay.ratio.value_m2_kg, 6),
        "area_to_mass_from": decay.ratio.how,
        "models": {name: _utc(t) for name, t in decay.models.items()},
        "flux": weather.source,
        "ground_track": ground_track(decay),
        "corridor_half_width_km": CORRIDOR_KM,
        "marks": list(decay.marks),
    }  # fmt: skip
    if interval is not None:
        found = judge_fall(decay, *interval)
        document["fall"] = {"verdict": found.verdict, "natural_probability": round(found.natural_probability, 6)}
    return document


def ground_track(decay: Decay) -> list[dict[str, Any]]:
    """Points of the window, two minutes apart; of a window over two days, those of two days about its middle."""
    if decay.t_tai_ns is None or decay.window_90 is None:
        return []
    low, high = decay.window_90
    span = _MOST_POINTS * _STEP_S * NS_PER_S
    if high - low > span:
        low = max(low, decay.t_tai_ns - span // 2)
        high = min(high, low + span)
    t = np.arange(low, high + 1, _STEP_S * NS_PER_S)
    lat, lon, height = geodetic_from_itrf(track_itrf_m(decay, t))
    columns = (t.tolist(), np.degrees(lat).tolist(), np.degrees(lon).tolist(), (height / 1e3).tolist())
    return [
        {"t_utc": _utc(t_ns), "lat_deg": round(b, 3), "lon_deg": round(c, 3), "height_km": round(d, 1)}
        for t_ns, b, c, d in zip(*columns, strict=True)
    ]


def decay_words(row: dict[str, Any]) -> str:
    """One object in a few lines."""
    title = f"{row['id']} {row['name']}".strip()
    marks = "".join(f"  note: {mark}\n" for mark in row["marks"])
    fall = ""
    if "fall" in row:
        share = 100.0 * row["fall"]["natural_probability"]
        fall = f"  that fall: {row['fall']['verdict']} (natural with {share:.1f} %)\n"
    if row["t_utc"] is None:
        return f"{title}: does not come down within {row['horizon_days']:.0f} days of {row['epoch_utc']}\n{fall}{marks}"
    track = row["ground_track"]
    middle = track[_nearest(row)]
    models = ", ".join(f"{name} {t or 'later'}" for name, t in row["models"].items())
    return (
        f"{title}: {row['t_utc'][:16]}Z, {row['time_to_go_days']:.2f} days after its elements\n"
        f"  90 %: {row['window'][0][:16]}Z to {row['window'][1][:16]}Z   99 %: {row['window_99'][0][:16]}Z to "
        f"{row['window_99'][1][:16]}Z\n"
        f"  at the most probable minute over {middle['lat_deg']:.1f}°, {middle['lon_deg']:.1f}°; anywhere along the "
        f"track of the window, latitudes up to {max(abs(point['lat_deg']) for point in track):.0f}°\n"
        f"  air: {models}; area to mass {row['area_to_mass_m2_kg']:.4f} m2/kg from {row['area_to_mass_from']}\n"
        f"{fall}{marks}"
    )


def reentry_rdm(decay: Decay, weather: SpaceWeather) -> str:
    """The message of one object; its creation is its newest set's epoch, for time is no secret argument here."""
    assert decay.t_tai_ns is not None and decay.window_90 is not None
    return rdm_text(
        ReentryMessage(
            originator="VEDETTE", message_id=f"{decay.number}-{utc_text_from_tai_ns(decay.t_epoch_tai_ns)[:19]}",
            t_created_tai_ns=decay.t_epoch_tai_ns, object_name=decay.name, designator=_long(decay.designator),
            number=decay.number, t_zero_tai_ns=decay.t_epoch_tai_ns,
            lifetime_days=_days_to_go(decay, decay.t_tai_ns), t_nominal_tai_ns=decay.t_tai_ns,
            window=decay.window_90, confidence_percent=90.0, atmosphere=next(iter(decay.models)).upper(),
            solar_flux=weather.source,
        )
    )  # fmt: skip


def track_picture(row: dict[str, Any], path: Path) -> None:
    """The ground track of the window; needs matplotlib."""
    from vedette.core.errors import UsageError

    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("pictures need matplotlib: pip install matplotlib") from None
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    track = row["ground_track"]
    lon = np.array([point["lon_deg"] for point in track])
    lat = np.array([point["lat_deg"] for point in track])
    breaks = np.flatnonzero(np.abs(np.diff(lon)) > 180.0) + 1
    for part in np.split(np.arange(len(lon)), breaks):
        axes.plot(lon[part], lat[part], color="#1b6ca8", linewidth=0.7)
    near = _nearest(row)
    axes.plot(lon[near], lat[near], "o", color="#c0392b", label=f"most probable, {row['t_utc'][:16]}Z")
    axes.set(xlim=(-180, 180), ylim=(-90, 90), xlabel="longitude (deg)", ylabel="latitude (deg)")
    axes.set_xticks(range(-180, 181, 60))
    axes.set_yticks(range(-90, 91, 30))
    axes.grid(alpha=0.3)
    axes.set_title(f"{row['id']} {row['name']}: re-entry {row['window'][0][:16]}Z to {row['window'][1][:16]}Z (90 %)")
    axes.legend(loc="lower left")
    figure.savefig(path, dpi=110)


def _days_to_go(decay: Decay, t_tai_ns: int) -> float:
    return (t_tai_ns - decay.t_epoch_tai_ns) / _DAY_NS


def _nearest(row: dict[str, Any]) -> int:
    """Index of the track's point nearest to the most probable instant."""
    t = tai_ns_from_utc_text(row["t_utc"])
    return int(np.argmin([abs(tai_ns_from_utc_text(point["t_utc"]) - t) for point in row["ground_track"]]))


def _long(designator: str) -> str:
    """2018-099B from 18099B; what is already long stays."""
    if len(designator) < 6 or "-" in designator:
        return designator
    year = int(designator[:2])
    return f"{2000 + year if year < 57 else 1900 + year}-{designator[2:]}"


def _utc(t: int | None) -> str | None:
    return None if t is None else utc_text_from_tai_ns(t)
