"""Worlds of the test's own liking. Each adapter's folder says which kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.adapters.simulated import World


@pytest.fixture
def build(system: type[World]) -> Iterator[Callable[..., World]]:
    """A small company in the system, as often as a test wants."""
    made: list[World] = []

    def build(orders: int = system.orders, **options: Any) -> World:
        made.append(system(system.small_company(orders), **options))
        return made[-1]

    yield build
    for world in made:
        world.stop()


@pytest.fixture
def world(build: Callable[..., World]) -> World:
    return build()


@pytest.fixture
def crm(world: World) -> Any:
    """The adapter."""
    return world.adapter()
