"""What two people released at our desk is told to a partner as released; what one of them approved is not."""

from dataclasses import dataclass, field

from msgspec.structs import replace
from tests.assessment.alerts.samples import act, draft, name_of, person, second

from vedette.assessment.alerts import DeskKind, release
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.node import desk_said
from vedette.doors.node.desk_said import DeskSaid
from vedette.reports import Message, Mode

LINK = bytes(range(32))
EVENT = f"E-{LINK.hex()[:16]}-O1"


@dataclass(frozen=True)
class _Alert:
    id: str = "O1-launch"
    object_id: str = "O1"


@dataclass(frozen=True)
class _Picture:
    alerts: tuple[_Alert, ...] = field(default=(_Alert(), _Alert("O2-launch", "O2")))


def test_an_alert_is_offered_as_the_desk_has_left_it(tmp_path, monkeypatch):
    monkeypatch.setattr(desk_said, "LOOK_S", 0.0)
    monkeypatch.setattr(desk_said, "now_tai_ns", lambda: second(20))
    said = DeskSaid(tmp_path, Mode.REAL, LINK)
    assert said.messages(_Picture()) == {}, "there is no desk yet"
    with AlertDesk.open(tmp_path, DeskKind.LIVE) as desk:
        desk.propose([(name_of(Mode.REAL), replace(draft(mode=Mode.REAL), event_id=EVENT))], second(0))
        assert said.messages(_Picture()) == {"O1-launch": Message.PROPOSED}
        desk.do(act(desk.now(), person("anna")), release, "release")
        assert said.messages(_Picture()) == {"O1-launch": Message.PROPOSED}, "one of two people is not enough"
        desk.do(act(desk.now(), person("ben")), release, "release")
        assert said.messages(_Picture()) == {"O1-launch": Message.RELEASED}
    said.close()
    other = DeskSaid(tmp_path, Mode.REAL, bytes(32))
    assert other.messages(_Picture()) == {}, "an alert of another journal"
    other.close()
