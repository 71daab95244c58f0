"""The shipped hints: each is the one that its own example meets, and helps in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connector.hints import Hints
from connector.messages import LANGUAGES
from connector.yamlfile import plain_load

FOLDER = Path(__file__).parents[2] / "mappings/hints"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_hint_tells_what_its_example_means_who_acts_and_what_to_do(
    path: Path, lang: str
) -> None:
    hints = Hints([path])
    for entry in plain_load(path.read_text("utf-8")):
        words = str(entry["example"])
        told = hints.explain(words, lang=lang)
        match = re.search(entry["pattern"], words)
        assert match is not None
        assert told.words == match.expand(entry["say"][lang])
        assert told.do == match.expand(entry["do"][lang])
        assert told.who
        own = f"{entry['say'][lang]} {entry['do'][lang]} {told.who}"
        assert bool(CHINESE.search(own)) == (lang == "zh"), own
