"""A folder of CSV files as a company."""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal

import pytest

from sandbox.company import BadCompanyData, load_company
from sandbox.company.adventureworks import load

FILES = {
    "customers": "customer_no,name,email\nAW1,Jon Yang,jon@example.com\n",
    "materials": (
        "material_no,name,make_or_buy,is_finished_good,safety_stock,standard_cost,list_price,"
        "days_to_manufacture,purchase_lead_days\n"
        "BK-1,Bike,make,1,4,300,500.00,3,\n"
        "FR-1,Frame,make,0,0,100,.0000,2,\n"
        "TT-1,Tyre,buy,0,100,5,.0000,0,17\n"
    ),
    "bom": (
        "parent_no,component_no,quantity,unit,valid_from,valid_to\n"
        ",BK-1,1.00,EA,2021-05-25,\n"
        "BK-1,FR-1,1.00,EA,2021-05-25,2022-05-25\n"
        "BK-1,TT-1,2.00,OZ,2021-05-25,\n"
    ),
    "stock": "material_no,warehouse,quantity\nBK-1,Tool Crib,5\nTT-1,Paint,7\n",
    "orders": "order_no,order_date,customer_no\nSO1,2017-01-01,AW1\n",
    "order_lines": (
        "order_no,line_no,material_no,quantity,unit_price\n"
        "SO1,1,BK-1,3,33.335\nSO1,2,TT-1,1,0.004\n"
    ),
    "work_orders": (
        "work_order_no,material_no,ordered,stocked,scrapped,start_date,end_date,due_date\n"
        "WO1,FR-1,2,1,1,2013-12-01,,2013-12-12\n"
    ),
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_orders_belong_to_the_one_salesperson_and_are_in_dollars(folder):
    company = load(folder)
    order = company.orders[0]
    assert (order.currency, order.salesperson, order.order_date) == (
        "USD",
        "1000",
        date(2017, 1, 1),
    )
    assert company.people[0].erp_number == "S001"
    assert company.customers[0].erp_number == ""


def test_amounts_are_rounded_half_up_and_add_up(folder):
    order = load(folder).orders[0]
    assert [line.amount for line in order.lines] == [Decimal("100.01"), Decimal("0.00")]
    assert order.amount == Decimal("100.01")


def test_finished_priced_or_sold_materials_are_saleable(folder):
    saleable = {material.number: material.saleable for material in load(folder).materials}
    assert saleable == {"BK-1": True, "FR-1": False, "TT-1": True}


def test_lead_times_come_from_making_or_from_buying(folder):
    days = {material.number: material.lead_days for material in load(folder).materials}
    assert days == {"BK-1": 3, "FR-1": 2, "TT-1": 17}


def test_top_rows_of_the_bom_are_left_out_and_pieces_have_one_name(folder):
    bom = load(folder).bom
    assert [(line.component, line.unit) for line in bom] == [("FR-1", "Pcs"), ("TT-1", "OZ")]
    assert bom[0].valid_to == date(2022, 5, 25)


def test_warehouses_get_codes_and_keep_their_names(folder):
    company = load(folder)
    assert company.warehouses == (("CK01", "Paint"), ("CK02", "Tool Crib"))
    assert [stock.warehouse for stock in company.stock] == ["CK02", "CK01"]


def test_a_work_order_that_is_not_finished_has_no_end(folder):
    assert load(folder).work_orders[0].end is None


def test_gzipped_files_and_files_with_a_bom_are_read(folder):
    text = (folder / "customers.csv").read_text(encoding="utf-8")
    (folder / "customers.csv").unlink()
    (folder / "customers.csv.gz").write_bytes(gzip.compress(text.encode("utf-8-sig")))
    assert load_company(str(folder)).customers[0].number == "AW1"


def test_a_missing_file_is_named(folder):
    (folder / "stock.csv").unlink()
    with pytest.raises(BadCompanyData, match=r"neither stock\.csv\.gz nor stock\.csv is there"):
        load(folder)


def test_a_missing_column_is_named(folder):
    (folder / "stock.csv").write_text("material_no,quantity\n", encoding="utf-8")
    with pytest.raises(BadCompanyData, match=r"stock\.csv: missing columns: warehouse"):
        load(folder)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "stock",
            "material_no,warehouse,quantity\nBK-1,Paint,many\n",
            r"stock\.csv, line 2, column quantity: 'many' is not a number",
        ),
        (
            "orders",
            "order_no,order_date,customer_no\nSO1,1.1.2017,AW1\n",
            r"orders\.csv, line 2, column order_date: '1\.1\.2017' is not a date",
        ),
    ],
)
def test_a_wrong_value_is_shown_with_its_place(folder, file, text, message):
    (folder / f"{file}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadCompanyData, match=message):
        load(folder)


def test_a_folder_that_is_not_there_is_refused():
    with pytest.raises(BadCompanyData, match="no such folder"):
        load_company("/nowhere")
