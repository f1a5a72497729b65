"""Partners inside the fold: what is our own is the same with them and without, byte for byte; journals replay."""

import msgspec
import pytest
from tests.assessment.joint.made import event, impact, report

from vedette.doors.server.picture_types import Picture as Document
from vedette.doors.wire import document, json_bytes
from vedette.engine import FeedEnded, advance, open_picture
from vedette.exercise.play import session_of
from vedette.formats import decode_record, encode_record
from vedette.reports import Evidence, LinkState, Message, Mode, PartnerNews
from vedette.scenario import make_scenario, read_story

OURS = ("mode", "counts", "objects", "alerts", "candidates", "raids", "sensors", "sources", "predictions", "no_launch")


@pytest.fixture(scope="module")
def made():
    return make_scenario(read_story("joint/two-owners"), 5)


def partner_events(made, every_s=4.0):
    """A partner that says everything at once: lies, other modes, a link that goes up and down."""
    t0, out = made.story.t_start_tai_ns, []
    for k in range(int(72 / every_s)):
        t_s = 3.0 + k * every_s
        lies = (
            event(f"A{k % 3}", revision=k + 1, evidence=Evidence.CONFIRMED, message=Message.RELEASED),
            event("A0", revision=1, count=2220),
            event(f"B{k}", impact=impact(), text="drill"),
            event(f"C{k}", probabilities={"glide": 7.0}),
        )
        mode = Mode.EXERCISE if k % 9 == 8 else Mode.SIMULATED
        one = report(lies[k % 4], mode=mode, sequence=k + 1)
        t = t0 + round(t_s * 1e9)
        out.append(msgspec.structs.replace(one, t_received_tai_ns=t, t_sent_tai_ns=t - 10**9))
        state = LinkState.UP if k % 2 else LinkState.REFUSED
        out.append(PartnerNews(owner="SOUTH", link="s", t_received_tai_ns=t + 1, state=state, trouble="garbage"))
    return out


def played(made, events):
    picture = open_picture(session_of(made))
    said = []
    for one in events:
        picture = advance(picture, one)
        said += [f for f in picture.new_findings if f.data.get("mark") not in ("partner", "joint")]
        said += list(picture.new_alerts)
    return advance(picture, FeedEnded()), said


def test_our_own_view_has_the_same_bytes_with_a_lying_partner_and_without(made):
    until = made.story.t_start_tai_ns + 72 * 10**9
    scans = [s for s in made.scans if s.t_received_tai_ns < until and s.sensor_id.startswith("ir-")]
    theirs = [one for one in partner_events(made) if one.t_received_tai_ns < until]
    both = sorted([*scans, *theirs], key=lambda one: one.t_received_tai_ns)
    alone, said_alone = played(made, scans)
    beside, said_beside = played(made, both)
    assert said_alone == said_beside and alone.alerts
    a, b = document(alone), document(beside)
    assert [json_bytes(a[name]) for name in OURS] == [json_bytes(b[name]) for name in OURS]
    mine = [e for e in b["events"] if e["data"].get("mark") not in ("partner", "joint")]
    assert json_bytes(a["events"]) == json_bytes(mine) and len(b["events"]) > len(mine)
    assert a["joint"] == [] and b["joint"] and b["partners"][0]["doubts"]
    told = msgspec.json.decode(json_bytes(b), type=Document)  # every field is one that the console knows
    assert told.joint[0].partners[0].owner == "SOUTH" and told.partners[0].owner == "SOUTH"
    assert all(alert.message is not Message.RELEASED for alert in beside.alerts)
    assert [decode_record(*encode_record(one)) for one in theirs] == theirs  # as the journal keeps them
