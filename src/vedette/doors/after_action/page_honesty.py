"""Scores against the truth, where there is one, and whether the doubt was honest, which needs none."""

from vedette.doors.after_action.markup import NOTHING, Facts, figure, plain, table
from vedette.doors.drawing import Share, reliability_plot

MOST_CURVES = 6


def truth(facts: Facts) -> str:
    """The score of the run; or why there is none."""
    if facts["truth"] is None:
        return f"<p>No score: {facts.text('no_truth')}.</p>"
    told = facts.at("truth")
    score = told.at("score")
    rows = []
    for one in score.rows("flights"):
        launch, impact = one["launch"], one["impact"]
        rows.append([
            one.text("flight_id"), plain(one["class_name"]),
            one.text("object_id") if one["object_id"] else '<span class="bad">never found</span>',
            _right(one), one.num("t_declared_after_s", digits=0),
            one.num("launch", "error_km", digits=2) if launch else NOTHING, _inside(launch, "is_inside_90"),
            one.num("impact", "error_km", digits=2) if impact else NOTHING, _inside(impact, "is_inside_90"),
            one.num("impact", "time_error_s", sign=True) if impact else NOTHING,
        ])  # fmt: skip
    headings = [
        "flight", "true class", "object", "called", "declared, s after lift-off", "launch off, km", "in the 90 % area",
        "impact off, km", "in the 90 % area", "impact time off, s",
    ]  # fmt: skip
    moments = [
        [
            one.text("flight_id"), one.num("after_burnout_s", digits=0), one.text("object_id"),
            one.figure("position_error_m"), one.figure("position_sigma_m"), one.figure("position_bound_m"),
            *_impact_then(one),
        ]
        for one in score.rows("moments")
    ]  # fmt: skip
    sets = [
        ["GOSPA, mean", score.figure("gospa_mean_m"), "m"],
        ["of it, places", score.figure("gospa_localisation_m"), "m"],
        ["missed, on average", score.num("missed_mean", digits=2), "objects"],
        ["false, on average", score.num("false_mean", digits=2), "objects"],
        ["position error, RMS, while coasting", score.figure("rmse_m"), "m"],
        ["the same over the Cramér-Rao bound", score.figure("rmse_over_bound"), "times"],
        ["NEES over dimension", score.figure("nees_mean"), f"in {score['nees_count']} samples"],
        ["false objects", score.num("false_objects", digits=0), ""],
        ["wrong impact alerts", score.num("wrong_alerts", digits=0), ""],
    ]
    return (
        f"<p>The journal holds the story <em>{told.text('title')}</em>, seed {told.num('seed', digits=0)}: the story "
        f"was made again, and {told.num('looks_compared', digits=0)} looks were compared with the journal's, number by "
        "number. The engine never saw what follows.</p>"
        + table("Each flight, against what was said of it at the end", headings, rows)
        + table(
            "Some seconds after the end of thrust",
            ["flight", "s after", "object", "off, m", "claimed, m", "bound, m", "impact off, km", "in the 90 % area"],
            moments,
        )
        + table("All together", ["what", "value", "unit"], sets)
    )


def _impact_then(one: Facts) -> tuple[str, str]:
    """While thrust went on, where it would have fallen is not for the impact to judge."""
    if one["impact"] is None:
        return NOTHING, NOTHING
    if one["impact"]["is_conditional"]:
        return NOTHING, "said only as if thrust stopped"
    return one.num("impact", "error_km", digits=1), _inside(one["impact"], "is_inside_90")


def _right(one: Facts) -> str:
    if one["said_class"] is None:
        return NOTHING
    cls = "good" if one["said_class"] == one["class_name"] else "bad"
    return (
        f'<span class="{cls}">{plain(one["said_class"])}</span> ({one.percent("true_class_probability")} for the truth)'
    )


def _inside(said: dict[str, object] | None, key: str) -> str:
    if said is None or said[key] is None:
        return NOTHING
    return '<span class="good">inside</span>' if said[key] else '<span class="bad">outside</span>'


def honesty(facts: Facts) -> str:
    """Of the looks expected within some probability, how many fell there."""
    if facts["calibration"] is None or not facts["calibration"]["all"]["looks"]:
        return "<p>No look could be held against what was expected of it.</p>"
    found = facts.at("calibration")
    rows = [found.at("all"), *found.rows("sensors")[: MOST_CURVES - 1]]
    curves = {
        one["name"]: [Share(s["said"], s["held"], s["count"], tuple(s["band_90"])) for s in one["shares"]]
        for one in rows
    }
    svg = reliability_plot(
        "honesty", "Said to hold, and held",
        "For looks expected within 10 to 99 % limits, the share that fell there, by sensor, with the band that chance "
        "allows; the honest line is the diagonal.", curves,
    )  # fmt: skip
    every = [found.at("all"), *found.rows("sensors")]
    twin = table(
        "Shares that held",
        ["sensor", "looks", *[f"{100 * s['said']:.0f} %" for s in found["all"]["shares"]]],
        [
            [one.text("name"), one.num("looks", digits=0), *[s.percent("held") for s in one.rows("shares")]]
            for one in every
        ],
    )
    nis = table(
        "Squared residual per number (NIS); 1 when belief and noise are as stated",
        ["sensor", "looks", "NIS per number", "90 % band of independent looks"],
        [
            [
                one.text("name"), one.num("looks", digits=0), one.num("nis_per_dof", digits=3),
                f"{one.num('nis_band_90', 0, digits=3)} to {one.num('nis_band_90', 1, digits=3)}"
                if one["nis_band_90"] else NOTHING,
            ]
            for one in every
        ],
    )  # fmt: skip
    about = (
        "<p>Each look was held against what the track expected of it just before. Above the diagonal the tracks were "
        "too modest, below it too sure. "
        "The looks of one track are not independent: the bands are a guide.</p>"
    )
    return (
        figure(svg, "Of what was said to hold with a probability, the share that held; bars: 90 % of chance.", twin)
        + nis
        + about
    )
