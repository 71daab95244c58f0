"""What a connection to a database is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from adapters.sql.address import SECRET, parse
from connector.contract import Pattern, Settings, Zone
from connector.messages import say

Constant = str | int | bool
"""What a column is set to, or holds."""


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str | int) else value


Code = Annotated[str, BeforeValidator(_as_text)]
"""A name or a code, which may be a number."""
Codes = Annotated[tuple[Code, ...], BeforeValidator(_several)]
"""One of them, or a list."""


def _usable_url(text: str) -> str:
    parse(text)
    return text


def _without_secrets(arguments: dict[str, Any]) -> dict[str, Any]:
    if any(map(SECRET.search, arguments)):
        raise ValueError(say("sql_secret_in_url"))
    return arguments


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Importer(_Model):
    """The program of the ERP that takes records out of an interface table, and how its word stands
    in the record itself."""

    state: str
    """Column that says how far it is."""
    ready: Code
    """Written by us: the record may be taken."""
    busy: Codes = ()
    """It is at it: nothing changes meanwhile."""
    done: Codes
    """It has taken the record."""
    failed: Codes = ()
    """It refuses the record."""
    error: str = ""
    """Column with its words for that."""
    again: bool = True
    """A record that it took is handed over again after a change; false: people change it there."""


class FormSettings(_Model):
    """One table or view."""

    stamp: Codes = ()
    """Columns that tell when a record was changed; a record whose latest is in question comes
    again. Empty: the form is read whole each time."""
    kind: Literal["datetime", "epoch", "epoch_ms", "version"] = "datetime"
    """What they hold: a date and time, seconds or milliseconds since 1970, or a number that only
    grows (rowversion)."""
    timezone: Zone | None = None
    """Zone of dates and times that have none of their own; none: the connection's."""
    by: str = ""
    """Of a table of rows: column with the key of the record that a row belongs to. Empty: as its
    foreign key says."""
    write: bool = False
    """Our side may write here."""
    cancel: dict[str, Constant] = {}
    """What cancelling sets, by column; of a table of rows: what dropping a row sets, which is
    deleted otherwise."""
    close: dict[str, Constant] = {}
    """What closing sets, by column."""
    importer: Importer | None = None
    """Who takes records out of it; none: what stands there has arrived."""

    @property
    def columns(self) -> tuple[str, ...]:
        """What must be there whatever is read or written."""
        importer = self.importer
        return (*self.stamp, *((importer.state, importer.error) if importer else ()))

    @model_validator(mode="after")
    def _writes_only_where_it_may(self) -> Self:
        if not self.write and (self.cancel or self.close or self.importer):
            raise ValueError(say("sql_needs_write"))
        if self.kind == "version" and len(self.stamp) > 1:
            raise ValueError(say("sql_one_version"))
        return self


EXAMPLE = """
      employee: {stamp: changed_at}
      customer: {stamp: changed_at, write: true, cancel: {active: false}}
      material: {stamp: changed_at, write: true}
      stock: {write: true}
      sales_order: {stamp: changed_at, write: true, cancel: {status: cancelled}, \
importer: {state: import_state, ready: ready, busy: busy, done: done, failed: failed, \
error: import_error}}
      sales_order_line: {stamp: changed_at, by: order_id, write: true}
      shipment: {stamp: changed_at}
      shipment_line: {stamp: changed_at, by: shipment_id}
      production_order: {stamp: changed_at}"""
"""The tables of `example.sql`."""


class SqlSettings(Settings):
    """One database. Nothing is written but into tables that `forms` lets us write."""

    asked: ClassVar[tuple[str, ...]] = ("user", "password")
    usual: ClassVar[Mapping[str, str]] = {"forms": EXAMPLE}

    url: Annotated[str, AfterValidator(_usable_url)] = Field(
        examples=["postgresql://change-me.invalid/erp"]
    )
    """Kind and address: `postgresql://host/db`, `mssql://host:1433/db?charset=cp936`,
    `mysql://host/db?charset=gbk`, `oracle://host:1521/?service_name=erp`, `sqlite:////path`."""
    user: str = ""
    """Who logs in; with no more rights than it needs."""
    password: SecretStr = SecretStr("")
    """Their password."""
    forms: dict[str, FormSettings] = {}
    """Tables and views, `table` or `schema.table`; others are read whole and never written."""
    isolation: Literal["", "READ COMMITTED", "READ UNCOMMITTED", "REPEATABLE READ", "SNAPSHOT"] = ""
    """How changes are read; empty: as one moment where that locks nobody, else what is committed.
    What decides about a write is never read dirty."""
    driver: Annotated[dict[str, Any], AfterValidator(_without_secrets)] = {}
    """Arguments for the driver that a URL cannot carry."""
    denied: Pattern = (
        "authentic|password|pg_hba|permi(tted|ssion)|does not exist|认证|口令|密码|权限|不存在"
    )
    """By these words a refused log-in is one that a person must mend, where the driver tells no
    code (PostgreSQL's does not); a pattern."""
    page: int = Field(default=500, ge=1, le=1000)
    """Records a page."""

    @model_validator(mode="after")
    def _isolates(self) -> Self:
        known = parse(self.url).get_dialect()().get_isolation_level_values(None)  # type: ignore[arg-type]
        if self.isolation and self.isolation not in known:
            raise ValueError(say("sql_isolation", value=self.isolation, known=", ".join(known)))
        return self
