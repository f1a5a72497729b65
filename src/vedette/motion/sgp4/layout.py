"""What SGP4 remembers of one object: the letters of the paper, one record a row.

Names are those of Hoots and Roehrich (Spacetrack Report 3, 1980) and of Vallado, Crawford, Hujsak and Kelso,
"Revisiting Spacetrack Report 3" (AIAA 2006-6753), so that the kernels can be held beside them line by line. Angles in
radians, times in minutes, lengths in Earth radii.
"""

from typing import Final

import numpy as np

# WGS 72, the constants with which element sets are made; any others are 90 to 210 m wrong
MU_KM3_S2: Final = 398600.8
EARTH_RADIUS_KM: Final = 6378.135
XKE: Final = 60.0 / (EARTH_RADIUS_KM**3 / MU_KM3_S2) ** 0.5
J2: Final = 0.001082616
J3: Final = -0.00000253881
J4: Final = -0.00000165597
J3_OVER_J2: Final = J3 / J2
DEEP_PERIOD_MIN: Final = 225.0

_NEAR = (
    "ecco argpo inclo mo nodeo bstar no con41 cc1 cc4 cc5 d2 d3 d4 delmo eta argpdot omgcof sinmao t2cof t3cof t4cof "
    "t5cof x1mth2 x7thm1 mdot nodedot xlcof xmcof nodecf aycof is_simple is_deep is_old gsto"
)
_DEEP = (
    "e3 ee2 se2 se3 sgh2 sgh3 sgh4 sh2 sh3 si2 si3 sl2 sl3 sl4 xgh2 xgh3 xgh4 xh2 xh3 xi2 xi3 xl2 xl3 xl4 zmol zmos "
    "dedt didt dmdt dnodt domdt irez d2201 d2211 d3210 d3222 d4410 d4422 d5220 d5232 d5421 d5433 del1 del2 del3 xfact "
    "xlamo"
)
RECORD: Final = np.dtype([(name, np.float64) for name in f"{_NEAR} {_DEEP}".split()])

# why there is no state; the numbers of the published program
TROUBLES: Final = {
    0: "",
    1: "its mean eccentricity leaves 0 to 1",
    2: "its mean motion is not positive",
    3: "its eccentricity, disturbed by Sun and Moon, leaves 0 to 1",
    4: "its semilatus rectum is negative",
    6: "it has come down",
}
