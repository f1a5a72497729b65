"""Every table of the guide to sensors is a sensor, and its code runs."""

import re

from tests.tidy.repository import ROOT

from vedette.reports import SensorKind
from vedette.sensing import parse_sensors

TEXT = (ROOT / "docs" / "guides" / "sensors.md").read_text(encoding="utf-8")


def test_every_kind_has_a_table_that_is_read():
    blocks = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    kinds = {sensor.kind for block in blocks for sensor in parse_sensors(block).values()}
    assert kinds == set(SensorKind) - {SensorKind.TELEMETRY, SensorKind.STROBE}


def test_its_code_runs(capsys):
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(compile(block, "sensors.md", "exec"), {})
    assert "slopes (4, 6)" in capsys.readouterr().out
