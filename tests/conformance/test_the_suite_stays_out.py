"""The suite is for tests: the product neither needs it nor pytest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUT = ("testing", "migrations", "__main__")
LOOK = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print([name for name in ("pytest", "connector.testing") if name in sys.modules])
"""


def modules() -> list[str]:
    """Every module of the product."""
    paths = [path.relative_to(ROOT).with_suffix("") for path in ROOT.glob("connector/**/*.py")]
    return [".".join(path.parts) for path in paths if not set(path.parts) & set(OUT)]


def test_the_product_runs_without_the_suite_and_without_pytest() -> None:
    command = [sys.executable, "-c", LOOK, *modules()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
