"""What each sensor saw, how well it works, and when it was silent."""

from vedette.doors.after_action.markup import NOTHING, Facts, items, table, words


def sensors(facts: Facts) -> str:
    """A row a sensor."""
    rows = [
        [
            one.text("id"), one.text("kind") + ("" if one["is_known"] else ", not described"),
            one.num("looks", digits=0), one.num("looks_with_something", digits=0), one.num("detections", digits=0),
            one.clock("first_heard_utc"), one.clock("last_heard_utc"), one.num("usual_interval_s", digits=2),
        ]
        for one in facts.rows("sensors")
    ]  # fmt: skip
    headings = [
        "sensor",
        "kind",
        "looks",
        "with something",
        "detections",
        "first heard",
        "last heard",
        "usual interval, s",
    ]
    rests = [
        [
            doc.text("object_id"), one.text("sensor_id"), one.num("detections", digits=0),
            one.num("silences", digits=0),
            words(", ".join(f"{key} {value:.2f}" for key, value in one["residual_rms_sigmas"].items())) or NOTHING,
            one.num("nis_per_dof", digits=2),
        ]
        for name in facts["explained"]
        for doc in [facts.at("explained", name)]
        for one in doc.rows("sensors")
    ]  # fmt: skip
    named = ["object", "sensor", "found it", "looked in vain", "typical residual, in sigma", "NIS per number"]
    return table("What was handed in", headings, rows) + (
        table("What each object rests on", named, rests) if rests else ""
    )


def health(facts: Facts) -> str:
    """Conditions, clocks and gaps."""
    condition = table(
        "How each sensor was at the end",
        ["sensor", "condition", "since", "noise, dB", "in words"],
        [
            [one.text("id"), one.text("condition"), one.clock("since_utc"), one.num("noise_rise_db"), one.text("text")]
            for one in facts.rows("picture", "sensors")
        ],
    )
    clocks = table(
        "Delays and clocks",
        ["sensor", "reports", "delay, s", "jitter, s", "clock steps", "doubts"],
        [
            [
                one.text("sensor_id"), one.num("scans", digits=0), one.num("delay_s", digits=2),
                one.num("jitter_s", digits=2), one.num("clock_steps", digits=0),
                words("; ".join(one["doubts"])) or NOTHING,
            ]
            for one in facts.rows("picture", "sources")
        ],
    )  # fmt: skip
    gaps = [
        [
            sensor.text("id"), gap.clock("from_utc"), gap.num("from_s", sign=True), gap.num("seconds"),
            sensor.num("usual_interval_s", digits=2),
        ]
        for sensor in facts.rows("sensors")
        for gap in sensor.rows("gaps")
    ]  # fmt: skip
    silences = table(
        "Gaps: silences more than four times the usual interval, and longer than five seconds",
        ["sensor", "from", "s", "seconds", "usual interval, s"],
        gaps,
    )
    doubts = [e["text"] for e in facts["picture"]["events"] if e["kind"] in ("doubt", "quarantined", "sensor-degraded")]
    told = f"<h3>Doubts and what was set aside</h3>{items(doubts[:60])}" if doubts else ""
    more = f"<p>{len(doubts) - 60} more are in the table of events.</p>" if len(doubts) > 60 else ""
    return condition + clocks + silences + told + more
