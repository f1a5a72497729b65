"""UK and RDE reports of visual observers: which lines are read, which refused, and what they say."""

import random

import pytest
from tests.data import real_data
from tests.formats.visual_reports import is_read, judged

from vedette.core.errors import BadInputError
from vedette.formats.observer_reports import read_observer_reports
from vedette.formats.uk_reports import designator_of, parse_rde_head, parse_uk
from vedette.time import utc_text_from_tai_ns

# published at satobs.org/position/posn_formats.html and RDEformat.html
MOLCZAN = "0401401267504050320170296  010  12102706  +36412   50 5"
KRACHT = "8406503987697070622352907  01   12200054  +28239  01  4             +60+70     R"
DISPUTED = "01   14172038"  # degrees, minutes and eighty seconds of arc
EBERST = "2420 0405 0.211 1204\n05\n0401203 205744.76 185544+324606 4.0 5.8 3 R\n999\n"


@pytest.mark.parametrize("name", ["UK_data_compliant_answers.txt", "UK_data_noncompliant_answers.txt"])
def test_lines_are_read_and_refused_as_judged(name):
    lines = list(judged(real_data("tracking", "optical", name).read_text(), (DISPUTED,)))
    assert len(lines) > 50
    assert [text for good, text in lines if is_read(parse_uk, text) != good] == []


def columns_of(one, time_digits, angle_digits):
    """A look written as the description of the form says, code 2: `YYLLLPPssssyymmddHHMMSSssss.....Sf...`."""
    stamp = utc_text_from_tai_ns(one.t_tai_ns).translate(str.maketrans("", "", "-:TZ."))
    year, launch, piece = one.designator[2:4], one.designator[5:8], "ABCDEFGHJKLMNPQRSTUVWXYZ".index(one.designator[8])
    ra, dec = one.values_deg
    hours, minutes = divmod(round(ra / 15.0 * 60.0 * 1e4), 60 * 10_000)
    degrees, arc = divmod(round(abs(dec) * 60.0 * 1e3), 60 * 1_000)
    level = f"{hours:02d}{minutes:06d}"[:angle_digits[0]]
    upright = f"{'-' if dec < 0 else '+'}{degrees:02d}{arc:05d}"[: 1 + angle_digits[1]]
    return f"{year}{launch}{piece + 1:02d}{one.station}{stamp[2:8]}{stamp[8:8 + time_digits]}", level, upright


@pytest.mark.parametrize("line", [MOLCZAN, "9607201267504050320421970  010  12153504  +26400   60 5"])
def test_a_published_line_comes_back_from_what_was_read(line):
    one = parse_uk(line)
    start, level, upright = columns_of(one, 8, (6, 5))
    assert (line[:25], line[34:40], line[42:48]) == (start, level, upright)
    assert one.sigma_rad == pytest.approx(float(line[51:53]) / 10.0 / 60.0 * 0.0174532925)
    assert one.time_sigma_s == 0.1


def test_a_line_says_where_when_and_what():
    one = parse_uk(MOLCZAN)
    assert (one.designator, one.station, one.kind, one.catalogue_number) == ("2004-014A", "2675", "RA_DEC", 0)
    assert utc_text_from_tai_ns(one.t_tai_ns).startswith("2004-05-03T20:17:02.96")
    assert one.values_deg == pytest.approx((15.0 * (10 + 27.06 / 60.0), 36.0 + 41.2 / 60.0))
    assert (designator_of("9932199"), designator_of("9610325")) == ("1999-321DC", "1996-103AA")
    old = parse_uk(KRACHT)  # 1997, of a chart of 1950
    assert utc_text_from_tai_ns(old.t_tai_ns).startswith("1997-07-06T22:35:29.07")
    assert old.values_deg[0] - 15.0 * (20 + 0.54 / 60.0) == pytest.approx(50 * 3.07 * 15 / 3600, abs=0.15)


def test_forms_of_angles_agree_and_azimuths_say_whether_the_air_was_allowed_for():
    line = "9701201201803101520195542  01   1{}{} 1  5             +6 +8   190R"
    seconds = parse_uk(line.format(1, "12303000+1230000")).values_deg
    minutes = parse_uk(line.format(2, "12305000+1230000")).values_deg
    degrees = parse_uk(line.format(3, "12305000+1250000")).values_deg
    assert seconds == pytest.approx((15 * (12 + 30.5 / 60), 12.5)) == minutes == degrees
    level, bare = (parse_uk(line.format(code, "18730000 1230000")) for code in (4, 7))
    assert level.kind == bare.kind == "AZ_EL" and level.values_deg == pytest.approx((187.5, 12.5)) == bare.values_deg
    assert not level.is_refracted and bare.is_refracted


def test_a_report_of_the_short_form_is_read_whole():
    said = read_observer_reports(EBERST)
    (one,) = said.looks
    assert not said.refused and (one.designator, one.station) == ("2004-012C", "2420")
    assert utc_text_from_tai_ns(one.t_tai_ns).startswith("2004-05-05T20:57:44.76")
    assert one.sigma_rad == pytest.approx(120 / 3600 * 0.0174532925) and one.time_sigma_s == 0.2
    # half a century of precession at 18h56m +32.8: some 100 s of time and 4 arcminutes (Meeus 1998, 21.1)
    assert one.values_deg[0] - 15 * (18 + 55 / 60 + 44 / 3600) == pytest.approx(50 * 2.2 * 15 / 3600, abs=0.03)
    fourteen = read_observer_reports(real_data("tracking", "optical", "RDE_data_compliant.txt").read_text())
    assert len(fourteen.looks) == 14 and not fourteen.refused
    assert {one.station for one in fourteen.looks} == {"2420"}


def test_what_is_no_short_report_is_refused_by_its_line():
    broken = EBERST.replace("185544+324606", "186544+324606")
    with pytest.raises(BadInputError, match=r"night:3.*angles"):
        read_observer_reports(broken, "night")
    with pytest.raises(BadInputError, match="before the line with the day"):
        read_observer_reports(EBERST.replace("\n05\n", "\n"))
    with pytest.raises(BadInputError, match="form 3"):
        parse_rde_head("2420 0405 0.213 1204")
    with pytest.raises(BadInputError, match="month 14"):
        parse_rde_head("2420 0414 0.211 1204")


def test_forms_mix_remarks_are_passed_over_and_damage_is_set_aside():
    iod = "23794 96 010A   2701 G 20040506012614270 17 25 1100114-184298 38 I+020 10"
    text = f"Clear night.\n{MOLCZAN}\n{iod}\n{EBERST}{MOLCZAN.replace('+', ' ')}\nSeeing poor.\n>{iod}\n"
    said = read_observer_reports(text, "letter")
    assert [one.line for one in said.looks] == [2, 3, 6]
    assert [trouble.where for trouble in said.refused] == ["letter:8", "letter:10"]
    whole = real_data("tracking", "optical", "DATA_UK_not_RDE.txt").read_text()
    mixed = read_observer_reports(whole)  # three lines in their columns, seven with an address or with blanks lost
    assert len(mixed.looks) == 3 and len(mixed.refused) >= 6


def test_no_damage_brings_the_reader_down():
    rng = random.Random(5)
    words = [MOLCZAN, KRACHT, *EBERST.split("\n")]
    for _ in range(1500):
        line = list(rng.choice(words) or "999")
        for _ in range(rng.randint(1, 6)):
            k = rng.randrange(len(line))
            line[k : k + rng.randint(0, 2)] = rng.choice(["", " ", "\0", "é", "9", "٣", "+", "-", "Z", "\t", "99999"])
            line = line or ["0"]
        text = "2420 1909 0.211 1204\n28\n" + "".join(line) + "\n" + MOLCZAN
        said = read_observer_reports(text)
        assert said.looks and all(str(trouble) for trouble in said.refused)
        assert all(-90.0 <= one.values_deg[1] <= 90.0 for one in said.looks)


def test_a_short_report_is_tracking_of_the_object_that_is_asked_for(tmp_path):
    from vedette.doors.tracking_files import objects_in, read_places, read_tracking

    path = real_data("tracking", "optical", "RDE_data_compliant.txt")
    places = read_places([real_data("tracking", "optical", "strf_sites.txt")])
    assert len(objects_in(path)) == 12 and ("2015-004B", None) in objects_in(path)
    told = read_tracking([path], places, object_name="2015-004B")
    assert len(told.rows.t_tai_ns) == 4 and told.object_name == "2015-004B"  # two looks of two angles
    with pytest.raises(BadInputError, match="several objects"):
        read_tracking([path], places)
