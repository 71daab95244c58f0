"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("password", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_until", sa.Float(precision=53), nullable=True),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_accounts")),
    )
    op.create_table(
        "answers",
        sa.Column("review", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("delegate", sa.Text(), server_default="", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("given", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("answered_at", sa.Float(precision=53), nullable=True),
        sa.Column("due_at", sa.Float(precision=53), nullable=True),
        sa.Column("reminded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("escalated_at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("review", "department", name=op.f("pk_answers")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("flow", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("seconds", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("wanted", sa.Text(), server_default="", nullable=False),
        sa.Column("mapping", sa.Text(), server_default="", nullable=False),
        sa.Column("request", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_attempts_flow_key"), ["flow", "key"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("chain", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "board",
        sa.Column("connection", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("customer", sa.Text(), server_default="", nullable=False),
        sa.Column("salesperson", sa.Text(), server_default="", nullable=False),
        sa.Column("department", sa.Text(), server_default="", nullable=False),
        sa.Column("ordered_on", sa.Text(), server_default="", nullable=False),
        sa.Column("promised_on", sa.Text(), server_default="", nullable=False),
        sa.Column("expected_on", sa.Text(), server_default="", nullable=False),
        sa.Column("shipped_on", sa.Text(), server_default="", nullable=False),
        sa.Column("paid_on", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("stage", sa.Text(), server_default="", nullable=False),
        sa.Column("ended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("flow", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("target_number", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("connection", "key", name=op.f("pk_board")),
    )
    with op.batch_alter_table("board", schema=None) as batch_op:
        batch_op.create_index(
            "ix_board_ended",
            ["shipped_on", "key"],
            unique=False,
            sqlite_where=sa.text("ended = 1"),
            postgresql_where=sa.text("ended = 1"),
        )
        batch_op.create_index("ix_board_number", ["number"], unique=False)
        batch_op.create_index(
            "ix_board_open",
            ["stage", "promised_on", "key"],
            unique=False,
            sqlite_where=sa.text("ended = 0"),
            postgresql_where=sa.text("ended = 0"),
        )
        batch_op.create_index(
            "ix_board_open_customer",
            ["customer", "stage", "promised_on", "key"],
            unique=False,
            sqlite_where=sa.text("ended = 0"),
            postgresql_where=sa.text("ended = 0"),
        )
        batch_op.create_index(
            "ix_board_open_department",
            ["department", "stage", "promised_on", "key"],
            unique=False,
            sqlite_where=sa.text("ended = 0"),
            postgresql_where=sa.text("ended = 0"),
        )
        batch_op.create_index(
            "ix_board_open_salesperson",
            ["salesperson", "stage", "promised_on", "key"],
            unique=False,
            sqlite_where=sa.text("ended = 0"),
            postgresql_where=sa.text("ended = 0"),
        )
        batch_op.create_index("ix_board_target", ["target_number"], unique=False)
    op.create_table(
        "calls",
        sa.Column("connection", sa.String(length=200), nullable=False),
        sa.Column("day", sa.String(length=200), nullable=False),
        sa.Column("sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warned", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("connection", "day", name=op.f("pk_calls")),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("connection", sa.String(length=200), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("diff", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_changes_connection_object_key"),
            ["connection", "object", "key"],
            unique=False,
        )
    op.create_table(
        "commands",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("arguments", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commands")),
    )
    op.create_table(
        "connections",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default="", nullable=False),
        sa.Column("paused_until", sa.Float(precision=53), nullable=True),
        sa.Column("paused_why", sa.Text(), server_default="", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_connections")),
    )
    op.create_table(
        "corrections",
        sa.Column("flow", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("instead_of", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("flow", "key", "field", name=op.f("pk_corrections")),
    )
    op.create_table(
        "deliveries",
        sa.Column("flow", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=200), server_default="", nullable=False),
        sa.Column("line", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.Float(precision=53), nullable=True),
        sa.Column("since", sa.Float(precision=53), nullable=True),
        sa.Column("verb", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wanted", sa.Text(), server_default="", nullable=False),
        sa.Column("delivered", sa.Text(), server_default="", nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("sent", sa.Text(), server_default="", nullable=False),
        sa.Column("base", sa.Text(), server_default="", nullable=False),
        sa.Column("waits_for", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deadline", sa.Float(precision=53), nullable=True),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("mapping", sa.Text(), server_default="", nullable=False),
        sa.Column("dirty", sa.Integer(), server_default="0", nullable=False),
        sa.Column("forced", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state <> 'in_doubt' or due_at is not null", name=op.f("ck_deliveries_settle")
        ),
        sa.CheckConstraint(
            "state <> 'sending' or (owner <> '' and deadline is not null)",
            name=op.f("ck_deliveries_claim"),
        ),
        sa.CheckConstraint(
            "state in ('in_sync','pending','sending','in_doubt','stopped')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.PrimaryKeyConstraint("flow", "key", "part", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_due",
            ["flow", sa.literal_column("priority DESC"), "due_at", "key"],
            unique=False,
            sqlite_where=sa.text("owner = '' AND due_at IS NOT NULL"),
            postgresql_where=sa.text("owner = '' AND due_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_deliveries_flow_state_due_at_mapping"),
            ["flow", "state", "due_at", "mapping"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_deliveries_line"), ["line"], unique=False)
        batch_op.create_index(
            "ix_deliveries_stopped",
            ["since", "key"],
            unique=False,
            sqlite_where=sa.text("state = 'stopped'"),
            postgresql_where=sa.text("state = 'stopped'"),
        )
        batch_op.create_index(
            "ix_deliveries_unsettled",
            ["flow", "state", "reason", "since"],
            unique=False,
            sqlite_where=sa.text("state != 'in_sync' OR reason != ''"),
            postgresql_where=sa.text("state != 'in_sync' OR reason != ''"),
        )
        batch_op.create_index(batch_op.f("ix_deliveries_waits_for"), ["waits_for"], unique=False)
    op.create_table(
        "derivations",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("mark", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("object", "key", name=op.f("pk_derivations")),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "feeds",
        sa.Column("connection", sa.String(length=200), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.Column("flows", sa.Text(), server_default="", nullable=False),
        sa.Column("run_at", sa.Float(precision=53), nullable=True),
        sa.Column("compared_at", sa.Float(precision=53), nullable=True),
        sa.Column("reread_at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("connection", "object", name=op.f("pk_feeds")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("until", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "links",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=200), server_default="", nullable=False),
        sa.Column("part", sa.String(length=200), server_default="", nullable=False),
        sa.Column("target_key", sa.String(length=200), nullable=False),
        sa.Column("source_number", sa.Text(), server_default="", nullable=False),
        sa.Column("target_number", sa.Text(), server_default="", nullable=False),
        sa.Column("line_keys", sa.Text(), server_default="", nullable=False),
        sa.Column("owns", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint(
            "object", "source", "source_key", "target", "scope", "part", name=op.f("pk_links")
        ),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index("ix_links_number", ["object", "target_number"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_links_object_target_target_key"),
            ["object", "target", "target_key"],
            unique=False,
        )
    op.create_table(
        "mappings",
        sa.Column("flow", sa.String(length=200), nullable=False),
        sa.Column("side", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("file", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("tables", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("flow", "side", "version", name=op.f("pk_mappings")),
    )
    op.create_table(
        "mentions",
        sa.Column("connection", sa.String(length=200), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("connection", "object", "key", "subject", name=op.f("pk_mentions")),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mentions_subject_connection"), ["subject", "connection"], unique=False
        )
    op.create_table(
        "occasions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("connection", sa.Text(), server_default="", nullable=False),
        sa.Column("object", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("channel", sa.String(length=200), server_default="", nullable=False),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("template", sa.Text(), server_default="", nullable=False),
        sa.Column("parameters", sa.Text(), server_default="", nullable=False),
        sa.Column("urgent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outside", sa.Integer(), server_default="0", nullable=False),
        sa.Column("digest", sa.Integer(), server_default="0", nullable=False),
        sa.Column("told_at", sa.Float(precision=53), nullable=True),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasions")),
    )
    with op.batch_alter_table("occasions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_occasions_channel_address_told_at"),
            ["channel", "address", "told_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_occasions_rule_key"), ["rule", "key"], unique=False)
        batch_op.create_index(
            "ix_occasions_untold",
            ["id"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
    op.create_table(
        "remarks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("flow", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("review", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("department", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("asks", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    with op.batch_alter_table("remarks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remarks_flow_key"), ["flow", "key"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("flow", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("hash", sa.Text(), server_default="", nullable=False),
        sa.Column("mapping", sa.Text(), server_default="", nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("ended_at", sa.Float(precision=53), nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state in ('new','open','approved','refused','withdrawn','released')",
            name=op.f("ck_reviews_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_flow_key"), ["flow", "key"], unique=False)
        batch_op.create_index(batch_op.f("ix_reviews_state"), ["state"], unique=False)
    op.create_table(
        "rule_states",
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("connection", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Float(precision=53), nullable=True),
        sa.Column("told_at", sa.Float(precision=53), nullable=True),
        sa.Column("due_at", sa.Float(precision=53), nullable=True),
        sa.Column("was", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("rule", "connection", "key", name=op.f("pk_rule_states")),
    )
    with op.batch_alter_table("rule_states", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_states_due_at"), ["due_at"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("seconds", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("counts", sa.Text(), server_default="", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_runs_what_id"), ["what", "id"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("connection", sa.String(length=200), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.Text(), server_default="", nullable=False),
        sa.Column("hash", sa.Text(), server_default="", nullable=False),
        sa.Column("raw_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("stamp", sa.Text(), server_default="", nullable=False),
        sa.Column("shape", sa.Text(), server_default="", nullable=False),
        sa.Column("usable", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deleted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fault", sa.Text(), server_default="", nullable=False),
        sa.Column("raw", sa.Text(), server_default="", nullable=False),
        sa.Column("mark", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("captured_at", sa.Float(precision=53), nullable=True),
        sa.Column("changed_at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("connection", "object", "key", name=op.f("pk_snapshots")),
    )
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        batch_op.create_index(
            "ix_snapshots_faulty",
            ["connection", "object"],
            unique=False,
            sqlite_where=sa.text("fault != ''"),
            postgresql_where=sa.text("fault != ''"),
        )
        batch_op.create_index(
            batch_op.f("ix_snapshots_object_number_connection"),
            ["object", "number", "connection"],
            unique=False,
        )
        batch_op.create_index(
            "ix_snapshots_open",
            ["connection", "object"],
            unique=False,
            sqlite_where=sa.text("open = 1"),
            postgresql_where=sa.text("open = 1"),
        )
    op.create_table(
        "tokens",
        sa.Column("digest", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=True),
        sa.Column("seen_at", sa.Float(precision=53), nullable=True),
        sa.Column("until", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tokens")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_login"), ["login"], unique=False)
