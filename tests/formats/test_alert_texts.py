"""Every language says the same facts; live words never stand in a drill, nor drill words in earnest."""

import re
import tomllib

import pytest
from hypothesis import given, settings
from msgspec.structs import replace
from tests.formats.alert_events import NAMES, alert_events
from tests.reports.test_alert_event import EVENT, T

from vedette.core.constants import NS_PER_S
from vedette.core.errors import RefusedError, UsageError
from vedette.core.tables import table_text
from vedette.formats.alert_facts import interval_text
from vedette.formats.alert_pager import pager_line
from vedette.formats.alert_texts import alert_texts, drill_trouble, languages, short_text
from vedette.reports import Cause, Evidence, Explanation, Mode
from vedette.reports.alert_event import AlertEvent, AreaTold, EventKind, Level, MessageType

TABLE = tomllib.loads(table_text("alert_texts.toml"))
DRILLS = tuple(mode for mode in Mode if mode is not Mode.REAL)
# times, places, figures and identifiers: what is the same in every language
FACT = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d|UTC[+-]?\d*|E1-\d|\d+ %|\d+ s\b|\b\d+\b|" + "|".join(NAMES))


def facts_in(text: str) -> list[str]:
    return FACT.findall(text)


def objects_in(text: str, language: str) -> list[str]:
    """The object words of a text, longest first so that none hides in another."""
    found, left = [], text.casefold()
    for key, word in sorted(TABLE[language]["objects"].items(), key=lambda item: -len(item[1])):
        for line in left.splitlines():
            if re.sub(r" \(\d+ %\)", "", line.partition(": ")[2].strip("\u2068\u2069")) == word.casefold():
                found.append(key)
    return sorted(found)


@settings(max_examples=60, deadline=None)
@given(alert_events())
def test_all_languages_say_the_same_facts(event: AlertEvent) -> None:
    by_group: dict[int, set[tuple[object, ...]]] = {}
    texts = alert_texts(event, languages())
    for number, text in enumerate(texts):
        said = (*facts_in(text.description), *objects_in(text.description, text.language))
        by_group.setdefault(number // len(languages()), set()).add(said)
    assert all(len(said) == 1 for said in by_group.values())


def test_every_language_has_every_word_and_no_two_objects_share_one() -> None:
    def shape(node: object) -> object:
        return {key: shape(value) for key, value in node.items()} if isinstance(node, dict) else type(node)

    for language in languages():
        words = {key: value for key, value in TABLE[language].items() if key != "is_right_to_left"}
        assert shape(words) == shape(TABLE["en"]), language
        assert len(set(words["objects"].values())) == len(words["objects"])
        for words_of in (words["headline"], words["situation"], words["evidence"]):
            assert len(set(words_of.values())) == len(words_of)
    assert set(TABLE["causes"]) == {cause.value for cause in Cause}


@settings(max_examples=60, deadline=None)
@given(alert_events(modes=DRILLS))
def test_no_drill_holds_a_live_phrase_and_its_frame_stands_first_and_last(event: AlertEvent) -> None:
    for text in alert_texts(event, languages()):
        frame = TABLE[text.language]["drill"][event.mode.value]["frame"]
        assert str(text).startswith(frame) and str(text).endswith(frame)
        assert drill_trouble(str(text)) == ""
        live = TABLE[text.language]["headline"] | TABLE[text.language]["instruction"]
        assert not any(phrase in str(text) for phrase in live.values())
    for language in languages():
        assert drill_trouble(short_text(event, language)) == ""


@settings(max_examples=60, deadline=None)
@given(alert_events(modes=(Mode.REAL,)))
def test_nothing_real_speaks_of_a_drill(event: AlertEvent) -> None:
    for text in alert_texts(event, languages()):
        for mode in DRILLS:
            word = TABLE[text.language]["drill"][mode.value]["frame"].split()[0]
            assert word not in str(text)


def test_a_recording_that_says_both_is_found_in_any_spelling() -> None:
    assert "this is not a drill" in drill_trouble("EXERCISE. This is -- NOT a DRILL!")
    assert drill_trouble("ＴＡＫＥ　ＳＨＥＬＴＥＲ") != "" and drill_trouble("これは訓練ではありません。") != ""
    assert drill_trouble("The players go to the canteen at noon.") == ""


def test_a_live_phrase_in_the_name_of_an_area_stops_a_drill() -> None:
    area = AreaTold(name="Take Shelter Bay", level=Level.BE_READY, probability=0.5)
    with pytest.raises(RefusedError, match="take shelter"):
        alert_texts(replace(EVENT, areas=(area,)))
    assert alert_texts(replace(EVENT, areas=(area,), mode=Mode.REAL))


@pytest.mark.parametrize("language", languages())
def test_each_real_text_says_what_when_where_and_what_to_do(language: str) -> None:
    (text,) = alert_texts(replace(EVENT, mode=Mode.REAL), (language,))
    words = TABLE[language]
    for label in ("what", "arrives", "where", "sure", "until"):
        assert f"{words['labels'][label]}: " in text.description
    assert text.instruction == words["instruction"]["shelter"] and text.headline == words["headline"]["shelter"]


def test_a_satellite_launch_is_a_satellite_launch_in_every_language() -> None:  # FA-19: Taiwan, 9 January 2024
    event = replace(EVENT, explanations=(Explanation(name=Cause.SPACE_LAUNCH, probability=1.0),), mode=Mode.REAL)
    for text in alert_texts(event, languages()):
        assert text.what == TABLE[text.language]["objects"]["space-launch"]
        assert objects_in(text.description, text.language) == ["space-launch"]


def test_a_mistake_names_people_and_a_natural_cause_itself() -> None:
    cancel = replace(
        EVENT, mode=Mode.REAL, message_type=MessageType.CANCEL, cancels=(EVENT.reference(),), cancel_reason="mistake",
        evidence=Evidence.WITHDRAWN,
    )  # fmt: skip
    assert "Cause: human error" in str(alert_texts(cancel)[0])
    meteor = replace(cancel, cancel_reason="natural", explanations=(Explanation(name=Cause.BOLIDE, probability=1.0),))
    assert "Cause: meteor" in str(alert_texts(meteor)[0])
    assert alert_texts(meteor)[0].headline.startswith("WITHDRAWN")


@settings(max_examples=80, deadline=None)
@given(alert_events())
def test_short_texts_and_pager_lines_keep_their_length_and_their_mode(event: AlertEvent) -> None:
    line = pager_line(event)
    assert len(line) <= 160 and line.isascii() and line.isprintable()
    assert line.startswith(event.mode.value) and f" {event.message_type} E1 #2 " in line
    assert event.mode is Mode.REAL or line.endswith(event.mode.value)
    for language in languages():
        assert len(short_text(event, language)) <= 360
        assert event.message_id in short_text(event, language, limit=200)


def test_areas_that_find_no_room_are_counted() -> None:
    many = tuple(
        AreaTold(name=f"Municipality number {i}", level=Level.TAKE_SHELTER, probability=0.1) for i in range(60)
    )
    event = replace(EVENT, areas=many)
    assert re.search(r"; \+5\d \|", pager_line(event)) and len(pager_line(event)) <= 160
    assert re.search(r"\+5\d", short_text(event)) and "Do nothing." in short_text(event)
    assert "+20 more areas" in str(alert_texts(event)[0])


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="en, fr, es"):
        alert_texts(EVENT, ("tlh",))


def test_intervals_are_told_outward_to_whole_minutes_with_local_time() -> None:
    low = T + 10 * NS_PER_S  # T is 2031-04-01T11:59:57Z
    assert interval_text(low, low + NS_PER_S, "Asia/Tokyo") == (
        "2031-04-01 12:00-12:01 UTC = 2031-04-01 21:00-21:01 (UTC+9)"
    )
    whole = T + 63 * NS_PER_S  # 12:01:00 to the nanosecond
    assert interval_text(whole, whole) == "2031-04-01 12:01 UTC"
    assert interval_text(whole - 1, whole + 1) == "2031-04-01 12:00-12:02 UTC"
    assert interval_text(low, low, "America/St_Johns").endswith("= 2031-04-01 09:30-09:31 (UTC-2:30)")
    assert interval_text(low, low + NS_PER_S, "Mars/Olympus") == "2031-04-01 12:00-12:01 UTC"


def test_the_pager_line_rounds_outward_as_the_texts_do() -> None:
    for low, high, span in ((63, 63, "12:01Z"), (62, 64, "12:00-12:02Z"), (63, 123, "12:01-12:02Z")):
        (area,) = EVENT.areas
        told = replace(area, t_90_tai_ns=(T + low * NS_PER_S, T + high * NS_PER_S))
        assert f"Coast {span} |" in pager_line(replace(EVENT, areas=(told,)))


def test_a_check_of_the_channels_says_that_nothing_happened() -> None:
    event = replace(EVENT, kind=EventKind.CHANNEL_TEST, areas=(), explanations=())
    (text,) = alert_texts(event)
    assert "Nothing has happened" in str(text) and "What:" not in str(text)
