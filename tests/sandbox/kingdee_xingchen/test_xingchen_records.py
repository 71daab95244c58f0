"""Lists, details and saves: what they show, what they demand, and what they leave out."""

from __future__ import annotations

from typing import Any

import pytest
from xingchen_world import ORDER, Caller


@pytest.fixture
def inside(caller: Caller) -> Caller:
    caller.log_in()
    return caller


def key(saved: dict[str, Any]) -> str:
    (made,) = saved["data"]["ids"]
    return str(made)


def test_a_save_tells_its_key_and_number_and_the_detail_all_the_rest(inside: Caller) -> None:
    saved = inside.save("crm:1")
    assert saved["data"]["id_number_map"] == {key(saved): "crm:1"}
    shown = inside("GET", f"{ORDER}_detail", number="crm:1")["data"]
    assert (shown["id"], shown["bill_status"], shown["total_amount"]) == (key(saved), "Z", "113")
    assert shown["material_entity"][0]["tax_amount"] == "13"


def test_a_list_shows_heads_of_at_most_a_hundred_the_newest_first(inside: Caller) -> None:
    for place in range(3):
        inside.save(f"crm:{place}")
    page = inside("GET", ORDER, page="1", page_size="10000")["data"]
    assert (page["page_size"], page["count"]) == (100, "3")
    assert [row["bill_no"] for row in page["rows"]] == ["crm:2", "crm:1", "crm:0"]
    assert "material_entity" not in page["rows"][0]
    assert "modify_time" not in page["rows"][0]


def test_filters_may_stand_in_the_body_of_a_get(inside: Caller) -> None:
    """As the vendor's own SDK sends them."""
    inside.operate("audit", key(inside.save("crm:1")))
    inside.save("crm:2")
    rows = inside("GET", ORDER, {"bill_status": "Z"})["data"]["rows"]
    assert [row["bill_no"] for row in rows] == ["crm:2"]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ({}, "组合值与其他表单重复"),
        ({"bill_no": "2", "customer_number": "C9"}, "参数number[C9]不存在"),
        ({"bill_no": "2", "material_entity": [{"material_number": "M-001", "qty": 1}]},
         '第1行基础资料"unit"字段不能为空'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_in_known_words(
    inside: Caller, head: dict[str, Any], words: str
) -> None:
    inside.save("crm:1")
    assert words in inside.save("crm:1", **head)["description"]


def test_a_save_with_an_id_empties_what_it_leaves_out(inside: Caller) -> None:
    made = key(inside.save("crm:1", remark="x"))
    assert inside.save("crm:1", id=made)["errcode"] == 0
    shown = inside("GET", f"{ORDER}_detail", id=made)["data"]
    assert "remark" not in shown
    inside.server.switches["omitted"] = "kept"
    inside.save("crm:1", id=made, remark="y")
    inside.save("crm:1", id=made)
    assert inside("GET", f"{ORDER}_detail", id=made)["data"]["remark"] == "y"


def test_an_audited_order_is_neither_saved_nor_deleted(inside: Caller) -> None:
    made = key(inside.save("crm:1"))
    assert inside.operate("audit", made)["errcode"] == 0
    assert "已审核" in inside.save("crm:1", id=made)["description"]
    assert inside.operate("delete", made)["errcode"] != 0
    assert inside.operate("unaudit", made)["errcode"] == 0
    assert inside.operate("delete", made)["errcode"] == 0
    assert inside("GET", f"{ORDER}_detail", id=made)["description"] == f"参数id[{made}]不存在"
