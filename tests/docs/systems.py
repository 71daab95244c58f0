"""The page of all systems: `python -m tests.docs.systems` writes it from what adapters ship."""

from __future__ import annotations

from collections.abc import Iterator

from connector import registry
from connector.objects import OBJECTS
from connector.operations.systems import Ability, abilities
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "systems.md"
HEAD = """# Systems

Written by `python -m tests.docs.systems` from the shipped mappings and what adapters say of
themselves; `connector systems` shows the same of what is installed. Each adapter's README says what
must be prepared there, what is limited, and what nobody knows for sure.

- *changes*: read by what was modified since; *full*: read whole each time.
- *create*, *update*, *cancel*, *close* are written; *onto*: fields of a record that is there.
- A, B, C: the [idempotency class](mapping-reference.md#idempotency-classes) of what is created.
- *(limited)*: see the README.
"""


CHANNELS = ("tells", "approves")
"""What adapters say of themselves whose systems are not the CRM or the ERP."""


def page() -> str:
    """All of it."""
    found = abilities()
    names = [name for name in registry.adapters() if any(one.system == name for one in found)]
    told, asked = ([name for name in names if _does(name, what)] for what in CHANNELS)
    systems = [name for name in names if name not in (*told, *asked)]
    parts = (
        HEAD,
        *_overview(systems, found),
        *_channels(told, asked, found),
        *_each(systems, found),
    )
    return "\n".join(parts) + "\n"


def _does(name: str, what: str) -> bool:
    return getattr(registry.adapter(name), what, False)


def _overview(names: list[str], found: list[Ability]) -> Iterator[str]:
    """Which object is read (r) and written (w) where."""
    known = {(one.system, one.object): one for one in found}
    yield "## Objects by system\n"
    yield f"| object | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for object in OBJECTS:
        cells = [_short(known.get((name, object))) for name in names]
        if any(cells):
            yield f"| `{object}` | {' | '.join(cells)} |"
    yield "\n`r`: read, `w`: written, with its class."


def _short(one: Ability | None) -> str:
    if one is None:
        return ""
    written = f"w{one.idempotency}" if one.writes else ""
    return " ".join(part for part in ("r" if one.reads else "", written) if part)


def _channels(told: list[str], asked: list[str], found: list[Ability]) -> Iterator[str]:
    """What only tells people something, or asks them."""
    yield "\n## Channels\n\nMessages to people (`message`), each of class C:\n"
    yield from (f"- [{name}](../adapters/{name}/README.md)" for name in told)
    yield "\nApprovals of people (`approval`), with which they answer reviews, and their class:\n"
    classes = {one.system: one.idempotency for one in found}
    yield from (f"- [{name}](../adapters/{name}/README.md): {classes[name]}" for name in asked)


def _each(names: list[str], found: list[Ability]) -> Iterator[str]:
    for name in names:
        yield f"\n## {name}\n\n[README](../adapters/{name}/README.md)\n"
        yield "| object | form | read | written | class | steps |\n|---|---|---|---|---|---|"
        yield from (_row(one) for one in found if one.system == name)


def _row(one: Ability) -> str:
    form = f"`{one.form}`" + ("" if one.status == "full" else " (limited)")
    cells = (f"`{one.object}`", form, one.reads, ", ".join(one.writes), one.idempotency)
    return f"| {' | '.join([*cells, ', '.join(one.steps)])} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
