"""Questions and answers on the pages of a review and of its order."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.console.factory import REVIEW, Browser, Office, text

REVIEWED, ORDER = "/reviews/orders/o1", "/orders/O1"
FORM = 'name="text"'


@pytest.fixture
def asked(desk: Office) -> Office:
    """A large order is under review."""
    desk.start(review=REVIEW, flow=", review: order_review")
    order(desk)
    return desk


def order(office: Office, qty: str = "2", amount: str = "200") -> None:
    lines = [{"id": "1", "product": "p-M1", "qty": qty, "price": "100", "amount": amount}]
    office.site.order(lines=lines)
    office.go()


def seen(browser: Browser) -> dict[str, str]:
    """The review as a page shows it, for what is sent from there."""
    found = re.search(r'name="review" value="(\d+)"', browser.get(REVIEWED).text)
    return {"review": found[1] if found else ""}


def said(browser: Browser, words: str, review: dict[str, str] | None = None, **more: str) -> Any:
    form = (review or seen(browser)) | {"verdict": "said", "text": words} | more
    return browser.post(REVIEWED, form)


def test_a_question_stands_on_both_pages_and_nothing_is_decided(asked: Office) -> None:
    fin, look = asked.as_("fin"), asked.as_("look")
    answer = said(fin, "合同在哪里？", number="O1")
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, ORDER)
    for page in (REVIEWED, ORDER, "/api/orders/O1", "/api/reviews"):
        assert "合同在哪里？" in look.get(page).text, page
    assert {one.state for one in asked.serving.app.review("orders", "o1").departments} == {"open"}


def test_who_has_nothing_to_do_with_it_has_no_form_and_is_refused(asked: Office) -> None:
    fin, look = asked.as_("fin"), asked.as_("look")
    for page in (REVIEWED, ORDER):
        assert (FORM in fin.get(page).text, FORM in look.get(page).text) == (True, False)
    assert said(look, "放行吧", seen(fin)).status_code == 409
    assert "放行吧" not in asked.as_("root").get(REVIEWED).text
    tried = [one.who for one in asked.serving.app.audit() if one.what == "review_attempt_refused"]
    assert tried == ["look"]


def test_a_form_that_is_sent_twice_has_one_effect(asked: Office) -> None:
    fin = asked.as_("fin")
    form = seen(fin)
    for _ in range(2):
        assert said(fin, "急吗？", form).status_code == 303
    assert fin.get(REVIEWED).text.count("急吗？") == 1


def test_what_is_too_long_is_refused_and_not_lost(asked: Office) -> None:
    fin = asked.as_("fin")
    for words in ("x" * 10_000, "   "):
        answer = said(fin, words)
        assert (answer.status_code, words in answer.text) == (409, True)
    assert said(fin, "x" * 2_000).status_code == 303


def test_a_return_is_told_and_is_answered_on_the_page(asked: Office) -> None:
    fin, ops = asked.as_("fin"), asked.as_("ops")
    form = seen(fin) | {"department": "finance", "verdict": "returned"}
    assert fin.post(REVIEWED, form).status_code == 409
    assert fin.post(REVIEWED, form | {"comment": "预付多少？"}).status_code == 303
    shown = text(ops.get(REVIEWED))
    assert "finance returned" in shown
    assert "fin — 预付多少？" in shown
    assert said(ops, "三成").status_code == 303
    assert "finance open" in text(ops.get(REVIEWED))


def test_what_was_seen_before_the_order_changed_decides_nothing(asked: Office) -> None:
    fin = asked.as_("fin")
    form = seen(fin) | {"department": "finance"}
    order(asked, "3", "300")
    for more in ({"verdict": "approved"}, {"verdict": "said", "text": "可以"}):
        answer = fin.post(REVIEWED, form | more)
        assert (answer.status_code, "reviewed anew" in answer.text) == (409, True)
    for number in ("", "x", "-1", "9" * 400, "²"):
        assert (
            fin.post(REVIEWED, {**form, "review": number, "verdict": "approved"}).status_code == 409
        )
    assert {one.state for one in asked.serving.app.review("orders", "o1").departments} == {"open"}


def test_programs_ask_and_answer_once_and_only_those_of_who_may(asked: Office) -> None:
    program, fin = asked.stranger().client, asked.token("fin")
    [review] = program.get("/api/reviews", headers=fin).json()
    say = {"flow": "orders", "key": "o1", "review": review["id"], "text": "合同呢？"}
    for _ in range(2):
        answer = program.post("/api/reviews/say", headers=fin, json=say)
        assert (answer.status_code, answer.json()) == (200, {"count": 1})
    refused = {
        "look": (say, 409),
        "fin": (say | {"text": "x" * 2001}, 422),
        "ops": (say | {"asks": ["nobody"]}, 409),
    }
    for login, (body, status) in refused.items():
        answer = program.post("/api/reviews/say", headers=asked.token(login), json=body)
        assert answer.status_code == status, login
    [review] = program.get("/api/reviews", headers=fin).json()
    assert [(one["who"], one["text"]) for one in review["remarks"]] == [("fin", "合同呢？")]
