"""What measured and received times tell of a source's clock."""

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.engine.source_clock import SourceClock
from vedette.formats import SourceHealth
from vedette.reports import Mode, Scan, SensorKind


def heard(clock: SourceClock, t_s: float, delay_s: float) -> float | None:
    t = round(t_s * NS_PER_S)
    values = np.array([[0.1, 0.2, 1e6, np.nan]])
    times = np.array([t], dtype=np.int64)
    received = t + round(delay_s * NS_PER_S)
    return clock.hear(Scan("r", SensorKind.RADAR, Mode.TEST, received, times, values, np.full((1, 4), 0.1)))


def test_a_steady_source_has_its_delay_and_jitter_and_no_doubt():
    clock, rng = SourceClock("r"), np.random.default_rng(1)
    assert clock.delay_s is None and clock.jitter_s is None
    for step in range(200):
        assert heard(clock, 10.0 * step, 0.8 + rng.normal() * 0.05) is None
    assert clock.delay_s == pytest.approx(0.8, abs=0.04)
    assert clock.jitter_s == pytest.approx(0.05, abs=0.02)
    assert clock.words == () and clock.scan_count == 200


@pytest.mark.parametrize("step_s", [2.0, -3.0])
def test_a_clock_that_steps_is_told_once_with_its_sign(step_s):
    clock, rng = SourceClock("r"), np.random.default_rng(2)
    found = []
    for step in range(60):
        now_s = 10.0 * step
        error_s = step_s if step >= 30 else 0.0
        found.append(heard(clock, now_s + error_s, 0.5 - error_s + rng.normal() * 0.02))
    told = [value for value in found if value is not None]
    assert len(told) == clock.step_count == 1 and told[0] == pytest.approx(step_s, abs=0.1)
    assert any("stepped" in words for words in clock.words)


def test_one_late_report_is_no_step():
    clock = SourceClock("r")
    for step in range(40):
        assert heard(clock, 10.0 * step, 30.0 if step == 20 else 0.5) is None
    assert clock.step_count == 0


def test_reports_from_the_future_and_a_sources_own_words_are_doubts():
    clock = SourceClock("r")
    for step in range(20):
        heard(clock, 10.0 * step, -1.0)
    assert clock.words == ("ahead of us",)
    worse = clock.learn(SourceHealth(sensor_id="r", source="x", t_received_tai_ns=1, is_clock_valid=False))
    better = clock.learn(SourceHealth(sensor_id="r", source="x", t_received_tai_ns=2, is_clock_valid=True))
    assert worse == ("by its own account it is not synchronised",)
    assert better == ("by its own account it is synchronised again",)
