"""The joint assessments of a session: held beside our own, renewed at a steady pace and whenever a partner speaks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vedette.assessment.joint.disagreement import disagreements
from vedette.assessment.joint.fusing import fused_areas, fused_by_state, fused_launch
from vedette.assessment.joint.grouping import grouped
from vedette.assessment.joint.level import JointLevel, joint_level
from vedette.assessment.joint.lights import (
    FIRST,
    NONE,
    Lights,
    is_first_sight,
    lights_of_looks,
    lights_of_scans,
    may_be_of,
)
from vedette.assessment.joint.matching import GATE_6, Matcher, state_chi2
from vedette.assessment.joint.own_view import STANDING, OwnEvent
from vedette.assessment.joint.partners import HeardEvent, Partners, PartnerView
from vedette.assessment.joint.plausible import CONTRADICTED, SEEN_MIN, chance_seen, rests_on_one
from vedette.assessment.launch_fit import Cloud
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.reports import (
    LAUNCHES,
    Evidence,
    Finding,
    FindingKind,
    ImpactArea,
    LaunchEstimate,
    Looks,
    Message,
    Scan,
    SharedEvent,
    SharedTrack,
)
from vedette.reports.joint import JointAssessment, Side, Timing
from vedette.reports.words import percent_words
from vedette.sensing import Sensor

PACE_S = 1.0
CROWD = 50  # of so many events they are renewed half as often, and news waits for a second's more
TRACK = "track"  # kind of an event that is none: a track that moves as ours does
FUSE_EVERY_S = 5.0
FUSIONS_A_TURN = 4  # our own looks are waiting
_REMEMBERED = 2048
_LAUNCHES = frozenset(cause.value for cause in LAUNCHES)
_OVER = (Evidence.WITHDRAWN, Evidence.PASSED)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the review may look up."""

    sensors: Mapping[str, Sensor]
    last_heard_tai_ns: Mapping[str, int]
    cloud_of: Callable[[str], Cloud | None]
    states: Mapping[str, tuple[int, Scalar, Rows]] = field(default_factory=dict)  # of what we track, by object
    phases: Mapping[str, str] = field(default_factory=dict)
    scans: Callable[[], Iterable[Scan]] = tuple  # of our own sensors, lately
    looks_of: Callable[[str], Looks | None] = lambda _: None  # what one of our objects was seen as


@dataclass(slots=True)
class _Kept:
    """A joint impact area, and what it is of."""

    cloud: object
    t_track_tai_ns: int
    t_tai_ns: int
    impact: ImpactArea | None
    why: str


class JointReview:
    """Stable names for joint events, and what was said of each."""

    def __init__(self, partners: Partners) -> None:
        self.partners = partners
        self.assessments: tuple[JointAssessment, ...] = ()
        self._matcher = Matcher()
        self._ids: dict[tuple[str, str], str] = {}  # ("", our object) or (owner, event)
        self._told: dict[str, tuple[Evidence, Timing]] = {}
        self._points: set[tuple[str, str]] = set()  # disagreements said, by event and kind
        self._fused: dict[tuple[str, str, str], _Kept] = {}  # by our object, and the owner and number of a track
        self._launches: dict[
            tuple[int, int], tuple[LaunchEstimate | None, LaunchEstimate | None, LaunchEstimate | None]
        ] = {}
        self._t_tai_ns: int | None = None
        self._turn = 0
        self._count, self._used = 0, set[str]()  # names given out at all, and in this turn
        self._lights: Lights | None = None  # all that our watchers saw lately, in this turn
        self._sights: dict[str, Lights] = {}  # first sights of objects

    def is_due(self, t_tai_ns: int, is_news: bool) -> bool:
        """Whether there is reason to look again."""
        if self._t_tai_ns is None:
            return True
        crowd = 1.0 + len(self.assessments) / CROWD
        pace_s = PACE_S * crowd if not is_news else 0.0 if crowd < 2.0 else PACE_S
        return (t_tai_ns - self._t_tai_ns) / NS_PER_S >= pace_s

    def review(self, own: Sequence[OwnEvent], around: Surroundings, t_tai_ns: int) -> tuple[Finding, ...]:
        """Every event as it stands now; what is new about it."""
        self._t_tai_ns = t_tai_ns
        self.partners.joining.tell_own(around.states, around.phases)
        self._turn = FUSIONS_A_TURN
        self._used.clear()
        self._lights = None
        matched: dict[str, list[tuple[PartnerView, HeardEvent]]] = {}  # by our object
        alone: list[tuple[PartnerView, HeardEvent]] = []
        said: list[Finding] = list(self.partners.joining.findings())
        for _, view in sorted(self.partners.views.items()):
            ready = [one for name, one in view.heard.items() if not self.partners.waits(view.owner, name, t_tai_ns)]
            told = grouped(ready)
            launches = [one for one in own if not one.is_light]
            pairs = self._matcher.match(view.owner, launches, [one.event for one in told], view.tracks)
            pairs |= self._found_again(view.owner, [one.event for one in told], pairs)
            pairs |= self._by_sight([one.event for one in told], own, pairs, around)
            for one in told:
                ours = pairs.get(one.event.event_id)
                if ours is not None:
                    for name in one.names:
                        view.heard[name].doubts.pop(CONTRADICTED, None)
                    one.doubts.pop(CONTRADICTED, None)
                    matched.setdefault(ours.object_id, []).append((view, one))
                else:
                    alone.append((view, one))
            for one in self._tracks_alone(view, own, {n for h in told for n in h.event.tracks}, t_tai_ns):
                mine = matched.setdefault(one.event.text, [])
                if not any(other is view and _says_all(h.event, one.event) for other, h in mine):
                    mine.append((view, one))
        rows = []
        for ours in own:
            if ours.object_id in matched or ours.evidence in STANDING or ("", ours.object_id) in self._ids:
                heard = sorted(matched.get(ours.object_id, []), key=_standing_and_newest_first)
                rows.append(self._assess(ours, heard, around, t_tai_ns, said))
        for view, one in alone:
            rows.append(self._assess(None, [(view, one)], around, t_tai_ns, said))
        self.assessments = tuple(rows)
        self.partners.fresh.clear()
        return tuple(said)

    def _found_again(
        self, owner: str, events: Sequence[SharedEvent], pairs: Mapping[str, OwnEvent]
    ) -> dict[str, OwnEvent]:
        """Of events that agree with an object of ours that is paired with another: those that are the same flight.

        Its owner has given it up, or its track was first told after the other's had seen its object for the last time.
        Two flights that were seen at one time stay two.
        """
        found = {}
        for event in events:
            ours = self._matcher.agreeing.get((owner, event.event_id))
            if ours is None:
                continue
            others = [one for one in events if one is not event and pairs.get(one.event_id) is ours]
            lives = self.partners.joining.one_after_another
            if others and (
                event.evidence not in STANDING or any(lives(owner, event.tracks, one.tracks) for one in others)
            ):
                found[event.event_id] = ours
        return found

    def _by_sight(
        self,
        events: Sequence[SharedEvent],
        own: Sequence[OwnEvent],
        pairs: Mapping[str, OwnEvent],
        around: Surroundings,
    ) -> dict[str, OwnEvent]:
        """Launches that stand alone, and the lights of ours, of no place of launch, that were first seen on their way.

        A track that rests on a few directions is soon no measure of where it is; where it was first seen stays true.
        """
        taken = {one.object_id for one in pairs.values()}
        found = {}
        for event in events:
            launch = event.launch
            if launch is None or event.evidence not in STANDING or event.event_id in pairs:
                continue
            for one in own:
                may_be = one.launch is None and one.object_id not in taken and one.evidence not in STANDING
                if not may_be or one.t_first_tai_ns < launch.t_90_tai_ns[0]:
                    continue
                if is_first_sight(self._sights_of(one.object_id, around), launch, self._matcher.places):
                    found[event.event_id] = one
                    taken.add(one.object_id)
                    break
        return found

    def _sights_of(self, object_id: str, around: Surroundings) -> Lights:
        held = self._sights.get(object_id)
        if held is None or len(held) < FIRST:
            looks = around.looks_of(object_id)
            if len(self._sights) >= _REMEMBERED:
                self._sights.clear()
            held = NONE if looks is None else lights_of_looks(looks).of(slice(0, FIRST))
            self._sights[object_id] = held
        return held

    def _tracks_alone(
        self, view: PartnerView, own: Sequence[OwnEvent], in_events: set[str], t_tai_ns: int
    ) -> list[HeardEvent]:
        """Tracks of a partner that no event of it names, and that move as something of ours does.

        In `event.text`: our object. Both the joint tracker and the states themselves must say so.
        """
        ours = {one.object_id: one for one in own}
        found = []
        for number, track in sorted(view.tracks.items()):
            if number in in_events or not track.phenomena or not is_of_its_own(track.provenance, view.owner):
                continue
            object_id = self.partners.joining.object_of(view.owner, number)
            if object_id is None or object_id not in ours:
                continue
            apart = state_chi2(ours[object_id], track)
            if apart is None or apart > GATE_6:
                continue
            event = SharedEvent(
                event_id=number, revision=1, kind=TRACK, evidence=Evidence.CANDIDATE, phenomena=track.phenomena,
                probabilities=track.probabilities, tracks=(number,), t_said_tai_ns=track.t_tai_ns, text=object_id,
            )  # fmt: skip
            found.append(HeardEvent(event, track.t_tai_ns, False))
        return found

    # ---- one event

    def _assess(
        self,
        own: OwnEvent | None,
        heard: list[tuple[PartnerView, HeardEvent]],
        around: Surroundings,
        t_tai_ns: int,
        said: list[Finding],
    ) -> JointAssessment:
        seen = ""
        if own is None:
            view, one = heard[0]
            seen, found = self._what_we_would_see(view, one, around, t_tai_ns)
            said += found
        lies = {view.owner: self.partners.joining.lie_of(view.owner) for view, _ in heard}
        sides = tuple(side_of(view, one, t_tai_ns, lies[view.owner]) for view, one in heard)
        level = joint_level(own, sides)
        points = tuple(
            words
            for side, (_, one) in zip(sides, heard, strict=True)
            if not _is_piece(side, sides)
            for words in disagreements(own, side, one.event, seen, self._matcher.places)
        )
        launch, impact, fused_from, why = self._joint_estimates(own, heard, sides, around, t_tai_ns)
        timing = _timing_of(own, sides)
        is_over = level.evidence in _OVER or timing is Timing.EXPIRED
        made = JointAssessment(
            id=self._id_of(own, heard),
            own=None if own is None else own_side(own, t_tai_ns),
            partners=sides,
            evidence=level.evidence,
            phenomena=level.phenomena,
            launch=launch,
            impact=impact,
            fused_from=fused_from,
            disagreements=points,
            reasons_for=level.reasons_for,
            reasons_against=(*level.reasons_against, *((why,) if why else ())),
            timing=timing,
            may_sound=not is_over and level.evidence in STANDING,
            t_tai_ns=t_tai_ns,
            text=_words(own, sides, level, timing),
        )
        said += self._news(made, heard, t_tai_ns)
        return made

    def _what_we_would_see(
        self, view: PartnerView, one: HeardEvent, around: Surroundings, t_tai_ns: int
    ) -> tuple[str, list[Finding]]:
        """What our own sensors say of a launch that only a partner has; a doubt where they should have seen it.

        A light that stands where it may have flown is no silence: what it is, owners may see otherwise.
        """
        launch = one.event.launch
        if launch is None:
            return "where it was launched is withheld", []
        chance, looking = chance_seen(launch, around.sensors, around.last_heard_tai_ns, t_tai_ns)
        if not looking:
            return "none of our infrared watchers looks there", []
        words = f"{' and '.join(looking)} would have seen it by now with {percent_words(chance)}"
        if chance < SEEN_MIN or one.event.evidence not in STANDING:
            return words, []
        if self._lights is None:
            self._lights = lights_of_scans(around.scans(), around.sensors)
        ours = self._matcher.agreeing.get((view.owner, one.event.event_id))
        if ours is not None:
            return f"our {ours.object_id} agrees with it, and is taken for another of theirs", []
        shone = may_be_of(self._lights, launch, self._matcher.places)
        if shone.any():
            names = sorted(set(self._lights.of(shone).watcher))
            return f"{' and '.join(names)} saw a light there, and nothing that we take for this launch", []
        doubt = (CONTRADICTED, f"{one.event.event_id}: {words}, and see nothing; an error, a test or a drill of theirs")
        if CONTRADICTED in one.doubts:
            return words, []
        one.doubts[CONTRADICTED] = doubt[1]
        return words, list(self.partners.doubt(view.owner, one.event.event_id, doubt, t_tai_ns))

    def _joint_estimates(
        self,
        own: OwnEvent | None,
        heard: list[tuple[PartnerView, HeardEvent]],
        sides: Sequence[Side],
        around: Surroundings,
        t_tai_ns: int,
    ) -> tuple[LaunchEstimate | None, ImpactArea | None, tuple[str, ...], str]:
        """Launch and impact of all that counts, whose figures they are of, and why there is no impact of both."""
        launch, impact = (own.launch, own.impact) if own is not None else (None, None)
        names = ["own"] if own is not None and (launch or impact) else []
        why = ""
        for side, (view, one) in zip(sides, heard, strict=True):
            is_told = any(other.owner == side.owner for other in sides[: sides.index(side)])
            if not side.is_counted or side.evidence in _OVER or (is_told and not side.is_track):
                continue  # one flight under two numbers is no second opinion
            had = launch
            launch = self._launch_of_both(launch, one.event.launch)
            if had is not None and launch is None:
                return None, None, (), f"{view.owner}'s launch and ours contradict each other"
            area, why = self._impact(own, impact, view, one, around, t_tai_ns)
            if why and area is None and impact is not None and one.event.impact is not None:
                return launch, None, (*names, view.owner), why
            impact = area if area is not None else impact
            if one.event.launch is not None or one.event.impact is not None or one.event.tracks:
                names.append(view.owner)
        return launch, impact, tuple(names), why

    def _launch_of_both(self, ours: LaunchEstimate | None, theirs: LaunchEstimate | None) -> LaunchEstimate | None:
        """The same two again are not joined again."""
        held = self._launches.get((id(ours), id(theirs)))
        if held is None or held[0] is not ours or held[1] is not theirs:
            if len(self._launches) >= _REMEMBERED:
                self._launches.clear()
            held = (ours, theirs, fused_launch(ours, theirs, self._matcher.places))
            self._launches[id(ours), id(theirs)] = held
        return held[2]

    def _impact(
        self,
        own: OwnEvent | None,
        impact: ImpactArea | None,
        view: PartnerView,
        one: HeardEvent,
        around: Surroundings,
        t_tai_ns: int,
    ) -> tuple[ImpactArea | None, str]:
        """By the partner's state where it was released and our flights are known there; else by both areas."""
        theirs = one.event.impact
        is_final = impact is not None and not impact.is_conditional
        track = next((view.tracks[n] for n in one.event.tracks if n in view.tracks), None)
        if own is not None and is_final and track is not None and is_of_its_own(track.provenance, view.owner):
            kept = self._by_state(own, view, track, around, t_tai_ns)
            if kept is not None and kept.impact is not None:
                return kept.impact, ""
            if kept is not None and "contradict" in kept.why:
                return None, kept.why
        if theirs is None or theirs.is_conditional:
            return impact, ""
        if not is_final:
            return theirs, ""
        both = fused_areas(impact, theirs)
        return both, "" if both is not None else f"{view.owner}'s impact area and ours contradict each other"

    def _by_state(
        self, own: OwnEvent, view: PartnerView, track: SharedTrack, around: Surroundings, t_tai_ns: int
    ) -> _Kept | None:
        cloud = around.cloud_of(own.object_id)
        if cloud is None:
            return None
        key = (own.object_id, view.owner, track.number)
        kept = self._fused.get(key)
        if kept is not None and kept.cloud is cloud:  # a new fit of ours is joined at once
            is_lately = (t_tai_ns - kept.t_tai_ns) / NS_PER_S < FUSE_EVERY_S
            if is_lately or kept.t_track_tai_ns == track.t_tai_ns:
                return kept
        if self._turn <= 0:
            return kept
        self._turn -= 1
        area, why = fused_by_state(cloud, track)
        kept = self._fused[key] = _Kept(cloud, track.t_tai_ns, t_tai_ns, area, why)
        return kept

    def _id_of(self, own: OwnEvent | None, heard: list[tuple[PartnerView, HeardEvent]]) -> str:
        """A name that stays: that of our object, or of the partner's event before it was ours too."""
        keys = [("", own.object_id)] if own is not None else []
        keys += [(view.owner, name) for view, one in heard if one.event.kind != TRACK for name in one.names]
        name = next((self._ids[key] for key in keys if key in self._ids and self._ids[key] not in self._used), None)
        if name is None:
            self._count += 1
            name = f"J{self._count}"
        self._used.add(name)
        self._ids.update(dict.fromkeys(keys, name))
        return name

    # ---- what is said of it

    def _news(self, made: JointAssessment, heard: list[tuple[PartnerView, HeardEvent]], t_tai_ns: int) -> list[Finding]:
        """A line when a partner's event is new here, the joint level changes, or owners come to disagree."""
        said = []
        before = self._told.get(made.id)
        is_mere_track = all(side.is_track for side in made.partners) and made.evidence is Evidence.CANDIDATE
        if made.partners and not is_mere_track and before != (made.evidence, made.timing):
            self._told[made.id] = (made.evidence, made.timing)
            data: dict[str, object] = {"before": None if before is None else before[0].value}
            said.append(_finding(made, t_tai_ns, made.text, "level", data))
        for side, (view, _) in zip(made.partners, heard, strict=True):
            for words in made.disagreements:
                key = (made.id, " ".join(words.split()[:4]))  # without its figures
                if words.startswith(side.owner) and key not in self._points:
                    self._points.add(key)
                    said.append(_finding(made, t_tai_ns, words, "disagreement", {"owner": view.owner}))
        return said


def side_of(view: PartnerView, one: HeardEvent, t_tai_ns: int, lie: str = "") -> Side:
    """A partner's side of an event. lie: what is wrong with its tracks, while they are refused."""
    event = one.event
    is_believed = view.is_believed(t_tai_ns)
    doubts = (*one.doubts, *((lie,) if lie else ()), *(() if is_believed else ("not-believed",)))
    timing = one.timing(t_tai_ns)
    level, alone = event.evidence, ""
    if rests_on_one(event):
        level, alone = Evidence.CORRELATED, f"confirmed, it says, and tells of {event.phenomena[0]} alone: "
    late = "" if timing is Timing.ON_TIME else f"{timing.value}, {one.revisions} revisions as one: "
    return Side(
        owner=view.owner,
        event_id=event.event_id,
        revision=event.revision,
        evidence=level,
        phenomena=event.phenomena,
        p_launch=launch_share(event),
        launch=event.launch,
        impact=event.impact,
        count=event.count,
        message=event.message,
        timing=timing,
        t_said_tai_ns=event.t_said_tai_ns,
        t_heard_tai_ns=one.t_heard_tai_ns,
        doubts=doubts,
        is_counted=not doubts and timing is not Timing.EXPIRED,
        is_track=event.kind == TRACK,
        text="a track, and no event" if event.kind == TRACK else f"{late}{alone}{event.text}".removesuffix(": "),
    )


def _says_all(event: SharedEvent, track: SharedEvent) -> bool:
    """Whether a track that no event names adds nothing to an event of its owner, which stands by its phenomena too."""
    is_track = event.kind == TRACK
    return is_track or (event.evidence in STANDING and set(track.phenomena) <= set(event.phenomena))


def _standing_and_newest_first(heard: tuple[PartnerView, HeardEvent]) -> tuple[bool, int]:
    """Of several numbers of one flight: what stands, and of that what is tracked now, before what was."""
    view, one = heard
    newest = max((view.tracks[n].t_tai_ns for n in one.event.tracks if n in view.tracks), default=0)
    return one.event.evidence not in STANDING, -newest


def _is_piece(side: Side, sides: Sequence[Side]) -> bool:
    """Whether its owner has given it up and has the same flight under another number."""
    is_given_up = side.evidence not in STANDING and not side.is_track
    return is_given_up and any(one.owner == side.owner and one.evidence in STANDING for one in sides)


def own_side(own: OwnEvent, t_tai_ns: int) -> Side:
    """Our own view, as one side beside others."""
    return Side(
        owner="",
        event_id=own.object_id,
        evidence=own.evidence,
        phenomena=own.phenomena,
        p_launch=round(own.p_launch, 6),
        launch=own.launch,
        impact=own.impact,
        message=Message.NONE,  # what our desk has said stands at the desk
        t_said_tai_ns=own.t_tai_ns,
        t_heard_tai_ns=t_tai_ns,
    )


def launch_share(event: SharedEvent) -> float | None:
    """How probable a launch of any kind is to the partner; None where it tells no explanation."""
    known = [p for name, p in event.probabilities.items() if name in _LAUNCHES]
    return min(sum(known), 1.0) if known else None


def is_of_its_own(provenance: Sequence[str], owner: str) -> bool:
    """Whether a track rests on its owner's looks alone: what rests on ours too must not be added to ours."""
    return all(name == owner for name in provenance)


def _timing_of(own: OwnEvent | None, sides: Sequence[Side]) -> Timing:
    """Of an event that we see ourselves: on time. Of others: the best of the partners'."""
    if own is not None or not sides:
        return Timing.ON_TIME
    order = (Timing.ON_TIME, Timing.LATE, Timing.EXPIRED)
    return min((side.timing for side in sides), key=order.index)


def _words(own: OwnEvent | None, sides: Sequence[Side], level: JointLevel, timing: Timing) -> str:
    """`confirmed by infrared and radar (SOUTH); we: correlated; SOUTH: correlated`."""
    mark = "" if timing is Timing.ON_TIME else f"{timing.value} "
    by = " and ".join(level.phenomena) if level.phenomena else "nothing that is told"
    views = [f"we: {'nothing seen' if own is None else own.evidence}"]
    for side in sides:
        aside = "" if side.is_counted else f" (not counted: {', '.join(side.doubts) or side.timing})"
        views.append(f"{side.owner}: {'a track' if side.is_track else side.evidence}{aside}")
    return f"{mark}{level.evidence} by {by}; {'; '.join(views)}"


def _finding(made: JointAssessment, t_tai_ns: int, words: str, what: str, more: dict[str, object]) -> Finding:
    owners = [side.owner for side in made.partners]
    data = {
        "mark": "joint", "what": what, "joint_id": made.id, "owners": owners, "evidence": made.evidence.value,
        "timing": made.timing.value, "may_sound": made.may_sound, **more,
    }  # fmt: skip
    return Finding(
        kind=FindingKind.JOINT, object_id=made.own.event_id if made.own is not None else made.id,
        t_tai_ns=t_tai_ns, t_declared_tai_ns=t_tai_ns, text=f"{made.id}: {words}", data=data,
    )  # fmt: skip
