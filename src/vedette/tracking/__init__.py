"""Tracking: from looks to tracks. Gate, associate, correct, begin, end; late reports by the time they were measured.

`Tracker` is the loop, `CrowdTracker` the same for thousands of objects (`Pairs` and `Association` say who belongs
together); `Coasting`, `BoostCoastEntry` and `AirAndSea` say how things move; `Tracks` is what comes out. Inside,
tracks are rows (`rows`), carried in the coordinates of the sensor that sees them (`spherical`, `anchors`). `cue` says
when and where a track appears to another sensor; `schedule` spends radar seconds on tracks and search.
"""

from vedette.tracking.crowd.leaves import Mixtures, Trees
from vedette.tracking.crowd.pairs import Association, Pairs
from vedette.tracking.crowd.policy import CrowdPolicy
from vedette.tracking.crowd.tracker import CrowdTracker
from vedette.tracking.cueing.cue import Cue, cue
from vedette.tracking.cueing.look_value import Goal
from vedette.tracking.cueing.scheduling import Plan, Task, schedule
from vedette.tracking.cueing.search_volume import SearchVolume
from vedette.tracking.known_objects import FixedObjects, KnownObjects, KnownRows
from vedette.tracking.motions import AirAndSea, BoostCoastEntry, Coasting, Motion
from vedette.tracking.smoothing import SmoothedStates
from vedette.tracking.step import Policy
from vedette.tracking.tracker import Tracker
from vedette.tracking.tracks import Tracks, TrackView

__all__ = [
    "AirAndSea",
    "Association",
    "BoostCoastEntry",
    "Coasting",
    "CrowdPolicy",
    "CrowdTracker",
    "Cue",
    "FixedObjects",
    "Goal",
    "KnownObjects",
    "KnownRows",
    "Mixtures",
    "Motion",
    "Pairs",
    "Plan",
    "Policy",
    "SearchVolume",
    "SmoothedStates",
    "Task",
    "TrackView",
    "Tracker",
    "Tracks",
    "Trees",
    "cue",
    "schedule",
]
