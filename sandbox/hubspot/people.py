"""What people do in HubSpot's own pages: they need no token.

Every function takes JSON arguments by keyword. `by` is the person's name in the ledger. Records
are named by `number` (a deal's name, a company's customer number, a product's SKU, or the id of
any) or by `key` (the id). Fields have their property names, values are text as calls send them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.books import Books, Record, Refused

from .amounts import Amounts
from .associations import Associations
from .objects import Objects
from .values import given

DEAL, LINE, COMPANY, PRODUCT = "deals", "line_items", "companies", "products"
SHORT_NAMES = {"kind": "line_kind"}
"""How a line's fields are called in the arguments of `add_order` and its like."""
TITLES = {"deals": "dealname", "orders": "hs_order_name", "quotes": "hs_title"}
STATES = {
    "deals": {"dealstage": "closedwon"},
    "orders": {"hs_external_order_status": "confirmed"},
    "quotes": {"hs_status": "APPROVED"},
}
"""A sale that is agreed on."""
DAYS = {
    "deals": "closedate",
    "orders": "hs_external_created_date",
    "quotes": "hs_expiration_date",
}
CANCELLED = {
    "deals": {"dealstage": "closedlost"},
    "orders": {"hs_external_order_status": "cancelled"},
    "quotes": {"hs_status": "REJECTED"},
}


class People:
    """Salespeople and their assistants at work."""

    def __init__(
        self, books: Books, associations: Associations, amounts: Amounts, objects: Objects
    ) -> None:
        self._books = books
        self._associations = associations
        self._amounts = amounts
        self._objects = objects

    def functions(self) -> dict[str, Callable[..., Any]]:
        """By the name under which `/_sandbox/people/…` offers them."""
        offered: tuple[Callable[..., Any], ...] = (
            self.add_customer,
            self.add_order,
            self.add_line,
            self.add,
            self.associate,
            self.edit,
            self.edit_line,
            self.drop_line,
            self.cancel,
            self.delete,
        )
        return {function.__name__: function for function in offered}

    def add_customer(self, name: str, number: str = "", by: str = "sales", **fields: Any) -> str:
        """Add a company with any further `fields`; returns its number, or its id without one."""
        key = self.add(COMPANY, {**fields, "name": name, "customer_number": number}, by=by)
        return number or key

    def add_order(
        self,
        customer: str,
        lines: Sequence[Mapping[str, Any]],
        number: str = "",
        form: str = DEAL,
        stamp: str = "",
        by: str = "sales",
        **fields: Any,
    ) -> str:
        """Add a deal that is won (or an order, a quote) of a company with `lines`; returns its
        id, by which people call it.

        A line is `{product, quantity, price}` by SKU and price with tax, and may have any
        property. Further `fields` go to the deal; `number` is its name. `stamp` (ISO) makes a
        late commit of it.
        """
        company = self._find(COMPANY, customer)
        today = self._books.clock.now().isoformat()
        usual = {
            "hubspot_owner_id": company.values.get("hubspot_owner_id"),
            TITLES[form]: number or f"交易 {company.values['name']}",
            DAYS[form]: today,
        }
        key = self.add(form, {**usual, **STATES[form], **fields}, stamp=stamp, by=by)
        self._associations.link((form, key), (COMPANY, company.key))
        for place, line in enumerate(lines, 1):
            self.add_line(key, form=form, by=by, **{"hs_position_on_quote": str(place), **line})
        return key

    def add_line(
        self, order: str, product: str, form: str = DEAL, by: str = "sales", **line: Any
    ) -> str:
        """Add a line to a deal (its number or id); returns the line's id."""
        sold, owner = self._find(PRODUCT, product), self._find(form, order)
        usual = {"name": sold.values["name"], "hs_product_id": sold.key, "tax_rate": "13",
                 "hs_sku": product, "line_kind": "goods"}  # fmt: skip
        fields = {SHORT_NAMES.get(name, name): str(value) for name, value in line.items()}
        key = self.add(LINE, {**usual, **fields}, by=by)
        self._associations.link((LINE, key), (form, owner.key))
        self._amounts.follow(LINE, key, f"person:{by}")
        return key

    def add(self, form: str, fields: Mapping[str, Any], stamp: str = "", by: str = "sales") -> str:
        """Add any record; returns its id."""
        values = given(self._books.forms[form], fields)
        late = datetime.fromisoformat(stamp) if stamp else None
        return self._books.create(form, values, by=f"person:{by}", stamp=late).key

    def associate(self, form: str, number: str, to: str, other: str, primary: bool = False) -> None:
        """Associate two records, the other one as the primary one of its kind, if that is said."""
        one, there = self._find(form, number), self._find(to, other)
        self._associations.link((form, one.key), (to, there.key), primary=primary)
        self._amounts.follow(form, one.key)

    def edit(
        self,
        fields: Mapping[str, Any],
        form: str = DEAL,
        number: str = "",
        key: str = "",
        stamp: str = "",
        by: str = "sales",
    ) -> str:
        """Set `fields` of a record (empty text clears); returns its id.

        `stamp` (ISO) gives the change an old stamp: a commit that took long and shows up late.
        """
        record = self._find(form, number or key)
        late = datetime.fromisoformat(stamp) if stamp else None
        values = given(self._books.forms[form], fields)
        self._books.change(form, record.key, values, by=f"person:{by}", stamp=late)
        if form == LINE:
            self._amounts.follow(form, record.key, f"person:{by}")
        return record.key

    def edit_line(
        self,
        order: str,
        line_no: int,
        fields: Mapping[str, Any],
        form: str = DEAL,
        stamp: str = "",
        by: str = "sales",
    ) -> str:
        """Set `fields` of the line at `line_no`; returns its id. The amounts follow, the deal's
        stamp does not."""
        return self.edit(fields, LINE, key=self._line(form, order, line_no), stamp=stamp, by=by)

    def drop_line(self, order: str, line_no: int, form: str = DEAL, by: str = "sales") -> str:
        """Delete the line at `line_no`; returns its id."""
        key = self._line(form, order, line_no)
        self.delete(form=LINE, key=key, by=by)
        self._amounts.follow(form, self._find(form, order).key, f"person:{by}")
        return key

    def cancel(self, number: str, form: str = DEAL, by: str = "sales") -> str:
        """A deal is lost after all, an order cancelled, a quote rejected; returns its id."""
        return self.edit(CANCELLED[form], form, number, by=by)

    def delete(self, number: str = "", form: str = DEAL, key: str = "", by: str = "sales") -> None:
        """Put a record into the recycling bin; a deal's lines stay, of nobody."""
        self._objects.archive(form, self._find(form, number or key).key, by=f"person:{by}")

    def _find(self, form: str, number: str) -> Record:
        known = self._books.live(form)
        return known[number] if number in known else self._books.named(form, number)

    def _line(self, form: str, order: str, line_no: int) -> str:
        for key in self._associations.of(form, self._find(form, order).key, LINE):
            if self._books.get(LINE, key).values.get("hs_position_on_quote") == line_no:
                return key
        raise Refused("missing", LINE, "hs_position_on_quote", line_no)
