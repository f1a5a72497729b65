"""What would have been otherwise: two runs of one journal held against each other, told in sentences with numbers.

Objects of the two runs are paired by where they were believed to be, never by name. Every sentence says what the second
run did by comparison with the first: later or earlier, larger or smaller, never or after all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
import numpy as np

from vedette.core.assignment import best_pairs
from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError
from vedette.engine import Event, Session
from vedette.exercise.run_history import LADDER, ObjectRun, RunHistory
from vedette.formats import SourceHealth
from vedette.reports import Notice, ObjectSummary, Scan

NEAR_M = 200e3  # two tracks of one thing are believed to be nearer than this to each other, in the middle
LATER_S = 0.5  # less is no difference
LARGER = 1.1
_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Change:
    """What the second run does without, or by which other policy."""

    without: tuple[str, ...] = ()  # sensors
    without_notices: tuple[str, ...] = ()
    policy_toml: str | None = None
    policy_name: str = ""

    @property
    def words(self) -> str:
        """`without radar-north, without notice n1, by policy strict.toml`."""
        said = [f"without {name}" for name in self.without]
        said += [f"without notice {name}" for name in self.without_notices]
        said += [f"by policy {self.policy_name}"] if self.policy_toml is not None else []
        return ", ".join(said)

    def session(self, session: Session) -> Session:
        """The session of the second run."""
        if self.policy_toml is None:
            return session
        return msgspec.structs.replace(session, policy_toml=self.policy_toml)

    def events(self, events: Iterable[Event]) -> Iterator[Event]:
        """The events of the second run."""
        for event in events:
            if isinstance(event, Scan | SourceHealth) and event.sensor_id in self.without:
                continue
            if isinstance(event, Notice) and self._takes_out(event):
                continue
            yield event

    def _takes_out(self, notice: Notice) -> bool:
        return notice.notice_id in self.without_notices or notice.about in self.without_notices


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise: of which object of both runs, in a sentence, with the figures."""

    subject: str  # "object", "alert" or "incident"
    id: str  # in the first run; empty: only in the second
    other_id: str  # in the second run; empty: only in the first
    text: str
    data: dict[str, float | str | None]


def check_change(change: Change, sensors: set[str], notices: set[str]) -> None:
    """NotFoundError when something is to be left out that the journal does not hold."""
    for name, known, kind in (
        *((one, sensors, "sensor") for one in change.without),
        *((one, notices, "notice") for one in change.without_notices),
    ):
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise NotFoundError(f"no report of a {kind} {name!r} stands in this journal; there are: {there}")


def differences(first: RunHistory, second: RunHistory) -> tuple[Difference, ...]:
    """Everything that the second run does otherwise, objects first."""
    out: list[Difference] = []
    pairs = paired(first, second)
    for a_id, one in first.objects.items():
        b_id = pairs.get(a_id)
        if b_id is None:
            what = f"is never found (it was found, and was {one.leading or 'not named'})"
            out.append(Difference("object", a_id, "", what, {}))
        else:
            out += _of_object(one, second.objects[b_id])
    news = [one for b_id, one in second.objects.items() if b_id not in set(pairs.values())]
    out += [Difference("object", "", b.id, f"is found besides, as {b.leading or 'not named'}", {}) for b in news]
    out += _of_alerts(first, second, pairs)
    out += _of_incidents(first, second)
    return tuple(out)


def paired(first: RunHistory, second: RunHistory) -> dict[str, str]:
    """Objects of the first run with those of the second that are the same thing."""
    a_ids, b_ids = list(first.objects), list(second.objects)
    rows = []
    for i, a_id in enumerate(a_ids):
        for j, b_id in enumerate(b_ids):
            apart_m = _apart_m(first.objects[a_id], second.objects[b_id])
            if apart_m < NEAR_M:
                rows.append((i, j, NEAR_M - apart_m))
    if not rows:
        return {}
    table = np.array(rows)
    chosen = best_pairs(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2])
    return {a_ids[int(table[k, 0])]: b_ids[int(table[k, 1])] for k in chosen}


def _apart_m(a: ObjectRun, b: ObjectRun) -> float:
    """The middle distance between two tracks over the moments that both have; infinite where they have none."""
    shared = sorted(set(a.places_itrf_m) & set(b.places_itrf_m))
    if shared:
        apart = [np.linalg.norm(np.subtract(a.places_itrf_m[m], b.places_itrf_m[m])) for m in shared]
        return float(np.median(apart))
    if not a.places_itrf_m and not b.places_itrf_m and a.id == b.id:
        return 0.0  # telemetry has no place
    places = [one.summary.launch for one in (a, b) if one.summary is not None and one.summary.launch is not None]
    if len(places) == 2 and abs(places[0].t_tai_ns - places[1].t_tai_ns) < 120 * NS_PER_S:
        return 1e3 * _km(places[0].lat_deg, places[0].lon_deg, places[1].lat_deg, places[1].lon_deg)
    return float("inf")


def _of_object(a: ObjectRun, b: ObjectRun) -> list[Difference]:
    said: list[tuple[str, dict[str, float | str | None]]] = []
    said += _moved(b.t_found_tai_ns, a.t_found_tai_ns, "found")
    for rung in LADDER:
        ta, tb = a.t_reached_tai_ns.get(rung), b.t_reached_tai_ns.get(rung)
        if ta is not None and tb is None:
            said.append((f"never {rung.value}", {"rung": rung.value}))
        elif tb is not None and ta is None:
            said.append((f"{rung.value} after all", {"rung": rung.value}))
        elif ta is not None and tb is not None:
            said += _moved(tb, ta, rung.value)
    if a.leading != b.leading:
        text = f"taken for {b.leading or 'nothing'} ({b.probability:.0%}) instead of {a.leading} ({a.probability:.0%})"
        said.append((text, {"leading": b.leading, "was": a.leading}))
    elif abs(a.probability - b.probability) > 0.05:
        more = "surer" if b.probability > a.probability else "less sure"
        text = f"{more} to be {b.leading} ({b.probability:.0%}, was {a.probability:.0%})"
        said.append((text, {"probability": round(b.probability, 4), "was": round(a.probability, 4)}))
    said += _of_notices(a, b)
    said += _of_areas(a, b)
    if a.summary is not None and b.summary is not None:
        said += _of_places(a.summary, b.summary)
        if set(a.summary.sensors) != set(b.summary.sensors):
            on = ", ".join(b.summary.sensors) or "nothing"
            alone = " alone" if len(b.summary.sensors) == 1 else ""
            said.append((f"rests on {on}{alone}", {"sensors": on}))
    return [Difference("object", a.id, b.id, text, data) for text, data in said]


def _moved(t: int, t_was: int, verb: str) -> list[tuple[str, dict[str, float | str | None]]]:
    later_s = (t - t_was) / NS_PER_S
    if abs(later_s) < LATER_S:
        return []
    text = f"{verb} {abs(later_s):.0f} s {'later' if later_s > 0 else 'earlier'}"
    return [(text, {"what": verb, "later_s": round(later_s, 3)})]


def _of_notices(a: ObjectRun, b: ObjectRun) -> list[tuple[str, dict[str, float | str | None]]]:
    if set(a.notices) == set(b.notices):
        return []
    if not b.notices:
        return [("matches no notice: unnotified", {"notices": "", "was": ", ".join(a.notices)})]
    was = f" instead of {', '.join(a.notices)}" if a.notices else ", and matched none"
    return [(f"matches {', '.join(b.notices)}{was}", {"notices": ", ".join(b.notices), "was": ", ".join(a.notices)})]


def _of_areas(a: ObjectRun, b: ObjectRun) -> list[tuple[str, dict[str, float | str | None]]]:
    """Impact areas at the end, and in the middle of the time that both had one."""
    if a.areas_90_km2 and not b.areas_90_km2:
        return [("no impact area at all", {"was_km2": round(list(a.areas_90_km2.values())[-1], 1)})]
    if b.areas_90_km2 and not a.areas_90_km2:
        return [("an impact area after all", {"area_90_km2": round(list(b.areas_90_km2.values())[-1], 1)})]
    if not a.areas_90_km2:
        return []
    out = []
    last_a, last_b = list(a.areas_90_km2.values())[-1], list(b.areas_90_km2.values())[-1]
    if (words := _times(last_b, last_a)) is not None:
        text = f"90 % impact area {words} at the end ({size_words(last_b)}, was {size_words(last_a)})"
        out.append((text, {"area_90_km2": round(last_b, 1), "was_km2": round(last_a, 1), "times": last_b / last_a}))
    shared = sorted(set(a.areas_90_km2) & set(b.areas_90_km2))
    if len(shared) > 2:
        ratio = float(np.median([b.areas_90_km2[m] / max(a.areas_90_km2[m], 1e-6) for m in shared]))
        if (words := _times(ratio, 1.0)) is not None:
            out.append((f"90 % impact area {words} on the way, in the middle", {"times_on_the_way": round(ratio, 3)}))
    return out  # type: ignore[return-value]


def size_words(area_km2: float) -> str:
    """`12,300 km²`, `4.2 km²`."""
    return f"{area_km2:,.0f} km²" if area_km2 >= 100.0 else f"{area_km2:.2g} km²"


def _times(size: float, was: float) -> str | None:
    """`2.1 times larger`: so many times as large; None where it is much the same."""
    ratio = size / max(was, 1e-9)
    if 1.0 / LARGER < ratio < LARGER:
        return None
    return f"{ratio:.1f} times larger" if ratio > 1.0 else f"{1.0 / max(ratio, 1e-9):.1f} times smaller"


def _of_places(a: ObjectSummary, b: ObjectSummary) -> list[tuple[str, dict[str, float | str | None]]]:
    out: list[tuple[str, dict[str, float | str | None]]] = []
    if a.launch is not None and b.launch is None:
        out.append(("no launch point", {}))
    elif b.launch is not None and a.launch is None:
        out.append(("a launch point after all", {}))
    elif a.launch is not None and b.launch is not None:
        km = _km(a.launch.lat_deg, a.launch.lon_deg, b.launch.lat_deg, b.launch.lon_deg)
        if km > 1.0:
            out.append((f"launch point {km:,.1f} km from where it was", {"launch_moved_km": round(km, 2)}))
    if a.impact is not None and b.impact is not None and a.impact.downrange_90_km is None:
        km = _km(a.impact.lat_deg, a.impact.lon_deg, b.impact.lat_deg, b.impact.lon_deg)
        if km > 1.0:
            out.append((f"middle of the impact area {km:,.1f} km from where it was", {"impact_moved_km": round(km, 2)}))
    return out


def _of_alerts(first: RunHistory, second: RunHistory, pairs: dict[str, str]) -> list[Difference]:
    """Alerts by the object they speak of and their kind."""
    out = []
    there = {(run.alert.object_id, run.alert.kind): run for run in second.alerts.values()}
    met = set()
    for run in first.alerts.values():
        key = (pairs.get(run.alert.object_id, ""), run.alert.kind)
        other = there.get(key)
        if other is None:
            out.append(Difference("alert", run.alert.id, "", f"{run.alert.kind} alert never proposed", {}))
            continue
        met.add(key)
        later_s = (other.t_first_tai_ns - run.t_first_tai_ns) / NS_PER_S
        if abs(later_s) >= LATER_S:
            text = f"{run.alert.kind} alert {abs(later_s):.0f} s {'later' if later_s > 0 else 'earlier'}"
            data: dict[str, float | str | None] = {"later_s": round(later_s, 3)}
            out.append(Difference("alert", run.alert.id, other.alert.id, text, data))
        if other.alert.evidence != run.alert.evidence:
            text = f"{run.alert.kind} alert ends {other.alert.evidence.value} instead of {run.alert.evidence.value}"
            data = {"evidence": other.alert.evidence.value}
            out.append(Difference("alert", run.alert.id, other.alert.id, text, data))
    for key, run in there.items():
        if key not in met:
            out.append(Difference("alert", "", run.alert.id, f"{run.alert.kind} alert proposed besides", {}))
    return out


def _of_incidents(first: RunHistory, second: RunHistory) -> list[Difference]:
    """Noise, silence and messages by their subject and time."""
    out = []
    left = dict(second.incidents)
    for a in first.incidents.values():
        same = [
            b for b in left.values()
            if b.subject == a.subject and abs(b.t_first_tai_ns - a.t_first_tai_ns) < 60 * NS_PER_S
        ]  # fmt: skip
        if not same:
            out.append(Difference("incident", a.id, "", f"{a.subject} of {', '.join(a.sensors)} is not met", {}))
            continue
        b = same[0]
        del left[b.id]
        if a.leading is not b.leading:
            text = f"{a.subject} taken for {b.leading.value} instead of {a.leading.value}"
            out.append(Difference("incident", a.id, b.id, text, {"leading": b.leading.value, "was": a.leading.value}))
    for b in left.values():
        text = f"{b.subject} of {', '.join(b.sensors)} besides, most likely {b.leading.value}"
        out.append(Difference("incident", "", b.id, text, {"leading": b.leading.value}))
    return out


def _km(lat_a_deg: float, lon_a_deg: float, lat_b_deg: float, lon_b_deg: float) -> float:
    """Along the ground of a round Earth."""
    a, b, c, d = np.radians([lat_a_deg, lon_a_deg, lat_b_deg, lon_b_deg])
    half = np.sin((c - a) / 2.0) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2.0) ** 2
    return float(2.0 * _EARTH_KM * np.arcsin(np.sqrt(min(half, 1.0))))
