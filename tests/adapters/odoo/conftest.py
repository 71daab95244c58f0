"""Which system the worlds of these tests are of."""

from __future__ import annotations

import pytest
from odoo_world import World

from adapters.odoo import Odoo


@pytest.fixture(scope="session")
def system() -> type[World]:
    return World


@pytest.fixture
def erp(world: World) -> Odoo:
    """The adapter."""
    adapter: Odoo = world.adapter()
    return adapter
