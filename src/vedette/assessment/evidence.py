"""Looks of one object as the arrays the launch fit works on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.reports import HORIZON_KINDS, KIND_CODES, SIGHT_KINDS, Looks, SensorKind
from vedette.sensing.measure import tangent_basis

SILENCE_WIDTH_S = 0.1
_REFRACTION_DOUBT_RAD = 2e-4  # the day's air bends low rays by a tenth more or less than the mean air
# the fit meets a detection as azimuth-elevation-range (0) or as a direction (1); an over-the-horizon echo, a time
# difference and a strobe are neither, and are left to the tracker
_FIT_KINDS = {KIND_CODES[kind]: 0 for kind in HORIZON_KINDS if kind is not SensorKind.OVER_THE_HORIZON} | {
    KIND_CODES[kind]: 1 for kind in SIGHT_KINDS
}
_BOOST_DOUBT = (1e-4, 1e-4, 60.0, 5.0)  # rad, rad, m, m/s


@dataclass(frozen=True, slots=True, eq=False)
class Unseen:
    """Looks (k,) in vain of infrared watchers that never found what another found, before and after."""

    t_s: Scalar  # after the first detection
    sensor: Ints
    chance: Scalar  # to find it, could it be seen from there


class BiasedSensor(Protocol):
    """What the fit asks of a sensor: its constant errors' sigmas are read by name, absent means zero."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Detections sorted by time (n rows) and infrared looks, found or not (m rows). Seconds after `epoch`.

    A watcher that looked in vain while others found it before and after, and has never found it, stands apart
    (`unseen`): its looks tell whether it can be seen from there at all, and not when it burnt.
    """

    epoch_tai_ns: int
    sensor_ids: tuple[str, ...]
    bias_sigmas: Rows  # (sensors, 4)
    t_s: Scalar
    kind: Ints
    sensor: Ints
    value: Rows
    weight: Rows
    place: Rows
    axes: Rows
    t_silence_s: Scalar
    found: Bools
    chance: Scalar
    unseen: "Unseen" = field(default_factory=lambda: Unseen(np.empty(0), np.empty(0, dtype=np.int64), np.empty(0)))

    def __len__(self) -> int:
        return len(self.t_s)


def _enu_axes(place: Rows) -> Rows:
    from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf

    lat, lon, _ = geodetic_from_itrf(place)
    return np.asarray(enu_from_itrf_matrix(lat, lon))


def bias_sigmas_of(sensor: object) -> tuple[float, float, float, float]:
    """Angle, angle, range (m) and clock (s) one-sigma constant errors of a sensing.Radar or sensing.Infrared."""
    clock = float(getattr(sensor, "clock_bias_sigma_s", 0.0))
    if hasattr(sensor, "los_bias_sigma_rad"):
        angle = float(sensor.los_bias_sigma_rad)
        return angle, angle, 0.0, clock
    if hasattr(sensor, "bias_sigmas"):
        azimuth, elevation, range_m, _ = (float(b) for b in sensor.bias_sigmas)
        return azimuth, float(np.hypot(elevation, _REFRACTION_DOUBT_RAD)), range_m, clock
    own = np.asarray(getattr(sensor, "residual_bias_sigmas", np.empty(0)))
    if len(own) == 4:
        return float(own[0]), float(own[1]), float(own[2]), clock
    return 0.0, 0.0, 0.0, clock


def is_for_fit(looks: Looks) -> Bools:
    """(n,) looks that the launch fit can use: detections with a direction, and the silence of infrared watchers."""
    fits = np.isin(looks.kind_code, list(_FIT_KINDS))
    watching = (looks.kind_code == KIND_CODES[SensorKind.INFRARED]) | (looks.kind_code == KIND_CODES[SensorKind.RADAR])
    return fits & (np.isfinite(looks.values[:, 0]) | (watching & ~looks.is_detection))


def evidence_from_looks(looks: Looks, sensors: Mapping[str, object], until_tai_ns: int | None = None) -> Evidence:
    """Arrays of one object's looks, times after the first of them, rows sorted by time; none where none is of use."""
    keep = is_for_fit(looks)
    if until_tai_ns is not None:
        keep &= looks.t_measured_tai_ns <= until_tai_ns
    order = np.flatnonzero(keep)
    order = order[np.argsort(looks.t_measured_tai_ns[order], kind="stable")]
    detected = looks.is_detection[order]
    first = np.append(order[detected], order)[:1]  # the first detection, or the first silence
    epoch = int(looks.t_measured_tai_ns[first][0]) if len(first) else 0
    t_s = (looks.t_measured_tai_ns[order] - epoch) / NS_PER_S
    kind = np.array([_FIT_KINDS[int(code)] for code in looks.kind_code[order]], dtype=np.int64)
    sensor = looks.sensor_index[order].astype(np.int64)
    value, sigma, place = looks.values[order], looks.sigmas[order], looks.sensor_positions_itrf_m[order]
    infrared = looks.kind_code[order] == KIND_CODES[SensorKind.INFRARED]  # who sees flames, and misses them
    chance = _chance(infrared, detected, sensor, value, looks.sensor_ids, sensors)
    d = detected
    in_vain, hidden = _in_vain(t_s, infrared, detected, sensor)
    telling = infrared & ~hidden
    axes = np.zeros((int(d.sum()), 3, 3))
    ir = kind[d] == 1
    if ir.any():
        axes[ir, :2] = tangent_basis(value[d][ir, :3])
    if (~ir).any():
        axes[~ir] = _enu_axes(place[d][~ir])
    boost_doubt = np.zeros_like(sigma)
    lit = t_s[infrared & detected]
    if len(lit):  # while it burns, flight differs from our model of it by more than a radar's error
        boost_doubt[(kind == 0) & (t_s <= lit.max() + 3.0)] = _BOOST_DOUBT
    sigma = np.hypot(sigma, boost_doubt)
    weight = np.where(np.isfinite(value[d]), 1.0 / np.where(np.isfinite(sigma[d]), sigma[d], np.inf), 0.0)
    weight[ir, 2:] = 0.0
    values = np.where(np.isfinite(value[d]), value[d], 0.0)
    biases = np.array([bias_sigmas_of(sensors.get(s)) for s in looks.sensor_ids]).reshape(-1, 4)
    biases[~np.isin(np.arange(len(biases)), sensor[d])] = 0.0  # who found nothing has no errors to be found
    return Evidence(
        epoch_tai_ns=epoch,
        sensor_ids=looks.sensor_ids,
        bias_sigmas=biases,
        t_s=t_s[d], kind=kind[d], sensor=sensor[d], value=values, weight=weight, place=place[d], axes=axes,
        t_silence_s=t_s[telling], found=detected[telling], chance=chance[telling],
        unseen=Unseen(t_s[in_vain], sensor[in_vain], chance[in_vain]),
    )  # fmt: skip


def _in_vain(t_s: Scalar, infrared: Bools, detected: Bools, sensor: Ints) -> tuple[Bools, Bools]:
    """(n,) looks in vain, while it shone, of watchers that never found it; and all looks of these watchers."""
    shone = infrared & detected
    if not shone.any():
        return shone, shone
    never = infrared & ~np.isin(sensor, sensor[shone])
    in_vain = never & (t_s >= 0.0) & (t_s <= t_s[shone].max())
    return in_vain, infrared & np.isin(sensor, sensor[in_vain])


def _chance(
    infrared: Bools, detected: Bools, sensor: Ints, value: Rows, names: tuple[str, ...], sensors: Mapping[str, object]
) -> Scalar:
    """Chance that each infrared look would find the flame if it burnt, judged by the brightness seen just before."""
    chance = np.full(len(sensor), 0.9)
    for i, name in enumerate(names):
        watcher = sensors.get(name)
        ceiling = float(getattr(watcher, "detection_probability", 0.95))
        recent: list[float] = []
        for row in np.flatnonzero(infrared & (sensor == i)):
            seen = ceiling
            if recent and hasattr(watcher, "detection_probability_of"):
                seen = float(watcher.detection_probability_of(np.median(recent[-3:])))
            chance[row] = min(max(seen, 0.02), 0.995)
            if detected[row] and np.isfinite(value[row, 3]):
                recent.append(float(value[row, 3]))
    return chance
