"""Webhooks: who called, and what is read because of it."""

from __future__ import annotations

from connector import log
from connector.contract import Hint, WebhookCall
from connector.engine.system import Feed, System
from connector.errors import AdapterError

_log = log.get(__name__)


def hear(system: System, name: str, call: WebhookCall) -> tuple[Hint | None, list[Feed]]:
    """What a webhook of a connection tells, and the feeds in which something may have changed.

    None: there is no such connection, or it takes none. Raises AdapterError for one that is not
    genuine; that is logged, for it may be a secret that changed.
    """
    connection = system.connections.get(name)
    if connection is None:
        return None, []
    try:
        hint = connection.adapter.hint(call)
    except AdapterError as error:
        _log.warning("webhook_refused", connection=name, why=str(error))
        raise
    if hint is None:
        return None, []
    feeds = [feed for feed in system.feeds.values() if feed.connection is connection]
    return hint, [feed for feed in feeds if hint.forms is None or hint.forms & _forms(feed)]


def _forms(feed: Feed) -> set[str]:
    """What it reads, rows of their own forms too."""
    shape = feed.reader.shape
    return {shape.form, *(table.form for table in shape.tables.values())} - {""}
