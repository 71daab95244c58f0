"""Customers: written, audited, and given to organisations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from galaxy_site import Site

from connector.contract import Shape, Write
from connector.errors import HalfDone, Rejected

CUSTOMERS = Shape("BD_Customer", ("FCUSTID",), ("FName", "FForbidStatus"), "FNumber")


def customer(number: str, *orgs: str) -> Write:
    return Write(
        form="BD_Customer",
        key="",
        fields={
            "FCreateOrgId.FNumber": "100",
            "FUseOrgId.FNumber": "100",
            "FNumber": number,
            "FName": f"客户{number}",
            "FTRADINGCURRID.FNumber": "PRE001",
        },
        reference=("F_CRM_Ref", f"crm:{number}"),
        number="FNumber",
        until="audited",
        show=CUSTOMERS,
        options={"allocate": list(orgs)},
    )


def test_a_customer_is_audited_and_allocated(site: Site) -> None:
    written = site.erp.write(customer("C1", "101"))
    assert written.step == "audited"
    assert site.commits("BD_Customer") == ["create", "submit", "audit", "allocate"]


def test_its_copies_are_not_taken_for_a_second_customer(site: Site) -> None:
    written = site.erp.write(customer("C1", "101"))
    (found,) = site.erp.find(CUSTOMERS, "F_CRM_Ref", ["crm:C1"])
    assert found.key == written.key


def test_allocating_goes_on_where_it_broke_off_and_does_no_harm_twice(site: Site) -> None:
    site.fail(do="lose_answer", operation="Allocate", times=1)
    with pytest.raises(HalfDone) as caught:
        site.erp.write(customer("C1", "101"))
    again = replace(customer("C1", "101"), key=caught.value.written.key, fields={}, reference=None)  # type: ignore[attr-defined]
    for _ in range(2):
        assert site.erp.write(again).step == "audited"
    assert site.commits("BD_Customer").count("allocate") == 1
    assert site.calls("Allocate") == 1


def test_many_customers_are_allocated_in_one_call(site: Site) -> None:
    outcomes = list(site.erp.write_many([customer(f"C{n}", "101") for n in range(1, 5)]))
    assert {getattr(outcome, "step", outcome) for outcome in outcomes} == {"audited"}
    assert site.calls("Allocate") == 1


def test_an_organisation_that_is_not_there_is_named(site: Site) -> None:
    with pytest.raises(HalfDone, match="999") as caught:
        site.erp.write(customer("C1", "999"))
    assert isinstance(caught.value.cause, Rejected)


def test_closing_a_customer_forbids_it(site: Site) -> None:
    key = site.erp.write(customer("C1")).key
    closing = replace(customer("C1"), key=key, fields={}, reference=None, verb="close")
    for _ in range(2):
        site.erp.write(closing)
    (record,) = site.erp.fetch(CUSTOMERS, [key])
    assert record.fields["FForbidStatus"] == "B"
    with pytest.raises(Rejected):
        site.erp.write(replace(closing, verb="cancel"))
