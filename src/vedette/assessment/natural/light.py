"""How long something was to be seen, and how its brightness went, under stated habits of a light.

A light shines from its first look on and goes out once; while it shines a look finds it with the look's own chance.
Now and then a cloud hides it for half a minute, and it comes back.
Its brightness starts somewhere and walks. Each cause has its own life and its own unrest; so has *unknown*.

A watcher that looks where another finds it, and never does, may be unable to: a mirror shines one way, a fire's light
is swallowed where it leaves the air aslant, cloud has gaps on one side. So its looks are weighed together, not one by
one: either it cannot see it, or it missed it every time. A flame that climbs has all that below it in half a minute.
"""

from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from math import comb

import numpy as np
from scipy.special import ndtr

from vedette.assessment.evidence import Unseen
from vedette.assessment.natural.path_kernel import log_level_density
from vedette.assessment.natural.sightings import Sightings
from vedette.core.shapes import Bools, Ints, Scalar

_AFTER = 0.003  # chance that a look finds something where a light went out: clutter, another light
_DIM_W_SR = 1.0
_CLOUD_EVERY_S, _CLOUD_FOR_S = 300.0, 30.0  # round: how seldom a cloud hides a light, and for how long
_MOST_CHANGES = 3  # from one light to another
_LARGE_STEP_LOG, _MOST_STEPS = 0.5, 6
CLIMBED_S = 30.0  # after its first look a rocket stands some kilometres higher, above nearly all of the vapour
FLAME_HIDDEN_LOW, FLAME_HIDDEN_HIGH = 0.3, 0.03  # round: low and aslant as any light; high up only by a fault


@dataclass(frozen=True, slots=True)
class Light:
    """Habits of one kind of light: life from the first look (lognormal), brightness and its unrest (natural logs)."""

    life_s: float  # middle
    life_log: float  # one sigma of ln(life)
    level_w_sr: float = 30_000.0  # middle
    level_log: float = 1.5  # one sigma of ln(level)
    flicker_log: float = 0.1  # one sigma from look to look, each for itself
    walk_log: float = 0.06  # one sigma of the walk over a second; over ten, root ten times that
    hidden: float = 0.3  # chance that it cannot be seen from where another watcher stands

    def log_likelihood(self, sightings: Sightings) -> float:
        """ln probability of what infrared looks found and missed, and ln density of ln(intensity), all sensors."""
        return self.log_life(sightings) + self.log_brightness(sightings)

    def log_life(self, sightings: Sightings) -> float:
        """Looks that found it and looks that did not, over when it may have gone out."""
        e = sightings.evidence
        return log_never_seen(e.unseen, self.hidden) + self.log_life_of(e.t_silence_s, e.found, e.chance)

    def log_life_of(self, t_s: Scalar, is_found: Bools, chances: Scalar) -> float:
        """The same of some looks (n,), found or not, of watchers that found it at some time."""
        order = np.argsort(t_s, kind="stable")
        t, found, chance = t_s[order], is_found[order], chances[order]
        since = np.flatnonzero(found)
        if len(since) == 0:
            return 0.0
        t, found, chance = t[since[0] :], found[since[0] :], chance[since[0] :]
        lit = np.where(found, np.log(chance), np.log1p(-chance))
        out = np.log(np.where(found, _AFTER, 1.0 - _AFTER))
        # gone out between look k and k + 1: all up to k lit, all after it out
        through = np.cumsum(lit)[:]
        after = np.concatenate([np.cumsum(out[::-1])[::-1][1:], [0.0]])
        lasts = self._lasting(t - t[0])
        share = lasts - np.concatenate([lasts[1:], [0.0]])
        share[0] = 1.0 - (lasts[1] if len(lasts) > 1 else 0.0)  # it shone at the first look
        once = float(np.logaddexp.reduce(np.log(np.maximum(share, 1e-12)) + through + after))
        clouded = min(float(t[-1] - t[0]) / _CLOUD_EVERY_S, 0.5)
        if len(t) < 3 or clouded <= 0.0:
            return once
        comes_back = float(np.log(np.maximum(lasts[-1], 1e-12))) + _log_one_gap(t, lit, out)
        return float(np.logaddexp(np.log1p(-clouded) + once, np.log(clouded) + comes_back))

    def log_brightness(
        self, sightings: Sightings, rise_per_s: float = 0.0, rows: slice = slice(None)
    ) -> float:
        """ln density of ln(intensity) of every infrared sensor's looks, each sensor for itself.

        `rise_per_s`: how fast the logarithm grows beside its walk. `rows`: of these detections only.
        """
        total = 0.0
        shines = np.zeros(len(sightings), dtype=bool)
        shines[rows] = np.isfinite(sightings.intensities_w_sr[rows])
        for sensor in np.unique(sightings.evidence.sensor[shines]):
            mine = shines & (sightings.evidence.sensor == sensor)
            value = np.maximum(sightings.intensities_w_sr[mine], _DIM_W_SR)
            sigma = np.nan_to_num(sightings.intensity_sigmas_w_sr[mine] / value, nan=0.1)
            total += float(
                log_level_density(
                    sightings.evidence.t_s[mine],
                    np.log(value) - rise_per_s * sightings.evidence.t_s[mine],
                    np.hypot(np.minimum(sigma, 1.0), self.flicker_log),
                    float(np.log(self.level_w_sr)),
                    self.level_log,
                    self.walk_log,
                )
            )
        return total

    def log_brightness_in_parts(self, sightings: Sightings, each: float, since: int = 0) -> float:
        """As `log_brightness` from row `since` on, when it may be several such lights, one after the other.

        `each`: chance that there are two, and the same again three or four; where one follows another is summed over
        the looks at which a watcher's light has changed much.
        """
        rows = since + np.flatnonzero(np.isfinite(sightings.intensities_w_sr[since:]))
        alone = self.log_brightness(sightings, rows=slice(since, None))
        changes = _large_steps(sightings, rows)
        logs = [float(np.log1p(-_MOST_CHANGES * each)) + alone]

        @cache
        def part(first: int, last: int) -> float:
            return self.log_brightness(sightings, rows=slice(first, last))

        for count in range(1, min(_MOST_CHANGES, len(changes)) + 1):
            weight = float(np.log(each / comb(len(rows) - 1, count)))
            for some in combinations(changes, count):
                logs.append(weight + sum(part(*ends) for ends in pairwise((since, *some, len(sightings)))))
        return float(np.logaddexp.reduce(logs))

    def _lasting(self, t_s: Scalar) -> Scalar:
        """(n,) chance that it shines at least so long."""
        return np.asarray(ndtr((np.log(self.life_s) - np.log(np.maximum(t_s, 1e-3))) / self.life_log))


def _large_steps(sightings: Sightings, rows: Ints) -> list[int]:
    """Those rows, in order, at which a watcher's light differs most from that of its look before."""
    log_shine = np.log(np.maximum(sightings.intensities_w_sr, _DIM_W_SR))
    steps: dict[int, float] = {}
    for sensor in np.unique(sightings.evidence.sensor[rows]):
        mine = rows[sightings.evidence.sensor[rows] == sensor]
        steps |= {int(row): float(step) for row, step in zip(mine[1:], np.abs(np.diff(log_shine[mine])), strict=True)}
    large = sorted((row for row, step in steps.items() if step > _LARGE_STEP_LOG), key=lambda row: -steps[row])
    return sorted(large[:_MOST_STEPS])


def _log_one_gap(t_s: Scalar, lit: Scalar, out: Scalar) -> float:
    """ln chance of the looks when one cloud hides the light: it comes as likely at any instant, and goes at a rate."""
    n = len(t_s)
    step = np.diff(t_s)
    seen = np.concatenate([[0.0], np.cumsum(lit)])
    unseen = np.concatenate([[0.0], np.cumsum(out)])
    first, last = np.triu_indices(n - 2)  # hidden at the looks first + 1 ... last + 1, and not at the next
    came = np.log(np.maximum(step[first], 1e-6) / max(float(t_s[-1] - t_s[0]), 1e-6))
    since = t_s[last + 1] - t_s[first + 1]
    went = np.log(np.maximum(-np.expm1(-step[last + 1] / _CLOUD_FOR_S), 1e-9)) - since / _CLOUD_FOR_S
    looks = seen[first + 1] + unseen[last + 2] - unseen[first + 1] + seen[n] - seen[last + 2]
    return float(np.logaddexp.reduce(came + went + looks))


def log_never_seen(unseen: Unseen, hidden: float, hidden_high: float | None = None) -> float:
    """ln chance that those watchers found nothing, each hidden from it (with chance `hidden`) or missing it each time.

    `hidden_high`, at most `hidden`: the chance that it stays hidden `CLIMBED_S` after its first look.
    """
    high = hidden if hidden_high is None else hidden_high
    total = 0.0
    for sensor in np.unique(unseen.sensor):
        mine = unseen.sensor == sensor
        missed = np.log1p(-unseen.chance[mine])
        late = missed[unseen.t_s[mine] > CLIMBED_S]
        total += float(np.log(high + (hidden - high) * np.exp(late.sum()) + (1.0 - hidden) * np.exp(missed.sum())))
    return total


def log_flame_never_seen(unseen: Unseen) -> float:
    """`log_never_seen` of a launch."""
    return log_never_seen(unseen, FLAME_HIDDEN_LOW, FLAME_HIDDEN_HIGH)


ANY_LIGHT = Light(life_s=60.0, life_log=2.0)
