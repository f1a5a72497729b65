"""Sensors that stop: their own fault, a part or a supply they share, links that are jammed; no data, never an attack.

Every cause says how likely it makes this very set of sensors to stop within half a minute while the others go on. An
unknown common cause takes any number of sensors, and then any of them (`unknown`, 0).
"""

from collections.abc import Sequence
from math import comb, log

from vedette.assessment.incidents.policy import SubjectPolicy
from vedette.assessment.weighing import Weighed
from vedette.reports import Cause, LifeSign
from vedette.sensing.links import Links

YEAR_S = 365.25 * 86_400.0
_SPARED = 0.01  # a site that needs a part goes on without it
_SIGN_ANYHOW = 0.5  # a sign of life comes, when nothing is known of why it is silent
NO_ATTACK = "silence is the lack of data: it is no evidence of an attack"


def weigh_silence(
    silent: Sequence[str],
    heard: Sequence[str],
    links: Links,
    signs: Sequence[LifeSign],
    policy: SubjectPolicy,
    failed: Sequence[str] = (),
) -> tuple[Weighed, ...]:
    """How well each cause explains who stopped, who did not, and who has since given a sign of life.

    failed : others, such as yes-or-no sensors, that said about then that they have failed
    """
    any_set = -log(len(silent) + len(heard) + 1) - log(comb(len(silent) + len(heard), len(silent)))
    rows = [_fault(silent, signs, any_set, policy)]
    rows += [_part(part, silent, heard, links, signs, any_set, policy, failed) for part in _worth_asking(silent, links)]
    nameless = [name for name in silent if links.of(name) is None]
    if len(silent) > 1 and nameless:
        why = f"what {', '.join(nameless)} depend on is not described: they may share a part"
        rows.append(Weighed(Cause.COMMON_FAULT, _signs(signs, None, links), (why, *_alive_words(signs))))
    alive = sorted({sign.sensor_id for sign in signs})
    reasons = (f"alive, and not by their usual ways: {', '.join(alive)}",) if alive else ()
    count = sum(len(link.routes) for name in silent if (link := links.of(name)) is not None)
    against = (f"{count} ways would have been cut at once",) if count > 1 else ()
    rows.append(Weighed(Cause.JAMMING, _signs(signs, None, links), reasons, (*against, NO_ATTACK)))
    rows.append(Weighed(Cause.UNKNOWN, 0.0, (), (NO_ATTACK,)))
    return tuple(rows)


def lessened(silent: Sequence[str], links: Links) -> tuple[str, ...]:
    """Who else hangs on a supply or part that would silence those who are silent: what they say is worth less."""
    shared = [part for part in links.parts if silent and all(_hangs_on(name, part, links) for name in silent)]
    others = {link.name for link in links.links if any(_hangs_on(link.name, part, links) for part in shared)}
    return tuple(sorted(others - set(silent)))


def _hangs_on(name: str, part: str, links: Links) -> bool:
    link = links.of(name)
    return link is not None and (link.cut_by(part) or part in link.power)


def _worth_asking(silent: Sequence[str], links: Links) -> list[str]:
    return [part for part in links.parts if any(name in silent for name in links.silenced_by(part))]


def _fault(silent: Sequence[str], signs: Sequence[LifeSign], any_set: float, policy: SubjectPolicy) -> Weighed:
    again = policy["sensor_fault"] * policy["together_s"] / YEAR_S
    ratio = (len(silent) - 1) * log(again) - any_set
    if len(silent) == 1:
        return Weighed(Cause.SENSOR_FAULT, ratio, (f"only {silent[0]} is silent",))
    against = f"{len(silent)} sensors would have failed by themselves within {policy['together_s']:.0f} s"
    return Weighed(Cause.SENSOR_FAULT, ratio, (), (against,))


def _part(
    part: str,
    silent: Sequence[str],
    heard: Sequence[str],
    links: Links,
    signs: Sequence[LifeSign],
    any_set: float,
    policy: SubjectPolicy,
    failed: Sequence[str],
) -> Weighed:
    """A part or supply fails, and all that hang on it stop."""
    hang = set(links.silenced_by(part))
    own = policy["sensor_fault"] * policy["together_s"] / YEAR_S
    stopped, spared, besides = [n for n in silent if n in hang], [n for n in heard if n in hang], set(silent) - hang
    ratio = len(spared) * log(_SPARED) + len(besides) * log(own) - any_set + _signs(signs, part, links)
    kind = "supply" if links.is_power(part) else "part"
    reasons = [f"{_all(stopped)} {'hang' if len(stopped) > 1 else 'hangs'} on one {kind}, {part}", *_alive_words(signs)]
    also = [name for name in failed if name in hang]
    if also:  # once: that they fail together with it is one more meeting of times
        ratio -= log(own)
        reasons.append(f"{_all(also)} said that they have failed, and hang on it too")
    against = [f"{name} hangs on {part} too and is heard" for name in spared]
    against += [f"{name} does not hang on {part}" for name in sorted(besides)]
    return Weighed(Cause.COMMON_FAULT, ratio, tuple(reasons), tuple(against))


def _signs(signs: Sequence[LifeSign], part: str | None, links: Links) -> float:
    """What signs of life say for a lost part (None: some part or way that nobody described)."""
    out = 0.0
    for sign in signs:
        link = links.of(sign.sensor_id)
        if part is not None and links.is_power(part):
            likely = {True: 0.02, False: 0.9, None: 0.5}[sign.has_power]
        elif part is not None and link is not None and link.route_uses(sign.route, part):
            likely = 0.01  # it came by the very way that is said to be cut
        else:
            likely = 0.9 if sign.has_power is not False else 0.2
        out += log(likely / _SIGN_ANYHOW)
    return out


def _alive_words(signs: Sequence[LifeSign]) -> list[str]:
    powers = {True: ", with power", False: ", without power", None: ""}
    return [f"{sign.sensor_id} is alive by {sign.route}{powers[sign.has_power]}" for sign in signs]


def _all(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
