"""A cancellation reaches every channel that is up while journal and desk are hogged, and the dead one later."""

from vedette.doors.cancel_rehearsal import rehearse_cancel


def test_everybody_is_told_with_a_busy_engine_and_two_channels_down(tmp_path):
    run = rehearse_cancel(tmp_path, is_busy=True, wait_s=8.0)  # `vedette rehearse cancel` asks for 2 s
    assert not run.broken
    assert set(run.seconds) == {"files", "site", "letters"} and set(run.down) == {"silent", "dead"}
    assert run.told_later == ["dead"]
    assert run.entries_written > 0 and run.proposals > 1
