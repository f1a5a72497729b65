"""Measurements of several owners in one tracker: what joined tracks come near to, had whole.

A partner that tells its looks, and once the sensors that make them, is tracked with as if its sensors were ours: the
same tracker, the same motion, biases kept account of sensor by sensor. Our own looks of the last while are kept, so
that the joint tracks are as old as ours when a partner's first look comes, or when its sensors change.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.formats.scan_codec import decode_scan
from vedette.reports import Scan, SensorKind, SharedLook
from vedette.sensing import Sensor, parse_sensors
from vedette.tracking.motions import Motion
from vedette.tracking.tracker import Tracker
from vedette.tracking.tracks import Tracks

KEPT_S = 900.0
_KINDS = (SensorKind.RADAR, SensorKind.INFRARED)


class JointLooks:
    """One tracker over our sensors and those of partners that share their looks.

    Parameters
    ----------
    sensors : our own
    motion : as `Tracker` takes it

    A partner's sensor is called `OWNER/name` here, so that two owners may use one name.
    """

    def __init__(self, sensors: Sequence[Sensor], motion: Motion | None = None) -> None:
        self._sensors = {sensor.name: sensor for sensor in sensors}
        self._motion = motion
        self._told: dict[str, str] = {}  # by owner: the descriptions as last told
        self._kept: deque[Scan] = deque()
        self._tracker: Tracker | None = None

    @property
    def tracks(self) -> Tracks | None:
        """What all looks together say; None until a partner has shared one that could be used."""
        return None if self._tracker is None else self._tracker.tracks

    @property
    def sensors(self) -> tuple[Sensor, ...]:
        """All sensors whose looks may come: ours, and partners' under their longer names."""
        return tuple(self._sensors.values())

    @property
    def kept(self) -> tuple[Scan, ...]:
        """Looks of the last while, ours under their own names and partners' under their longer ones."""
        return tuple(self._kept)

    def hear_own(self, scan: Scan) -> None:
        """A look of ours."""
        if scan.sensor_id not in self._sensors or scan.kind not in _KINDS:
            return
        if self._tracker is not None:
            self._tracker.step(scan)
        self._keep(scan)

    def hear_partner(
        self, owner: str, look: SharedLook, t_heard_tai_ns: int, latest_tai_ns: int | None = None
    ) -> str:
        """A partner's look; why it cannot be used, or nothing. It counts as heard when we heard it.

        latest_tai_ns : what was measured later cannot have been heard by now
        """
        try:
            scan = decode_scan(look.scan)
            if look.sensor_toml and self._told.get(owner) != look.sensor_toml:
                self._describe(owner, look.sensor_toml)
        except BadInputError as trouble:
            return f"{owner}: {trouble}"
        name = f"{owner}/{scan.sensor_id}"
        sensor = self._sensors.get(name)
        if sensor is None:
            return f"{owner}: its sensor {scan.sensor_id!r} was not described; its looks cannot be placed"
        if scan.kind is not sensor.kind:
            return f"{owner}: its sensor {scan.sensor_id!r} is described as {sensor.kind} and reports as {scan.kind}"
        if latest_tai_ns is not None and len(scan) and int(scan.t_measured_tai_ns.max()) > latest_tai_ns:
            return f"{owner}: its sensor {scan.sensor_id!r} tells looks of times that have not come yet"
        if scan.kind not in _KINDS:
            return f"{owner}: looks of kind {scan.kind} are not tracked jointly"
        if self._tracker is None:
            self._begin()
        assert self._tracker is not None
        heard = replace(scan, sensor_id=name, t_received_tai_ns=t_heard_tai_ns)
        self._tracker.step(heard)
        self._keep(heard)
        return ""

    def _keep(self, scan: Scan) -> None:
        self._kept.append(scan)
        edge = scan.t_received_tai_ns - round(KEPT_S * NS_PER_S)
        while self._kept[0].t_received_tai_ns < edge:
            self._kept.popleft()

    def _describe(self, owner: str, text: str) -> None:
        """Take a partner's sensors; a tracker that runs is begun anew with them."""
        for name, sensor in parse_sensors(text, f"{owner}: sensor_toml").items():
            long = f"{owner}/{name}"
            self._sensors[long] = replace(sensor, name=long)
        self._told[owner] = text
        self._tracker = None

    def _begin(self) -> None:
        usable = [sensor for sensor in self._sensors.values() if sensor.kind in _KINDS]
        self._tracker = Tracker(usable) if self._motion is None else Tracker(usable, self._motion)
        for scan in self._kept:
            self._tracker.step(scan)
