"""A dash that is no option reaches its command as it was typed."""

import pytest
from cyclopts import App

from vedette.doors.cli.words import shielded, unshielded


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        (["-"], (("-",), None, 0.0)),
        (["a", "-", "b", "--lat", "-21.5"], (("a", "-", "b"), None, -21.5)),
        (["a", "--pad", "-2.37,-44.40"], (("a",), "-2.37,-44.40", 0.0)),
        (["a", "--pad", "-.5,44"], (("a",), "-.5,44", 0.0)),
        (["a", "--pad=-2.37,-44.40", "-"], (("a", "-"), "-2.37,-44.40", 0.0)),
    ],
)
def test_dashes_arrive_as_typed(typed, heard):
    app = App(result_action="return_value")

    @app.default
    def watch(*feeds: str, pad: str | None = None, lat: float = 0.0):
        return tuple(map(unshielded, feeds)), pad, lat

    command, bound, _ = app.parse_args(shielded(typed), exit_on_error=False, print_error=False)
    assert command(*bound.args, **bound.kwargs) == heard


def test_other_values_pass_through():
    assert unshielded(["a", 3, None]) == ["a", 3, None]
