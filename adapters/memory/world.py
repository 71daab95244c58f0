"""A remote system in memory: forms, records, steps, people who edit, and a ledger."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

STEPS = ("saved", "submitted", "audited")


@dataclass(slots=True)
class Kept:
    """One record as the world holds it."""

    key: str
    fields: dict[str, Any]
    revision: int
    step: str = ""
    cancelled: bool = False


@dataclass(slots=True)
class World:
    """A named system; adapters with the same `world` setting share it. Thread-safe."""

    _named: ClassVar[dict[str, World]] = {}

    name: str
    tenant: str = "memory"
    forms: dict[str, dict[str, Kept]] = field(default_factory=dict)
    ledger: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    """`(what, form, key, fields)` of everything that was ever committed."""
    unique: dict[str, str] = field(default_factory=dict)
    """Per form the field of which no two records may show the same value."""
    workflows: set[str] = field(default_factory=set)
    """Forms behind whose submission people decide."""
    rules: dict[str, Callable[[Mapping[str, Any]], str]] = field(default_factory=dict)
    """Per form what it has against a record's fields, in its own words; empty: nothing."""
    codes: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """Per form and field (a row's `table/field`) the codes that it accepts, with their names; a
    field that is not named here takes anything."""
    trouble: Callable[[str, str], None] | None = None
    """Called with a moment and the form: raises what goes wrong. The moments are `before` and
    `after` a write, each step after `saved` by its name once it is taken, and `read`."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    _revision: int = 0
    _keys: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, name: str) -> World:
        """The world called `name`, made at first use."""
        return cls._named.setdefault(name, cls(name))

    @classmethod
    def forget_all(cls) -> None:
        """Start over, for tests."""
        cls._named.clear()

    def form(self, form: str) -> dict[str, Kept]:
        return self.forms.setdefault(form, {})

    def put(self, form: str, fields: Mapping[str, Any], key: str = "", step: str = "") -> str:
        """Create a record (no key, or an unknown one) or change one; returns its key."""
        with self.lock:
            known = self.form(form).get(key)
            if known is None:
                key = key or f"{form}-{self.new_key(form)}"
                known = self.form(form)[key] = Kept(key, {}, 0)
            known.fields.update(fields)
            known.step = step or known.step
            self._touch("put", form, known, dict(fields))
            return key

    def meet(self, when: str, form: str) -> None:
        """Let trouble happen."""
        if self.trouble is not None:
            self.trouble(when, form)

    def step(self, form: str, key: str, step: str) -> None:
        """Take a record to a step."""
        with self.lock:
            known = self.form(form)[key]
            known.step = step
            self._touch(step, form, known, {})

    def cancel(self, form: str, key: str) -> None:
        """Void a record."""
        with self.lock:
            known = self.form(form)[key]
            known.cancelled = True
            self._touch("cancel", form, known, {})

    def delete(self, form: str, key: str) -> None:
        """Take a record away without a trace but the ledger's."""
        with self.lock:
            known = self.form(form).pop(key)
            self.ledger.append(("delete", form, key, dict(known.fields)))

    def new_key(self, kind: str = "row") -> str:
        """A number that nothing else of this kind has."""
        with self.lock:
            self._keys[kind] += 1
            return str(self._keys[kind])

    def _touch(self, what: str, form: str, known: Kept, fields: dict[str, Any]) -> None:
        self._revision += 1
        known.revision = self._revision
        self.ledger.append((what, form, known.key, fields))
