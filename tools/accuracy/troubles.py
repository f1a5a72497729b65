"""Figures of a raid seen by three radars while one of them is in trouble, and of the count of groups."""

import numpy as np

from tools.accuracy.figures import row, spelt
from vedette.exercise.raid import PHASES, TROUBLES, make_raid, play_raid
from vedette.metrics import chi_square_band, share_in_band
from vedette.tracking.group_count import COUNT_MAX, count_posterior, resolved_places

RAIDS = 5
SCENES = 200


def trouble_table() -> str:
    """One row a trouble: what was lost, and how honest the doubt was before, during and after."""
    heads = ("trouble of one radar of three", "raids", "objects", "tracks lost", "false", "twice")
    phases = tuple(f"{phase}: squared error over variance, in the 95 % band" for phase in PHASES)
    lines = [row(*heads, *phases), row(*["---"] * (len(heads) + len(phases)))]
    for trouble in TROUBLES:
        scores = [play_raid(make_raid(trouble, seed)) for seed in range(RAIDS)]
        told = []
        for k in range(len(PHASES)):
            values = np.concatenate([score.nees[k] for score in scores])
            told.append(f"{np.mean(values):.2f}, {100.0 * share_in_band(values, 6):.0f} %")
        counts = (sum(s.objects for s in scores), sum(s.lost for s in scores))
        wrong = (sum(s.false_tracks for s in scores), sum(s.duplicates for s in scores))
        lines.append(row(trouble, str(RAIDS), *map(str, counts), *map(str, wrong), *told))
    low, high = chi_square_band(6)
    lines += ["", f"The band of one squared error over six is {low:.2f} to {high:.2f}.", "", group_sentence()]
    return "\n".join(lines)


def group_sentence() -> str:
    """How often the stated 90 % interval of a group's count holds the truth, and how wide it is."""
    rng = np.random.default_rng(11)
    inside, width, bias = 0, [], []
    for _ in range(SCENES):
        count = int(np.exp(rng.uniform(np.log(2.0), np.log(COUNT_MAX))))
        places = rng.standard_normal((count, 3)) * np.exp(rng.uniform(np.log(0.6), np.log(6.0), 3)) + rng.random(3)
        chance, clutter = rng.uniform(0.6, 0.95), rng.uniform(0.0, 0.5)
        looks = [resolved_places(places, found) for found in rng.random((rng.integers(2, 12), count)) < chance]
        reports = [len(rows) + rng.poisson(clutter) for rows in looks]
        mean = max(np.mean([len(rows) for rows in looks]), 1.0)
        rows = np.concatenate(looks)
        spread = rows.std(axis=0) * np.sqrt(mean / max(mean - 1.0, 0.7)) if len(rows) else np.full(3, np.nan)
        posterior = count_posterior(reports, spread, round(mean), chance, clutter)
        total = np.cumsum(posterior.probability)
        rank = total[count - 1] - posterior.probability[count - 1] * rng.random()
        inside += 0.05 < rank < 0.95
        if count >= 20:
            width.append(posterior.sigma / posterior.mean)
            bias.append(posterior.mean / count)
    return (
        f"Groups of 2 to {COUNT_MAX} objects that a radar tells apart in part, {SCENES} drawn scenes: the stated 90 % "
        f"interval of the count held the truth in {100.0 * inside / SCENES:.0f} %; from 20 objects up the stated "
        f"sigma is {spelt(100.0 * float(np.median(width)))} % of the count, and the median count "
        f"{100.0 * (float(np.median(bias)) - 1.0):+.1f} % off."
    )
