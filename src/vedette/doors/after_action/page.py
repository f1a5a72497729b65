"""The after-action report as one page: no script, nothing from outside, light and dark, and a style sheet for paper.

A pure function of the report's document. Its only style sheet is named by its hash in the page's own policy, which
allows nothing else: what is not in the page is not shown.
"""

import base64
import hashlib
from html import escape
from importlib.resources import files
from typing import Any

from vedette.doors.after_action.markup import Facts, section
from vedette.doors.after_action.page_honesty import honesty, truth
from vedette.doors.after_action.page_objects import believed
from vedette.doors.after_action.page_people import alerts, notices, said
from vedette.doors.after_action.page_sensors import health, sensors
from vedette.doors.after_action.page_where import timeline, where
from vedette.doors.drawing import STYLE

CSS = STYLE + files(__name__.rpartition(".")[0]).joinpath("page.css").read_text(encoding="utf-8")


def page(told: dict[str, Any]) -> str:
    """The whole page."""
    facts = Facts(told)
    chapters = [
        ("where", "Where it was", where(facts)),
        ("when", "When it was", timeline(facts)),
        ("sensors", "What each sensor saw", sensors(facts)),
        ("believed", "What was believed", believed(facts)),
        ("said", "What was said, and when", said(facts)),
        ("alerts", "Alerts and people", alerts(facts)),
        ("truth", "Against the truth", truth(facts)),
        ("honesty", "Was the doubt honest?", honesty(facts)),
        ("notices", "What was announced", notices(facts)),
        ("health", "Health and gaps", health(facts)),
        ("made", "How this page was made", _made(facts)),
    ]
    digest = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    links = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title, body in chapters if body)
    body = "".join(section(name, title, text) for name, title, text in chapters if text)
    mode = escape(told["mode"])
    title = f"After-action report: {escape(told['journal']['name'])}"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
        f'<meta name="generator" content="Vedette {escape(told["journal"]["played_by"])}">'
        f"<title>{mode}: {title}</title><style>{CSS}</style></head><body>\n"
        f'<header><a class="skip" href="#words">Skip to the summary</a>'
        f'<div class="mode {mode}" role="note">{mode}</div>'
        f'<div class="top"><h1>After-action report</h1>{_head(facts)}'
        f'<nav aria-label="Chapters"><ul>{links}</ul></nav></div></header>'
        f'<main><section id="words" aria-labelledby="words-h"><h2 id="words-h">In words</h2>'
        f'<div class="words">{"".join(f"<p>{escape(line)}</p>" for line in told["summary"])}</div>{_tiles(facts)}'
        f"</section>\n{body}</main>\n"
        f'<footer><p class="end">Made by Vedette, which sees and tells, and can never engage.</p>'
        f'<div class="mode {mode}">{mode}</div></footer></body></html>\n'
    )


def _head(facts: Facts) -> str:
    period = facts.at("period")
    when = (
        "instants unknown"
        if period["from_utc"] is None
        else f"{escape(period['from_utc'])} to {escape(period['to_utc'])}"
    )
    until = "" if facts["journal"]["until"] is None else f", as known at {escape(facts['journal']['until'])}"
    return f'<p class="sub">Journal {facts.text("journal", "name")}: {when}{until}</p>'


def _tiles(facts: Facts) -> str:
    picture = facts.at("picture")
    told = [
        (f'<data value="{len(facts["sensors"])}">{len(facts["sensors"])}</data>', "sensors heard"),
        (picture.num("counts", "scans", digits=0), "looks"),
        (picture.num("counts", "detections", digits=0), "detections"),
        (f'<data value="{len(picture["objects"])}">{len(picture["objects"])}</data>', "objects followed"),
        (f'<data value="{len(picture["alerts"])}">{len(picture["alerts"])}</data>', "alerts"),
        (picture.num("counts", "quarantined", digits=0), "set aside"),
    ]
    return '<ul class="tiles">' + "".join(f"<li><b>{number}</b>{name}</li>" for number, name in told) + "</ul>"


def _made(facts: Facts) -> str:
    journal = facts.at("journal")
    feeds = ", ".join(escape(feed) for feed in journal["feeds"]) or "none named"
    zero = "" if facts["zero"]["utc"] is None else ", " + escape(facts["zero"]["utc"])
    return (
        f"<p>The journal {journal.text('name')} ({journal.num('entries', digits=0)} entries, feeds: {feeds}) was "
        f"written by engine {journal.text('written_by')} and played again by engine {journal.text('played_by')}. Its "
        f"chain stands at <code>{journal.text('chain')}</code> after the last entry read: who has that number can "
        "check that nothing was changed (<code>vedette journal verify</code>).</p>"
        "<p>Every number comes from the document that <code>vedette report --json</code> prints; its picture is that "
        "of <code>vedette replay --json</code>, and what each track rests on is that of "
        f"<code>vedette explain --json</code>. Seconds are counted from {escape(facts['zero']['what'])}{zero}. "
        "Coasts are from Natural Earth (public domain), right to some ten kilometres.</p>"
    )
