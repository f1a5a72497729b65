"""`vedette node demo`: two owners side by side on this machine."""

from pathlib import Path


def demo(
    scenario: str = "two-launches",
    *,
    seed: int = 1,
    speed: float = 1.0,
    no_browser: bool = False,
    ports: tuple[int, int] = (0, 0),
    seconds: float | None = None,
    data_dir: Path | None = None,
) -> int:
    """Play one story to two owners, each with a broker, a watch and a console of its own; Ctrl-C ends it.

    NORTH has the story's infrared satellites and SOUTH its radar. Alone neither confirms a launch; each hears from the
    other what its release policy grants, signed, over a link of two brokers. Both addresses are printed, and what
    passes between the two is told as it happens. Everything lies in a scratch folder, on this machine alone.

    Parameters
    ----------
    scenario
        A named scenario with both kinds of sensors; `vedette scenario list` shows them.
    seed
        Another seed, another night.
    speed
        A multiple of real time.
    no_browser
        Print the addresses and open nothing.
    ports
        Where the two consoles are served; 0 takes a free one.
    seconds
        End by itself after so long.
    data_dir
        A folder to make everything in, instead of a scratch one.
    """
    from vedette.doors.node.demo import run_joint_demo

    return run_joint_demo(
        scenario, seed, speed, data_dir, ports=ports, is_browser=not no_browser, until_s=seconds
    )
