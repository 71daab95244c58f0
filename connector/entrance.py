"""Who may do what: one table, and one door before the façade that asks it.

Whoever has one of the roles may do what stands under it and under those before it. Approvers need
no more than `viewer`: for which department they answer the reviews say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.app import App
from connector.errors import ConnectorError
from connector.messages import say
from connector.rights import ROLES, hidden, least, role
from connector.store import journal

TABLE: Mapping[str, frozenset[str]] = {
    "viewer": frozenset({
        # What there is to look at.
        "system", "config", "files", "unfilled", "folders", "flow", "daemon_runs", "on_hand_over",
        "close", "hides", "check", "plan", "rehearse", "status", "template", "failures",
        "failure", "trace", "asking", "plan_resync", "missing", "rules", "rules_at_hand",
        "try_rule", "links", "match", "fill", "reviewed", "reviews", "review", "review_times",
        "audit", "board", "order_line", "fields", "standing", "computed", "report", "mappings",
        "mapping", "mapped", "mapping_versions", "mapping_version", "mapping_diff",
        # Whom a review asks, it says itself; and who else has to do with a record: its salesperson,
        # whoever is asked something, and whoever runs things.
        "answer_review", "delegate_review", "say_review", "speaks",
    }),
    "operator": frozenset({
        "sync", "resync", "retry", "discard", "reconcile", "bring_back", "release", "observe",
        "watch_forms", "pair", "decide", "set_link", "remove_link", "create_anew", "baseline",
        "stop_messages", "correct", "change_flow",
        # It writes nothing; but a text of one's own asks of a record what nobody foresaw.
        "try_mapping",
    }),
    "admin": frozenset({
        "store_was_restored", "trust_store", "make_views", "change_connection", "release_review",
        "accept_review", "verify_audit", "forget", "users", "invite", "make_token",
        "end_sessions", "remove_user",
    }),
}  # fmt: skip
"""What each role may do besides what those before it may."""
SIGHTS: Mapping[str, str] = {"report": "reports"}
"""What shows only what not everybody may see, and of which kind that is; see `rights.SEE`."""
INSIDE = frozenset({
    "engine", "carry_out_commands", "hear", "releases_until", "release_ahead", "follow_rules",
    "mind_reviews", "review_page", "of", "accounts",
})  # fmt: skip
"""What the daemon alone does: nobody comes in by it."""


class NotEntitled(ConnectorError):
    """Somebody may not do this; it was noted that they tried."""


def allows(role: str, operation: str) -> bool:
    """Whether a role may do something."""
    if role not in ROLES:
        return False
    return any(operation in TABLE[one] for one in ROLES[: ROLES.index(role) + 1])


class Entrance:
    """The façade as one person may use it."""

    def __init__(self, app: App, login: str, most: str = "") -> None:
        """`most`: the role that they have here at most; empty: their own."""
        self._hides = hidden(app.config, login)
        self._app = app.of(login, self._hides)
        self._login = login
        own = role(app.config.people, login)
        self.role = least(own, most) if own else ""

    def may(self, name: str) -> bool:
        """Whether they may do something."""
        return allows(self.role, name) and SIGHTS.get(name) not in self._hides

    def __getattr__(self, name: str) -> Any:
        """An operation of the façade. Raises NotEntitled."""
        if not self.may(name):
            self._refuse(name)
        return getattr(self._app, name)

    def _refuse(self, name: str) -> None:
        store = self._app.system.store
        with store.transaction() as tx:
            about = {"operation": name}
            journal.log_audit(tx, store.now(tx), self._login, "attempt_refused", about)
        if allows(self.role, name):
            raise NotEntitled(say("not_seen", login=self._login, kind=SIGHTS[name]))
        words = "not_entitled" if self.role else "not_known"
        needed = next((one for one in ROLES if name in TABLE[one]), "")
        raise NotEntitled(say(words, login=self._login, role=needed))
