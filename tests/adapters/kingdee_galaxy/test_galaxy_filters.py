"""What reaches FilterString, and what never does."""

from __future__ import annotations

from datetime import datetime

import pytest
from galaxy_site import ORDERS, REFERENCE, Site, order
from hypothesis import given
from hypothesis import strategies as st

from adapters.kingdee_galaxy.filters import Where, literal
from connector.errors import Rejected
from sandbox.kingdee_galaxy.filters import _tokens

INJECTIONS = ["' or '1'='1", "x'; drop table T_SAL_ORDER--", "\\' or 1=1", "N'x", "a') or ('1'='1"]


def test_values_are_written_by_their_type() -> None:
    where = Where({"FID", "FNumber", "FModifyDate"})
    where.has("FID", ">", 12).has("FModifyDate", "<", datetime(2026, 3, 1, 8))
    where.among("FNumber", ["007", "O'Neil"])
    text = "FID > 12 and FModifyDate < '2026-03-01 08:00:00' and FNumber in ('007','O''Neil')"
    assert str(where) == text


@pytest.mark.parametrize("field", ["FName", "FID or 1=1", "", "FID;--", "F.A.B.C.D"])
def test_a_field_that_nobody_asked_for_is_refused(field: str) -> None:
    with pytest.raises(Rejected):
        Where({"FID", "FID or 1=1", "FID;--", "F.A.B.C.D"}).has(field, "=", 1)


@pytest.mark.parametrize("value", ["a\nb", "a\x00", "a\x1b", "a\u2028b", "x" * 201])
def test_what_no_name_looks_like_is_refused(value: str) -> None:
    with pytest.raises(Rejected):
        literal(value)


@pytest.mark.parametrize("value", [True, 1.5, None])
def test_other_types_are_a_mistake_of_ours(value: object) -> None:
    with pytest.raises(TypeError):
        literal(value)  # type: ignore[arg-type]


@given(st.text(max_size=200))
def test_whatever_a_value_holds_it_stays_one_text(value: str) -> None:
    try:
        written = literal(value)
    except Rejected:
        return
    (token,) = _tokens(written)
    assert (token.kind, token.text) == ("text", value)


@pytest.mark.parametrize("value", INJECTIONS)
def test_an_injected_mark_finds_nothing(site: Site, value: str) -> None:
    site.erp.write(order("N1"))
    assert list(site.erp.find(ORDERS, REFERENCE, [value])) == []
