"""Values from Odoo and back: what `false` is, exact numbers, times, pages of HTML."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.odoo import codec, xml

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("char", False, None),
        ("char", "false", "false"),
        ("boolean", False, False),
        ("integer", 0, 0),
        ("monetary", Decimal("0.30000000000000004"), Decimal("0.3")),
        ("float", Decimal("1234567.8901"), Decimal("1234567.8901")),
        ("float", 3, Decimal(3)),
        ("date", "2026-03-01", "2026-03-01"),
        ("datetime", "2026-02-28 16:00:00", "2026-03-01T00:00:00+08:00"),
        ("many2one", [7, "海湾电器 (C1)"], 7),
        ("many2one", 7, 7),
        ("many2one", False, None),
        ("html", "<p>一 &amp; 二<br>三</p><p><b>四</b></p>", "一 & 二\n三\n四"),
        ("html", "<p><br></p>", None),
        ("float", "many", "many"),
        ("datetime", "soon", "soon"),
    ],
)
def test_a_value_is_read_by_its_field_s_type(kind: str, value: Any, read: Any) -> None:
    found = codec.reader(kind, CHINA)(value)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("kind", "value", "cell", "written"),
    [
        ("char", None, "", False),
        ("char", "0012.50", "0012.50", "0012.50"),
        ("boolean", False, "0", False),
        ("boolean", True, "1", True),
        ("float", Decimal("1E+2"), "100", Decimal(100)),
        ("float", 0, "0", 0),
        ("integer", 7, "7", 7),
        ("date", date(2026, 3, 1), "2026-03-01", "2026-03-01"),
        ("date", datetime(2026, 2, 28, 17, tzinfo=UTC), "2026-03-01", "2026-03-01"),
        ("datetime", date(2026, 3, 1), "2026-02-28 16:00:00", "2026-02-28 16:00:00"),
        ("html", "a < b\nc", "<p>a &lt; b<br/>c</p>", "<p>a &lt; b<br/>c</p>"),
    ],
)
def test_a_value_is_written_as_an_import_and_as_a_call_take_it(
    kind: str, value: Any, cell: str, written: Any
) -> None:
    assert codec.cell(kind, value, CHINA) == cell
    assert codec.written(kind, value, CHINA) == written


def test_a_text_goes_through_a_page_of_html_unchanged() -> None:
    for text in ("木箱 & <b>包装</b>", "一\n二\n\n三", "\"quoted\" 'so'"):
        assert codec.reader("html", CHINA)(codec.written("html", text, CHINA)) == text


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY a "aaaaaaaaaa">' + "".join(
            f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
        ) + '<!ENTITY x "&j;">',
    ],
    ids=["a file", "a bomb"],
)  # fmt: skip
def test_an_answer_in_xml_reaches_for_no_file_and_does_not_grow(declared: str) -> None:
    text = (
        f"<?xml version='1.0'?><!DOCTYPE methodResponse [{declared}]><methodResponse><params>"
        "<param><value><string>&x;</string></value></param></params></methodResponse>"
    )
    try:
        read = xml.loads(text)
    except xml.NotXml:
        return
    assert read == ""
