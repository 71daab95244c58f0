"""The short form of `python -m tests.acceptance.quota_day`: a fiftieth of it, at a fiftieth of the
pace, so that polling weighs as much as it does in the full form."""

from __future__ import annotations

from tests.acceptance.quota_day import Size, a_whole_pack, used_up_by_noon
from tests.acceptance.site import Report

SHORT = Size(orders=40, materials=40, warehouses=10, pack=2000, pace=50)


class Quiet(Report):
    """Tells nothing; what is not so fails the test."""

    def tell(self, text: str) -> None:
        """Only the full form is watched."""

    def check(self, holds: bool, text: str) -> None:
        assert holds, text


def test_a_day_of_orders_and_stock_stays_inside_fxiaoke_s_quota_orders_first() -> None:
    a_whole_pack(SHORT, Quiet())


def test_with_the_quota_used_up_by_noon_orders_and_their_status_still_flow() -> None:
    used_up_by_noon(SHORT, Quiet())
