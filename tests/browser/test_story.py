"""What people do before the console, from the first password to an order that goes on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.browser.firm import ADMIN, DIRECTOR, OPERATOR, VIEWER, Firm
from tests.browser.seat import PASSWORD, Seats

pytestmark = pytest.mark.browser


def in_the_erp(page: Any, number: str, expect: Any) -> None:
    """The board shows it there; how far it is by now is its factory's affair."""
    expect(column(page, "未到 ERP").get_by_text(number)).to_have_count(0)
    expect(page.get_by_role("link", name=number)).to_be_visible()


def column(page: Any, stage: str) -> Any:
    """A column of the board."""
    return (
        page.get_by_role("region").filter(has=page.get_by_role("link", name=stage, exact=True)).last
    )


def test_a_first_time_admin_comes_in_sees_orders_move_and_mends_one_that_failed(
    seats: Seats, firm: Firm, expect: Any
) -> None:
    page = seats.stranger()
    seats.come_in(page, firm.first)
    expect(page.get_by_role("heading", level=1)).to_have_text("总览")

    number = firm.sold()
    page.goto(f"/orders?number={number}")
    in_the_erp(page, number, expect)
    for done, stage in (("started", "已上生产线"), ("finished", "生产完工")):
        firm.site.erp.act("advance_production", order_number=number, to=done)
        expect(column(page, stage).get_by_text(number).first).to_be_visible()
    firm.site.erp.act("ship", order_number=number, carriage_no="SF100001")
    expect(column(page, "已发货（30 天内）").get_by_text(number).first).to_be_visible()

    failed = firm.refused()
    page.goto(f"/orders?number={failed}")
    expect(column(page, "未到 ERP").get_by_text("被拒绝")).to_be_visible()
    page.get_by_role("link", name=failed).click()
    expect(page.get_by_text("单据日期所在期间已关账").first).to_be_visible()
    expect(page.get_by_text("由财务反关账").first).to_be_visible()
    page.get_by_role("link", name="查看并处理").click()
    page.get_by_label("订单日期").fill(date.today().isoformat())
    page.get_by_role("button", name="更正并重试").click()
    expect(page.get_by_role("status")).to_contain_text("更正了 1 个字段")
    page.goto(f"/orders?number={failed}")
    in_the_erp(page, failed, expect)
    assert firm.bill(failed)["FDate"].startswith(date.today().isoformat())


def test_an_approver_answers_a_review_on_a_phone_and_the_order_goes(
    seats: Seats, firm: Firm, expect: Any
) -> None:
    number = firm.large()
    page = seats.of(DIRECTOR, "phone")
    page.goto("/reviews")
    page.get_by_role("link", name=number).tap()
    expect(page.get_by_text("135,600.00")).to_be_visible()
    page.get_by_role("button", name="不通过").tap()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("意见").fill("按约定价格")
    page.get_by_role("button", name="通过", exact=True).tap()
    expect(page.get_by_role("status")).to_have_text("已通过。")
    page.goto(f"/orders?number={number}")
    in_the_erp(page, number, expect)


def test_a_viewer_is_refused_what_a_viewer_may_not_do(
    seats: Seats, firm: Firm, expect: Any
) -> None:
    number = firm.refused()
    page = seats.of(VIEWER)
    page.goto(f"/orders?number={number}")
    expect(page.get_by_text("被拒绝")).to_be_visible()
    expect(page.get_by_role("navigation").get_by_role("link", name="用户")).to_have_count(0)
    page.goto("/failures")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_text("单据日期所在期间已关账").first).to_be_visible()
    expect(page.get_by_role("button", name="重试")).to_have_count(0)
    expect(page.get_by_text("更正后重试")).to_have_count(0)
    sent = """async (path) => (await fetch(path, {method: "POST", body: new URLSearchParams(
        {what: "retry", chosen: "orders 1 x", seen: "1", login: "sun"})})).status"""
    for path in ("/failures", page.url, "/users/invite", "/users/remove", "/audit/verify"):
        assert page.evaluate(sent, path) == 403, path
    page.goto("/users")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有权限")


def test_an_operator_who_was_slower_is_told_so_and_can_go_back(
    seats: Seats, firm: Firm, expect: Any
) -> None:
    number = firm.refused()
    one, other = seats.of(OPERATOR), seats.of(ADMIN)
    one.goto(f"/orders?number={number}")
    expect(one.get_by_text("被拒绝")).to_be_visible()
    for page in (one, other):
        page.goto("/failures")
        page.get_by_role("link", name=number).click()
        page.on("dialog", lambda dialog: dialog.accept())
    one.get_by_role("button", name="搁置").click()
    expect(one.get_by_role("status")).to_have_text("已搁置 1 条。")
    other.get_by_role("button", name="重试", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("别人处理过")
    other.get_by_role("link", name="返回").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text(number)


def test_a_page_follows_but_takes_nothing_from_under_somebody_s_hands(
    seats: Seats, firm: Firm, expect: Any
) -> None:
    first = firm.refused()
    page = seats.of(OPERATOR)
    page.goto("/failures")
    chosen = page.get_by_label(f"选择 {first}")
    chosen.check()
    second = firm.refused()
    other = seats.of(ADMIN)
    other.goto("/failures")
    expect(other.get_by_role("link", name=second)).to_be_visible()
    expect(chosen).to_be_checked()
    chosen.uncheck()
    page.get_by_role("heading", level=1).click()
    expect(page.get_by_role("link", name=second)).to_be_visible()


def test_the_language_switches_in_place_and_stays(seats: Seats, firm: Firm, expect: Any) -> None:
    page = seats.of(ADMIN)
    page.goto("/orders?late=true")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    expect(page.get_by_label("Only late ones")).to_be_checked()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("navigation").get_by_role("link", name="Failures").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Failures")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("失败")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_whoever_logs_in_is_led_to_where_they_wanted_and_whoever_logs_out_is_out(
    seats: Seats, expect: Any
) -> None:
    seats.of(OPERATOR)  # who has a password by now
    page = seats.stranger()
    page.goto("/orders?late=true")
    page.get_by_label("登录名").fill(OPERATOR)
    page.get_by_label("密码").fill("not it")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("只看延期")).to_be_checked()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.goto("/orders")
    expect(page.get_by_role("button", name="登录")).to_be_visible()
