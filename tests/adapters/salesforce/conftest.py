"""A small company behind real sockets, and the adapter that speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from salesforce_world import World, small_company

from adapters.salesforce import Salesforce


@pytest.fixture
def build() -> Iterator[Callable[..., World]]:
    """Worlds of the test's own liking."""
    made: list[World] = []

    def build(orders: int = 2, **options: Any) -> World:
        made.append(World(small_company(orders), **options))
        return made[-1]

    yield build
    for world in made:
        world.stop()


@pytest.fixture
def world(build: Callable[..., World]) -> World:
    return build()


@pytest.fixture
def crm(world: World) -> Salesforce:
    return world.adapter()
