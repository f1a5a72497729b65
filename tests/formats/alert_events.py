"""Alert events drawn at random: whole ones, of every mode, kind and act."""

from hypothesis import strategies as st
from tests.reports.test_alert_event import T

from vedette.core.constants import NS_PER_S
from vedette.reports import Cause, Evidence, Explanation, Mode
from vedette.reports.alert_event import (
    AlertEvent,
    AreaTold,
    Audience,
    EventKind,
    Level,
    MessageReference,
    MessageType,
    Raid,
    ToldCircle,
    ToldPolygon,
    TrackQuality,
)

NAMES = ("Alpha Coast", "Bravo Bay", "Charlie Hills", "Delta Plain", "Echo Isles")
NO_DRILL = (EventKind.LAUNCH, EventKind.IMPACT, EventKind.OVERFLIGHT)


@st.composite
def areas(draw: st.DrawFn) -> tuple[AreaTold, ...]:
    count = draw(st.integers(0, len(NAMES)))
    found = []
    for name in NAMES[:count]:
        low = T + draw(st.integers(60, 1500)) * NS_PER_S
        lat, lon = draw(st.floats(-88, 88)), draw(st.floats(-180, 180))
        found.append(
            AreaTold(
                name=name, level=draw(st.sampled_from(Level)), probability=draw(st.floats(0, 1)),
                what=draw(st.sampled_from(["impact", "overflight"])), seconds=draw(st.floats(-100, 1500) | st.none()),
                t_90_tai_ns=(low, low + draw(st.integers(0, 300)) * NS_PER_S),
                time_zone=draw(st.sampled_from(["", "Asia/Tokyo", "America/St_Johns"])),
                polygons=(
                    ToldPolygon(
                        lat_deg=(lat - 1, lat - 1, lat + 1), lon_deg=tuple(wrapped(lon + d) for d in (-1, 1, 0))
                    ),
                ),
                circles=(ToldCircle(lat_deg=lat, lon_deg=lon, radius_km=5.0),),
            )
        )  # fmt: skip
    return tuple(found)


def wrapped(lon_deg: float) -> float:
    return (lon_deg + 180.0) % 360.0 - 180.0


@st.composite
def alert_events(draw: st.DrawFn, modes: tuple[Mode, ...] = tuple(Mode)) -> AlertEvent:
    mode = draw(st.sampled_from(modes))
    kind = draw(st.sampled_from(NO_DRILL if mode is Mode.REAL else tuple(EventKind)))
    act = draw(st.sampled_from(MessageType))
    earlier = (MessageReference(sender="centre@example.org", message_id="E1-1", t_sent_tai_ns=T),)
    first, second = draw(st.permutations(list(Cause)))[:2]
    p = draw(st.floats(0.5, 1.0))
    return AlertEvent(
        event_id="E1", message_id="E1-2", sequence=2, mode=mode, kind=kind, message_type=act,
        sender="centre@example.org", t_created_tai_ns=T, t_sent_tai_ns=T + draw(st.integers(0, 60)) * NS_PER_S,
        t_valid_until_tai_ns=T + 3600 * NS_PER_S, evidence=draw(st.sampled_from(Evidence)),
        supersedes=earlier if act is MessageType.UPDATE else (), cancels=earlier if act is MessageType.CANCEL else (),
        cancel_reason=draw(st.sampled_from(["", "mistake", "passed", "natural"])) if act is MessageType.CANCEL else "",
        explanations=(Explanation(name=first, probability=p), Explanation(name=second, probability=1.0 - p)),
        audience=draw(st.sampled_from([Audience.PUBLIC, Audience.RESTRICTED])), areas=draw(areas()),
        raid=draw(st.none() | st.integers(1, 300).map(lambda n: Raid(count=n))),
        track=TrackQuality(age_s=draw(st.floats(0, 500)), is_lost=draw(st.booleans())),
    )  # fmt: skip
