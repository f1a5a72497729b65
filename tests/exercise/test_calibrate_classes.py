"""The judge of class beliefs: scores against hand calculation, records that go on where they stopped."""

from pathlib import Path

import pytest

from vedette.exercise.calibrate_classes import probabilities, read_records, records, reliability, run, summarise
from vedette.exercise.class_truth import CAUSES
from vedette.reports import Cause


def row(cause: Cause, ratios: dict[Cause, float], when: str = "60 s later") -> dict[str, object]:
    return {"seed": 0, "way": "short", "cause": cause.value, "when": when,
            "ratios": {name.value: ratio for name, ratio in ratios.items()}}  # fmt: skip


def test_even_ratios_give_the_priors() -> None:
    said = probabilities(row(Cause.GLIDE, dict.fromkeys((*CAUSES, Cause.UNKNOWN), 0.0)))
    assert said["unknown"] == pytest.approx(0.02)
    assert said["glide"] == pytest.approx(0.98 / 12)


def test_scores_by_hand() -> None:
    """One record believed with 0.8 and right, one with 0.8 and wrong: Brier (0.04 + 0.04) and (0.64 + 0.64) halved."""
    said = {"glide": 0.8, "satellite": 0.2}
    judged = [({"cause": "glide"}, said), ({"cause": "satellite"}, said)]
    table = reliability(judged)
    at_80 = next(line for line in table if line["from"] == 0.8)
    assert (at_80["count"], at_80["believed"], at_80["right"]) == (2, 0.8, 0.5)
    from vedette.exercise.calibrate_classes import _scores

    scores = _scores(judged)
    assert scores["brier"] == pytest.approx((0.08 + 1.28) / 2)
    assert scores["ece"] == pytest.approx((2 * 0.3 + 2 * 0.3) / 4)
    assert scores["top_ece"] == pytest.approx(0.3)


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    results = tmp_path / "records.jsonl"
    run([6], results)
    before = results.read_text(encoding="utf-8")
    results.write_text(before + '{"seed": 7, "cut', encoding="utf-8")
    assert read_records(results) == read_records(results)
    results.write_text(before, encoding="utf-8")
    again = run([6, 7], results)
    assert results.read_text(encoding="utf-8").startswith(before)
    assert again["things"] == 2


def test_beliefs_of_a_few_things_of_every_class_are_better_than_the_priors() -> None:
    """Two of each class. Priors alone have a Brier score of 0.92; half of that is far from chance with 60 records."""
    rows = [one for seed in range(24) for one in records(seed, "short")]
    assert len(rows) >= 48
    assert summarise(rows)["all"]["brier"] < 0.55
