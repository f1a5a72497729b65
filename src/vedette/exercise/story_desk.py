"""The desk of a played story: what the machine proposes, what people try, and what reaches the public.

The rules are those of the real desk (`assessment.alerts`), the keys and envelopes those of `sharing`, and the public is
a receiver that believes what it can verify and nothing else. Keys are made for the story and forgotten with it.

[[act]]
t_s = 120.0
who = "day-shift"               # an account; sessions are one an account
what = "send-without-event"     # a key of `DEEDS`
text = "MISSILE INBOUND"        # of words that somebody types
areas = [{ name = "Seoul", lat_deg = 37.57, lon_deg = 126.98, radius_km = 25.0 }]   # of a list of places
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import cos, pi, radians, sin
from typing import Any, Final

import msgspec

from vedette.assessment.alerts import Act, Desk, DeskKind, Outcome, Person, after, propose, release, revision_of
from vedette.assessment.alerts.draft import DraftSource, alert_id_of, draft_event, news_of
from vedette.assessment.danger import areas_told, dangers
from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError, RefusedError, UsageError
from vedette.engine import Picture
from vedette.exercise.alert_statistics import statistics_sentence
from vedette.formats.alert_json import alert_event_bytes
from vedette.formats.alert_texts import alert_texts, drill_trouble
from vedette.reports import Mode
from vedette.reports.alert_event import AlertEvent, AreaTold, Level, ToldCircle
from vedette.reports.place import Place
from vedette.scenario import Story
from vedette.sharing import DrillKey, LiveKey, Trust, make_key, open_live, seal
from vedette.time import utc_text_from_tai_ns

LATENCY_S: Final = 60.0  # from the decision until people have heard
SENDER: Final = "vedette-story"
_EARTH_KM: Final = 6_371.0
_ROLES: Final = ("releasing-officer",)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that a channel took."""

    t_s: float
    channel: str
    is_public: bool
    mode: Mode
    kind: str  # "alert", "update" or "cancel"
    alert_id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person tried, and what came of it."""

    t_s: float
    who: str
    what: str
    is_done: bool
    sentence: str


@dataclass(slots=True)
class StoryDesk:
    """The live desk of one story, with its public at the end of a signed line."""

    story: Story
    live: Desk = field(default_factory=lambda: Desk(DeskKind.LIVE))
    deliveries: list[Delivery] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    _heard: dict[str, object] = field(default_factory=dict)  # by object: what was news
    _told: dict[str, AlertEvent] = field(default_factory=dict)  # by alert: the newest draft
    _places: tuple[Place, ...] = ()
    _in_danger: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by object: places told at any level
    _live_key: LiveKey = field(init=False)
    _drill_key: DrillKey = field(init=False)

    def __post_init__(self) -> None:
        secret = sha256(self.story.name.encode()).digest()  # of a story, not of a desk: nothing outside trusts it
        self._live_key = make_key(LiveKey, SENDER, secret)
        self._drill_key = make_key(DrillKey, SENDER, secret)
        for number, act in enumerate(self.story.acts, 1):
            if act.get("what") not in DEEDS:
                where = f"{self.story.name}: act {number}"
                raise BadInputError(f"what = {act.get('what')!r}", where, f"there are {', '.join(DEEDS)}")
        self._places = tuple(_place(area) for act in self.story.acts for area in act.get("areas", ()))

    # ---- the machine

    def watch(self, picture: Picture, t_tai_ns: int) -> None:
        """Propose what the picture gives reason to propose; nothing goes out by this."""
        candidates = {one.object_id: one for one in picture.candidates if one.object_id}
        alerts: dict[str, list[Any]] = {}
        for alert in picture.alerts:
            alerts.setdefault(alert.object_id, []).append(alert)
        mark = sha256(self.story.name.encode()).digest()
        source = DraftSource(mark, 0, mark, SENDER, "story")
        for summary in picture.objects:
            mine = alerts.get(summary.id, [])
            if not mine:
                continue
            news = news_of(mine, candidates.get(summary.id))
            if self._heard.get(summary.id) == news:
                continue
            self._heard[summary.id] = news
            areas = self._areas(picture, summary.id, t_tai_ns)
            self._in_danger[summary.id] = tuple(area.name for area in areas)
            draft = draft_event(
                source, Mode.REAL, summary, mine, candidates.get(summary.id), t_tai_ns, areas
            )
            name = alert_id_of(source, summary.id, Mode.REAL)
            self._keep(propose(self.live, name, draft, t_tai_ns))
            self._told[name] = draft

    @property
    def in_danger(self) -> tuple[str, ...] | None:
        """Which of the story's places anything proposed may come down in or pass above; None: that is not known yet."""
        if not self._places or not self._in_danger:
            return None
        return tuple(sorted({name for names in self._in_danger.values() for name in names}))

    def _areas(self, picture: Picture, object_id: str, t_tai_ns: int) -> tuple[AreaTold, ...]:
        """Who would be told, of the places that the story's people name: from the flights, never from a list."""
        for follower in picture.followers.values():
            cloud = getattr(follower, "cloud_of", lambda _: None)(object_id)
            if cloud is not None and self._places:
                return areas_told(dangers(self._places, cloud, t_now_tai_ns=t_tai_ns, latency_s=LATENCY_S))
        return ()

    def _keep(self, outcome: Outcome) -> None:
        self.live = after(self.live, outcome.records)

    # ---- people

    def perform(self, act: Mapping[str, Any], t_tai_ns: int) -> Deed:
        """Somebody tries something; a refusal is a sentence, and never stops the watch."""
        t_s = (t_tai_ns - self.story.t_start_tai_ns) / NS_PER_S
        who, what = str(act.get("who", "somebody")), str(act["what"])
        try:
            sentence = DEEDS[what](self, act, t_tai_ns)
            deed = Deed(t_s, who, what, True, sentence)
        except (RefusedError, UsageError) as trouble:
            deed = Deed(t_s, who, what, False, str(trouble))
        self.deeds.append(deed)
        return deed

    def _person(self, act: Mapping[str, Any]) -> Person:
        who = str(act.get("who", "somebody"))
        return Person(account=who, session=f"session-{who}", roles=_ROLES)

    def _newest(self) -> tuple[str, AlertEvent]:
        if not self._told:
            raise RefusedError("nothing was proposed; a message is only ever about an event of the warning core")
        return next(reversed(self._told.items()))

    def _public_hears(self, data: bytes, t_tai_ns: int, kind: str = "alert") -> str:
        """The public's receiver: what it cannot verify as live it does not show."""
        message = open_live(data, Trust.of(self._live_key.public))
        t_s = (t_tai_ns - self.story.t_start_tai_ns) / NS_PER_S
        words = message.content.decode(errors="replace")
        self.deliveries.append(
            Delivery(t_s, "public", True, message.header.mode, kind, message.header.alert_id, words)
        )
        return f"the public was told: {words[:80]}"

    def _sealed(self, key: LiveKey | DrillKey, mode: Mode, text: str, event_id: str, t_tai_ns: int) -> bytes:
        until = t_tai_ns + 1800 * NS_PER_S
        return seal(
            key, mode, text.encode(), content_type="text/plain; charset=utf-8", sender=SENDER,
            sequence=self.live.sequence + 1, alert_id=event_id or "typed", event_id=event_id,
            message_id=f"{event_id or 'typed'}.1", act="release", sent_utc=utc_text_from_tai_ns(t_tai_ns),
            expires_utc=utc_text_from_tai_ns(until),
        ).as_bytes()  # fmt: skip


def _watch_over(desk: StoryDesk, act: Mapping[str, Any], t_tai_ns: int) -> str:
    """Somebody asks of every launch whether it comes near some places."""
    return f"asked of every launch: {', '.join(str(area['name']) for area in act.get('areas', ()))}"


def _release(desk: StoryDesk, act: Mapping[str, Any], t_tai_ns: int) -> str:
    """One person approves what the machine proposes; a second one must, in a session of their own."""
    name, draft = desk._newest()
    outcome = release(desk.live, Act(name, desk._person(act), t_tai_ns, revision_of(draft)))
    desk._keep(outcome)
    if outcome.message is None:
        raise RefusedError(outcome.says)  # nothing has gone out: one person alone sends nothing
    words = alert_event_bytes(outcome.message).decode()
    data = desk._sealed(desk._live_key, Mode.REAL, words, outcome.message.event_id, t_tai_ns)
    return desk._public_hears(data, t_tai_ns)


def _release_list(desk: StoryDesk, act: Mapping[str, Any], t_tai_ns: int) -> str:
    """Somebody would send the proposal to places of their own: that is another revision than the machine's."""
    name, draft = desk._newest()
    told = {area.name: area for area in draft.areas}
    wanted = [_place(area).name for area in act.get("areas", ())]
    strange = [area for area in wanted if area not in told]
    areas = (*draft.areas, *(_by_hand(area) for area in act.get("areas", ()) if area["name"] in strange))
    other = msgspec.structs.replace(draft, areas=areas)
    try:
        outcome = release(desk.live, Act(name, desk._person(act), t_tai_ns, revision_of(other)))
    except RefusedError as trouble:
        nobody = f"nothing that was seen comes near {', '.join(strange)}" if strange else "the list is the machine's"
        raise RefusedError(f"{nobody}; {trouble}") from None
    desk._keep(outcome)
    return outcome.says


def _without_event(desk: StoryDesk, act: Mapping[str, Any], t_tai_ns: int) -> str:
    """A live message is typed by hand: the desk knows no such event, and no key signs for none."""
    text = str(act.get("text", ""))
    outcome = release(desk.live, Act("typed-by-hand", desk._person(act), t_tai_ns, "0" * 12))
    desk._keep(outcome)
    return desk._public_hears(desk._sealed(desk._live_key, Mode.REAL, text, "", t_tai_ns), t_tai_ns)


def _drill_as_live(desk: StoryDesk, act: Mapping[str, Any], t_tai_ns: int) -> str:
    """The drill's words go out: no live phrase may be in them, no drill key signs REAL, the public takes no drill."""
    text = str(act.get("text", ""))
    said = [trouble] if (trouble := drill_trouble(text)) else []
    for mode in (Mode.REAL, Mode.EXERCISE):
        try:
            return desk._public_hears(desk._sealed(desk._drill_key, mode, text, "drill", t_tai_ns), t_tai_ns)
        except RefusedError as trouble:
            said.append(str(trouble))
    raise RefusedError("; ".join(said))


def _pass_on_unsigned(desk: StoryDesk, act: Mapping[str, Any], t_tai_ns: int) -> str:
    """Somebody passes on words that nobody signed."""
    return desk._public_hears(str(act.get("text", "")).encode(), t_tai_ns)


def _pass_on_drill(desk: StoryDesk, act: Mapping[str, Any], t_tai_ns: int) -> str:
    """Somebody passes on a drill's message, well signed."""
    text = str(act.get("text", ""))
    return desk._public_hears(desk._sealed(desk._drill_key, Mode.EXERCISE, text, "drill", t_tai_ns), t_tai_ns)


def _free_text(desk: StoryDesk, act: Mapping[str, Any], t_tai_ns: int) -> str:
    """Somebody writes one language's text by hand: it is not among those made from the event, and nobody signed it."""
    _, draft = desk._newest()
    made = {text.language: str(text) for text in alert_texts(_with_area(draft), ("en", "zh"))}
    language, text = str(act.get("language", "en")), str(act.get("text", ""))
    if text not in made.values():
        said = made.get(language, "").splitlines()
        try:
            desk._public_hears(text.encode(), t_tai_ns)
        except RefusedError as trouble:
            raise RefusedError(
                f"the event says {said[0] if said else 'nothing'!r} in {language}, and the same in "
                f"{', '.join(key for key in made if key != language)}; {text!r} is nobody's: {trouble}"
            ) from None
    return "the text is the event's"


def _statistics(desk: StoryDesk, act: Mapping[str, Any], t_tai_ns: int) -> str:
    """How often people were warned and what came of it is put together and shown to everybody."""
    return statistics_sentence(int(act.get("seed", 1)))


DEEDS: Final[dict[str, Callable[[StoryDesk, Mapping[str, Any], int], str]]] = {
    "watch-over": _watch_over,
    "release": _release,
    "release-list": _release_list,
    "send-without-event": _without_event,
    "send-drill-as-live": _drill_as_live,
    "pass-on-unsigned": _pass_on_unsigned,
    "pass-on-drill": _pass_on_drill,
    "free-text": _free_text,
    "publish-statistics": _statistics,
}


def _place(area: Mapping[str, Any]) -> Place:
    """A disc as a polygon of sixteen corners."""
    lat, lon = radians(float(area["lat_deg"])), radians(float(area["lon_deg"]))
    reach = float(area["radius_km"]) / _EARTH_KM
    corners = tuple(
        (lat + reach * cos(turn), lon + reach * sin(turn) / cos(lat)) for turn in (2.0 * pi * k / 16 for k in range(16))
    )
    return Place(str(area["name"]), ((corners, ()),))


def _by_hand(area: Mapping[str, Any]) -> AreaTold:
    circle = ToldCircle(lat_deg=float(area["lat_deg"]), lon_deg=float(area["lon_deg"]), radius_km=area["radius_km"])
    return AreaTold(name=str(area["name"]), level=Level.TAKE_SHELTER, probability=1.0, circles=(circle,))


def _with_area(draft: AlertEvent) -> AlertEvent:
    """Texts are made for the areas told; where none is in danger, for everybody at the lowest level."""
    if draft.areas:
        return draft
    return msgspec.structs.replace(
        draft, areas=(AreaTold(name="everybody", level=Level.BE_INFORMED, probability=0.0, what="overflight"),)
    )
