"""The adapter contract: everything an adapter is asked for, and what it may answer.

Terms: a *form* is what the remote calls a kind of record; a *record* is one of them, as
fields by name; its *key* is its id there, its *number* what people call it; the *reference*
is our own mark in it. A *shape* says which fields of a form are wanted. Everything an
adapter raises is a class of `connector.errors`; anything else is a bug in it.

An adapter is built without I/O and may be called from several threads at once. It never
retries a write and never decides what should be written: that is the engine's.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from connector.clock import Clock
from connector.closed import Hours, opening
from connector.errors import AdapterError, Words
from connector.messages import say
from connector.quota import Quota

Value = str | int | bool | Decimal | date | datetime | None
"""A field's value in a document. Decimals are exact; dates carry no time."""

Fields = Mapping[str, Value]


def is_empty(value: Any) -> bool:
    """None or empty text; zero and false are values."""
    # By type, because a Decimal takes long to find out that it is no text.
    return value is None or (type(value) is str and not value)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that belong to a record: an entry of the same form, or another form's records."""

    key: str
    """Field that identifies a row."""
    fields: tuple[str, ...]
    form: str = ""
    """The rows' own form; empty: they are part of the record."""
    by: str = ""
    """With `form`: the rows' field that holds the record's key."""
    kinds: Mapping[str, str] = field(default_factory=dict, hash=False)
    """As in `Shape`."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Which form, and which of its fields, are wanted."""

    form: str
    key: tuple[str, ...]
    """Fields that together identify a record; usually one."""
    fields: tuple[str, ...]
    number: str = ""
    tables: Mapping[str, Table] = field(default_factory=dict)
    sums: tuple[str, ...] = ()
    """Fields that add up where rows share a key (stock by bin location), once each, whatever
    `tables` are asked for."""
    kinds: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What fields are taken for, where that is known: `text`, `number`, `date`, `instant`, `bool`,
    or `any`, as it is. For systems whose values carry no dependable type."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as the remote shows it."""

    key: str
    fields: dict[str, Any]
    """By the names asked for; tables as lists of dicts, each row with its key field."""
    number: str = ""
    stamp: str = ""
    """Whatever changes when somebody modifies the record; empty where there is no such thing."""
    again: bool = False
    """Read before the cursor's own window began (lookback): most likely seen already."""
    fault: Words = ""
    """Why it cannot be read as it was meant: it waits for a person, and its `fields` are only as
    much as could be read."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some records. `cursor` is where reading may resume after them; None: not yet."""

    records: Sequence[Record]
    cursor: str | None = None
    gone: Sequence[str] = ()
    """Keys of records of which the remote says that they were deleted; they are looked for by
    `fetch` before that is believed."""


@dataclass(frozen=True, slots=True)
class RowWrite:
    """One row of a table to be added or changed."""

    line: str
    """The source's key of the line; `Written.line_keys` is by it."""
    key: str
    """The target's key of the row; empty: a new row."""
    fields: Fields
    tables: Mapping[str, Sequence[RowWrite]] = field(default_factory=dict)
    """Rows inside this row; they replace whatever stood there."""


@dataclass(frozen=True, slots=True)
class TableWrite:
    """What happens to a table. Rows that are not named stay as they are."""

    rows: Sequence[RowWrite] = ()
    drop: Sequence[str] = ()
    """Keys of rows to be deleted, or closed where something already hangs on them."""


@dataclass(frozen=True, slots=True)
class Write:
    """One record to be created, changed or brought further along its steps."""

    form: str
    key: str
    """The target's key; empty: create. With a key and nothing to change, only steps are done."""
    fields: Fields
    """In the order in which they must go out. For an update only what changed."""
    tables: Mapping[str, TableWrite] = field(default_factory=dict)
    reference: tuple[str, str] | None = None
    """`(field, value)`: our mark, written on create."""
    number: str = ""
    """The field that holds the number people use; read back into `Written.number`."""
    until: str = ""
    """The last step to take (`saved`, `submitted`, `audited`); empty: the form has no steps."""
    verb: Literal["put", "cancel", "close"] = "put"
    on_change: tuple[str, ...] = ("edit", "ask")
    """How a record that is beyond plain editing may be changed, tried in this order: by the
    target's own change document (`change_bill`), by taking a step back for it (`unaudit`)."""
    accept: frozenset[str] = frozenset()
    """Prompts of the remote that may be answered yes."""
    expect: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """`{field: (value, tolerance)}` to be checked after saving, before any further step; a
    row's field is `table/line/field`."""
    show: Shape | None = None
    """Which fields `Written.shown` should hold."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The mapping's `options`, known to this adapter alone."""
    step: str = ""
    """The last step we know the record took; empty: none, or unknown."""


@dataclass(frozen=True, slots=True)
class Written:
    """The remote's own word that a record is written."""

    key: str
    number: str = ""
    line_keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """`{table: {source line: target row key}}` for rows this write added."""
    step: str = ""
    """The step the record has reached."""
    awaits: str = ""
    """Whom or what in the target it waits for before it can reach `until`; empty: nobody."""
    shown: Record | None = None
    """The record as the remote shows it now; None: it did not say."""


Reads = Literal["changes", "full", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCapabilities:
    """What can be done with one form. Data, never behaviour."""

    reads: Reads = "changes"
    """`changes`: by cursor; absence means nothing until `fetch` confirms it. `full`: everything
    each time, what is absent is gone."""
    operations: frozenset[str] = frozenset({"create", "update"})
    """Of `create`, `update`, `cancel`, `close`."""
    search: bool = True
    """`find` by the reference field works."""
    batch: int = 1
    """Records `write_many` takes at once."""
    steps: tuple[str, ...] = ()
    """The steps a record goes through, in order."""
    status: str = "full"
    """How well it is supported: `full`, `limited` or `unsupported`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a system can do."""

    forms: Mapping[str, FormCapabilities] = field(default_factory=dict)
    other: FormCapabilities = field(default_factory=FormCapabilities)
    """For forms that are not listed."""
    longest_write: float = 120.0
    """Seconds one write with all its steps may take at most."""
    visibility_delay: float = 0.0
    """Seconds until a write is found by `find`."""

    def of(self, form: str) -> FormCapabilities:
        return self.forms.get(form, self.other)


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form, as `describe` tells it."""

    name: str
    label: str = ""
    type: str = ""
    required: bool = False
    table: str = ""
    """The table it belongs to; empty: the head."""
    unique: bool | None = None
    """Whether the remote refuses a second record with the same value; None: it does not tell."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in the remote system and which company it is, as `check` found it."""

    tenant: str
    """What never changes while it is the same account set; part of the fingerprint."""
    user: str = ""
    organisations: tuple[str, ...] = ()
    """The organisations that we see there; empty: the system has none, or does not tell."""
    version: str = ""
    sessions: int | None = None
    """Sessions, or tokens, that we hold there now; None: not known."""
    calls: tuple[int, int] | None = None
    """Calls of a day that were used, whoever made them, and those allowed, by the system's own
    word; None: it does not tell."""


class Answer(Protocol):
    """A classified HTTP answer."""

    status: int
    headers: Mapping[str, str]

    def json(self) -> Any:
        """The body as JSON, numbers exact."""

    def text(self) -> str:
        """The body as text, UTF-8 or GB18030."""


class Http(Protocol):
    """The one way to speak HTTP (see `connector.http`): timeouts, limits, redaction."""

    calls: int
    """Requests sent so far, repetitions and log-ins included; a quota is counted by it."""

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        writes: bool = False,
        data: bytes | None = None,
        own: Collection[int] = (),
        at: str = "",
    ) -> Answer:
        """One request to the connection's own host, or to the one at the address `at`: a system
        may give out its tokens elsewhere. `AccessDenied` where that would not be encrypted.

        `writes` says that the remote may change something: then a lost answer is
        `OutcomeUnknown`, never retried here. Reads are retried for a few seconds. `own` are
        statuses of failure under which the remote itself says what became of the request, such as
        a refusal under 500: they come back like any other answer.
        """

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Everything that is sent inside ends in so many seconds.

        A request that could take longer than what is left of them is not sent any more:
        `Unreachable`. So a write with many steps keeps to `Capabilities.longest_write`.
        """

    def now(self) -> datetime:
        """The remote's own time, as its last answer said; cursors are made of it."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(say("need_zone")) from None
    return name


def parse_rate(text: str) -> tuple[float, float]:
    """`100/20s` → (100, 20). Raises ValueError for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)/(\d*(?:\.\d+)?)([smh])", text)
    if match is None:
        raise ValueError(say("need_rate"))
    count, period, unit = match.groups()
    seconds = float(period or 1) * {"s": 1.0, "m": 60.0, "h": 3600.0}[unit]
    if not float(count) or not seconds:
        raise ValueError(say("need_rate"))
    return float(count), seconds


def _known_rate(text: str) -> str:
    if text:
        parse_rate(text)
    return text


Rate = Annotated[str, AfterValidator(_known_rate)]
"""Calls allowed, as settings declare it."""


Zone = Annotated[str, AfterValidator(_known_zone)]
"""The name of a time zone, as settings declare it."""


def _known_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(say("need_pattern", detail=str(error))) from None
    return text


Pattern = Annotated[str, AfterValidator(_known_pattern)]
"""A regular expression, as settings declare it."""


class Settings(BaseModel):
    """What every connection can be told. Adapters add their own fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asked: ClassVar[tuple[str, ...]] = ("base_url",)
    """Fields that `connector init` writes besides the required ones: what most sites must set."""
    usual: ClassVar[Mapping[str, str]] = {}
    """Fields that it writes with what the vendor is known to allow, to be confirmed by the site."""

    adapter: str
    """Name of the adapter."""
    base_url: str = ""
    """Address of the system."""
    timezone: Zone = "Asia/Shanghai"
    """Zone in which the system means its dates."""
    timeout: float = Field(default=60.0, gt=0)
    """Seconds one request may take in all."""
    connect_timeout: float = Field(default=10.0, gt=0)
    """Seconds to open a connection."""
    settle: float | None = Field(default=None, gt=0)
    """Seconds a record in doubt is left alone; default: longest request and visibility delay, and
    then some."""
    rate: Rate = ""
    """Calls allowed, such as `5/s`, `100/20s` or `60/m`; empty: no limit of ours."""
    quota: Quota | None = None
    """Calls allowed a day, and the share kept for vital flows; none: no limit of ours."""
    closed: Annotated[
        tuple[Annotated[Hours, BeforeValidator(Hours.parse)], ...], AfterValidator(opening)
    ] = ()
    """When nothing is written there: `22:00-06:30`, `last day 18:00 - first day 12:00`."""
    parallel: int = Field(default=1, ge=1, le=32)
    """Calls under way at once."""
    lookback: float = Field(default=600.0, ge=0)
    """Seconds that each reading starts again before the last one ended."""
    lag: float = Field(default=0.0, ge=0)
    """Seconds behind now that a reading ends. `lookback` alone finds late commits; a lag spares
    reading a record that somebody is still typing."""
    reread: float = Field(default=600.0, gt=0)
    """Seconds after which documents that are still open are read whole again."""
    page: int = Field(default=0, ge=0)
    """Records a page; 0: the adapter's own."""
    allow_insecure_http: tuple[str, ...] = ()
    """Hosts that may be spoken to without TLS."""
    ca_file: str = ""
    """Certificate authority file, where the system's own is not publicly trusted."""
    legacy_tls: bool = False
    """Allow the old handshakes of servers that cannot be updated."""
    proxy: str = ""
    """Proxy for this connection; the environment's are not used."""
    max_answer_mb: int = Field(default=20, gt=0)
    """Answers larger than this are refused."""

    @property
    def unencrypted(self) -> bool:
        """The system is spoken to in plain text; `connector check` warns."""
        return self.base_url.startswith("http://")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for redaction."""
        values = [getattr(self, name) for name in type(self).model_fields]
        inner = (v for value in values if isinstance(value, dict) for v in value.values())
        found = (v for v in (*values, *inner) if isinstance(v, SecretStr))
        return tuple(secret.get_secret_value() for secret in found)


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """A call that a remote system made to us."""

    method: str
    path: str
    """Where it arrived, with its query."""
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Hint:
    """What such a call is good for: to read now. What it says of records is not believed."""

    forms: frozenset[str] | None = None
    """Forms in which something may have changed, those of rows too; None: in any."""
    answer: str = "{}"
    """What the remote waits to hear."""


ABOUT_HTTP = frozenset({
    "base_url", "rate", "quota", "allow_insecure_http", "ca_file", "legacy_tls", "proxy",
})  # fmt: skip
"""Settings that mean nothing to an adapter that does not speak HTTP, unless its own declare them
anew and say what they mean there."""


class Adapter(ABC):
    """Speaks to one kind of system. Five methods; the others have a correct, slow default."""

    settings_type: ClassVar[type[Settings]] = Settings
    speaks_http: ClassVar[bool] = True
    """False: it reaches its system by itself, its `http` sends and counts nothing, and settings
    that are about HTTP alone are refused; those of them that mean something to it, such as
    `ca_file`, its own settings declare anew."""
    approves: ClassVar[bool] = False
    """People approve things there: reviews can be asked for by it."""
    tells: ClassVar[bool] = False
    """It carries messages to people: each of its connections has a flow of them by itself."""
    coded: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """Settings, and `options` of mappings, that hold codes; form and field that accept them."""
    capabilities: Capabilities

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        """Keep what is needed; do no I/O."""
        self.settings = settings
        self.http = http
        self.clock = clock

    @abstractmethod
    def check(self) -> Identity:
        """The cheapest authenticated call: who we are there, and where "there" is."""

    @abstractmethod
    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records changed since the cursor `after` (None: from the beginning), oldest first.

        May repeat, must never miss. For a form that `reads: full`, everything, ending only
        when everything was seen.
        """

    @abstractmethod
    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now; keys that are not there are left out."""

    @abstractmethod
    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records, in whatever state, whose `field` equals one of `values`.

        `Record.fields[field]` is always filled: the caller checks it again.
        """

    @abstractmethod
    def write(self, write: Write) -> Written:
        """Create or change one record and take it to `until`. Returns only on the remote's word.

        A record with several steps: its real state is read first, what is done is not done
        again. `HalfDone` carries what was reached when a later step fails. A record that is void
        is not done, however far it came: Conflict.
        """

    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        """One outcome per write, in order."""
        for write in writes:
            try:
                yield self.write(write)
            except AdapterError as error:
                yield error

    def describe(self, form: str) -> Sequence[FormField]:
        """The form's fields; empty where the system does not tell."""
        return ()

    def codes(
        self, form: str, field: str, wanted: Collection[str] | None = None
    ) -> Mapping[str, str] | None:
        """The codes that a field accepts now, with their names; of `wanted`, those among them.

        `field` is as a mapping writes it, a row's `table/field`. None where the system does not
        tell, or the field takes anything.
        """
        return None

    def hint(self, call: WebhookCall) -> Hint | None:
        """What a webhook of the remote tells; None: this connection takes none.

        Calls no remote; what the call brings for later, such as a ticket, may be kept. Raises
        AccessDenied for a call that is not proven to be the remote's, or old.
        """
        return None

    def close(self) -> None:  # noqa: B027 - most adapters hold nothing
        """Give up sessions and sockets. May be called more than once."""


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """`items` in slices of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def by_key(records: Iterable[Record]) -> dict[str, Record]:
    """Records by their key."""
    return {record.key: record for record in records}
