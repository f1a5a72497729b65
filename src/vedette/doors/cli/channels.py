"""`vedette channels list|test|status|deliver|script`: the ways that messages leave."""

from pathlib import Path
from typing import Literal


def channels(
    act: Literal["list", "test", "status", "deliver", "script"],
    what: str | None = None,
    /,
    *,
    file: Path | None = None,
    data_dir: Path | None = None,
    for_s: float = 10.0,
    json: bool = False,
) -> int:
    """Say which ways out there are, try them, see what is owed, deliver it, or check the script of a drill.

    Channels stand in a TOML file, by default channels.toml in the data directory. Each is bound to one mode: a live
    channel never carries a drill, nor the other way round. `test` sends a message that says that nothing has happened
    to drill channels; a REAL channel is only reached, and nothing is sent by it. `deliver` goes on with what the desk
    has decided and a channel has not taken yet.

    vedette channels list
    vedette channels test exercise-mail
    vedette channels status --json
    vedette channels deliver --for-s 60
    vedette channels script drill-recording.txt

    Parameters
    ----------
    act
        list, test, status, deliver or script.
    what
        For test and status: a channel's name; by default all. For script: a text file, - for standard input.
    file
        The TOML file of channels.
    data_dir
        Where journals and alerts are kept.
    for_s
        How long to go on delivering.
    json
        One JSON document.
    """
    from vedette.doors.channel_show import check_script, deliver_now, list_channels, show_status, test_channels

    match act:
        case "list":
            return list_channels(file, data_dir, json)
        case "test":
            return test_channels(file, data_dir, what, json)
        case "status":
            return show_status(file, data_dir, what, json)
        case "deliver":
            return deliver_now(file, data_dir, what, for_s, json)
    return check_script(what, json)
