"""Every field that is used equals what two other decoders make of it: the sample's expected decode, and libasterix."""

from math import degrees, isnan, radians

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data
from tests.formats.asterix_samples import datagrams_of_pcap, expected_records, in_brackets

from vedette.formats.asterix_fields import FOOT_M, NAUTICAL_MILE_M, plot_from_items, service_from_items
from vedette.formats.asterix_items import Broken, Record, read_datagram

seven_decimals = 6e-8  # the expected decode is printed to seven decimals
seven_figures = 2e-7  # and multiplies places by 180/2^23 rounded to seven figures


@pytest.fixture(scope="module")
def records():
    datagrams = datagrams_of_pcap(real_data("messages", "asterix", "cat_034_048.pcap"))
    return [part for _, datagram in datagrams for part in read_datagram(datagram)]


@pytest.fixture(scope="module")
def expected():
    return expected_records(real_data("messages", "asterix", "expected_cat_034_048.txt"))


def test_the_capture_falls_apart_into_the_items_of_the_expected_decode(records, expected):
    assert len(records) == len(expected) == 162
    for record, wanted in zip(records, expected, strict=True):
        assert isinstance(record, Record)
        assert record.category == wanted["category"]
        assert record.items == wanted["hex"]


def test_every_field_of_a_target_report_is_the_expected_one(records, expected):
    checked = 0
    for record, wanted in zip(records, expected, strict=True):
        if record.category != 48:
            continue
        plot = plot_from_items(record.items)
        assert plot is not None
        assert plot.source == (
            int(wanted["010 System Area Code"]),
            int(wanted["010 System Identification Code"]),
        )
        assert plot.time_of_day_s == pytest.approx(in_brackets(wanted["140 Time Of Day"]), abs=seven_decimals)
        assert plot.kind == int(wanted["020 TYP"].split()[0])
        assert plot.is_simulated == (wanted["020 SIM"][0] == "1")
        assert plot.is_monitor == (wanted["020 RAB"][0] == "1")
        assert plot.is_ghost == (wanted.get("170 GHO", "0")[0] == "1")
        assert plot.track_number == int(wanted["161 Track Number"])
        if "040 RHO" in wanted:
            assert plot.range_m / NAUTICAL_MILE_M == pytest.approx(in_brackets(wanted["040 RHO"]), abs=seven_decimals)
            assert degrees(plot.azimuth_rad) == pytest.approx(in_brackets(wanted["040 THETA"]), abs=seven_decimals)
        assert plot.is_detection == ("040 RHO" in wanted and plot.kind != 0)
        if "090 FlightLevel" in wanted and wanted["090 V"][0] == wanted["090 G"][0] == "0":
            level = plot.pressure_height_m / FOOT_M / 100
            assert level == pytest.approx(in_brackets(wanted["090 FlightLevel"]), abs=seven_decimals)
        else:
            assert isnan(plot.pressure_height_m)
        if "110 3D_Height" in wanted:
            height_ft = plot.height_3d_m / FOOT_M
            assert height_ft == pytest.approx(in_brackets(wanted["110 3D_Height"]), abs=1e-6)
        else:
            assert isnan(plot.height_3d_m)
        checked += 1
    assert checked == 128


def test_every_field_of_a_service_message_is_the_expected_one(records, expected):
    checked = 0
    for record, wanted in zip(records, expected, strict=True):
        if record.category != 34:
            continue
        service = service_from_items(record.items)
        assert service is not None
        assert service.source == (
            int(wanted["010 System Area Code"]),
            int(wanted["010 System Identification Code"]),
        )
        said = next(value for label, value in wanted.items() if label.startswith("000 "))
        assert service.said == int(said.split()[0])
        when = next(value for label, value in wanted.items() if label.lower().startswith("030 time of day"))
        assert service.time_of_day_s == pytest.approx(in_brackets(when), abs=seven_decimals)
        if "020 Antenna azimuth" in wanted:
            azimuth_deg = in_brackets(wanted["020 Antenna azimuth"])
            assert degrees(service.azimuth_rad) == pytest.approx(azimuth_deg, abs=seven_decimals)
        if "041 Antenna rotation speed" in wanted:
            assert service.rotation_s == pytest.approx(in_brackets(wanted["041 Antenna rotation speed"]), abs=1e-7)
        if "050 Time Source Validity" in wanted:
            assert service.is_clock_valid == (wanted["050 Time Source Validity"][0] == "0")
            assert service.is_released == (wanted["050 Operational Release Status of the System"][0] == "0")
            overloads = ("050 Radar Data Processor Overload Indicator", "050 Transmission Subsystem Overload Status")
            assert service.is_overloaded == any(wanted[label][0] == "1" for label in overloads)
        if service.place is not None:
            lat_deg, lon_deg, height_m = service.place
            assert lat_deg == pytest.approx(in_brackets(wanted["120 Latitude in WGS-84"]), rel=seven_figures)
            assert lon_deg == pytest.approx(in_brackets(wanted["120 Longitude in WGS-84"]), rel=seven_figures)
            assert height_m == 780.0
        checked += 1
    assert checked == 34


@pytest.mark.parametrize("name", ["cat034.raw", "cat048.raw"])
def test_single_messages_read_whole(name):
    (record,) = read_datagram(real_data("messages", "asterix", name).read_bytes())
    assert isinstance(record, Record)


# ---- libasterix: items of every kind and order, made from its own tables


@pytest.fixture(scope="module")
def oracle():
    base = pytest.importorskip("asterix.base", reason="libasterix is in the dev lock")
    generated = pytest.importorskip("asterix.generated")
    return base, {34: generated.Cat_034_1_29.cv_uap, 48: generated.Cat_048_1_32.cv_uap}


def oracle_items(oracle, data: bytes) -> list[dict[str, bytes]] | None:
    """Items of all records of one block by libasterix; None when it refuses."""
    base, uaps = oracle
    blocks = base.RawDatablock.parse(base.Bits.from_bytes(data))
    if isinstance(blocks, ValueError):
        return None
    (block,) = blocks
    records = uaps[block.get_category()].parse(block.get_raw_records())
    if isinstance(records, ValueError):
        return None
    return [{name: item.unparse().to_bytes() for name, item in r.items_regular.items()} for r in records]


@settings(max_examples=150)
@given(category=st.sampled_from([34, 48]), body=st.binary(min_size=1, max_size=90), is_long=st.booleans())
def test_what_libasterix_reads_is_read_the_same(oracle, category, body, is_long):
    if is_long:  # a field specification that announces many items
        body = bytes([body[0] | 1, 0xF3, 0x81, 0x80]) + body
    data = bytes([category]) + (len(body) + 3).to_bytes(2, "big") + body
    theirs = oracle_items(oracle, data)
    ours = list(read_datagram(data))
    if theirs is not None and not any(name in items for items in theirs for name in ("RE", "SP")):
        assert not any(isinstance(part, Broken) for part in ours)
        mine = [part.items for part in ours if isinstance(part, Record)]
        assert mine == theirs


@given(
    rho=st.integers(1, 65535), theta=st.integers(0, 65535), tod=st.integers(0, 86_400 * 128 - 1),
    level=st.integers(-2000, 8191), height=st.integers(-8192, 8191),
)  # fmt: skip
@settings(max_examples=60)
def test_a_report_made_by_libasterix_means_the_same(oracle, rho, theta, tod, level, height):
    from asterix.generated import Cat_048_1_32 as Category

    record = Category.cv_record.create(
        {
            "010": (("SAC", 25), ("SIC", 201)),
            "140": tod,
            "020": ((5, 0, 0, 0, 0, None), (1, 0, 0, 0, 0, 0, None)),
            "040": (("RHO", rho), ("THETA", theta)),
            "090": (0, 0, ("FL", level % 16384)),
            "110": (0, ("3DH", height % 16384)),
        }
    )
    (read,) = read_datagram(Category.create([record]).unparse().to_bytes())
    assert isinstance(read, Record)
    plot = plot_from_items(read.items)
    assert plot is not None
    assert plot.source == (25, 201) and plot.is_test and not plot.is_simulated
    assert plot.time_of_day_s == tod / 128
    assert plot.range_m == pytest.approx(rho / 256 * 1852.0, rel=1e-15)
    assert plot.azimuth_rad == pytest.approx(radians(theta * 360 / 65536), rel=1e-14, abs=1e-18)
    assert plot.pressure_height_m == pytest.approx(level * 25 * 0.3048, rel=1e-14)
    assert plot.height_3d_m == pytest.approx(height * 25 * 0.3048, rel=1e-14)


@given(data=st.binary(max_size=300))
def test_no_bytes_break_the_reader(data):
    for part in read_datagram(data):
        if isinstance(part, Record):
            plot_from_items(part.items) if part.category == 48 else service_from_items(part.items)
