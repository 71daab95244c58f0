"""Which systems there are adapters for, and what each of them can do, by what it ships."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connector import registry
from connector.assemble import shipped
from connector.clock import SystemClock
from connector.contract import Adapter
from connector.engine.system import idempotency
from connector.errors import ConfigError, Problem
from connector.http import NoHttp
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.messages import say
from connector.settings import stand_in


@dataclass(frozen=True, slots=True)
class Ability:
    """What can be done with one object in one system."""

    system: str
    object: str
    form: str
    reads: str
    """`changes` or `full`; empty: it is not read."""
    writes: tuple[str, ...]
    """Of `create`, `update`, `cancel` and `close`; `onto`: fields of a record that is there."""
    idempotency: str
    """`A`, `B` or `C` of what is created there."""
    steps: tuple[str, ...]
    status: str
    """How well it is supported: `full` or `limited`."""


def abilities(name: str = "") -> list[Ability]:
    """Of one system or of all, by their shipped mappings. Raises ConfigError."""
    known = registry.adapters()
    if name and name not in known:
        words = say("unknown_adapter", name=name, known=", ".join(known))
        raise ConfigError([Problem("", words)])
    return [one for each in ([name] if name else known) for one in _of(each)]


def _of(name: str) -> Iterator[Ability]:
    kind = registry.adapter(name)
    files = sorted((shipped() / name).glob("*.yaml"))
    if kind is None or not files:
        return
    adapter, values = _bare(name, kind), Values([shipped() / "values"])
    for file in files:
        mapping = load(file, values)
        form = adapter.capabilities.of(mapping.form)
        writes = mapping.write is not None
        yield Ability(
            name,
            mapping.object,
            mapping.form,
            form.reads if mapping.read is not None else "",
            _operations(mapping, form.operations) if writes else (),
            idempotency(mapping, form) if writes and not mapping.onto else "",
            form.steps if writes else (),
            form.status,
        )


def _operations(mapping: Mapping, possible: frozenset[str]) -> tuple[str, ...]:
    if mapping.onto:
        return ("onto",)
    return tuple(one for one in ("create", "update", "cancel", "close") if one in possible)


def _bare(name: str, kind: type[Adapter]) -> Adapter:
    """The adapter without a site: it tells what it could do, and can call nobody."""
    fields = kind.settings_type.model_fields.items()
    values = {key: stand_in(key, info) for key, info in fields if info.is_required()}
    settings = kind.settings_type.model_construct(**values | {"adapter": name})
    clock = SystemClock()
    return kind(settings, NoHttp(clock), clock)
