"""What commands print: nothing that a record holds can steer the terminal of whoever reads it."""

from __future__ import annotations

import io
import unicodedata

import pytest

from connector.cli.output import Screen

NASTY = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\u2066\u009b31m\x00"


@pytest.mark.parametrize("how", ["line", "mark", "table"])
def test_what_a_record_holds_steers_no_terminal(how: str) -> None:
    file = io.StringIO()
    screen = Screen(file)
    if how == "line":
        screen.line(f"客户 {NASTY}")
    elif how == "mark":
        screen.mark("✗", f"客户 {NASTY}")
    else:
        screen.table(("number", "customer"), [[NASTY, "客户"]])
    said = file.getvalue()
    assert "owned" in said
    assert "客户" in said
    assert {one for one in said if unicodedata.category(one) in ("Cc", "Cf")} <= {"\n"}
