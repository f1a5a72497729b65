"""The numbers of the Earth and of light, each with its source.

One place, so that two floors can never disagree about how fast the Earth turns.
"""

from math import sqrt

SPEED_OF_LIGHT_MPS = 299_792_458.0  # exact, SI
STANDARD_GRAVITY_MPS2 = 9.80665  # exact, CGPM 1901

# WGS 84 ellipsoid, NGA.STND.0036 (2014), table 3.1
WGS84_A_M = 6_378_137.0
WGS84_F = 1.0 / 298.257223563
WGS84_B_M = WGS84_A_M * (1.0 - WGS84_F)
WGS84_E2 = WGS84_F * (2.0 - WGS84_F)
WGS84_E = sqrt(WGS84_E2)

# EGM2008, Pavlis et al. 2012 (tide-free), and IERS Conventions 2010 table 1.1
EARTH_MU_M3_S2 = 3.986004415e14
EARTH_GRAVITY_RADIUS_M = 6_378_136.3
EARTH_J2 = 1.08262617385222e-3
EARTH_J3 = -2.53241051856772e-6
EARTH_J4 = -1.61989759991697e-6
EARTH_SPIN_RADPS = 7.292115e-5  # nominal mean rate, IERS Conventions 2010 table 1.2

NS_PER_S = 1_000_000_000
