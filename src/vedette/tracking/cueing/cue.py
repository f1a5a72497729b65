"""Cueing: when and where a track will appear to another sensor, and the volume of sky to search for it.

A cue ends at a sensor's search volume. It says where to look, how long that takes and how likely it is to find
something; it is never anything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.core.shapes import Bools, Scalar
from vedette.sensing import Sensor
from vedette.tracking.cueing.flown_samples import FlownSamples, fly_samples
from vedette.tracking.cueing.search_volume import SearchVolume, beam_of, in_field, search_volume
from vedette.tracking.tracks import Tracks

LEAST_CHANCE = 0.01  # a sensor that sees less of the belief than this is not cued


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """One track as one sensor will meet it.

    `rise` and `set` are medians over the belief of when the object enters the field of regard and leaves it, each with
    its 90 % interval; `best` is the instant at which one look is most likely to find it. All three are None when the
    object does not appear within the horizon. `volumes` holds the search volume at each instant from the first to the
    last at which a hundredth of the belief is in the field; it grows with time.
    """

    track_id: str
    sensor_id: str
    t_tai_ns: int  # of the belief that it is made from
    horizon_s: float
    appears_probability: float
    rise_tai_ns: int | None
    rise_90_tai_ns: tuple[int, int] | None
    best_tai_ns: int | None
    set_tai_ns: int | None
    set_90_tai_ns: tuple[int, int] | None
    volumes: tuple[SearchVolume, ...]

    def volume_at(self, t_tai_ns: int) -> SearchVolume:
        """The volume of the instant nearest to this one."""
        if not self.volumes:
            raise NotFoundError(f"{self.track_id} does not appear to {self.sensor_id}: there is no search volume")
        return min(self.volumes, key=lambda volume: abs(volume.t_tai_ns - t_tai_ns))


def cue(
    tracks: Tracks,
    sensors: Iterable[Sensor],
    *,
    track_id: str | None = None,
    horizon_s: float = 1800.0,
    step_s: float = 10.0,
    probability: float = 0.99,
    samples: int = 1500,
    rcs_m2: float = 0.5,
    beam_width_deg: float | None = None,
    dwell_s: float | None = None,
    seed: int = 0,
) -> tuple[Cue, ...]:
    """When and where each track appears to each sensor, and the volume to search.

    Parameters
    ----------
    tracks : confirmed tracks at one instant, as a tracker gives them
    sensors : to be cued; the one that made the track may be among them
    track_id : one track only; all of them by default
    horizon_s : how far ahead
    step_s : between the instants at which volumes are given
    probability : that a volume holds the object
    samples : draws of each track's belief; the corners of a 99 % box rest on a hundredth of them
    rcs_m2 : the echo a radar is supposed to meet
    beam_width_deg, dwell_s : of the sensors' beams, instead of what their figures imply (`search_volume.beam_of`)

    Returns
    -------
    One cue for each track and sensor, tracks outermost. The same arguments give the same cues.
    """
    if not 0.5 <= probability < 1.0:
        raise UsageError(f"a volume of {probability:g} probability; give 0.5 to 0.9999")
    if not 0.0 < step_s <= horizon_s <= 86_400.0:
        raise UsageError(f"steps of {step_s:g} s up to {horizon_s:g} s; give 0 < step <= horizon <= a day")
    if samples < 200:
        raise UsageError(f"{samples} samples; a 99 % volume needs 200 or more")
    if track_id is not None and track_id not in tracks.ids:
        raise NotFoundError(f"no track {track_id}; there are {', '.join(tracks.ids) or 'none'}")
    after_s = np.arange(0.0, horizon_s + 0.5 * step_s, step_s)
    wanted = [i for i, name in enumerate(tracks.ids) if track_id in (None, name)]
    width = None if beam_width_deg is None else float(np.radians(beam_width_deg))
    able = list(sensors)
    for sensor in able:
        beam_of(sensor, width, dwell_s)  # says so if it cannot be
    cues = []
    for index in wanted:
        rng = np.random.default_rng([seed, crc32(tracks.ids[index].encode())])
        flown = fly_samples(tracks, index, after_s, samples, rng)
        cues += [
            _cue_of(tracks.ids[index], flown, sensor, probability, rcs_m2, width, dwell_s) for sensor in able
        ]  # fmt: skip
    return tuple(cues)


def _cue_of(
    track_id: str, flown: FlownSamples, sensor: Sensor, probability: float, rcs_m2: float,
    width_rad: float | None, dwell_s: float | None,
) -> Cue:  # fmt: skip
    t_tai_ns = flown.t_tai_ns + np.round(flown.after_s * NS_PER_S).astype(np.int64)
    seen = np.array([
        in_field(sensor, flown.states_itrf[k], flown.is_burning[k], int(t)) for k, t in enumerate(t_tai_ns)
    ])  # fmt: skip
    share = seen.mean(axis=1)
    shown = np.flatnonzero(share >= LEAST_CHANCE)
    made: list[SearchVolume] = []
    for k in range(shown[0], shown[-1] + 1) if len(shown) else ():
        volume = search_volume(
            sensor, flown.states_itrf[k], flown.is_burning[k], int(t_tai_ns[k]),
            probability=probability, rcs_m2=rcs_m2, beam_width_rad=width_rad, dwell_s=dwell_s,
        )  # fmt: skip
        if volume is not None:
            made.append(volume)
    ever = seen.any(axis=0)
    horizon_s = float(flown.after_s[-1])
    if not made or not ever.any():
        never = float(ever.mean())
        return Cue(track_id, sensor.name, flown.t_tai_ns, horizon_s, never, None, None, None, None, None, ())
    rise, rise_90 = _spread(t_tai_ns[np.argmax(seen[:, ever], axis=0)])
    last, last_90 = _spread(t_tai_ns[_last(seen[:, ever])])
    best = max(made, key=lambda volume: (volume.detection_probability, -volume.t_tai_ns))
    return Cue(
        track_id, sensor.name, flown.t_tai_ns, horizon_s, float(ever.mean()), rise, rise_90, best.t_tai_ns, last,
        last_90, tuple(made),
    )  # fmt: skip


def _last(seen: Bools) -> Scalar:
    """Row of the last True of each column."""
    return len(seen) - 1 - np.argmax(seen[::-1], axis=0)


def _spread(t_tai_ns: Scalar) -> tuple[int, tuple[int, int]]:
    """Median and 90 % interval."""
    ordered = np.sort(t_tai_ns)
    n = len(ordered)
    return int(ordered[n // 2]), (int(ordered[int(0.05 * (n - 1))]), int(ordered[int(np.ceil(0.95 * (n - 1)))]))
