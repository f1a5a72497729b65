"""The ground floor: constants, errors, shapes, packaged tables. Imports nothing of ours.

Its import looks once whether compiled kernels are still those of the source (`stale_kernels`), and has those that are
made kept one at a time (`kernel_cache`).
"""

from pathlib import Path

from vedette.core.kernel_cache import keep_kernels_apart
from vedette.core.stale_kernels import drop_stale_kernels

keep_kernels_apart()
drop_stale_kernels(Path(__file__).parents[1])
