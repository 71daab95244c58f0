"""Filling a value map on a site in use: what is proposed, written, refused, and left to people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector import sheets
from tests.system.site import Ran, Site

TABLE = "kingdee_order_type"
TYPES = {"XSDD06": "样品", "XSDD07": "寄 售", "XSDD08": "（赠送）", "XSDD09": "标准（作废）"}
OWN = """\
# Our bill types; ask finance before changing them.
standard: "XSDD01_SYS"   # 标准
stock_up: XSDD01_SYS
"""


@pytest.fixture
def selling(site: Site) -> Iterator[Site]:
    """Orders of four kinds in the CRM; the site's table knows one of them.

    What the CRM calls `sample` is `trial` in our words.
    """
    for number, name in TYPES.items():
        model = {"FNumber": number, "FName": name}
        site.in_erp("make_bill", model=model, form="BOS_BillType")
        site.in_erp("audit", number=number, form="BOS_BillType")
    table(site).parent.mkdir(parents=True, exist_ok=True)
    table(site).write_text(OWN, encoding="utf-8")
    kinds = "standard: standard\ntrial: sample\nconsignment: consignment\ngift: gift\n"
    table(site).with_name("fxiaoke_order_kind.yaml").write_text(kinds, encoding="utf-8")
    for kind, count in (("standard", 1), ("sample", 3), ("consignment", 2), ("gift", 1)):
        for place in range(count):
            site.order(number=f"{kind}-{place}", kind__c=kind)
    yield site


def table(site: Site) -> Path:
    return site.directory / "mappings/values" / f"{TABLE}.yaml"


def fill(site: Site, *more: str, name: str = TABLE) -> Ran:
    return site.cli("values", "fill", name, *more)


def standing(ran: Ran) -> dict[str, tuple[Any, ...]]:
    """`{code: (mapped, its partner, records)}`."""
    return {a["code"]: (a["mapped"], a["partner"], a["count"]) for a in ran.json["asked"]}


def test_what_is_in_use_is_proposed_written_and_then_complete(selling: Site) -> None:
    before = selling.marks()
    looked = fill(selling, "--json")
    assert looked.code == 3, looked
    assert standing(looked) == {
        "trial": (False, "XSDD06", 3),
        "consignment": (False, "XSDD07", 2),
        "gift": (False, "XSDD08", 1),
        "standard": (True, "XSDD01_SYS", 1),
    }
    written = fill(selling, "--write", "--json")
    assert (written.code, written.json["written"]) == (0, 3), written
    assert all(mapped for mapped, *_ in standing(written).values())
    assert selling.written(before) == []
    text = table(selling).read_text("utf-8")
    assert text == OWN + "trial: XSDD06\nconsignment: XSDD07\ngift: XSDD08\n"
    selling.sync()
    assert selling.bill("gift-0")["FBillTypeID"]["FNumber"] == "XSDD08"


def test_it_says_who_uses_the_table_and_gives_names_and_examples(selling: Site) -> None:
    ran = fill(selling, "--json")
    (use,) = ran.json["uses"]
    assert (use["way"], use["source"], use["object"]) == ("write", "crm", "sales_order")
    assert (use["ours"], use["theirs"]) == (["kind"], ["SAL_SaleOrder FBillTypeID.FNUMBER"])
    assert "sales_order.yaml:" in use["place"]
    gift = next(one for one in ran.json["asked"] if one["code"] == "gift")
    assert (gift["name"], gift["partner_name"], gift["example"]) == ("赠送", "（赠送）", "gift-0")


def test_people_read_it_in_words(selling: Site) -> None:
    told = fill(selling).out
    assert "Codes in use: 1 are mapped, 3 have a proposal, 0 have nobody like them" in told
    assert f"connector values fill {TABLE} --write" in told


def test_pairs_that_stand_there_are_never_replaced(selling: Site) -> None:
    table(selling).write_text("trial: XSDD01_SYS\n" + OWN, encoding="utf-8")
    assert fill(selling, "--write").code == 0
    assert table(selling).read_text("utf-8").startswith("trial: XSDD01_SYS\n")
    assert "XSDD06" not in table(selling).read_text("utf-8")


def test_a_pair_whose_other_side_does_not_exist_is_named_with_its_place(selling: Site) -> None:
    selling.in_erp("forbid", number="XSDD01_SYS", form="BOS_BillType")
    dead = fill(selling, "--json").json["dead"]
    assert [(one["ours"], one["place"].rpartition("/")[2]) for one in dead] == [
        ("standard", f"{TABLE}.yaml:2:1"),
        ("stock_up", f"{TABLE}.yaml:3:1"),
    ]


def test_a_sheet_goes_out_and_its_decisions_come_back(selling: Site) -> None:
    sheet = selling.directory / "codes.xlsx"
    selling.in_erp("forbid", number="XSDD08", form="BOS_BillType")
    assert fill(selling, "--out", str(sheet)).code == 3
    rows = sheets.read(sheet)
    assert [(row["code"], row["its code"], row["decision (yes/no)"]) for row in rows] == [
        ("trial", "XSDD06", "yes"),
        ("consignment", "XSDD07", "yes"),
        ("gift", "", ""),
        ("standard", "XSDD01_SYS", ""),
    ]
    rows[2] |= {"its code": "XSDD09", "decision (yes/no)": "yes"}
    rows[1]["decision (yes/no)"] = "no"
    sheets.write(sheet, list(rows[0]), [list(row.values()) for row in rows])
    ran = fill(selling, "--in", str(sheet), "--json")
    assert (ran.code, ran.json["written"]) == (3, 2)
    assert standing(ran)["gift"] == (True, "XSDD09", 1)
    assert standing(ran)["consignment"] == (False, "XSDD07", 2)


def test_a_code_that_the_target_does_not_have_is_refused_with_its_row(selling: Site) -> None:
    sheet = selling.directory / "codes.csv"
    fill(selling, "--out", str(sheet))
    rows = sheets.read(sheet)
    rows[0]["its code"] = "XSDD99"
    rows[3] |= {"its code": "XSDD06", "decision (yes/no)": "yes"}
    sheets.write(sheet, list(rows[0]), [list(row.values()) for row in rows])
    ran = fill(selling, "--in", str(sheet))
    assert ran.code == 2
    assert [words.split(" ")[0] for words in ran.words] == ["codes.csv:2:", "codes.csv:5:"]
    assert "XSDD99" in ran.words[0]
    assert table(selling).read_text("utf-8") == OWN


def test_without_a_table_of_its_own_the_site_gets_a_copy_of_the_shipped_one(selling: Site) -> None:
    table(selling).unlink()
    assert fill(selling, "--write").code == 0
    text = table(selling).read_text("utf-8")
    assert text.startswith("# An order's kind → its bill type")
    assert text.endswith("\ntrial: XSDD06\nconsignment: XSDD07\n")


def test_codes_for_which_records_could_not_be_read_ask_for_ours(selling: Site) -> None:
    table(selling).unlink()
    values = selling.directory / "mappings/values/fxiaoke_order_kind.yaml"
    values.write_text("standard: standard\nconsignment: consignment\n", encoding="utf-8")
    ran = fill(selling, "--json", name="fxiaoke_order_kind")
    assert standing(ran) == {"sample": (False, "sample", 3), "gift": (False, "gift", 1)}
    assert fill(selling, "--write", name="fxiaoke_order_kind").code == 0
    assert values.read_text("utf-8").endswith("sample: sample\ngift: gift\n")


def test_a_code_that_nothing_is_like_is_left_to_people_with_its_count(selling: Site) -> None:
    own = table(selling).with_name("kingdee_currency.yaml")
    own.write_text("CNY: PRE001\n", encoding="utf-8")
    for number, currency in (("a", "USD"), ("b", "HKD"), ("c", "HKD")):
        selling.order(number=number, mc_currency=currency)
    ran = fill(selling, "--write", name="kingdee_currency")
    assert ran.code == 3
    assert own.read_text("utf-8") == "CNY: PRE001\nUSD: PRE007\n"
    (line,) = (line for line in ran.out.splitlines() if "HKD" in line)
    assert line.split() == ["write", "HKD", "港元", "2", "b"]
    assert "2 are mapped, 0 have a proposal, 1 have nobody like them" in ran.out


def test_a_pair_that_reading_could_not_turn_round_is_refused(selling: Site) -> None:
    own = table(selling).with_name("kingdee_currency.yaml")
    own.write_text("CNY: PRE001\n", encoding="utf-8")
    selling.order(number="a", mc_currency="USD")
    sheet = selling.directory / "codes.csv"
    fill(selling, "--out", str(sheet), name="kingdee_currency")
    rows = sheets.read(sheet)
    next(row for row in rows if row["code"] == "USD")["its code"] = "PRE001"
    sheets.write(sheet, list(rows[0]), [list(row.values()) for row in rows])
    ran = fill(selling, "--in", str(sheet), name="kingdee_currency")
    assert ran.code == 2
    assert "PRE001 would stand for two codes" in ran.words[0]


@pytest.mark.parametrize(
    "name, more, words",
    [
        ("employee", (), "connector match employee"),
        ("kingdee_order_typ", (), "kingdee_order_type"),
        (TABLE, ("--connection", "crm"), "Connections that do: erp"),
        (TABLE, ("--write", "--out", "a.csv"), "one at a time"),
    ],
)
def test_what_cannot_be_filled_is_refused_with_the_way_out(
    site: Site, name: str, more: tuple[str, ...], words: str
) -> None:
    ran = fill(site, *more, name=name)
    assert ran.code == 2
    assert words in ran.words[0]
