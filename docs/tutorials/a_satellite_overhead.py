"""A satellite overhead: when does the Space Station rise, how high does it climb, and could you see it?

From an element set to azimuth and elevation in five steps: instants, SGP4, the turning Earth, the place, the horizon.
Run it:  python docs/tutorials/a_satellite_overhead.py      (the sky plot goes to $VEDETTE_OUT, or to out/)
"""

import os
from pathlib import Path

import numpy as np
from sgp4.api import WGS72, Satrec

from vedette.frames import (
    EarthOrientation,
    azel_range_rate_from_itrf,
    enu_from_itrf,
    itrf_from_gcrf_matrix,
    itrf_from_geodetic,
    state_itrf_from_teme,
    sun_position_gcrf_m,
)
from vedette.time import jd_utc_from_tai_ns, tai_ns_from_utc_text, utc_text_from_tai_ns

# The International Space Station on 2024-02-09, as in the public catalogue of that day (18th Space Defense Squadron).
LINE_1 = "1 25544U 98067A   24040.03968795  .00018396  00000-0  33344-3 0  9994"
LINE_2 = "2 25544  51.6393 235.3577 0002084 215.7879 282.1873 15.49665430438520"

SIDING_SPRING = itrf_from_geodetic(np.radians(-31.2733), np.radians(149.0617), 1165.0)  # the observatory in Australia
START, HOURS, STEP_S = "2024-02-09T00:00:00Z", 48, 10
LOWEST_DEG = 10.0


def satellite_itrf(t_tai_ns, earth):
    """Earth-fixed states (n, 6) of the satellite. SGP4 speaks teme, kilometres, and Julian dates of UTC."""
    satellite = Satrec.twoline2rv(LINE_1, LINE_2, WGS72)
    trouble, position_km, velocity_kmps = satellite.sgp4_array(*jd_utc_from_tai_ns(t_tai_ns))
    assert not trouble.any(), "SGP4 gave up"
    return state_itrf_from_teme(t_tai_ns, 1e3 * np.concatenate([position_km, velocity_kmps], axis=1), earth)


def is_lit(position_itrf_m, sun_itrf_m):
    """True outside the Earth's shadow, taken as a cylinder."""
    towards_sun = sun_itrf_m / np.linalg.norm(sun_itrf_m, axis=1, keepdims=True)
    along = np.sum(position_itrf_m * towards_sun, axis=1)
    aside = np.linalg.norm(position_itrf_m - along[:, None] * towards_sun, axis=1)
    return (along > 0) | (aside > 6_378_137.0)


def passes_of(elevation_deg):
    """First and last row of each stretch above the lowest elevation."""
    above = np.concatenate([[False], elevation_deg > LOWEST_DEG, [False]]).astype(int)
    change = np.diff(above)
    return list(zip(np.flatnonzero(change == 1), np.flatnonzero(change == -1) - 1, strict=True))


def main():
    earth = EarthOrientation.packaged()
    t_tai_ns = tai_ns_from_utc_text(START) + np.arange(0, HOURS * 3600, STEP_S, dtype=np.int64) * 10**9
    print(earth.describe(), *earth.marks(t_tai_ns))

    state_itrf = satellite_itrf(t_tai_ns, earth)
    azimuth, elevation, range_m, _ = azel_range_rate_from_itrf(state_itrf, SIDING_SPRING)
    azimuth_deg, elevation_deg = np.degrees(azimuth), np.degrees(elevation)

    sun_itrf_m = np.einsum("nij,nj->ni", itrf_from_gcrf_matrix(t_tai_ns, earth), sun_position_gcrf_m(t_tai_ns))
    east, north, up = np.moveaxis(enu_from_itrf(sun_itrf_m, SIDING_SPRING), -1, 0)
    sun_elevation_deg = np.degrees(np.arctan2(up, np.hypot(east, north)))
    is_seen = is_lit(state_itrf[:, :3], sun_itrf_m) & (sun_elevation_deg < -6.0)

    found = passes_of(elevation_deg)
    print(f"\n{len(found)} passes over Siding Spring in {HOURS} h, above {LOWEST_DEG:.0f} degrees\n")
    print("  rises (UTC)           from    highest  at      nearest    sets      to     by eye")
    for first, last in found:
        top = first + int(np.argmax(elevation_deg[first : last + 1]))
        by_eye = "yes" if is_seen[first : last + 1].any() else "no"
        print(
            f"  {utc_text_from_tai_ns(t_tai_ns[first], 0)}  {azimuth_deg[first]:4.0f}°   {elevation_deg[top]:5.1f}°"
            f"   {azimuth_deg[top]:4.0f}°  {range_m[top] / 1e3:6.0f} km   "
            f"{utc_text_from_tai_ns(t_tai_ns[last], 0)[11:19]}  {azimuth_deg[last]:4.0f}°  {by_eye}"
        )
    draw_sky(found, t_tai_ns, azimuth, elevation_deg, is_seen)


def draw_sky(found, t_tai_ns, azimuth, elevation_deg, is_seen):
    """The passes on the dome of the sky: north up, east left as when one lies on one's back, zenith in the middle."""
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError:
        print("\nno picture: matplotlib is not installed")
        return
    figure, sky = plt.subplots(figsize=(7, 7), subplot_kw={"projection": "polar"})
    sky.set_theta_zero_location("N")
    sky.set_ylim(0, 90)
    sky.set_yticks([0, 30, 60, 90], ["90°", "60°", "30°", ""])
    sky.set_xticks(np.radians([0, 90, 180, 270]), ["N", "E", "S", "W"])
    for first, last in found:
        rows = slice(first, last + 1)
        line = sky.plot(azimuth[rows], 90 - elevation_deg[rows], linewidth=1.0, alpha=0.6)[0]
        lit = np.where(is_seen[rows], 90 - elevation_deg[rows], np.nan)
        sky.plot(azimuth[rows], lit, linewidth=3.0, color=line.get_color())
        label = utc_text_from_tai_ns(t_tai_ns[first], 0)[8:16].replace("T", ". ")
        top = first + int(np.argmax(elevation_deg[rows]))
        sky.text(azimuth[top], 87 - elevation_deg[top], label, fontsize=8, color=line.get_color())
    sky.set_title("The Space Station over Siding Spring (thick: to be seen by eye)")
    folder = Path(os.environ.get("VEDETTE_OUT", "out"))
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "a_satellite_overhead.png", dpi=120)
    print(f"\nsky plot: {folder / 'a_satellite_overhead.png'}")


if __name__ == "__main__":
    main()
