"""Any CRM with any ERP: 50 orders go forward, each once and to the fen, and are told of."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random

import pytest

from tests.pairs.carrying import pair, sides
from tests.pairs.orders import amounts, customer_of, lines_of
from tests.system.company import SMALL

CRMS, ERPS = sides("CRM"), sides("ERP")
COUNT, FEW = 50, 5
"""Orders; few where CI meets a system that takes its time."""
ALL = sorted(product(CRMS, ERPS))
SLOW = [(crm, erp) for crm, erp in ALL if CRMS[crm].slow or ERPS[erp].slow]
USUAL = [(crm, erp) for crm, erp in ALL if crm == "fxiaoke" or erp == "kingdee_galaxy"]
"""Each once with the reference partner."""
OTHERS = [one for one in ALL if one not in USUAL and one not in SLOW]
SAMPLED = sorted(Random(6).sample(OTHERS, min(6, len(OTHERS))))
CHOSEN = [(*one, FEW if one in SLOW else COUNT) for one in (*USUAL, *SAMPLED)]
WHOLE = [(*one, COUNT) for one in ALL]
REST = [pytest.param(*one, marks=pytest.mark.all_pairs) for one in WHOLE if one not in CHOSEN]


@pytest.mark.parametrize(("crm", "erp", "count"), [*CHOSEN, *REST])
def test_orders_go_forward_once_and_their_status_comes_back(
    crm: str, erp: str, count: int, tmp_path: Path
) -> None:
    with pair(CRMS[crm], ERPS[erp], SMALL, tmp_path) as site:
        assert len(site.config.splitlines()) < 40
        site.sync()
        orders = {site.crm.order(customer_of(n), lines_of(n)): lines_of(n) for n in range(count)}
        site.sync()
        booked = {one.reference.rpartition(":")[2]: one for one in site.erp.booked()}
        assert len(site.erp.booked()) == count
        assert {key: one.amounts for key, one in booked.items()} == {
            key: amounts(lines) for key, lines in orders.items()
        }
        site.sync()
        told = {key: site.crm.told(key) for key in orders}
        assert {key: one.number for key, one in told.items()} == {
            key: one.number for key, one in booked.items()
        }
        assert all(one.state for one in told.values())
        first, *_ = orders
        site.erp.ship(booked[first].number)
        site.sync()
        site.sync()
        whole = sum(one.quantity for one in orders[first])
        assert site.crm.told(first).shipped == whole
        assert len(site.erp.booked()) == count
        quiet = site.sync()
        assert not any(flow.get("created") or flow.get("updated") for flow in quiet.values())
