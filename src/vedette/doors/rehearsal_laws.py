"""`vedette rehearse [STORY]`: a story through bad luck, told line by line, and the laws it broke."""

import sys

import msgspec


def rehearse_laws(story: str, seed: int, *, is_orders: bool, is_quiet: bool, is_json: bool) -> int:
    """Play a rehearsal with its troubles; exit code 1 when a law was broken."""
    from vedette.exercise.rehearsal import read_rehearsal
    from vedette.exercise.rehearse import rehearse as play
    from vedette.exercise.rehearse import rehearse_order

    rehearsal = read_rehearsal(story, seed)
    out = sys.stderr if is_json else sys.stdout

    def tell(seconds: float, line: str) -> None:
        if not is_quiet:
            out.write(f"{seconds:+7.0f} s  {line}\n")

    if not is_quiet:
        out.write(f"{rehearsal.title}, seed {seed}\n")
    run = play(rehearsal, seed, tell)
    if is_orders:
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
    if is_json:
        sys.stdout.write(msgspec.json.encode(verdict).decode() + "\n")
    else:
        for sentence in run.broken:
            sys.stdout.write(f"BROKEN: {sentence}\n")
        kept = "every law was kept" if not run.broken else f"{len(run.broken)} laws were broken"
        counts = f"{run.scan_count} reports, {run.set_aside_count} set aside, {run.restart_count} restarts"
        sys.stdout.write(f"{kept}: {counts}\n")
    return 1 if run.broken else 0
