"""Creating orders: saved, submitted, audited, and never twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from galaxy_site import ORDERS, REFERENCE, ROWS, Site, change, order, row

from connector.errors import HalfDone, Locked, OutcomeUnknown, Rejected


def test_an_order_goes_from_nothing_to_audited(site: Site) -> None:
    written = site.erp.write(order("N1", row("a"), row("b", **{"FMaterialId.FNumber": "M-200"})))
    assert (written.number, written.step, written.awaits) == ("N1", "audited", "")
    assert set(written.line_keys[ROWS]) == {"a", "b"}
    assert site.commits() == ["create", "submit", "audit"]


def test_it_is_found_by_our_mark_and_read_back_whole(site: Site) -> None:
    written = site.erp.write(order("N1"))
    (found,) = site.erp.find(ORDERS, REFERENCE, ["crm:N1", "crm:N2"])
    assert (found.key, found.number, found.fields[REFERENCE]) == (written.key, "N1", "crm:N1")
    (rows,) = [site.order(written.key).fields[ROWS]]
    assert [r["FEntryID"] for r in rows] == [int(written.line_keys[ROWS]["1"])]
    assert rows[0]["FAllAmount"] == Decimal("226")


def test_check_says_where_we_are(site: Site) -> None:
    identity = site.erp.check()
    assert identity.tenant == "6500000000abcd 示例有限公司"
    assert identity.organisations == ("100", "101")
