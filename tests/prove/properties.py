"""T9: whatever comes from outside, it is read as what it is, or refused in our words.

python -m tests.prove.properties NAME [EXAMPLES [SEED]]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from adapters.kingdee_galaxy.filters import LONGEST, Where
from connector import exact, yamlfile
from connector.contract import Record
from connector.errors import ConfigError, MappingFault, Rejected
from connector.mapping.document import Canonical, canonical, digest, undigest
from connector.mapping.load import Values, load, parse
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import content
from tests.prove import made_up, strangers
from tests.prove.hypothetical import all_of, replay
from tests.prove.made_up import FILES, MAPPINGS, SAID, TEXTS, spoilt
from tests.prove.strangers import soon
from tests.prove.suite import Suite

ZONE = ZoneInfo("Asia/Shanghai")
VALUES = Values([MAPPINGS / "values"])
MAPPED = [load(path, VALUES) for name in SAID for path in sorted((MAPPINGS / name).glob("*.yaml"))]
READERS = [Reader(mapping, ZONE) for mapping in MAPPED if mapping.read]
WRITERS = {
    object: [Writer(m) for m in MAPPED if m.write and m.object == object]
    for object in {m.object for m in MAPPED}
}

# -- answers --------------------------------------------------------------------------------------


@given(st.lists(SAID["kingdee_galaxy"], min_size=1, max_size=3))
def galaxy_writes(said: Any) -> None:
    strangers.write_is_honest("kingdee_galaxy", said)


@given(st.lists(SAID["kingdee_galaxy"], min_size=1, max_size=3))
def galaxy_reads(said: Any) -> None:
    strangers.read_is_honest("kingdee_galaxy", said)


@given(st.lists(SAID["fxiaoke"], min_size=1, max_size=3))
def fxiaoke_writes(said: Any) -> None:
    strangers.write_is_honest("fxiaoke", said)


@given(st.lists(SAID["fxiaoke"], min_size=1, max_size=3))
def fxiaoke_reads(said: Any) -> None:
    strangers.read_is_honest("fxiaoke", said)


# -- expressions and files ------------------------------------------------------------------------


@given(made_up.EXPRESSIONS)
def expressions(source: str) -> None:
    strangers.expression_is_pure(source)


@given(FILES)
def files(text: str) -> None:
    """Plain data, or a fault with its place."""
    with soon():
        try:
            plain = yamlfile.to_plain(yamlfile.loads(text, "f.yaml"))
        except yamlfile.YamlFault as fault:
            assert re.fullmatch(r"f\.yaml(:\d+:\d+)?", fault.place), fault.place
            return
    assert len(repr(plain)) <= 4 * len(text) + 4 * len(repr(text)), "more came out than went in"


@given(FILES)
def mapping_files(text: str) -> None:
    """The loader of mappings on any file: a mapping, or problems that all have places."""
    _loads_or_complains(text, "m.yaml")


@given(spoilt())
def spoilt_mappings(text: str) -> None:
    """A shipped mapping, badly edited: what is taken up can be compiled."""
    _loads_or_complains(text, "m.yaml")


def _loads_or_complains(text: str, name: str) -> None:
    with soon():
        try:
            mapping = parse(yamlfile.loads(text, name), name, VALUES)
        except yamlfile.YamlFault as fault:
            assert fault.place.startswith(name)
            return
        except ConfigError as error:
            assert error.problems, "refused without a word"
            unplaced = [p for p in error.problems if not p.place]
            assert not unplaced, f"no place: {unplaced}"
            assert all(str(problem.words) for problem in error.problems)
            return
        if mapping.write:
            Writer(mapping)
        if mapping.read:
            Reader(mapping, ZONE)


# -- filters --------------------------------------------------------------------------------------

NAMES = ("FID", "FNumber", "FDate", "FEntity.FQty", "FCustId.FNumber")
CONDITIONS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "in"]),
        st.lists(
            TEXTS
            | st.integers(-(10**18), 10**18)
            | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
            | st.sampled_from(["' or 1=1", "') or ('1'='1", "''", "\\'", "x' and FID > 0 and '"]),
            min_size=1,
            max_size=3,
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(CONDITIONS)
def filters(conditions: Any) -> None:
    """What was asked is what a reader of the filter finds, condition by condition."""
    where, asked = Where(NAMES), []
    for name, operator, values in conditions:
        try:
            if operator == "in":
                where.among(name, values)
                asked.append((name, "in", [_plain(value) for value in values]))
            else:
                where.has(name, operator, values[0])
                asked.append((name, operator, [_plain(values[0])]))
        except Rejected:
            unheard = [v for v in values if isinstance(v, str)]
            assert any(len(v) > LONGEST or not v.isprintable() for v in unheard), values
    assert list(_conditions(str(where))) == asked


def _plain(value: Any) -> Any:
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value


CONDITION = re.compile(r"([A-Za-z][\w.]*) (in \(|=|<>|<=|<|>=|>) ?", re.ASCII)
LITERAL = re.compile(r"'((?:[^']|'')*)'|(-?\d+)", re.ASCII)


def _conditions(text: str) -> Iterator[tuple[str, str, list[Any]]]:
    """The filter, read by the server's rules: a text ends at a quote that is not doubled."""
    at = 0
    while at < len(text):
        head = CONDITION.match(text, at)
        assert head, f"no condition at {at}: {text!r}"
        at, values = head.end(), []
        several = head[2].startswith("in")
        while True:
            found = LITERAL.match(text, at)
            assert found, f"no value at {at}: {text!r}"
            is_text = found[1] is not None
            values.append(found[1].replace("''", "'") if is_text else int(found[2]))
            at = found.end()
            if not (several and text.startswith(",", at)):
                break
            at += 1
        if several:
            assert text.startswith(")", at), f"not closed at {at}: {text!r}"
            at += 1
        yield head[1], "in" if several else head[2], values
        assert at == len(text) or text.startswith(" and ", at), f"more at {at}: {text!r}"
        at += len(" and ") if at < len(text) else 0


# -- mappings -------------------------------------------------------------------------------------


@given(st.data())
def mappings(data: Any) -> None:
    """Any record is read or named as a fault; what was read has one document and one digest."""
    reader = data.draw(st.sampled_from(READERS))
    record = Record("k1", data.draw(made_up.records(reader.shape)), data.draw(TEXTS))
    with soon():
        for ask in (reader.usable, reader.open):
            assert ask(record) in (True, False)
        try:
            made = reader(record)
        except MappingFault as fault:
            assert str(fault.words)
            reader.partial(record)
            return
        for writer in WRITERS[reader.mapping.object]:
            _one_document(writer, exact.loads(content(made)))


def _one_document(writer: Writer, stored: Any) -> None:
    try:
        document, form = writer.made(stored)
    except MappingFault as fault:
        assert str(fault.words)
        return
    mark, text = digest(form)
    assert digest(writer.made(stored)[1]) == (mark, text), "another time, another digest"
    assert undigest(text) == form, "the document does not come back from its text"
    assert digest(undigest(text)) == (mark, text)
    assert _within(form, canonical(document)), "the canonical form is not the document's"


def _within(form: Canonical, whole: Canonical) -> bool:
    """Every field of `form` stands in `whole`; what is written once is in `whole` alone."""
    return all(whole["f"][name] == value for name, value in form["f"].items()) and all(
        _within(row, whole["t"][table][line])
        for table, rows in form.get("t", {}).items()
        for line, row in rows.items()
    )


PROPERTIES: dict[str, Any] = {
    "galaxy_writes": (galaxy_writes, 1000),
    "galaxy_reads": (galaxy_reads, 600),
    "fxiaoke_writes": (fxiaoke_writes, 1000),
    "fxiaoke_reads": (fxiaoke_reads, 600),
    "expressions": (expressions, 1500),
    "files": (files, 1500),
    "mapping_files": (mapping_files, 300),
    "spoilt_mappings": (spoilt_mappings, 150),
    "filters": (filters, 1000),
    "mappings": (mappings, 1000),
}
"""With the examples of the short form."""

run = partial(all_of, PROPERTIES, "properties", "tests.prove.properties")
SUITES = (
    Suite(
        "T9 properties",
        "anything in answers, files, filters, expressions and records",
        partial(run, 1),
        partial(run, 90),
    ),
)

if __name__ == "__main__":
    sys.exit(replay(PROPERTIES, sys.argv[1:]))
