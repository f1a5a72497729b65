"""Follows everything that radars see as a crowd: tens of thousands of objects, and for each no more than where it is.

Where a `LaunchFollower` fits launches and orbits to a few objects, this counts and places many (`CrowdTracker`). It
says how many there are whenever they have grown tenfold, and what was doubtful. It names no class, proposes no alert.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from vedette.assessment.follower import Said
from vedette.core.shapes import Rows
from vedette.frames import geodetic_from_itrf
from vedette.reports import Alert, Finding, FindingKind, ObjectSummary, Prediction, Scan, state_words
from vedette.sensing import Sensor
from vedette.tracking import CrowdTracker

_NORMAL_90, _NORMAL_99 = 1.6448536, 2.5758293


class SkyFollower:
    """A `Follower` for radar scans of a crowded sky."""

    def __init__(self, sensors: Mapping[str, Sensor], association: str = "gnn") -> None:
        self.tracker = CrowdTracker(sensors=list(sensors.values()), association=association)
        self._next_count = 1
        self._count = 0

    def absorb(self, scan: Scan) -> Said:
        """Track a scan; the count when it has grown tenfold."""
        tracks = self.tracker.step(scan)
        said: list[Finding | Alert] = list(self.tracker.findings())
        self._count = len(tracks)
        if self._count >= self._next_count:
            t = tracks.t_tai_ns
            while self._next_count <= self._count:
                self._next_count *= 10
            text = f"{self._count:,} object{'s are' if self._count > 1 else ' is'} followed in the sky"
            said.append(
                Finding(
                    kind=FindingKind.DETECTED,
                    object_id="sky",
                    t_tai_ns=t,
                    t_declared_tai_ns=t,
                    text=text,
                    data={"count": self._count},
                )
            )
        return tuple(said)

    def __len__(self) -> int:
        """How many objects are believed in."""
        return self._count

    def settle(self, t_tai_ns: int) -> Said:
        """The feeds have ended; nothing is said of thousands."""
        return ()

    def objects(self) -> tuple[ObjectSummary, ...]:
        """Every object with its state at the newest time; made when asked for."""
        return self.some(range(len(self.tracker.tracks.ids)))

    def some(self, rows: Iterable[int]) -> tuple[ObjectSummary, ...]:
        """The objects in these rows of the tracks."""
        tracks = self.tracker.tracks
        states, covs, existence = tracks.states_itrf, tracks.state_covs_itrf, tracks.existence
        return tuple(
            ObjectSummary(
                id=tracks.ids[i],
                class_name="unclassified",
                probabilities={},
                phase="followed",
                state=state_words(tracks.t_tai_ns, states[i], covs[i]),
                reasons_for=(f"exists with {100 * existence[i]:.1f} %: {int(tracks.hits[i])} detections",),
            )
            for i in rows
        )

    def alerts(self) -> tuple[Alert, ...]:
        """None: a crowd is counted and not warned of."""
        return ()

    def predict(self, t_tai_ns: int) -> tuple[Prediction, ...]:
        """Height and speed of every object at an instant, if nothing more is seen."""
        tracks = self.tracker.predict(t_tai_ns)
        if len(tracks) == 0:
            return ()
        heights_m, height_sigmas_m, speeds_mps, speed_sigmas_mps = _height_and_speed(
            tracks.states_itrf, tracks.state_covs_itrf
        )
        return tuple(
            Prediction(
                object_id=name,
                t_tai_ns=t_tai_ns,
                altitude_km=height / 1e3,
                altitude_90_km=_between(height / 1e3, _NORMAL_90 * height_sigma / 1e3),
                altitude_99_km=_between(height / 1e3, _NORMAL_99 * height_sigma / 1e3),
                speed_mps=speed,
                speed_90_mps=_between(speed, _NORMAL_90 * speed_sigma),
                speed_99_mps=_between(speed, _NORMAL_99 * speed_sigma),
            )
            for name, height, height_sigma, speed, speed_sigma in zip(
                tracks.ids,
                heights_m.tolist(),
                height_sigmas_m.tolist(),
                speeds_mps.tolist(),
                speed_sigmas_mps.tolist(),
                strict=True,
            )
        )


def _height_and_speed(states: Rows, covs: Rows) -> tuple[Rows, Rows, Rows, Rows]:
    """(n,) height above the ellipsoid, its sigma, speed relative to the Earth, its sigma; to first order."""
    lat_rad, lon_rad, heights_m = geodetic_from_itrf(states[:, :3])
    up = np.stack([np.cos(lat_rad) * np.cos(lon_rad), np.cos(lat_rad) * np.sin(lon_rad), np.sin(lat_rad)], axis=-1)
    speeds_mps = np.linalg.norm(states[:, 3:], axis=-1)
    along = states[:, 3:] / np.maximum(speeds_mps, 1e-9)[:, None]
    return heights_m, _sigma(up, covs[:, :3, :3]), speeds_mps, _sigma(along, covs[:, 3:, 3:])


def _sigma(direction: Rows, cov: Rows) -> Rows:
    return np.asarray(np.sqrt(np.maximum(np.einsum("ni,nij,nj->n", direction, cov, direction), 0.0)))


def _between(middle: float, reach: float) -> tuple[float, float]:
    return middle - reach, middle + reach
