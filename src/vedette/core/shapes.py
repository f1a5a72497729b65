"""Names for array shapes, for people who read signatures.

`Vec3` is `(..., 3)`, `Rows` is `(n, m)`, `Scalar` is any leading shape. NumPy carries the numbers; the names carry the
meaning, and the unit and frame are in the argument's own name.
"""

import numpy as np
from numpy.typing import NDArray

Scalar = NDArray[np.float64]
Vec3 = NDArray[np.float64]
Mat33 = NDArray[np.float64]
Rows = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
