"""`vedette demo`: a watch at work in the browser, or in the terminal."""

from pathlib import Path


def demo(
    scenario: str = "two-launches",
    *,
    terminal: bool = False,
    no_browser: bool = False,
    seed: int = 1,
    speed: str | None = None,
    port: int = 8600,
    objects: int = 30_000,
    data_dir: Path | None = None,
) -> int:
    """Play a scenario as an exercise, and open the console on it: detections, tracks, areas, alerts, their reasons.

    Truth and sensor returns are made from the seed; the engine sees the returns alone. Everything lies in a scratch
    folder: journal, accounts of two who release and one who operates (their credentials are printed), a sky of made-up
    objects, and a folder into which released messages are written. Ctrl-C ends it. With --terminal it is played on
    this screen instead, twelve times as fast, and held against the truth at the end.

    Parameters
    ----------
    scenario
        A named scenario; `vedette scenario list` shows them.
    terminal
        On this screen, without server and browser.
    no_browser
        Print the address and open nothing.
    seed
        Another seed, another night.
    speed
        A multiple of real time, or max; 1 in the browser and 12 in the terminal unless told.
    port
        Where to serve on this machine; 0 takes a free one.
    objects
        How many made-up objects fly in the catalogue; 0 for none.
    data_dir
        Where journal, accounts and messages are kept; a folder of its own unless told.
    """
    from vedette.doors.cli.watch import speed_of

    if terminal:
        from vedette.doors.demo_show import run_demo

        return run_demo(scenario, seed, speed_of(speed or "12"), data_dir)
    from vedette.doors.server.demo import run_served_demo

    return run_served_demo(
        scenario, seed, speed_of(speed or "1"), data_dir, port=port, is_browser=not no_browser, objects=objects
    )
