"""Nobody lets an order pass alone who has a part in how its document came to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.errors import ConnectorError
from connector.messages import load
from tests.engine.factory import line
from tests.reviews.factory import CRM, ERP, PEOPLE, REVIEW, Reviewed, reviewed

BOTH = PEOPLE.replace("root: {roles: [admin]", "root: {roles: [admin, finance, production]")
MORE = "  eve: {roles: [admin], ids: {chat: eve}, logins: [eve]}\n"
ALONE = "reviews: {order_review: {departments: {finance: {who: [finance]}}}}\n"
MAPPINGS = {"erp/sales_order": ERP, "crm/sales_order": CRM}
GIVEN = {"given": {"wanted_date": "2026-12-24"}}


@pytest.fixture
def firm(tmp_path: Path, store_url: str) -> Iterator[Reviewed]:
    with reviewed(tmp_path, store_url) as made:
        made.people = BOTH + MORE
        yield made.start()


def big(firm: Reviewed, key: str = "o1", **more: object) -> None:
    firm.site.order(key, [line("1", qty="20")], **more)


def edited(firm: Reviewed, name: str = "erp/sales_order", review: str = REVIEW) -> None:
    """Somebody changes a mapping of the flow."""
    firm.more[name] = MAPPINGS[name] + "# edited\n"
    firm.start(review=review)


def waits_for(firm: Reviewed) -> str:
    delivery = firm.site.delivery()
    assert (delivery.state, delivery.reason) == ("pending", "review")
    return str(load(delivery.detail))


@pytest.mark.parametrize("name", ["erp/sales_order", "crm/sales_order"])
def test_an_edited_mapping_stops_a_reviewed_flow_until_an_admin_accepts_it(
    firm: Reviewed, name: str
) -> None:
    big(firm)
    firm.go()
    big(firm, note="anew")
    edited(firm, name)
    heard = firm.go()
    assert {one.to for one in heard} == {"root", "eve"}
    assert all("connector review accept orders" in one.text for one in heard)
    assert "connector review accept orders" in waits_for(firm)
    firm.approve_all()
    assert (firm.go(), firm.site.bills()) == ([], [])
    with pytest.raises(ConnectorError):
        firm.app("fin").accept_review("orders")
    firm.app("eve").accept_review("orders")
    assert {one.to for one in firm.go()} == {"fin", "li", "pro", "root"}
    firm.answer("fin", "finance")
    firm.answer("pro", "production", **GIVEN)
    firm.go()
    assert firm.site.bills()[0]["note"] == "anew"
    [line] = [one for one in firm.app().audit() if one.what == "review_accepted"]
    assert (line.who, line.about["flow"]) == ("eve", "orders")
    assert line.about["mapping"] == firm.site.system.flows["orders"].mapping.version


def test_a_mapping_that_is_edited_before_anything_was_reviewed_stops_nothing(
    firm: Reviewed,
) -> None:
    edited(firm)
    big(firm)
    assert "fin" in {one.to for one in firm.go()}


def test_whoever_accepted_a_mapping_lets_nothing_pass_alone(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    edited(firm)
    firm.app("root").accept_review("orders")
    firm.go()
    assert firm.answer("root", "finance") == "open"
    with pytest.raises(ConnectorError, match="alone"):
        firm.answer("root", "production", **GIVEN)
    assert firm.audited()[-1] == "review_attempt_refused"
    firm.go()
    assert firm.site.bills() == []
    assert firm.answer("pro", "production", **GIVEN) == "approved"
    firm.go()
    assert len(firm.site.bills()) == 1


def test_where_one_department_looks_it_is_left_to_somebody_else_or_accepted_by_another(
    firm: Reviewed,
) -> None:
    firm.start(review=ALONE)
    big(firm)
    firm.go()
    edited(firm, review=ALONE)
    firm.app("root").accept_review("orders")
    firm.go()
    with pytest.raises(ConnectorError, match="alone"):
        firm.answer("root", "finance")
    assert firm.answer("root", "finance", "returned", comment="?") == "returned"
    firm.app("eve").accept_review("orders")
    assert firm.answer("root", "finance") == "approved"


def test_whoever_accepted_who_looks_at_orders_lets_nothing_pass_alone(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    firm.start(review=ALONE)
    firm.app("root").accept_review("orders")
    firm.go()
    big(firm, note="anew")
    firm.go()
    with pytest.raises(ConnectorError, match="alone"):
        firm.answer("root", "finance")


def test_whoever_corrected_an_order_lets_it_not_pass_alone(firm: Reviewed) -> None:
    firm.people = firm.people.replace(
        "boss: {roles: [director]", "boss: {roles: [operator, finance]"
    )
    firm.start(review=ALONE)
    big(firm)
    firm.go()
    firm.app("boss").correct("orders", "O1", {"special_terms": "款到发货"})
    firm.go()
    with pytest.raises(ConnectorError, match="alone"):
        firm.answer("boss", "finance")
    assert firm.answer("fin", "finance") == "approved"
    firm.go()
    assert firm.site.bills()[0]["note"] == "款到发货"


def test_departments_are_shown_an_order_as_it_was_corrected(firm: Reviewed) -> None:
    shows = ALONE.replace("who: [finance]", "who: [finance], shows: [special_terms]")
    firm.start(review=shows)
    big(firm, note="月结")
    firm.go()
    firm.app("root").correct("orders", "O1", {"special_terms": "款到发货"})
    firm.go()
    [said] = firm.app().review("orders", "O1").departments
    assert said.evidence == {"special_terms": "款到发货"}
