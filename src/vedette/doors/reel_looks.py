"""While a journal is played: how far each look lay from where its track, or its catalogue object, was expected.

A track is judged by its filter's own doubt, in which its sensors' constant errors are unknowns tied to its place
(`tracking.surprise`). For an object of the catalogue what is expected rests on its elements and on what elements of
that age are in doubt by (`catalogue.element_error`); the look never moves it, so that each pass is a fresh test of the
stated doubt.
"""

from dataclasses import replace

import numpy as np

from vedette.assessment.residuals import residuals_of
from vedette.catalogue.known_objects import state_covs
from vedette.core.shapes import Rows, Scalar
from vedette.doors.reel_store import KeptLook
from vedette.engine import Event, Picture
from vedette.engine.track_history import trackers_of
from vedette.reports import Scan, SensorKind
from vedette.sensing import Sensor
from vedette.tracking import CrowdTracker, Tracker, Tracks

MOST_TRACKS = 64  # looks of a larger crowd are not weighed one by one
MOST_ROWS = 32  # of one look that are held against the catalogue
SURE = 0.99  # a detection that may as well be another's judges nobody


class LookWatch:
    """Listens round every `advance`; gives what was gathered when asked."""

    def __init__(self) -> None:
        self._expected: list[tuple[Tracker, Tracks]] = []
        self._looks: list[KeptLook] = []

    def taken(self) -> list[KeptLook]:
        """What was gathered since it was last asked for."""
        looks, self._looks = self._looks, []
        return looks

    def before(self, picture: Picture, event: Event) -> None:
        """Where the tracks are expected at a look, before it is taken."""
        self._expected = []
        if not isinstance(event, Scan) or not len(event) or event.sensor_id not in picture.sensors:
            return
        t = int(event.t_measured_tai_ns.max())
        for tracker in trackers_of(picture):
            tracks = tracker.tracks
            if isinstance(tracker, CrowdTracker) or not 0 < len(tracks) <= MOST_TRACKS or t < tracks.t_tai_ns:
                continue
            self._expected.append((tracker, tracker.predict(t)))

    def after(self, picture: Picture, event: Event, entry: int) -> None:
        """Hold each pair that was made against what was expected of it."""
        if not isinstance(event, Scan):
            return
        self._hold_against_catalogue(picture, event, entry)
        names = _names(picture) if self._expected else {}
        for tracker, expected in self._expected:
            index = {track_id: i for i, track_id in enumerate(expected.ids)}
            for row, track_id in tracker.pairs_of_last_look():
                i = index.get(track_id)
                if i is None or row >= len(event):
                    continue
                nis, dof = tracker.surprise(expected, track_id, event, row)
                if dof and np.isfinite(nis):
                    t = int(event.t_measured_tai_ns[row])
                    name = names.get(track_id, track_id)
                    self._looks.append(KeptLook(entry, t, event.sensor_id, name, nis, dof, False))

    def _hold_against_catalogue(self, picture: Picture, scan: Scan, entry: int) -> None:
        """The detections that are surely objects of the catalogue, against where their elements put those."""
        if picture.catalogue is None or not len(scan) or scan.kind is not SensorKind.RADAR:
            return
        sensor = picture.sensors.get(scan.sensor_id)
        if sensor is None:
            return
        sky = picture.catalogue.sky
        said = sky.correlate(scan, sensor)
        rows = np.flatnonzero((said.p_best > SURE) & (said.best >= 0))[:MOST_ROWS]
        if not len(rows):
            return
        t = int(scan.t_measured_tai_ns.max())
        objects = said.best[rows]
        states = sky.table.states_itrf(t, objects)
        covs = state_covs(states, sky.table.segment(t)[0].sigmas_m[objects])
        for row, number, state, cov in zip(rows.tolist(), objects.tolist(), states, covs, strict=True):
            self._note(scan, entry, row, sensor, state, cov, sky.ids[number])

    def _note(
        self, scan: Scan, entry: int, row: int, sensor: Sensor, state: Scalar, cov: Rows, name: str
    ) -> None:  # fmt: skip
        t = int(scan.t_measured_tai_ns[row])
        one = replace(
            scan, t_measured_tai_ns=scan.t_measured_tai_ns[[row]], values=scan.values[[row]], sigmas=scan.sigmas[[row]]
        )
        found = residuals_of(sensor, one, state, cov)
        if found.dof[0] and np.isfinite(found.nis[0]):
            self._looks.append(
                KeptLook(entry, t, scan.sensor_id, name, float(found.nis[0]), int(found.dof[0]), True)
            )


def _names(picture: Picture) -> dict[str, str]:
    """Objects of tracks, by track."""
    names = {}
    for follower in picture.followers.values():
        tracker, object_of = getattr(follower, "tracker", None), getattr(follower, "object_of", None)
        if tracker is not None and object_of is not None:
            names.update({track_id: name for track_id in tracker.tracks.ids if (name := object_of(track_id))})
    return names
