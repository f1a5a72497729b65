"""The tracker: looks in, tracks out.

One loop for every sensor. `step` absorbs a look by the time it was measured and returns the tracks of now.
"""

from collections import deque
from collections.abc import Sequence
from functools import partial
from hashlib import blake2b

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.reports import Finding, FindingKind, Looks, Scan
from vedette.sensing import Sensor
from vedette.tracking.calibration import Calibration
from vedette.tracking.initiation import key_of
from vedette.tracking.look_log import LookChunk, looks_of
from vedette.tracking.motions import BoostCoastEntry, Motion
from vedette.tracking.prediction import predict
from vedette.tracking.reorder import Absorbed, Window, time_of_look_tai_ns
from vedette.tracking.rows import TrackRows, no_tracks
from vedette.tracking.sensor_views import SensorView, views_of, with_fresh_biases
from vedette.tracking.step import Policy, advance
from vedette.tracking.tracks import Tracks, name_of

_STEADY_LOOKS = 5  # looks with one delay, and then as many with another: a clock that stepped, not a bad line
_STEADY_S = 0.3
_REMEMBERED_S, _DOUBTED_S = 3600.0, 60.0  # how long the looks of ended tracks are kept: believed, and never believed


class Tracker:
    """Follows whatever some sensors see.

    Parameters
    ----------
    sensors : the sensors by which looks may come; a look's `sensor_id` is the sensor's `name`. When there is only one
        sensor of a kind, looks of that kind are taken to be its own whatever they are called.
    motion : what may be supposed of how things move; `Coasting()` or `BoostCoastEntry()`, the default
    lateness_s : looks up to this much older than the newest are still fitted in
    policy : when a track is believed and when given up
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        motion: Motion | None = None,
        lateness_s: float = 15.0,
        policy: Policy | None = None,
    ) -> None:
        if not sensors:
            raise UsageError("a tracker needs at least one sensor; give sensors=[...]")
        names = [sensor.name for sensor in sensors]
        if len(set(names)) < len(names):
            raise UsageError(f"two sensors share a name among {', '.join(names)}; give each its own name=")
        self.motion: Motion = motion or BoostCoastEntry()
        self.policy = policy or Policy()
        views = views_of(sensors)
        self._views = {view.sensor.name: view for view in views}
        self._nothing = partial(
            no_tracks, models=len(self.motion.modes), sensors=len(views), biases=len(views[0].bias_sigmas)
        )
        self._sensor_ids = tuple(names)
        self._window = Window(lateness_s)
        self._log: list[LookChunk] = []  # settled looks; those in the window hold their own
        self._rows: TrackRows | None = None
        self._names: dict[int, str] = {}  # of tracks that have been published, by what they began with
        self._findings: list[Finding] = []
        self._calibration = Calibration()
        self._delays: dict[str, deque[float]] = {}

    def step(self, scan: Scan) -> Tracks:
        """Absorb one look; the confirmed tracks at the newest time seen.

        A look that was absorbed before is ignored; one that is later than the window allows is refused; both leave a
        finding (`findings`). A look by an unknown sensor raises `NotFoundError`.
        """
        view = self._view_of(scan)
        scan = self._calibration.at_true_times(scan)
        t = time_of_look_tai_ns(scan, view.sensor.latency_s)
        digest = _digest(scan, t)
        if self._window.is_known(digest):
            self._say(FindingKind.DOUBT, scan, t, "the same look came twice; the second is ignored", "duplicate")
            return self.tracks
        self._watch_clock(scan, t)
        if self._window.is_too_late(t):
            late_s = ((self._window.newest_tai_ns or t) - t) / NS_PER_S
            words = f"a look {late_s:.1f} s behind the newest; {self._window.lateness_s:g} s can be fitted in"
            self._say(FindingKind.DOUBT, scan, t, f"{words}: it is not used for tracking", "late")
            return self.tracks
        self._fit_in((t, scan.sensor_id, digest), scan)
        return self.tracks

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
        return Tracks(rows, ids, self.motion.modes, tentative_count)

    def _name(self, key: int) -> str:
        return self._names.get(key) or name_of(key)

    def looks(self, track_id: str) -> Looks:
        """Everything a track was seen as, silence included (NaN rows), in order of measurement.

        Freed of what the sensors are known to read too much (`calibrate`). Also of tracks that have ended, for as long
        as they are remembered; `NotFoundError` otherwise.
        """
        chunks = self._chunks
        for chunk in reversed(chunks):
            for key in np.unique(chunk.key):
                if self._name(int(key)) == track_id:
                    return self._calibration.corrected_looks(looks_of(int(key), chunks, self._sensor_ids))
        raise NotFoundError(f"no track {track_id}; known: {', '.join(self.tracks.ids) or 'none'}")

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

    def findings(self) -> tuple[Finding, ...]:
        """What was doubtful since this was last asked: late, duplicate, clocks that step."""
        said, self._findings = tuple(self._findings), []
        return said

    def _view_of(self, scan: Scan) -> SensorView:
        view = self._views.get(scan.sensor_id)
        if view is None:
            alike = [v for v in self._views.values() if v.sensor.kind is scan.kind]
            if len(alike) != 1:
                known = ", ".join(self._sensor_ids)
                raise NotFoundError(f"a look by {scan.sensor_id!r}, which is not among the sensors {known}")
            view = alike[0]
        if view.sensor.kind is not scan.kind:
            raise UsageError(f"{scan.sensor_id} is {view.sensor.kind.value} but sent a look of kind {scan.kind.value}")
        return view

    def _fit_in(self, order: tuple[int, str, bytes], scan: Scan) -> None:
        """Put a look in its place and do again whatever was done after it."""
        window = self._window
        place = window.place(order)
        again = window.held[place:]
        if self._rows is None:
            self._rows = self._nothing(order[0])
        rows = again[0].before if again else self._rows
        del window.held[place:]
        for next_order, next_scan in [(order, scan), *((item.order, item.scan) for item in again)]:
            view = self._view_of(next_scan)
            after, chunk = advance(rows, next_scan, view, self.motion, self.policy, next_order[0])
            window.held.append(Absorbed(next_order, next_scan, rows, after, chunk))
            rows = after
        self._rows = rows
        self._publish(rows)
        window.newest_tai_ns = max(order[0], window.newest_tai_ns or order[0])
        self._log += [item.chunk for item in window.settle() if len(item.chunk)]
        if len(self._log) > 64:
            self._tidy()

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
            self._names[int(key)] = name

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
            self._names.pop(int(key), None)
        joined = LookChunk(
            *(np.concatenate([getattr(chunk, name) for chunk in self._log]) for name in LookChunk.__slots__)
        )
        stay = ~np.isin(joined.key, gone)
        self._log = [LookChunk(*(getattr(joined, name)[stay] for name in LookChunk.__slots__))]

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
