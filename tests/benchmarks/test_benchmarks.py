"""The benchmarks still measure the product as it is."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases import WRITES
from benchmarks.running import run, stub

ORDERS = 20


def test_the_product_and_the_bare_loop_write_the_same(tmp_path: Path) -> None:
    with stub(ORDERS) as port:
        bare = run("bare", port=port, workload="orders")
        product = run("product", port=port, workload="orders", directory=str(tmp_path))
    assert product["counts"]["written"] == ORDERS
    writes = [{name: n for name, n in one["calls"].items() if name in WRITES}
              for one in (bare, product)]  # fmt: skip
    assert writes[0] == writes[1] != {}
