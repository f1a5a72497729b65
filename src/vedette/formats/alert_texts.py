"""Texts for people, in several languages, all generated from one alert event (rules R27, R33, R34).

A text says what, when, where, how sure and what to do, in labelled lines; the words stand in the table
`alert_texts.toml`. A drill has words of its own: its frame stands first and last, it names the situation instead of
using the live headline, and what to do is nothing. `drill_trouble` finds live phrases, in any language, in any script;
no drill that holds one is ever given out.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vedette.core.errors import RefusedError, UsageError
from vedette.core.tables import table_text
from vedette.formats.alert_facts import MOST_AREAS, Facts, Group, area_name, area_when, facts_of, groups_of
from vedette.reports.alert_event import AlertEvent, MessageType
from vedette.reports.explanations import THREATS, Cause
from vedette.reports.mode import Mode

_LIVE_SITUATIONS = ("shelter", "overflight", "ready")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"  # a name or number within a text that runs from right to left


@dataclass(frozen=True, slots=True)
class AlertText:
    """One text, in one language, for the areas of one group."""

    language: str
    tag: str  # of RFC 5646, for CAP
    group: Group
    what: str  # the object, in two or three words
    headline: str
    description: str  # lines
    instruction: str

    def __str__(self) -> str:
        """The whole text."""
        return "\n".join((self.headline, self.description, self.instruction))


def languages() -> tuple[str, ...]:
    """The languages there are words for: en, fr, es, ..."""
    return tuple(name for name in _table() if name != "causes")


def alert_texts(event: AlertEvent, wanted: Sequence[str] = ("en",)) -> tuple[AlertText, ...]:
    """The texts of an event: for each group of areas, most urgent first, one in each language wanted.

    Errors
    ------
    UsageError for a language that there are no words for; RefusedError when a drill would hold a live phrase (from the
    name of an area, for one).
    """
    for language in wanted:
        if language not in languages():
            raise UsageError(f"no words for the language {language!r}; there are {', '.join(languages())}")
    return tuple(_text(event, group, language) for group in groups_of(event) for language in wanted)


def short_text(event: AlertEvent, language: str = "en", limit: int = 360) -> str:
    """What matters most of the most urgent group, in at most `limit` characters (360 is that of WEA), on one line.

    Areas that find no room are counted, never passed over in silence.
    """
    group = groups_of(event)[0]
    facts, words = facts_of(event, group), _table()[language]
    head, do = _frame(event, facts, words)
    end = "" if event.mode is Mode.REAL else words["drill"][event.mode.value]["frame"].split()[0]
    what = words["objects"][_word(facts.cause)]
    names = [area_name(area, language) for area in group.areas]
    first_words = re.split(r"(?<=[.。])\s*", do)[0]
    tails = ((what, do), (what, first_words), (what,), ())  # words go before the last name does
    for most in (min(len(names), 1), 0):
        for tail in tails:
            for shown in range(len(names), most - 1, -1):
                more = f" +{len(names) - shown}" if shown < len(names) else ""
                told = (head, *tail[:1], ", ".join(names[:shown]) + more, facts.when, *tail[1:], facts.message_id, end)
                text = " | ".join(part.strip() for part in told if part.strip())
                if len(text) <= limit:
                    return held_to_mode(event, text)
    raise UsageError(f"the shortest text has {len(text)} characters and {limit} are allowed")


def drill_trouble(text: str) -> str:
    """The first live phrase in a text, of any language, in words; empty when there is none."""
    plain = _plain(text)
    for phrase in _live_phrases():
        if phrase in plain:
            return f"it holds the live phrase {phrase!r}"
    return ""


def _text(event: AlertEvent, group: Group, language: str) -> AlertText:
    words, facts = _table()[language], facts_of(event, group)
    headline, instruction = _frame(event, facts, words)
    lines = _lines(event, facts, language, words)
    if event.mode is not Mode.REAL:
        frame = words["drill"][event.mode.value]["frame"]
        lines, instruction = [frame, *lines], f"{instruction} {frame}"
    text = AlertText(
        language=language, tag=words["tag"], group=group, what=words["objects"][_word(facts.cause)],
        headline=headline, description="\n".join(lines), instruction=instruction,
    )  # fmt: skip
    held_to_mode(event, str(text))
    return text


def _frame(event: AlertEvent, facts: Facts, words: dict[str, Any]) -> tuple[str, str]:
    """Headline and what to do."""
    if event.mode is Mode.REAL:
        return words["headline"][facts.situation], words["instruction"][facts.situation]
    drill = words["drill"][event.mode.value]
    return f"{drill['frame']}: {words['situation'][facts.situation]}", drill["do"]


def _lines(event: AlertEvent, facts: Facts, language: str, words: dict[str, Any]) -> list[str]:
    label, objects = words["labels"], words["objects"]
    put = _put_isolated if words.get("is_right_to_left") else _put_plain
    lines = []
    is_over = facts.situation in ("cancel", "passed")
    if facts.withdrawn:
        lines.append(put(label["withdrawn"], ", ".join(facts.withdrawn)))
    if facts.situation != "channel-test":
        if event.message_type is MessageType.CANCEL and facts.situation == "cancel":
            lines += _cause_line(event, facts, words)
        else:
            lines.append(f"{label['what']}: {objects[_word(facts.cause)]}")
        if facts.second is not None and _word(facts.second[0]) != _word(facts.cause) and not is_over:
            lines.append(put(label["maybe"], f"{objects[_word(facts.second[0])]} ({facts.second[1]} %)"))
        if facts.count is not None and not is_over:
            lines.append(put(label["count"], str(facts.count)))
    if facts.launched and not is_over:
        lines.append(put(label["launched"], facts.launched))
    if facts.when:
        is_above = all(area.what == "overflight" for area in facts.areas) and bool(facts.areas)
        lines.append(put(label["passes" if is_above else "arrives"], facts.when))
    if facts.areas:
        lines.append(put(label["where"], _where(facts, language, label["more"])))
    if facts.situation != "channel-test" and not is_over:
        lines.append(f"{label['sure']}: {words['evidence'][facts.evidence.value]}")
    if facts.lost_s is not None and not is_over:
        lines.append(put(label["lost"], f"{facts.lost_s} s"))
    lines.append(put(label["sent"], facts.sent))
    lines.append(put(label["until"], facts.until))
    lines.append(put(label["message"], facts.message_id))
    return lines


def _cause_line(event: AlertEvent, facts: Facts, words: dict[str, Any]) -> list[str]:
    """What was behind a warning that is taken back; nothing where only the threat is withdrawn."""
    cause = Cause.PROCEDURE if event.cancel_reason == "mistake" and facts.cause in THREATS else facts.cause
    return [] if cause in THREATS else [f"{words['labels']['cause']}: {words['objects'][_word(cause)]}"]


def _where(facts: Facts, language: str, more: str) -> str:
    is_danger = facts.situation in ("shelter", "overflight", "ready")
    day = facts.when[:10]
    shown = []
    for area in facts.areas[:MOST_AREAS]:
        when = area_when(area, day) if is_danger and len(facts.areas) > 1 else ""
        shown.append(area_name(area, language) + (f" ({when})" if when else ""))
    rest = len(facts.areas) - len(shown)
    return "; ".join(shown) + (f"; +{rest} {more}" if rest else "")


def _put_plain(label: str, value: str) -> str:
    return f"{label}: {value}"


def _put_isolated(label: str, value: str) -> str:
    return f"{label}: {_ISOLATE}{value}{_END_ISOLATE}"


def _word(cause: Cause) -> str:
    return str(_table()["causes"][cause.value])


def held_to_mode(event: AlertEvent, text: str) -> str:
    """The text, unless it is a drill's and holds a live phrase."""
    if event.mode is not Mode.REAL and (trouble := drill_trouble(text)):
        raise RefusedError(f"message {event.message_id} is {event.mode} and {trouble}; it is not given out")
    return text


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(table_text("alert_texts.toml"))


@lru_cache(maxsize=1)
def _live_phrases() -> tuple[str, ...]:
    """Headlines and instructions that only REAL messages hold, and what is banned besides, of every language."""
    found = set()
    for language in languages():
        words = _table()[language]
        for situation in _LIVE_SITUATIONS:
            headline = words["headline"][situation]
            found |= {headline, *re.split(r" ?[:：]", headline)[1:], words["instruction"][situation]}
        found |= set(words["banned"]["phrases"])
    return tuple(sorted(_plain(phrase) for phrase in found))


def _plain(text: str) -> str:
    """Letters and digits in one spelling, everything else a blank: what a listener hears."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in folded).split())
