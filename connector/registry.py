"""Which adapters there are: whoever registers under the entry point `connector.adapters`."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from connector.contract import Adapter


@cache
def _known() -> dict[str, object]:
    return {entry.name: entry for entry in entry_points(group="connector.adapters")}


_added: dict[str, type[Adapter]] = {}


def adapters() -> list[str]:
    """Their names."""
    return sorted({*_known(), *_added})


def adapter(name: str) -> type[Adapter] | None:
    """The adapter class called `name`, loaded now; None if nobody registered it."""
    if name in _added:
        return _added[name]
    entry = _known().get(name)
    if entry is None:
        return None
    made: type[Adapter] = entry.load()  # type: ignore[attr-defined]
    return made


def add(name: str, made: type[Adapter]) -> None:
    """Register an adapter by hand, for tests and embedding."""
    _added[name] = made
