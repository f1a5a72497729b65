"""What is known to be up there already, as trackers are handed it before they begin anything new.

A catalogue implements `KnownObjects`; the tracker asks it, look by look, what of its objects a sensor might see and how
well their places are known. Detections that such an object explains are its own: they begin no track.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Protocol

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports import Region, Scan, SensorKind
from vedette.sensing import Sensor
from vedette.tracking.crowd.look import CrowdLook, look_of
from vedette.tracking.crowd.pairing import carry, ready, score
from vedette.tracking.crowd.pairs import Pairs
from vedette.tracking.crowd.policy import CrowdPolicy
from vedette.tracking.sensor_views import SensorView

SURE_LOG_ODDS = 8.0  # of a known object's existence
_SURE = CrowdPolicy(noise_m2_s3=0.0, survival_hazard_1_s=0.0, gate_probability=1.0 - 1e-4)


@dataclass(frozen=True, slots=True, eq=False)
class KnownRows:
    """Some known objects at one instant."""

    ids: tuple[str, ...]
    states_itrf: Rows  # (n, 6)
    covs_itrf: Rows  # (n, 6, 6) as honest as the source allows: kilometres for a public element set

    def __len__(self) -> int:
        return len(self.ids)


class KnownObjects(Protocol):
    """Whoever knows where objects are: a catalogue, a list, a partner."""

    def predicted(self, t_tai_ns: int, sensor: Sensor, looked_at: Region | None) -> KnownRows:
        """The objects that a look by this sensor may meet, at its time; more than those does no harm."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class FixedObjects:
    """A list of states at one time, coasting from there: gravity to J4, and a little doubt."""

    ids: tuple[str, ...]
    t_tai_ns: int
    states_itrf: Rows  # (n, 6)
    covs_itrf: Rows  # (n, 6, 6)
    noise_m2_s3: float = 1e-6  # white acceleration that the motion leaves out

    def __post_init__(self) -> None:
        n = len(self.ids)
        if self.states_itrf.shape != (n, 6) or self.covs_itrf.shape != (n, 6, 6):
            shapes = f"{self.states_itrf.shape} and {self.covs_itrf.shape}"
            raise UsageError(f"{n} known objects need states (n, 6) and covariances (n, 6, 6); got {shapes}")
        if len(set(self.ids)) < n:
            raise UsageError("two known objects share an id; give each its own")

    def predicted(self, t_tai_ns: int, sensor: Sensor, looked_at: Region | None) -> KnownRows:
        """All of them, wherever the sensor looks."""
        means, covs, n = self.states_itrf.astype(float).copy(), self.covs_itrf.astype(float).copy(), len(self.ids)
        policy = CrowdPolicy(noise_m2_s3=self.noise_m2_s3, survival_hazard_1_s=0.0)
        t_from, t_to = np.full(n, self.t_tai_ns, dtype=np.int64), np.full(n, t_tai_ns, dtype=np.int64)
        carry(means, covs, t_from, np.zeros(n), np.arange(n), t_to, policy)
        return KnownRows(self.ids, means, covs)


@dataclass(frozen=True, slots=True, eq=False)
class KnownPairs:
    """Which detections of a look the known objects may explain, and how well."""

    ids: tuple[str, ...]
    keys: Ints  # (n,) by which evidence for them is kept
    pairs: Pairs

    def rivals(self, which: Ints) -> tuple[Ints, Ints, Scalar]:
        """Of the detections `which` (increasing): object, place in `which`, and what the pair is worth."""
        p = self.pairs
        mine = np.isin(p.detection, which)
        track, detection = p.track[mine], p.detection[mine]
        return track, np.searchsorted(which, detection), p.log_ratio[mine] - p.log_miss[track]


def known_pairs(
    known: KnownObjects | None, scan: Scan, view: SensorView, t_look_tai_ns: int, look: CrowdLook | None = None
) -> KnownPairs | None:
    """What the known objects may explain of a look; None when they explain nothing.

    Infrared early-warning sensors see flames, and nothing that is only up there.
    """
    if known is None or len(scan) == 0 or scan.kind is SensorKind.INFRARED:
        return None
    look = look or look_of(scan, view, t_look_tai_ns)
    rows = known.predicted(look.t_tai_ns, view.sensor, scan.looked_at)
    if len(rows) == 0:
        return None
    n = len(rows)
    means, covs = np.array(rows.states_itrf, dtype=float), np.array(rows.covs_itrf, dtype=float)
    times, odds = np.full(n, look.t_tai_ns, dtype=np.int64), np.full(n, SURE_LOG_ODDS)
    expected = ready(means, covs, times, odds, np.arange(n), look, _SURE)
    pairs = score(means, covs, times, odds, expected, look, _SURE)
    if len(pairs) == 0:
        return None
    return KnownPairs(rows.ids, np.array([key_of_known(name) for name in rows.ids], dtype=np.int64), pairs)


@lru_cache(maxsize=1 << 17)
def key_of_known(name: str) -> int:
    """A number for a known object's name, among the numbers of tracks."""
    return int.from_bytes(blake2b(b"known|" + name.encode(), digest_size=8).digest(), "little") >> 1
