"""What the product sees of a package from outside, and what the package sees of the product."""

from __future__ import annotations

import ast
from pathlib import Path

from connector import registry

PACKAGE = Path(__file__).parent / "acme_books" / "acme_books"
ALLOWED = {"connector.contract", "connector.errors", "connector.messages", "connector.kit.window",
           "connector.clock"}  # fmt: skip


def test_it_is_known_by_its_entry_point() -> None:
    assert "acme_books" in registry.adapters()
    found = registry.adapter("acme_books")
    assert found is not None
    assert found.__module__ == "acme_books.adapter"


def test_it_uses_nothing_of_the_product_but_what_adapters_may() -> None:
    used: set[str] = set()
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "connector":
                used |= {f"connector.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                used.add(node.module)
            elif isinstance(node, ast.Import):
                used |= {alias.name for alias in node.names}
    ours = {name for name in used if name.split(".")[0] in ("connector", "adapters", "sandbox")}
    assert ours <= ALLOWED
