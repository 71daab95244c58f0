"""The switches: how this server behaves. Where a fact is unsure, the default is unpleasant."""

from __future__ import annotations

from typing import Any

from sandbox.company.model import Company

from .auth import ACCT_ID


def default_switches(company: Company, numbering: str, limits: str) -> dict[str, Any]:
    """Every switch with the value it starts with."""
    closed = company.closed_before
    return {
        # Whom the server says it is: in GetDataCenterList and in a login's Context.
        "acct_id": ACCT_ID,
        "data_center": company.name,
        # "manual": FBillNo is used where given. "erp": sales orders refuse a number of ours.
        "numbering": numbering,
        # "on": more than `calls_per_minute` calls answer MsgCode 14. The figure is ours.
        "limits": limits,
        "calls_per_minute": 500,
        # Seconds of idleness after which a session is gone.
        "session_idle": 1200,
        # What LoginBySign hashes with; "sha1" is a server from before PT-146911.
        "login_hash": "sha256",
        # The most rows a query gives; servers with a newer configuration give 10000.
        "query_limit": 2000,
        # Big results without OrderString start at another row each time.
        "unordered_pages_move": True,
        # How queries print a text that was never set.
        "empty_text": " ",
        # How queries print check boxes: "text" ("0", "1") or "bool".
        "checkboxes": "text",
        # False: FAVBQty is 0 in queries of STK_Inventory, only GetInventoryData knows it.
        "available_in_query": False,
        # True: row status, executed quantities and closing move FModifyDate too.
        "stamps_move": False,
        # Seconds until queries (not View) show a saved state.
        "visible_after": 0,
        # True: F_CRM_Ref is a unique key.
        "unique_reference": False,
        # Model keys that the form does not have: "ignore" or "refuse" (MsgCode 9).
        "unknown_keys": "ignore",
        # True: units, settlement organisation and such are filled as in the client.
        "fills_defaults": False,
        # True: a settlement currency that comes after the rows sets their prices to 0.
        "field_order": True,
        # True: audited customers, materials … can be saved without un-auditing them.
        "edit_audited_base_data": False,
        # {form: true}: Submit starts a workflow, and only people approve.
        "workflow": {},
        # "audit" puts a change bill of an order into effect; "person": somebody must besides.
        "change_effect": "audit",
        # What a change bill's rows must say for it to change, add or drop a row of its order.
        "change_types": {"added": "A", "changed": "B", "dropped": "D"},
        # {customer number: limit}: over it, Save asks (prompt CRE_CREDITCHECK).
        "credit_limits": {},
        # {material number: lowest price with tax}: below it, Save asks (SAL_DOWNPRICECHECK).
        "limit_prices": {},
        # ISO date: bills dated before it are refused; null: no period is closed.
        "closed_before": closed.isoformat() if closed else None,
        # True: a production row finishes (5) when its whole quantity was received.
        "finish_on_receipt": True,
        # False: QueryBusinessInfo does not say what base data a field points to.
        "metadata_lookups": True,
        # ConvertResponseStatus of Push: "object" or "list".
        "convert_status": "object",
        # "both", "ExcuteOperation" (official SDK) or "ExecuteOperation" (manual).
        "operation_spelling": "both",
    }
