"""The assessment policy: priors, levels, ageing, notices, raids and deadlines, read from TOML that people can read.

It ships as `core/tables/assessment_policy.toml`; a session carries the text of another, so that a replay is complete.
Every key must be there and of its kind: a policy that is half understood is refused with the place and the cure.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b
from math import exp, isfinite, log
from types import MappingProxyType
from typing import Any

from vedette.core.errors import BadInputError
from vedette.core.tables import table_text
from vedette.reports import LAUNCHES, Cause, Evidence

KNOWN_VERSION = 1
_WEEKS = 52.18  # of a year


@dataclass(frozen=True, slots=True)
class CauseRate:
    """How often a cause comes to be assessed, and by what it is seen."""

    name: Cause
    per_year: float
    radar: float
    infrared: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """When a level is reached; each figure's reason stands in the table."""

    natural_per_sensor_week: float
    false_per_year: float
    overshoot: float
    unknown_odds: float
    natural_max: float
    withdraw_below: float
    fall_log_odds: float
    phenomena_min: int
    separation_min_deg: float
    needs_launch: bool
    needs_impact: bool
    launch_sigma_max_km: float
    over_orbit_log_ratio: float
    over_natural_log_ratio: float
    no_catalogue_factor: float


@dataclass(frozen=True, slots=True)
class AgeingRules:
    """What a track that is no longer seen may still claim."""

    stale_s: float
    lost_s: float
    unseen_mps2: float
    renew_s: float
    boost_claim_s: float
    unseen_flight_share: float


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """What a notice is trusted for."""

    flown: float
    other_class: float
    margin_s: float
    gate_sigmas: float
    azimuth_spread_deg: float
    corridor_margin_km: float
    log_ratio_max: float


@dataclass(frozen=True, slots=True)
class RaidRules:
    """How many launches are fitted when there are many."""

    fits_per_s: float
    burst: float
    least_count: int
    together_s: float


@dataclass(frozen=True, slots=True)
class FitRules:
    """Which objects a launch is fitted to, and how soon again after a fit in vain."""

    launch_min: float
    natural_lead: float
    launch_min_still: float
    moves_sigmas: float
    wait_max_s: float
    again_factor: float


@dataclass(frozen=True, slots=True)
class Deadline:
    """Who must do what, how soon after a level is reached, and who is told when they have not."""

    evidence: Evidence
    act: str
    role: str
    within_s: float
    escalate_to: str


@dataclass(frozen=True, slots=True, eq=False)
class AssessmentPolicy:
    """Everything the assessment is told by people."""

    version: int
    title: str
    digest: str  # of the text: two policies with one digest are one
    rates: Mapping[Cause, CauseRate]
    evidence: EvidenceRules
    ageing: AgeingRules
    notices: NoticeRules
    raid: RaidRules
    fits: FitRules
    deadlines: tuple[Deadline, ...]

    def log_priors(self, phenomena: tuple[str, ...] = (), has_catalogue: bool = True) -> dict[Cause, float]:
        """ln of each cause's rate, times the chance that it is seen by every phenomenon that saw this.

        A constant common to all cancels in Bayes' rule. `phenomena`: names such as "radar" and "infrared"; others leave
        the rates as they are.
        """
        priors = {}
        for name, rate in self.rates.items():
            chance = rate.per_year
            if "radar" in phenomena:
                chance *= rate.radar
            if "infrared" in phenomena:
                chance *= rate.infrared
            if name is Cause.SATELLITE and not has_catalogue:
                chance *= self.evidence.no_catalogue_factor
            priors[name] = log(max(chance, 1e-12))
        return priors

    def declaration_log_odds(self, phenomena: tuple[str, ...] = ()) -> float:
        """Log-odds of a launch, against all that is known, at which it is declared: launches over false declarations.

        Of R other things a year a test that declares at a likelihood ratio A declares R / A at most, whenever it looks
        [Wald, Sequential Analysis, 1947, eq. 3:29]; odds of A times launches over R are then launches over false ones,
        however many things there are. A test ends above its bound, not on it, and declares fewer by as much: the bound
        is `overshoot` times lower [Siegmund, Sequential Analysis, 1985, ch. 8]. Only launches that these phenomena can
        see count.
        """
        priors = self.log_priors(phenomena)
        launches = sum(exp(priors[cause]) for cause in LAUNCHES)
        rules = self.evidence
        return log(max(launches / max(rules.false_per_year * rules.overshoot, 1e-9), 1.0))

    def unexplained_log_odds(self, phenomena: tuple[str, ...], sensors: int) -> float:
        """Log-odds of a launch, against all else, from which on a candidate is called unexplained.

        As `declaration_log_odds` with what is borne of candidates: of R other things a year R / A ever pass a
        likelihood ratio A, so that odds of launches over those borne let no more than these pass, whatever R is.
        """
        priors = self.log_priors(phenomena)
        launches = sum(exp(priors[cause]) for cause in LAUNCHES)
        borne = self.evidence.natural_per_sensor_week * _WEEKS * max(sensors, 1)
        return log(launches / max(borne, 1e-9))

    def deadlines_of(self, evidence: Evidence) -> tuple[Deadline, ...]:
        """What must be done once this level is reached, soonest first."""
        mine = [one for one in self.deadlines if one.evidence == evidence]
        return tuple(sorted(mine, key=lambda one: one.within_s))


@lru_cache(maxsize=1)
def packaged_assessment_policy() -> AssessmentPolicy:
    """The policy that ships with Vedette."""
    return parse_assessment_policy(table_text("assessment_policy.toml"), "assessment_policy.toml")


def policy_of(text: str | None) -> AssessmentPolicy:
    """The policy of a session's text; the packaged one where it carries none."""
    return packaged_assessment_policy() if text is None else parse_assessment_policy(text, "--policy")


def parse_assessment_policy(text: str, where: str) -> AssessmentPolicy:
    """A policy from its TOML; BadInputError that names the key and the cure otherwise."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as trouble:
        raise BadInputError(f"not readable as TOML ({trouble})", where, "see docs/guides/policy.md") from None
    version = _figure(table, "version", where, int)
    if version != KNOWN_VERSION:
        raise BadInputError(f"policy version {version} is not known", where, f"this Vedette reads {KNOWN_VERSION}")
    title = table.get("title", "")
    if not isinstance(title, str):
        raise BadInputError("`title` is no text", where, 'write title = "..."')
    known = {"version", "title", "cause", "deadline", "evidence", "ageing", "notices", "raid", "fits"}
    _no_others(table, known, where)
    return AssessmentPolicy(
        version=version,
        title=title,
        digest=blake2b(text.encode(), digest_size=8).hexdigest(),
        rates=_rates(table, where),
        evidence=_section(EvidenceRules, table, "evidence", where),
        ageing=_section(AgeingRules, table, "ageing", where),
        notices=_section(NoticeRules, table, "notices", where),
        raid=_section(RaidRules, table, "raid", where),
        fits=_fit_rules(table, where),
        deadlines=_deadlines(table, where),
    )


def _fit_rules(table: Mapping[str, Any], where: str) -> FitRules:
    rules: FitRules = _section(FitRules, table, "fits", where)
    if rules.again_factor < 1.0:
        raise BadInputError(
            f"again_factor = {rules.again_factor} is no rise", f"{where}: [fits]", "give 1 or more: odds times so much"
        )
    return rules


def _rates(table: Mapping[str, Any], where: str) -> Mapping[Cause, CauseRate]:
    rates: dict[Cause, CauseRate] = {}
    for number, row in enumerate(_rows(table, "cause", where), 1):
        place = f"{where}: cause {number}"
        name = _word(row, "name", place, Cause)
        place = f"{where}: cause {name}"
        _no_others(row, {"name", "per_year", "radar", "infrared", "source"}, place)
        if name in rates:
            raise BadInputError("it stands there twice", place, "leave one")
        rate = _figure(row, "per_year", place, float)
        if not 0.0 < rate <= 1e9:
            raise BadInputError(f"per_year = {rate} is no rate", place, "nothing is impossible: a small number")
        chances = [_chance(row, key, place) for key in ("radar", "infrared")]
        rates[name] = CauseRate(name, rate, chances[0], chances[1], str(row.get("source", "")))
    missing = [cause for cause in Cause if cause not in rates]
    if missing:
        raise BadInputError(f"no rate for {', '.join(missing)}", where, "every cause needs a [[cause]]")
    return MappingProxyType(rates)


def _chance(row: Mapping[str, Any], key: str, place: str) -> float:
    chance = _figure(row, key, place, float)
    if not 0.0 < chance <= 1.0:
        raise BadInputError(f"{key} = {chance} is no chance above 0 and up to 1", place, "nothing is impossible")
    return chance


def _deadlines(table: Mapping[str, Any], where: str) -> tuple[Deadline, ...]:
    found = []
    for number, row in enumerate(_rows(table, "deadline", where), 1):
        place = f"{where}: deadline {number}"
        _no_others(row, {"evidence", "act", "role", "within_s", "escalate_to"}, place)
        within_s = _figure(row, "within_s", place, float)
        if within_s <= 0.0:
            raise BadInputError(f"within_s = {within_s} is already over", place, "give seconds above 0")
        words = {key: row.get(key) for key in ("act", "role", "escalate_to")}
        for key, value in words.items():
            if not isinstance(value, str) or not value:
                raise BadInputError(f"{key} is missing or no text", place, f'write {key} = "..."')
        evidence = _word(row, "evidence", place, Evidence)
        found.append(Deadline(evidence=evidence, within_s=within_s, **words))  # type: ignore[arg-type]
    return tuple(found)


def _section(kind: Any, table: Mapping[str, Any], name: str, where: str) -> Any:
    """One dataclass of figures, all of them there, none negative."""
    section = table.get(name)
    place = f"{where}: [{name}]"
    if not isinstance(section, dict):
        raise BadInputError("the section is missing", place, "copy it from the packaged policy and change it there")
    _no_others(section, {one.name for one in fields(kind)}, place)
    values = {}
    for one in fields(kind):
        value = _figure(section, one.name, place, one.type)
        if value < 0:
            raise BadInputError(f"{one.name} = {value} is negative", place, "give 0 or more")
        values[one.name] = value
    return kind(**values)


def _figure(table: Mapping[str, Any], key: str, place: str, kind: Any) -> Any:
    if key not in table:
        raise BadInputError(f"`{key}` is missing", place, "copy it from the packaged policy and change it there")
    value = table[key]
    if kind is bool:
        if isinstance(value, bool):
            return value
        raise BadInputError(f"{key} = {value!r} is neither true nor false", place, "write true or false")
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise BadInputError(f"{key} = {value!r} is no finite number", place, "write a number")
    if kind is int and value != int(value):
        raise BadInputError(f"{key} = {value!r} is no whole number", place, "write a whole number")
    return kind(value)


def _word(row: Mapping[str, Any], key: str, place: str, kind: Any) -> Any:
    try:
        return kind(row.get(key))
    except ValueError:
        raise BadInputError(f"{key} = {row.get(key)!r} is not known", place, f"one of {', '.join(kind)}") from None


def _rows(table: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInputError(f"`{key}` is no list of tables", where, f"write [[{key}]] before each")
    return rows


def _no_others(table: Mapping[str, Any], known: set[str], place: str) -> None:
    strange = sorted(set(table) - known)
    if strange:
        raise BadInputError(f"nobody reads {', '.join(strange)}", place, f"known here: {', '.join(sorted(known))}")
