"""Every state of a link's life, to any depth: docs/decisions/0332."""

import sys

from tools.link_states import STORIES, Explorer

WHAT = "every state that a link can come to (loss, repeats, crashes, keys), until nothing is new; [--depth=N]"


def run(options: list[str]) -> int:
    """Explore each story; exit code 1 when a promise is broken."""
    depth = next((int(one.split("=", 1)[1]) for one in options if one.startswith("--depth=")), 100)
    for name, story in STORIES.items():
        found = Explorer(story).explore(depth)
        reach = "nothing is new beyond" if found.is_all else "all up to"
        sys.stdout.write(f"{name}: {found.worlds:,} worlds, {found.steps:,} steps, {reach} depth {found.depth}\n")
        sys.stdout.flush()
        if found.broken:
            sys.stdout.write("".join(f"  BROKEN {one}\n" for one in found.broken))
            return 1
    return 0
