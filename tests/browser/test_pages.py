"""Every page, in both languages, on a desk and on a phone: photographed, and for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from connector.derive.reports import REPORTS
from connector.operations.computed import OF
from tests.browser.firm import ADMIN, OPERATOR, Firm
from tests.browser.seat import LANGUAGES, SHOTS, SIZES, Seats

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WORST = ("critical", "serious")
"""How bad findings are that stand in somebody's way."""
PAGES = {
    "overview": "/",
    "orders": "/orders",
    "orders-late": "/orders?late=true",
    "orders-none": "/orders?number=nothing",
    "stage": "/orders?stage=waiting",
    "order": "/orders/{moving}",
    "order-failed": "/orders/{failed}",
    "order-reviewed": "/orders/{large}",
    "failures": "/failures",
    "failures-told": "/failures?told=retried&n=1",
    "failure": "{failure}",
    "reviews": "/reviews",
    "review": "{review}",
    **{f"insight-{object}": f"/insight/{object}" for object in OF},
    **{f"report-{name}": f"/reports/{name}" for name in REPORTS},
    "rules": "/rules",
    "mappings": "/mappings",
    "mapping": "/mappings/orders",
    "mapping-reads": "/mappings/orders?side=read",
    "mapping-tried": "/mappings/orders/try?number={moving}",
    "mapping-versions": "/mappings/orders/versions",
    "audit": "/audit",
    "users": "/users",
    "account": "/account",
    "not-found": "/nowhere",
}
"""What an admin sees."""
STRANGERS = {"login": "/login", "welcome": "{welcome}", "welcome-over": "/welcome/nothing"}
"""What is seen by somebody whom nobody knows."""
MADE = {
    "invited": ("/users", "button", ("邀请", "Invite")),
    "verified": ("/audit", "button", ("验证审计", "Verify the audit")),
}
"""What is shown once a button was pressed."""
SIDEWAYS = """() => [...document.querySelectorAll("body, body *")].filter((one) => {
    const style = getComputedStyle(one);
    const tables = one.matches(".scroll, pre, textarea, input, .scroll *, pre *, svg *");
    return !tables && one.scrollWidth > one.clientWidth + 1 && one.clientWidth
        && !["inline", "contents"].includes(style.display) && style.position !== "absolute";
}).map((one) => one.outerHTML.slice(0, 120))"""
"""Whatever is wider than its place, but for tables and what people write."""
CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
"""A name that is for programs."""
TEXT = """() => {
    const page = document.querySelector("main").cloneNode(true);
    for (const one of page.querySelectorAll(".code, code, pre, .words, .fields")) one.remove();
    return page.textContent;
}"""
"""What a page says in its own words."""


@pytest.fixture(scope="module")
def places(everybody: Seats, firm: Firm) -> dict[str, str]:
    """Where there is something of everything to see."""
    numbers = {"failed": firm.refused(), "large": firm.large(), "moving": firm.sold()}
    with everybody.watched():
        page = everybody.of(ADMIN)
        page.goto("/failures")
        failure = page.get_by_role("link", name=numbers["failed"])
        failure.wait_for()
        found = {"failure": failure.get_attribute("href") or ""}
        page.goto("/reviews")
        review = page.get_by_role("link", name=numbers["large"])
        review.wait_for()
        found["review"] = review.get_attribute("href") or ""
        firm.site.erp.act("advance_production", order_number=numbers["moving"], to="started")
    return numbers | found | {"welcome": firm.invited(OPERATOR).removeprefix(firm.home)}


def looks(
    seats: Seats, places: dict[str, str], size: str, language: str, **more: Any
) -> Iterator[Any]:
    """Every page, by its name; `more`: how the browser is set."""
    admin = seats.of(ADMIN, size, language, **more)
    stranger = seats.stranger(size, language, **more)
    for page, known in ((admin, PAGES), (stranger, STRANGERS)):
        for name, where in known.items():
            page.goto(where.format(**places))
            yield name, page
    for name, (where, role, labels) in MADE.items():
        admin.goto(where)
        label = labels[LANGUAGES.index(language)]
        admin.get_by_role(role, name=label, exact=True).first.click()
        yield name, admin


def findings(page: Page) -> list[str]:
    """What stands in the way of people who do not see or move as others do."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:150]}" for one in found if one["impact"] in WORST
            for node in one["nodes"]]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_for_everybody_fits_and_speaks_plainly(
    seats: Seats, places: dict[str, str], size: str, language: str
) -> None:
    wrong: list[str] = []
    SHOTS.mkdir(parents=True, exist_ok=True)
    for name, page in looks(seats, places, size, language):
        page.screenshot(path=SHOTS / f"{name}-{size}-{language}.png", full_page=True)
        found = findings(page)
        found += [f"wider than its place: {one}" for one in page.evaluate(SIDEWAYS)]
        if not name.startswith("mapping"):  # they speak of what stands in a file
            found += [f"for programs: {one}" for one in CODE.findall(page.evaluate(TEXT))]
        wrong += [f"{name}: {one}" for one in found]
    assert not wrong, "\n".join(wrong)


def test_every_page_is_for_everybody_where_the_machine_is_dark(
    seats: Seats, places: dict[str, str]
) -> None:
    wrong: list[str] = []
    for name, page in looks(seats, places, "desktop", "zh", color_scheme="dark"):
        wrong += [f"{name}: {one}" for one in findings(page)]
    assert not wrong, "\n".join(wrong)
