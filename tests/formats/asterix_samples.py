"""Recorded ASTERIX and what another decoder made of it; and messages made by a third library."""

import re
import struct
from pathlib import Path
from typing import Any


def datagrams_of_pcap(path: Path) -> list[tuple[float, bytes]]:
    """UDP payloads of an Ethernet capture (libpcap format 2.4), with the time each was captured (POSIX seconds)."""
    raw = path.read_bytes()
    assert struct.unpack("<IHH", raw[:8]) == (0xA1B2C3D4, 2, 4)
    found, at = [], 24
    while at < len(raw):
        seconds, micros, size, _ = struct.unpack("<IIII", raw[at : at + 16])
        frame = raw[at + 16 : at + 16 + size]
        at += 16 + size
        udp = frame[14 + 4 * (frame[14] & 15) :]
        found.append((seconds + micros / 1e6, udp[8 : struct.unpack(">H", udp[4:6])[0]]))
    return found


def expected_records(path: Path) -> list[dict[str, Any]]:
    """Records of an expected decode: category, hex of each item, and `item label` to what stands behind the colon."""
    records: list[dict[str, Any]] = []
    category, item = 0, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"Category: (\d+)", line):
            category = int(found[1])
        elif line.startswith("Data Record"):
            records.append({"category": category, "hex": {}})
        elif found := re.match(r"Item (\w+) : ", line):
            item = found[1]
        elif found := re.fullmatch(r"\[ ([0-9A-F ]+) \]", line):
            records[-1]["hex"][item] = bytes.fromhex(found[1])
        elif line.startswith("\t") and ": " in line.strip():
            label, _, value = line.strip().partition(": ")
            records[-1][f"{item} {label}"] = value
    return records


def in_brackets(text: str) -> float:
    """The physical value of `1320 (330.0000000 FL)`."""
    found = re.search(r"\((-?[\d.]+) ", text)
    assert found is not None, text
    return float(found[1])
