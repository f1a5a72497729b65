"""How every sensor is, as the picture has it: the radars' noise, and who has fallen silent."""

from vedette.core.constants import NS_PER_S
from vedette.engine.picture import Picture
from vedette.reports import Condition, EmitterEstimate, GroupEstimate, SensorHealth

SILENT_S, SILENT_REVISITS = 20.0, 5.0


def sensor_health(picture: Picture) -> tuple[SensorHealth, ...]:
    """Every sensor that was ever heard from, in the order of the sensor file."""
    by_noise = {one.sensor_id: one for one in picture.noise.health} if picture.noise is not None else {}
    newest = max(picture.last_heard_tai_ns.values(), default=None)
    out = []
    for name, sensor in picture.sensors.items():
        heard = picture.last_heard_tai_ns.get(name)
        if heard is None or newest is None:
            continue
        quiet_s = (newest - heard) / NS_PER_S
        known = by_noise.get(name, SensorHealth(sensor_id=name, condition=Condition.OK))
        if quiet_s > max(SILENT_S, SILENT_REVISITS * sensor.revisit_s):
            text = f"nothing has come for {quiet_s:.0f} s"
            known = SensorHealth(sensor_id=name, condition=Condition.SILENT, t_since_tai_ns=heard, text=text)
        out.append(known)
    return tuple(out)


def emitters(picture: Picture) -> tuple[EmitterEstimate, ...]:
    """Places that noise comes from; those called ?1, ?2 ... may be crossings without a source."""
    return () if picture.noise is None else picture.noise.emitters


def groups(picture: Picture) -> tuple[GroupEstimate, ...]:
    """Objects too close together to be told apart, and how many they are."""
    return () if picture.groups is None else picture.groups.groups
