"""A change of schema as a later release may bring it: a table copied, a table made, rows rewritten.

`upgrades` copies this file beside the product's own migrations, so that an upgrade can be killed
at each of its statements before there is a second release.
"""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = None
"""Put in by `upgrades`: the newest revision that there is."""
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deliveries", recreate="auto") as table:
        table.alter_column("line", type_=sa.String(length=400))
        table.add_column(sa.Column("remark", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "next_notes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_next_notes")),
    )
    op.create_index("ix_deliveries_remark", "deliveries", ["remark"])
    op.execute(sa.text("update deliveries set remark = reason"))
    op.execute(sa.text("update snapshots set number = number || ''"))
