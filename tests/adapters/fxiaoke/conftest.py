"""A small company behind real sockets, and the adapter that speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from fxiaoke_world import World, small_company

import adapters.fxiaoke
from adapters.fxiaoke import Fxiaoke
from connector.messages import CATALOGUE
from connector.yamlfile import plain_load

CATALOGUE.update(
    plain_load(Path(adapters.fxiaoke.__file__).with_name("messages-needed.yaml").read_text("utf-8"))
)


@pytest.fixture(autouse=True)
def answers_tell_the_sandboxs_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The `Date` of an answer follows the sandbox's clock, which tests move forward."""

    def told(handler: Any, timestamp: float | None = None) -> str:
        return formatdate(handler.application.clock.now().timestamp(), usegmt=True)

    monkeypatch.setattr("sandbox.server._Handler.date_time_string", told)


@pytest.fixture
def build() -> Iterator[Callable[..., World]]:
    """Worlds of the test's own liking."""
    made: list[World] = []

    def build(orders: int = 3, **options: Any) -> World:
        made.append(World(small_company(orders), **options))
        return made[-1]

    yield build
    for world in made:
        world.stop()


@pytest.fixture
def world(build: Callable[..., World]) -> World:
    return build()


@pytest.fixture
def crm(world: World) -> Fxiaoke:
    return world.adapter()
