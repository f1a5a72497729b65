"""The tracker for crowded skies: the interface of `Tracker`, with up to a hundred thousand objects.

One Gaussian of six numbers to a track instead of a bank of motions, a time stamp of its own to each, and compiled
passes from the look to the picture. Association is chosen by name.
"""

import weakref
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.reports import KIND_CODES, Alternatives, Finding, FindingKind, Looks, Scan, SensorKind
from vedette.sensing import Sensor
from vedette.tracking.choices import ChoiceLog
from vedette.tracking.crowd.known import claimed, part_of, with_claims
from vedette.tracking.crowd.leaf_step import METHODS, Method, absorb_leaves
from vedette.tracking.crowd.look import CrowdLook, look_of
from vedette.tracking.crowd.pairing import carry
from vedette.tracking.crowd.pairs import Association, nearest_pairs
from vedette.tracking.crowd.policy import CrowdPolicy
from vedette.tracking.crowd.rows import CrowdColumns
from vedette.tracking.crowd.seeds import keys_of
from vedette.tracking.crowd.starts import Crowd
from vedette.tracking.crowd.step import Absorbed, absorb
from vedette.tracking.kernels.flight_kernel import COAST
from vedette.tracking.known_objects import KnownObjects, key_of_known, known_pairs
from vedette.tracking.reorder import time_of_look_tai_ns
from vedette.tracking.sensor_views import SensorView, view_of, views_of
from vedette.tracking.tracks import Tracks, name_of, number_of

ASSOCIATIONS: dict[str, Association | Method] = {"gnn": nearest_pairs, **METHODS}
_NAME_BITS = 60  # a hundred thousand names must not meet by chance
_MEBIBYTE = 2**20


class CrowdTracker:
    """Follows thousands of objects.

    Parameters
    ----------
    sensors : as for `Tracker`
    policy : how things move, when a track is believed and when given up
    association : "gnn", "jpda", "lmb" or "mht" (see `leaves` for what they are), one of the latter three with settings
        of one's own (`Mixtures`, `Trees`), or a choice of one's own (see `Association`)
    lateness_s : looks up to this much older than the newest are still fitted in, as long as what must be kept for that
        fits into `window_mib`; with a hundred thousand tracks hardly one look does
    looks_mib : what `looks` remembers of the evidence, newest first
    choices_mib : what `explain` remembers of what was weighed, newest first
    known_objects : as for `Tracker`
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        policy: CrowdPolicy | None = None,
        association: str | Association | Method = "gnn",
        lateness_s: float = 2.0,
        window_mib: float = 16.0,
        looks_mib: float = 16.0,
        choices_mib: float = 8.0,
        known_objects: KnownObjects | None = None,
    ) -> None:
        if not sensors:
            raise UsageError("a tracker needs at least one sensor; give sensors=[...]")
        names = [sensor.name for sensor in sensors]
        if len(set(names)) < len(names):
            raise UsageError(f"two sensors share a name among {', '.join(names)}; give each its own name=")
        if isinstance(association, str):
            if association not in ASSOCIATIONS:
                raise UsageError(f"no association is called {association!r}; there are {', '.join(ASSOCIATIONS)}")
            association = ASSOCIATIONS[association]
        self.policy = policy or CrowdPolicy()
        self.lateness_s = lateness_s
        self.known_objects = known_objects
        self.known_seen_tai_ns: dict[str, int] = {}  # by id of a known object: when it was last met
        self._associate = association
        self._views = {view.sensor.name: view for view in views_of(sensors)}
        self._sensor_ids = tuple(names)
        self._crowd = Crowd()
        self._newest_tai_ns: int | None = None
        self._held: deque[_Held] = deque()
        self._settled: deque[bytes] = deque(maxlen=512)
        self._window_bytes, self._looks_bytes = window_mib * _MEBIBYTE, looks_mib * _MEBIBYTE
        self._log: deque[_Evidence] = deque()
        self._log_bytes = 0
        self._choices = ChoiceLog(choices_mib)
        self._findings: list[Finding] = []
        self._is_narrow_said = False
        self._shown: weakref.ref[_Shown] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """As it is kept: tracks that were handed out have values of their own from here on."""
        self._freeze()
        return self.__dict__

    def step(self, scan: Scan) -> Tracks:
        """Absorb one look; the confirmed tracks at the newest time seen.

        A look that came before is ignored and one too late is refused, with a finding. A look by an unknown sensor
        raises `NotFoundError`. Strobes are let pass: the noise over a whole look comes with the look itself.
        """
        if scan.kind is SensorKind.STROBE:
            return self.tracks
        view = view_of(self._views, scan)
        t = time_of_look_tai_ns(scan, view.sensor.latency_s)
        digest = _digest(scan, t)
        if digest in self._settled or any(held.order[2] == digest for held in self._held):
            self._say(scan, t, "the same look came twice; the second is ignored", "duplicate")
            return self.tracks
        order = (t, scan.sensor_id, digest)
        first_held = self._held[0].order if self._held else None
        newest = self._newest_tai_ns
        if newest is not None and t < newest and (first_held is None or order < first_held):
            late_s = (newest - t) / NS_PER_S
            words = f"a look {late_s:.1f} s behind the newest; {self._reach_s:.1f} s can be fitted in"
            self._say(scan, t, f"{words}: it is not used for tracking", "late")
            return self.tracks
        self._freeze()
        again: list[_Held] = []
        while self._held and self._held[-1].order > order:
            again.append(self._held.pop())
        if again:
            self._go_back(again[-1])
        for next_order, next_scan in [(order, scan), *((held.order, held.scan) for held in reversed(again))]:
            self._absorb(next_order, next_scan)
        self._newest_tai_ns = max(t, newest or t)
        self._let_go()
        return self.tracks

    def absorb(self, look: CrowdLook, sensor_name: str = "") -> Absorbed:
        """Take a look that is already in arrays (see `place_look`): no scan, no lateness, no evidence kept."""
        self._freeze()
        self._newest_tai_ns = max(look.t_tai_ns, self._newest_tai_ns or look.t_tai_ns)
        return self._take_in(look, sensor_name)

    @property
    def tracks(self) -> Tracks:
        """Confirmed tracks at the time of the newest look."""
        return self._show(self._crowd.rows.used.is_confirmed)

    @property
    def tentative(self) -> Tracks:
        """Tracks that are not believed yet; single detections that wait for a second are not among them."""
        return self._show(~self._crowd.rows.used.is_confirmed)

    def predict(self, t_tai_ns: int) -> Tracks:
        """Where the confirmed tracks will be at a later time, if nothing more is seen; changes nothing."""
        return self._show(self._crowd.rows.used.is_confirmed, t_tai_ns)

    def looks(self, track_id: str) -> Looks:
        """What a track was seen as, as far back as is remembered; `NotFoundError` when nothing is."""
        rows = []
        for evidence in self._log:
            rows += [(evidence, int(row)) for row in evidence.scan_row[evidence.names_are(track_id)]]
        if not rows:
            raise NotFoundError(f"no track {track_id} is remembered; `tracks.ids` has those of now")
        rows.sort(key=lambda item: int(item[0].scan.t_measured_tai_ns[item[1]]))
        values, sigmas = np.full((len(rows), 4), np.nan), np.full((len(rows), 4), np.nan)
        for k, (evidence, row) in enumerate(rows):
            width = evidence.scan.values.shape[1]
            values[k, :width], sigmas[k, :width] = evidence.scan.values[row], evidence.scan.sigmas[row]
        return Looks(
            self._sensor_ids,
            np.array([evidence.sensor_index for evidence, _ in rows], dtype=np.int64),
            np.array([KIND_CODES[evidence.scan.kind] for evidence, _ in rows], dtype=np.int64),
            np.array([evidence.scan.t_measured_tai_ns[row] for evidence, row in rows], dtype=np.int64),
            values,
            sigmas,
            np.array([evidence.origin_itrf_m for evidence, _ in rows]),
        )

    def explain(self, track_id: str) -> Alternatives:
        """What a track might have been seen as, look by look, as far back as is remembered: what lost, and by how much.

        In crowds of more than ten thousand only the looks that left a doubt are remembered. `NotFoundError` when there
        is no such track, and nothing is remembered of one.
        """
        number = number_of(track_id)
        found = self._choices.of([] if number is None else [number], self._sensor_ids, _NAME_BITS)
        if len(found) == 0 and track_id not in self.tracks.ids and track_id not in self.tentative.ids:
            raise NotFoundError(f"no track {track_id} is remembered; `tracks.ids` has those of now")
        return found

    def findings(self) -> tuple[Finding, ...]:
        """What was doubtful since this was last asked: late, duplicate, a window too narrow."""
        said, self._findings = tuple(self._findings), []
        return said

    # ---- looks in

    def _absorb(self, order: tuple[int, str, bytes], scan: Scan) -> None:
        view = view_of(self._views, scan)
        before = self._remembered() if self.lateness_s > 0.0 else None
        look = look_of(scan, view, order[0])
        taken = self._with_known(look, scan, view, order[0])
        self._held.append(_Held(order, scan, before))
        self._note(taken, look, scan, order)
        if taken.choices is not None:
            self._choices.add(order, taken.choices.told_in(scan.rows_of_look))

    def _with_known(self, look: CrowdLook, scan: Scan, view: SensorView, t_look_tai_ns: int) -> Absorbed:
        """A look of which the known objects have taken what is theirs."""
        name = view.sensor.name
        known = known_pairs(self.known_objects, scan, view, t_look_tai_ns, look)
        if known is None:
            return self._take_in(look, name)
        keys, detections = claimed(self._crowd, look, self.policy, known)
        left = np.setdiff1d(np.arange(len(look)), detections)
        taken = self._take_in(part_of(look, left), name)
        crowd = self._crowd
        rows_by_number = crowd.seeds.look == crowd.look_count
        crowd.seeds.scan_row[rows_by_number] = left[crowd.seeds.scan_row[rows_by_number]]
        ids = dict(zip(known.keys.tolist(), known.ids, strict=True))
        for key, t in zip(keys.tolist(), look.t_detected_tai_ns[detections].tolist(), strict=True):
            self.known_seen_tai_ns[ids[key]] = max(t, self.known_seen_tai_ns.get(ids[key], t))
        return with_claims(taken, keys, detections, left, crowd.look_count)

    def _take_in(self, look: CrowdLook, sensor_name: str) -> Absorbed:
        if isinstance(self._associate, Method):
            return absorb_leaves(self._crowd, look, self.policy, sensor_name, self._associate)
        return absorb(self._crowd, look, self.policy, sensor_name, self._associate)

    def _remembered(self) -> "Crowd | None":
        """The crowd as it is, for going back to; None when that is more than the window may hold."""
        crowd = self._crowd
        if _bytes_of(crowd) > self._window_bytes:
            if not self._is_narrow_said:
                self._is_narrow_said = True
                words = f"{len(crowd.rows)} tracks fill the window: late looks are not fitted in until there are fewer"
                t = self._newest_tai_ns or 0
                self._findings.append(
                    Finding(kind=FindingKind.DOUBT, object_id="", t_tai_ns=t, t_declared_tai_ns=t, text=words,
                            data={"mark": "narrow-window"})
                )  # fmt: skip
            return None
        copy = Crowd(seeds=crowd.seeds, places=dict(crowd.places), unseen=dict(crowd.unseen))
        copy.look_count, copy.detection_count, copy.leaves = crowd.look_count, crowd.detection_count, crowd.leaves
        copy.rows.restore(crowd.rows.copy(slice(None)))
        return copy

    def _go_back(self, to: "_Held") -> None:
        assert to.before is not None
        self._crowd = to.before
        self._choices.go_back(to.order)
        while self._log and self._log[-1].order >= to.order:
            self._log_bytes -= self._log.pop().size

    def _let_go(self) -> None:
        """Looks that nothing can overtake any more, or that there is no room to keep."""
        assert self._newest_tai_ns is not None
        edge = self._newest_tai_ns - self.lateness_s * NS_PER_S
        size = sum(_bytes_of(held.before) for held in self._held if held.before is not None)
        while self._held:
            held = self._held[0]
            if held.before is not None and held.order[0] >= edge and size <= self._window_bytes:
                break
            self._held.popleft()
            self._settled.append(held.order[2])
            size -= _bytes_of(held.before) if held.before is not None else 0

    @property
    def _reach_s(self) -> float:
        """How much late a look may be, as things are."""
        if not self._held or self._newest_tai_ns is None:
            return 0.0
        return (self._newest_tai_ns - self._held[0].order[0]) / NS_PER_S

    def _note(self, taken: Absorbed, look: CrowdLook, scan: Scan, order: tuple[int, str, bytes]) -> None:
        """Remember which detections went to which track."""
        number = self._crowd.look_count
        scans = {evidence.look: evidence for evidence in self._log}
        for which in np.unique(taken.look):
            mine = taken.look == which
            earlier = scans.get(int(which))
            if which != number and earlier is None:
                continue  # a seed older than what is remembered
            source, origin, sensor = (
                (scan, look.origin_itrf_m, look.sensor_index)
                if earlier is None
                else (earlier.scan, earlier.origin_itrf_m, earlier.sensor_index)
            )
            evidence = _Evidence(
                order, number if which == number else -1, source, sensor, origin, taken.key[mine],
                taken.scan_row[mine].astype(np.int32),
            )  # fmt: skip
            self._log.append(evidence)
            self._log_bytes += evidence.size
        while self._log_bytes > self._looks_bytes and len(self._log) > 1:
            self._log_bytes -= self._log.popleft().size

    def _say(self, scan: Scan, t_tai_ns: int, words: str, mark: str) -> None:
        self._findings.append(
            Finding(
                kind=FindingKind.DOUBT, object_id=scan.sensor_id, t_tai_ns=t_tai_ns, t_declared_tai_ns=t_tai_ns,
                text=f"{scan.sensor_id}: {words}", data={"mark": mark, "sensor_id": scan.sensor_id},
            )
        )  # fmt: skip

    # ---- tracks out

    def _show(self, which: Bools, t_tai_ns: int | None = None) -> Tracks:
        t = t_tai_ns if t_tai_ns is not None else self._newest_tai_ns or 0
        shown = _Shown(self._crowd, which.copy(), t, self.policy)
        self._freeze()
        self._shown = weakref.ref(shown)
        tentative = int(np.count_nonzero(~self._crowd.rows.used.is_confirmed))
        return Tracks(shown, shown.names, (COAST,), tentative, _Shown.believed)

    def _freeze(self) -> None:
        """Give tracks that were handed out values of their own before the rows change under them."""
        shown = self._shown() if self._shown is not None else None
        if shown is not None:
            shown.freeze()
        self._shown = None


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A look that may still be overtaken, and the crowd from before it."""

    order: tuple[int, str, bytes]
    scan: Scan
    before: Crowd | None


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """Which detections of a scan went to which tracks."""

    order: tuple[int, str, bytes]
    look: int
    scan: Scan
    sensor_index: int
    origin_itrf_m: Rows
    key: Ints
    scan_row: Ints

    @property
    def size(self) -> int:
        """Bytes, the scan's own with its first entry."""
        own = self.key.nbytes + self.scan_row.nbytes + 200
        return own + (self.scan.values.nbytes * 2 + self.scan.t_measured_tai_ns.nbytes if self.look >= 0 else 0)

    def names_are(self, track_id: str) -> Bools:
        """(h,) True where a detection went to the track of that name."""
        mask = (1 << _NAME_BITS) - 1
        number = number_of(track_id)
        named = self.key & mask == (-1 if number is None else number)
        return np.asarray(named | (self.key == key_of_known(track_id)))


class _Shown:
    """Some rows of the crowd at one instant, made when somebody asks: the columns that `Tracks` needs."""

    def __init__(self, crowd: Crowd, which: Bools, t_tai_ns: int, policy: CrowdPolicy) -> None:
        self._crowd: Crowd | None = crowd
        self._which, self._policy = which, policy
        self._columns: CrowdColumns | None = None
        self._count = int(np.count_nonzero(which))
        self.t_tai_ns = t_tai_ns

    def __len__(self) -> int:
        return self._count

    def freeze(self) -> None:
        """Copy the rows, once, and carry them to the instant."""
        if self._crowd is None:
            return
        columns = self._crowd.rows.copy(self._which)
        t = np.full(len(columns), self.t_tai_ns)
        carry(columns.mean, columns.cov, columns.t_tai_ns, columns.log_odds, np.arange(len(t)), t, self._policy)
        self._columns, self._crowd = columns, None

    @property
    def _frozen(self) -> CrowdColumns:
        self.freeze()
        assert self._columns is not None
        return self._columns

    def names(self) -> tuple[str, ...]:
        """What the tracks are called."""
        return tuple(name_of(int(key), _NAME_BITS) for key in self._frozen.key)

    def believed(self: Any) -> tuple[Rows, Rows]:
        """States and covariances."""
        return self._frozen.mean, self._frozen.cov

    @property
    def mode_probability(self) -> Rows:
        """(n, 1) of ones."""
        return np.ones((len(self), 1))

    @property
    def log_odds(self) -> Scalar:
        """(n,)"""
        return self._frozen.log_odds

    @property
    def is_confirmed(self) -> Bools:
        """(n,)"""
        return self._frozen.is_confirmed

    @property
    def hits(self) -> Ints:
        """(n,)"""
        return self._frozen.hits

    @property
    def t_start_tai_ns(self) -> Ints:
        """(n,)"""
        return self._frozen.t_start_tai_ns

    @property
    def t_last_seen_tai_ns(self) -> Ints:
        """(n,)"""
        return self._frozen.t_seen_tai_ns


def _bytes_of(crowd: Crowd) -> int:
    leaves = 0 if crowd.leaves is None else len(crowd.leaves)
    return 420 * (len(crowd.rows) + leaves) + 100 * len(crowd.seeds)


def _digest(scan: Scan, t_tai_ns: int) -> bytes:
    """What a look says, in whatever order its rows stand: sums of numbers made from each row."""
    keys = keys_of(scan.sensor_id, scan.t_measured_tai_ns, np.column_stack([scan.values, scan.sigmas]))
    text = f"{scan.sensor_id}|{scan.kind.value}|{t_tai_ns}|{len(scan)}|{keys.sum()}|{np.bitwise_xor.reduce(keys)}"
    return text.encode()
