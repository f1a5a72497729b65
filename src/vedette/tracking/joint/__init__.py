"""Tracks of several owners joined: association under unknown bias, fusion without double counting, who is believed.

`JointTracker` is the loop; `FusedTrack` and `JointTracks` are what comes out; `OwnerTrust` and `BiasOfOwner` say how an
owner stands and what it reads otherwise than we do. `JointLooks` tracks with partners' looks themselves, where told.
"""

from vedette.tracking.joint.looks import JointLooks
from vedette.tracking.joint.tracker import JointTracker
from vedette.tracking.joint.values import BiasOfOwner, FusedTrack, JointTracks, Lie, OwnerTrust, Trust

__all__ = ["BiasOfOwner", "FusedTrack", "JointLooks", "JointTracker", "JointTracks", "Lie", "OwnerTrust", "Trust"]
