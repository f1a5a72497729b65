"""The maker of truth and of sensor returns; knows everything and tells an engine nothing but scans."""

from vedette.scenario.maker import Made, make_scenario
from vedette.scenario.story import LaunchSpec, Story, packaged_stories, parse_story, read_story, stories_folder
from vedette.scenario.truth import TrueFlight
from vedette.scenario.words import truth_lines

__all__ = [
    "LaunchSpec",
    "Made",
    "Story",
    "TrueFlight",
    "make_scenario",
    "packaged_stories",
    "parse_story",
    "read_story",
    "stories_folder",
    "truth_lines",
]
