"""Two whole engines, each with a part of the sensors and of the truth; everything between them signed and released."""

from types import SimpleNamespace

import numpy as np
import pytest

from vedette.doors.wire import document, json_bytes
from vedette.exercise.calibrate_joint import common_prior, judge_seed, run, summarise
from vedette.exercise.joint_play import ended_at, play_two, replayed
from vedette.exercise.two_owners import BOTH_EACH, ONE_EACH, STORY
from vedette.reports import Evidence
from vedette.scenario import make_scenario, read_story


@pytest.fixture(scope="module")
def made():
    return make_scenario(read_story(STORY), 1, is_varied=True)


def test_what_a_common_prior_adds_is_what_drawn_flights_find():
    """Two owners see the same point, each moved its own way by one unknown of the flight, with noise of its own."""
    rng = np.random.default_rng(3)
    moves, noises = np.array([[300.0, 100.0], [400.0, 50.0]]), (200.0, 300.0)
    deviation, fits, errors, covs = rng.standard_normal(40_000), [], [], []
    for move, noise in zip(moves, noises, strict=True):
        cov = np.outer(move, move) + noise**2 * np.eye(2)
        errors.append(deviation[:, None] * move + noise * rng.standard_normal((40_000, 2)))
        covs.append(cov)
        draws = np.zeros((40_000, 6))
        draws[:, 5] = rng.standard_normal(40_000)  # nobody sees the unknown itself: it stays as believed
        draws[:, :2] = -draws[:, 5:] * move + noise * rng.standard_normal((40_000, 2))
        unknowns = tuple(SimpleNamespace(name=name, has_prior=name == "thrust-1") for name in
                         ("east", "north", "lift-off", "azimuth", "kick", "thrust-1"))  # fmt: skip
        prior = SimpleNamespace(kind="a", unknowns=unknowns)
        one = SimpleNamespace(prior=prior, modes=(SimpleNamespace(prior=prior),), thetas=(draws,))
        fits.append(SimpleNamespace(fits=(one,), kind_probabilities={"a": 1.0}))
    weights = [np.linalg.inv(cov) for cov in covs]
    fused = np.linalg.inv(sum(weights))
    off = sum(error @ weight for error, weight in zip(errors, weights, strict=True)) @ fused
    drawn = float(np.mean(np.einsum("ni,ij,nj->n", off, np.linalg.inv(fused), off))) / 2.0
    said = common_prior(*fits)
    assert drawn > 1.1  # it counts twice
    assert said["nees"] == pytest.approx(drawn, abs=0.03)  # four sigma of so many draws
    shares = [move @ weight @ move / 2.0 for move, weight in zip(moves, weights, strict=True)]
    assert [said["north"], said["south"]] == pytest.approx(shares, abs=0.02)
    assert common_prior(fits[0], None) is None


def test_nobody_owns_what_the_other_owns_and_together_they_own_the_story(made):
    for split in (ONE_EACH, BOTH_EACH):
        names = [name for owned in split.owned.values() for name in owned]
        assert sorted(names) == sorted(made.sensors)


@pytest.mark.slow
def test_what_neither_can_confirm_alone_both_confirm_together_and_each_journal_replays(made):
    nodes = play_two(made, ONE_EACH, until_s=122)
    for node in nodes.values():
        assert Evidence.CONFIRMED not in node.t_own  # our own marks are moved by our own looks alone
        (one,) = (j for j in node.picture.joint if j.own is not None and j.partners)
        assert one.evidence is Evidence.CONFIRMED
        again = replayed(node, ended_at(made, 122))
        assert json_bytes(document(again)) == json_bytes(document(node.picture))
    north, south = nodes["NORTH"], nodes["SOUTH"]
    assert "infrared (SOUTH)" in north.confirmed_by and "radar (NORTH)" in south.confirmed_by
    assert set(north.heard) <= set(south.sent) and set(south.heard) <= set(north.sent) and len(north.heard) > 30


@pytest.mark.slow
def test_a_calibrated_launch_is_kept_and_goes_on_where_it_stopped(tmp_path):
    results = tmp_path / "joint.jsonl"
    first = run(1, results=results)
    assert first["judged"] == 1 and run(1, results=results) == first
    assert len(results.read_text().splitlines()) == 1
    for split in first["splits"].values():
        assert split["impact joint"]["area_over_better"] < 1.01
    assert summarise([judge_seed(0)]) == first


@pytest.mark.slow
def test_a_flame_that_we_saw_and_have_not_yet_weighed_contradicts_no_partner():
    """NORTH declares at 52 s, with a launch that may be half a minute old; SOUTH has seen two looks of the flame."""
    nodes = play_two(make_scenario(read_story(STORY), 24, is_varied=True), BOTH_EACH, until_s=54)
    (standing,) = nodes["SOUTH"].picture.partner_standings
    assert standing.doubts == () and standing.events == 1
    (joint,) = (one for one in nodes["SOUTH"].picture.joint if one.partners)
    assert joint.evidence is Evidence.CORRELATED and joint.partners[0].is_counted
