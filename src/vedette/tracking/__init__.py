"""Tracking: from looks to tracks. Gate, associate, correct, begin, end; late reports by the time they were measured.

`Tracker` is the loop; `Coasting` and `BoostCoastEntry` say how things may move; `Tracks` is what comes out. Inside,
tracks are rows (`rows`), carried in the coordinates of the sensor that sees them (`spherical`, `anchors`).
"""

from vedette.tracking.motions import BoostCoastEntry, Coasting, Motion
from vedette.tracking.step import Policy
from vedette.tracking.tracker import Tracker
from vedette.tracking.tracks import Tracks, TrackView

__all__ = ["BoostCoastEntry", "Coasting", "Motion", "Policy", "TrackView", "Tracker", "Tracks"]
