"""The tracker: looks in, tracks out.

One loop for every sensor. `step` absorbs a look by the time it was measured and returns the tracks of now.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.core.shapes import Bools, Rows
from vedette.motion.gravity import acceleration_itrf
from vedette.reports import Alternatives, Finding, FindingKind, Looks, Scan, SensorKind
from vedette.sensing import Infrared, Radar, Sensor
from vedette.tracking.choices import ChoiceLog, LookChoices
from vedette.tracking.clock_guard import ClockGuard, Verdict
from vedette.tracking.duplicates import merge_duplicates
from vedette.tracking.initiation import key_of
from vedette.tracking.interference.strobe_log import StrobeLog
from vedette.tracking.known_objects import KnownObjects, KnownPairs, known_pairs
from vedette.tracking.look_log import LookChunk, joined, looks_of
from vedette.tracking.motions import BoostCoastEntry, Motion
from vedette.tracking.prediction import believed_itrf, middle_itrf, predict
from vedette.tracking.registration.calibration import Calibration
from vedette.tracking.registration.terms import CLOCK
from vedette.tracking.reorder import Absorbed, Window, time_of_look_tai_ns
from vedette.tracking.rows import TrackRows, no_tracks
from vedette.tracking.sensor_views import SensorView, view_of, views_of, with_fresh_biases
from vedette.tracking.smoothing import SmoothedStates, smoothed
from vedette.tracking.step import Policy, advance
from vedette.tracking.still_lights import StillLights, stayed_at, still_candidates
from vedette.tracking.surprise import surprise
from vedette.tracking.tracks import Tracks, name_of

_STEADY_LOOKS = 5  # looks with one delay, and then as many with another: a clock that stepped, not a bad line
_STEADY_S = 0.3
_STEADILY_LATE = 3  # of the last few looks, before the window is widened for a feed
_NARROW_AFTER_S = 300.0
_COMPARE_EVERY_NS = 5 * NS_PER_S  # how often tracks are looked through for duplicates
_CHOICES_MIB = 4.0  # of what was weighed, for `explain`
_REMEMBERED_S, _DOUBTED_S = 3600.0, 60.0  # how long the looks of ended tracks are kept: believed, and never believed


class Tracker:
    """Follows whatever some sensors see.

    Parameters
    ----------
    sensors : the sensors by which looks may come; a look's `sensor_id` is the sensor's `name`. When there is only one
        sensor of a kind, looks of that kind are taken to be its own whatever they are called.
    motion : what may be supposed of how things move; `Coasting()` or `BoostCoastEntry()`, the default
    lateness_s : looks up to this much older than the newest are still fitted in; widened up to `lateness_max_s` while a
        feed comes steadily later than that
    policy : when a track is believed and when given up
    known_objects : what is known to be there already; detections that it explains begin no track, and are found by
        `looks` under its own id
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        motion: Motion | None = None,
        lateness_s: float = 15.0,
        policy: Policy | None = None,
        lateness_max_s: float = 90.0,
        known_objects: KnownObjects | None = None,
    ) -> None:
        if not sensors:
            raise UsageError("a tracker needs at least one sensor; give sensors=[...]")
        names = [sensor.name for sensor in sensors]
        if len(set(names)) < len(names):
            raise UsageError(f"two sensors share a name among {', '.join(names)}; give each its own name=")
        self.motion: Motion = motion or BoostCoastEntry()
        self.policy = policy or Policy()
        self.known_objects = known_objects
        self.known_seen_tai_ns: dict[str, int] = {}  # by id of a known object: when it was last met
        views = views_of(sensors)
        self._views = {view.sensor.name: view for view in views}
        self._nothing = partial(
            no_tracks, models=len(self.motion.modes), sensors=len(views), biases=len(views[0].bias_sigmas)
        )
        self._sensor_ids = tuple(names)
        self._window = Window(lateness_s)
        self._lateness_s, self._lateness_max_s = lateness_s, max(lateness_s, lateness_max_s)
        self._lateness: dict[str, deque[tuple[int, float]]] = {}  # by sensor: when, and how far behind the newest
        self._strobes = StrobeLog()
        self._clocks = ClockGuard()
        self._same_as: dict[int, int] = {}  # tracks that were found to be another, by key
        self._log: list[LookChunk] = []  # settled looks; those in the window hold their own
        self._tidied = 0  # how many of them, the first or none, were tidied into one
        self._recent: list[LookChunk] | None = None  # all in two chunks; None: something has changed
        self._rows: TrackRows | None = None
        self._names: dict[int, str] = {}  # of tracks that have been published, by what they began with
        self._keys: dict[str, tuple[int, ...]] = {}  # the same by name
        self._findings: list[Finding] = []
        self._calibration = Calibration()
        self._last_chunk: LookChunk | None = None  # of the look absorbed last; None when it was not used
        self._delays: dict[str, deque[float]] = {}
        self._widened_at_tai_ns = 0
        self._still: dict[str, StillLights] = {}  # by infrared sensor
        self._aside: dict[tuple[int, str, bytes], Bools] = {}  # detections of still lights, by look in the window
        self._choices = ChoiceLog(_CHOICES_MIB)

    def __getstate__(self) -> dict[str, Any]:
        """Without what can be made again."""
        return {**self.__dict__, "_recent": None}

    def step(self, scan: Scan) -> Tracks:
        """Absorb one look; the confirmed tracks at the newest time seen.

        A look that was absorbed before is ignored; one that is later than the window allows is refused; both leave a
        finding (`findings`). A look by an unknown sensor raises `NotFoundError`.
        """
        if scan.kind is SensorKind.STROBE:
            return self._hear_noise(scan)
        view = view_of(self._views, scan)
        self._last_chunk = None
        scan = self._calibration.at_true_times(scan)
        t = time_of_look_tai_ns(scan, self._usual_latency_s(scan, view.sensor.latency_s))
        digest = _digest(scan, t)
        if self._window.is_known(digest):
            self._say(FindingKind.DOUBT, scan, t, "the same look came twice; the second is ignored", "duplicate")
            return self.tracks
        self._watch_clock(scan, t)
        if isinstance(view.sensor, Radar) and len(scan):
            judged = self._clocks.judge(scan, view.sensor, self._states_at)
            if judged.words:
                self._say(FindingKind.DOUBT, scan, t, judged.words, "clock-step")
            if judged.verdict is Verdict.ASIDE:
                return self.tracks
            scan, t = judged.scan, time_of_look_tai_ns(judged.scan, view.sensor.latency_s)
            digest = _digest(scan, t)
        self._watch_lateness(scan, t)
        if self._window.is_too_late(t):
            late_s = ((self._window.newest_tai_ns or t) - t) / NS_PER_S
            words = f"a look {late_s:.1f} s behind the newest; {self._window.lateness_s:g} s can be fitted in"
            self._say(FindingKind.DOUBT, scan, t, f"{words}: it is not used for tracking", "late")
            return self.tracks
        order = (t, scan.sensor_id, digest)
        if isinstance(view.sensor, Infrared) and len(scan):
            self._set_aside(order, scan, view)
        self._fit_in(order, scan)
        if order in self._aside:
            self._end_still(scan, self._aside[order], view)
        return self.tracks

    def still_lights(self, sensor_id: str) -> int:
        """How many lights of an infrared sensor are known to stay where they are: what it finds there is no track's."""
        lights = self._still.get(sensor_id)
        return 0 if lights is None else int(lights.still.sum())

    def _set_aside(self, order: tuple[int, str, bytes], scan: Scan, view: SensorView) -> None:
        """Detections of lights that do not move are noted, and left out whenever the look is absorbed."""
        assert isinstance(view.sensor, Infrared)
        lights = self._still.setdefault(view.sensor.name, StillLights())
        aside = lights.judge(scan, view.origin_itrf_m(scan, order[0]), view.sensor.los_sigma_rad, order[0])
        if aside.any():
            self._aside[order] = aside

    def _end_still(self, scan: Scan, aside: Bools, view: SensorView) -> None:
        """Tracks that all along were a light which has turned out to be still come to their end."""
        rows = self._rows
        if rows is None or len(rows) == 0:
            return
        assert isinstance(view.sensor, Infrared)
        here = view.origin_itrf_m(scan, rows.t_tai_ns)
        los = scan.values[aside, :3]
        away = middle_itrf(rows)[:, :3] - here
        away /= np.linalg.norm(away, axis=1, keepdims=True)
        sigma = view.sensor.los_sigma_rad
        ends = [i for i in still_candidates(away, los, sigma) if self._was_still(int(rows.key[i]), los, view, sigma)]
        if ends:
            self._rows = rows.take(~np.isin(np.arange(len(rows)), ends))

    def _was_still(self, key: int, los: Rows, view: SensorView, sigma_rad: float) -> bool:
        """Whether a track was seen by this sensor alone, and always at one of these directions."""
        also = [gone for gone, stays in self._same_as.items() if stays == key]
        looks = looks_of((key, *also), self._few_chunks, self._sensor_ids)
        found = looks.is_detection
        if not np.all(looks.sensor_index[found] == view.index):
            return False
        return stayed_at(looks.values[found, :3], looks.sensor_positions_itrf_m[found], los, sigma_rad)

    @property
    def tracks(self) -> Tracks:
        """Confirmed tracks at the time of the newest look."""
        rows = self._rows
        if rows is None:
            rows = self._nothing(0)
        return self._shown(rows.take(rows.is_confirmed), int(np.count_nonzero(~rows.is_confirmed)))

    @property
    def tentative(self) -> Tracks:
        """Tracks that are not believed yet."""
        rows = self._rows
        if rows is None:
            return self.tracks
        return self._shown(rows.take(~rows.is_confirmed))

    def predict(self, t_tai_ns: int) -> Tracks:
        """Where the confirmed tracks will be at a later time, if nothing more is seen; changes nothing."""
        rows = self._rows
        if rows is None:
            return self.tracks
        return self._shown(predict(rows.take(rows.is_confirmed), t_tai_ns, self.motion))

    def _shown(self, rows: TrackRows, tentative_count: int = 0) -> Tracks:
        ids = tuple(self._name(int(key)) for key in rows.key)
        return Tracks(rows, ids, self.motion.modes, tentative_count, self._believed_itrf)

    def _believed_itrf(self, rows: TrackRows) -> tuple[Rows, Rows]:
        """As `believed_itrf`, with what is doubted of the clocks.

        A sensor whose clock is ahead sees everything where it was a moment before, all along the track: that doubt does
        not average away, so it is no noise. It is that of the clock of the sensor which a track is anchored to.
        """
        mean, cov = believed_itrf(rows)
        clock_s = np.array([self._clock_sigma_s(name) for name in self._sensor_ids])[rows.anchor_sensor]
        motion = np.concatenate([mean[:, 3:], acceleration_itrf(mean)], axis=1) * clock_s[:, None]
        return mean, cov + motion[:, :, None] * motion[:, None, :]

    def _clock_sigma_s(self, sensor_id: str) -> float:
        known_s = self._calibration.sigma(sensor_id, CLOCK)
        return self._views[sensor_id].sensor.clock_bias_sigma_s if known_s is None else known_s

    def _name(self, key: int) -> str:
        return self._names.get(key) or name_of(key)

    def looks(self, track_id: str) -> Looks:
        """Everything a track was seen as, silence included (NaN rows), in order of measurement.

        Freed of what the sensors are known to read too much (`calibrate`). Also of tracks that have ended, for as long
        as they are remembered; `NotFoundError` otherwise.
        """
        return self._calibration.corrected_looks(self._looks_as_told(track_id))

    def _looks_as_told(self, track_id: str) -> Looks:
        """As `looks`, with what the sensors read too much still in them."""
        chunks = self._few_chunks
        named = self._keys.get(track_id, ())
        key = named[0] if len(named) == 1 and any((chunk.key == named[0]).any() for chunk in chunks) else None
        if key is None:
            key = self._newest_key(track_id)
        also = [gone for gone, stays in self._same_as.items() if stays == key]
        return looks_of((key, *also), chunks, self._sensor_ids)

    def _newest_key(self, track_id: str) -> int:
        """The key by which a name was seen last: a track may go on under the name of another that ended."""
        for chunk in reversed(self._chunks):
            for key in np.unique(chunk.key):
                if self._name(int(key)) == track_id:
                    return int(key)
        raise NotFoundError(f"no track {track_id}; known: {', '.join(self.tracks.ids) or 'none'}")

    def smoothed(self, track_id: str, lag_s: float, since_tai_ns: int | None = None) -> SmoothedStates:
        """Where a living track was at its looks, each state given what was seen up to `lag_s` seconds after it.

        Its looks from `since_tai_ns` on are filtered again by the motion that it is now believed to follow, and
        smoothed backwards; where it moved in another way before, give the time of the change. `NotFoundError` when no
        such track lives, `UsageError` when fewer than three of its looks can be used.
        """
        rows = self._rows
        place = [] if rows is None else [i for i, key in enumerate(rows.key) if self._name(int(key)) == track_id]
        if rows is None or not place:
            raise NotFoundError(f"no living track {track_id}; known: {', '.join(self.tracks.ids) or 'none'}")
        mode = self.motion.modes[int(np.argmax(rows.mode_probability[place[0]]))]
        views = [self._views[name] for name in self._sensor_ids]
        one = smoothed(self._looks_as_told(track_id), views, self.motion, mode, lag_s, since_tai_ns)
        clock_s = self._clock_sigma_s(self._sensor_ids[int(rows.anchor_sensor[place[0]])])
        way = np.concatenate([one.states_itrf[:, 3:], acceleration_itrf(one.states_itrf)], axis=1) * clock_s
        return replace(one, state_covs_itrf=one.state_covs_itrf + way[:, :, None] * way[:, None, :])

    def explain(self, track_id: str) -> Alternatives:
        """What a track might have been seen as, look by look, as far back as is remembered: what lost, and by how much.

        `NotFoundError` when no such track is known.
        """
        keys = {int(key) for chunk in self._chunks for key in np.unique(chunk.key) if self._name(int(key)) == track_id}
        if not keys:
            raise NotFoundError(f"no track {track_id}; known: {', '.join(self.tracks.ids) or 'none'}")
        keys |= {gone for gone, stays in self._same_as.items() if stays in keys}
        return self._choices.of(sorted(keys), self._sensor_ids)

    @property
    def calibration(self) -> Calibration:
        """What is known of the sensors' biases."""
        return self._calibration

    def calibrate(self, calibration: Calibration, renew: Sequence[str] = ()) -> None:
        """From now on begin tracks with these biases and doubts in place of zero and the sensors' sigmas.

        Times of the scans to come are set right by the clocks' biases. Tracks that live keep what they know of the
        biases, except of sensors in `renew`, whose biases have moved: those are taken as told, anew.
        """
        views = views_of([view.sensor for view in self._views.values()], calibration)
        self._views = {view.sensor.name: view for view in views}
        self._calibration = calibration
        if self._rows is not None:
            for name in renew:
                self._rows = with_fresh_biases(self._rows, self._views[name])

    @property
    def _chunks(self) -> list[LookChunk]:
        """All evidence that is remembered, settled or not."""
        return self._log + [item.chunk for item in self._window.held]

    @property
    def _few_chunks(self) -> list[LookChunk]:
        """The same in two at most, what is long settled and all else: an object's looks are two comparisons."""
        if self._recent is None:
            later = [chunk for chunk in self._chunks[self._tidied :] if len(chunk)]
            self._recent = self._log[: self._tidied] + ([joined(later)] if later else [])
        return self._recent

    def pairs_of_last_look(self) -> tuple[tuple[int, str], ...]:
        """(row of the scan, track) of the detections that confirmed tracks took in the look absorbed last."""
        chunk = self._last_chunk
        if self._rows is None or chunk is None:
            return ()
        known = {int(key) for key in self._rows.key[self._rows.is_confirmed]}
        pairs = zip(chunk.scan_row.tolist(), chunk.key.tolist(), strict=True)
        return tuple((row, self._name(key)) for row, key in pairs if row >= 0 and key in known)

    def surprise(self, expected: Tracks, track_id: str, scan: Scan, row: int) -> tuple[float, int]:
        """(NIS, dimension) of a detection against a track of `predict`, by all that the filter doubts: biases too."""
        rows = expected.rows
        assert isinstance(rows, TrackRows)
        return surprise(rows, expected.ids.index(track_id), scan, row, view_of(self._views, scan))

    def findings(self) -> tuple[Finding, ...]:
        """What was doubtful since this was last asked: late, duplicate, clocks that step."""
        said, self._findings = tuple(self._findings), []
        return said

    def _fit_in(self, order: tuple[int, str, bytes], scan: Scan) -> None:
        """Put a look in its place and do again whatever was done after it."""
        window = self._window
        place = window.place(order)
        again = window.held[place:]
        if self._rows is None:
            self._rows = self._nothing(order[0])
        rows = again[0].before if again else self._rows
        del window.held[place:]
        self._absorb(rows, [(order, scan), *((item.order, item.scan) for item in again)])
        self._last_chunk = window.held[place].chunk
        window.newest_tai_ns = max(order[0], window.newest_tai_ns or order[0])
        settled = window.settle()
        for item in settled:
            self._aside.pop(item.order, None)
        self._recent = None
        self._log += [item.chunk for item in settled if len(item.chunk)]
        if len(self._log) > 64:
            self._tidy()

    def _absorb(self, rows: TrackRows, looks: list[tuple[tuple[int, str, bytes], Scan]]) -> None:
        """Looks in order of measurement onto rows of before them."""
        window, self._recent = self._window, None
        for order, scan in looks:
            view = view_of(self._views, scan)
            if isinstance(view.sensor, Radar):
                view = view.in_noise(self._strobes.field_at(view.sensor, order[0], scan.noise_rise_db))
            weighed: list[LookChoices] = []
            known = known_pairs(self.known_objects, scan, view, order[0])
            aside = self._aside.get(order)
            after, chunk = advance(rows, scan, view, self.motion, self.policy, order[0], weighed, known, aside)
            self._meet(known, chunk)
            self._choices.go_back(order)
            for choices in weighed:
                self._choices.add(order, choices.told_in(scan.rows_of_look))
            window.held.append(Absorbed(order, scan, rows, after, chunk))
            if after.t_tai_ns // _COMPARE_EVERY_NS != rows.t_tai_ns // _COMPARE_EVERY_NS:
                after = window.held[-1].after = self._without_duplicates(after)
            rows = after
        self._rows = rows
        self._publish(rows)

    def _meet(self, known: KnownPairs | None, chunk: LookChunk) -> None:
        """Note which known objects were met in a look."""
        if known is None:
            return
        for name, key in zip(known.ids, known.keys.tolist(), strict=True):
            mine = chunk.key == key
            if mine.any():
                self._call(key, name)
                t = int(chunk.t_measured_tai_ns[mine].max())
                self.known_seen_tai_ns[name] = max(t, self.known_seen_tai_ns.get(name, t))

    def _without_duplicates(self, rows: TrackRows) -> TrackRows:
        rows, merged = merge_duplicates(rows, self._chunks)
        for one in merged:
            if one.goes in self._names and one.goes not in self._same_as:
                stays = self._name(one.stays)
                text = f"{self._name(one.goes)} is the same object as {stays}; the older name stays"
                data = {"mark": "merged", "merged": self._name(one.goes)}
                self._findings.append(
                    Finding(
                        kind=FindingKind.DOUBT, object_id=stays, t_tai_ns=rows.t_tai_ns,
                        t_declared_tai_ns=rows.t_tai_ns, text=text, data=data,
                    )
                )  # fmt: skip
            self._same_as[one.goes] = one.stays
        return rows

    def _hear_noise(self, scan: Scan) -> Tracks:
        """Strobes change what the looks since then may be taken for: those are done again."""
        name = scan.sensor_id
        if name in self._views:
            t = time_of_look_tai_ns(scan, self._views[name].sensor.latency_s)
            window = self._window
            if self._strobes.add(scan, t) and not window.is_too_late(t):
                held = window.held
                since = [i for i, item in enumerate(held) if item.order[0] >= t and item.scan.sensor_id == name]
                if since:
                    place = since[0]
                    again = window.held[place:]
                    del window.held[place:]
                    self._absorb(again[0].before, [(item.order, item.scan) for item in again])
            if window.newest_tai_ns is not None:
                self._strobes.forget_before(window.newest_tai_ns - round((window.lateness_s + 60.0) * NS_PER_S))
        return self.tracks

    def _states_at(self, t_tai_ns: int) -> tuple[Rows, Rows]:
        """Means (n, 6) and covariances (n, 6, 6) of the confirmed tracks at an instant, past ones within the window."""
        rows = self._rows
        for item in reversed(self._window.held):
            if rows is None or rows.t_tai_ns <= t_tai_ns:
                break
            rows = item.before
        if rows is None or rows.t_tai_ns > t_tai_ns or not rows.is_confirmed.any():
            return np.empty((0, 6)), np.empty((0, 6, 6))
        return believed_itrf(predict(rows.take(rows.is_confirmed), t_tai_ns, self.motion))

    def _usual_latency_s(self, scan: Scan, stated_s: float) -> float:
        """How late this sensor's looks come: as stated, or as they have come lately if that is quite different."""
        delays = self._delays.get(scan.sensor_id)
        if len(scan) or delays is None or len(delays) < _STEADY_LOOKS:
            return stated_s
        usual_s = float(np.median(delays))
        return usual_s if abs(usual_s - stated_s) > 2.0 else stated_s

    def _watch_lateness(self, scan: Scan, t_tai_ns: int) -> None:
        """Widen the window for a feed that is steadily late, within bounds, and narrow it when it no longer is."""
        window = self._window
        if window.newest_tai_ns is None:
            return
        behind_s = (window.newest_tai_ns - t_tai_ns) / NS_PER_S
        log = self._lateness.setdefault(scan.sensor_id, deque(maxlen=_STEADY_LOOKS))
        log.append((scan.t_received_tai_ns, behind_s))
        beyond = [late for _, late in log if window.lateness_s < late <= self._lateness_max_s]
        if len(beyond) >= _STEADILY_LATE:
            window.lateness_s = float(min(1.15 * max(beyond) + 2.0, self._lateness_max_s))
            words = f"its looks steadily come {np.median(beyond):.0f} s behind the newest"
            self._say(
                FindingKind.DOUBT, scan, t_tai_ns, f"{words}; up to {window.lateness_s:.0f} s are now fitted in",
                "late-steady",
            )  # fmt: skip
        elif window.lateness_s > self._lateness_s:
            edge = scan.t_received_tai_ns - round(_NARROW_AFTER_S * NS_PER_S)
            needed = [late for one in self._lateness.values() for t, late in one if t >= edge]
            if self._widened_at_tai_ns < edge and max(needed, default=0.0) < self._lateness_s:
                window.lateness_s = self._lateness_s
        if beyond or behind_s > self._lateness_s:
            self._widened_at_tai_ns = scan.t_received_tai_ns

    def _publish(self, rows: TrackRows) -> None:
        """Give names to tracks that have just been confirmed, and never take one back.

        A late look may show that an object was seen before: then its track begins earlier, from another detection. It
        goes on under the name that it was first published by.
        """
        for key in rows.key[rows.is_confirmed]:
            if int(key) in self._names:
                continue
            name = name_of(int(key))
            for chunk in self._chunks:
                for i in np.flatnonzero((chunk.key == key) & (chunk.scan_row >= 0)):
                    sensor = self._sensor_ids[chunk.sensor_index[i]]
                    first = key_of(sensor, int(chunk.t_measured_tai_ns[i]), chunk.values[i])
                    if first in self._names and first not in rows.key:
                        name = self._names[first]
            self._call(int(key), name)

    def _call(self, key: int, name: str) -> None:
        """Let a track have a name."""
        if self._names.get(key) != name:
            self._forget_name(key)
            self._names[key] = name
            self._keys[name] = (*self._keys.get(name, ()), key)

    def _forget_name(self, key: int) -> None:
        name = self._names.pop(key, None)
        if name is not None:
            left = tuple(one for one in self._keys.pop(name) if one != key)
            self._keys |= {name: left} if left else {}

    def _tidy(self) -> None:
        """Settled evidence into one chunk, without that of tracks that ended long ago or never were.

        Memory stays flat over days, and looking a track up is one comparison and not one for every look there was.
        """
        assert self._rows is not None
        newest = self._rows.t_tai_ns
        keys = np.concatenate([chunk.key for chunk in self._log])
        t = np.concatenate([chunk.t_measured_tai_ns for chunk in self._log])
        unique, place = np.unique(keys, return_inverse=True)
        last = np.full(len(unique), np.iinfo(np.int64).min)
        np.maximum.at(last, place, t)
        keep_s = np.where([int(key) in self._names for key in unique], _REMEMBERED_S, _DOUBTED_S)
        gone = unique[((newest - last) / NS_PER_S > keep_s) & ~np.isin(unique, self._rows.key)]
        for key in gone:
            self._forget_name(int(key))
        whole = joined(self._log)
        stay = ~np.isin(whole.key, gone)
        self._log = [LookChunk(*(getattr(whole, name)[stay] for name in LookChunk.__slots__))]
        self._tidied, self._recent = 1, None

    def _watch_clock(self, scan: Scan, t_tai_ns: int) -> None:
        """A sensor whose delay jumps and stays there, or is negative, has a clock that stepped: say so, once a step."""
        if not len(scan):
            return
        delays = self._delays.setdefault(scan.sensor_id, deque(maxlen=2 * _STEADY_LOOKS))
        delays.append((scan.t_received_tai_ns - t_tai_ns) / NS_PER_S)
        if len(delays) < 2 * _STEADY_LOOKS:
            return
        before_s, after_s = np.array(delays)[:_STEADY_LOOKS], np.array(delays)[_STEADY_LOOKS:]
        step_s = float(np.median(before_s) - np.median(after_s))
        if max(np.ptp(before_s), np.ptp(after_s)) < _STEADY_S and abs(step_s) > 2.0 * _STEADY_S:
            late_s = float(np.median(after_s))
            words = f"its clock seems to have stepped by {step_s:+.1f} s; its looks now come {late_s:.1f} s late"
            self._say(FindingKind.DOUBT, scan, t_tai_ns, words, "clock-step")
            delays.clear()

    def _say(self, kind: FindingKind, scan: Scan, t_tai_ns: int, words: str, mark: str) -> None:
        text = f"{scan.sensor_id}: {words}"
        data = {"mark": mark, "sensor_id": scan.sensor_id}
        self._findings.append(
            Finding(
                kind=kind, object_id=scan.sensor_id, t_tai_ns=t_tai_ns, t_declared_tai_ns=t_tai_ns, text=text, data=data
            )
        )


def _digest(scan: Scan, t_tai_ns: int) -> bytes:
    """What a look says, without when it came; the order of its rows does not matter."""
    text = blake2b(digest_size=16)
    text.update(f"{scan.sensor_id}|{scan.kind.value}|{t_tai_ns}|{len(scan)}".encode())
    if len(scan):
        rows = np.column_stack([scan.t_measured_tai_ns.astype(float), scan.values, scan.sigmas])
        order = np.lexsort(rows.T)
        text.update(np.ascontiguousarray(rows[order]).tobytes())
        text.update(np.ascontiguousarray(scan.t_measured_tai_ns[order]).tobytes())
    return text.digest()
