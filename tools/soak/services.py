"""Services of one owner: ten minutes of 1,000 objects that are handed round, one service killed, seed after seed."""

import json
import sys
import time

from vedette.exercise.services_run import ServicesPlan, run_services

WHAT = "3 services, 1,000 objects, hand-over every 30 s, one killed and back: so many seeds (20 unless told)"


def run(options: list[str]) -> int:
    """0 when no track was ever reported by two or left to nobody."""
    wrong = 0
    for seed in range(int(options[0]) if options else 20):
        t_began = time.process_time()
        came = run_services(ServicesPlan(seed=seed, seconds=600.0, kill_s=200.0, back_s=400.0))
        counts = {
            "duplicates": came.duplicates, "doubled_objects": came.doubled_objects, "orphans": came.orphans,
            "numbers_reused": came.reused, "hand_overs": came.hand_overs, "taken_over": came.taken_over,
            "longest_gap_after_kill_s": came.longest_gap_after_kill_s, "gap_p50_s": came.gaps_s["p50"],
        }  # fmt: skip
        wrong += came.duplicates + came.doubled_objects + came.orphans + came.reused
        cpu_s = round(time.process_time() - t_began, 2)
        sys.stdout.write(json.dumps({"soak": "services", "seed": seed, **counts, "cpu_s": cpu_s}) + "\n")
        sys.stdout.flush()
    return int(wrong > 0)
