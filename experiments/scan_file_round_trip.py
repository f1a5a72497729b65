"""How many angles and lengths change when a float in degrees or km stands between the wire and the inside?

Cited by docs/decisions/0031. Run: python experiments/scan_file_round_trip.py
"""

import time
from math import pi

import numpy as np

from vedette.formats.exact import degrees_text, kilometres_text, metres, radians

COUNT = 20_000


def main() -> None:
    rng = np.random.default_rng(31)
    angles_rad = rng.uniform(0.0, 2 * pi, COUNT)
    lengths_m = rng.uniform(1e3, 4e7, COUNT)
    there_and_back_rad = np.radians(np.degrees(angles_rad))
    there_and_back_m = (lengths_m / 1e3) * 1e3
    print(f"floats: {np.mean(there_and_back_rad != angles_rad):.1%} of angles changed,", end=" ")
    print(f"{np.mean(there_and_back_m != lengths_m):.1%} of lengths changed")
    started = time.perf_counter()
    pairs = list(zip(angles_rad.tolist(), lengths_m.tolist(), strict=True))
    texts = [(degrees_text(angle_rad), kilometres_text(length_m)) for angle_rad, length_m in pairs]
    written = time.perf_counter()
    same = [
        radians(a) == angle and metres(m) == length
        for (a, m), (angle, length) in zip(texts, pairs, strict=True)
        if a is not None and m is not None
    ]
    read = time.perf_counter()
    digits = np.mean([len(a.as_tuple().digits) for a, _ in texts if a is not None])
    print(f"decimals: {1 - np.mean(same):.1%} changed; {digits:.1f} digits an angle;", end=" ")
    write_us, read_us = ((to - start) / COUNT / 2 * 1e6 for start, to in ((started, written), (written, read)))
    print(f"{write_us:.1f} us to write a number, {read_us:.1f} us to read")


if __name__ == "__main__":
    main()
