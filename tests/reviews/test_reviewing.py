"""An order goes when every department that it concerns has approved just what is sent."""

from __future__ import annotations

import base64
import re
from datetime import date, timedelta

import pytest

from connector.errors import ConnectorError
from connector.messages import load
from connector.objects.derived import OrderReview
from connector.operations import linking, overview, resyncing
from connector.store import snapshots
from sandbox.clock import CHINA
from tests.engine.factory import line
from tests.reviews.factory import PEOPLE, REVIEW, Reviewed


def big(firm: Reviewed, qty: str = "20", **more: object) -> None:
    firm.site.order("o1", [line("1", qty=qty)], **more)


def test_an_order_waits_until_every_department_has_approved(firm: Reviewed) -> None:
    big(firm)
    asked = firm.go()
    assert sorted(one.to for one in asked) == ["fin", "li", "pro"]
    assert firm.site.bills() == []
    assert firm.answer("fin", "finance", comment="信用够") == "open"
    firm.go()
    assert firm.site.bills() == []
    assert firm.answer("pro", "production", given={"wanted_date": "2026-12-24"}) == "approved"
    firm.go()
    (bill,) = firm.site.bills()
    assert bill["wanted"] == date(2026, 12, 24)
    assert firm.site.delivery().state == "in_sync"


def test_what_a_department_gave_stays_and_nothing_is_written_again(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    firm.approve_all()
    firm.resync()
    firm.later(5)
    assert firm.site.commits() == 1
    assert firm.site.delivery().state == "in_sync"


def test_an_order_that_concerns_nobody_goes_by_itself(firm: Reviewed) -> None:
    big(firm, qty="1")
    assert firm.go() == []
    assert len(firm.site.bills()) == 1


def test_departments_are_shown_what_stood_there_when_they_were_asked(firm: Reviewed) -> None:
    big(firm)
    asked = firm.go()
    text = next(one.text for one in asked if one.to == "fin")
    assert "- number: O1\n- amount_with_tax: 200" in text
    shown = {one.department: one.evidence for one in firm.app().review("orders", "O1").departments}
    assert shown["finance"] == {"number": "O1", "amount_with_tax": "200"}


def test_one_refusal_stops_the_order_with_its_reason_until_it_changes(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    firm.answer("fin", "finance", "refused", comment="超信用额度")
    firm.go()
    delivery = firm.site.delivery()
    assert (delivery.state, delivery.reason) == ("stopped", "rejected")
    assert "超信用额度" in firm.app().failures("orders")[0]["words"]
    big(firm, qty="15")
    assert {one.to for one in firm.go()} == {"fin", "li", "pro"}
    assert firm.site.delivery().state == "pending"


def test_an_order_that_changes_is_reviewed_anew_and_old_answers_count_for_nothing(
    firm: Reviewed,
) -> None:
    big(firm)
    firm.go()
    firm.answer("fin", "finance")
    big(firm, qty="30")
    firm.go()
    assert firm.answer("pro", "production", given={"wanted_date": "2026-12-24"}) == "open"
    firm.go()
    assert firm.site.bills() == []
    firm.answer("fin", "finance")
    firm.go()
    assert [row["amount"] for row in firm.site.bills()[0]["rows"]] == [300]


def test_a_cancelled_order_is_withdrawn_from_review(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    firm.site.crm.form("order")["o1"].fields["status"] = "cancelled"
    big(firm, status="cancelled")
    firm.go()
    assert firm.app().reviews() == []
    assert firm.site.bills() == []


def test_an_order_that_was_cancelled_and_is_taken_back_unchanged_is_reviewed_anew(
    firm: Reviewed,
) -> None:
    big(firm)
    firm.go()
    big(firm, status="cancelled")
    firm.go()
    big(firm, status="confirmed")
    assert {one.to for one in firm.go()} == {"fin", "li", "pro"}
    firm.approve_all()
    assert len(firm.site.bills()) == 1


def test_who_does_not_answer_is_reminded_again_and_again(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    firm.answer("pro", "production", given={"wanted_date": "2026-12-24"})
    assert firm.later(3) == []
    assert sorted(one.to for one in firm.later(1.1)) == ["fin", "li"]
    assert firm.later(1) == []
    assert sorted(one.to for one in firm.later(3)) == ["fin", "li"]


def test_others_hear_once_and_in_time_of_who_does_not_answer(firm: Reviewed) -> None:
    firm.start(review=REVIEW.replace("escalate: 1d", "escalate: 5h"))
    big(firm)
    firm.go()
    assert "boss" not in {one.to for one in firm.later(4.9)}
    told = [one.title for one in firm.later(0.2) if one.to == "boss"]
    assert ["finance 5" in one or "production 5" in one for one in told] == [True, True]
    later = [one.to for _ in range(6) for one in firm.later(4)]
    assert later.count("fin") == 6
    assert "boss" not in later


def night(firm: Reviewed, hours: int) -> None:
    """Start with others hearing after eight hours, and twelve of night after these."""
    evening = firm.site.clock.now().astimezone(CHINA) + timedelta(hours=hours)
    quiet = f"{evening:%H:00}-{evening + timedelta(hours=12):%H:00}"
    firm.people = PEOPLE.replace("quiet: []", f'quiet: ["{quiet}"]')
    firm.start(review=REVIEW.replace("escalate: 1d", "escalate: 8h"))


def test_reminders_do_not_pile_up_while_nobody_is_told(firm: Reviewed) -> None:
    night(firm, 3)
    big(firm)
    firm.go()
    assert [firm.later(4) for _ in range(3)] == [[], [], []]
    assert sorted(one.to for one in firm.later(4)) == ["boss", "boss", "fin", "li", "pro"]


def test_whoever_is_asked_at_night_is_not_reminded_before_the_day(firm: Reviewed) -> None:
    night(firm, 0)
    big(firm)
    assert firm.go() == []
    assert firm.later(8.5) == []
    asked = firm.later(3.5)
    assert sorted(one.to for one in asked) == ["fin", "li", "pro"]
    assert "提醒" not in asked[0].title
    assert firm.later(3) == []
    assert sorted(one.to for one in firm.later(1.1)) == ["fin", "li", "pro"]


def test_the_record_in_the_crm_can_tell_how_it_stands(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    firm.answer("pro", "production", given={"wanted_date": "2026-12-24"}, comment="可以")
    with firm.site.system.store.reading() as tx:
        found = snapshots.models(tx, "hub", "order_review", OrderReview, ["orders/o1"])
    (told,) = found.values()
    assert (told.state, told.waits_for) == ("open", "finance")
    assert told.custom == {"wanted_date": "2026-12-24"}
    assert told.said == "production: 通过 (pro): 可以"


def test_whoever_answers_what_is_told_is_in_the_language_of_those_who_read_it(
    firm: Reviewed,
) -> None:
    firm.people = PEOPLE.replace("ids: {chat: boss}", "language: en, ids: {chat: boss}")
    firm.start()
    big(firm)
    assert "评审" in next(one.title for one in firm.go() if one.to == "fin")
    firm.app("root").release_review("orders", "O1", "急")
    told = {one.to: one.title for one in firm.go()}
    assert "let it go without its review" in told["boss"]
    assert "未经评审放行" in told["fin"]


def test_how_long_departments_take_is_measured(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    firm.site.clock.advance(7200)
    firm.answer("fin", "finance")
    assert firm.app().review_times() == [("finance", 1, 7200.0)]


# -- no way round it -----------------------------------------------------------------------------


def test_neither_retry_nor_resync_nor_creating_anew_gets_past_it(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    flow, system = firm.site.system.flows["orders"], firm.site.system
    overview.retry(system, flow, ["o1"], "op", ours=True)
    firm.go()
    firm.resync()
    firm.go()
    assert resyncing.chosen(system, flow, ["O1"], None) == ["o1"]
    linking.create_anew(system, flow, "O1", "op")
    firm.go()
    assert firm.site.bills() == []
    firm.answer("fin", "finance", "refused", comment="不行")
    firm.go()
    overview.retry(system, flow, ["o1"], "op", ours=True)
    firm.go()
    assert firm.site.bills() == []


@pytest.mark.parametrize(
    ("review", "flow"),
    [
        (REVIEW, ""),
        (REVIEW.replace("> 100", "> 100000"), ", review: order_review"),
        (REVIEW.replace("who: [finance]", "who: [sales]"), ", review: order_review"),
    ],
)
def test_editing_the_configuration_lets_nothing_past_before_an_admin_accepts_it(
    firm: Reviewed, review: str, flow: str
) -> None:
    big(firm)
    firm.go()
    firm.start(review=review, flow=flow)
    firm.site.order("o2")
    firm.resync()
    firm.go()
    assert firm.site.bills() == []
    assert "connector review accept orders" in str(load(firm.site.delivery("o2").detail))
    with pytest.raises(ConnectorError):
        firm.app("fin").accept_review("orders")
    firm.app("root").accept_review("orders")
    firm.go()
    firm.go()
    assert {bill["no"] for bill in firm.site.bills()} >= {"O2"}
    assert "review_accepted" in firm.audited()


def test_only_who_is_named_may_answer_and_nobody_for_their_own_record(firm: Reviewed) -> None:
    big(firm, seller="E1")
    firm.go()
    for login in ("pro", "boss", "root", "nobody", "li"):
        with pytest.raises(ConnectorError):
            firm.answer(login, "finance")
    assert firm.audited().count("review_attempt_refused") == 4
    firm.answer("fin", "finance")
    with pytest.raises(ConnectorError, match="already"):
        firm.answer("fin", "finance")


def test_what_is_asked_for_must_be_given_and_make_sense(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    for given in ({}, {"wanted_date": "soon"}, {"wanted_date": "2026-12-24", "status": "x"}):
        with pytest.raises(ConnectorError):
            firm.answer("pro", "production", given=given)
    firm.answer("pro", "production", given={"wanted_date": "2026-12-24"})


def test_a_department_s_answer_can_be_left_to_somebody_else(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    firm.app("fin").delegate_review("orders", "O1", "finance", "boss")
    assert [one.to for one in firm.go()] == ["boss"]
    assert firm.answer("boss", "finance") == "open"


def test_an_admin_can_let_it_go_and_everybody_hears_of_it(firm: Reviewed) -> None:
    big(firm)
    firm.go()
    with pytest.raises(ConnectorError):
        firm.app("fin").release_review("orders", "O1", "急")
    firm.app("root").release_review("orders", "O1", "客户停产待料")
    heard = firm.go()
    assert {one.to for one in heard} == {"fin", "li", "pro", "boss"}
    assert all("客户停产待料" in one.text for one in heard)
    assert len(firm.site.bills()) == 1
    assert firm.audited()[-1] == "review_released"


# -- links ---------------------------------------------------------------------------------------


ANSWERS = 'value="approved"'
"""A button of the page behind a link."""


def tokens(firm: Reviewed) -> dict[str, str]:
    """The links that people got."""
    big(firm)
    pattern = re.compile(r"\(https://connector\.example/review/(\S+)\)")
    return {one.to: found[1] for one in firm.go() if (found := pattern.search(one.text))}


def token(firm: Reviewed) -> str:
    return tokens(firm)["fin"]


def test_a_link_shows_and_only_what_is_sent_from_its_page_answers(firm: Reviewed) -> None:
    link = token(firm)
    for _ in range(3):
        status, html = firm.app().review_page("GET", link, {})
        assert (status, ANSWERS in html, "O1" in html) == (200, True, True)
    status, html = firm.app().review_page("POST", link, {"verdict": "approved"})
    assert (status, ANSWERS in html) == (200, False)
    assert firm.app().review("orders", "O1").departments[0].who == "fin"


def test_a_link_answers_once(firm: Reviewed) -> None:
    link = token(firm)
    firm.app().review_page("POST", link, {"verdict": "refused", "comment": "不行"})
    status, html = firm.app().review_page("POST", link, {"verdict": "approved"})
    assert (status, ANSWERS in html) == (409, False)
    assert "review_attempt_refused" in firm.audited()
    firm.go()
    assert firm.site.bills() == []


def test_a_link_of_an_earlier_version_answers_nothing(firm: Reviewed) -> None:
    link = token(firm)
    big(firm, qty="30")
    firm.go()
    status, _ = firm.app().review_page("POST", link, {"verdict": "approved"})
    assert status == 409
    assert firm.app().review("orders", "O1").departments[0].state == "open"


@pytest.mark.parametrize("change", ["x", "cut", "other"])
def test_a_link_that_was_changed_opens_nothing(firm: Reviewed, change: str) -> None:
    found = tokens(firm)
    link, other = found["fin"], found["pro"]
    signed_as = link.rpartition(".")[0] + "." + other.rpartition(".")[2]
    made = {"x": f"{link}x", "cut": link[:-3], "other": signed_as}
    status, html = firm.app().review_page("POST", made[change], {"verdict": "approved"})
    assert (status, "<form" in html) == (403, False)
    assert "review_attempt_refused" in firm.audited()


def test_a_link_is_signed_with_256_bits(firm: Reviewed) -> None:
    signature = token(firm).rpartition(".")[2]
    assert len(base64.urlsafe_b64decode(signature + "=")) == 32


def test_a_link_is_over_after_some_days(firm: Reviewed) -> None:
    link = token(firm)
    firm.site.clock.advance(8 * 86_400)
    assert firm.app().review_page("GET", link, {})[0] == 403
    assert firm.app().review_page("POST", link, {"verdict": "approved"})[0] == 403


def test_a_refusal_by_link_needs_its_reason(firm: Reviewed) -> None:
    link = token(firm)
    assert firm.app().review_page("POST", link, {"verdict": "refused"})[0] == 409
    assert firm.app().review("orders", "O1").departments[0].state == "open"


def test_what_stands_in_a_record_is_shown_as_text(firm: Reviewed) -> None:
    firm.start(review=REVIEW.replace("[number, amount", "[special_terms, amount"))
    big(firm, note="<script>x\u202e")
    text = next(one.text for one in firm.go() if one.to == "fin")
    link = re.search(r"/review/(\S+)\)", text)[1]  # type: ignore[index]
    page = firm.app().review_page("GET", link, {})[1]
    assert "script＞x" in page
    assert not [one for one in ("<script", "\u202e") if one in page]
