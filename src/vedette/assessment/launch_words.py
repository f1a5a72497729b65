"""The sentences of the launch follower: what is said of an object, and the reasons on both sides."""

from vedette.assessment.launch_object import LaunchObject
from vedette.core.constants import NS_PER_S
from vedette.reports import NATURAL, Alert, Area, Evidence, ImpactArea, Message
from vedette.reports.words import minutes_words, percent_words, place_words


def area_90(areas: tuple[Area, ...]) -> float | None:
    """Size of the 90 % area, km²."""
    return next((a.area_km2 for a in areas if abs(a.probability - 0.9) < 1e-6), None)


def size_text(km2: float) -> str:
    """Two figures that mean something."""
    return f"{km2:,.0f} km²" if km2 >= 10 else f"{km2:.1f} km²"


def launch_sentence(one: LaunchObject) -> str:
    """Where from, how sure, which way, seen by whom."""
    launch = one.launch
    assert launch is not None
    size = area_90(launch.areas)
    heading = "near-vertical" if launch.azimuth_deg is None else f"heading {launch.azimuth_deg:03.0f}°"
    doubt = f", 90 % area {size_text(size)}" if size is not None else ""
    return f"{place_words(launch.lat_deg, launch.lon_deg)}{doubt}, {heading}, seen by {', '.join(one.looks_by_sensor)}"


def impact_sentence(impact: ImpactArea, t_now_tai_ns: int) -> str:
    """Where to, when, how sure."""
    first, last = ((t - t_now_tai_ns) / NS_PER_S for t in impact.t_90_tai_ns)
    size = area_90(impact.areas)
    doubt = f", 90 % area {size_text(size)}" if size is not None else ""
    when = f"in {minutes_words(max(first, 0.0))} to {minutes_words(last)}" if last > 0 else "now or already"
    return f"{place_words(impact.lat_deg, impact.lon_deg)} {when}{doubt}"


def reasons(one: LaunchObject) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks for the belief, and what against."""
    seen = ", ".join(f"{name} ({count})" for name, count in one.looks_by_sensor.items())
    for_, against = [f"looks: {seen}"], []
    if len(one.phenomena) > 1:
        for_.append(f"two phenomena agree: {' and '.join(one.phenomena)}")
    elif one.phenomena:
        against.append(f"one phenomenon only: {one.phenomena[0]}")
    if one.fit is not None:
        best = next(iter(one.probabilities.items()))
        for_.append(f"flies like {best[0]} ({100 * best[1]:.0f} %); residuals {one.fit.misfit:.2f} (1 is expected)")
        others = [f"{name} {100 * p:.0f} %" for name, p in list(one.probabilities.items())[1:3] if p >= 0.02]
        if others:
            against.append(f"could also be {' or '.join(others)}")
        if not one.is_burnout_said:
            against.append(f"thrust may still last: it has ended with {100 * one.p_burnt_out:.0f} %")
        elif one.p_falls < 0.995:
            against.append(f"stays up with {100 * (1 - one.p_falls):.1f} %")
    return tuple(for_), tuple(against + [f"mark: {mark}" for mark in one.marks])


def make_alert(one: LaunchObject, kind: str, t_tai_ns: int, text: str, founded: Evidence) -> Alert:
    """An alert in its newest revision; threat and nature stand side by side in its reasons."""
    for_, against = reasons(one)
    best = [f"{e.name} {percent_words(e.probability)}" for e in one.dossier.explanations[:3]]
    nature = [e for e in one.dossier.explanations if e.name in NATURAL]
    for_ = (*for_, *one.dossier.level.reasons_for, f"most likely {', '.join(best)}")
    if nature:
        against = (*against, f"of nature most likely {nature[0].name}, {percent_words(nature[0].probability)}")
    if one.dossier.notices:
        for_ = (*for_, f"{' and '.join(one.dossier.notice_marks)}: {', '.join(one.dossier.notices)}")
    return Alert(
        id=f"{one.id}-{kind}",
        kind=kind,
        object_id=one.id,
        evidence=founded,
        message=Message.EXPIRED if founded is Evidence.PASSED else Message.PROPOSED,
        t_tai_ns=t_tai_ns,
        text=text,
        reasons_for=for_,
        reasons_against=against,
        phenomena=one.phenomena,
    )
