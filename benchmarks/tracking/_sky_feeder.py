"""A radar in a process of its own: sends sector scans over TCP when they are due, and says when it sent each."""

import io
import socket
import sys
import time

import numpy as np

from vedette.doors.feeds.clock import now_tai_ns
from vedette.formats import write_scan
from vedette.motion import propagate_coast
from vedette.reports import Mode, Region, Scan, SensorKind
from vedette.sensing import Radar, Site

SECTORS, TURN_S, WARM_TURNS = 32, 10.0, 4
RADAR = Radar(
    Site(45.0, 16.0, 300.0),
    name="sky-radar",
    range_sigma_m=30.0,
    angle_sigma_deg=0.02,
    revisit_s=TURN_S,
    elevation_min_deg=2.0,
    range_max_km=4500.0,
    detection_probability=0.95,
    false_alarms_per_look=2.0,
)


def objects_in_view(count: int, seed: int) -> np.ndarray:
    """States (n, 6) of circular orbits of 500 to 2,000 km height, all in the radar's field."""
    rng = np.random.default_rng(seed)
    found: list[np.ndarray] = []
    while sum(len(part) for part in found) < count:
        n = 4 * count
        away = rng.normal(size=(n, 3))
        away /= np.linalg.norm(away, axis=1, keepdims=True)
        place = away * (6_371e3 + rng.uniform(500e3, 2_000e3, n))[:, None]
        across = np.cross(place, rng.normal(size=(n, 3)))
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        speed = np.sqrt(3.986e14 / np.linalg.norm(place, axis=1))
        velocity = across * speed[:, None] - np.cross([0.0, 0.0, 7.292e-5], place)
        state = np.concatenate([place, velocity], axis=1)
        found.append(state[RADAR.is_visible(state)])
    return np.concatenate(found)[:count]


def sector_lines(state: np.ndarray, t_state_tai_ns: int, turns: int, seed: int) -> list[tuple[float, bytes]]:
    """When each sector is over, s after the start, and the line that reports it."""
    rng = np.random.default_rng([seed, 1])
    width = 2 * np.pi / SECTORS
    lines = []
    for step in range(turns * SECTORS):
        t_s = (step + 1) * TURN_S / SECTORS
        t_tai_ns = t_state_tai_ns + round(t_s * 1e9)
        now = propagate_coast(state, t_s)
        seen = RADAR.measure(now)
        low = step % SECTORS * width
        inside = (seen[:, 0] >= low) & (seen[:, 0] < low + width) & RADAR.is_visible(now)
        inside &= rng.random(len(inside)) < RADAR.detection_probability
        noisy = seen[inside] + rng.normal(size=(int(inside.sum()), 4)) * np.nan_to_num(RADAR.sigmas)
        false = np.full((rng.poisson(RADAR.false_alarms_per_look), 4), np.nan)
        false[:, 0] = rng.uniform(low, low + width, len(false))
        false[:, 1] = rng.uniform(0.04, 1.5, len(false))
        false[:, 2] = rng.uniform(3e5, 4e6, len(false))
        values = np.concatenate([noisy, false])
        values[:, 0] = np.clip(values[:, 0] % (2 * np.pi), 0.0, 2 * np.pi - 1e-12)
        values[:, 3] = np.nan
        scan = Scan(
            sensor_id=RADAR.name,
            kind=SensorKind.RADAR,
            mode=Mode.TEST,
            t_received_tai_ns=t_tai_ns,
            t_measured_tai_ns=np.full(len(values), t_tai_ns),
            values=values,
            sigmas=np.where(np.isfinite(values), RADAR.sigmas, np.nan),
            looked_at=Region(low, low + width, np.radians(2.0), np.pi / 2, 0.0, 4_500e3),
        )
        stream = io.BytesIO()
        write_scan(stream, scan, step)
        lines.append((t_s, stream.getvalue()))
    return lines


def main(port: int, count: int, turns: int, seed: int) -> None:
    """Send; each line of stdout is the number of a scan and the steady clock when its last byte was handed over."""
    lines = sector_lines(objects_in_view(count, seed), now_tai_ns() - round(WARM_TURNS * TURN_S * 1e9), turns, seed)
    with socket.create_connection(("127.0.0.1", port)) as out:
        sys.stdin.readline()  # told to begin
        start_s = time.monotonic()
        for step, (t_s, data) in enumerate(lines):
            due_s = start_s + t_s - WARM_TURNS * TURN_S
            if step < WARM_TURNS * SECTORS:
                due_s = 0.0
            elif step == WARM_TURNS * SECTORS:
                sys.stdin.readline()  # the tracks are there: from now on as time goes
                start_s = time.monotonic()
                due_s = start_s
            time.sleep(max(due_s - time.monotonic(), 0.0))
            t_sent_ns = time.monotonic_ns()
            out.sendall(data)
            sys.stdout.write(f"{step} {t_sent_ns}\n")
        sys.stdout.flush()
        sys.stdin.readline()  # told that everything has been read


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:5]))
