"""The pure fold from a journal of events to a picture."""

from vedette.engine.advance import advance, open_picture
from vedette.engine.events import CatalogueGiven, Event, FeedEnded
from vedette.engine.health import emitters, groups, sensor_health
from vedette.engine.picture import Picture
from vedette.engine.session import Session, when

__all__ = [
    "CatalogueGiven",
    "Event",
    "FeedEnded",
    "Picture",
    "Session",
    "advance",
    "emitters",
    "groups",
    "open_picture",
    "sensor_health",
    "when",
]
