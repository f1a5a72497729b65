"""`vedette demo`: two launches, live in the terminal."""

from pathlib import Path


def demo(
    scenario: str = "two-launches",
    *,
    seed: int = 1,
    speed: str = "12",
    data_dir: Path | None = None,
) -> int:
    """Play a scenario live in the terminal: detections, tracks, beliefs, areas, alerts with their reasons.

    Truth and sensor returns are made from the seed; the engine sees the returns alone. At the end what was said is
    held against the truth.

    Parameters
    ----------
    scenario
        A named scenario; `vedette scenario list` shows them.
    seed
        Another seed, another night.
    speed
        A multiple of real time, or max.
    data_dir
        Where the journal is kept.
    """
    from vedette.doors.cli.watch import speed_of
    from vedette.doors.demo_show import run_demo

    return run_demo(scenario, seed, speed_of(speed), data_dir)
