"""Scans and feeds for the tests of the formats."""

import io
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from vedette.formats import FeedHeader, FeedSensor, Quarantined, open_feed
from vedette.reports import HORIZON_KINDS, SIGHT_KINDS, Mode, Region, Scan, SensorKind

GOLDEN = Path(__file__).parent / "golden"
SENSORS = {"RADAR-W": FeedSensor("RADAR-W", 4e-4, 2.4e-4, 92.5, 1.0)}


def read(source, **options):
    """Every record of a feed given as bytes, text or path."""
    if isinstance(source, Path):
        return list(open_feed(source, **options))
    raw = source.encode() if isinstance(source, str) else source
    return list(open_feed("feed", stream=io.BytesIO(raw), **options))


def scans_of(records):
    return [record for record in records if isinstance(record, Scan)]


def sentences_of(records):
    return [record for record in records if isinstance(record, Quarantined)]


def headers_of(records):
    return [record for record in records if isinstance(record, FeedHeader)]


def assert_same_scan(one: Scan, other: Scan) -> None:
    for name in (
        "sensor_id",
        "kind",
        "mode",
        "t_received_tai_ns",
        "looked_at",
        "marks",
        "noise_rise_db",
        "sensor_position_sigma_m",
    ):
        assert getattr(one, name) == getattr(other, name)
    for name in ("t_measured_tai_ns", "values", "sigmas"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.dtype == theirs.dtype and mine.tobytes() == theirs.tobytes(), name
    assert (one.sensor_position_itrf_m is None) == (other.sensor_position_itrf_m is None)
    if one.sensor_position_itrf_m is not None:
        assert one.sensor_position_itrf_m.tobytes() == other.sensor_position_itrf_m.tobytes()


T0 = 985_521_637_000_000_000  # 2031-03 in TAI ns: anything plausible
_INSTANTS = st.integers(0, 10**15).map(lambda dt: T0 + dt)


def _numbers(low, high):
    return st.floats(low, high, exclude_max=True, allow_subnormal=False)


@st.composite
def scans(draw, kind=None, mode=Mode.TEST):
    """Any scan that a sensor can have made."""
    kind = kind or draw(st.sampled_from(list(SensorKind)))
    n = draw(st.integers(0, 4))
    limits = {
        **{each: [(0, 2 * np.pi), (-np.pi / 2, np.pi / 2), (1e-3, 1e8), (-2e4, 2e4)] for each in HORIZON_KINDS},
        SensorKind.INFRARED: [(-1, 1)] * 3 + [(0, 1e10)],
        SensorKind.OPTICAL: [(-1, 1)] * 3 + [(-27, 30)],
        SensorKind.THERMAL: [(-1, 1)] * 3 + [(0, 1e3)],
        SensorKind.TELEMETRY: [(0, 1.7e4), (-1e3, 1e8)],
        SensorKind.TIME_DIFFERENCE: [(-1e7, 1e7), (-2e4, 2e4)],
        SensorKind.STROBE: [(0, 2 * np.pi), (-np.pi / 2, np.pi / 2), (0, 80)],
    }[kind]
    values = np.array([[draw(_numbers(*limit)) for limit in limits] for _ in range(n)]).reshape(n, len(limits))
    sigmas = np.array([[draw(_numbers(1e-9, 1.0)) for _ in limits] for _ in range(n)]).reshape(n, len(limits))
    if kind in SIGHT_KINDS and n:
        angle = draw(_numbers(0, 6.28))
        values[:, :3] = [np.cos(angle) * 0.8, np.sin(angle) * 0.8, 0.6]
        sigmas[:, 1] = sigmas[:, 2] = sigmas[:, 0]
    for row in range(n):  # anything but the first column may be missing
        column = draw(st.sampled_from([None, *range(1, len(limits))]))
        if column is not None and not (kind in SIGHT_KINDS and column < 3):
            values[row, column] = sigmas[row, column] = np.nan
    t_measured_tai_ns = np.array([draw(_INSTANTS) for _ in range(n)], dtype=np.int64)
    is_moving = draw(st.booleans())
    return Scan(
        sensor_id=draw(st.text(min_size=1, max_size=12).filter(lambda s: s.isprintable())),
        kind=kind,
        mode=mode,
        t_received_tai_ns=int(t_measured_tai_ns.max()) + draw(st.integers(0, 10**10)) if n else draw(_INSTANTS),
        t_measured_tai_ns=t_measured_tai_ns,
        values=values,
        sigmas=sigmas,
        looked_at=draw(
            st.none() | st.builds(Region, _numbers(0, 6), _numbers(0, 6), st.just(-0.25), _numbers(0.1, 1.5))
        ),
        sensor_position_itrf_m=np.array([4.2164e7, draw(_numbers(-1e6, 1e6)), 0.0]) if is_moving else None,
        marks=tuple(draw(st.lists(st.sampled_from(["late", "gap"]), max_size=2, unique=True))),
        noise_rise_db=draw(st.sampled_from([0.0, 12.5]) | _numbers(0, 60)),
        sensor_position_sigma_m=draw(st.sampled_from([0.0, 25.0]) | _numbers(0, 1e4)),
    )
