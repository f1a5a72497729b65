"""Every partner as far as heard: how its link stands, the newest of each thing it says, and what is wrong with it.

What came late is held for a moment and told once for each event, by its newest revision; what warns of something past
is told as EXPIRED and calls nobody.
"""

from collections import deque
from dataclasses import dataclass, field

from vedette.assessment.joint.joining import Joining
from vedette.assessment.joint.plausible import (
    GOES_BACK,
    IMPOSSIBLE,
    TWO_CONTENTS,
    Doubt,
    beside_before,
    beside_itself,
    impossible_in,
    impossible_track,
)
from vedette.core.constants import NS_PER_S
from vedette.reports import (
    Finding,
    FindingKind,
    LinkState,
    Mode,
    PartnerNews,
    PartnerReport,
    SharedDrop,
    SharedEvent,
    SharedHealth,
    SharedTrack,
)
from vedette.reports.joint import PartnerStanding, Timing

LATE_S = 30.0  # sent so long before it was heard
HELD_S = 1.0  # late words wait so long for newer ones of the same event
LATELY_S = 600.0
BELIEVED_DOUBTS = 3  # of as many doubtful messages lately, a partner is not counted at all
_COUNTS_KEPT = 8
_SETS_ASIDE = (IMPOSSIBLE, GOES_BACK, TWO_CONTENTS)  # the revision before stands


@dataclass(slots=True)
class HeardEvent:
    """An event of a partner in the newest revision that could be taken."""

    event: SharedEvent
    t_heard_tai_ns: int
    is_late: bool  # it waited, on a link that was down or at the partner's
    doubts: dict[str, str] = field(default_factory=dict)  # name to sentence, of this revision
    revisions: int = 1
    parts: tuple[str, ...] = ()  # the events that were said of one object, where there are several

    @property
    def t_expires_tai_ns(self) -> int | None:
        """After it nothing need sound."""
        impact = self.event.impact
        if self.event.t_expires_tai_ns is not None:
            return self.event.t_expires_tai_ns
        return None if impact is None or impact.is_conditional else impact.t_90_tai_ns[1]

    def timing(self, t_tai_ns: int) -> Timing:
        """How its words came, and whether what they warn of is past by now."""
        ends = self.t_expires_tai_ns
        if ends is not None and t_tai_ns > ends:
            return Timing.EXPIRED
        return Timing.LATE if self.is_late else Timing.ON_TIME

    @property
    def names(self) -> tuple[str, ...]:
        """Its own id, and those of its parts."""
        return self.parts or (self.event.event_id,)


@dataclass(slots=True)
class PartnerView:
    """One partner."""

    owner: str
    state: LinkState = LinkState.DOWN
    t_heard_tai_ns: int | None = None
    messages: int = 0
    troubles: list[PartnerNews] = field(default_factory=list)  # of the link, newest last
    tracks: dict[str, SharedTrack] = field(default_factory=dict)  # by number
    heard: dict[str, HeardEvent] = field(default_factory=dict)  # by the partner's event id
    health: SharedHealth | None = None
    doubts: dict[str, None] = field(default_factory=dict)  # names, in the order they were first found
    told: set[tuple[str, str]] = field(default_factory=set)  # (event or track, name): each once
    doubtful: deque[int] = field(default_factory=lambda: deque(maxlen=BELIEVED_DOUBTS))  # when doubtful messages came
    counts: deque[int] = field(default_factory=lambda: deque(maxlen=_COUNTS_KEPT))
    late: dict[str, int] = field(default_factory=dict)  # events whose late words wait: when the first came

    @property
    def events(self) -> dict[str, SharedEvent]:
        """Its events by id, newest revisions."""
        return {name: one.event for name, one in self.heard.items()}

    def is_believed(self, t_tai_ns: int) -> bool:
        """Whether its words count for anything beside ours: not after several doubtful messages lately."""
        many = len(self.doubtful) == self.doubtful.maxlen
        return not many or (t_tai_ns - self.doubtful[0]) / NS_PER_S > LATELY_S


class Partners:
    """All partners of a session; deterministic and without a clock of its own."""

    def __init__(self, mode: Mode, own: str = "") -> None:
        self.mode = mode
        self.joining = Joining(own)
        self.views: dict[str, PartnerView] = {}
        self.fresh: set[tuple[str, str]] = set()  # events that changed since they were last looked at

    def hear(self, event: PartnerReport | PartnerNews) -> tuple[Finding, ...]:
        """Take what came; what is to be told because of it."""
        view = self.views.setdefault(event.owner, PartnerView(event.owner))
        if isinstance(event, PartnerNews):
            return self._news(view, event)
        if event.mode is not self.mode:  # the gateway lets none through; a journal may still hold one
            words = f"is {event.mode}, and this watch {self.mode}"
            return (_doubt(event.owner, event.t_received_tai_ns, words, "wrong-mode"),)
        view.state, view.t_heard_tai_ns = LinkState.UP, event.t_received_tai_ns
        view.messages += 1
        found: list[tuple[str, Doubt]] = []
        tracks = []
        for one in event.content:
            match one:
                case SharedTrack():
                    wrong = impossible_track(one, event.t_received_tai_ns)
                    if wrong is None:
                        view.tracks[one.number] = one
                        tracks.append(one)
                    else:
                        found.append((one.number, wrong))
                case SharedDrop():
                    view.tracks.pop(one.number, None)
                    self.joining.drop(event.owner, one)
                case SharedEvent():
                    found += [(one.event_id, doubt) for doubt in self._take(view, one, event)]
                case SharedHealth():
                    view.health = one
        self.joining.hear(event.owner, tracks, event.t_received_tai_ns)
        return self._doubted(view, found, event.t_received_tai_ns)

    def _take(self, view: PartnerView, one: SharedEvent, report: PartnerReport) -> list[Doubt]:
        """Believe that the partner says so, unless it cannot be; what is doubtful about it."""
        wrong = impossible_in(one, report)
        if wrong is not None:
            return [wrong]
        held = view.heard.get(one.event_id)
        before = [] if held is None else beside_before(one, held.event)
        if held is not None and one.revision <= held.event.revision:
            return before  # the same once more, or older: what stands, stands
        if any(name in _SETS_ASIDE for name, _ in before):
            return before
        lately = [h for h in view.heard.values() if report.t_received_tai_ns - h.t_heard_tai_ns < LATELY_S * NS_PER_S]
        founded = max(len(view.tracks), len(one.tracks), len({h.event.event_id for h in lately} | {one.event_id}))
        doubts = [*before, *beside_itself(one, self.mode, tuple(view.counts), founded, view.owner)]
        if one.count is not None:
            view.counts.append(one.count)
        waited_s = (report.t_received_tai_ns - report.t_sent_tai_ns) / NS_PER_S
        new = HeardEvent(one, report.t_received_tai_ns, report.is_gateway_late or waited_s > LATE_S, dict(doubts))
        if held is not None:
            new.revisions = held.revisions + 1
        view.heard[one.event_id] = new
        self.fresh.add((view.owner, one.event_id))
        if new.timing(report.t_received_tai_ns) is not Timing.ON_TIME:
            view.late.setdefault(one.event_id, report.t_received_tai_ns)
        return doubts

    def doubt(self, owner: str, event_id: str, doubt: Doubt, t_tai_ns: int) -> tuple[Finding, ...]:
        """A doubt that others found, by what they know besides; said once."""
        view = self.views[owner]
        held = view.heard.get(event_id)
        if held is not None:
            held.doubts[doubt[0]] = doubt[1]
        if (event_id, doubt[0]) in view.told:
            return ()  # one event once more: said, and no further evidence of its owner's care
        return self._doubted(view, [(event_id, doubt)], t_tai_ns)

    def _doubted(self, view: PartnerView, found: list[tuple[str, Doubt]], t_tai_ns: int) -> tuple[Finding, ...]:
        said: list[Finding] = []
        if not found:
            return ()
        was_believed = view.is_believed(t_tai_ns)
        view.doubtful.append(t_tai_ns)
        for where, (name, sentence) in found:
            view.doubts.setdefault(name)
            if (where, name) not in view.told:
                view.told.add((where, name))
                said.append(_doubt(view.owner, t_tai_ns, sentence, name))
        if was_believed and not view.is_believed(t_tai_ns):
            names = ", ".join(view.doubts)
            words = f"{BELIEVED_DOUBTS} doubtful messages ({names}): shown, and counted for nothing until it is sound"
            said.append(_doubt(view.owner, t_tai_ns, words, "not-believed"))
        return tuple(said)

    def waits(self, owner: str, event_id: str, t_tai_ns: int) -> bool:
        """Whether late words of an event still wait for newer ones; not waiting, they are told and forgotten."""
        late = self.views[owner].late
        since = late.get(event_id)
        if since is not None and (t_tai_ns - since) / NS_PER_S < HELD_S:
            return True
        late.pop(event_id, None)
        return False

    @property
    def is_waiting(self) -> bool:
        """Whether anything late waits to be told."""
        return any(view.late for view in self.views.values())

    def standings(self, t_tai_ns: int) -> tuple[PartnerStanding, ...]:
        """Every partner in a line, by name."""
        return tuple(_standing(view, t_tai_ns) for _, view in sorted(self.views.items()))

    def _news(self, view: PartnerView, news: PartnerNews) -> tuple[Finding, ...]:
        changed = view.state is not news.state
        view.state = news.state
        if news.trouble:
            view.troubles.append(news)
            view.doubts.setdefault(news.trouble)
        if not (changed or news.trouble):
            return ()
        words = news.text or f"link {news.link} is {news.state}"
        return (_doubt(news.owner, news.t_received_tai_ns, words, news.trouble or "link"),)


def _standing(view: PartnerView, t_tai_ns: int) -> PartnerStanding:
    health = view.health or SharedHealth(t_tai_ns=t_tai_ns)
    is_believed = view.is_believed(t_tai_ns)
    words = f"link {view.state}" + ("" if is_believed else "; what it says counts for nothing")
    return PartnerStanding(
        owner=view.owner,
        link=view.state.value,
        t_heard_tai_ns=view.t_heard_tai_ns,
        messages=view.messages,
        tracks=len(view.tracks),
        events=len(view.heard),
        is_believed=is_believed,
        doubts=tuple(view.doubts),
        working=health.working,
        degraded=health.degraded,
        silent=health.silent,
        coverage=health.coverage,
        text=f"{words}; {health.text}" if health.text else words,
    )


def _doubt(owner: str, t_tai_ns: int, words: str, name: str) -> Finding:
    return Finding(
        kind=FindingKind.DOUBT, object_id=owner, t_tai_ns=t_tai_ns, t_declared_tai_ns=t_tai_ns,
        text=f"partner {owner}: {words}", data={"mark": "partner", "owner": owner, "trouble": name},
    )  # fmt: skip
