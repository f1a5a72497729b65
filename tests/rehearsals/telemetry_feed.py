"""A small two-stage ascent as launch telemetry, made here so that rehearsals need no other data."""

import json
from math import radians, sin
from pathlib import Path


def two_stage_telemetry() -> dict[str, list[float]]:
    """Speed and altitude each second of a flat-Earth two-stage climb: burnout at 150 s, ignition at 160 s."""
    time_s, speed_mps, altitude_km = [], [], []
    speed, height, steps_per_s = 0.0, 0.0, 20
    for step in range(300 * steps_per_s):
        t = step / steps_per_s
        if step % steps_per_s == 0:
            time_s.append(t)
            speed_mps.append(round(speed, 3))
            altitude_km.append(round(height / 1e3, 3))
        climb = radians(max(20.0, 90.0 - 0.42 * t))
        thrust = 13.5 / (1.0 - 0.0042 * t) if t < 150.0 else 0.0 if t < 160.0 else 8.0
        speed = max(0.0, speed + (thrust - 9.8 * sin(climb)) / steps_per_s)
        height += speed * sin(climb) / steps_per_s
    return {"time": time_s, "velocity": speed_mps, "altitude": altitude_km}


def write_two_stage_telemetry(path: Path) -> Path:
    """The same as a file."""
    path.write_text(json.dumps(two_stage_telemetry()), encoding="utf-8")
    return path
