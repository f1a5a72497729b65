"""`vedette rehearse`: stories through bad luck, and packs of stories with a table of what they should come to."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

PACKS = ("false-alarms", "threats")


def rehearse(
    what: str | None = None,
    name: str | None = None,
    answers: Path | None = None,
    *,
    seed: int = 1,
    seeds: int = 1,
    days: int = 10,
    sensors: Path | None = None,
    story: str | None = None,
    jobs: int | None = None,
    resume: bool = False,
    data_dir: Path | None = None,
    orders: bool = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
    json: bool = False,
) -> int:
    """Play stories: one through bad luck with checkers running, or a pack with a table of what each must come to.

    `rehearse [STORY]`: reports late, doubled, out of order, cut short, clocks that step, an engine that dies. Exit code
    1 when a law was broken: an object gone without a reason, a replay that differs, a name given twice, something
    declared too early, an impact alerted before a burnout.

    `rehearse false-alarms [ID]`: history's false alarms, FA-01 to FA-20, each rebuilt from what its sensors met.
    `rehearse threats [ID]`: launches that must be reported whatever else is going on. Exit code 1 when a story came
    to something else than its pack's table of expected outcomes says, a live message reached the public, or the true
    cause was not among the two leading explanations.

    `rehearse export DIR`: the false alarms as a data set, what came in and the truth apart, for any other tracker.
    `rehearse score DIR ANSWERS`: anybody's answers to it, scored as our own are.

    `rehearse background`: days without any launch at true rates of satellites, decays, glint, fires, bolides, aurora,
    clutter and faults; what was taken for something, kind by kind, with 95 % limits. Exit code 1 when anything was
    confirmed. A day of four sensors costs a minute or two of one core.

    `rehearse hot-spots FILE`: a day of the world's fires (NASA FIRMS, MODIS, gzipped CSV) through the engine, all that
    one watcher sees burning at once. Exit code 1 when a launch was said. Ten parts of a minute or two of one core.

    `rehearse cancel`: a released alert is taken back while a process hogs the journal, another the desk, one channel is
    dead and one never answers; when each of the others was told. Exit code 1 when one heard later than 2 s.

    Parameters
    ----------
    what
        false-alarms, threats, background, hot-spots, cancel, export, score, or a packaged rehearsal, a rehearsal file
        or a story; a bare story has its troubles drawn from the seed. By default the rehearsal bad-night.
    name
        One story of a pack; or the folder of a data set; or a file of hot spots.
    answers
        Of score: a file of answers, one JSON object a line; the data set's README.md says how.
    seed
        Another seed, another night; of a pack, the first seed.
    seeds
        Of a pack: how many seeds of each story.
    days
        Of background: how many days.
    sensors
        Of background: a sensor file; by default the packaged radar and infrared watchers.
    story
        The same as the first word, for those who are used to it.
    jobs
        Of a pack: how many processes; by default one a core.
    resume
        Of a pack: go on with an interrupted run. What has been finished stands in DATA-DIR/rehearsals; a story whose
        text has changed is played again.
    data_dir
        Where the rows of a pack are kept.
    orders
        Run the story twice more, plainly and with half of its reports held up, and compare what is believed at the end.
    quiet
        Only the verdict.
    json
        The verdict as one JSON document on stdout.
    """
    from vedette.core.errors import UsageError

    if what is not None and story is not None:
        raise UsageError(f"both {what} and --story {story}; give one")
    if what in PACKS:
        from vedette.doors.rehearsal_packs import rehearse_stories

        return rehearse_stories(
            what,
            name,
            first_seed=seed,
            seeds=seeds,
            jobs=jobs,
            data_dir=data_dir,
            is_resumed=resume,
            is_quiet=quiet,
            is_json=json,
        )
    if what == "export":
        from vedette.doors.rehearsal_export import export_pack

        return export_pack(None if name is None else Path(name), first_seed=seed, seeds=seeds, is_quiet=quiet)
    if what == "score":
        from vedette.doors.rehearsal_export import score_answers

        return score_answers(None if name is None else Path(name), answers, is_json=json)
    if what == "background":
        from vedette.doors.background_show import background

        return background(
            days, sensors, seed=seed, jobs=jobs, data_dir=data_dir, is_resumed=resume, is_quiet=quiet, is_json=json
        )
    if what == "hot-spots":
        from vedette.doors.hot_spot_show import hot_spots

        path = None if name is None else Path(name)
        return hot_spots(path, seed=seed, data_dir=data_dir, is_resumed=resume, is_quiet=quiet, is_json=json)
    if what == "cancel":
        from vedette.doors.cancel_rehearsal import run_cancel_rehearsal

        return run_cancel_rehearsal(json, quiet)
    if name is not None:
        raise UsageError(f"{name!r} is one word too many; only a pack ({', '.join(PACKS)}) has stories to name")
    from vedette.doors.rehearsal_laws import rehearse_laws

    return rehearse_laws(what or story or "bad-night", seed, is_orders=orders, is_quiet=quiet, is_json=json)
