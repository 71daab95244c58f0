"""Nothing is tied to POSIX: every module is imported where what only POSIX has is not there."""

from __future__ import annotations

import subprocess
import sys

EVERY_MODULE = """
import importlib, pkgutil
for top in ("connector", "adapters", "sandbox"):
    package = importlib.import_module(top)
    for module in pkgutil.walk_packages(package.__path__, f"{top}."):
        # The first is for tests, the second is run by alembic alone.
        if not module.name.startswith(("connector.testing", "connector.store.migrations.env")):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
                print(module.name)
"""
"""A program that imports each module of the product and names it."""
WITHOUT_POSIX = """
import sys
for name in ("fcntl", "pwd", "grp", "resource"):
    sys.modules[name] = None
"""


def test_every_module_is_imported_without_what_only_posix_has() -> None:
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT_POSIX + EVERY_MODULE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert {"connector.daemon", "adapters.fxiaoke.adapter"} <= set(done.stdout.split())
