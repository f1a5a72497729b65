"""The guide to release policies names every key and field there is, and its Python runs."""

import re

from tests.tidy.repository import ROOT

from vedette.sharing.release import FIELDS, Kind
from vedette.sharing.release.policy_toml import example_policy_text, key_names

GUIDE = (ROOT / "docs" / "guides" / "release-policy.md").read_text(encoding="utf-8")


def test_every_key_and_field_is_told() -> None:
    words = set(re.findall(r"`([a-z_]+)`", GUIDE))
    missing = (key_names() | {name for kind in Kind for name in FIELDS[kind]}) - words
    assert not missing, missing


def test_every_key_of_the_file_is_in_the_example_or_the_guide() -> None:
    assert all(name in example_policy_text() + GUIDE for name in key_names())


def test_its_python_runs() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.S)
    exec(compile(block, "release-policy.md", "exec"), {})
