"""Four associations of ours and two of Stone Soup's on four stories, scored by one GOSPA."""

from benchmarks.tracking.stories import METHODS, SEEDS, scores

from tools.accuracy.figures import row


def association_table() -> str:
    """One row for each story, as Markdown: mean GOSPA (m) over looks and seeds."""
    found = scores(SEEDS)
    peers = sorted({who for _, theirs in found.values() for who in theirs})
    rows = [row("story", *METHODS, *peers), row(*["---"] * (1 + len(METHODS) + len(peers)))]
    for story, (ours, theirs) in found.items():
        told = [f"{theirs[who]:.0f}" if who in theirs else "" for who in peers]
        rows.append(row(story, *(f"{ours[method]:.0f}" for method in METHODS), *told))
    return "\n".join(rows)
