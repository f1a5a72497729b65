"""`vedette rehearse`: a story through bad luck, with checkers running throughout."""

from typing import Annotated

from cyclopts import Parameter


def rehearse(
    *,
    seed: int = 1,
    story: str = "bad-night",
    orders: bool = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
    json: bool = False,
) -> int:
    """Play a rehearsal: reports late, doubled, out of order, cut short, clocks that step, an engine that dies.

    Exit code 1 when a law was broken: an object gone without a reason, a replay that differs, a name given twice,
    something declared too early, an impact alerted before a burnout.

    Parameters
    ----------
    seed
        Another seed, another night.
    story
        A packaged rehearsal, a rehearsal file, or a story; a bare story has its troubles drawn from the seed.
    orders
        Run the story twice more, plainly and with half of its reports held up, and compare what is believed at the end.
    quiet
        Only the verdict.
    json
        The verdict as one JSON document on stdout.
    """
    import sys

    import msgspec

    from vedette.exercise.rehearsal import read_rehearsal
    from vedette.exercise.rehearse import rehearse as play
    from vedette.exercise.rehearse import rehearse_order

    rehearsal = read_rehearsal(story, seed)
    out = sys.stderr if json else sys.stdout

    def tell(seconds: float, line: str) -> None:
        if not quiet:
            out.write(f"{seconds:+7.0f} s  {line}\n")

    if not quiet:
        out.write(f"{rehearsal.title}, seed {seed}\n")
    run = play(rehearsal, seed, tell)
    if orders:
        run.broken += [f"the order of arrival mattered: {sentence}" for sentence in rehearse_order(rehearsal, seed)]
    verdict = {
        "title": rehearsal.title,
        "seed": seed,
        "troubles": [trouble.words for trouble in rehearsal.troubles],
        "scans": run.scan_count,
        "set_aside": run.set_aside_count,
        "restarts": run.restart_count,
        "broken": run.broken,
    }
    if json:
        sys.stdout.write(msgspec.json.encode(verdict).decode() + "\n")
    else:
        for sentence in run.broken:
            sys.stdout.write(f"BROKEN: {sentence}\n")
        kept = "every law was kept" if not run.broken else f"{len(run.broken)} laws were broken"
        counts = f"{run.scan_count} reports, {run.set_aside_count} set aside, {run.restart_count} restarts"
        sys.stdout.write(f"{kept}: {counts}\n")
    return 1 if run.broken else 0
