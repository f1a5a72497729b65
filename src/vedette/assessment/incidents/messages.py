"""What another centre or display says, held against what sensors see and against how true messages are made.

A claim is read for features: a count that is not the number of tracks it lists, digits all of a kind, a wrong code, a
way that belongs to somebody else, copies that disagree. How often each is met under each cause stands in the policy;
`unknown` is met as often as the policy's `otherwise` says. That it is true (a threat) is weighed in the same list, by
the chance that our own sensors would have seen nothing of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from vedette.assessment.incidents.policy import IncidentPolicy
from vedette.assessment.weighing import Weighed
from vedette.core.constants import NS_PER_S
from vedette.reports import Cause, Claim
from vedette.sensing.links import Links

PEOPLE_SAY = frozenset({"alert", "warning", "order", "public-alert", "broadcast", "announcement"})
_DRILL_WORDS = re.compile(r"\b(exercise|drill|test|tape|simulat\w*|training|rehears\w*)\b", re.IGNORECASE)
_MANY = 2  # further launches of which none is seen: how often the chance of missing one counts
_BY_NAME = {
    "message_fault": Cause.MESSAGE_FAULT, "test_data": Cause.TEST_DATA, "procedure": Cause.PROCEDURE,
    "sensor_fault": Cause.SENSOR_FAULT,
}  # fmt: skip
_SAID = {
    "count-differs": "its count is not the number of tracks it lists",
    "alike-digits": "its counts are all of one digit and zeros, as a broken count field writes them",
    "filler": "it is a message that only keeps the line busy, and says a count",
    "out-of-sequence": "its sequence numbers are out of order",
    "copies-differ": "copies of it that came by other ways, or from others, say other figures",
    "not-authentic": "its code was checked and is wrong",
    "other-route": "it came by a way that belongs to somebody else",
    "lists-tracks": "it names tracks one by one",
    "no-look-behind": "it names no track, and no sensor of this watch is its source",
    "drill-words": "it speaks of a test or an exercise",
    "repeated": "the very list came before, at another time",
    "many": "it speaks of twenty or more at once",
    "looks-empty": "sensors of this watch look, and see nothing launched",
    "from-person": "it is what people send, not what a sensor's own processing reports",
}


@dataclass(frozen=True, slots=True)
class Support:
    """What our own looks say beside a claim."""

    launches: int = 0  # objects that are believed to have been launched lately
    coverage: float | None = None  # chance that a launch would have been seen; None: no sensor says anything
    sensors: tuple[str, ...] = ()  # that report
    objects: tuple[str, ...] = ()  # what they are called


def is_grave(claim: Claim) -> bool:
    """Whether a claim says that something is coming or has come down."""
    if claim.state:
        return claim.state == "yes"
    if claim.count is not None:
        return claim.count > 0
    return bool(claim.listed) or claim.what in PEOPLE_SAY or claim.what in ("launches", "impacts", "detonation")


def is_odd(claim: Claim, links: Links) -> bool:
    """Whether a claim is wrong in itself, grave or not."""
    found = features_of([claim], links, ())
    return bool(found & {"count-differs", "not-authentic", "other-route"})


def is_of_a_drill(words: str) -> bool:
    """Whether words speak of a test, an exercise, a tape, a simulation."""
    return _DRILL_WORDS.search(words) is not None


def threat_of(claim: Claim) -> Cause:
    """What it would be if it were true."""
    words = f"{claim.what} {claim.text}".lower()
    return Cause.SUBMARINE_LAUNCHED if "submarine" in words or "slbm" in words else Cause.INTERCONTINENTAL


def features_of(
    claims: Sequence[Claim], links: Links, sensors: Sequence[str], support: Support | None = None
) -> frozenset[str]:
    """The features of claims that speak of one thing, in order of receipt; `support` is what our own looks say."""
    newest = claims[-1]
    grave = [claim for claim in claims if is_grave(claim)] or [newest]
    counts = [claim.count for claim in grave if claim.count is not None]
    found = {
        "count-differs": any(_differs(claim) for claim in grave),
        "alike-digits": _alike(counts),
        "filler": any(claim.what == "filler" and claim.count for claim in grave),
        "out-of-sequence": _out_of_sequence(claims),
        "copies-differ": _copies_differ(claims),
        "not-authentic": any(claim.is_authentic is False for claim in grave),
        "other-route": any((of := links.owners(c.route)) and c.source_id not in of for c in grave),
        "lists-tracks": any(claim.listed for claim in grave),
        "no-look-behind": not any(claim.listed or claim.source_id in sensors for claim in grave),
        "drill-words": any(is_of_a_drill(f"{claim.text} {claim.route}") for claim in grave),
        "repeated": _repeated(claims),
        "many": any((claim.count or len(claim.listed)) >= 20 for claim in grave),
        "looks-empty": support is not None and support.coverage is not None and support.launches == 0,
        "from-person": all(claim.what in PEOPLE_SAY for claim in grave),
    }
    return frozenset(name for name, is_so in found.items() if is_so)


def weigh_message(
    claims: Sequence[Claim],
    found: frozenset[str],
    support: Support,
    age_s: float,
    policy: IncidentPolicy,
) -> tuple[Weighed, ...]:
    """How well each cause explains claims of something grave, with these features and this support."""
    rows = []
    for name, cause in _BY_NAME.items():
        rows.append(_row(cause, name, found, policy, 0.0, _looks_words(support)))
    grave = [claim for claim in claims if is_grave(claim)] or [claims[-1]]
    unseen, words_for, words_against = _unseen(grave, support, age_s, policy)
    threat = _row(threat_of(grave[-1]), "threat", found, policy, unseen, words_for)
    rows.append(Weighed(threat.name, threat.log_ratio, threat.reasons_for, (*words_against, *threat.reasons_against)))
    return tuple(rows)


def claimed_words(claims: Sequence[Claim]) -> str:
    """`SAC: 200 launches; NMCC: 2 launches`: the newest of each source and way, in a line."""
    newest: dict[tuple[str, str, str], Claim] = {}
    for claim in claims:
        if is_grave(claim):
            newest[claim.source_id, claim.what, claim.route] = claim
    said: dict[str, None] = {}
    for claim in newest.values():
        figure = "" if claim.count is None else f"{claim.count:,} "
        said[f"{claim.source_id}: {figure}{claim.what}{f' {claim.state}' if claim.state else ''}"] = None
    return "; ".join(list(said)[:4])


def _row(
    cause: Cause, name: str, found: frozenset[str], policy: IncidentPolicy, log_more: float, words: tuple[str, ...]
) -> Weighed:
    out, reasons, against = log_more, [], []
    for feature in policy.features:
        p, other = policy.feature(feature, name), policy.feature(feature, "otherwise")
        is_so = feature in found
        step = log(p / other) if is_so else log(max(1.0 - p, 1e-3) / max(1.0 - other, 1e-3))
        out += step
        if is_so and step > 0.5:
            reasons.append(_SAID.get(feature, feature))
        elif is_so and step < -0.5:
            against.append(_SAID.get(feature, feature))
    return Weighed(cause, out, (*reasons, *words), tuple(against))


def _unseen(
    grave: Sequence[Claim], support: Support, age_s: float, policy: IncidentPolicy
) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    """ln of the chance that our looks show no more than they do, if the claim were true."""
    counts = [claim.count if claim.count is not None else max(len(claim.listed), 1) for claim in grave]
    missing = max(max(counts) - support.launches, 0)
    met = min(max(counts), support.launches, _MANY)  # launches that a false claim would meet by chance alone
    log_met = -met * log(policy.message["launch_by_chance"])
    seen = f"our own sensors see {support.launches} launched {'object' if support.launches == 1 else 'objects'}"
    if support.coverage is None:
        return 0.0, (), ("no sensor of this watch has reported: nothing supports it",)
    if missing == 0:
        return log_met, (f"{seen}: {', '.join(support.objects[:4])}",), ()
    at_once = policy.message["seen_at_once"]
    share = at_once + (1.0 - at_once) * min(max(age_s, 0.0) / 120.0, 1.0)
    missed = max(1.0 - support.coverage * share, 1e-3)
    said = f"{100.0 * support.coverage * share:.0f} % of launches would have been seen by now; {seen}"
    return log_met + (1 + min(missing - 1, _MANY)) * log(missed), (), (said,)


def _looks_words(support: Support) -> tuple[str, ...]:
    if support.launches or support.coverage is None:
        return ()
    return (f"the looks of {', '.join(support.sensors[:4])} show nothing launched",) if support.sensors else ()


def _differs(claim: Claim) -> bool:
    return claim.count is not None and not claim.state and claim.count != len(claim.listed)


def _alike(counts: Sequence[int]) -> bool:
    """Several counts, or one long one, of one digit and zeros only."""
    digits = {digit for count in counts if count > 0 for digit in str(count)} - {"0"}
    is_telling = len({count for count in counts if count > 0}) > 1 or any(count >= 100 for count in counts)
    return len(digits) == 1 and is_telling


def _out_of_sequence(claims: Sequence[Claim]) -> bool:
    newest: dict[tuple[str, str], int] = {}
    for claim in claims:
        last = newest.get((claim.source_id, claim.route))
        if last is not None and not last < claim.sequence <= last + 3:
            return True
        newest[claim.source_id, claim.route] = claim.sequence
    return False


def _copies_differ(claims: Sequence[Claim]) -> bool:
    same: dict[tuple[str, int], set[int | None]] = {}
    latest: dict[tuple[str, str], tuple[int, int | None]] = {}
    for claim in claims:
        if claim.state:
            continue
        same.setdefault((claim.source_id, claim.sequence), set()).add(claim.count)
        latest[claim.source_id, claim.route] = (claim.t_sent_tai_ns, claim.count)
    if any(len(counts) > 1 for counts in same.values()):
        return True
    newest = max((t for t, _ in latest.values()), default=0)
    fresh = {count for t, count in latest.values() if newest - t < 30 * NS_PER_S}
    return len(fresh) > 1


def _repeated(claims: Sequence[Claim]) -> bool:
    seen: Mapping[tuple[str, ...], int] = {}
    out = dict(seen)
    for claim in claims:
        if len(claim.listed) < 3:
            continue
        first = out.setdefault(claim.listed, claim.t_sent_tai_ns)
        if claim.t_sent_tai_ns - first > 600 * NS_PER_S:
            return True
    return False
