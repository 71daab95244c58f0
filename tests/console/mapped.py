"""An office whose mappings are looked at, tried and edited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector.operations.mappings.trial import Field, Mapped, Tried
from connector.rights import hidden
from tests.console.factory import Browser, Office, office
from tests.reviews.factory import CRM, ERP

PAGE = "/mappings/orders"
SEES = "sees: {costs: [finance], personal: [finance]}\n"
NOTE = "  note: {from"
CASES = """cases:
  - name: its number
    object: {number: O7, customer: c, order_date: "2026-01-01"}
    write: {N: O7}
  - name: a note that is too long is refused
    object: {customer: c, order_date: "2026-01-01", special_terms: a note that is far too long}
    write: {fault: note}
"""


@contextmanager
def opened(folder: Path) -> Iterator[Office]:
    """An office with an order that was delivered, with somebody's mobile and a note on it."""
    with office(folder, f"sqlite:///{(folder / 'store.db').as_posix()}") as made:
        made.reviewed.more["crm/sales_order"] = CRM + "  ship_to_phone: mobile\n"
        made.reviewed.more["erp/sales_order"] = ERP.replace(NOTE, f"  phone: ship_to_phone\n{NOTE}")
        put(made, "cases/erp/sales_order", CASES)
        made.start(SEES)
        made.site.order(note="wrap well", mobile="13911112222")
        made.go()
        take_up(made)
        yield made


def again(desk: Office) -> Office:
    """Begun anew a minute later, with what stands in the files now."""
    desk.site.clock.advance(60)
    desk.start(SEES)
    take_up(desk)
    return desk


@dataclass
class Still:
    """An office in which nothing is changed."""

    desk: Office
    _known: dict[str, Browser] = field(default_factory=dict)

    def as_(self, login: str) -> Browser:
        if login not in self._known:
            self._known[login] = self.desk.as_(login)
        return self._known[login]

    def get(self, path: str, login: str = "look") -> Any:
        return self.as_(login).get(path)

    def send(self, whole: str, login: str = "ops", **more: Any) -> Any:
        form = {"side": "write", "number": "O1", "text": whole}
        return self.as_(login).post(f"{PAGE}/try", form, **more)


def take_up(desk: Office) -> None:
    """What an engine does before it begins."""
    with desk.reviewed.app().engine():
        pass
    desk.site.system.stopping.clear()


def edit(desk: Office, old: str, new: str, file: str = "erp/sales_order") -> None:
    """Edit a mapping; ten seconds later the console has looked."""
    path = desk.site.directory / "mappings" / f"{file}.yaml"
    whole = path.read_text("utf-8")
    assert old in whole
    path.write_text(whole.replace(old, new), "utf-8")
    desk.site.clock.advance(10)


def put(desk: Office, file: str, whole: str) -> None:
    """A file beside the mappings."""
    path = desk.site.directory / "mappings" / f"{file}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(whole, "utf-8")


def present(desk: Office) -> str:
    return str(desk.serving.app.mapping("orders").text)


def attempt(desk: Office, whole: str, login: str = "root", number: str = "O1") -> Tried:
    app = desk.serving.app
    return app.of(login, hidden(app.config, login)).try_mapping("orders", "", number, whole)


def fields(found: Mapped | None) -> dict[str, Field]:
    """By `table[row].field`, what each rule made."""
    assert found is not None
    return {
        f"{section.table}[{section.row}].{one.target}" if section.table else one.target: one
        for section in found.sections
        for one in section.fields
    }
