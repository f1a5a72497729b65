"""How long libasterix and our own walk take for a target report, from bytes to range, azimuth, height and time.

Behind decision 0141. Needs the dev environment: `./run test --help` makes it; then `.venv/bin/python
experiments/asterix_readers.py`.
"""

import time

from asterix.base import Bits, RawDatablock
from asterix.generated import Cat_048_1_32 as Category

from vedette.formats.asterix_fields import plot_from_items
from vedette.formats.asterix_items import Record, read_datagram

REPORTS, ROUNDS = 30, 20


def make_datagram() -> bytes:
    """Thirty reports with the items of a Mode S radar."""
    records = [
        Category.cv_record.create(
            {
                "010": (("SAC", 25), ("SIC", 201)),
                "140": 3_501_389 + i,
                "020": ((5, 0, 0, 0, 0, None),),
                "040": (("RHO", 20_000 + i), ("THETA", 1_000 * i)),
                "070": 512,
                "090": (0, 0, ("FL", 1320)),
                "220": 0x3C660C,
                "240": ("DLH65A  "),
                "161": (0, ("TRN", i)),
                "200": (("GSP", 1977), ("HDG", 22574)),
            }
        )
        for i in range(REPORTS)
    ]
    return Category.create(records).unparse().to_bytes()


def by_libasterix(datagram: bytes) -> list[tuple[float, float, float, float]]:
    found = []
    for block in RawDatablock.parse(Bits.from_bytes(datagram)):
        for record in Category.cv_uap.parse(block.get_raw_records()):
            polar, when = record.get_item("040").variation, record.get_item("140").variation
            level = record.get_item("090").variation.get_item("FL").variation
            found.append(
                (
                    polar.get_item("RHO").variation.content.as_quantity("NM"),
                    polar.get_item("THETA").variation.content.as_quantity("°"),
                    level.content.as_quantity("FL"),
                    when.content.as_quantity("s"),
                )
            )
    return found


def by_us(datagram: bytes) -> list[tuple[float, float, float, float]]:
    found = []
    for part in read_datagram(datagram):
        assert isinstance(part, Record)
        plot = plot_from_items(part.items)
        assert plot is not None
        found.append((plot.range_m, plot.azimuth_rad, plot.pressure_height_m, plot.time_of_day_s))
    return found


def main() -> None:
    datagram = make_datagram()
    for reader in (by_libasterix, by_us):
        reader(datagram)
        taken_s = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            reader(datagram)
            taken_s.append(time.perf_counter() - start)
        print(f"{reader.__name__}: {min(taken_s) / REPORTS * 1e6:.1f} us a report")


if __name__ == "__main__":
    main()
