"""Small watches for tests: four radars that look and see nothing, and what people send beside them."""

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.engine import Session, advance, open_picture
from vedette.reports import COLUMNS, Claim, LifeSign, Mode, Scan, SensorKind
from vedette.sensing import Radar, Site, format_sensors
from vedette.sensing.links import NO_LINKS, format_links
from vedette.time import tai_ns_from_utc_text

T0_TAI_NS = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
PLACES = {"north": (76.5, -68.3), "west": (64.3, -149.2), "east": (54.4, -0.7), "south": (30.0, -86.2)}


def radars(names=tuple(PLACES)):
    """Radars of one make at far places."""
    return {
        name: Radar(
            name=name, site=Site(*PLACES[name], 100.0), range_sigma_m=50.0,
            angle_sigma_deg=0.2, revisit_s=5.0, elevation_min_deg=2.0, elevation_max_deg=85.0, band="UHF",
        )
        for name in names
    }  # fmt: skip


def at(t_s):
    """TAI ns, seconds after the start."""
    return T0_TAI_NS + round(t_s * NS_PER_S)


def empty_look(name, t_s, mode=Mode.REAL, noise_rise_db=0.0):
    """A radar looked and saw nothing."""
    none = np.empty((0, len(COLUMNS[SensorKind.RADAR])))
    return Scan(
        sensor_id=name, kind=SensorKind.RADAR, mode=mode, t_received_tai_ns=at(t_s) + 500_000_000,
        t_measured_tai_ns=np.empty(0, np.int64), values=none, sigmas=none, noise_rise_db=noise_rise_db,
    )  # fmt: skip


def looks(names, t_from_s, t_to_s, step_s=5.0):
    """Empty looks of some radars in turn, in order of time."""
    starts = np.arange(t_from_s, t_to_s, step_s)
    return [empty_look(name, t_s + 0.1 * i) for t_s in starts for i, name in enumerate(names)]


def claim(t_s, **told):
    """A claim with the fields of a good one where nothing else is told."""
    usual = {
        "claim_id": f"c{t_s}", "source_id": "command-post", "route": "line-1", "mode": Mode.REAL,
        "sequence": round(t_s), "t_sent_tai_ns": at(t_s), "t_received_tai_ns": at(t_s), "what": "launches",
    }  # fmt: skip
    return Claim(**{**usual, **told})


def life_sign(t_s, sensor_id, route, has_power=None):
    """A site says that it is alive."""
    return LifeSign(
        sensor_id=sensor_id, route=route, t_sent_tai_ns=at(t_s), t_received_tai_ns=at(t_s), has_power=has_power
    )  # fmt: skip


def received(event):
    """When an event came."""
    return event.t_received_tai_ns


def watched(events, sensors=None, links=NO_LINKS, mode=Mode.REAL, **session):
    """The picture after events in order of arrival."""
    text = format_sensors(sensors or radars()) + "\n" + format_links(links)
    picture = open_picture(Session(mode=mode, sensors_toml=text, **session))
    for event in sorted(events, key=received):
        picture = advance(picture, event)
    return picture


def told(picture, subject):
    """The candidates of one subject."""
    return [one for one in picture.candidates if one.subject == subject]
