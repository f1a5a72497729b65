"""What a registration says to people: "radar-west reads 1.90 km long, 95 m doubt; since 10:04Z"."""

from collections.abc import Mapping
from math import degrees, isfinite

import numpy as np

from vedette.reports import Finding, FindingKind
from vedette.time import utc_text_from_tai_ns
from vedette.tracking.registration.policy import BiasAlarm, BiasEstimate

_SAID = {  # unit, more, less
    "azimuth_rad": ("deg", "right in azimuth", "left in azimuth"),
    "elevation_rad": ("deg", "high", "low"),
    "range_m": ("m", "long", "short"),
    "clock_s": ("s", "its clock ahead", "its clock behind"),
    "angle_1_rad": ("urad", "east in its sky", "west in its sky"),
    "angle_2_rad": ("urad", "north in its sky", "south in its sky"),
    "range_scale": ("ppm", "long by scale", "short by scale"),
    "lean_east_rad": ("deg", "leaning east", "leaning west"),
    "lean_north_rad": ("deg", "leaning north", "leaning south"),
}


def quantity(term: str, value: float) -> str:
    """A size in the unit people use: 1.90 km, 95 m, 0.0213 deg, 41 urad, 3.1 ms."""
    unit, size = _SAID[term][0], abs(value)
    if unit == "m":
        return f"{size / 1e3:.2f} km" if size >= 1e3 else f"{size:.0f} m" if size >= 10 else f"{size:.3f} m"
    if unit == "deg":
        return f"{degrees(size):.4f} deg"
    if unit == "s":
        return f"{size:.3f} s" if size >= 0.1 else f"{size * 1e3:.2f} ms" if size >= 1e-4 else f"{size * 1e6:.1f} us"
    return f"{size * 1e6:.1f} {unit}"


def reading_words(estimate: BiasEstimate, terms: tuple[str, ...]) -> str:
    """How a sensor reads, term by term, with the doubt that is left."""
    parts = []
    for term in terms:
        value, sigma = estimate.bias(term), estimate.sigma(term)
        _, more, less = _SAID[term]
        if abs(value) < 2.0 * sigma:
            parts.append(f"{plain(term)} right within {quantity(term, sigma)}")
        else:
            parts.append(f"{quantity(term, value)} {more if value > 0 else less}, {quantity(term, sigma)} doubt")
    return "; ".join(parts)


def established_finding(estimate: BiasEstimate, terms: tuple[str, ...], t_tai_ns: int) -> Finding:
    """Biases that are known from now on."""
    text = f"{estimate.sensor_id} reads {reading_words(estimate, terms)}; since {_clock(t_tai_ns)}"
    return _finding(estimate, t_tai_ns, t_tai_ns, text, {"mark": "bias-established", "terms": list(terms)})


def alarm_finding(sensor_id: str, alarm: BiasAlarm, estimate: BiasEstimate) -> Finding:
    """A bias has moved."""
    text = alarm_words(sensor_id, alarm)
    if alarm.term:
        text += f"; it now reads {reading_words(estimate, (alarm.term,))}"
    data = {"mark": f"bias-{alarm.how}", "terms": [alarm.term] if alarm.term else list(estimate.terms)}
    return _finding(estimate, alarm.t_onset_tai_ns, alarm.t_raised_tai_ns, text, data)


def plain(term: str) -> str:
    """The word for a term."""
    return {"clock_s": "clock", "range_m": "range", "angle_1_rad": "east angle", "angle_2_rad": "north angle"}.get(
        term, term.removesuffix("_rad").replace("_", " ")
    )


def alarm_words(sensor_id: str, alarm: BiasAlarm) -> str:
    """One alarm as a sentence."""
    if alarm.how == "outliers" or not isfinite(alarm.size):
        return f"{sensor_id}: its looks no longer fit any known object; its biases are learnt anew"
    _, more, less = _SAID[alarm.term]
    verb = "has stepped" if alarm.how == "step" else "has drifted"
    which = more if alarm.size > 0 else less
    size, doubt = quantity(alarm.term, alarm.size), quantity(alarm.term, alarm.sigma)
    since = _clock(alarm.t_onset_tai_ns)
    return f"{sensor_id}: {plain(alarm.term)} {verb} by {size} ({which}), {doubt} doubt, since about {since}"


def _clock(t_tai_ns: int) -> str:
    return utc_text_from_tai_ns(t_tai_ns)[11:16] + "Z"


def _finding(estimate: BiasEstimate, t: int, t_declared: int, text: str, data: Mapping[str, object]) -> Finding:
    figures = {
        "sensor_id": estimate.sensor_id,
        "biases": dict(zip(estimate.terms, np.asarray(estimate.biases).tolist(), strict=True)),
        "sigmas": dict(zip(estimate.terms, np.asarray(estimate.sigmas).tolist(), strict=True)),
    }
    return Finding(
        kind=FindingKind.REGISTRATION,
        object_id=estimate.sensor_id,
        t_tai_ns=t,
        t_declared_tai_ns=t_declared,
        text=text,
        data={**data, **figures},
    )
