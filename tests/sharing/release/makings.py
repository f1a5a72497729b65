"""Offers for tests: a body over the example's sea, a launch without a place."""

import numpy as np

from vedette.frames import itrf_from_geodetic
from vedette.reports import Evidence, SharedEvent, SharedTrack
from vedette.sharing.release import Outgoing

S = 10**9
T0 = 900_000_000 * S
SECRET = bytes(range(32))


def track(number: str = "w/O1", t_tai_ns: int = T0, lat_deg: float = 34.0, lon_deg: float = -32.0) -> SharedTrack:
    """A body over the example's sea, 500 km up."""
    position = itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), 500e3)
    cov = np.diag([100.0**2] * 3 + [1.0] * 3)
    x, y, z = position.tolist()
    return SharedTrack(
        number=number, t_tai_ns=t_tai_ns, position_itrf_m=(x, y, z), velocity_itrf_mps=(1000.0, 2000.0, 3000.0),
        covariance=tuple(cov[np.tril_indices(6)].tolist()), phase="coast", provenance=("NORTH",),
        sensors=("radar-secret",), phenomena=("radar",),
    )  # fmt: skip


def event(evidence: Evidence = Evidence.CORRELATED) -> SharedEvent:
    """A launch, without a place."""
    return SharedEvent(
        event_id="w/O1-launch", revision=1, kind="launch", evidence=evidence, phenomena=("infrared",),
        tracks=("w/O1",), t_said_tai_ns=T0, text="seen by ir-secret",
    )  # fmt: skip


def content_of(out: tuple[Outgoing, ...], lane: str) -> list[object]:
    """All that leaves on a lane."""
    return [one for message in out if message.lane == lane for one in message.content]
