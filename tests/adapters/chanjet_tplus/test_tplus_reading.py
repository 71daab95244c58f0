"""Reading: row versions however they are spelt, pages that move, both halves of an archive."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tplus_site import SHAPE, Site

from adapters.chanjet_tplus.codec import version_of
from connector.contract import Shape
from connector.errors import Rejected, Transient

PARTNERS = Shape("partner", ("Code",), ("Name", "Disabled"), "Code")
STOCK = Shape(
    "currentStock", ("InventoryCode",), ("ExistingQuantity",), sums=("ExistingQuantity",),
    kinds={"ExistingQuantity": "number"},
)  # fmt: skip


def read(adapter: Any, shape: Shape = SHAPE, after: str | None = None) -> tuple[list[str], str]:
    """The numbers of what is read, and the cursor afterwards."""
    pages = list(adapter.read(shape, after))
    return [one.number for page in pages for one in page.records], str(pages[-1].cursor)


def settled(site: Site, shape: Shape = SHAPE) -> str:
    """A cursor of readings that span the lookback."""
    cursor = read(site.erp, shape)[1]
    later(site)
    return read(site.erp, shape, cursor)[1]


def later(site: Site) -> None:
    """More than the lookback later, as the platform's next answer says."""
    site.server.clock.advance(700)
    site.erp.check()


@pytest.mark.parametrize(
    ("spelt", "number"),
    [("AAAAAAAAB9E=", 2001), ("0x00000000000007D1", 2001), ("00000000000007D1", 2001),
     (2001, 2001), ("2001", 2001), ("2026-11-21 10:00:00", 20261121100000), ("", None),
     (None, None)],
)  # fmt: skip
def test_a_row_version_is_a_number_however_it_is_spelt(spelt: Any, number: int | None) -> None:
    assert version_of({"ts": spelt}) == number


@pytest.mark.parametrize("spelt", ["base64", "hex", "number"])
def test_only_bills_that_changed_are_asked_for(site: Site, spelt: str) -> None:
    site.server.switches["row_versions"] = spelt
    for tag in ("UO-1", "UO-2", "UO-3"):
        site.order(tag)
    cursor = settled(site)
    later(site)
    site.people("edit", number="UO-2", fields={"Memo": "x"})
    before = len(site.requests("detail"))
    assert read(site.erp, after=cursor)[0] == ["UO-2"]
    assert len(site.requests("detail")) - before == 1


def test_a_list_without_row_versions_is_told_and_can_be_read_whole(site: Site) -> None:
    site.order()
    site.server.switches["row_versions"] = "none"
    with pytest.raises(Rejected, match="row_versions"):
        read(site.erp)
    adapter = site.connect(row_versions=False)
    cursor = read(adapter)[1]
    site.server.clock.advance(1300)
    assert read(adapter, after=cursor)[0] == ["UO-1"]


@pytest.mark.parametrize("first", [0, 1])
def test_every_page_is_read_whatever_their_numbers_begin_with(site: Site, first: int) -> None:
    site.server.switches["first_page"] = first
    for n in range(7):
        site.order(f"UO-{n}", until="saved")
    assert sorted(read(site.connect(page=3))[0]) == [f"UO-{n}" for n in range(7)]


def test_a_page_that_is_cut_shorter_than_asked_for_is_no_end(site: Site) -> None:
    site.server.switches["page_cap"] = 3
    for n in range(7):
        site.order(f"UO-{n}", until="saved")
    assert len(read(site.erp)[0]) == 7
    assert len({one.key for page in site.erp.read(STOCK, None) for one in page.records}) == 25


@pytest.mark.parametrize("form", ["SaleOrder", "partner"])
def test_what_is_deleted_while_pages_are_read_hides_nothing(site: Site, form: str) -> None:
    for n in range(5):
        site.order(f"P{n}", until="saved")
        site.people("add_customer", name="新", number=f"P{n}")
    adapter = site.connect(page=2)
    method = "page" if form == "SaleOrder" else "archive"
    told, calls = getattr(adapter._client, method), []

    def and_one_goes(*arguments: Any) -> Any:
        shown = told(*arguments)
        if not calls:
            site.people("delete", form=form, number="P4" if form == "SaleOrder" else "P0")
        calls.append(arguments)
        return shown

    setattr(adapter._client, method, and_one_goes)
    found = read(adapter, SHAPE if form == "SaleOrder" else PARTNERS)[0]
    assert {"P1", "P2", "P3"} <= set(found)


def test_a_list_that_never_stands_still_is_read_again_later(site: Site) -> None:
    for n in range(4):
        site.order(f"UO-{n}", until="saved")
    adapter = site.connect(page=2)
    told = adapter._client.page

    def and_somebody_works(*arguments: Any) -> Any:
        site.people("edit", number="UO-0", fields={"Memo": str(len(site.server.ledger))})
        return told(*arguments)

    adapter._client.page = and_somebody_works  # type: ignore[method-assign]
    with pytest.raises(Transient):
        read(adapter)


def test_what_is_disabled_is_read_and_said_to_be_so(site: Site) -> None:
    site.people("add_customer", name="停用", number="C9")
    site.people("disable", number="C9")
    pages = site.erp.read(PARTNERS, None)
    told = {one.number: one.fields["Disabled"] for page in pages for one in page.records}
    assert told == {"C0007": False, "C9": True}
    assert [one.fields["Disabled"] for one in site.erp.fetch(PARTNERS, ["C9"])] == [True]


def test_archives_are_read_from_a_time_on(site: Site) -> None:
    cursor = settled(site, PARTNERS)
    later(site)
    site.people("add_customer", name="新", number="C9")
    heard = site.hear("query")
    assert read(site.erp, PARTNERS, cursor)[0] == ["C9"]
    assert all("UpdateDateBegin" in one["param"] for one in heard)


def test_stock_comes_whole_zero_included_and_may_be_asked_for_by_warehouse(site: Site) -> None:
    site.people("change_stock", material="M-001", warehouse="CK01", quantity=0)
    site.people("change_stock", material="M-002", warehouse="CK02", quantity=3)
    whole = [one for page in site.erp.read(STOCK, None) for one in page.records]
    told = {one.key: one.fields["ExistingQuantity"] for one in whole}
    assert (len(told), told["M-001"], told["M-002"]) == (25, 0, Decimal("15.5"))
    adapter = site.connect(stock_warehouses=("CK02",))
    found = [one for page in adapter.read(STOCK, None) for one in page.records]
    assert {one.key: one.fields["ExistingQuantity"] for one in found} == {"M-002": Decimal(3)}


def test_a_reading_that_broke_off_is_gone_on_with(site: Site) -> None:
    for n in range(5):
        site.order(f"UO-{n}", until="saved")
    first = next(iter(site.connect(page=2).read(SHAPE, None)))
    assert first.cursor is not None
    rest = read(site.erp, after=first.cursor)[0]
    assert sorted([*(one.number for one in first.records), *rest]) == [f"UO-{n}" for n in range(5)]
