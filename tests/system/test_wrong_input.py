"""Line 6: whatever is wrong gives one clear message with its place and a way out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from connector.engine.dispatch import Done, ordered
from connector.operations import forms
from sandbox.server import Request, Response, json_response
from tests.system.company import SMALL
from tests.system.site import ACCOUNT, BILL, LINE, ORDER, PARTNER, Ran, Site, opened, sold

# -- files --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mistake:
    """A mistake in a file, and what must be said of it."""

    spoil: Callable[[Site], None]
    words: tuple[str, ...]
    command: tuple[str, ...] = ("check", "--offline")
    code: int = 2
    without: tuple[str, ...] = ()


def in_config(old: str, new: str, encoding: str = "utf-8") -> Callable[[Site], None]:
    def spoil(site: Site) -> None:
        text = site.config.read_text("utf-8")
        assert old in text, old
        site.config.write_bytes(text.replace(old, new, 1).encode(encoding))

    return spoil


def in_mapping(adapter: str, object: str, old: str, new: str) -> Callable[[Site], None]:
    return lambda site: site.mapping(adapter, object, (old, new))


ORDER_MAP = ("fxiaoke", "sales_order")
BILL_MAP = ("kingdee_galaxy", "sales_order")
MISTAKES = {
    "an unknown adapter": Mistake(
        in_config("adapter: kingdee_galaxy", "adapter: kingdee_galaxi"),
        ("config.yaml:", "kingdee_galaxi", "kingdee_galaxy", "fxiaoke"),
    ),
    "a missing secret": Mistake(
        lambda site: None,
        ("config.yaml:", "KINGDEE_APP_SECRET", "Set it"),
        command=("status",),
        without=("KINGDEE_APP_SECRET",),
    ),
    "a secret in plain text": Mistake(
        in_config("${env:KINGDEE_APP_SECRET}", "0123456789abcdef"),
        ("config.yaml:", "${env:NAME}", "${file:PATH}"),
    ),
    "a misspelt setting of a flow": Mistake(
        in_config("max_creates", "max_create"),
        ("config.yaml:", "max_create", "config.example.yaml"),
    ),
    "a misspelt setting of a connection": Mistake(
        in_config("settle: 26", "setle: 26"), ("config.yaml:", "setle", "config.example.yaml")
    ),
    "a misspelt word in a mapping": Mistake(
        in_mapping(*ORDER_MAP, "default: CNY", "defalt: CNY"),
        ("sales_order.yaml:", "defalt", "default"),
    ),
    "a key written twice": Mistake(
        in_config("language: zh", "language: zh\nlanguage: en"),
        ("config.yaml:5", "language", "twice"),
    ),
    "a key written twice in a mapping": Mistake(
        in_mapping(*ORDER_MAP, "  wanted_date: delivery_date\n",
                   "  wanted_date: delivery_date\n  wanted_date: delivery_date\n"),
        ("sales_order.yaml:", "wanted_date", "twice"),
    ),
    "a file in GBK": Mistake(
        in_config("store: ", "# 对接配置\nstore: ", "gb18030"),
        ("config.yaml:", "UTF-8", "GBK"),
    ),
    "a mapping in GBK": Mistake(
        lambda site: site.mapping(*ORDER_MAP, ("# Fxiaoke", "# 订单 Fxiaoke"), encoding="gb18030"),
        ("sales_order.yaml:1:", "UTF-8", "GBK"),
    ),
    "a field that the object lacks": Mistake(
        in_mapping(*ORDER_MAP, "special_terms: remark", "special_term: remark"),
        ("sales_order.yaml:", "special_term", "custom."),
    ),
    "a settle that is too short": Mistake(
        in_config("settle: 16", "settle: 5"), ("config.yaml:", "settle", "15")
    ),
    "no configuration": Mistake(
        lambda site: site.config.unlink(), ("config.yaml", "connector init", "--config")
    ),
    "an unknown flow": Mistake(
        lambda site: None, ("ordres", "orders"), ("plan", "ordres")
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """What the command line says of each mistake; two processes at a time."""
    with opened(tmp_path_factory.mktemp("right"), SMALL) as site:

        def ask(mistake: Mistake) -> Ran:
            wrong = replace(site, directory=tmp_path_factory.mktemp("wrong"), _app=None)
            shutil.copy(site.config, wrong.config)
            mistake.spoil(wrong)
            return wrong.cli(*mistake.command, without=mistake.without)

        with ThreadPoolExecutor(2) as pool:
            return dict(zip(MISTAKES, pool.map(ask, MISTAKES.values()), strict=True))


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_file_is_told_with_its_place_and_a_way_out(
    said: dict[str, Ran], name: str
) -> None:
    ran, mistake = said[name], MISTAKES[name]
    assert ran.code == mistake.code, ran
    assert len(ran.words) == 1, ran.err
    assert [word for word in mistake.words if word not in ran.words[0]] == [], ran.words
    assert "Traceback" not in ran.err
    assert "0123456789abcdef" not in ran.err + ran.out


PARTNER_MAP = ("kingdee_galaxy", "customer")
LACKING = {
    "remrak": (ORDER, ORDER_MAP, "special_terms: remark", "special_terms: remrak"),
    "remrak_of_a_line": (LINE, ORDER_MAP, "note: remark", "note: remrak_of_a_line"),
    "FLinkManX": (BILL, BILL_MAP, "FLinkMan:  ", "FLinkManX:"),
    "FEntryNoteX": (BILL, BILL_MAP, "FEntryNote:", "FEntryNoteX:"),
    "FSaleOrderFinance.FSettleCurrX.FNumber": (
        BILL, BILL_MAP, "Finance.FSettleCurrId", "Finance.FSettleCurrX"),
    "FTaxRateX": (BILL, BILL_MAP, "reads_as: FTaxRate", "reads_as: FTaxRateX"),
    "FNumberX": (PARTNER, PARTNER_MAP, "phone: FTEL", "phone: FNumberX"),
    "FGrupp.FNumber": (PARTNER, PARTNER_MAP, "address: FADDRESS", "address: FGrupp.FNumber"),
}  # fmt: skip


NEAREST = {
    "remrak": "remark (备注)",
    "FLinkManX": "FLinkMan (",
    "FEntryNoteX": "FEntryNote (",
    "FTaxRateX": "FTaxRate",
}


def place_of(site: Site, mapping: tuple[str, str], text: str) -> str:
    """`file:line:` of a piece of a site's mapping."""
    file = site.directory.joinpath("mappings", *mapping).with_suffix(".yaml")
    lines = file.read_text("utf-8").splitlines()
    return f"{file.as_posix()}:{next(n for n, line in enumerate(lines, 1) if text in line)}:"


def test_fields_that_the_live_form_lacks_are_told_by_mapping_check(site: Site) -> None:
    for _, mapping, old, new in LACKING.values():
        site.mapping(*mapping, (old, new))
    found = [problem for item in forms.check(site.app.system) for problem in item["problems"]]
    assert len(found) == len(LACKING)
    for field, (form, mapping, _, new) in LACKING.items():
        told = [problem for problem in found if f"The form {form} has no field {field}." in problem]
        assert len(told) == 1, found
        assert told[0].startswith(place_of(site, mapping, new))
        near = NEAREST.get(field)
        assert near is None or f"The nearest: {near}" in told[0]


def test_what_the_live_form_demands_and_a_mapping_does_not_give_is_told(site: Site) -> None:
    site.mapping(*BILL_MAP, ("FCustId.FNumber:       {from: customer, link: customer}", ""))
    site.mapping(*BILL_MAP, ("FDeliveryDate:  ", "# FDeliveryDate:"))
    [item] = [one for one in forms.check(site.app.system) if one["required"]]
    assert (item["form"], item["problems"]) == (BILL, [])
    customer, date = item["required"]
    assert "FCustId (客户)" in customer
    assert "FDeliveryDate (要货日期)" in date
    assert site.cli("mapping", "check").code == 0, "there may be defaults"


def test_forms_are_looked_at_once_a_day_and_when_the_version_changes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looks() -> int:
        return site.calls("erp", "QueryBusinessInfo")

    def lacking() -> int:
        return int(site.app.status()["connections"]["erp"]["forms"]["problems"])

    site.app.watch_forms()
    once = looks()
    site.app.watch_forms()
    assert (looks(), lacking()) == (once, 0)
    assert once > 0
    site.mapping(*BILL_MAP, ("FLinkMan:  ", "FLinkManX:"))
    site.clock.advance(86_401)
    site.app.watch_forms()
    assert (looks(), lacking()) == (2 * once, 1)
    assert "connector mapping check" in site.cli("status").out
    adapter = site.app.system.connections["erp"].adapter
    newer = replace(adapter.check(), version="8.2")
    monkeypatch.setattr(adapter, "check", lambda: newer)
    site.app.watch_forms()
    site.app.watch_forms()
    assert looks() == 3 * once


def test_mapping_check_ends_with_1_and_tells_the_way_out(site: Site) -> None:
    site.mapping(*BILL_MAP, ("FLinkMan:  ", "FLinkManX:"))
    ran = site.cli("mapping", "check", lang="zh")
    assert ran.code == 1
    told = [line for line in ran.out.splitlines() if "FLinkManX" in line]
    assert len(told) == 1
    assert "改映射" in told[0]


def test_a_form_that_is_not_there_is_told_by_mapping_check(site: Site) -> None:
    site.mapping(*ORDER_MAP, ("form: SalesOrderObj", "form: SaleOrderObj"))
    found = [problem for item in forms.check(site.app.system) for problem in item["problems"]]
    assert len(found) == 1
    assert "SaleOrderObj" in found[0]


@pytest.mark.parametrize("field", ["remrak", "remrak_of_a_line"])
def test_orders_are_not_read_without_a_field_that_the_mapping_names(site: Site, field: str) -> None:
    """Fxiaoke ignores names it does not know: the field would look empty and be carried so."""
    form, mapping, old, new = LACKING[field]
    number = site.order(sold("M1", 2, remark="加急"), remark="木箱包装")
    site.mapping(*mapping, (old, new))
    ran = site.try_sync()
    assert list(ran["errors"]) == ["crm/sales_order"]
    words = str(ran["errors"]["crm/sales_order"])
    assert form in words
    assert field in words
    assert site.bills() == []
    assert len(site.erp.records(PARTNER)) == len(SMALL.customers), "all else goes on"
    site.mapping(*mapping, (new, old))
    site.sync()
    assert site.bill(number)["FNote"] == "木箱包装"
    assert site.rows(number)[0]["FEntryNote"] == "加急"


def test_the_shipped_mappings_fit_the_forms(site: Site) -> None:
    found = forms.check(site.app.system)
    assert [problem for item in found for problem in item["problems"]] == []


# -- records ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Ran, Ran]]:
    """A site with wrong orders beside a good one, what `sync` and `failures list` say."""
    with opened(tmp_path_factory.mktemp("records"), SMALL) as site:
        site.order(number="good")
        site.order(number="code", kind__c="consignment")
        site.in_crm("add_customer", name="查无此人", number="C9")
        site.order(number="customer", customer="C9")
        site.in_crm("delete", form=ACCOUNT, number="C9")
        site.order(number="amount")
        spoil_amount(site, "12,3x")
        site.in_crm("add_order", customer="C1", lines=[], number="lines")
        site.order(number="note", remark="备" * 100)
        site.clock.advance(2)
        synced = site.cli("sync", "--json")
        yield site, synced, site.cli("failures", "list", "--json")


def spoil_amount(site: Site, amount: str) -> None:
    key = site.crm_order("amount")["_id"]
    line = next(row for row in site.crm.records(LINE) if row["order_id"] == key)
    with site.crm.lock:
        site.crm._records.change(LINE, line["_id"], {"subtotal": amount}, by="person:import")


WRONG = {
    "code": ("consignment", "kingdee_order_type"),
    "amount": ("amount_with_tax", "12,3x"),
    "lines": ("no lines",),
    "note": ("FNote", "300", "255"),
}


def test_wrong_orders_do_not_keep_the_good_one_from_going(records: Any) -> None:
    site, synced, _ = records
    assert site.bill("good")["FDocumentStatus"] == "C"
    assert len(site.bills()) == 1
    assert synced.code == 1
    assert synced.json["flows"]["orders"]["failed"] == len(WRONG)


@pytest.mark.parametrize("number", WRONG)
def test_a_wrong_order_is_listed_once_with_what_is_wrong(records: Any, number: str) -> None:
    _, _, listed = records
    found = [f for f in listed.json["failures"] if f["number"] == number and f["flow"] == "orders"]
    assert len(found) == 1, listed.json
    assert [word for word in WRONG[number] if word not in found[0]["words"]] == []
    assert found[0]["who"]
    assert listed.code == 3


@pytest.mark.parametrize("number", WRONG)
def test_a_wrong_order_tells_the_salesperson(records: Any, number: str) -> None:
    site, _, _ = records
    state, bill, reason, who = site.told(number)
    assert (state, bill) == ("已停下，待处理", "")
    assert reason
    assert who


def test_an_order_of_a_customer_who_is_not_there_waits(records: Any) -> None:
    site, _, _ = records
    state, _, reason, who = site.told("customer")
    assert state == "等待中"
    assert "客户" in reason
    assert "在 erp 中还没有对应的记录" in reason
    assert who == "基础资料管理员"


def test_corrected_orders_go_by_themselves(tmp_path: Path) -> None:
    with opened(tmp_path, SMALL) as site:
        site.order(number="code", kind__c="consignment")
        site.order(number="amount")
        spoil_amount(site, "12,3x")
        site.in_crm("add_order", customer="C1", lines=[], number="lines")
        site.order(number="note", remark="备" * 100)
        site.in_crm("add_customer", name="查无此人", number="C9")
        site.order(number="customer", customer="C9", owner="1001")
        site.in_crm("delete", form=ACCOUNT, number="C9")
        site.sync()
        assert site.bills() == []
        site.in_crm("edit", number="code", fields={"kind__c": "sample"})
        spoil_amount(site, "22.60")
        site.in_crm("add_line", order="lines", product="M1", quantity=1, price="11.30")
        site.in_crm("edit", number="note", fields={"remark": "短"})
        known = next(c["_id"] for c in site.crm.records(ACCOUNT) if c["account_no"] == "C1")
        site.in_crm("edit", number="customer", fields={"account_id": known})
        site.sync()
        assert {bill["FBillNo"] for bill in site.bills()} == {*WRONG, "customer"}
        assert site.app.failures() == []


# -- the remote ---------------------------------------------------------------------------------


def complaints(ran: Ran) -> list[str]:
    """Every line that tells of something wrong, wherever it was printed."""
    lines = (ran.out + ran.err).splitlines()
    assert "Traceback" not in ran.out + ran.err
    return [line for line in lines if line.startswith("✗") or "error" in line]


def test_an_erp_that_answers_html_is_told_and_nothing_is_lost(site: Site) -> None:
    number = site.order()
    site.erp.faults.set([{"do": "html"}])
    site.clock.advance(2)
    ran = site.cli("sync")
    assert ran.code == 1
    [told] = complaints(ran)
    assert told.startswith("✗ erp: ")
    assert "not data" in told
    assert "Check the address" in told
    site.erp.faults.set([])
    site.clock.advance(3600)
    site.sync()
    assert site.bill(number)["FDocumentStatus"] == "C"
    assert site.delivery(number).attempts == 0


def test_an_erp_that_answers_a_save_with_html_has_one_bill_all_the_same(site: Site) -> None:
    site.sync()
    number = site.order()
    site.erp.faults.set([{"do": "html_after", "operation": "*Save", "form": BILL, "times": 1}])
    site.sync()
    assert site.delivery(number).state == "in_doubt"
    site.clock.advance(60)
    site.sync()
    assert site.bill(number)["FDocumentStatus"] == "C"
    assert site.delivery(number).state == "in_sync"


def test_an_erp_that_refuses_the_password_is_told_by_check_and_by_sync(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = site.order()
    with site.settings() as config:
        erp = config["connections"]["erp"]
        del erp["app_secret"], erp["app_id"]
        erp.update(auth="password", password="${env:KINGDEE_PASSWORD}")
    wrong = {"KINGDEE_PASSWORD": "wrong-password"}
    for command in ("check", "sync"):
        ran = site.cli(command, **wrong)
        assert ran.code == 1
        [told] = complaints(ran)
        assert told.startswith("✗ erp")
        assert "wrong-password" not in ran.out + ran.err
    assert site.bills() == []
    monkeypatch.setenv("KINGDEE_PASSWORD", "demo-password")
    site.clock.advance(3600)
    site.sync()
    assert site.bill(number)["FDocumentStatus"] == "C"
    assert site.delivery(number).attempts == 0


def a_weekend(site: Site) -> None:
    """From Friday evening to Monday morning, a run every two hours."""
    for _ in range(30):
        site.clock.advance(7200)
        result = site.try_sync()
        assert result["errors"]


def test_an_erp_that_nobody_reaches_is_told_in_one_line(site: Site) -> None:
    with site.unreachable("erp"):
        ran = site.cli("sync")
    assert ran.code == 1
    [told] = complaints(ran)
    assert told.startswith("✗ erp: ")
    assert "Connection refused" in told
    assert "Check the address" in told
    assert "HTTPConnection" not in told


@contextmanager
def down(site: Site, how: str) -> Iterator[None]:
    """The ERP is not reached, or answers nothing of use."""
    if how == "unreachable":
        with site.unreachable("erp"):
            yield
    else:
        site.erp.faults.set([{"do": how}])
        yield
        site.erp.faults.set([])


@pytest.mark.parametrize("how", ["unreachable", "drop_request", "status", "html"])
def test_an_erp_that_is_down_for_a_weekend_uses_up_no_attempts(site: Site, how: str) -> None:
    site.sync()
    numbers = [site.order() for _ in range(3)]
    with down(site, how):
        a_weekend(site)
    for number in numbers:
        row = site.delivery(number)
        assert (row.state, row.attempts) == ("pending", 0)
    site.clock.advance(7200)
    site.sync()
    assert [site.bill(number)["FDocumentStatus"] for number in numbers] == ["C"] * 3


@pytest.mark.parametrize(("how", "attempts"), [("unreachable", 0), ("lose_answer", 3), ("html", 3)])
def test_a_daemon_whose_erp_goes_down_in_the_middle_of_its_work_loses_and_doubles_nothing(
    site: Site, how: str, attempts: int
) -> None:
    """It finds out by the attempts that were under way, and makes no more of them."""
    site.sync()
    numbers = [site.order() for _ in range(3)]
    with site.app.engine() as engine:
        site.clock.advance(2)
        feeds, flows = site.app.system.feeds.values(), ordered([*site.app.system.flows.values()])
        engine.capture(feeds, Done())
        with down(site, how):
            for seconds in [*[20] * 30, *[7200] * 30]:
                engine.recover(alone=False)
                engine.deliver(flows, Done())
                engine.capture(feeds, Done())
                site.clock.advance(seconds)
            rows = [site.delivery(number) for number in numbers]
        assert {row.state for row in rows} <= {"pending", "in_doubt"}
        assert max(row.attempts for row in rows) <= attempts
        site.clock.advance(7200)
    site.sync()
    assert [site.bill(number)["FDocumentStatus"] for number in numbers] == ["C"] * 3


def test_a_crm_that_is_down_for_a_weekend_is_told_everything_on_monday(site: Site) -> None:
    site.sync()
    numbers = [site.order() for _ in range(3)]
    site.sync("orders")
    with site.unreachable("crm"):
        a_weekend(site)
        site.in_erp("advance_production", order_number=numbers[0], to="started")
    site.clock.advance(7200)
    site.sync()
    assert [site.told(number)[:2] for number in numbers] == [("已进ERP", n) for n in numbers]
    assert site.crm_order(numbers[0])["erp_production__c"] == "已上生产线"
    assert site.app.failures() == []


def test_a_secret_that_the_erp_repeats_stands_nowhere(site: Site) -> None:
    number = site.order()
    secret = site.env["KINGDEE_APP_SECRET"]
    answer = site.erp.answer

    def repeat(request: Request, operation: str, form: str) -> Response:
        if not operation.endswith("Save") or form != BILL:
            return answer(request, operation, form)
        errors = [{"Message": f"备注不合要求：{secret}", "FieldName": "FNote"}]
        status = {"IsSuccess": False, "MsgCode": 11, "Errors": errors}
        return json_response({"Result": {"ResponseStatus": status}})

    site.erp.answer = repeat  # type: ignore[method-assign]
    site.clock.advance(2)
    said = [
        site.cli("sync", "--json"),
        site.cli("failures", "list", "--json"),
        site.cli("failures", "show", "orders", number),
        site.cli("trace", "sales_order", number),
    ]
    assert "备注不合要求" in said[2].out
    for ran in said:
        assert secret not in ran.out + ran.err
    assert site.told(number)[0] == "已停下，待处理"
    assert secret not in str(site.crm_order(number))
    for file in site.directory.glob("connector.db*"):
        assert secret.encode() not in file.read_bytes()


def test_a_connection_that_answers_for_another_account_set_writes_nothing(site: Site) -> None:
    site.sync()
    number = site.order()
    site.erp.switches["data_center"] = "测试账套"
    site.clock.advance(120)
    before = site.marks()
    ran = site.cli("sync")
    assert ran.code == 1
    [told] = complaints(ran)
    for words in ("erp", SMALL.name, "测试账套", "connection move erp", "connection forget erp"):
        assert words in told
    assert [e for e in site.written(before) if e.form != ORDER] == []
    site.erp.switches["data_center"] = SMALL.name
    site.clock.advance(120)
    site.sync()
    assert site.bill(number)["FDocumentStatus"] == "C"


def test_a_daemon_notices_another_account_set_within_a_minute_and_says_so_once(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with site.app.engine():
        site.sync()
        site.order()
        site.erp.switches["data_center"] = "测试账套"
        site.clock.advance(60)
        before = site.marks()
        caplog.set_level("INFO")
        caplog.clear()
        for _ in range(30):
            assert "测试账套" in str(site.try_sync()["errors"]["erp"])
            site.clock.advance(1)
        assert [e for e in site.written(before) if e.form != ORDER] == []
    assert len([line for line in caplog.messages if "测试账套" in line]) == 1
