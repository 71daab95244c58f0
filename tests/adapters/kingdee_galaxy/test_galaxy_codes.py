"""The codes that a field accepts: numbers of the base data that it points to."""

from __future__ import annotations

import pytest
from galaxy_site import ORDER, Site

CURRENCY = "FSaleOrderFinance.FSettleCurrId.FNumber"


def test_a_field_accepts_the_numbers_of_the_base_data_that_it_points_to(site: Site) -> None:
    assert site.erp.codes(ORDER, "FBillTypeID.FNUMBER", ["XSDD01_SYS", "XSDD99"]) == {
        "XSDD01_SYS": "标准销售订单"
    }
    units = site.erp.codes(ORDER, "FSaleOrderEntry/FUnitID.FNumber")
    assert units is not None
    assert units["box"] == "箱"


def test_without_a_word_in_the_metadata_well_known_fields_are_known_all_the_same(
    site: Site,
) -> None:
    site.server.switches["metadata_lookups"] = False
    assert site.erp.codes(ORDER, CURRENCY, ["PRE001"]) == {"PRE001": "人民币"}
    assert site.erp.codes(ORDER, "FOwnerId.FNumber") is None


@pytest.mark.parametrize("field", ["FNote", "FSaleOrderEntry/FReserveType", "FNoSuch.FNumber"])
def test_what_is_no_base_data_has_no_codes(site: Site, field: str) -> None:
    assert site.erp.codes(ORDER, field) is None


def test_what_is_forbidden_is_not_accepted(site: Site) -> None:
    site.people("forbid", number="PRE007", form="BD_Currency")
    assert site.erp.codes(ORDER, CURRENCY, ["PRE001", "PRE007"]) == {"PRE001": "人民币"}


def test_long_lists_come_page_by_page(site: Site) -> None:
    everything = site.erp.codes(ORDER, "FSaleOrderEntry/FUnitID.FNumber")
    site.server.switches["query_limit"] = 10
    for place in range(25):
        unit = {"FNumber": f"U{place:02}", "FName": f"单位{place}"}
        site.people("make_bill", model=unit, form="BD_UNIT")
        site.people("audit", number=unit["FNumber"], form="BD_UNIT")
    erp = site.connect(query_limit=10)
    told = erp.codes(ORDER, "FSaleOrderEntry/FUnitID.FNumber")
    assert told is not None
    assert everything is not None
    assert set(told) == {*everything, *(f"U{place:02}" for place in range(25))}


def test_settings_and_options_that_hold_codes_are_named(site: Site) -> None:
    form, field = site.erp.coded["org"]
    assert site.erp.codes(form, field) == {"100": "总公司", "101": "分公司"}
