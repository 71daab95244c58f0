"""A Kingdee server on a real socket, and the adapter that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from galaxy_site import Site, started

import connector.messages
from connector.yamlfile import plain_load

NEEDED = Path(__file__).parents[3] / "adapters/kingdee_galaxy/messages-needed.yaml"
if NEEDED.exists():
    connector.messages.CATALOGUE.update(plain_load(NEEDED.read_text("utf-8")))


@pytest.fixture
def site() -> Iterator[Site]:
    with started() as made:
        yield made
