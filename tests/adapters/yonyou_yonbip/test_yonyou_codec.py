"""Documents and flat rows of lists are read alike; what is sent has the platform's own spelling."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.yonyou_yonbip.codec import Records, encoded, value_at
from adapters.yonyou_yonbip.forms import FORMS, form_of
from connector.contract import Shape, Table

ORDER = "sd/voucherorder"
SHAPE = Shape(
    ORDER,
    ("id",),
    ("orderPrices.currency", "status"),
    "code",
    {"orderDetails": Table("id", ("stockOrgId", "qty", "orderDetailPrices.oriTax"))},
)


@pytest.mark.parametrize(
    ("data", "path", "value"),
    [
        ({"a": {"b": 1}}, "a.b", 1),
        ({"a!b": 1}, "a.b", 1),
        ({"a.b": 1}, "a.b", 1),
        ({"a": None}, "a.b", None),
        ({}, "a.b", None),
        ({"name": {"simplifiedName": "海湾", "englishName": "Bay"}}, "name", "海湾"),
        ({"name": {"zh_CN": "海湾"}}, "name", "海湾"),
        ({"name": "海湾"}, "name", "海湾"),
        ({"name": {}}, "name", None),
        ({"status": 0}, "status", "0"),
        ({"status": "0"}, "status", "0"),
        ({}, "status", ""),
    ],
)
def test_a_field_is_found_however_it_is_written(data: Any, path: str, value: Any) -> None:
    assert value_at(data, path) == value


def test_a_document_and_the_rows_of_a_list_make_the_same_record() -> None:
    head = {"id": 2479299821090001001, "code": "UO-1", "pubts": "2026-03-05 10:00:00"}
    prices = {"orderDetailPrices": {"oriTax": Decimal("13.0")}}
    document = {
        **head, "status": "1", "orderPrices": {"currency": "CNY"},
        "orderDetails": [{"id": 7, "stockOrgId": "o", "qty": 3, **prices}],
    }  # fmt: skip
    flat = {
        **head, "status": 1, "orderPrices": {"currency": "CNY"}, "orderDetailId": 7,
        "orderDetails_stockOrgId": "o", "stockOrgId": "the head's", "qty": 3, **prices,
    }  # fmt: skip
    records = Records(form_of(ORDER), SHAPE)
    (listed,) = records.gathered([flat])
    assert listed == records.whole(document)
    assert listed.key == "2479299821090001001"
    assert listed.fields["orderDetails"] == [
        {"id": "7", "stockOrgId": "o", "qty": 3, "orderDetailPrices.oriTax": Decimal("13.0")}
    ]


def test_a_rows_amount_stands_beside_the_heads_in_an_object_of_its_own() -> None:
    name = "sd/vouchersaleinvoice"
    shape = Shape(
        name, ("id",), ("oriSum",), "code", {"saleInvoiceDetails": Table("id", ("oriSum",))}
    )
    flat = {
        "id": 1,
        "code": "F",
        "oriSum": 300,
        "saleInvoiceDetailId": 2,
        "saleInvoiceDetails": {"oriSum": 100},
    }
    (record,) = Records(form_of(name), shape).gathered([flat])
    assert (record.fields["oriSum"], record.fields["saleInvoiceDetails"][0]["oriSum"]) == (300, 100)


def test_rows_that_share_a_key_are_added_up() -> None:
    shape = Shape("scm/stock", ("product", "warehouse"), ("currentqty",), sums=("currentqty",))
    place = {"product": 1, "warehouse": 2}
    rows = [
        place | {"currentqty": Decimal("1.5")},
        place | {"currentqty": 2},
        place | {"currentqty": None},
    ]
    (record,) = Records(form_of("scm/stock"), shape).gathered(rows)
    assert (record.key, record.fields["currentqty"]) == ("1|2", Decimal("3.5"))


@pytest.mark.parametrize(
    ("value", "made"),
    [
        (date(2026, 3, 5), "2026-03-05 00:00:00"),
        (datetime(2026, 3, 5, 18, tzinfo=UTC), "2026-03-06 02:00:00"),
        (None, ""),
        (True, True),
        (Decimal("0.10"), Decimal("0.10")),
        ("0012", "0012"),
    ],
)
def test_values_go_out_in_the_platforms_own_time_and_exactly(value: Any, made: Any) -> None:
    assert encoded(value, ZoneInfo("Asia/Shanghai")) == made


def test_every_form_that_is_written_names_how() -> None:
    for name, form in FORMS.items():
        if form.is_bill:
            assert {"submit", "audit"} <= form.verbs.keys(), name
            assert form.save, name
