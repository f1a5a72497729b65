"""Tables of own, partner's and joint areas, from the records that `./run calibrate joint` and `joint-engines` keep."""

from pathlib import Path

from tools.accuracy.figures import row
from vedette.exercise.calibrate_joint import WAYS, read_records, summarise, summarise_engines
from vedette.exercise.two_owners import SPLITS

RECORDS = Path("calibrate-joint.jsonl")
ENGINES = Path("calibrate-joint-engines.jsonl")
_AREAS = ("what", "areas", "in 50 %", "in 90 % (band)", "in 99 %", "90 % area, median km²", "over the better side's",
          "p50 km", "p95 km", "RMS over one hand's")  # fmt: skip
_LEVELS = ("split", "owner", "launches", "correlated alone", "confirmed alone", "confirmed together",
           "earlier, s (p10, p50, p90)", "impact area over own", "honest partner doubted")  # fmt: skip


def joint_table(records: Path = RECORDS) -> str:
    """Areas of every split and product, as Markdown."""
    kept = read_records(records)
    made = summarise([one for _, one in sorted(kept.items())])
    parts = [f"Seeds {min(kept)} to {max(kept)}: {made['launches']} launches drawn, {made['judged']} judged."]
    for name in SPLITS:
        entry = made["splits"][name]
        rows = [row(*_AREAS), row(*["---"] * len(_AREAS))]
        for place in ("launch", "impact"):
            for product, words in WAYS.items():
                one = entry.get(f"{place} {product}")
                if place == "launch" and product == "joint":
                    words = "joint, by areas"  # a launch is always joined so
                if one is None:
                    continue
                low, high = (100 * band for band in one["band_90"])
                h50, h90, h99 = (100 * one["holds"][level] for level in ("50", "90", "99"))
                rows.append(
                    row(
                        f"{place}, {words}", str(one["count"]), f"{h50:.0f} %", f"{h90:.1f} % ({low:.0f}-{high:.0f})",
                        f"{h99:.0f} %", f"{one['area_90_km2']:,.1f}", _or_dash(one.get("area_over_better")),
                        f"{one['error_km'][0]:.2f}", f"{one['error_km'][1]:.2f}", _or_dash(one.get("rms_over_central")),
                    )
                )  # fmt: skip
        parts += ["", f"Split *{name}*:", "", *rows]
        common = entry.get("common_prior")
        if common:
            parts += ["", f"Of the variance of a launch point {100 * common['north']:.0f} % (NORTH) and "
                      f"{100 * common['south']:.0f} % (SOUTH) are what its prior leaves: one flight's, on both sides. "
                      f"Counted twice, it makes the squared error of the joint point {common['nees']:.2f} of what its "
                      f"area states ({common['count']} launches)."]  # fmt: skip
    return "\n".join(parts)


def engines_table(records: Path = ENGINES) -> str:
    """Levels reached alone and together by two whole engines, as Markdown."""
    made = summarise_engines([one for _, one in sorted(read_records(records).items())])
    rows = [row(*_LEVELS), row(*["---"] * len(_LEVELS))]
    for name, owners in made["splits"].items():
        for owner, one in owners.items():
            earlier = "-" if one["earlier_s"] is None else ", ".join(f"{s:.0f}" for s in one["earlier_s"])
            rows.append(
                row(
                    name, owner, str(one["launches"]), str(one["correlated_alone"]), str(one["confirmed_alone"]),
                    str(one["confirmed_jointly"]), earlier, _or_dash(one["impact_area_over_own"]),
                    str(one["honest_partner_doubted"]),
                )
            )  # fmt: skip
    return "\n".join(rows)


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"
