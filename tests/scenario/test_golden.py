"""What happens in every packaged story, beside it as text: compared here, rewritten with VEDETTE_REWRITE_GOLDEN=1."""

import os

import pytest

from vedette.scenario import make_scenario, packaged_stories, read_story, stories_folder, truth_lines

SEED = 7


@pytest.mark.parametrize("name", packaged_stories())
def test_the_story_happens_as_its_golden_text_says(name):
    text = "\n".join([f"{name}, seed {SEED}", "", *truth_lines(make_scenario(read_story(name), SEED))]) + "\n"
    golden = stories_folder() / f"{name}.golden.txt"
    if os.environ.get("VEDETTE_REWRITE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text, "VEDETTE_REWRITE_GOLDEN=1 rewrites it; read the difference"
