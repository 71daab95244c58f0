"""The pages: who sees what, what buttons do, and what nobody can do from outside."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connector.console.view import PAGES
from connector.derive.reports import REPORTS
from connector.operations.computed import OF
from connector.store import feeds
from tests.console.factory import OURS, PASSWORD, REVIEW, Browser, Office, text

WHERE = (
    [where for _, where in PAGES]
    + [f"/insight/{one}" for one in OF]
    + [f"/reports/{one}" for one in REPORTS]
    + ["/account", "/orders/O1", "/orders?stage=waiting"]
)
FAILURE = "/failures/orders/o1"


@pytest.fixture
def failing(strict: Office) -> Office:
    """An office whose order the ERP refuses."""
    strict.site.order(note="bad")
    strict.go()
    return strict


def chosen(browser: Browser) -> str:
    """The failure as this browser sees it."""
    [value] = re.findall(r'name="chosen" value="([^"]+)"', browser.get(FAILURE).text)
    return str(value)


@pytest.mark.parametrize("login", ["look", "ops", "root"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_shown_to_whoever_may_see_it_in_their_language(
    failing: Office, login: str, language: str
) -> None:
    browser = failing.as_(login)
    browser.post("/language", {"language": language})
    for where in [*WHERE, FAILURE]:
        answer = browser.get(where)
        allowed = login == "root" or where != "/users"
        allowed = allowed and (login != "look" or not where.startswith("/reports"))
        assert answer.status_code == (200 if allowed else 403), where
        if allowed:
            assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in answer.text


def test_whoever_is_not_logged_in_is_led_to_the_door_and_back(failing: Office) -> None:
    stranger = failing.stranger()
    for where in [*WHERE, FAILURE]:
        answer = stranger.get(where)
        assert answer.status_code == 303, where
        assert answer.headers["location"].startswith("/login")
    led = stranger.get("/orders?late=true").headers["location"]
    assert led == "/login?next=%2Forders%3Flate%3Dtrue"
    failing.as_("ops")
    back = stranger.post(
        "/login", {"login": "ops", "password": PASSWORD, "next": "/orders?late=true"}
    )
    assert back.headers["location"] == "/orders?late=true"


@pytest.mark.parametrize(
    "where", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)",
              "/ok\r\nSet-Cookie: a=b"]
)  # fmt: skip
def test_nobody_is_led_elsewhere_by_a_link_to_us(desk: Office, where: str) -> None:
    desk.as_("ops")
    answer = desk.stranger().post("/login", {"login": "ops", "password": PASSWORD, "next": where})
    assert answer.headers["location"] == "/"


def test_an_operator_sees_why_corrects_retries_and_sees_it_succeed(failing: Office) -> None:
    ops = failing.as_("ops")
    page = ops.get(FAILURE)
    assert "备注不合规 <b>bad</b>" in text(page).replace("&lt;", "<").replace("&gt;", ">")
    [seen] = re.findall(r'name="seen" value="([^"]+)"', page.text)
    sent = {"seen": seen, "field.special_terms": "good", "was.field.special_terms": "bad",
            "field.order_date": "2026-11-20", "was.field.order_date": "2026-11-20"}  # fmt: skip
    answer = ops.post(FAILURE, sent)
    assert answer.status_code == 303
    assert "Fields corrected: 1" in text(ops.get(answer.headers["location"]))
    failing.go()
    failing.go()
    assert failing.site.bill().fields["note"] == "good"
    assert "All is well" in text(ops.get("/failures"))
    assert "Corrected it" in text(ops.get("/orders/O1"))


def test_what_does_not_fit_is_said_and_nothing_is_lost(failing: Office) -> None:
    ops = failing.as_("ops")
    [seen] = re.findall(r'name="seen" value="([^"]+)"', ops.get(FAILURE).text)
    answer = ops.post(FAILURE, {"seen": seen, "field.order_date": "soon"})
    assert answer.status_code == 400
    assert "order_date cannot be soon" in text(answer)
    assert failing.serving.app.failures()[0]["since"] == float(seen)


def test_the_first_page_says_whether_a_daemon_works_and_how_much(desk: Office) -> None:
    desk.site.order()
    desk.go()
    look = desk.as_("look")
    assert "daemon: does not run" in text(look.get("/"))
    store = desk.site.system.store
    with store.transaction() as tx:
        feeds.sign(store, tx, "there:7:ab")
    page = look.get("/")
    assert "does not run" not in text(page)
    assert "The daemon runs on there:7" in text(page)
    assert last_hour(look) == 1
    desk.site.clock.advance(3601)
    assert last_hour(desk.as_("look")) == 0


def last_hour(somebody: Browser) -> int:
    """How many orders were delivered in it."""
    return int(somebody.get("/api/status").json()["flows"]["orders"]["last_hour"])


def test_the_page_of_an_order_shows_what_was_sent(desk: Office) -> None:
    desk.site.order()
    desk.go()
    page = desk.as_("root").get("/orders/O1")
    [sent] = re.findall(r"<summary>What was sent.*?</details>", page.text, re.S)
    words = " ".join(re.sub("<[^>]+>", " ", sent).split())
    assert "customer → C1 date 2026-11-20" in words
    assert "rows[1].qty 2" in words
    hidden = desk.as_("look").get("/api/orders/O1").json()[0]["deliveries"][0]["sent"]
    assert set(hidden.values()) == {"***"}


def test_a_paused_flow_says_why_and_goes_on_by_an_operator_s_button(desk: Office) -> None:
    desk.serving.app.of("root").change_flow("pause", "orders", "月底盘点")
    assert "Paused by root: 月底盘点" in text(desk.as_("look").get("/"))
    assert 'action="/flows"' not in desk.as_("look").get("/").text
    assert desk.as_("look").post("/flows", {"flow": "orders"}).status_code == 403
    ops = desk.as_("ops")
    told = ops.get(ops.post("/flows", {"flow": "orders"}).headers["location"])
    assert "The flow delivers again." in text(told)
    assert "月底盘点" not in text(told)
    assert "had a flow go on" in text(desk.as_("root").get("/audit")).lower()


@pytest.mark.parametrize("what", ["retry", "discard"])
def test_a_button_pressed_twice_has_one_effect_and_says_so(failing: Office, what: str) -> None:
    ops = failing.as_("ops")
    form = {"what": what, "chosen": chosen(ops)}
    assert ops.post("/failures", form).status_code == 303
    again = ops.post("/failures", form)
    assert again.status_code == 409
    assert "somebody was faster" in text(again)
    done = [line.what for line in failing.serving.app.audit() if line.what == what]
    assert done == [what]


def test_of_two_operators_on_one_failure_one_is_told_that_the_other_was_faster(
    failing: Office,
) -> None:
    one, other = failing.as_("ops"), failing.as_("root")
    mine, theirs = chosen(one), chosen(other)
    assert one.post("/failures", {"what": "discard", "chosen": mine}).status_code == 303
    assert other.post("/failures", {"what": "retry", "chosen": theirs}).status_code == 409
    failing.go()
    assert not failing.site.bills()


def test_many_are_retried_at_once(strict: Office) -> None:
    for n in range(5):
        strict.site.order(f"o{n}", note="bad")
    strict.go()
    ops = strict.as_("ops")
    every = re.findall(r'name="chosen" value="([^"]+)"', ops.get("/failures").text)
    answer = ops.post("/failures", {"what": "retry", "chosen": every})
    assert "Retried: 5" in text(ops.get(answer.headers["location"]))


def test_a_viewer_is_refused_what_a_viewer_may_not_do(failing: Office) -> None:
    look, ops = failing.as_("look"), failing.as_("ops")
    form = {"what": "retry", "chosen": chosen(ops)}
    assert 'name="what"' not in look.get(FAILURE).text
    for path, sent in [("/failures", form), (FAILURE, {"seen": "1", "field.special_terms": "x"}),
                       ("/users/invite", {"login": "look"}), ("/audit/verify", {})]:  # fmt: skip
        assert look.post(path, sent).status_code == 403, path
    tried = [line for line in failing.serving.app.audit() if line.what == "attempt_refused"]
    assert {line.who for line in tried} == {"look"}
    assert len(tried) == 4


# -- what comes from elsewhere ------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
     {"origin": "https://evil.example"}, {"origin": "null"}, {"x-nothing": "at all"}],
)  # fmt: skip
def test_what_is_sent_from_another_page_is_not_done(failing: Office, headers: Any) -> None:
    ops = failing.as_("ops")
    form = {"what": "discard", "chosen": chosen(ops)}
    assert ops.post("/failures", form, headers).status_code == 403
    assert ops.post("/logout", {}, headers).status_code == 403
    assert (
        failing.stranger().post("/login", {"login": "a", "password": "b"}, headers).status_code
        == 403
    )
    assert len(failing.serving.app.failures()) == 1


def test_another_name_than_ours_is_not_answered(desk: Office) -> None:
    assert desk.stranger("http://evil.example").get("/login").status_code == 400


def test_every_answer_forbids_what_pages_do_not_need(failing: Office) -> None:
    ops = failing.as_("ops")
    for where in ("/", FAILURE, "/login", "/nowhere", "/api/status", "/static/console.css"):
        headers = ops.get(where).headers
        assert "script-src 'self'" in headers["content-security-policy"], where
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        stored = "public" if where.startswith("/static") else "no-store"
        assert stored in headers["cache-control"]
    cookie = desk_cookie(failing)
    assert {"httponly", "samesite=lax", "path=/"} <= {p.strip() for p in cookie.lower().split(";")}


def desk_cookie(office: Office) -> str:
    return str(office.stranger().log_in("ops").headers["set-cookie"])


def test_behind_tls_the_cookie_goes_nowhere_else_and_browsers_stay_with_it(desk: Office) -> None:
    path = desk.site.directory / "config.yaml"
    path.write_text(path.read_text("utf-8").replace(
        "console: {address: '127.0.0.1:8090'}",
        "console: {address: '127.0.0.1:8090', url: 'https://c.example'}"), "utf-8")  # fmt: skip
    desk.site.clock.advance(10)
    desk.as_("ops")
    browser = desk.stranger("https://c.example")
    answer = browser.log_in("ops")
    assert answer.headers["set-cookie"].startswith("__Host-session=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]
    assert browser.get("/").status_code == 200


def test_a_request_that_is_too_long_is_refused(desk: Office) -> None:
    long = {**OURS, "content-length": "2000000"}
    assert desk.stranger().post("/login", {"login": "x"}, long).status_code == 413


@pytest.mark.parametrize("where", ["/orders?number=a%00b", "/orders/a%00b", "/failures/x/%00"])
def test_a_character_that_is_none_is_refused_wherever_it_stands(desk: Office, where: str) -> None:
    ops = desk.as_("ops")
    assert ops.get(where).status_code == 400
    assert ops.post("/login", {"login": "a\0b", "password": "x"}).status_code == 400
    for spelt, status in (("a\\u0000", 400), ("\\ud800", 422)):
        answer = ops.client.post(
            "/api/failures/retry",
            content=f'{{"flow": "{spelt}", "key": "{spelt}", "since": 1}}',
            headers={**OURS, "content-type": "application/json"},
        )
        assert answer.status_code == status


def test_a_stage_that_there_is_not_is_no_page(desk: Office) -> None:
    assert desk.as_("look").get("/orders?stage=lost").status_code == 404


def test_twenty_tries_a_minute_are_enough_for_one_address(desk: Office) -> None:
    stranger = desk.stranger()
    for n in range(20):
        assert stranger.log_in(f"nobody{n}", "wrong").status_code == 403
    assert stranger.log_in("ops").status_code == 429
    desk.site.clock.advance(61)
    assert stranger.log_in("nobody", "wrong").status_code == 403


# -- reviews ------------------------------------------------------------------------------------


def under_review(desk: Office) -> None:
    desk.start(review=REVIEW, flow=", review: order_review")
    lines = [{"id": "1", "product": "p-M1", "qty": "2", "price": "100", "amount": "200"}]
    desk.site.order(lines=lines)
    desk.go()


def test_departments_answer_in_place_and_the_order_goes(desk: Office) -> None:
    under_review(desk)
    fin, pro = desk.as_("fin"), desk.as_("pro")
    assert "O1" in text(fin.get("/reviews"))
    where = "/reviews/orders/o1"
    page = text(fin.get(where))
    assert "Amount with tax 200.00" in page
    seen = {"review": str(desk.serving.app.review("orders", "o1").id)}
    wrong = fin.post(where, seen | {"department": "production", "verdict": "approved"})
    assert wrong.status_code == 409
    assert "You may not answer for production" in text(wrong)
    form = seen | {"department": "finance", "verdict": "approved"}
    assert fin.post(where, form).status_code == 303
    twice = fin.post(where, form | {"verdict": "refused", "comment": "no"})
    assert "answered for finance already" in text(twice)
    said = {"department": "production", "verdict": "approved", "given.wanted_date": "2026-12-24"}
    done = pro.post(where, seen | said)
    assert "Approved" in text(pro.get(done.headers["location"]))
    desk.go()
    desk.go()
    assert str(desk.site.bill().fields["wanted"]) == "2026-12-24"


def test_a_refusal_needs_a_reason_and_keeps_what_was_typed(desk: Office) -> None:
    under_review(desk)
    fin = desk.as_("fin")
    said = {"department": "finance", "verdict": "refused",
            "review": str(desk.serving.app.review("orders", "o1").id)}  # fmt: skip
    answer = fin.post("/reviews/orders/o1", said)
    assert answer.status_code == 409
    assert "reason" in text(answer)
    said["comment"] = "too dear"
    assert fin.post("/reviews/orders/o1", said).status_code == 303
    assert "too dear" in text(fin.get("/reviews/orders/o1"))


# -- users --------------------------------------------------------------------------------------


def test_an_admin_invites_and_a_first_timer_comes_in(desk: Office) -> None:
    root = desk.as_("root")
    page = root.post("/users/invite", {"login": "look"})
    [link] = re.findall(r'value="(http://[^"]+/welcome/[^"]+)"', page.text)
    path = link.partition("8090")[2]
    look = desk.stranger()
    assert "look" in text(look.get(path))
    differ = look.post(path, {"password": PASSWORD, "again": PASSWORD + "!"})
    assert "not the same" in text(differ)
    weak = look.post(path, {"password": "look look look", "again": "look look look"})
    assert "too plain" in text(weak)
    assert look.post(path, {"password": PASSWORD, "again": PASSWORD}).headers["location"] == "/"
    assert look.get("/").status_code == 200
    assert look.post(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 403


def test_an_ended_session_is_out_at_the_next_page(desk: Office) -> None:
    root, ops = desk.as_("root"), desk.as_("ops")
    assert ops.get("/").status_code == 200
    root.post("/users/end", {"login": "ops"})
    assert ops.get("/").status_code == 303
    ops.log_in("ops")
    ops.post("/logout")
    assert ops.get("/").status_code == 303


def test_another_password_is_set_by_whoever_knows_the_old_one(desk: Office) -> None:
    ops, new = desk.as_("ops"), "another plain pass phrase"
    wrong = ops.post("/password", {"old": "no", "new": new, "again": new})
    assert wrong.status_code == 403
    done = ops.post("/password", {"old": PASSWORD, "new": new, "again": new})
    assert "is changed" in text(ops.get(done.headers["location"]))
    assert desk.stranger().log_in("ops", new).status_code == 303
    assert desk.stranger().log_in("ops").status_code == 403


def test_the_audit_is_shown_and_verified(failing: Office) -> None:
    root = failing.as_("root")
    assert "logged in" in text(root.get("/audit"))
    assert "as they were written" in text(root.post("/audit/verify"))
