"""The ground floor: constants, errors, shapes, packaged tables. Imports nothing of ours.

Its import looks once whether compiled kernels are still those of the source (`stale_kernels`).
"""

from pathlib import Path

from vedette.core.stale_kernels import drop_stale_kernels

drop_stale_kernels(Path(__file__).parents[1])
