"""Stock: what lies in each warehouse. Tryton reckons it: no stamp of a product moves with it.

Every warehouse is asked for all products of which something lies there: what is not there is zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.tryton.client import Client
from adapters.tryton.codec import Row, at
from adapters.tryton.describing import Models
from adapters.tryton.forms import PRODUCT, STOCK_KEY
from connector.contract import Page, Record, Shape, chunks

PLACE = "stock.location"


class Stock:
    """Reads stock by product and warehouse."""

    def __init__(self, client: Client, models: Models, page: int) -> None:
        self._client = client
        self._models = models
        self._page = page

    def everything(self, shape: Shape) -> Iterator[Page]:
        """All of it. A page is given only when the whole warehouse was read."""
        for place in self._warehouses(shape):
            found = list(self._lying(shape, place, []))
            yield from (Page(some) for some in chunks(found, self._page))

    def some(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These products in these warehouses."""
        wanted = [key.partition("|") for key in keys]
        for place in self._warehouses(shape):
            here = [int(one) for one, _, other in wanted
                    if other == str(place["id"]) and one.isdecimal()]  # fmt: skip
            for products in chunks(here, self._page):
                yield from self._lying(shape, place, [["id", "in", list(products)]])

    def _warehouses(self, shape: Shape) -> list[Row]:
        fields = [path.removeprefix("warehouse.") for path in shape.fields if _of_place(path)]
        self._models.check(PLACE, fields)
        self._models.check(PRODUCT, _paths(shape))
        fields.append("storage_location")
        pages = self._client.pages(PLACE, [["type", "=", "warehouse"]], fields, self._page)
        return [place for page in pages for place in page]

    def _lying(self, shape: Shape, place: Row, domain: list[object]) -> Iterator[Record]:
        context: Row = {"locations": [place["storage_location"]], "with_childs": True}
        where = [["quantity", "!=", 0], *domain]
        for rows in self._client.pages(PRODUCT, where, _paths(shape), self._page, **context):
            yield from (_record(shape, place, row) for row in rows)


def _paths(shape: Shape) -> list[str]:
    """What is asked of products."""
    return [path for path in shape.fields if not _of_place(path) and path not in STOCK_KEY]


def _record(shape: Shape, place: Row, row: Row) -> Record:
    fields = {path: _shown(place, row, path) for path in shape.fields}
    key = "|".join(str(_shown(place, row, name)) for name in shape.key)
    return Record(key, fields)


def _shown(place: Row, row: Row, path: str) -> Any:
    if path in STOCK_KEY:
        return place["id"] if path == "warehouse" else row["id"]
    return at(place, path.removeprefix("warehouse.")) if _of_place(path) else at(row, path)


def _of_place(path: str) -> bool:
    return path.startswith("warehouse.")
