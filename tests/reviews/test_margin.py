"""What an order would earn decides whom its review asks, and is seen by those alone who may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connector import registry
from connector.cli.main import run
from connector.entrance import Entrance
from connector.errors import ConfigError
from connector.operations.reviewing import Reply
from connector.store.tables import metadata
from tests.engine.factory import MAPPINGS, line
from tests.reviews.factory import CRM, PEOPLE, REVIEW, Reviewed, reviewed
from tests.reviews.test_approvals import DESK, Desk
from tests.rules.factory import Chat

WHO = """  ann: {roles: [checking], ids: {chat: ann}, logins: [ann]}
  bob: {roles: [checking], ids: {chat: bob}, logins: [bob]}
"""
SEES = "sees: {costs: [bob], personal: [bob]}\n"
SHOWS = "number, ship_to_phone, margin.cost, margin.margin, margin.rate"
CHECKED = REVIEW.replace(
    "      finance:",
    f"      checking: {{who: [checking], when: margin.rate < 0.05, shows: [{SHOWS}]}}\n"
    "      finance:",
)
FIGURES = ("197.53", "2.47", "0.0124")
"""20 at 10.00 are sold, each for 9.8765: cost, margin and rate."""
PHONE = "13812345678"
HIDDEN = {"number": "O1"} | dict.fromkeys(SHOWS.split(", ")[1:], "***")


@contextmanager
def priced(tmp_path: Path, store_url: str, cost: str = "9.8765") -> Iterator[Reviewed]:
    with reviewed(tmp_path, store_url) as firm:
        firm.people = PEOPLE + WHO + SEES
        firm.more = {
            "erp/material": MAPPINGS["erp/material"].replace(
                "unit}", "unit, reference_cost: cost}"
            ),
            "crm/sales_order": CRM + "  ship_to_phone: mobile\n",
        }
        price(firm, cost)
        yield firm.start(review=CHECKED)


def price(firm: Reviewed, cost: str) -> None:
    fields = {"code": "M1", "name": "M1", "unit": "Pcs"} | ({"cost": cost} if cost else {})
    firm.site.erp.put("item", fields, "i-M1")


def big(firm: Reviewed, qty: str = "20") -> None:
    firm.site.order("o1", [line("1", qty=qty)], mobile=PHONE)


@pytest.fixture
def firm(tmp_path: Path, store_url: str) -> Iterator[Reviewed]:
    with priced(tmp_path, store_url) as made:
        big(made)
        made.go()
        yield made


def asked(firm: Reviewed, login: str = "root") -> dict[str, dict[str, str]]:
    """What departments are shown, as somebody sees it."""
    found: Any = Entrance(firm.app(login), login)
    return {one.department: one.evidence for one in found.review("orders", "O1").departments}


def hidden_in(text: str) -> list[str]:
    return [one for one in (*FIGURES, "1.2 %", PHONE) if one in text]


def link_of(login: str) -> str:
    found = (re.search(r"/review/(\S+)\)", one.text) for one in Chat.said if one.to == login)
    return [one[1] for one in found if one][-1]


@pytest.mark.parametrize(
    ("cost", "looks", "shown"),
    [("9.8765", True, FIGURES), ("5", False, ()), ("", True, ("", "", ""))],
)
def test_a_department_looks_at_orders_that_earn_too_little_or_nobody_knows_what(
    tmp_path: Path, cost: str, looks: bool, shown: tuple[str, ...]
) -> None:
    url = f"sqlite:///{(tmp_path / 's.db').as_posix()}"
    with priced(tmp_path, url, cost) as firm:
        big(firm)
        firm.go()
        found = asked(firm)
        assert ("checking" in found) is looks
        assert not looks or tuple(found["checking"].values())[2:] == shown


def test_a_condition_may_say_itself_what_it_means_that_nobody_knows(tmp_path: Path) -> None:
    with priced(tmp_path, f"sqlite:///{(tmp_path / 's.db').as_posix()}", "") as firm:
        firm.start(review=CHECKED.replace("margin.rate < 0.05", "(margin.rate ?? 1) < 0.05"))
        big(firm)
        firm.go()
        assert list(asked(firm)) == ["finance", "production"]


def test_departments_are_asked_once_the_estimates_know_the_order(tmp_path: Path) -> None:
    """Before that, nobody is spared, and nobody is shown half of it."""
    with priced(tmp_path, f"sqlite:///{(tmp_path / 's.db').as_posix()}") as firm:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("connector.engine.planning.Planning.run", lambda self: 0)
            big(firm)
            firm.go()
            assert [one.state for one in firm.app().reviews()] == ["new"]
        firm.go()
        assert tuple(asked(firm)["checking"].values())[2:] == FIGURES


def test_what_stood_there_when_it_was_asked_is_kept(firm: Reviewed) -> None:
    price(firm, "9")
    firm.resync()
    firm.later(1)
    assert tuple(asked(firm)["checking"].values())[2:] == FIGURES
    firm.app("bob").answer_review("orders", "O1", "checking", Reply("returned", "涨价吗？"))
    firm.app("root").say_review("orders", "O1", "涨了")
    assert asked(firm)["checking"]["margin.margin"] == "20"
    big(firm, "40")
    firm.go()
    assert "checking" not in asked(firm)


@pytest.mark.parametrize(
    ("login", "sees"), [("bob", True), ("root", True), ("ann", False), ("fin", False)]
)
def test_costs_are_shown_to_those_who_may_see_them_and_no_approver_besides(
    firm: Reviewed, capsys: Any, monkeypatch: pytest.MonkeyPatch, login: str, *, sees: bool
) -> None:
    app: Any = Entrance(firm.app(login), login)
    assert (asked(firm, login)["checking"] == HIDDEN) is not sees
    assert bool(hidden_in(str(app.reviews()))) is sees
    assert hidden_in(str(app.status())) == []
    monkeypatch.setattr("connector.cli.session.App.open", lambda *_, **__: firm.app(login))
    monkeypatch.setattr("connector.cli.session.App.close", lambda _: None)
    for words in (["show", "orders", "O1"], ["list"]):
        for more in ([], ["--json"]):
            run(["review", *words, *more])
            assert bool(hidden_in(capsys.readouterr().out)) is sees


def test_no_message_tells_them_and_a_link_those_whom_it_was_given_to_as_they_may_by_then(
    firm: Reviewed,
) -> None:
    told = {one.to: one.text for one in Chat.said}
    assert {"ann", "bob"} <= set(told)
    assert hidden_in("".join(told.values())) == []
    page = firm.app().review_page
    links = {login: link_of(login) for login in ("ann", "bob")}
    assert hidden_in(page("GET", links["ann"], {})[1]) == []
    assert {*FIGURES, PHONE} <= set(hidden_in(page("GET", links["bob"], {})[1]))
    firm.app("bob").delegate_review("orders", "O1", "checking", "fin")
    firm.go()
    assert hidden_in(page("GET", link_of("fin"), {})[1]) == []
    firm.people = firm.people.replace("costs: [bob]", "costs: [root]")
    firm.start(review=CHECKED.replace(SHOWS, "number"))
    assert hidden_in(firm.app().review_page("GET", links["bob"], {})[1]) == [PHONE]


def test_they_rest_nowhere_but_beside_the_answer_that_is_asked_for(firm: Reviewed) -> None:
    """So neither a trace nor a failure nor a view for reports can tell them."""
    firm.app("bob").answer_review("orders", "O1", "checking", Reply("returned", "涨价吗？"))
    firm.go()
    firm.later(5)
    with firm.site.system.store.reading() as tx:
        where = {
            table.name
            for table in metadata.sorted_tables
            for row in tx.execute(select(table))
            if any(one in str(row) for one in FIGURES)
        }
    assert where == {"answers"}


def test_no_approval_instance_tells_them(firm: Reviewed) -> None:
    registry.add("desk", Desk)
    Desk.instances.clear()
    Desk.asked.clear()
    firm.firm.connections = "  desk: {adapter: desk}\n"
    firm.more["desk/approval"] = DESK
    firm.people = firm.people.replace("{chat: bob}", "{chat: bob, desk: u-bob}")
    firm.start(review=CHECKED.replace("    remind: 4h", "    remind: 4h\n    via: desk"))
    big(firm, "21")
    firm.go()
    firm.go()
    [one] = [one for one in Desk.asked if one["who"] == "u-bob"]
    assert "- margin.rate: ***" in one["text"]
    assert hidden_in(str(one)) == []


def test_a_department_that_is_shown_what_nobody_of_it_may_see_is_a_mistake(firm: Reviewed) -> None:
    firm.people = firm.people.replace("costs: [bob]", "costs: [root]")
    with pytest.raises(ConfigError) as found:
        firm.start(review=CHECKED)
    assert {"margin.cost", "margin.margin", "margin.rate"} == {
        str(one.words).split(",")[0].rpartition(" ")[2] for one in found.value.problems
    }


def test_a_rule_that_names_them_is_tried_by_those_who_may_see_them(firm: Reviewed) -> None:
    rules = "rules: {poor: {on: sales_order, when: margin.rate < 0.05, say: {to: [director], "
    firm.start(review=CHECKED + rules + 'title: "{{ number }}", text: "{{ margin.cost }}"}}}\n')
    for login, sees in (("bob", True), ("ann", False)):
        app: Any = Entrance(firm.app(login), login)
        [tried] = app.try_rule("poor", ["O1"])
        assert tried.holds
        assert bool(hidden_in(str(tried))) is sees
