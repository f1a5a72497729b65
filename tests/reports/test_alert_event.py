"""What makes an event impossible to send is said in words."""

import pytest
from msgspec.structs import replace

from vedette.reports import Cause, Evidence, Explanation, Mode
from vedette.reports.alert_event import (
    AlertEvent,
    AreaTold,
    Audience,
    EventKind,
    Level,
    MessageType,
    Raid,
    TrackQuality,
    event_trouble,
)

T = 986_083_234_000_000_000
EVENT = AlertEvent(
    event_id="E1", message_id="E1-1", mode=Mode.TEST, kind=EventKind.IMPACT, sender="centre@example.org",
    t_created_tai_ns=T, t_sent_tai_ns=T + 10**9, t_valid_until_tai_ns=T + 10**12, evidence=Evidence.CONFIRMED,
    explanations=(
        Explanation(name=Cause.MEDIUM_RANGE, probability=0.75), Explanation(name=Cause.BOLIDE, probability=0.25),
    ),
    areas=(AreaTold(name="Coast", level=Level.TAKE_SHELTER, probability=0.9, t_90_tai_ns=(T, T + 1)),),
)  # fmt: skip


def test_a_whole_event_has_no_trouble_and_names_its_leading_explanation() -> None:
    assert event_trouble(EVENT) == "" and EVENT.leading is Cause.MEDIUM_RANGE
    assert EVENT.reference().message_id == "E1-1" and EVENT.reference().t_sent_tai_ns == T + 10**9


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"message_type": MessageType.CANCEL}, "must say which messages it takes back"),
        ({"message_type": MessageType.UPDATE}, "must say which messages it replaces"),
        ({"cancels": (EVENT.reference(),)}, "takes nothing back"),
        ({"supersedes": (EVENT.reference(),)}, "replaces nothing"),
        ({"t_valid_until_tai_ns": T}, "over before it begins"),
        ({"explanations": (Explanation(name=Cause.BOLIDE, probability=0.5),)}, "sum to 0.5"),
        ({"raid": Raid(count=220, object_ids=("O1", "O2"))}, "counts 220 objects and lists 2"),
        ({"track": TrackQuality(is_lost=True, is_stale=True)}, "lost track that is too old"),
        ({"audience": Audience.PRIVATE}, "names nobody"),
        (
            {"areas": (AreaTold(name="x", level=Level.BE_READY, probability=0.1, t_90_tai_ns=(T + 1, T)),)},
            "runs backwards",
        ),
    ],
)
def test_each_trouble_is_said(change: dict[str, object], words: str) -> None:
    assert words in event_trouble(replace(EVENT, **change))
