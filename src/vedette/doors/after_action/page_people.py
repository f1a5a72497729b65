"""What was said and when, what people did about it, and what had been announced."""

from vedette.doors.after_action.markup import NOTHING, Facts, items, plain, table, words


def said(facts: Facts) -> str:
    """Every level that an alert reached, in the order it was said, and every revision folded away."""
    rows, every, level = [], [], dict[str, str]()
    for one in facts.rows("said"):
        row = [
            one.clock("t_utc"), one.num("t_s", sign=True), one.text("id"), one.text("evidence"), one.text("text"),
            words("; ".join(one["reasons_against"][:2])) or NOTHING,
        ]  # fmt: skip
        every.append(row)
        if level.get(one["id"]) != one["evidence"]:
            level[one["id"]] = one["evidence"]
            rows.append(row)
    if not every:
        return "<p>No alert was proposed.</p>"
    headings = ["UTC", "s", "alert", "level", "what was said", "what spoke against it"]
    folded = table("Every revision", headings, every[:2000], "long")
    return (
        f"<p>{len(every):,} revisions of {len(level):,} alerts, as they were proposed; the levels as they changed:</p>"
        + table("Levels as they changed", headings, rows)
        + f'<details class="twin"><summary>Every revision</summary>{folded}</details>'
    )


def alerts(facts: Facts) -> str:
    """Each alert at the desk with its acts and messages."""
    desk = facts.at("desk")
    if desk["trouble"]:
        return f"<p>The desk could not be read: {desk.text('trouble')}</p>"
    if not desk["alerts"]:
        return "<p>No record of people's acts stands beside this journal.</p>"
    parts = [f"<p>The {desk.text('kind')} desk, as of its newest record, {desk.text('as_of_utc')}.</p>"]
    for one in desk.rows("alerts"):
        seen = ", ".join(f"{name}: {how}" for name, how in one["attention"].items())
        parts.append(f"<h3>{one.text('id')}</h3>")
        parts.append(
            f"<p>{one.text('kind')} of {words(', '.join(one['object_ids']))}; evidence {one.text('evidence')}, message "
            f"{one.text('message')}; {one.num('revisions', digits=0)} revisions. "
            f"{words('Seen by ' + seen + '.') if seen else 'Nobody acknowledged it.'}</p>"
        )
        rows = [
            [
                act.text("t_utc"), act.clock("t_picture_utc"), act.text("what"),
                words(", ".join(who["account"] for who in act["people"])) or NOTHING, act.text("words"),
            ]
            for act in one.rows("acts")
            if act["what"] != "proposed"
        ]  # fmt: skip
        parts.append(table("What was done", ["desk's clock", "picture's clock", "act", "by", "in words"], rows))
        sent = [
            [
                message.text("message_id"), message.text("type"), message.text("sent_utc"),
                words(" and ".join(message["released_by"])), message.text("cancel_reason"),
            ]
            for message in one.rows("messages")
        ]  # fmt: skip
        if sent:
            parts.append(table("Messages", ["message", "type", "sent", "released by", "why taken back"], sent))
        told = [
            [area.text("name"), area.text("level"), area.percent("probability"), area.num("seconds", digits=0)]
            for area in one.rows("areas")
        ]
        if told:
            parts.append(table("Areas told", ["area", "level", "probability", "seconds left"], told))
        parts.append(
            f'<div class="both"><div><h4>For</h4>{items(one["reasons_for"], "for") or "<p>none</p>"}</div>'
            f"<div><h4>Against</h4>{items(one['reasons_against'], 'against') or '<p>none</p>'}</div></div>"
        )
    return "".join(parts)


def notices(facts: Facts) -> str:
    """What was announced, and what was found of it."""
    rows = [
        [
            one.text("id"), plain(str(one["kind"])), one.text("party"),
            words(one["class_name"]) if one["class_name"] else NOTHING, one.text("received_utc"),
            words("; ".join(f"{w['from_utc']} to {w['to_utc']}" for w in one["windows"])) or NOTHING,
        ]
        for one in facts.rows("notices")
    ]  # fmt: skip
    if not rows:
        return "<p>Nothing was announced.</p>"
    found = [e["text"] for e in facts["picture"]["events"] if e["kind"] == "notice"]
    return table("Notices", ["notice", "kind", "party", "what", "received", "windows"], rows) + items(found)
