"""The after-action report: every figure is that of the other commands, and the page needs nothing but itself."""

import base64
import hashlib
import json
import re
from copy import deepcopy
from itertools import pairwise

import pytest
from tests.doors.after_action.journals import drill, two_launches
from tests.doors.after_action.reading import Page

from vedette.core.errors import UsageError
from vedette.doors.after_action import report_document, report_html
from vedette.doors.after_action.markup import Facts
from vedette.doors.after_action.page import page
from vedette.doors.after_action.page_where import _notices, _people
from vedette.doors.after_action.summary import summary_sentences
from vedette.doors.after_action.truth import truth_of
from vedette.doors.cli.main import main
from vedette.time import tai_ns_from_utc_text

MOST_BYTES = 5_000_000  # of the demo's; what is cut short here is far below
HALF = 0.5000001  # of the last digit shown


@pytest.fixture(scope="module")
def acted(tmp_path_factory):
    return drill(tmp_path_factory.mktemp("drill"))


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    return two_launches(tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="module")
def drill_told(acted):
    return report_document(acted)


@pytest.fixture(scope="module")
def story_told(story):
    return report_document(story)


@pytest.fixture(scope="module", params=["drill_told", "story_told"])
def told(request):
    return request.getfixturevalue(request.param)


def printed(capsys, *words):
    capsys.readouterr()
    assert main([str(word) for word in words]) == 0
    return capsys.readouterr().out


# ---- the figures


def test_its_picture_is_replays_and_its_tracks_are_explains(drill_told, story_told, acted, story, capsys):
    for told, journal in ((drill_told, acted), (story_told, story)):
        told = json.loads(json.dumps(told))
        assert told["picture"] == json.loads(printed(capsys, "replay", journal, "--json"))
        assert told["explained"].keys() == {one["id"] for one in told["picture"]["objects"]}
    assert story_told["explained"]["O1"]["looks"]
    explained = json.loads(printed(capsys, "explain", story, "O1", "--json"))
    assert json.loads(json.dumps(story_told["explained"]["O1"])) == explained


def test_every_number_on_the_page_is_one_of_the_document(told):
    shown = [one for one in Page(page(told)).named("data") if "data-at" in one.attributes]
    assert len(shown) > 100
    for one in shown:
        value = told
        for key in one.attributes["data-at"].split("/"):
            value = value[int(key)] if isinstance(value, list | tuple) else value[key]
        assert float(one.attributes["value"]) == value, one
        bare = one.text.replace(",", "")
        digits = len(bare.partition("e")[0].partition(".")[2])
        unit = 10.0 ** (-digits + (int(bare.partition("e")[2]) if "e" in bare else 0))
        if "e" not in bare and "." not in bare:  # `1,240` may be three figures of 1,236
            unit = max(unit, 10.0 ** (len(bare.lstrip("-+")) - 3)) if abs(value) >= 1000 else unit
        assert min(abs(float(bare) - value * k) for k in (1.0, 100.0)) <= HALF * unit, (one, value)


def test_what_each_sensor_saw_adds_up(story_told):
    counts = story_told["picture"]["counts"]
    sensors = story_told["sensors"]
    assert sum(one["looks"] for one in sensors) == counts["scans"]
    assert sum(one["detections"] for one in sensors) == counts["detections"]
    for one in sensors:
        assert sum(one["looks_by_bin"]) == one["looks"] and sum(one["detections_by_bin"]) == one["detections"]


def test_calibration_is_counted_from_the_looks(story_told):
    looks = [look for look in story_told["explained"]["O1"]["looks"] if look["nis"] is not None]
    found = story_told["calibration"]["all"]
    assert found["looks"] == len(looks) > 0
    nis, dof = sum(look["nis"] for look in looks), sum(look["dof"] for look in looks)
    assert found["nis_per_dof"] == pytest.approx(nis / dof, rel=1e-4)  # five figures are kept
    shares = {one["said"]: one["held_count"] for one in found["shares"]}
    # chi-square of two degrees of freedom: 1 - exp(-x/2), so the median is 2 ln 2
    two = [look for look in looks if look["dof"] == 2]
    if len(two) == len(looks):
        assert shares[0.5] == sum(look["nis"] <= 1.3862943611 for look in two)
    assert list(shares.values()) == sorted(shares.values())


# ---- the truth


def test_the_truth_is_made_again_from_the_seed_the_journal_says(story_told):
    truth = story_told["truth"]
    assert (truth["story"], truth["seed"]) == ("two-launches", 1) and truth["looks_compared"] > 50
    first, second = truth["score"]["flights"]
    assert first["object_id"] == "O1" and second["object_id"] is None  # the second has not left the clouds yet
    assert first["launch"]["error_km"] < 30.0
    assert [flight["id"] for flight in truth["flights"]] == [first["flight_id"], second["flight_id"]]


def test_the_truth_of_another_night_is_not_believed(tmp_path):
    path = two_launches(tmp_path, seed=2, told=1, cut_after_s=20.0)
    truth, why = truth_of(path)
    assert truth is None and "seed 1" in why and "--seed" in why
    truth, _ = truth_of(path, seed=2)
    assert truth is not None and truth.made.seed == 2
    with pytest.raises(UsageError, match="not those of story"):
        truth_of(path, seed=3)


def test_without_a_story_there_is_no_score_and_the_page_says_so(drill_told):
    assert drill_told["truth"] is None
    assert "No score: no story was played" in Page(page(drill_told)).named("main")[0].text


# ---- people


def test_the_acts_of_people_are_told_with_their_accounts(drill_told):
    (alert,) = drill_told["desk"]["alerts"]
    acts = [(act["what"], [who["account"] for who in act["people"]]) for act in alert["acts"] if act["people"]]
    assert acts == [("approved", ["first"]), ("sent", ["first", "second"]), ("sent", ["second"])]
    assert [one["type"] for one in alert["messages"]] == ["Alert", "Cancel"]
    told = Page(page(drill_told)).named("main")[0].text
    assert "first and second" in told and "1 message was released and 1 cancelled" in told


def test_what_people_did_stands_on_the_timeline_where_it_was_by_the_pictures_clock(drill_told):
    (row,) = _people(Facts(drill_told))
    assert [mark.shape for mark in row.marks] == ["dot", "diamond", "diamond"]
    after = [act["t_picture_utc"] for act in drill_told["desk"]["alerts"][0]["acts"] if act["people"]]
    zero = tai_ns_from_utc_text(drill_told["zero"]["utc"])
    assert [mark.t for mark in row.marks] == [(tai_ns_from_utc_text(utc) - zero) / 1e9 for utc in after]
    assert 0.0 < row.marks[0].t < row.marks[1].t < row.marks[2].t < 1000.0  # of that night, not of today


def test_windows_that_were_announced_are_spans(drill_told):
    window = {"from_utc": "2031-04-01T11:50:00Z", "to_utc": "2031-04-01T12:20:00Z"}
    told = {**drill_told, "notices": [{"id": "N1", "windows": [window]}]}
    (row,) = _notices(Facts(told))
    ((first, last),) = row.spans
    assert last - first == 1800.0 and first < 0.0 < last


def test_a_raid_of_two_hundred_still_fits(story_told):
    """Copies of what was seen, since two hundred launches take too long to play here."""
    big = deepcopy(story_told)
    one = big["picture"]["objects"][0]
    big["picture"]["objects"] = [{**one, "id": f"O{i}"} for i in range(1, 201)]
    for key in ("beliefs", "explanations"):
        big[key] = [{**big[key][0], "id": f"O{i}"} for i in range(1, 201)]
    for key in ("areas", "trails"):
        big[key] = [{**big[key][0], "object_id": f"O{i}"} for i in range(1, 201)]
    text = page(big)
    assert len(text.encode()) < MOST_BYTES and "The first 40 of 200 objects are drawn" in text


def test_no_path_of_this_machine_is_told(drill_told, acted):
    assert str(acted.parent) not in json.dumps(drill_told)


# ---- the page


def test_the_page_runs_nothing_and_asks_for_nothing(told):
    text = page(told)
    assert len(text.encode()) < MOST_BYTES
    read = Page(text)
    active = {"script", "iframe", "object", "embed", "link", "img", "base", "form"}
    assert not active & {one.name for one in read.elements}
    for one in read.elements:
        assert not [name for name in one.attributes if name.startswith("on") or name in ("src", "style", "srcset")]
        assert one.attributes.get("href", "#").startswith("#")
    assert "url(" not in text and "@import" not in text
    assert set(re.findall(r"https?://[^\s\"<]+", text)) == {"http://www.w3.org/2000/svg"}  # a name, never fetched


def test_its_policy_allows_its_own_style_sheet_and_nothing_else(told):
    text = page(told)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_every_picture_says_what_it_shows_and_has_a_table(told):
    read = Page(page(told))
    names = [one.attributes["id"] for one in read.elements if "id" in one.attributes]
    assert len(names) == len(set(names))
    pictures = read.named("svg")
    assert pictures
    for one in pictures:
        assert one.attributes["role"] == "img" and "figure" in one.inside
        assert set(one.attributes["aria-labelledby"].split()) <= set(names)
    assert len(read.named("figcaption")) == len(read.named("figure")) == len(pictures)
    assert len([one for one in read.named("details") if "figure" in one.inside]) == len(pictures)
    assert all(one.attributes.get("scope") in ("col", "row") for one in read.named("th"))
    assert len(read.named("caption")) == len(read.named("table"))


def test_headings_go_down_one_step_at_a_time(told):
    levels = [int(one.name[1]) for one in Page(page(told)).elements if re.fullmatch(r"h[1-6]", one.name)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= sooner + 1 for sooner, later in pairwise(levels))


def test_links_of_the_contents_lead_somewhere(told):
    read = Page(page(told))
    names = {one.attributes.get("id") for one in read.elements}
    assert all(one.attributes["href"][1:] in names for one in read.named("a"))


def test_what_others_wrote_stays_words(story_told):
    evil = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"

    def poisoned(value):
        if isinstance(value, str):
            return value if re.fullmatch(r"[A-Z]{4,10}|[\d:.TZ+-]{10,30}", value) else value + evil
        if isinstance(value, dict):
            return {key: poisoned(one) for key, one in value.items()}
        return [poisoned(one) for one in value] if isinstance(value, list | tuple) else value

    read = Page(page({**poisoned(deepcopy(story_told)), "mode": "SIMULATED"}))
    assert not read.named("script") and not read.named("img")
    assert not [one for one in read.elements if any(name.startswith("on") for name in one.attributes)]


def test_the_mode_frames_the_page(told):
    read = Page(page(told))
    bands = [one for one in read.named("div") if one.attributes.get("class", "").startswith("mode ")]
    assert [one.text for one in bands] == [told["mode"]] * 2
    assert read.named("title")[0].text.startswith(told["mode"])


# ---- the command


def test_the_command_writes_the_same_bytes_each_time(acted, drill_told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["report", str(acted), "--quiet"]) == 0
    assert (tmp_path / f"{acted.stem}.html").read_text(encoding="utf-8") == page(drill_told)


def test_from_python_it_is_the_same(acted):
    early = report_html(acted, at="T+20")
    assert early == page(report_document(acted, at="T+20"))


def test_an_earlier_instant_tells_less(acted, drill_told, capsys):
    early = json.loads(printed(capsys, "report", acted, "--json", "--at", "T+60"))
    assert early["journal"]["until"] == "T+60"
    assert 0 < early["picture"]["counts"]["scans"] < drill_told["picture"]["counts"]["scans"]


def test_an_empty_journal_is_told_in_a_sentence(tmp_path):
    path = two_launches(tmp_path, cut_after_s=-1.0)
    told = report_document(path)
    assert summary_sentences(told)[0] == "Nothing was received: there is nothing to report."
    Page(page(told))


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["report", "nowhere.sqlite"], 4, "no journal"),
        (["report", "JOURNAL", "--at", "teatime"], 2, "no time"),
        (["report", "JOURNAL", "-o", "nowhere/at/all.html"], 2, "cannot be written"),
    ],
)
def test_mistakes_are_sentences(acted, words, code, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([word.replace("JOURNAL", str(acted)) for word in words]) == code
    assert sentence in capsys.readouterr().err
