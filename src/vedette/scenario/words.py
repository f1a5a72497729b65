"""What happened in a story, in lines for people and for a golden file."""

from collections import Counter

from vedette.core.constants import NS_PER_S
from vedette.scenario.maker import Made
from vedette.scenario.truth import TrueFlight


def truth_lines(made: Made) -> list[str]:
    """One line a flight, one line a sensor."""
    lines = [_flight_line(one, made.story.t_start_tai_ns) for one in made.flights]
    scans = Counter(scan.sensor_id for scan in made.scans)
    detections = Counter({name: 0 for name in made.sensors})
    for scan in made.scans:
        detections[scan.sensor_id] += len(scan)
    return lines + [f"{name}: {scans[name]} scans, {detections[name]} detections" for name in made.sensors]


def place_words(lat_deg: float, lon_deg: float) -> str:
    """Latitude and longitude as people write them, to a hundredth of a degree."""
    return f"{abs(lat_deg):.2f}°{'N' if lat_deg >= 0 else 'S'} {abs(lon_deg):.2f}°{'E' if lon_deg >= 0 else 'W'}"


def _flight_line(one: TrueFlight, t_start_tai_ns: int) -> str:
    start_s = (one.t_liftoff_tai_ns - t_start_tai_ns) / NS_PER_S
    burn_s = (one.t_burnout_tai_ns - one.t_liftoff_tai_ns) / NS_PER_S
    pad = place_words(one.launch_lat_deg, one.launch_lon_deg)
    words = [
        f"{one.id} {one.flight.vehicle.id} ({one.class_name}) leaves {pad}",
        f"at {start_s:+.0f} s towards {one.azimuth_deg:03.0f}°, burns {burn_s:.1f} s",
    ]
    if one.apogee_m is not None:
        words.append(f"rises to {one.apogee_m / 1e3:.0f} km")
    if one.t_impact_tai_ns is None or one.impact_lat_deg is None or one.impact_lon_deg is None:
        words.append("does not come down")
    else:
        fall_s = (one.t_impact_tai_ns - one.t_liftoff_tai_ns) / NS_PER_S
        words.append(f"falls at {place_words(one.impact_lat_deg, one.impact_lon_deg)} after {fall_s:.0f} s")
    return ", ".join([" ".join(words[:2]), *words[2:]])
