"""Every partner as far as heard: how its link stands, and the newest of each thing it says."""

from dataclasses import dataclass, field

from vedette.assessment.follower import Said
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


@dataclass(slots=True)
class PartnerView:
    """One partner."""

    owner: str
    state: LinkState = LinkState.DOWN
    t_heard_tai_ns: int | None = None
    troubles: list[PartnerNews] = field(default_factory=list)  # of the link, newest last
    tracks: dict[str, SharedTrack] = field(default_factory=dict)  # by number
    events: dict[str, SharedEvent] = field(default_factory=dict)  # by the partner's event id, newest revision
    health: SharedHealth | None = None


class Partners:
    """All partners of a session; deterministic and without a clock of its own."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.views: dict[str, PartnerView] = {}

    def hear(self, event: PartnerReport | PartnerNews) -> Said:
        """Take what came; what is to be told because of it."""
        view = self.views.setdefault(event.owner, PartnerView(event.owner))
        if isinstance(event, PartnerNews):
            return self._news(view, event)
        if event.mode is not self.mode:  # the gateway lets none through; a journal may still hold one
            return (self._doubt(event.owner, event.t_received_tai_ns, f"is {event.mode}, and this watch {self.mode}"),)
        view.state, view.t_heard_tai_ns = LinkState.UP, event.t_received_tai_ns
        for one in event.content:
            match one:
                case SharedTrack():
                    view.tracks[one.number] = one
                case SharedDrop():
                    view.tracks.pop(one.number, None)
                case SharedEvent():
                    held = view.events.get(one.event_id)
                    if held is None or one.revision > held.revision:
                        view.events[one.event_id] = one
                case SharedHealth():
                    view.health = one
        return ()

    def _news(self, view: PartnerView, news: PartnerNews) -> Said:
        changed = view.state is not news.state
        view.state = news.state
        if news.trouble:
            view.troubles.append(news)
        if not (changed or news.trouble):
            return ()
        return (self._doubt(news.owner, news.t_received_tai_ns, news.text or f"link {news.link} is {news.state}"),)

    @staticmethod
    def _doubt(owner: str, t_tai_ns: int, words: str) -> Finding:
        return Finding(
            kind=FindingKind.DOUBT, object_id=owner, t_tai_ns=t_tai_ns, t_declared_tai_ns=t_tai_ns,
            text=f"partner {owner}: {words}", data={"mark": "partner", "owner": owner},
        )  # fmt: skip
