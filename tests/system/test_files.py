"""Files in a folder at one end, a real kind of system at the other: by `init` and shipped mappings
alone, every order exactly once, and what became of it beside its rows."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from connector.app import App
from connector.operations import beginning
from sandbox.fxiaoke import FxiaokeSandbox
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import Application, start
from tests.database import empty_store
from tests.system import configuration
from tests.system.company import CUSTOMERS, MATERIALS, SMALL, with_orders
from tests.system.site import BILL, ORDER, PARTNER, QUICK, ROWS, SharedClock, today

HEADINGS = [
    "订单号", "客户编码", "下单日期", "业务员", "订单备注",
    "行号", "物料编码", "数量", "含税单价", "税率", "价税合计", "行交期",
]  # fmt: skip
LINES = [
    {
        "行号": n,
        "物料编码": material,
        "数量": n,
        "含税单价": price,
        "税率": "13%",
        "价税合计": n * price,
    }
    for n, (material, price) in enumerate((("M1", 11.3), ("M2", 5.65)), 1)
]


@dataclass
class Shop:
    """A folder, a system, and the connector between them."""

    folder: Path
    system: Any
    app: App
    clock: SharedClock

    def sync(self) -> None:
        """Read, deliver, and tell; a file must have lain still for a while."""
        self.clock.advance(30)
        result = self.app.sync()
        assert not result["errors"], result["errors"]

    def drop(self, form: str, name: str, lines: Sequence[dict[str, Any]]) -> None:
        """Somebody saves a sheet into a form's folder."""
        headings = list(dict.fromkeys(heading for line in lines for heading in line))
        book = Workbook()
        sheet: Any = book.active
        for row in (headings, *([line.get(name) for name in headings] for line in lines)):
            sheet.append(row)
        path = self.folder / "in" / form / f"{name}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
        now = self.clock.now().timestamp()
        os.utime(path, (now, now))

    def drop_orders(self, name: str, numbers: Sequence[int], **fields: Any) -> None:
        """Orders of two lines, all in one sheet."""
        head = [
            {
                "订单号": f"SO-{n:04}",
                "客户编码": f"C{n % 3 + 1}",
                "下单日期": today(),
                "业务员": "YW001",
            }
            for n in numbers
        ]
        self.drop("订单", name, [{**one, **line, **fields} for one in head for line in LINES])

    def told(self, name: str) -> dict[str, dict[str, Any]]:
        """The newest answered copy of a file: the first row of each order."""
        copies = (self.folder / "in" / "订单" / "answered").glob(f"{name}-*-answered.xlsx")
        found: dict[str, dict[str, Any]] = {}
        for line in lines_of(max(copies, key=lambda path: int(path.stem.split("-")[-2]))):
            found.setdefault(str(line["订单号"]), line)
        return found

    def sent(self, form: str) -> list[list[dict[str, Any]]]:
        """Our files, in order."""
        return [lines_of(path) for path in sorted((self.folder / "out" / form).glob("*.xlsx"))]


def lines_of(path: Path) -> list[dict[str, Any]]:
    first, *rest = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, first), line, strict=True)) for line in rest]


@contextmanager
def opened(directory: Path, side: str, system: Application, **orders: str) -> Iterator[Shop]:
    """The folder stands at `side`, the system at the other; `orders` are options of their flow."""
    other = {"crm": "erp", "erp": "crm"}[side]
    adapters = {side: "files", other: system.system}
    url, stop = start(system)
    path = beginning.init(
        adapters["crm"], adapters["erp"], directory, backfill=True, today=today(), language="en"
    )
    config = configuration.parsed(path.read_text("utf-8"))
    settings, secrets = system.settings(url)
    config["health"] = ""
    config["connections"][side] = {"adapter": "files", "folder": "sheets"}
    config["connections"][other] = {**settings, **QUICK[system.system]}
    config["flows"]["orders"] |= orders
    path.write_text(configuration.written(config), encoding="utf-8")
    shutil.copy(empty_store(), directory / "connector.db")
    (directory / "sheets").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in secrets.items():
            patch.setenv(name, value)
        clock = SharedClock((system,))
        app = App.open(path, clock)
        try:
            yield Shop(directory / "sheets", system, app, clock)
        finally:
            for connection in app.system.connections.values():
                connection.adapter.http.close()  # type: ignore[attr-defined]
            app.close()
            stop()


@pytest.fixture
def dropped(tmp_path: Path) -> Iterator[Shop]:
    """Orders come as sheets and go into Kingdee; master data were dropped, too."""
    with opened(tmp_path, "crm", KingdeeGalaxySandbox(SMALL)) as shop:
        shop.drop("客户", "客户", [{"客户编码": c.number, "客户名称": c.name} for c in CUSTOMERS])
        shop.drop("物料", "物料", [{"物料编码": m.number, "物料名称": m.name} for m in MATERIALS])
        shop.drop("业务员", "业务员", [{"工号": "YW001", "姓名": "张三"}])
        yield shop


def bills(shop: Shop) -> dict[str, dict[str, Any]]:
    found = [bill for bill in shop.system.records(BILL) if bill.get("F_CRM_Ref")]
    assert max(Counter(bill["FBillNo"] for bill in found).values(), default=1) == 1
    return {bill["FBillNo"]: bill for bill in found}


def test_fifty_orders_in_a_sheet_become_fifty_bills_and_are_answered_beside(dropped: Shop) -> None:
    dropped.drop_orders("十一月", range(50))
    dropped.sync()
    made = bills(dropped)
    assert len(made) == 50
    assert len([p for p in dropped.system.records(PARTNER) if p.get("F_CRM_Ref")]) == 3
    for bill in made.values():
        assert [Decimal(row["FAllAmount"]) for row in bill[ROWS]] == [
            Decimal("11.3"), Decimal("11.3"),
        ]  # fmt: skip
        assert bill["FDocumentStatus"] == "C"
    told = dropped.told("十一月")
    assert {(line["结果"], line["ERP单号"] == number) for number, line in told.items()} == {
        ("已进ERP", True)
    }


def test_a_changed_order_is_dropped_again_and_a_cleared_one_is_cancelled(dropped: Shop) -> None:
    dropped.drop_orders("a", [1])
    dropped.drop_orders("b", [2])
    dropped.sync()
    dropped.drop_orders("a2", [1], 订单备注="木箱包装")
    shutil.rmtree(next((dropped.folder / "in" / "订单" / "done").rglob("b.xlsx")).parent)
    dropped.clock.advance(days=2)
    dropped.sync()
    made = bills(dropped)
    assert made["SO-0001"]["FNote"] == "木箱包装"
    assert (made["SO-0001"]["FCloseStatus"], made["SO-0002"]["FCloseStatus"]) == ("A", "B")
    assert dropped.told("a2")["SO-0001"]["结果"] == "已进ERP"
    assert dropped.told("a")["SO-0001"]["Note"] == "replaced by a2.xlsx"


def test_a_wrong_row_is_answered_with_the_reason_and_mended_in_the_copy(dropped: Shop) -> None:
    dropped.drop_orders("a", [1, 2], 数量="两")
    dropped.sync()
    assert bills(dropped) == {}
    assert 'G2 "数量": "两" is no number' in dropped.told("a")["SO-0001"]["原因"]
    copy = next((dropped.folder / "in" / "订单" / "answered").glob("a-*.xlsx"))
    book = load_workbook(copy)
    for row in book.worksheets[0].iter_rows(2):
        row[6].value = row[4].value
    book.save(dropped.folder / "in" / "订单" / "a.xlsx")
    dropped.sync()
    assert len(bills(dropped)) == 2
    assert dropped.told("a")["SO-0001"]["结果"] == "已进ERP"
    assert dropped.told("a")["SO-0001"]["原因"] is None


def test_a_file_that_is_no_sheet_is_listed_and_answered(dropped: Shop) -> None:
    dropped.sync()
    (dropped.folder / "in" / "订单" / "合同.pdf").write_bytes(b"%PDF-1.7")
    dropped.sync()
    (failure,) = dropped.app.failures()
    assert (failure["key"], "no sheet" in str(failure)) == ("合同.pdf", True)
    (copy,) = (dropped.folder / "in" / "订单" / "answered").iterdir()
    assert "no sheet" in str([cell.value for cell in load_workbook(copy)["Answers"][2]])


def test_a_template_of_the_mapping_is_filled_in_and_read(dropped: Shop, tmp_path: Path) -> None:
    headings = dropped.app.template("orders", tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    sheet = book.worksheets[0]
    first = {cell.value.strip("*"): cell for cell in sheet[1]}
    assert [cell.value.strip("*") for cell in sheet[1]] == headings
    assert {name for name in headings if first[name].value.endswith("*")} == {
        "订单号", "客户编码", "下单日期", "行号", "数量", "价税合计",
    }  # fmt: skip
    line = {
        "订单号": "SO-0009",
        "客户编码": "C1",
        "下单日期": today(),
        "业务员": "YW001",
        **LINES[0],
        "行类型": "商品",
    }
    for name, value in line.items():
        sheet.cell(2, first[name].column).value = value
    dropped.sync()
    book.save(dropped.folder / "in" / "订单" / "t.xlsx")
    dropped.sync()
    assert set(bills(dropped)) == {"SO-0009"}
    choices = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    letter = first["行类型"].column_letter
    assert choices[f"{letter}2:{letter}501"] == '"商品,赠品,服务,运费"'
    assert sheet.cell(3, first["物料编码"].column).number_format == "@"


def test_progress_comes_back_beside_the_rows(dropped: Shop) -> None:
    dropped.drop_orders("a", [1])
    dropped.sync()
    dropped.system.people()["ship"](order_number="SO-0001")
    dropped.sync()
    dropped.sync()
    line = dropped.told("a")["SO-0001"]
    assert (line["进度"], line["发货数量"]) == ("已发货", 3)


def test_fifty_orders_of_a_crm_become_fifty_files_once(tmp_path: Path) -> None:
    crm = FxiaokeSandbox(with_orders(50, today()))
    with opened(tmp_path, "erp", crm) as shop:
        shop.drop("物料", "物料", [{"物料编码": m.number, "物料名称": m.name} for m in MATERIALS])
        shop.drop(
            "业务员", "业务员", [{"工号": p.erp_number, "姓名": p.name} for p in SMALL.people]
        )
        shop.sync()
        shop.sync()
        orders = {order["name"]: order for order in crm.records(ORDER)}
        files = shop.sent("订单")
        assert sorted(lines[0]["订单号"] for lines in files) == sorted(orders)
        for lines in files:
            total = sum(Decimal(str(line["价税合计"])) for line in lines)
            assert total == Decimal(orders[lines[0]["订单号"]]["order_amount"])
            assert {line["操作"] for line in lines} == {"新增"}
        assert {order["erp_state__c"] for order in crm.records(ORDER)} == {"已进ERP"}

        crm.people()["edit"](form=ORDER, number="SO-0001", fields={"remark": "加急"})
        crm.people()["invalidate"](form=ORDER, number="SO-0002")
        shop.sync()
        *_, one, other = sorted(shop.sent("订单")[50:], key=lambda lines: lines[0]["订单号"])
        assert (one[0]["订单号"], one[0]["操作"], one[0]["订单备注"]) == ("SO-0001", "修改", "加急")
        assert (other[0]["订单号"], other[0]["操作"]) == ("SO-0002", "作废")

        line = {"发货单号": "FH-1", "发货日期": today(), "订单号": "SO-0001", "运单号": "SF0001"}
        goods = [{"行号": row["行号"], "订单行号": row["行号"], "数量": row["数量"]} for row in one]
        shop.drop("发货", "发货", [{**line, **row} for row in goods])
        shop.sync()
        shop.sync()
        shown = next(order for order in crm.records(ORDER) if order["name"] == "SO-0001")
        assert (shown["erp_production__c"], shown["erp_carrier_no__c"]) == ("已发货", "SF0001")


def test_the_crm_hears_what_the_importing_system_says_of_an_order(tmp_path: Path) -> None:
    crm = FxiaokeSandbox(with_orders(2, today()))

    def told() -> dict[str, tuple[str, str, str]]:
        names = ("erp_state__c", "erp_number__c", "erp_reason__c")
        return {o["name"]: tuple(str(o.get(n) or "") for n in names) for o in crm.records(ORDER)}

    with opened(tmp_path, "erp", crm, until="audited") as shop:
        shop.drop("物料", "物料", [{"物料编码": m.number, "物料名称": m.name} for m in MATERIALS])
        shop.drop(
            "业务员", "业务员", [{"工号": p.erp_number, "姓名": p.name} for p in SMALL.people]
        )
        shop.sync()
        assert {state for state, _, _ in told().values()} == {"待ERP审核"}
        taken = {"订单号": "SO-0001", "结果": "成功", "ERP单号": "X-0001"}
        refused = {"订单号": "SO-0002", "结果": "失败", "原因": "客户已停用"}
        shop.drop("回执", "回执", [taken, refused])
        shop.clock.advance(120)
        shop.sync()
        assert told() == {
            "SO-0001": ("已进ERP", "X-0001", ""),
            "SO-0002": ("已停下，待处理", "", "客户已停用"),
        }
        assert len(shop.sent("订单")) == 2
