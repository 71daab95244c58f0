"""Running a Hypothesis property outside pytest, with a seed that replays it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings

from tests.prove.suite import Evidence

Property = Callable[[], None]
SEED = 20_261_121
NOTES = 3_000
"""Characters of an example that are shown."""


def form(examples: int, **more: Any) -> settings:
    """So many examples, and no memory of earlier runs."""
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        **more,
    )


def tried(property: Property, examples: int, chosen: int = SEED) -> str:
    """What is wrong, with the smallest example; empty: nothing."""
    return outcome(seed(chosen)(form(examples)(property)))


def outcome(test: Property) -> str:
    """What went wrong in it, with Hypothesis's notes; empty: nothing."""
    try:
        test()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        notes = "\n".join(getattr(error, "__notes__", ()))[:NOTES]
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:500]} ({where.name})\n{notes}"
    return ""


def all_of(
    properties: Mapping[str, tuple[Property, int]], what: str, command: str, times: int
) -> Evidence:
    """Each property with its number of examples, so many `times`."""
    evidence = Evidence()
    for name, (property, examples) in properties.items():
        evidence.counts["examples"] += examples * times
        wrong = tried(property, examples * times)
        if wrong:
            replay = f"python -m {command} {name} {examples * times}"
            evidence.violations.append(f"{name}: {wrong}\n    {replay}")
    evidence.ran = f"{len(properties)} {what}"
    return evidence


def replay(properties: Mapping[str, tuple[Property, int]], arguments: list[str]) -> Any:
    """`NAME [EXAMPLES [SEED]]` of a command line: what is wrong, as its exit code says."""
    property, usual = properties[arguments[0]]
    numbers = [int(text) for text in arguments[1:]]
    examples = numbers[0] if numbers else usual
    return tried(property, examples, *numbers[1:2]) or None
