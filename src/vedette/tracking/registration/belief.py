"""What is believed of all biases together, and of the orbits now in view; and what would betray a step.

One Gaussian over the biases of every sensor and, behind them, six numbers of orbit error for each pass. A pass that has
ended is marginalised: in covariance form its rows and columns are simply left out.

Beside the belief runs, for every bias and some onsets, what a unit step of that bias at that onset would have done to
the innovations since. Matched with the innovations that came it gives the size of the step and its variance: the
generalised likelihood ratio test of Willsky and Jones (IEEE Trans. Automatic Control 21, 1976, 108-112). Without a
step the figure is standard normal whatever the geometry, which is what makes a false-alarm rate that can be stated.
"""

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar

ORBIT_SIZE = 6


class JointBelief:
    """Mean and covariance of b biases and of any number of six-number blocks; a stateful loop's inner part."""

    def __init__(self, prior_sigmas: Scalar) -> None:
        self.bias_count = len(prior_sigmas)
        self.mean: Scalar = np.zeros(self.bias_count)
        self.cov: Rows = np.diag(np.asarray(prior_sigmas, dtype=float) ** 2)
        self._onset_of: Ints = np.empty(0, dtype=np.int64)  # (h,) when the supposed step happened
        self._bias_of: Ints = np.empty(0, dtype=np.int64)  # (h,) of which bias
        self._miss: Rows = np.empty((self.bias_count, 0))  # (n, h) how far the mean is off for a unit step
        self._score: Scalar = np.empty(0)  # (h,) sum of the innovations matched with the step's signature
        self._weight: Scalar = np.empty(0)  # (h,) variance of that sum when there was no step

    # ---- time and passes

    def wander(self, variances: Scalar) -> None:
        """Let the biases drift: adds (b,) variances."""
        index = np.arange(self.bias_count)
        self.cov[index, index] += variances

    def open_block(self, cov: Rows) -> int:
        """Room for a pass's orbit error with this prior covariance (6, 6); where it stands."""
        n = len(self.mean)
        whole = np.zeros((n + ORBIT_SIZE, n + ORBIT_SIZE))
        whole[:n, :n], whole[n:, n:] = self.cov, cov
        self.mean, self.cov = np.concatenate([self.mean, np.zeros(ORBIT_SIZE)]), whole
        self._miss = np.concatenate([self._miss, np.zeros((ORBIT_SIZE, self._miss.shape[1]))])
        return n

    def close_block(self, start: int) -> None:
        """Marginalise a pass; later blocks move up by six."""
        keep = np.ones(len(self.mean), dtype=bool)
        keep[start : start + ORBIT_SIZE] = False
        self.mean, self.cov, self._miss = self.mean[keep], self.cov[np.ix_(keep, keep)], self._miss[keep]

    # ---- evidence

    def expected_cov(self, index: Ints, H: Rows, R: Rows) -> Rows:
        """(k, k) of an innovation; H (k, len(index)) are its slopes by the numbers at `index`."""
        S = H @ self.cov[np.ix_(index, index)] @ H.T + R
        return 0.5 * (S + S.T)

    def absorb(self, index: Ints, H: Rows, R: Rows, innovation: Scalar) -> None:
        """Correct everything by one reading whose innovation (k,) was formed at the present mean."""
        PH = self.cov[:, index] @ H.T
        S = H @ PH[index] + R
        inverse = np.linalg.inv(0.5 * (S + S.T))
        K = PH @ inverse
        self.mean = self.mean + K @ innovation
        self.cov = self.cov - K @ PH.T
        self.cov = 0.5 * (self.cov + self.cov.T)
        if len(self._onset_of):
            signature = H @ self._miss[index]
            matched = inverse @ signature
            self._score += innovation @ matched
            self._weight += np.einsum("kh,kh->h", signature, matched)
            self._miss -= K @ signature

    # ---- steps

    def suppose_steps(self, onset_tai_ns: int, most_onsets: int) -> None:
        """From here on, also ask whether a bias stepped now; the oldest onset beyond so many is forgotten."""
        b = self.bias_count
        onsets = np.unique(self._onset_of)
        if len(onsets) >= most_onsets:
            self._keep_steps(self._onset_of > onsets[len(onsets) - most_onsets])
        fresh = np.zeros((len(self.mean), b))
        fresh[:b, :b] = np.eye(b)
        self._onset_of = np.concatenate([self._onset_of, np.full(b, onset_tai_ns, dtype=np.int64)])
        self._bias_of = np.concatenate([self._bias_of, np.arange(b, dtype=np.int64)])
        self._miss = np.concatenate([self._miss, fresh], axis=1)
        self._score = np.concatenate([self._score, np.zeros(b)])
        self._weight = np.concatenate([self._weight, np.zeros(b)])

    def step_tests(self) -> tuple[Ints, Ints, Scalar, Scalar]:
        """Bias, onset, size of the step that fits best and its sigma, for every supposed step that could be seen."""
        seen = self._weight > 0.0
        weight = self._weight[seen]
        return self._bias_of[seen], self._onset_of[seen], self._score[seen] / weight, 1.0 / np.sqrt(weight)

    def believe_step(self, bias: int, onset_tai_ns: int) -> tuple[float, float]:
        """Correct mean and covariance for a step that is now believed; its size and sigma. Suppositions start anew."""
        column = int(np.flatnonzero((self._bias_of == bias) & (self._onset_of == onset_tai_ns))[0])
        size, variance = float(self._score[column] / self._weight[column]), 1.0 / float(self._weight[column])
        miss = self._miss[:, column]
        self.mean = self.mean + miss * size
        self.cov = self.cov + np.outer(miss, miss) * variance
        self.forget_steps()
        return size, float(np.sqrt(variance))

    def forget_steps(self) -> None:
        """Drop every supposed step."""
        self._keep_steps(np.zeros(len(self._onset_of), dtype=bool))

    def doubt_again(self, which: Ints, sigmas: Scalar) -> None:
        """Take back what is known of some biases: their variances grow by these sigmas squared."""
        self.cov[which, which] += np.asarray(sigmas) ** 2
        self.forget_steps()

    def _keep_steps(self, keep: np.ndarray) -> None:
        self._onset_of, self._bias_of = self._onset_of[keep], self._bias_of[keep]
        self._score, self._weight, self._miss = self._score[keep], self._weight[keep], self._miss[:, keep]
