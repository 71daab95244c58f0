"""The rules that are shipped prove themselves, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.assemble import shipped
from connector.rules.cases import failing
from connector.rules.load import read

FILES = sorted((shipped() / "rules").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_rule_has_cases_that_come_out_as_they_say(path: Path) -> None:
    rule = read(path)
    assert rule.settings.cases
    assert any(case.get("holds") for case in rule.settings.cases)
    assert list(failing(rule)) == []
