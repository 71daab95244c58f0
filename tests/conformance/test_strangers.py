"""What strangers once said, or might: each stored answer and expression is read as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prove.fuzzed import TARGETS, stored

INPUTS = [(target, path) for target in TARGETS for path in stored(target)]


@pytest.mark.parametrize(("target", "path"), INPUTS, ids=[f"{t}/{p.name}" for t, p in INPUTS])
def test_every_stored_input_is_read_as_what_it_is(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())
