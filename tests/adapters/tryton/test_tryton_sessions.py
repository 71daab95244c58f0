"""Sessions, databases, companies, and what refusals mean."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tryton_site import SALE, Site, line

from adapters.tryton.answers import Answers, Prompt
from adapters.tryton.settings import TrytonSettings
from connector.contract import Write
from connector.errors import (
    AccessDenied,
    AlreadyExists,
    Changed,
    OutcomeUnknown,
    Rejected,
    Transient,
)

SETTINGS = TrytonSettings(adapter="tryton", database="erp", user="u", password="p")  # type: ignore[arg-type]


def error(*parts: Any) -> dict[str, Any]:
    return {"id": 0, "error": list(parts)}


@pytest.mark.parametrize(
    ("body", "reading", "writing"),
    [
        (error("UserError", ["A value is required", "", None]), Rejected, Rejected),
        (error("UserError", ["The code on party must be unique.", "", None]), AlreadyExists,
         AlreadyExists),
        (error("UserError", ["参与者代码不能重复.", "", None]), AlreadyExists, AlreadyExists),
        (error("UserError", ['You are not allowed to access "Sale".', "Groups", None]),
         AccessDenied, AccessDenied),
        (error("UserError", ['没有访问 "销售" 的权限.', "", None]), AccessDenied, AccessDenied),
        (error("UserError", ['Calling button "quote on "Sale" is not allowed.', "", None]),
         AccessDenied, AccessDenied),
        (error("UserWarning", ["0123456789abcdef0123456789abcdef.done", "Sure?", ""]), Prompt,
         Prompt),
        (error("ConcurrencyException", "Records were modified in the meanwhile"), Changed, Changed),
        (error("LoginException", ["code", "Code", "char"]), AccessDenied, AccessDenied),
        (error("'nonsense'", ""), Transient, OutcomeUnknown),
        (error("database is locked", "Traceback"), Transient, OutcomeUnknown),
        (error(), Transient, OutcomeUnknown),
        ({"id": 0}, Transient, OutcomeUnknown),
        ([1], Transient, OutcomeUnknown),
    ],
)  # fmt: skip
def test_an_error_under_status_200_is_what_is_to_be_done_about_it(
    body: Any, reading: type[Exception], writing: type[Exception]
) -> None:
    for writes, kind in ((False, reading), (True, writing)):
        with pytest.raises(kind) as caught:
            Answers(SETTINGS).result(body, writes=writes)
        assert type(caught.value) is kind


def test_a_prompt_has_the_same_kind_for_every_record() -> None:
    names = (
        "0123456789abcdef0123456789abcdef.done",
        "stock_quantity_warning_-7",
        "stock_quantity_warning_12",
    )
    assert [Prompt(name, "").kind for name in names] == [
        "done", "stock_quantity_warning", "stock_quantity_warning",
    ]  # fmt: skip


def test_a_session_that_ends_before_a_step_is_renewed_and_nothing_done_twice(site: Site) -> None:
    answer = site.server.answer

    def ending(request, operation, form):  # type: ignore[no-untyped-def]
        if operation == "quote":
            site.server.answer = answer  # type: ignore[method-assign]
            site.server.end_sessions()
        return answer(request, operation, form)

    site.server.answer = ending  # type: ignore[method-assign]
    assert site.adapter.write(site.sale()).step == "audited"
    assert len(site.server.rows("select id from sale_sale")) == 1


def test_a_database_that_is_not_there_is_named(site: Site) -> None:
    with pytest.raises(AccessDenied, match="no database nowhere"):
        site.connect(database="nowhere").check()


def test_the_company_is_part_of_who_is_asked(site: Site) -> None:
    told = site.adapter.check()
    assert (told.tenant, told.user, told.version) == ("erp 1", "connector", "8.0")


def test_a_right_that_is_lacking_stops_the_connection_not_the_record(site: Site) -> None:
    with pytest.raises(AccessDenied, match="not allowed"):
        site.adapter.write(Write("currency.currency", "", {"name": "x", "code": "XXX"}))


def test_numbers_go_and_come_without_rounding(site: Site) -> None:
    written = site.adapter.write(site.sale(line("a", 3, price="1234567.8901"), until="saved"))
    (shown,) = written.shown.fields["lines"]
    assert (shown["unit_price"], shown["quantity"]) == (Decimal("1234567.8901"), 3)
    sent = site.server.rows("select unit_price from sale_line")[0]["unit_price"]
    assert sent == "1234567.8901"


def test_a_record_that_is_not_there_is_left_out_of_a_fetch(site: Site) -> None:
    made = site.sold(state="draft")
    keys = [made.key, "999999", "no key"]
    assert [record.key for record in site.adapter.fetch(SALE, keys)] == [made.key]
