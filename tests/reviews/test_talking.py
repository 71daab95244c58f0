"""People ask and answer on a record under review: a remark decides nothing, and stays."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connector.cli.main import run
from connector.errors import ConnectorError
from connector.messages import load
from connector.objects.derived import OrderReview
from connector.store import snapshots
from connector.store.tables import metadata
from tests.engine.factory import line
from tests.reviews.factory import CRM, PEOPLE, Reviewed, reviewed

MORE = """  sal: {ids: {chat: sal}, logins: [sal], is: [E7]}
  plan: {roles: [operator], ids: {chat: plan}, logins: [plan]}
  look: {ids: {chat: look}, logins: [look]}
"""
LINK = re.compile(r"\(https://connector\.example/review/(\S+)\)")
PHONE = "13812345678"


@pytest.fixture
def firm(tmp_path: Path, store_url: str) -> Iterator[Reviewed]:
    with reviewed(tmp_path, store_url) as made:
        made.people = PEOPLE + MORE
        made.more = {"crm/sales_order": CRM + "  ship_to_phone: mobile\n"}
        made.start()
        big(made)
        made.go()
        yield made


def big(firm: Reviewed, qty: str = "20", **more: object) -> None:
    """An order of the salesperson whom the CRM knows as E7."""
    fields = {"seller": "E7", "mobile": PHONE} | more
    firm.site.order("o1", [line("1", qty=qty)], **fields)


def say(firm: Reviewed, login: str, text: str, *asks: str) -> None:
    firm.app(login).say_review("orders", "O1", text, asks)


def returned(firm: Reviewed, *asks: str) -> list[Any]:
    """Finance returns it with a question; what was told by that."""
    firm.answer("fin", "finance", "returned", comment="能否预付三成？", asks=asks)
    return firm.go()


def state(firm: Reviewed, department: str = "finance") -> str:
    found = {one.department: one.state for one in firm.app().review("orders", "O1").departments}
    return found[department]


def texts(firm: Reviewed) -> list[tuple[str, str, str]]:
    return [(one.who, one.kind, one.text) for one in firm.app().review("orders", "O1").remarks]


def in_the_crm(firm: Reviewed) -> OrderReview:
    """What is told to the CRM."""
    with firm.site.system.store.reading() as tx:
        found = snapshots.models(tx, "hub", "order_review", OrderReview, ["orders/o1"])
    return found["orders/o1"]


def told(firm: Reviewed, login: str) -> str:
    """The newest link that somebody got."""
    from tests.rules.factory import Chat

    return [found[1] for one in Chat.said if one.to == login
            if (found := LINK.search(one.text))][-1]  # fmt: skip


# -- saying ---------------------------------------------------------------------------------------


def test_a_remark_decides_nothing_and_everybody_concerned_hears_of_it_once(firm: Reviewed) -> None:
    say(firm, "pro", "图纸是哪一版？")
    heard = firm.go()
    assert sorted(one.to for one in heard) == ["fin", "li", "sal"]
    assert all("图纸是哪一版？" in one.text and "pro" in one.title for one in heard)
    assert firm.go() == []
    assert firm.site.bills() == []
    assert (state(firm), state(firm, "production")) == ("open", "open")
    assert texts(firm) == [("pro", "said", "图纸是哪一版？")]


def test_a_remark_for_somebody_is_told_to_them_alone_and_they_may_answer(firm: Reviewed) -> None:
    with pytest.raises(ConnectorError):
        say(firm, "look", "我来看看")
    say(firm, "pro", "什么时候要？", "salesperson")
    assert [one.to for one in firm.go()] == ["sal"]
    say(firm, "fin", "见过合同吗？", "look")
    assert [one.to for one in firm.go()] == ["look"]
    say(firm, "look", "见过")
    assert texts(firm)[-1] == ("look", "said", "见过")
    for nobody in ("nobody", "responsible"):
        with pytest.raises(ConnectorError):
            say(firm, "fin", "在吗？", nobody)


def test_who_share_an_address_hear_once(firm: Reviewed) -> None:
    firm.people = firm.people.replace("{chat: li}", "{chat: fin}")
    firm.start()
    say(firm, "pro", "图纸是哪一版？")
    assert sorted(one.to for one in firm.go()) == ["fin", "sal"]


def test_a_remark_that_is_sent_twice_stands_there_once(firm: Reviewed) -> None:
    for _ in range(2):
        say(firm, "sal", "急单")
    assert [one.to for one in firm.go()].count("fin") == 1
    assert len(texts(firm)) == 1


def test_who_has_nothing_to_do_with_a_record_says_nothing_and_it_is_noted(firm: Reviewed) -> None:
    for login in ("look", "boss", "nobody"):
        with pytest.raises(ConnectorError):
            say(firm, login, "放行吧")
        assert firm.app(login).speaks("orders", "O1") is False
    assert texts(firm) == []
    assert firm.audited().count("review_attempt_refused") == 2
    for login in ("sal", "fin", "pro", "plan", "root"):
        assert firm.app(login).speaks("orders", "O1")
        say(firm, login, "收到")
    assert firm.audited().count("review_said") == 5


@pytest.mark.parametrize("text", ["", " \n ", "长" * 2001, "x" * 10_000, "\x00\x07"])
def test_what_is_nothing_or_too_long_is_not_taken(firm: Reviewed, text: str) -> None:
    with pytest.raises(ConnectorError):
        say(firm, "sal", text)
    with pytest.raises(ConnectorError):
        firm.answer("fin", "finance", "returned", comment=text)
    assert (texts(firm), state(firm)) == ([], "open")


def test_what_somebody_typed_is_told_as_plain_words(firm: Reviewed) -> None:
    nasty = "[here](http://evil) <script>alert(1)</script> @all \u202eevil\x07\ud800\x00"
    say(firm, "sal", nasty)
    heard = firm.go()
    assert heard
    for one in heard:
        ours = LINK.sub("", one.text)
        assert not [mark for mark in ("](http", "<script", "@all", "\u202e") if mark in ours]
    page = firm.app().review_page("GET", told(firm, "fin"), {})[1]
    assert "alert(1)" in page
    assert not [mark for mark in ("<script", "\u202e", "\x07") if mark in page]


def test_it_is_asked_and_answered_by_command_in_the_name_of_who_is_logged_in(
    firm: Reviewed, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def connector(login: str, *words: str) -> str:
        monkeypatch.setattr("connector.cli.session.App.open", lambda *_, **__: firm.app(login))
        monkeypatch.setattr("connector.cli.session.App.close", lambda _: None)
        code = run(["review", words[0], "orders", "O1", *words[1:], "--lang", "en"])
        told = capsys.readouterr()
        return str(code) + told.out + told.err

    question = ("--comment", "预付？\u202e", "-d", "finance", "--to", "salesperson")
    assert connector("fin", "return", *question).startswith("0")
    assert "waits for an answer" in connector("pro", "return", "-d", "production", "--comment", "?")
    assert connector("look", "say", "放行").startswith("1")
    assert connector("sal", "say", "三成", "--to", "finance").startswith("0")
    shown = connector("look", "show")
    assert "finance: returned it → salesperson" in shown
    assert "三成" in shown
    assert "\u202e" not in shown
    assert (state(firm), state(firm, "production")) == ("open", "open")


# -- returning ------------------------------------------------------------------------------------


def test_a_record_that_is_returned_waits_for_an_answer_and_is_asked_about_anew(
    firm: Reviewed,
) -> None:
    heard = returned(firm)
    assert sorted(one.to for one in heard) == ["li", "pro", "sal"]
    assert firm.answer("pro", "production", given={"wanted_date": "2026-12-24"}) == "open"
    firm.go()
    delivery = firm.site.delivery()
    assert (delivery.state, delivery.reason) == ("pending", "review")
    assert "能否预付三成？" in str(load(delivery.detail))
    assert firm.site.bills() == []
    say(firm, "sal", "客户同意预付三成")
    assert "fin" in {one.to for one in firm.go()}
    assert (state(firm), state(firm, "production")) == ("open", "approved")
    assert "三成" not in str(load(firm.site.delivery().detail))
    assert firm.answer("fin", "finance") == "approved"
    firm.go()
    assert len(firm.site.bills()) == 1
    assert [kind for _, kind, _ in texts(firm)] == ["returned", "approved", "said", "approved"]


def test_the_crm_is_told_that_a_record_was_returned_and_with_what(firm: Reviewed) -> None:
    returned(firm)

    assert (in_the_crm(firm).state, in_the_crm(firm).waits_for) == ("returned", "production")
    assert "能否预付三成？" in in_the_crm(firm).said
    say(firm, "sal", "可以")
    assert (in_the_crm(firm).state, in_the_crm(firm).why) == ("open", "")


@pytest.mark.parametrize(
    ("asks", "who", "answers"),
    [
        ((), "sal", True),
        ((), "plan", True),
        ((), "pro", False),
        ((), "li", False),
        (("production",), "pro", True),
        (("look",), "look", True),
        (("look",), "sal", True),
        (("finance",), "li", False),
    ],
)
def test_whom_a_department_asks_answers_it_and_who_runs_things_and_nobody_else(
    firm: Reviewed, asks: tuple[str, ...], who: str, *, answers: bool
) -> None:
    returned(firm, *asks)
    say(firm, who, "见附件")
    assert state(firm) == ("open" if answers else "returned")


def test_a_department_may_decide_after_all_without_an_answer_but_not_return_it_twice(
    firm: Reviewed,
) -> None:
    returned(firm)
    with pytest.raises(ConnectorError):
        returned(firm)
    assert firm.answer("fin", "finance", "refused", comment="不行") == "refused"
    firm.go()
    assert firm.site.delivery().reason == "rejected"
    say(firm, "sal", "为什么？")
    assert state(firm) == "refused"


def test_an_answer_after_the_order_changed_stays_and_asks_nobody_anew(firm: Reviewed) -> None:
    returned(firm)
    link = told(firm, "sal")
    big(firm, qty="30")
    firm.go()
    returned(firm)
    status, _ = firm.app().review_page("POST", link, {"verdict": "said", "comment": "可以"})
    assert status == 200
    assert (state(firm), in_the_crm(firm).state) == ("returned", "returned")
    assert [kind for _, kind, _ in texts(firm)] == ["returned", "returned", "said"]
    assert firm.site.bills() == []


def test_an_order_that_changes_after_it_was_returned_is_asked_about_anew(firm: Reviewed) -> None:
    returned(firm)
    big(firm, qty="15")
    assert {one.to for one in firm.go()} == {"fin", "li", "pro"}
    assert (state(firm), state(firm, "production")) == ("open", "open")
    assert texts(firm) == [("fin", "returned", "能否预付三成？")]
    firm.approve_all()
    firm.go()
    assert [row["amount"] for row in firm.site.bills()[0]["rows"]] == [150]


def test_whom_a_department_asks_is_reminded_and_others_hear_of_it_in_time(firm: Reviewed) -> None:
    firm.answer("pro", "production", given={"wanted_date": "2026-12-24"})
    returned(firm)
    assert firm.later(3.9) == []
    reminded = firm.later(0.2)
    assert [(one.to, "能否预付三成？" in one.text) for one in reminded] == [("sal", True)]
    heard = [one for _ in range(5) for one in firm.later(4)]
    assert {one.to for one in heard} == {"sal", "boss"}
    assert [one.to for one in heard].count("boss") == 1
    firm.app("plan").say_review("orders", "O1", "可以")
    heard = [one for _ in range(7) for one in firm.later(4)]
    assert {one.to for one in heard} == {"fin", "li", "pro", "sal", "boss"}
    assert [one.to for one in heard].count("boss") == 1


def test_where_nobody_is_the_record_s_salesperson_whoever_stands_in_hears_of_it(
    firm: Reviewed,
) -> None:
    firm.people = (PEOPLE + MORE).replace("messages: {", "messages: {report: [boss], ")
    firm.start()
    big(firm, seller="E9")
    firm.go()
    heard = returned(firm, "salesperson")
    assert [one.to for one in heard] == ["boss"]
    assert "boss" in {one.to for one in firm.later(4.1)}
    say(firm, "boss", "我问过了，可以")
    assert state(firm) == "open"


def test_nobody_returns_their_own_record(firm: Reviewed) -> None:
    big(firm, seller="E1")
    firm.go()
    with pytest.raises(ConnectorError):
        firm.answer("li", "finance", "returned", comment="再看看")
    assert state(firm) == "open"


def test_a_record_that_was_let_go_says_so_in_the_crm(firm: Reviewed) -> None:
    returned(firm)
    firm.app("root").release_review("orders", "O1", "客户停产待料")
    firm.go()
    assert len(firm.site.bills()) == 1
    assert in_the_crm(firm).state == "approved"
    assert texts(firm)[-1] == ("root", "released", "客户停产待料")


# -- behind a link --------------------------------------------------------------------------------


def test_whoever_is_asked_answers_by_their_link_and_decides_nothing_by_it(firm: Reviewed) -> None:
    returned(firm)
    link = told(firm, "sal")
    status, html = firm.app().review_page("GET", link, {})
    assert (status, "能否预付三成？" in html) == (200, True)
    assert ('value="said"' in html, 'value="approved"' in html) == (True, False)
    assert "amount_with_tax" not in html
    for verdict in ("approved", "returned", "refused"):
        form = {"verdict": verdict, "comment": "x"}
        assert firm.app().review_page("POST", link, form)[0] == 409
    assert state(firm) == "returned"
    status, html = firm.app().review_page("POST", link, {"verdict": "said", "comment": "可以"})
    assert (status, "可以" in html) == (200, True)
    assert state(firm) == "open"


def test_a_department_returns_by_its_link_with_a_reason(firm: Reviewed) -> None:
    link = told(firm, "fin")
    assert firm.app().review_page("POST", link, {"verdict": "returned"})[0] == 409
    form = {"verdict": "returned", "comment": "合同呢？"}
    assert firm.app().review_page("POST", link, form)[0] == 200
    assert state(firm) == "returned"
    assert firm.app().review_page("POST", link, form)[0] == 409


def test_nobody_speaks_by_a_link_that_was_changed_or_is_over(firm: Reviewed) -> None:
    link = told(firm, "fin")
    form = {"verdict": "said", "comment": "放行"}
    for bad in (f"{link}x", link[:-3], link.replace(".", "x.", 1)):
        assert firm.app().review_page("POST", bad, form)[0] == 403
    firm.site.clock.advance(8 * 86_400)
    assert firm.app().review_page("POST", link, form)[0] == 403
    assert texts(firm) == []
    assert firm.audited().count("review_attempt_refused") == 4


# -- the record's story, and forgetting -----------------------------------------------------------


def test_what_was_said_is_part_of_the_order_s_story(firm: Reviewed) -> None:
    returned(firm)
    say(firm, "sal", "见 v1.1 版")
    [story] = firm.app().trace("sales_order", "O1")
    told = [(one.where, one.what, one.words) for one in story.events if "review_" in one.what]
    assert told == [
        ("fin (finance)", "review_returned", "能否预付三成？"),
        ("sal", "review_said", "见 v1.1 版"),
    ]
    assert {"review_returned", "review_said", "review_asked_anew"} <= set(firm.audited())


def test_what_tells_of_a_person_is_forgotten_wherever_it_was_said(firm: Reviewed) -> None:
    firm.answer("pro", "production", given={"wanted_date": "2026-12-24"}, comment=f"找 {PHONE}")
    firm.answer("fin", "finance", "returned", comment=f"请打 {PHONE} 问账期")
    firm.go()
    say(firm, "sal", f"{PHONE} 打过了，同意")
    firm.go()

    def everything() -> str:
        with firm.site.system.store.reading() as tx:
            rows = [dict(row._mapping) for table in metadata.sorted_tables
                    for row in tx.execute(select(table))]  # fmt: skip
        return json.dumps(rows, ensure_ascii=False, default=str)

    assert PHONE in everything()
    firm.app("root").forget("C1")
    assert PHONE not in everything()
    assert ("sal", "said", "*** 打过了，同意") in texts(firm)
    assert firm.app("root").verify_audit().broken == ()
