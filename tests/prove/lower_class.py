"""T3 lower class: a declared idempotency class that is not true doubles orders, a true one never.

    python -m tests.prove.lower_class

Class A says that the target refuses a second record with our mark, so nobody looks before the first
create. Class B says that our mark can be found, so a lost answer is looked up. For each adapter and
each class that it can be declared to have, the same trouble is met twice: once with what the class
promises, once with that taken away. The first must leave one record a mark, the second must leave
two, or the declaration would mean nothing.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connector import log
from connector.errors import OutcomeUnknown
from tests.database import empty_store
from tests.engine import factory
from tests.prove.suite import Evidence, Suite
from tests.system.company import SMALL
from tests.system.site import BILL, Site, opened

HOURS = 7200.0
STOCK = "erp_stock__c"
UNIQUE = ("unique: false", "unique: true")
Marks = Sequence[str]


@contextmanager
def _site() -> Iterator[Site]:
    """The company whose ERP numbers its bills: a number of ours would be a second unique key."""
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder), SMALL, numbering="erp", whole=True) as site,
    ):
        yield site


def _forget(site: Site) -> None:
    """The store is lost: a backup from before the first order is put back."""
    site.restart()
    (site.directory / "connector.db").write_bytes(empty_store().read_bytes())


def kingdee_a(*, holds: bool) -> Marks:
    """Declared A: the account set has a unique index on our mark, or it has none."""
    with _site() as site:
        site.erp.switches["unique_reference"] = holds
        site.mapping("kingdee_galaxy", "sales_order", UNIQUE)
        site.order()
        site.sync()
        _forget(site)
        site.sync()
        return [bill["F_CRM_Ref"] for bill in site.bills()]


def kingdee_b(*, holds: bool) -> Marks:
    """Declared B: a query finds our mark, or it does not show the bill yet."""
    with _site() as site:
        site.sync()
        site.erp.faults.set([{"do": "lose_answer", "operation": "*Save", "form": BILL, "times": 1}])
        site.erp.switches["visible_after"] = 0 if holds else HOURS
        site.order()
        site.sync()
        _settled(site)
        return [bill["F_CRM_Ref"] for bill in site.bills()]


def fxiaoke_b(*, holds: bool) -> Marks:
    """Declared B: a query finds our mark in the custom object, or does not show the record yet."""
    with _site() as site:
        site.sync("products", "materials")
        site.crm.faults.set([{"do": "lose_answer", "operation": "create", "times": 1}])
        site.crm.switches["visible_after"] = 0 if holds else HOURS
        site.sync("stock")
        _settled(site)
        return _stock(site)


def fxiaoke_a(*, holds: bool) -> Marks:
    """Declared A, though no tenant refuses a second mark; declared B, it is looked for."""
    with _site() as site:
        if not holds:
            mark = "reference: reference__c "
            unique = "reference: {field: reference__c, unique: true} "
            site.mapping("fxiaoke", "stock", (mark, unique))
        site.sync()
        _forget(site)
        site.sync()
        return _stock(site)


def _settled(site: Site) -> None:
    for _ in range(2):
        site.clock.advance(60)
        site.sync()


def _stock(site: Site) -> Marks:
    return [record["reference__c"] for record in site.crm.records(STOCK)]


@contextmanager
def _shop() -> Iterator[factory.Site]:
    """The same with the reference adapter."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with factory.site(path, f"sqlite:///{(path / 'store.db').as_posix()}") as shop:
            shop.start()
            shop.material()
            shop.customer()
            shop.sync()
            shop.order()
            yield shop


def memory_a(*, holds: bool) -> Marks:
    """Declared A: the world refuses a second mark, or it does not."""
    with _shop() as shop:
        name = "erp/sales_order"
        text = shop.mappings[name]
        shop.mappings[name] = text.replace(
            "reference: ref", "reference: {field: ref, unique: true}"
        )
        shop.erp.unique = {"bill": "ref"} if holds else {}
        shop.start().sync()
        shop.stop()
        for path in shop.directory.glob("store.db*"):
            path.unlink()
        shop.start().sync()
        return [bill["ref"] for bill in shop.bills()]


def memory_b(*, holds: bool) -> Marks:
    """Declared B: what was written is found, or it is not."""
    with _shop() as shop:
        shop.erp.trouble = factory.failing(OutcomeUnknown("lost"), when="after")
        if not holds:
            erp: Any = shop.system.connections["erp"].adapter
            erp.find = lambda *_: iter(())
        shop.sync()
        shop.clock.advance(101)
        shop.sync()
        return [bill["ref"] for bill in shop.bills()]


TRIALS: tuple[Callable[..., Marks], ...] = (
    kingdee_a,
    kingdee_b,
    fxiaoke_a,
    fxiaoke_b,
    memory_a,
    memory_b,
)


def lower() -> Evidence:
    """Every trial, with and without."""
    log.configure(json=True, stream=io.StringIO())
    evidence = Evidence(f"{len(TRIALS)} declarations, each true and not")
    for trial in TRIALS:
        for holds in (True, False):
            marks = trial(holds=holds)
            doubled = len(marks) - len(set(marks))
            evidence.counts["ok"] += holds and len(set(marks))
            evidence.counts["duplicated"] += holds and doubled
            evidence.counts["shown to double"] += bool(doubled) and not holds
            if bool(doubled) == holds or not marks:
                what = "true" if holds else "not true"
                text = f"{trial.__name__}, {what}: {doubled} of {len(marks)} are doubles"
                evidence.violations.append(f"{text}\n    python -m tests.prove.lower_class")
    return evidence


SUITES = (Suite("T3 lower class", "a declared class that is not true", lower, lower),)


def main() -> int:
    evidence = lower()
    print(evidence.ran, dict(evidence.counts), *evidence.violations, sep="\n")
    return 0 if evidence.holds else 1


if __name__ == "__main__":
    sys.exit(main())
