"""Mappings against the live forms: what those lack, and what they demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from connector.contract import Adapter, FormField
from connector.engine.system import Flow, System
from connector.errors import Problem, Rejected
from connector.mapping import naming
from connector.mapping.model import Mapping
from connector.mapping.naming import Named
from connector.messages import say

Shown = dict[str, Any]
NEAR = 3
"""How many fields are named in the place of one that is not there."""


def check(system: System, connection: str = "") -> list[Shown]:
    """Per mapping and connection: `problems`, fields that it names and the live form lacks, or a
    mark that it takes for unique and the form does not; and `required`, fields that the form
    demands of a new record and the mapping does not give."""
    found = []
    makers = {
        (flow.target.name, flow.mapping.file, flow.mapping.form): flow.mapping
        for flow in system.flows.values()
        if flow.target is not None and _creates(flow)
    }
    for (name, file, form), fields in named_by(system).items():
        if connection in ("", name):
            adapter = system.connections[name].adapter
            described, lacks = lacking(adapter, fields)
            problems, missing = list(lacks.values()), list[Problem]()
            maker = makers.get((name, file, form))
            if maker is not None and described:
                live = adapter.describe(form)
                problems += _shared_mark(live, maker)
                missing += _missing(live, form, list(naming.written(maker)))
            told = {"described": described, "problems": list(map(str, problems))}
            told["required"] = list(map(str, missing))
            found.append({"connection": name, "file": file, "form": form, **told})
    return found


def named_by(system: System) -> dict[tuple[str, str, str], list[Named]]:
    """The fields that the mappings in use count on, by connection, file and form."""
    named: dict[tuple[str, str, str], list[Named]] = {}
    for feed in system.feeds.values():
        mapping = feed.reader.mapping
        key = (feed.connection.name, mapping.file, mapping.form)
        named.setdefault(key, []).extend(naming.read(mapping))
    for flow in system.flows.values():
        if flow.target is not None:
            key = (flow.target.name, flow.mapping.file, flow.mapping.form)
            named.setdefault(key, []).extend(naming.written(flow.mapping))
    return named


def _creates(flow: Flow) -> bool:
    return not flow.mapping.onto and "create" in flow.capabilities.operations


def lacking(
    adapter: Adapter, named: Iterable[Named]
) -> tuple[bool, dict[tuple[str, str], Problem]]:
    """Whether the system tells its forms' fields; what it lacks, by form and field."""
    forms: dict[str, Sequence[FormField]] = {}
    problems: dict[tuple[str, str], Problem] = {}
    for each in named:
        if each.form not in forms:
            try:
                forms[each.form] = adapter.describe(each.form)
            except Rejected as error:
                forms[each.form] = ()
                problems[each.form, ""] = Problem(each.place, error.words)
        fields = forms[each.form]
        if fields and not _stands_in(fields, each):
            problems.setdefault((each.form, each.field), _lack(each, fields))
    return any(forms.values()), problems


def _lack(named: Named, fields: Sequence[FormField]) -> Problem:
    words = {"field": named.field, "form": named.form}
    near = _near(named, fields)
    if not near:
        return Problem(named.place, say("form_lacks", **words))
    return Problem(named.place, say("form_lacks_near", near=", ".join(near), **words))


def _near(named: Named, fields: Sequence[FormField]) -> list[str]:
    """The fields whose names are most like it, with what people call them."""
    inside = [field for field in fields if field.table == named.table] or fields
    names = {field.name.lower(): field for field in inside}
    for field in inside:
        names.setdefault(field.name.rpartition(".")[2].lower(), field)
    found = get_close_matches(named.field.lower(), names, NEAR)
    return [_called(field) for field in dict.fromkeys(names[name] for name in found)]


def _called(field: FormField) -> str:
    return f"{field.name} ({field.label})" if field.label else field.name


def _stands_in(fields: Sequence[FormField], named: Named) -> bool:
    """`Finance.FCurrId.FNumber` is there when a field `FCurrId` is, in whatever part."""
    inside = [field for field in fields if field.table == named.table] if named.table else ()
    known = {field.name for field in inside or fields}
    first, _, rest = named.field.partition(".")
    alone = {name.rpartition(".")[2] for name in known}
    return first in alone or not known.isdisjoint((named.field, f"{first}.{rest.split('.')[0]}"))


def _shared_mark(live: Sequence[FormField], mapping: Mapping) -> Iterator[Problem]:
    """Where a mark is not unique, a second record with it would come to be without a word."""
    marks = [f for f in live if (f.name, f.table) == (mapping.reference, "")]
    if mapping.reference_unique and any(field.unique is False for field in marks):
        words = say("mark_not_unique", field=mapping.reference, form=mapping.form)
        yield Problem(mapping.file, words)


def _missing(live: Sequence[FormField], form: str, given: Sequence[Named]) -> Iterator[Problem]:
    """What a form demands, in its head and in the tables that rows are written into."""
    place = given[0].place
    tables = {one.table for one in given}
    parts = {(one.table, part) for one in given for part in one.field.split(".")}
    for field in live:
        name = field.name.rpartition(".")[2]
        if field.required and field.table in tables and (field.table, name) not in parts:
            yield Problem(place, say("form_demands", field=_called(field), form=form))
