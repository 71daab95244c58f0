"""Named points between any two steps, where a simulation may crash, raise or pause us.

In production `fault` does nothing. Simulations install a hook; the names are part of the
product's test interface and are listed in `docs/architecture.md`.
"""

from __future__ import annotations

from collections.abc import Callable

_hook: Callable[[str], None] | None = None


def install(hook: Callable[[str], None] | None) -> None:
    """Set the hook that is called at every fault point; None removes it."""
    global _hook
    _hook = hook


def fault(name: str) -> None:
    """Mark a point at which the process may die."""
    if _hook is not None:
        _hook(name)
