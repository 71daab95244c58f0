"""Everything goes by keyboard: Tab, Enter and Space, and one always sees where one is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.browser.firm import ADMIN, DIRECTOR, OPERATOR, Firm
from tests.browser.seat import PASSWORD, Seats

pytestmark = pytest.mark.browser

MOST = 150
"""Stops that somebody makes at most on the way to something."""
SEEN = """() => {
    const one = document.activeElement;
    if (one === document.body) return "";  // between the last stop and the first
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const there = box.width > 0 && box.right > 0 && box.left < innerWidth;
    return outlined && there ? "" : one.outerHTML.slice(0, 200);
}"""
"""What has the focus and is not seen to have it."""
HERE = "(one) => one === document.activeElement"


def go_to(page: Any, wanted: Any) -> None:
    """Press Tab until something has the focus; each stop on the way is seen."""
    wanted.wait_for()
    for _ in range(MOST):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN) == ""
        if wanted.evaluate(HERE):
            return
    raise AssertionError(f"not within {MOST} stops: {wanted}")


def press(page: Any, wanted: Any, key: str = "Enter") -> None:
    """Go there by Tab, and press a key."""
    go_to(page, wanted)
    page.keyboard.press(key)


def write(page: Any, label: str, text: str) -> None:
    """Go to a field by Tab, and write in the place of what stands there."""
    go_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def test_an_operator_finds_a_failed_order_and_mends_it(
    seats: Seats, firm: Firm, expect: Any
) -> None:
    seats.of(OPERATOR)  # who has a password by now
    number = firm.refused()
    page = seats.stranger()
    page.goto("/orders")
    expect(page.get_by_label("登录名", exact=True)).to_be_focused()
    page.keyboard.type(OPERATOR)
    write(page, "密码", PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("订单")
    write(page, "单号", number)
    press(page, page.get_by_role("button", name="查看"))
    expect(page.get_by_text("被拒绝")).to_be_visible()
    press(page, page.get_by_role("link", name=number))
    press(page, page.get_by_role("link", name="查看并处理"))
    write(page, "订单日期", f"{date.today():%m%d%Y}")
    press(page, page.get_by_role("button", name="更正并重试"))
    expect(page.get_by_role("status")).to_contain_text("更正了 1 个字段")
    press(page, page.get_by_role("navigation").get_by_role("link", name="订单"))
    write(page, "单号", number)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=number).filter(has_not_text="被拒绝")).to_be_visible()


def test_the_board_is_filtered(seats: Seats, expect: Any) -> None:
    page = seats.of(OPERATOR)
    page.goto("/orders")
    everything = page.locator("a.order").count()
    press(page, page.get_by_label("只看延期"), "Space")
    press(page, page.get_by_role("button", name="查看"))
    page.wait_for_url("**/orders?*late=1*")
    late = page.locator("a.order").count()
    assert 0 < late < everything
    assert page.locator("a.order.late").count() == late
    salesperson = page.get_by_label("销售")
    go_to(page, salesperson)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen = salesperson.locator("option:checked").inner_text()
    press(page, page.get_by_role("button", name="查看"))
    page.wait_for_url("**salesperson=*")
    expect(page.locator("a.order").first).to_contain_text(chosen)
    press(page, page.get_by_role("link", name="清除条件"))
    page.wait_for_url("**/orders")


def test_several_failures_are_chosen_and_set_aside_and_one_may_think_better_of_it(
    seats: Seats, firm: Firm, expect: Any
) -> None:
    numbers = [firm.refused(), firm.refused()]
    page = seats.of(OPERATOR)
    page.goto("/failures")
    for number in numbers:
        page.get_by_role("link", name=number).wait_for()
    for number in numbers:
        press(page, page.get_by_label(f"选择 {number}"), "Space")
    answers = ["dismiss", "accept"]
    page.on("dialog", lambda dialog: getattr(dialog, answers.pop(0))())
    for _ in range(2):
        press(page, page.get_by_role("button", name="搁置"))
    expect(page.get_by_role("status")).to_have_text("已搁置 2 条。")
    assert answers == []
    for number in numbers:
        expect(page.get_by_role("link", name=number)).to_have_count(0)


def test_a_director_answers_a_review(seats: Seats, firm: Firm, expect: Any) -> None:
    number = firm.large()
    page = seats.of(DIRECTOR)
    page.goto("/reviews")
    press(page, page.get_by_role("link", name=number))
    write(page, "意见", "太贵")
    press(page, page.get_by_role("button", name="不通过"), "Space")
    expect(page.get_by_role("status")).to_have_text("已答复不通过。")


def test_the_first_stop_leads_past_the_menu_to_the_content(seats: Seats) -> None:
    page = seats.of(ADMIN)
    page.goto("/orders")
    press(page, page.get_by_role("link", name="跳到内容"))
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.get_by_label("单号", exact=True).evaluate(HERE)
