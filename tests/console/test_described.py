"""The interface for programs keeps to what it says of itself, whoever asks, and no page, sheet or
answer tells anybody what they may not see."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from connector.console.view import PAGES
from connector.engine import saving
from connector.objects.derived import (
    LineMargin,
    Measures,
    OrderMargin,
    PriceEstimate,
    SlowStock,
)
from connector.operations.computed import OF
from tests.console.asking import Interface, Send
from tests.console.factory import HOME, OURS, REVIEW, Browser, Office, office
from tests.engine.factory import MAPPINGS
from tests.reviews.factory import CRM

MOBILES = ("13911112222", "13933334444")
COSTS = ("71717", "72727", "73737", "74747", "75757", "76767", "78787")
"""The last is that of an order under review."""
CHECKED = REVIEW.replace(
    "who: [finance], when: amount_with_tax > 100, shows: [number,",
    "who: [finance, look], when: amount_with_tax > 100, shows: [margin.cost, ship_to_phone,",
)
SEES = "sees: {costs: [finance], personal: [finance]}\n"
NOBODY = ""
SEE_NOTHING = (NOBODY, "look", "pro", "ops")
"""A stranger, a viewer, a department, an operator."""
SEE_ALL = ("fin", "root")
"""Finance, and an admin."""


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Orders that failed and are reviewed, a mobile on one of them, and what everything cost."""
    folder: Path = tmp_path_factory.mktemp("firm")
    with office(folder, f"sqlite:///{(folder / 'store.db').as_posix()}") as made:
        made.reviewed.more["crm/sales_order"] = CRM + "  ship_to_phone: mobile\n"
        costing = MAPPINGS["erp/material"].replace("unit}", "unit, reference_cost: cost}")
        made.reviewed.more["erp/material"] = costing
        item = {"code": "M1", "name": "M1", "unit": "Pcs", "cost": "39393.5"}
        made.site.erp.put("item", item, "i-M1")
        made.start(SEES, review=CHECKED, flow=", review: order_review")
        made.site.erp.rules["bill"] = lambda fields: "no" if fields.get("note") == "bad" else ""
        for mobile in MOBILES:
            made.site.order(note="bad", mobile=mobile)
            made.go()
        lines = [{"id": "1", "product": "p-M1", "qty": "2", "price": "100", "amount": "200"}]
        made.site.order("o2", lines=lines, mobile=MOBILES[0])
        made.go()
        _reckon(made)
        yield made


def _reckon(made: Office) -> None:
    """What the daemon computes of much data: what everything cost."""
    material, labour, cost, margin, value, stock, _ = map(Decimal, COSTS)
    of_line = LineMargin(id="1", revenue=Decimal(100), cost=cost, margin=margin)
    computed: dict[str, dict[str, Any]] = {
        "order_margin": {"o1": OrderMargin(record="o1", number="O1", revenue=Decimal(100),
                                           cost=cost, margin=margin, lines=(of_line,))},
        "price_estimate": {"m": PriceEstimate(material="m", number="M1", material_cost=material,
                                              labour_cost=labour, cost=cost, price=Decimal(100))},
        "slow_stock": {"m": SlowStock(material="m", number="M1", on_hand=Decimal(5), value=value)},
        "measures": {"2026-10": Measures(month="2026-10-01", stock_value=stock)},
    }  # fmt: skip
    with made.site.system.store.transaction() as tx:
        for object, records in computed.items():
            saving.save(made.site.system, tx, object, records)


def sending(client: Any) -> Send:
    """Sends what was made for `requests`."""

    def send(request: dict[str, Any]) -> Any:
        if isinstance(request.get("data"), (str, bytes)):
            request["content"] = request.pop("data")
        return client.request(**request)

    return send


@pytest.mark.parametrize("login", [*SEE_NOTHING, *SEE_ALL])
def test_every_answer_to_a_program_is_one_that_is_described(firm: Office, login: str) -> None:
    client = firm.stranger().client
    known = {"number": ["O1", "o2"], "key": ["o1", "o2"], "flow": ["orders"], "stage": ["waiting"],
             "department": ["finance", "production"], "fields": [{"special_terms": "x"}],
             "since": [one["since"] for one in firm.serving.app.failures()],
             "review": [one.id for one in firm.serving.app.reviews()]}  # fmt: skip
    described = client.get("/api/openapi.json").json()
    asked = Interface(described, sending(client), HOME, known)
    asked.ask_everything(firm.token(login) if login else {}, most=5, random=False)
    if not login:
        assert {status for _, status in asked.statuses} <= {400, 401, 422}
        return
    assert {what for what, status in asked.statuses if status == 200} >= {
        "GET /api/status", "GET /api/orders", "GET /api/orders/{number}", "GET /api/failures",
        "GET /api/reviews", "GET /api/audit",
    }  # fmt: skip
    said = "".join(asked.answers)
    assert all((mobile in said) is (login in SEE_ALL) for mobile in MOBILES)
    assert (COSTS[-1] in said) is (login in SEE_ALL)
    assert not any(cost in said for cost in COSTS[:-1])


def walked(browser: Browser) -> str:
    """All that pages, sheets and programs tell somebody."""
    pages = [where for _, where in PAGES] + ["/account", "/orders/O1", "/orders?stage=waiting",
             "/failures/orders/o1", "/reviews/orders/o2", "/metrics", "/api/orders/O1"]  # fmt: skip
    pages += [f"/insight/{one}" for one in OF] + [f"/insight/{one}/sheet.csv" for one in OF]
    told = [browser.get(where).text for where in pages]
    for one in OF:
        answer = browser.get(f"/insight/{one}/sheet.xlsx")
        if answer.status_code == 200:
            rows = load_workbook(BytesIO(answer.content)).active.values
            told += [str(cell) for row in rows for cell in row]
    return "".join(told).replace(",", "")


@pytest.mark.parametrize("login", [*SEE_NOTHING, *SEE_ALL])
def test_no_page_or_sheet_tells_what_somebody_may_not_see(firm: Office, login: str) -> None:
    told = walked(firm.as_(login) if login else firm.stranger())
    for hidden in (*MOBILES, *COSTS):
        assert (hidden in told) is (login in SEE_ALL), hidden


def test_whoever_is_refused_is_told_nothing_on_the_way(firm: Office) -> None:
    """Also what people send is answered without a word of what is hidden."""
    look = firm.as_("look")
    for path in ("/failures/orders/o1", "/failures", "/reviews/orders/o1"):
        answer = look.post(path, {"field.ship_to_phone": "1", "seen": "1"}, OURS)
        assert answer.status_code >= 400
        assert not any(mobile in answer.text for mobile in MOBILES)
