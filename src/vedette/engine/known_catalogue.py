"""The catalogue at the engine's service: for the tracker, for the weighing of orbits, and for who asks what passed.

One object answers all three from the same element sets, which stand in the journal.
"""

from dataclasses import dataclass, replace

import numpy as np

from vedette.assessment.natural.context import OrbitRows
from vedette.catalogue.correlation import Correlation
from vedette.catalogue.known_objects import KnownSky, state_covs
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Vec3
from vedette.reports import Region, Scan
from vedette.reports.elements import ElementSets
from vedette.sensing import Sensor
from vedette.tracking import KnownRows

_MOST = 6  # nearest objects weighed against a track's looks: more than that never fit
MET_CHANCE = 0.5
_SURE_KNOWN = 0.99  # that a detection is of the catalogue, whosever it is


@dataclass(slots=True)
class Met:
    """A known object that a watch has met."""

    id: str
    number: int
    name: str
    age_days: float  # of its elements when it was last met
    looks: int
    t_first_tai_ns: int
    t_last_tai_ns: int
    probability: float  # largest of a single look
    together_with: tuple[str, ...] = ()  # others that the same looks may have been
    sensors: tuple[str, ...] = ()


class KnownCatalogue:
    """`tracking.KnownObjects` and `natural.KnownOrbits` of a whole catalogue, and who was met so far."""

    def __init__(self, sets: ElementSets) -> None:
        self.sky = KnownSky(sets)
        self.met: dict[int, Met] = {}  # by row
        self.named_count = 0
        self.new_count = 0

    def __len__(self) -> int:
        """How many it knows."""
        return len(self.sky)

    def keep_met(self, before: "KnownCatalogue") -> None:
        """Who was met under an older catalogue stays met under this one, as far as this one knows them."""
        rows = {int(number): row for row, number in enumerate(self.sky.sets.number.tolist()) if number}
        self.met.update({rows[one.number]: one for one in before.met.values() if one.number in rows})
        self.named_count += before.named_count
        self.new_count += before.new_count

    def predicted(self, t_tai_ns: int, sensor: Sensor, looked_at: Region | None) -> KnownRows:
        """What a look may meet (`tracking.KnownObjects`)."""
        return self.sky.predicted(t_tai_ns, sensor, looked_at)

    def near(self, t_tai_ns: int, place_itrf_m: Vec3, reach_m: float) -> OrbitRows:
        """The objects that may be within reach of a place then, nearest first (`natural.KnownOrbits`)."""
        rows = self.sky.near(t_tai_ns, place_itrf_m, reach_m)[:_MOST]
        states = self.sky.table.states_itrf(t_tai_ns, rows)
        sigmas_m = self.sky.table.segment(t_tai_ns)[0].sigmas_m[rows]
        ages_h = np.abs(t_tai_ns - self.sky.sets.t_epoch_tai_ns[rows]) / (3600.0 * NS_PER_S)
        return OrbitRows(
            tuple(self.sky.ids[i] for i in rows.tolist()), states, state_covs(states, sigmas_m),
            np.zeros(len(rows)), self.sky.is_decaying[rows], ages_h,
        )  # fmt: skip

    def hear(self, scan: Scan, sensor: Sensor) -> Correlation:
        """Hold a look against the catalogue, and remember who was met."""
        said = self.sky.correlate(scan, sensor)
        sets = self.sky.sets
        for detection in np.flatnonzero(said.p_known > MET_CHANCE).tolist():
            row, t = int(said.best[detection]), int(scan.t_measured_tai_ns[detection])
            if row < 0:
                continue
            self.named_count += 1
            others = tuple(self.sky.ids[i] for i in said.sure_set(detection).tolist() if i != row)
            one = self.met.get(row)
            if one is None:
                one = Met(self.sky.ids[row], int(sets.number[row]), sets.name[row], 0.0, 0, t, t, 0.0)
                self.met[row] = one
            one.looks += 1
            one.t_first_tai_ns, one.t_last_tai_ns = min(one.t_first_tai_ns, t), max(one.t_last_tai_ns, t)
            one.age_days = (t - int(sets.t_epoch_tai_ns[row])) / (86_400.0 * NS_PER_S)
            if float(said.p_best[detection]) >= one.probability:
                one.probability, one.together_with = float(said.p_best[detection]), others
            if scan.sensor_id not in one.sensors:
                one.sensors = (*one.sensors, scan.sensor_id)
        self.new_count += int(np.sum(said.p_known <= MET_CHANCE))
        return said

    def without_named(self, scan: Scan, said: Correlation) -> Scan:
        """The look less what is surely of the catalogue, for whoever begins tracks.

        The tracker meets known objects one detection each, with one size of error: those whose elements are further off
        than is stated, those of a cluster, and those that it is not handed (worse known than 30 km) would begin
        something new. What may be one that decays stays: it is weighed in the open against a launch.
        """
        if not len(said.rows):
            return scan
        whose = np.repeat(np.arange(len(scan)), np.diff(said.starts))
        falls = self.sky.decays_there(said.rows, int(scan.t_measured_tai_ns[0]))
        in_the_open = np.bincount(whose, said.chances * falls, len(scan))
        stays = (said.p_known <= _SURE_KNOWN) | (in_the_open > 1.0 - _SURE_KNOWN)
        if stays.all():
            return scan
        rows = np.flatnonzero(stays)
        t_measured, values, sigmas = scan.t_measured_tai_ns[rows], scan.values[rows], scan.sigmas[rows]
        return replace(scan, t_measured_tai_ns=t_measured, values=values, sigmas=sigmas, rows_of_look=rows)
