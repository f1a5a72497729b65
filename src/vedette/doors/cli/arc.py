"""`vedette arc`: what a published height, distance and time imply."""

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from vedette.assessment.arc_claim import ArcVerdict


def arc(
    *,
    lat_deg: Annotated[float, Parameter(name=["--lat", "--lat-deg"])],
    lon_deg: Annotated[float, Parameter(name=["--lon", "--lon-deg"])],
    apogee_km: float,
    range_km: float,
    bearing_deg: float | None = None,
    claimed_time_s: float | None = None,
    boost_s: float | None = None,
    retarded_descent: bool = False,
    json: bool = False,
) -> int:
    """Say what a published claim implies: the free arc, its time, the class, and whether it can be true.

    The arc flies over the rotating WGS-84 Earth; range is the geodesic from pad to impact. Without a bearing the
    figures are the means over all bearings, with their spread.

    Parameters
    ----------
    lat_deg
        Latitude of the pad, degrees north.
    lon_deg
        Longitude of the pad, degrees east.
    apogee_km
        Height claimed, over the ellipsoid.
    range_km
        Distance claimed, along the ground.
    bearing_deg
        From the pad to the impact, from north towards east.
    claimed_time_s
        Flight time claimed, lift-off to impact.
    boost_s
        Burn time, if it was stated; otherwise any plausible one.
    retarded_descent
        It came down under a parachute or a brake, so that a long time is no contradiction.
    json
        One JSON document instead of words.
    """
    from math import radians

    from vedette.assessment.arc_claim import Claim, judge_claim

    verdict = judge_claim(
        Claim(
            lat_rad=radians(lat_deg),
            lon_rad=radians(lon_deg),
            apogee_m=apogee_km * 1e3,
            range_m=range_km * 1e3,
            bearing_rad=None if bearing_deg is None else radians(bearing_deg),
            claimed_time_s=claimed_time_s,
            boost_s=boost_s,
            is_retarded=retarded_descent,
        )
    )
    if json:
        import sys

        import msgspec

        sys.stdout.write(msgspec.json.encode(arc_document(verdict)).decode() + "\n")
    else:
        _write_words(verdict)
    return 0


def arc_document(verdict: "ArcVerdict") -> dict[str, Any]:
    """The verdict in degrees, kilometres and seconds, as `--json` prints it; unknown is null."""
    from math import degrees

    claim, arcs = verdict.claim, verdict.arcs
    has_bearing = claim.bearing_rad is not None
    lats, lons = (_rounded(degrees(v), 5) for v in (arcs.impact_lats_rad[0], arcs.impact_lons_rad[0]))
    return {
        "kepler_time_s": _rounded(verdict.kepler_time_s, 1),
        "kepler_time_span_s": _pair(verdict.kepler_time_span_s, 1),
        "flight_time_s": _rounded(verdict.flight_time_s, 0),
        "flight_time_90_s": _pair(verdict.flight_time_90_s, 0),
        "flight_time_physical_90_s": _pair(verdict.flight_time_physical_90_s, 0),
        "claimed_time_s": claim.claimed_time_s,
        "burnout_speed_mps": _rounded(verdict.burnout_speed_mps, 1),
        "burnout_speed_inertial_mps": _rounded(verdict.burnout_speed_inertial_mps, 1),
        "boost_burnout_speed_mps": _rounded(verdict.boost_burnout_speed_mps, 0),
        "bearing_deg": _rounded(degrees(claim.bearing_rad), 4) if claim.bearing_rad is not None else None,
        "impact_lat_deg": lats if has_bearing else None,
        "impact_lon_deg": lons if has_bearing else None,
        "impact_ring": []
        if has_bearing
        else [
            {
                "bearing_deg": _rounded(degrees(b), 1),
                "lat_deg": _rounded(degrees(p), 4),
                "lon_deg": _rounded(degrees(q), 4),
            }
            for b, p, q in zip(arcs.bearings_rad, arcs.impact_lats_rad, arcs.impact_lons_rad, strict=True)
        ],
        "max_range_km": _rounded(verdict.max_range_m / 1e3, 0),
        "max_range_90_km": _pair((verdict.max_range_90_m[0] / 1e3, verdict.max_range_90_m[1] / 1e3), 0),
        "class": verdict.class_name,
        "class_probabilities": {name: _rounded(p, 3) for name, p in verdict.class_probabilities.items()},
        "is_kepler": verdict.is_kepler,
        "possible": verdict.is_possible,
        "reason": verdict.reason,
        "boosts": [
            {"vehicle": name, "weight": _rounded(w, 3), "boost_s": _rounded(b, 0), "flight_time_s": _rounded(t, 0)}
            for name, w, b, t in zip(
                verdict.boosts.vehicle_ids,
                verdict.boosts.weights,
                verdict.boosts.boost_times_s,
                verdict.boosts.flight_times_s,
                strict=True,
            )
        ],
        "ground_track": [
            {
                "t_plus_s": _rounded(t, 1),
                "lat_deg": _rounded(degrees(p), 4),
                "lon_deg": _rounded(degrees(q), 4),
                "altitude_km": _rounded(h / 1e3, 2),
            }
            for t, p, q, h in verdict.ground_track
        ],
    }


def _rounded(value: float, digits: int) -> float | None:
    from math import isfinite

    return round(float(value), digits) + 0.0 if isfinite(value) else None


def _pair(values: tuple[float, float], digits: int) -> list[float | None]:
    return [_rounded(values[0], digits), _rounded(values[1], digits)]


def _write_words(verdict: "ArcVerdict") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    said = arc_document(verdict)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()

    def line(name: str, words: str) -> None:
        table.add_row(name, words)

    if said["kepler_time_s"] is not None:
        low, high = said["kepler_time_span_s"]
        spread = f"  ({low:,.0f} to {high:,.0f} over all bearings)" if said["bearing_deg"] is None else ""
        line("free arc", f"{_minutes(said['kepler_time_s'])}{spread}")
        low, high = said["flight_time_90_s"]
        line(
            "flight time", f"{_minutes(said['flight_time_s'])}  90% {low:,.0f} to {high:,.0f} s, as published times go"
        )
        if said["claimed_time_s"] is not None:
            where = "inside" if low <= said["claimed_time_s"] <= high else "outside"
            line("claimed", f"{_minutes(said['claimed_time_s'])}  {where} the 90%")
        line("speed at the ground", f"{said['burnout_speed_mps']:,.0f} m/s relative to the Earth")
        if said["impact_lat_deg"] is not None:
            line("impact", f"{said['impact_lat_deg']:.4f}, {said['impact_lon_deg']:.4f} deg")
        low, high = said["max_range_90_km"]
        line("greatest range", f"{said['max_range_km']:,.0f} km  90% {low:,.0f} to {high:,.0f}")
        shares = ", ".join(f"{name} {share:.0%}" for name, share in said["class_probabilities"].items())
        line("class", f"{said['class']}  ({shares})")
    line("Kepler arc", "yes" if said["is_kepler"] else "no: under 60 km the air shapes the flight")
    line("possible", "yes" if said["possible"] else "no")
    console = Console(highlight=False)
    console.print(table)
    console.print(Text(said["reason"]))


def _minutes(seconds: float) -> str:
    return f"{seconds:,.0f} s = {int(seconds // 60)} min {round(seconds % 60):02d} s"
