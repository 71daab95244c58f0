"""Reading by row versions: lists tell which bills there are and which of them changed, the bills
themselves are asked for one by one. Archives also take a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from adapters.chanjet_tplus.client import Client, Row
from adapters.chanjet_tplus.codec import Records, text_of, value_at, version_of
from adapters.chanjet_tplus.forms import CODE, MARK, STOCK, form_of
from adapters.chanjet_tplus.lists import PAGE, Lists
from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from connector.contract import Page, Record, Shape, chunks
from connector.errors import Rejected
from connector.kit.rowversions import Span
from connector.messages import say

AT_ONCE = 50
"""Records of one page of ours."""
FEW = 20
"""Records of an archive that are asked for one by one; of more, all are read."""
SEARCHED = {MARK: "externalCode", CODE: "voucherCode"}
"""Fields by which a bill can be asked for."""


class Reading:
    """Reads the forms of one connection."""

    def __init__(self, client: Client, settings: ChanjetTPlusSettings) -> None:
        self._client = client
        self._settings = settings
        self._lists = Lists(client, settings)
        self._size = min(settings.page or AT_ONCE, AT_ONCE)

    # -- what changed -----------------------------------------------------------------------

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records changed in the span that the cursor opens."""
        span = Span.open(after, self._settings.lookback)
        read = self._bills if form_of(shape.form).is_bill else self._archive
        return read(shape, span)

    def _bills(self, shape: Shape, span: Span) -> Iterator[Page]:
        """In the order of their row versions, so that a reading can be gone on with."""
        versions = self._lists.versions(shape.form)
        span = span.begin(self._client.now(), max(versions.values(), default=0))
        low = span.low if self._settings.row_versions and span.since else -1
        come = _place(span.after)
        places = sorted((n, key) for key, n in versions.items() if n > low)
        for some in chunks([one for one in places if one > come], self._size):
            found = self._documents(shape, [key for _, key in some])
            made = [_aged(one, span) for one in found]
            yield Page(made, span.at("{}|{}".format(*some[-1])))
        yield Page((), span.done(self._settings.lookback))

    def _archive(self, shape: Shape, span: Span) -> Iterator[Page]:
        """By time: what is read late in a long reading may be newer than its beginning, so that row
        versions only tell what was read before."""
        now, param = self._client.now(), Row()
        if span.since:
            since = span.since.astimezone(self._settings.zone)
            param["UpdateDateBegin"] = since.strftime("%Y-%m-%d %H:%M:%S")
        records, high, made = Records(form_of(shape.form), shape), 0, []
        for row in self._lists.archive(shape.form, param, records.names):
            high = max(high, version_of(row) or 0)
            made += [_aged(one, span) for one in records.of(row)]
            if len(made) >= self._size:
                yield Page(made)
                made = []
        yield Page(made)
        yield Page((), span.begin(now, high).done(self._settings.lookback))

    # -- everything -------------------------------------------------------------------------

    def everything(self, shape: Shape) -> Iterator[Page]:
        """All of an archive without pages, or all stock; of each warehouse of the settings by
        itself."""
        records = Records(form_of(shape.form), shape)
        for rows in self._all(shape.form, records):
            made = (one for row in rows for one in records.of(row))
            for some in chunks(_added(shape, made), PAGE):
                yield Page(some)

    def _all(self, name: str, records: Records) -> Iterator[Iterable[Row]]:
        if name != STOCK:
            yield self._lists.archive(name, {}, records.names)
            return
        for place in self._settings.stock_warehouses or ("",):
            yield self._lists.stock(place)

    # -- some of them -----------------------------------------------------------------------

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        wanted = set(keys)
        heads = list(dict.fromkeys(key.split("|")[0] for key in keys))
        read = self._documents if form_of(shape.form).is_bill else self._of_archive
        yield from (one for one in read(shape, heads) if one.key in wanted)

    def _of_archive(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        form = form_of(shape.form)
        records = Records(form, shape)
        if form.selects and shape.key == (CODE,) and len(keys) <= FEW:
            for key in keys:
                for row in self._lists.archive(shape.form, {CODE: key}, records.names):
                    yield from records.of(row)
        elif keys:
            pages = self.changes(shape, None) if form.selects else self.everything(shape)
            yield from (one for page in pages for one in page.records)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records whose `field` is one of `values`, letter for letter."""
        form = form_of(shape.form)
        records = Records(form, shape, field)
        for value in (one for one in values if one.strip()):
            rows: Iterable[Row] = (
                self._asked(shape.form, field, value)
                if form.is_bill
                else self._lists.archive(shape.form, {field: value}, records.names)
            )
            for row in rows:
                # A database may look at neither case nor trailing blanks.
                if value_at(row, field) == value:
                    yield from records.of(row)

    def _asked(self, name: str, field: str, value: str) -> Iterator[Row]:
        """The bill that has this in one of the two fields that can be asked for."""
        by = SEARCHED.get(field)
        found = self._client.document(name, **{by: value}) if by else None
        if by is None or (found and text_of(found.get(field)).lower() != value.strip().lower()):
            raise Rejected(say("tplus_filter_ignored", form=name, field=field))
        if found:
            yield found

    def document(self, name: str, key: str, show: Shape | None) -> Row | None:
        """A whole bill, or what is to be shown of a record of an archive, by its code; None: it is
        not there."""
        form = form_of(name)
        if form.is_bill:
            return self._client.document(name, voucherID=key)
        wanted = Records(form, show).names if show else ()
        rows = self._lists.archive(name, {CODE: key}, wanted)
        return next((row for row in rows if row.get(CODE) == key), None)

    def _documents(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        records = Records(form_of(shape.form), shape)
        for key in keys:
            document = self._client.document(shape.form, voucherID=key)
            if document is not None:
                yield from records.of(document)


def _added(shape: Shape, records: Iterable[Record]) -> list[Record]:
    """Records by their keys, what adds up added up."""
    made: dict[str, Record] = {}
    for one in records:
        known = made.setdefault(one.key, one)
        if known is not one:
            for name in shape.sums:
                known.fields[name] = (known.fields[name] or 0) + (one.fields[name] or 0)
    return list(made.values())


def _place(after: str) -> tuple[int, str]:
    """How far a reading has come: row version and id."""
    version, _, key = after.partition("|")
    return (int(version), key) if version else (-1, "")


def _aged(record: Record, span: Span) -> Record:
    """`again`: changed before the last reading began."""
    old = bool(record.stamp) and int(record.stamp) <= span.fresh
    return replace(record, again=True) if old else record
