"""Records with what stands in the records they point to: `currency_id.name`, `partner_id.ref`.

A call gives the fields of one model. So whatever paths lead to is asked for once per page and
model, all records at a time. Of several records that a field points to, the first one speaks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from adapters.odoo import codec
from adapters.odoo.client import Client, Domain, Row
from adapters.odoo.forms import KEY, MARK, STAMP
from adapters.odoo.marks import Marks
from adapters.odoo.models import Field, Model, Models

Paths = Iterable[str]


class Following:
    """Reads records of one connection by paths."""

    def __init__(self, client: Client, models: Models, marks: Marks, zone: ZoneInfo) -> None:
        self._client = client
        self._models = models
        self._marks = marks
        self._zone = zone

    def pages(
        self, form: str, model: str, where: Domain, paths: Paths, after: int = 0
    ) -> Iterator[list[Row]]:
        """Records by ascending id, each `{path: value}` with its id and stamp."""
        wanted = tuple(dict.fromkeys(paths))
        known = self._models.having(model, wanted)
        for rows in self._client.pages(model, where, _asked(known, wanted), after):
            yield self._made(form, known, rows, wanted)

    def rows(self, form: str, model: str, where: Domain, paths: Paths) -> list[Row]:
        """All of them at once."""
        return [row for page in self.pages(form, model, where, paths) for row in page]

    def _made(
        self, form: str, model: Model, rows: Sequence[Row], paths: Sequence[str]
    ) -> list[Row]:
        made = [{KEY: row[KEY], STAMP: row.get(STAMP) or ""} for row in rows]
        further: defaultdict[str, list[str]] = defaultdict(list)
        for path in paths:
            first, _, rest = path.partition(".")
            field = model.find(first)
            if rest and field:
                further[first].append(rest)
            elif path not in (KEY, STAMP, MARK):
                self._put(path, field, rows, made)
        for first, rests in further.items():
            field = model.find(first)
            assert field is not None
            self._follow(field, rows, rests, made, first)
        if MARK in paths:
            marks = self._marks.of(form, model.name, [row[KEY] for row in rows])
            for one in made:
                one[MARK] = marks.get(one[KEY])
        return made

    def _put(self, path: str, field: Field | None, rows: Sequence[Row], made: list[Row]) -> None:
        """A field's value in each record; without the field, none."""
        name, read = (field.name, codec.reader(field.kind, self._zone)) if field else ("", None)
        for one, row in zip(made, rows, strict=True):
            one[path] = read(row.get(name)) if read else None

    def _follow(
        self, field: Field, rows: Sequence[Row], rests: list[str], made: list[Row], first: str
    ) -> None:
        """Put in place what the records behind a field say."""
        ids = [codec.ids_of(row.get(field.name))[:1] for row in rows]
        wanted = sorted({id for some in ids for id in some})
        where = [(KEY, "in", wanted)]
        found = self.rows(field.relation, field.relation, where, rests) if wanted else []
        by_id = {row[KEY]: row for row in found}
        for one, some in zip(made, ids, strict=True):
            there = by_id.get(some[0], {}) if some else {}
            for rest in rests:
                one[f"{first}.{rest}"] = there.get(rest)


def _asked(model: Model, paths: Iterable[str]) -> list[str]:
    """The fields of the model itself that these paths begin with."""
    fields = (model.find(path.partition(".")[0]) for path in paths)
    return list(dict.fromkeys([KEY, STAMP, *(field.name for field in fields if field)]))
