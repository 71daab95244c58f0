"""What somebody wrote into a record to harm whoever reads it: every page shows it harmless."""

from __future__ import annotations

import unicodedata
from collections import Counter
from html.parser import HTMLParser
from typing import Any, cast
from urllib.parse import quote

from starlette.routing import Route

from connector.console import web
from connector.console.view import FOLDER
from connector.derive.reports import REPORTS
from connector.engine import saving
from connector.objects.derived import SlowStock
from connector.operations.computed import OF
from connector.operations.reviewing import Reply
from tests.console.factory import REVIEW, Browser, Office
from tests.reviews.factory import ERP

NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "\u202eevil\u2066\u200b",
    "\x1b]0;evil\x07\x1b[2J",
    "javascript:alert(1)//",
    "名" * 3400,
)
SPOKEN = REVIEW.replace("[number, amount_with_tax]", "[number, special_terms]")
JOINING = "\n\r\t\u200c\u200d"
"""Ends of lines, and what joins the parts of a character."""


class Marks(HTMLParser):
    """The tags of a page and their attributes, as a browser takes them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.leads: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.leads |= {str(value) for name, value in attrs if name in ("href", "src", "action")}


def hostile(office: Office) -> Browser:
    """All that people and systems outside can write, written; and an admin who reads it."""
    office.reviewed.more["erp/sales_order"] = ERP.replace(", max_bytes: 20", "")
    office.start(review=SPOKEN, flow=", review: order_review")
    office.site.erp.rules["bill"] = lambda fields: f"refused {fields['note']}"
    large = [{"id": "1", "product": "p-M1", "qty": "2", "price": "100", "amount": "200"}]
    for n, word in enumerate(NASTY):
        office.site.customer(f"c{n}", name=word)
        for kind, lines in (("failed", None), ("asked", large)):
            office.site.order(
                f"{kind}/{n}", lines, number=f"{kind} {n} {word[:60]}", note=word[:2000],
                customer=f"c{n}",
            )  # fmt: skip
    office.go()
    office.go()
    stock = {f"m{n}": SlowStock(material=f"m{n}", number=word[:100], on_hand=1)
             for n, word in enumerate(NASTY)}  # fmt: skip
    with office.site.system.store.transaction() as tx:
        saving.save(office.site.system, tx, "slow_stock", stock)
    for one, word in zip(office.serving.app.reviews(), NASTY, strict=True):
        fin = office.serving.app.of("fin")
        fin.say_review(one.flow, one.key, word[:2000])
        fin.answer_review(one.flow, one.key, "finance", Reply("returned", word[:2000]))
    root = office.as_("root")
    office.stranger().log_in("".join(NASTY)[:200], "x")
    root.client.headers["user-agent"] = NASTY[0]
    root.log_in("root")
    return root


def places(office: Office, root: Browser) -> dict[str, list[str]]:
    """Where each page is; one that is missing here is not looked at."""
    app = office.serving.app
    failed = [(one["flow"], one["key"]) for one in app.failures()]
    asked = [(one.flow, one.key) for one in app.reviews()]
    assert len(failed) == len(asked) == len(NASTY)
    numbers = [f"{kind} {n} {word[:60]}" for kind in ("failed", "asked")
               for n, word in enumerate(NASTY)]  # fmt: skip
    secret = app.accounts.invite("ops", "root")
    return {
        "/": ["/"],
        "/orders": ["/orders", "/orders?stage=waiting", f"/orders?customer={quote(NASTY[1])}"],
        "/orders/{number:path}": [f"/orders/{quote(one, safe='')}" for one in numbers],
        "/failures": ["/failures", f"/failures?flow={quote(NASTY[0])}"],
        "/failures/{flow}/{key:path}": [f"/failures/{flow}/{key}" for flow, key in failed],
        "/reviews": ["/reviews"],
        "/reviews/{flow}/{key:path}": [f"/reviews/{flow}/{key}" for flow, key in asked],
        "/insight": [],
        "/insight/{object}": [f"/insight/{one}" for one in OF],
        "/insight/{object}/sheet.{kind}": [],
        "/reports/{name}": [f"/reports/{one}" for one in REPORTS],
        "/reports/{name}/sheet.{kind}": [],
        "/rules": ["/rules"],
        "/mappings": ["/mappings"],
        "/mappings/{flow}": ["/mappings/orders", "/mappings/orders?side=read"],
        "/mappings/{flow}/try": [
            f"/mappings/{flow}/try?side={side}&number={quote(key)}"
            for flow, key in failed
            for side in ("write", "read")
        ],
        "/mappings/{flow}/versions": ["/mappings/orders/versions"],
        "/mappings/{flow}/versions/{version}": [
            f"/mappings/orders/versions/{app.mapping('orders').listed.version}"
        ],
        "/audit": ["/audit"],
        "/users": ["/users"],
        "/account": ["/account"],
        "/login": ["/login", f"/login?next={quote(NASTY[1])}"],
        "/welcome/{token}": [f"/welcome/{secret}", f"/welcome/{quote(NASTY[1], safe='')}"],
        "/healthz": [],
        "/readyz": [],
        "/metrics": [],
    }


def pages() -> set[str]:
    """The paths of all that browsers may look at, but for the interface of programs."""
    routes = [cast(Route, one) for router in web.ROUTERS for one in router.routes]
    return {one.path for one in routes if "GET" in (one.methods or ())
            and not one.path.startswith("/api/")}  # fmt: skip


def unseen(text: str) -> set[str]:
    """Characters that turn the direction of reading, steer a terminal or are not seen at all."""
    hidden = {one for one in set(text) if unicodedata.category(one) in ("Cc", "Cf")}
    return hidden - set(JOINING)


def data_for_programs_and_text_in_sheets(root: Browser) -> None:
    for where in ("/api/status", "/api/orders", "/api/failures", "/api/reviews", "/api/audit"):
        answer = root.get(where)
        assert answer.headers["content-type"] == "application/json", where
        assert answer.json() is not None
    sheet = root.get("/insight/slow_stock/sheet.csv")
    assert "attachment" in sheet.headers["content-disposition"]
    assert "alert(1)" in sheet.text


def test_what_others_wrote_is_shown_harmless_on_every_page(strict: Office) -> None:
    root = hostile(strict)
    where = places(strict, root)
    assert pages() == set(where), "each page has to be looked at"
    rendered: dict[str, Any] = {}
    for place in (place for some in where.values() for place in some):
        answer = root.get(place)
        assert answer.status_code in (200, 400, 403), place
        marks = Marks()
        marks.feed(answer.text)
        assert marks.tags["script"] == 1, "our own alone"
        assert not marks.tags["img"], place
        assert not [name for name in marks.attributes if name.startswith("on")], place
        assert not [one for one in marks.leads if not one.startswith(("/", "#"))], place
        assert unseen(answer.text) == set(), place
        rendered[place] = answer.text
    for place in ("/orders", "/failures", "/audit", "/insight/slow_stock", "/users"):
        assert "alert(1)" in rendered[place], "it stands there, as text"
    data_for_programs_and_text_in_sheets(root)
    assert any("49" not in text and "{{ 7 * 7 }}" in text for text in rendered.values())


def test_no_template_is_told_to_trust_what_it_shows() -> None:
    for page in (FOLDER / "templates").glob("*.html"):
        text = page.read_text("utf-8")
        assert "|safe" not in text.replace(" ", ""), page.name
        assert "autoescape" not in text, page.name
        assert "<script" not in text.replace('<script src="/static/console.js" defer>', "")
