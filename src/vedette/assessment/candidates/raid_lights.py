"""How many flames each infrared watcher tells apart in the midst of a raid, whatever tracks they were given to.

A raid's tracks are of two watchers' looks crossed, and in a crowd many a crossing is of two flames; how many of its
tracks are the same flame, or hold two, nobody can say from them. One watcher's chains (`light_chains`) hardly mix, so
the number of flames found twice by now is the number of chains begun before the last look but one of all watchers, of
the watcher that tells the most: a chain of two looks and more, or one that has just begun. Watchers are not added up.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import poisson

from vedette.assessment.candidates.light_chains import LightChains
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import Scan, SensorKind
from vedette.sensing import Infrared, Sensor

REACH_M: Final = 800e3  # of the middle of what was declared first: lights farther off are not followed
REMEMBERED_S: Final = 90.0  # of looks before a raid is told: what began it has been alight for so long at most
FOLLOWED_S: Final = 300.0  # after a raid's last launch: what burns then is another's
SPLIT: Final = 0.015  # of a hundred flames so many make two chains
SHARED: Final = 0.02  # and so many have no chain of their own yet


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What one watcher tells of the flames that have been found twice by anybody."""

    sensor_id: str
    places_itrf_m: Rows  # (n, 3) where each chain began
    t_first_tai_ns: Ints  # (n,)

    def take(self, use: Bools) -> "Told":
        """Some of them."""
        return Told(self.sensor_id, self.places_itrf_m[use], self.t_first_tai_ns[use])


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    sensor_id: str
    los: Rows
    origin_itrf_m: Vec3
    t_tai_ns: int


class RaidLights:
    """Lights near a raid; `take` every infrared look, `follow` while a raid is under way, `rest` when there is none."""

    def __init__(self, sensors: Mapping[str, Sensor]) -> None:
        self._watchers = {name: one for name, one in sensors.items() if isinstance(one, Infrared)}
        self._recent: deque[_Look] = deque()
        self._chains: dict[str, LightChains] = {}
        self._middle_itrf_m: Vec3 | None = None
        self._t_last_tai_ns = 0  # of the raid's launches
        self._times: list[int] = []  # of the two newest looks

    def take(self, scan: Scan) -> None:
        """A look, as it comes; followed only while there is a raid."""
        watcher = self._watchers.get(scan.sensor_id)
        if scan.kind is not SensorKind.INFRARED or watcher is None or not len(scan):
            return
        t = int(scan.t_measured_tai_ns[0])
        here = watcher.position_itrf_m(t) if scan.sensor_position_itrf_m is None else scan.sensor_position_itrf_m
        look = _Look(scan.sensor_id, scan.values[:, :3], np.asarray(here, dtype=float).reshape(-1, 3)[0], t)
        if self._middle_itrf_m is not None and not self._is_over(t):
            self._chain(look, self._middle_itrf_m)
            return
        self._recent.append(look)
        while self._recent and (t - self._recent[0].t_tai_ns) / NS_PER_S > REMEMBERED_S:
            self._recent.popleft()

    def follow(self, middle_itrf_m: Vec3, t_last_tai_ns: int, together_s: float) -> None:
        """A raid is under way about there, the last of its launches then; looks of late are chained, and those to come.

        What was told of one that is over stands until another begins.
        """
        is_another = (t_last_tai_ns - self._t_last_tai_ns) / NS_PER_S > together_s and bool(self._recent)
        if self._middle_itrf_m is not None and not (is_another and self._is_over(self._recent[-1].t_tai_ns)):
            self._t_last_tai_ns = max(self._t_last_tai_ns, t_last_tai_ns)
            return
        self.rest()
        self._middle_itrf_m, self._t_last_tai_ns = middle_itrf_m, t_last_tai_ns
        for look in sorted(self._recent, key=lambda one: (one.t_tai_ns, one.sensor_id)):
            self._chain(look, middle_itrf_m)
        self._recent.clear()

    def _is_over(self, t_tai_ns: int) -> bool:
        return (t_tai_ns - self._t_last_tai_ns) / NS_PER_S > FOLLOWED_S

    def rest(self) -> None:
        """There is no raid."""
        self._middle_itrf_m = None
        self._chains, self._times = {}, []

    def covers(self, sensor_id: str, seen_by: tuple[str, ...], place_itrf_m: Vec3, t_tai_ns: int) -> bool:
        """Whether a watcher's flames are an object's too: it saw it, or had in view what others saw burn."""
        if sensor_id in seen_by:
            return True
        has_burnt = any(name in self._watchers for name in seen_by)
        return has_burnt and bool(self._watchers[sensor_id].is_visible(place_itrf_m, t_tai_ns))

    def told(self) -> tuple[Told, ...]:
        """Of each watcher, the chains of flames that somebody has found twice by now."""
        if len(self._times) < 2:
            return ()
        before = self._times[-2]
        found = []
        for name, chains in sorted(self._chains.items()):
            is_new = (chains.counts == 1) & (chains.t_first_tai_ns == chains.t_newest_tai_ns)
            use = ((chains.counts >= 2) | is_new) & (chains.t_first_tai_ns <= before) & chains.is_moving
            found.append(Told(name, chains.first_places_itrf_m[use], chains.t_first_tai_ns[use]))
        return tuple(found)

    def _chain(self, look: _Look, middle_itrf_m: Vec3) -> None:
        watcher = self._watchers[look.sensor_id]
        chains = self._chains.setdefault(look.sensor_id, LightChains(watcher.los_sigma_rad, watcher.revisit_s))
        to_middle = middle_itrf_m - look.origin_itrf_m
        away = np.linalg.norm(np.cross(look.los, to_middle), axis=-1)
        near = (away < REACH_M) & (look.los @ to_middle > 0.0)
        if chains.take(look.los[near], look.origin_itrf_m, look.t_tai_ns):
            self._times = sorted([*self._times, look.t_tai_ns])[-2:]


def flames_from(chains: int) -> Scalar:
    """Chance of each number of flames: few make two chains, few have none of their own yet."""
    spare = int(6.0 + 0.2 * chains)
    both = poisson.pmf(np.arange(spare + 1), SPLIT * chains)
    none = poisson.pmf(np.arange(spare + 1), SHARED * chains)
    shift = np.convolve(none, both[::-1])  # from chains - spare on
    out = np.zeros(chains + spare + 1)
    at = np.arange(len(shift)) + chains - spare
    np.add.at(out, np.clip(at, 0, chains + spare), shift)
    return np.asarray(out / out.sum())
