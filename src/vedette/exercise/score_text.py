"""A score in words, short enough to be compared by eye and by a golden file."""

from vedette.core.constants import NS_PER_S
from vedette.engine import Picture
from vedette.exercise.play import Played
from vedette.exercise.score import Score
from vedette.exercise.verdicts import FlightVerdict, ImpactVerdict, LaunchVerdict
from vedette.reports import FindingKind
from vedette.scenario import truth_lines

QUIET_KINDS = (FindingKind.DETECTED,)


def outcome_lines(played: Played, score: Score) -> list[str]:
    """What happened, what was said and when, and how good it was: the golden text of a run."""
    made = played.made
    return [
        "what happened",
        *truth_lines(made),
        "",
        "what was said",
        *timeline_lines(played.picture, made.story.t_start_tai_ns),
        "",
        "how good it was",
        *score_lines(score),
    ]


def score_lines(score: Score) -> list[str]:
    """The whole score, a line a claim."""
    lines = [f"{score.scenario}, seed {score.seed}"]
    for verdict in score.flights:
        lines += flight_lines(verdict)
        for moment in score.moments:
            if moment.flight_id != verdict.flight_id:
                continue
            if moment.object_id is None:
                lines.append(f"  burnout +{moment.after_burnout_s:.0f} s: nobody had it")
                continue
            parts = []
            if moment.position_error_m is not None:
                parts.append(f"position {_metres(moment.position_error_m)} off")
            if moment.position_sigma_m is not None:
                parts.append(f"claimed {_metres(moment.position_sigma_m)}")
            if moment.position_bound_m is not None:
                parts.append(f"bound {_metres(moment.position_bound_m)}")
            if moment.impact is not None:
                parts.append(_impact_words(moment.impact))
            lines.append(f"  burnout +{moment.after_burnout_s:.0f} s: {', '.join(parts) or 'no state'}")
    sets = f"{score.missed_mean:.2f} missed and {score.false_mean:.2f} false on average"
    lines.append(f"GOSPA {_metres(score.gospa_mean_m)}: {sets}, {_metres(score.gospa_localisation_m)} off")
    if score.nees_mean is not None and score.nees_band_90 is not None:
        low, high = score.nees_band_90
        lines.append(
            f"NEES over dimension {score.nees_mean:.2f} in {score.nees_count} coasting samples "
            f"(90 % band of independent ones {low:.2f} to {high:.2f})"
        )
    if score.rmse_m is not None:
        ratio = "" if score.rmse_over_bound is None else f", {score.rmse_over_bound:.2f} times the radar coast bound"
        lines.append(f"position RMS error {_metres(score.rmse_m)} while coasting{ratio}")
    lines.append(f"false objects {score.false_objects}, wrong impact alerts {score.wrong_alerts}")
    return lines


def flight_lines(verdict: FlightVerdict) -> list[str]:
    """One flight: found or not, called what, launch and impact."""
    if verdict.object_id is None:
        return [f"{verdict.flight_id} ({verdict.class_name}) was never found"]
    said = f"called {verdict.said_class} ({verdict.true_class_probability:.0%} for the truth)"
    lines = [f"{verdict.flight_id} ({verdict.class_name}) is {verdict.object_id}, {said}"]
    if verdict.t_declared_after_s is not None:
        lines.append(f"  declared {verdict.t_declared_after_s:.0f} s after lift-off")
    if verdict.burnout_error_s is not None:
        lines.append(f"  burnout {verdict.burnout_error_s:+.1f} s off")
    if verdict.launch is not None:
        lines.append(f"  {_launch_words(verdict.launch)}")
    if verdict.impact is not None:
        lines.append(f"  {_impact_words(verdict.impact)}")
    return lines


def timeline_lines(picture: Picture, t_zero_tai_ns: int) -> list[str]:
    """What was said and when, in seconds after an instant; the golden part of a run."""
    return [
        f"T{(finding.t_declared_tai_ns - t_zero_tai_ns) / NS_PER_S:+.0f} {finding.kind.value} {finding.object_id}"
        for finding in picture.timeline
        if finding.kind not in QUIET_KINDS
    ]


def _launch_words(launch: LaunchVerdict) -> str:
    size = "" if launch.area_90_km2 is None else f" of {_area(launch.area_90_km2)}"
    azimuth = "" if launch.azimuth_error_deg is None else f", azimuth {launch.azimuth_error_deg:+.1f} deg"
    return (
        f"launch point {launch.error_km:.1f} km off, {_inside(launch.is_inside_90)} the 90 % area{size}, "
        f"time {launch.time_error_s:+.1f} s{azimuth}"
    )


def _impact_words(impact: ImpactVerdict) -> str:
    size = "" if impact.area_90_km2 is None else f" of {_area(impact.area_90_km2)}"
    if impact.is_conditional:  # thrust went on: where it would have fallen is not for the impact to judge
        return "impact said only as if thrust stopped"
    return (
        f"impact {impact.error_km:.1f} km off, {_inside(impact.is_inside_90)} the 90 % area{size}, "
        f"time {impact.time_error_s:+.0f} s"
    )


def _inside(answer: bool | None) -> str:
    return "without" if answer is None else "inside" if answer else "OUTSIDE"


def _metres(value_m: float) -> str:
    return f"{value_m / 1e3:.3g} km" if value_m >= 1e3 else f"{value_m:.3g} m"


def _area(value_km2: float) -> str:
    return f"{float(f'{value_km2:.2g}'):,.10g} km2"
