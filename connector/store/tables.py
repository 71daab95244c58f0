"""The tables of the change-tracking store.

Times are seconds since the epoch (UTC) unless a name says otherwise; texts that hold JSON
say so. Every column states who writes it.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

STATES = ("in_sync", "pending", "sending", "in_doubt", "stopped")


def _key(name: str) -> Column[str]:
    return Column(name, String(200), primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _whole(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


def _time(name: str) -> Column[float]:
    return Column(name, Float(53), nullable=True)


facts = Table(
    "facts",
    metadata,
    _key("name"),
    _text("value"),  # which store this is, how often an engine started on it, when it was put back
)

connections = Table(
    "connections",
    metadata,
    _key("name"),
    _text("fingerprint"),  # adapter, address and tenant it spoke to when it was first used
    _time("paused_until"),  # by the engine after failures, by a person without end
    _text("paused_why"),  # words
    _whole("failures"),  # unreachable in a row
)

calls = Table(
    "calls",
    metadata,
    _key("connection"),
    _key("day"),  # in the connection's zone, as 2026-01-31
    _whole("sent"),  # requests, by all processes; added to every few seconds
    _whole("warned"),  # 1: the log said that most of the quota is used
)

feeds = Table(
    "feeds",
    metadata,
    _key("connection"),
    _key("object"),
    _text("cursor"),  # the adapter's, opaque; moves in the transaction of the page it belongs to
    _text("flows"),  # JSON list: flows whose scope has been marked, with the scope's mark
    _time("run_at"),  # last reading that ended
    _time("compared_at"),  # last time that everything was read, whatever its stamp
    _time("reread_at"),  # last reading of open documents
)

snapshots = Table(
    "snapshots",
    metadata,
    _key("connection"),
    _key("object"),
    _key("key"),
    _text("number"),
    _text("data"),  # the business object as JSON, as last captured without fault
    _text("hash"),  # of `data`
    _text("raw_hash"),  # of the remote's record: equal means nothing else is done
    _text("stamp"),  # the remote's own mark of modification
    _text("shape"),  # hash of the fields that were read
    _whole("usable"),  # 1: others may refer to it there
    _whole("open"),  # 1: may change without its stamp moving
    _whole("deleted"),  # 1: gone from its system
    _text("fault"),  # words: why the newest record cannot be read; beside the last good `data`
    _text("raw"),  # JSON, redacted: the record that cannot be read
    _text("mark"),  # our own reference on it, where a flow makes such records there
    _whole("version"),  # counts changes of `data`
    _time("captured_at"),
    _time("changed_at"),
    Index(None, "object", "number", "connection"),
)
Index(
    "ix_snapshots_open",
    snapshots.c.connection,
    snapshots.c.object,
    sqlite_where=snapshots.c.open == 1,
    postgresql_where=snapshots.c.open == 1,
)
FAULTY = snapshots.c.fault != literal_column("''")
Index(
    "ix_snapshots_faulty",
    snapshots.c.connection,
    snapshots.c.object,
    sqlite_where=FAULTY,
    postgresql_where=FAULTY,
)

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("connection", String(200), nullable=False),
    Column("object", String(200), nullable=False),
    Column("key", String(200), nullable=False),
    _time("at"),
    _text("kind"),  # new, changed, deleted, back
    _text("diff"),  # JSON {field: [before, after]}
    Index(None, "connection", "object", "key"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _key("flow"),
    _key("key"),
    Column("part", String(200), primary_key=True, server_default=""),
    _text("line"),  # the target record's queue, shared by flows that write onto one record
    Column("state", String(20), nullable=False),
    _text("reason"),
    _text("detail"),  # words: why it waits or stopped
    _time("due_at"),  # when to act next; empty: woken by an event
    _time("since"),  # when state or reason last changed
    _text("verb"),  # put, cancel or close
    _whole("priority"),
    _text("wanted"),  # hash of the document last claimed
    _text("delivered"),  # hash of the document the target holds
    _text("document"),  # JSON: the canonical document the target holds
    _text("sent"),  # JSON: the canonical document of the last claim, while it may yet show there
    _text("base"),  # JSON: our fields and all rows as the target showed them after our last write
    _text("waits_for"),  # `object|connection|key` of the record it waits for
    _whole("attempts"),  # counted ones since the last success
    _text("owner"),  # who claimed it
    _whole("epoch"),  # counts claims; every write compares it
    _time("deadline"),  # of the claim
    _text("reference"),
    _text("step"),  # how far the target's record is; `theirs`: as people there made it
    _text("mapping"),  # version of the write mapping last used
    _whole("dirty"),  # 1: changed while it was sending or in doubt
    _whole("forced"),  # 1: a person decided that ours stands over theirs, for the next write
    CheckConstraint("state in ('in_sync','pending','sending','in_doubt','stopped')", name="state"),
    CheckConstraint("state <> 'sending' or (owner <> '' and deadline is not null)", name="claim"),
    CheckConstraint("state <> 'in_doubt' or due_at is not null", name="settle"),
    # By version of the mapping they are counted off this index, which every claim writes anyway.
    Index(None, "flow", "state", "due_at", "mapping"),
    Index(None, "waits_for"),
    Index(None, "line"),
)
UNCLAIMED = deliveries.c.owner == literal_column("''")
Index(
    "ix_deliveries_due",  # in the order in which they are claimed
    deliveries.c.flow,
    deliveries.c.priority.desc(),
    deliveries.c.due_at,
    deliveries.c.key,
    sqlite_where=UNCLAIMED & deliveries.c.due_at.is_not(None),
    postgresql_where=UNCLAIMED & deliveries.c.due_at.is_not(None),
)

UNSETTLED = (deliveries.c.state != literal_column("'in_sync'")) | (
    deliveries.c.reason != literal_column("''")
)
"""What there is more to say of than that both sides agree."""
Index(
    "ix_deliveries_unsettled",
    *(deliveries.c[name] for name in ("flow", "state", "reason", "since")),
    sqlite_where=UNSETTLED,
    postgresql_where=UNSETTLED,
)
STOPPED = deliveries.c.state == literal_column("'stopped'")
Index(
    "ix_deliveries_stopped",  # as people look at them
    deliveries.c.since,
    deliveries.c.key,
    sqlite_where=STOPPED,
    postgresql_where=STOPPED,
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("flow", String(200), nullable=False),
    Column("key", String(200), nullable=False),
    Column("part", String(200), nullable=False, server_default=""),
    _time("at"),
    Column("seconds", Float(53), nullable=False, server_default="0"),
    _text("outcome"),  # created, updated, adopted, advanced, or the error's class
    _text("code"),  # the remote's own error code
    _text("words"),
    _text("wanted"),  # hash of the document it tried to deliver
    _text("mapping"),  # version of the mapping that made it
    _text("request"),  # JSON, redacted; kept where the outcome was not plain success
    _text("answer"),  # redacted, capped
    Index(None, "flow", "key"),
    Index(None, "at"),
)

links = Table(
    "links",
    metadata,
    _key("object"),
    _key("source"),  # connection
    _key("source_key"),
    _key("target"),  # connection
    Column("scope", String(200), primary_key=True, server_default=""),
    Column("part", String(200), primary_key=True, server_default=""),
    Column("target_key", String(200), nullable=False),
    _text("source_number"),
    _text("target_number"),
    _text("line_keys"),  # JSON {table: {source line: target row key}}
    Column("owns", Integer, nullable=False, server_default="1"),
    _text("origin"),  # created, adopted, paired or a person's name
    _time("at"),
    Index(None, "object", "target", "target_key"),
    Index("ix_links_number", "object", "target_number"),
)

mentions = Table(
    "mentions",
    metadata,
    _key("connection"),
    _key("object"),
    _key("key"),
    _key("subject"),  # what the record is about, such as `order:XSDD000001`
    Index(None, "subject", "connection"),
)

derivations = Table(
    "derivations",
    metadata,
    _key("object"),
    _key("key"),
    _whole("mark"),  # counts requests, so that one made while computing is not forgotten
)

rule_states = Table(
    "rule_states",
    metadata,
    _key("rule"),
    _key("connection"),
    _key("key"),
    _time("since"),  # since when its condition has held; empty: it does not
    _time("told_at"),  # when it was told last that it holds; empty: not yet
    _time("due_at"),  # when to look again though nothing changed; empty: no need to
    _text("was"),  # JSON: the fields of which the rule asks what they were
    Index(None, "due_at"),
)

occasions = Table(
    "occasions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rule", String(200), nullable=False),  # empty: not of a rule's making
    _text("connection"),
    _text("object"),
    _text("key"),
    _text("kind"),  # begin, repeat or over
    _time("at"),
    Column("channel", String(200), nullable=False, server_default=""),
    Column("address", String(200), nullable=False, server_default=""),
    _text("title"),
    _text("text"),
    _text("template"),
    _text("parameters"),  # JSON
    _whole("urgent"),  # 1: told at any hour
    _whole("outside"),  # 1: to somebody outside the company
    _whole("digest"),  # 1: told in the daily report
    _time("told_at"),
    _text("message"),  # number of the message that tells it, or why none does
    Index(None, "channel", "address", "told_at"),
    Index(None, "rule", "key"),
)
Index(
    "ix_occasions_untold",
    occasions.c.id,
    sqlite_where=occasions.c.told_at.is_(None),
    postgresql_where=occasions.c.told_at.is_(None),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("flow", String(200), nullable=False),
    Column("key", String(200), nullable=False),
    _text("number"),  # what people call the record
    _text("hash"),  # of the document that is reviewed, before what departments give
    _text("mapping"),  # version of the mapping that made it
    _text("document"),  # JSON: that document
    Column("state", String(20), nullable=False),  # new, open, or how it ended
    _time("at"),
    _time("ended_at"),
    _text("why"),  # words: how it ended, or what an open one waits for
    Index(None, "flow", "key"),
    Index(None, "state"),
    CheckConstraint(
        "state in ('new','open','approved','refused','withdrawn','released')", name="state"
    ),
)

answers = Table(
    "answers",
    metadata,
    Column("review", Integer, primary_key=True, autoincrement=False),
    _key("department"),
    Column("state", String(20), nullable=False),  # open, approved, refused, returned, withdrawn
    _text("evidence"),  # JSON: what the department was shown, as it was then
    _text("who"),  # who answered
    _text("delegate"),  # who answers in the department's place
    _text("comment"),
    _text("given"),  # JSON: values that it was asked for, by field
    _time("at"),  # when it was asked, the last time
    _time("answered_at"),
    _time("due_at"),  # when it is reminded next
    _whole("reminded"),  # how often
    _time("escalated_at"),  # when others heard that it waits
)

remarks = Table(
    "remarks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("flow", String(200), nullable=False),
    Column("key", String(200), nullable=False),
    Column("review", Integer, nullable=False),  # under which it was said
    _time("at"),
    _text("who"),
    Column("kind", String(20), nullable=False),  # said, or what was decided by it
    _text("department"),  # for which it was decided
    _text("text"),
    _text("asks"),  # JSON list: whom it is for; empty: all whom the review concerns
    Index(None, "flow", "key"),
)

corrections = Table(
    "corrections",
    metadata,
    _key("flow"),
    _key("key"),
    _key("field"),
    _text("value"),  # JSON: what a person said it should be
    _text("instead_of"),  # JSON: what the record said then; what it says later counts
    _text("who"),
    _time("at"),
)

mappings = Table(
    "mappings",
    metadata,
    _key("flow"),
    _key("side"),  # read or write
    _key("version"),  # as deliveries name it
    _text("file"),  # where it stood
    _text("text"),
    _text("tables"),  # JSON {value map: {ours: [theirs]}}: those that it used, as they were then
    _time("at"),  # when an engine took it up, the last time that another one had been before
)

board = Table(
    "board",
    metadata,
    _key("connection"),
    _key("key"),
    _text("number"),
    _text("customer"),  # key of the customer there, likewise below
    _text("salesperson"),
    _text("department"),
    _text("ordered_on"),  # days as 2026-01-31; empty: none
    _text("promised_on"),  # where nobody promised one, a day that comes last
    _text("expected_on"),
    _text("shipped_on"),
    _text("paid_on"),
    _text("amount"),  # with tax, exact
    _text("currency"),
    _text("stage"),
    _whole("ended"),  # 1: shipped, cancelled or gone
    _text("flow"),
    _text("state"),  # of the delivery
    _text("reason"),
    _text("target_number"),
    _time("changed_at"),
)
for _by in ((), ("customer",), ("salesperson",), ("department",)):
    Index(
        f"ix_board_{'_'.join(('open', *_by))}",  # those under way, the most urgent first
        *(board.c[name] for name in (*_by, "stage", "promised_on", "key")),
        sqlite_where=board.c.ended == 0,
        postgresql_where=board.c.ended == 0,
    )
Index("ix_board_number", board.c.number)
Index("ix_board_target", board.c.target_number)
Index(
    "ix_board_ended",  # the others, as they left
    board.c.shipped_on,
    board.c.key,
    sqlite_where=board.c.ended == 1,
    postgresql_where=board.c.ended == 1,
)

accounts = Table(
    "accounts",
    metadata,
    _key("login"),
    _text("password"),  # as argon2 keeps it
    _time("at"),  # when the password was set
    _whole("failed"),  # wrong passwords since the last right one
    _time("closed_until"),  # after many of those
    _text("language"),  # in which pages speak to them; empty: as the configuration says
)

tokens = Table(
    "tokens",
    metadata,
    _key("digest"),  # of the secret, which is kept nowhere
    Column("kind", String(20), nullable=False),  # invitation, session or program
    Column("login", String(200), nullable=False),  # for whom it stands
    _text("name"),  # what it is for: the browser, the program
    _text("role"),  # the most that it lets one do; empty: what the login may
    _time("at"),
    _time("seen_at"),
    _time("until"),
    Index(None, "login"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _text("what"),  # feed or flow
    _time("at"),
    Column("seconds", Float(53), nullable=False, server_default="0"),
    _text("counts"),  # JSON
    _text("error"),  # words
    Index(None, "what", "id"),
)

leases = Table(
    "leases",
    metadata,
    _key("name"),
    _text("owner"),
    _whole("epoch"),
    _time("until"),
)

commands = Table(
    "commands",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _text("name"),
    _text("arguments"),  # JSON
    _text("state"),  # waiting, done
    _text("result"),  # JSON
    _time("at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _time("at"),
    _text("who"),
    _text("what"),
    _text("about"),  # JSON
    _text("digest"),  # hash of `about` as it was: what is forgotten of it leaves the chain whole
    _text("chain"),  # hash of this line and of the one before
)
