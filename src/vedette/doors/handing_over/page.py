"""The report as one page that opens anywhere, offline, and prints cleanly: no script, nothing from outside."""

import base64
import hashlib
from html import escape
from typing import Any

from vedette.doors.after_action.markup import NOTHING, Facts, items, section, table, words
from vedette.doors.after_action.page import CSS


def handover_page(told: dict[str, Any]) -> str:
    """The whole page, of the report's document."""
    facts = Facts(told)
    digest = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    title = f"Watch report, {told['from_utc'][:16]}Z to {told['written_utc'][:16]}Z"
    body = "".join(section(name, head, text) for name, head, text in _chapters(facts) if text)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{CSS}</style></head><body>\n"
        f'<header><div class="top"><h1>{escape(title)}</h1></div></header>'
        f'<main><section id="first" aria-labelledby="first-h"><h2 id="first-h">Look at first</h2>'
        f"{items(told['look_at'])}</section>\n{body}</main>\n"
        '<footer><p class="end">Made by Vedette, which sees and tells, and can never engage.</p></footer>'
        "</body></html>\n"
    )


def _chapters(facts: Facts) -> list[tuple[str, str, str]]:
    return [
        ("open", "Open alerts", _alerts(facts, "alerts")),
        ("closed", "Closed in this watch", _alerts(facts, "closed") if facts["closed"] else ""),
        ("people", "Who did what", _people(facts)),
        ("links", "Links, and who acts", _links(facts)),
        ("sensors", "Sensors and doubts", _sensors(facts)),
        ("notices", "Announced or due", _notices(facts)),
    ]


def _alerts(facts: Facts, key: str) -> str:
    if not facts[key]:
        return "<p>No alert is open.</p>"
    rows = []
    for one in facts.rows(key):
        todo = "; ".join(
            f"{duty['act']} by {duty['role']}, due {duty['due_utc'][11:19]}Z{' LATE' if duty['is_late'] else ''}"
            for duty in one["duties"]
        )
        likely = ", ".join(f"{100 * why['probability']:.0f} % {why['name']}" for why in one["explanations"])
        sent = ", ".join(f"{message['type']} {message['message_id']}" for message in one["sent"])
        rows.append([
            one.text("id"), one.text("mode"), one.text("evidence"), one.text("message"), words(likely) or NOTHING,
            words("; ".join(one["reasons_against"][:2])) or NOTHING, words(sent) or NOTHING, words(todo) or NOTHING,
        ])  # fmt: skip
    headings = ["alert", "mode", "evidence", "message", "likely", "against it", "said", "to do"]
    return table("Alerts", headings, rows)


def _people(facts: Facts) -> str:
    rows = [
        [
            one.text("account"), words(", ".join(f"{n} {what}" for what, n in sorted(one["did"].items()))),
            one.clock("first_utc"), one.clock("last_utc"), words(", ".join(one["seats"])) or NOTHING,
        ]
        for one in facts.rows("people")
    ]  # fmt: skip
    acts = [
        [one.clock("t_utc"), one.text("desk"), one.text("alert_id"), one.text("words")] for one in facts.rows("acts")
    ]
    folded = table("Every act", ["UTC", "desk", "alert", "what"], acts, "long")
    return (
        table("People", ["account", "did", "first", "last", "seat"], rows)
        + f'<details class="twin"><summary>Every act</summary>{folded}</details>'
    )


def _links(facts: Facts) -> str:
    if facts["node"] is None:
        return ""
    node = facts.at("node")
    by = ", ".join(node["standing_by"]) or "nobody"
    rows = [
        [one.text("peer"), one.text("state"), words(f"{one.told['heard_age_s']:.0f} s ago")
         if one.told.get("heard_age_s") is not None else NOTHING, words(one.told.get("trouble") or "") or NOTHING]
        for one in node.rows("peers")
    ]  # fmt: skip
    return f"<p>{words(node['acting'] or 'Nobody')} acts; {words(by)} stands by.</p>" + table(
        "Links", ["partner", "state", "last heard", "trouble"], rows
    )


def _sensors(facts: Facts) -> str:
    parts = []
    for watch in facts.rows("watches"):
        entries = watch.num("entries", digits=0)
        parts.append(f"<h3>{watch.text('journal')}: {watch.text('mode')}, {entries} entries</h3>")
        rows = [[one.text("sensor"), one.text("since_utc"), one.text("text")] for one in watch.rows("sensors")]
        parts.append(table("Degraded sensors", ["sensor", "since", "what"], rows))
        rows = [
            [one.text("about"), one.text("text"), one.num("count", digits=0), one.text("last_utc")]
            for one in watch.rows("doubts")
        ]
        parts.append(table("Doubts", ["about", "what", "times", "last"], rows))
    return "".join(parts) or "<p>No journal was written in this watch.</p>"


def _notices(facts: Facts) -> str:
    rows = [
        [
            one.text("notice"), one.text("party"), one.text("kind"), one.text("what"), one.text("from_utc"),
            one.text("to_utc"), one.text("due_utc"),
        ]
        for one in facts.rows("notices")
    ]  # fmt: skip
    return table("Notices", ["notice", "party", "kind", "what", "from", "until", "answer due"], rows)
