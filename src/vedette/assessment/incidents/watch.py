"""The watch over what is no track: noise, silence, and messages that no sighting stands behind.

Fed with every look, life sign and claim, and asked now and then to think; a pure function of what it was fed. It says
what an incident may be, natural and technical causes beside the threat, and never touches what is tracked. The one
thing it takes out of the picture is a look that is, reading by reading, an earlier one: that is no sighting.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from vedette.assessment.incidents.episode import Episode
from vedette.assessment.incidents.messages import (
    Support,
    claimed_words,
    features_of,
    is_grave,
    is_odd,
    is_of_a_drill,
    weigh_message,
)
from vedette.assessment.incidents.noise import hears_sun, sun_seen, weigh_noise
from vedette.assessment.incidents.policy import IncidentPolicy, packaged_incident_policy
from vedette.assessment.incidents.repeats import Repeat, RepeatWatch
from vedette.assessment.incidents.silence import lessened, weigh_silence
from vedette.assessment.incidents.yes_no import FAILED, NO, YES, weigh_yes_no
from vedette.assessment.weighing import Weighed
from vedette.core.constants import NS_PER_S
from vedette.frames import EarthOrientation
from vedette.reports import (
    THREATS,
    Candidate,
    Cause,
    Claim,
    Condition,
    EmitterEstimate,
    Evidence,
    Finding,
    LifeSign,
    Scan,
    SensorHealth,
)
from vedette.sensing import Radar, Sensor, Site
from vedette.sensing.links import NO_LINKS, Links

THINK_S = 1.0  # of received time between two looks at everything
THINK_NOISE_S = 5.0
SILENT_S, SILENT_REVISITS = 20.0, 5.0  # as in the sensors' health
OVERDUE = 0.6  # of that: one that is so late stopped together with one that is silent
KEPT_S = 3600.0  # how long a candidate stays in the list when it is over
CLAIMS_KEPT = 400


@dataclass(frozen=True, slots=True)
class Now:
    """What the picture knows at the moment, of use here; `support` is asked only when a claim is open."""

    t_tai_ns: int  # the newest time that anything was received
    last_heard_tai_ns: Mapping[str, int]
    health: tuple[SensorHealth, ...] = ()
    emitters: tuple[EmitterEstimate, ...] = ()
    support: Callable[[], Support] = Support


@dataclass(slots=True)
class IncidentWatch:
    """Candidates that are no object."""

    sensors: Mapping[str, Sensor]
    links: Links = NO_LINKS
    policy: IncidentPolicy = field(default_factory=packaged_incident_policy)
    orientation: EarthOrientation | None = None
    repeats: RepeatWatch = field(default_factory=RepeatWatch)
    _episodes: list[Episode] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _noise: dict[bool, Episode] = field(default_factory=dict)  # by whether the noise stands at the Sun
    _silence: list[Episode] = field(default_factory=list)
    _message: Episode | None = None
    _states: Episode | None = None  # of yes-or-no sensors
    _tapes: dict[str, Episode] = field(default_factory=dict)  # by sensor
    _refused: Episode | None = None
    _refused_count: int = 0
    _claims: list[Claim] = field(default_factory=list)
    _signs: list[LifeSign] = field(default_factory=list)
    _t_thought_tai_ns: int | None = None
    _t_noise_tai_ns: int | None = None
    _is_news: bool = False
    _radars: dict[str, Radar] = field(default_factory=dict)
    _known: dict[str, tuple[int, int]] = field(default_factory=dict)  # of silences: signs and sensors heard then

    def __post_init__(self) -> None:
        self._radars = {
            name: sensor
            for name, sensor in self.sensors.items()
            if isinstance(sensor, Radar) and isinstance(sensor.site, Site)
        }

    # ---- hearing

    def absorb(self, scan: Scan) -> tuple[tuple[Finding, ...], bool]:
        """Take a look; what can be said of it, and whether it is no sighting but a repeated one."""
        repeat = self.repeats.absorb(scan)
        if repeat is None or repeat.log_odds < self.policy.message["tape_log_odds"]:
            return (), False
        return self._repeated(repeat, scan.t_received_tai_ns), True

    def hear(self, event: LifeSign | Claim) -> None:
        """Take a life sign or a claim; `think` says what follows."""
        self._is_news = True
        if isinstance(event, LifeSign):
            self._signs = [*self._signs[-CLAIMS_KEPT:], event]
        else:
            self._claims = [*self._claims[-CLAIMS_KEPT:], event]

    def is_foreign(self, name: str, route: str) -> bool:
        """Whether a way is known to be none of a site's: it is described without it, or the way is somebody else's."""
        link = self.links.of(name)
        if link is not None and any(way == route for way, _ in link.routes):
            return False
        return link is not None or bool(self.links.owners(route)) or is_of_a_drill(route)

    def refuse(self, name: str, sentence: str, t_tai_ns: int) -> None:
        """Something was refused for its mode or its way: most likely a test or a drill on the wrong line."""
        one = self._refused
        if one is None or t_tai_ns - one.t_tai_ns > KEPT_S * NS_PER_S:
            one = self._refused = self._open("message", t_tai_ns)
            self._refused_count = 0
        self._refused_count += 1
        one.sensors = tuple(dict.fromkeys((*one.sensors, name)))[:20]
        one.marks, one.evidence, one.t_over_tai_ns = ("refused",), Evidence.WITHDRAWN, t_tai_ns
        often = f"{self._refused_count:,} such reports; none entered the picture"
        one.weigh(
            [
                Weighed(Cause.TEST_DATA, 4.0, (sentence, often)),
                Weighed(Cause.MESSAGE_FAULT, 1.0, ("its mark of mode or way may be wrong",)),
                Weighed(Cause.SENSOR_FAULT, -2.0, (), ("a sensor's fault does not change its mode or its way",)),
                Weighed(Cause.INTERCONTINENTAL, -4.0, (), ("by its own mark it is not real, or not this sensor's",)),
            ],
            self.policy.message,
            t_tai_ns,
        )

    # ---- thinking

    def think(self, now: Now) -> tuple[Finding, ...]:
        """What has become known, at most once a second unless something was just said."""
        if not self.is_due(now.t_tai_ns):
            return ()
        self._t_thought_tai_ns, self._is_news = now.t_tai_ns, False
        said = (*self._think_silence(now), *self._think_noise(now), *self._think_messages(now))
        self._forget(now.t_tai_ns)
        return said

    def candidates(self) -> tuple[Candidate, ...]:
        """Everything open, and what was open within the last hour; in the order it began."""
        return tuple(one.candidate for one in self._episodes if one.explanations)

    def is_due(self, t_tai_ns: int) -> bool:
        """Whether it is time to think again."""
        if self._is_news or self._t_thought_tai_ns is None:
            return True
        return t_tai_ns - self._t_thought_tai_ns >= THINK_S * NS_PER_S

    def _open(self, subject: str, t_tai_ns: int) -> Episode:
        self._counts[subject] = self._counts.get(subject, 0) + 1
        one = Episode(f"{subject}-{self._counts[subject]}", subject, t_tai_ns, t_tai_ns)
        self._episodes.append(one)
        return one

    def _forget(self, t_tai_ns: int) -> None:
        edge = t_tai_ns - round(KEPT_S * NS_PER_S)
        self._episodes = [e for e in self._episodes if e.t_over_tai_ns is None or e.t_over_tai_ns > edge]

    # ---- silence

    def _think_silence(self, now: Now) -> tuple[Finding, ...]:
        quiet, overdue = {}, {}
        for name, t_tai_ns in now.last_heard_tai_ns.items():
            sensor = self.sensors.get(name)
            if sensor is not None and (now.t_tai_ns - t_tai_ns) / NS_PER_S > OVERDUE * _patience_s(sensor):
                overdue[name] = t_tai_ns
                if (now.t_tai_ns - t_tai_ns) / NS_PER_S > _patience_s(sensor):
                    quiet[name] = t_tai_ns
        said: list[Finding] = []
        for one in self._silence:
            if one.t_over_tai_ns is None and not any(name in quiet for name in one.sensors):
                one.evidence, one.t_over_tai_ns, one.t_tai_ns = Evidence.PASSED, now.t_tai_ns, now.t_tai_ns
                one.marks = ("restored",)
                if one.said:
                    said.append(one.finding(f"{_all(one.sensors)}: heard again", "restored"))
        heard = tuple(n for n in now.last_heard_tai_ns if n in self.sensors and n not in overdue)
        for group in _together(overdue, self.sensors, self.policy.silence["together_s"]):
            if any(name in quiet for name in group):  # who is overdue as well stopped with them
                said += self._silent(group, overdue, heard, now)
        return tuple(said)

    def _silent(
        self, group: tuple[str, ...], quiet: Mapping[str, int], heard: tuple[str, ...], now: Now
    ) -> list[Finding]:
        open_ones = [e for e in self._silence if e.t_over_tai_ns is None and set(e.sensors) & set(group)]
        if open_ones:
            one = open_ones[0]
        else:
            one = self._open("silence", min(quiet[name] for name in group))
            self._silence.append(one)
        if any(name not in quiet for name in one.sensors):
            return []  # some are back: who stopped together is known, and why does not change any more
        members = tuple(n for n in self.sensors if n in group or n in one.sensors)
        failed = self._failed(now.t_tai_ns)
        signs = self._newest_signs(members, one.t_first_tai_ns)
        key = (members, len(signs), len(heard) + 1000 * len(failed))
        if one.explanations and key == (one.sensors, *self._known.get(one.id, (-1, -1))):
            return []
        self._known[one.id] = (len(signs), len(heard) + 1000 * len(failed))
        one.sensors = members
        weighed = weigh_silence(members, heard, self.links, signs, self.policy.silence, failed)
        one.weigh(weighed, self.policy.silence, now.t_tai_ns)
        less = lessened(members, self.links)
        alive = {sign.sensor_id for sign in signs}
        one.marks = ("no-data", *(f"less-sure:{name}" for name in less if name in heard))
        words = f"{_all(members)}: no data since the same moment" if len(members) > 1 else f"{members[0]}: no data"
        said: list[Finding] = []
        if alive >= set(members) and one.evidence is Evidence.CANDIDATE:
            one.evidence, one.marks = Evidence.WITHDRAWN, (*one.marks, "alive")
            after_s = (now.t_tai_ns - one.t_first_tai_ns) / NS_PER_S
            by = ", ".join(dict.fromkeys(sign.route for sign in signs))
            words_alive = f"{_all(members)}: alive by {by}, {after_s:.0f} s after the silence began"
            said.append(one.finding(words_alive, "alive"))
        if len(members) >= self.policy.silence["told_sensors"]:
            said += one.told(self.policy.silence["stated"], words, "silence")
        return said

    def _failed(self, t_tai_ns: int) -> tuple[str, ...]:
        """Yes-or-no sensors that lately said that they have failed."""
        edge = t_tai_ns - round(self.policy.message["same_s"] * NS_PER_S)
        states = {claim.source_id: claim.state for claim in self._claims if claim.state and claim.t_sent_tai_ns >= edge}
        return tuple(name for name, state in states.items() if state == FAILED)

    def _newest_signs(self, names: Sequence[str], t_from_tai_ns: int) -> list[LifeSign]:
        """The newest sign of each site and way since an instant."""
        newest: dict[tuple[str, str], LifeSign] = {}
        for sign in self._signs:
            if sign.sensor_id in names and sign.t_sent_tai_ns >= t_from_tai_ns:
                newest[sign.sensor_id, sign.route] = sign
        return list(newest.values())

    # ---- noise

    def _think_noise(self, now: Now) -> tuple[Finding, ...]:
        last = self._t_noise_tai_ns
        if last is not None and now.t_tai_ns - last < THINK_NOISE_S * NS_PER_S:
            return ()
        self._t_noise_tai_ns = now.t_tai_ns
        noisy = [h for h in now.health if h.condition is Condition.DEGRADED and h.sensor_id in self._radars]
        if not noisy and not any(one.t_over_tai_ns is None for one in self._noise.values()):
            return ()
        t = now.t_tai_ns
        suns = {h.sensor_id: sun_seen(self._radars[h.sensor_id], t, self.orientation) for h in noisy}
        at_sun = {h.sensor_id: hears_sun(h, suns[h.sensor_id]) for h in noisy}
        quiet = [h.sensor_id for h in now.health if h.condition is Condition.OK and h.sensor_id in self._radars
                 and h.sensor_id in now.last_heard_tai_ns]  # fmt: skip
        said: list[Finding] = []
        for is_sun in (True, False):
            members = [h for h in noisy if at_sun[h.sensor_id] is is_sun]
            said += self._noisy(is_sun, members, quiet, now)
        return tuple(said)

    def _noisy(self, is_sun: bool, members: list[SensorHealth], quiet: list[str], now: Now) -> list[Finding]:
        one = self._noise.get(is_sun)
        if one is not None and one.t_over_tai_ns is None and not members:
            one.evidence, one.t_over_tai_ns, one.t_tai_ns = Evidence.PASSED, now.t_tai_ns, now.t_tai_ns
            one.marks = ("restored",)
        if not members:
            return []
        if one is None or one.t_over_tai_ns is not None:
            since = [h.t_since_tai_ns for h in members if h.t_since_tai_ns is not None]
            one = self._noise[is_sun] = self._open("noise", min(since, default=now.t_tai_ns))
        one.sensors = tuple(h.sensor_id for h in members)
        weighed = weigh_noise(
            members, quiet, self._radars, now.emitters, now.t_tai_ns, self.policy.noise, self.orientation
        )
        one.weigh(weighed, self.policy.noise, now.t_tai_ns)
        one.marks = ("degraded-picture",)
        if len(members) < 2:
            return []
        words = f"{_all(one.sensors)} hear noise at once: they see less, and that is all that is known"
        return list(one.told(self.policy.noise["stated"], words, "noise"))

    # ---- messages

    def _think_messages(self, now: Now) -> tuple[Finding, ...]:
        same_ns = round(self.policy.message["same_s"] * NS_PER_S)
        fresh = [claim for claim in self._claims if now.t_tai_ns - claim.t_received_tai_ns <= 5 * same_ns]
        said = self._think_states([c for c in fresh if c.state], now)
        plain = [claim for claim in fresh if not claim.state]
        alarming = [claim for claim in plain if is_grave(claim) or is_odd(claim, self.links)]
        one = self._message
        if not alarming:
            if one is not None and one.t_over_tai_ns is None:
                one.t_over_tai_ns = now.t_tai_ns
                one.evidence = Evidence.PASSED if one.evidence is Evidence.CANDIDATE else one.evidence
            return said
        support = now.support()
        found = features_of(plain, self.links, tuple(self.sensors), support)
        most = max([c.count or len(c.listed) or 1 for c in alarming if is_grave(c)], default=0)
        is_new = one is None or one.t_over_tai_ns is not None
        if is_new and support.launches >= most > 0 and not found & _WRONG:
            return said  # it says what we see ourselves
        if one is None or one.t_over_tai_ns is not None:
            one = self._message = self._open("message", alarming[0].t_received_tai_ns)
        one.sensors = tuple(dict.fromkeys(claim.source_id for claim in alarming))
        age_s = (now.t_tai_ns - one.t_first_tai_ns) / NS_PER_S
        one.weigh(weigh_message(plain, found, support, age_s, self.policy), self.policy.message, now.t_tai_ns)
        return said + self._judged(one, claimed_words(plain) or "a message that is wrong in itself", support)

    def _think_states(self, claims: list[Claim], now: Now) -> tuple[Finding, ...]:
        """Sensors that say yes, no or failed."""
        states = {claim.source_id: claim.state for claim in claims}
        one = self._states
        if YES not in states.values():
            if one is not None and one.t_over_tai_ns is None:
                one.t_over_tai_ns, one.evidence = now.t_tai_ns, Evidence.WITHDRAWN
            return ()
        support = now.support()
        if one is None or one.t_over_tai_ns is not None:
            first = next(claim for claim in claims if claim.state == YES)
            one = self._states = self._open("message", first.t_received_tai_ns)
        edge = one.t_first_tai_ns - round(600 * NS_PER_S)
        signs = self._newest_signs((*states, *(link.name for link in self.links.links)), edge)
        silent = [name for e in self._silence if e.t_over_tai_ns is None for name in e.sensors]
        weighed = weigh_yes_no(states, self.links, signs, support, self.policy, silent)
        one.sensors = tuple(name for name, state in states.items() if state != NO)
        one.weigh(weighed, self.policy.message, now.t_tai_ns)
        says = ", ".join(f"{name} {state}" for name, state in states.items() if state != NO)
        return self._judged(one, f"{claims[-1].what}: {says}", support)

    def _judged(self, one: Episode, words: str, support: Support) -> tuple[Finding, ...]:
        """The candidate's state, and the sentence that goes with it."""
        threat = one.probability_of(THREATS)
        if threat < self.policy.message["withdrawn"]:
            one.evidence = Evidence.WITHDRAWN
        elif support.launches and threat > 0.5:
            one.evidence = Evidence.CORRELATED
        else:
            one.evidence = Evidence.CANDIDATE
        one.marks = ("unsupported",) if not support.launches else ()
        return one.told(self.policy.message["stated"], words, "message")

    def _repeated(self, repeat: Repeat, t_received_tai_ns: int) -> tuple[Finding, ...]:
        name = repeat.sensor_id
        one = self._tapes.get(name)
        if one is None or t_received_tai_ns - one.t_tai_ns > KEPT_S * NS_PER_S:
            one = self._tapes[name] = self._open("message", t_received_tai_ns)
        one.sensors, one.evidence, one.marks = (name,), Evidence.WITHDRAWN, ("set-aside",)
        if repeat.tape:
            what = f"{name}: its looks are those of the recording {repeat.tape}, reading by reading"
        else:
            what = f"{name}: its looks are those of {repeat.before_s:.0f} s before, reading by reading"
        is_stuck = repeat.is_stuck
        odds = min(repeat.log_odds, 50.0)
        rows = [
            Weighed(Cause.TEST_DATA, odds - (3.0 if is_stuck else 0.0), (what, "noise never repeats")),
            Weighed(Cause.SENSOR_FAULT, odds - (0.0 if is_stuck else 4.0), ("it may be stuck",) if is_stuck else ()),
            Weighed(Cause.INTERCONTINENTAL, 0.0, (), ("no object makes the same noise twice",)),
        ]
        one.weigh(rows, self.policy.message, t_received_tai_ns)
        one.t_over_tai_ns = t_received_tai_ns
        return one.told(0.5, f"{what}; they are set aside", "repeated")


_WRONG = frozenset({
    "count-differs", "alike-digits", "filler", "copies-differ", "not-authentic", "other-route", "repeated",
})  # fmt: skip


def _patience_s(sensor: Sensor) -> float:
    return max(SILENT_S, SILENT_REVISITS * sensor.revisit_s)


def _together(
    quiet: Mapping[str, int], sensors: Mapping[str, Sensor], together_s: float
) -> list[tuple[str, ...]]:
    """Sensors whose last reports came at one time, give or take a revisit; first silent first."""
    groups: list[list[str]] = []
    for name in sorted(quiet, key=lambda one: (quiet[one], one)):
        if groups:
            last = groups[-1][-1]
            slack_s = together_s + max(sensors[last].revisit_s, sensors[name].revisit_s)
            if quiet[name] - quiet[last] <= slack_s * NS_PER_S:
                groups[-1].append(name)
                continue
        groups.append([name])
    return [tuple(group) for group in groups]


def _all(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
