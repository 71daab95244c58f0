"""What a mapping file says, parsed and checked but not yet compiled."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connector.mapping.expr import Expression
from connector.mapping.values import ValueMap

RECORD = "record"
"""The source of a table of one row, which is the record itself."""


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """`link: material.stock_unit`: which object, and which field of the linked record."""

    object: str
    field: str = "number"
    """`number`, `key`, or any field of the business object on that side."""
    scope: str = ""
    """The source field that tells which of several counterparts is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one target field gets its value. Exactly one origin is set."""

    target: str
    place: str
    """Where the rule stands, for messages."""
    sources: tuple[str, ...] = ()
    """`from`: the source fields."""
    otherwise: tuple[str, ...] = ()
    """`else`: the source fields to take, in this order, when the first is empty."""
    value: Any = None
    has_value: bool = False
    template: str = ""
    expr: Expression | None = None
    call: str = ""
    when: Expression | None = None
    link: LinkSpec | None = None
    map: ValueMap | None = None
    type: str = ""
    """`date`, `instant`, `text`, `number` or `bool`; empty: as the business object declares."""
    scale: str | int = ""
    max_bytes: int = 0
    """Longer text stops the record: nothing is lost silently."""
    cut: int = 0
    """Longer text is cut to this many characters, where that does no harm."""
    clear: bool = False
    """`empty: clear`: an empty source empties the target."""
    on: str = "always"
    """`always`, `create` (written once, then theirs) or `check` (only compared after saving)."""
    missing: str = "wait"
    """A link or code that is missing: `wait`, `fail` or `default`."""
    default: Any = None
    reads_as: str = ""
    """The field under which the target shows it, where it differs from where it is written."""
    tolerance: Decimal | None = None
    """How far the target's own value may be off before the record stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """How a list of lines becomes a table, or a table a list of lines."""

    target: str
    place: str
    source: str
    """Writing: the business object's list, or `record`: one row, of the record itself. Reading: the
    table's name in the record."""
    key: str
    """Writing: the target's row key field. Reading: the field that identifies a row."""
    rules: tuple[Rule, ...]
    each: tuple[Each, ...] = ()
    """Nested lists."""
    when: Expression | None = None
    form: str = ""
    by: str = ""

    @property
    def rows(self) -> str:
        """Writing: the object's list; empty where the record itself is the only row."""
        return "" if self.source == RECORD else self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The rules of one direction, in the order of the file."""

    rules: tuple[Rule, ...] = ()
    each: tuple[Each, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """One mapping file: one form and one object, both directions."""

    file: str
    object: str
    form: str
    key: tuple[str, ...]
    number: str = ""
    reference: str = ""
    """The field that carries our own mark; empty: class C."""
    reference_unique: bool = False
    """The remote refuses a second record with the same mark: class A."""
    onto: str = ""
    """The object's field that holds the key of the record written onto; nothing is created."""
    onto_link: str = ""
    """The field holds the key of a record of this object in another system: what is written onto is
    its counterpart. Empty: the target's own key."""
    until: str = ""
    on_change: tuple[str, ...] = ("edit", "ask")
    accept: frozenset[str] = frozenset()
    usable: Expression | None = None
    open: Expression | None = None
    sums: tuple[str, ...] = ()
    options: MappingOf[str, Any] = field(default_factory=dict)
    options_at: str = ""
    """Where they stand, for messages."""
    read: Side | None = None
    write: Side | None = None
    version: str = ""
    """Hash of the file and of every value map it uses."""
    text: str = ""
    """The file as it was read."""
    tables: MappingOf[str, ValueMap] = field(default_factory=dict)
    """The value maps that it uses, by name."""
