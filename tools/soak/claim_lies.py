"""Every lie of a partner's assessments, and honesty, over many seeds."""

import argparse
import json
import sys

WHAT = "a partner that lies in what it assesses: named within three messages, 100 seeds each; the honest left alone"


def run(options: list[str]) -> int:
    """Print a JSON line for each lie; exit code 1 when one was named too late or an honest partner was doubted."""
    from vedette.exercise.claim_lies import LIES, NAMED_WITHIN, judge

    parser = argparse.ArgumentParser(prog="./run soak claim-lies", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    seeds = range(parser.parse_args(options).seeds)
    is_well = True
    for lie in (None, *LIES):
        rows = [judge(seed, lie) for seed in seeds]
        after = [row["named_after"] for row in rows]
        if lie is None:
            line = {"lie": "none", "seeds": len(rows), "doubted": sum(bool(row["doubts"]) for row in rows)}
            is_well &= line["doubted"] == 0
        else:
            late = sum(n is None or n > NAMED_WITHIN for n in after)
            line = {
                "lie": lie, "seeds": len(rows), "named_too_late": late,
                "counted_after": sum(row["counted_after"] for row in rows),
                "named_after": {str(n): after.count(n) for n in sorted({n for n in after if n is not None})},
            }  # fmt: skip
            is_well &= late == 0
        sys.stdout.write(json.dumps(line) + "\n")
    return 0 if is_well else 1
