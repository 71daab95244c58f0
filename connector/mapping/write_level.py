"""One level of the write side, compiled: a head or a row of a document, with its tables.

The node and its canonical form are made in one go: a rule knows at load what kind of value
it gives, and so how that is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingOf
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from typing import Any

from connector.errors import MappingFault
from connector.mapping.convert import as_bool, as_day, joined, own_field
from connector.mapping.document import Canonical, LinkRef, Node, canon, plain
from connector.mapping.expr import Expression, ExpressionFault
from connector.mapping.kinds import FROM_JSON, defaults, kinds
from connector.mapping.level import FILLED, LevelCompiler, coded, needed
from connector.mapping.model import RECORD, Each, Rule
from connector.messages import say
from connector.objects import money
from connector.objects.base import Part

Values = MappingOf[str, Any]
Made = tuple[Node, Canonical]
Level = Callable[[Values, Values], Made | None]
"""`(stored values, those of the whole record)` -> node and canonical form; None where the
level's condition does not hold."""

REMEMBERED = 1024
"""Links of each rule that are kept for the next record."""

UNWRITABLE = (ValueError, TypeError, ArithmeticError, ExpressionFault)
"""What conversions raise where a rule asks of a value what it cannot be."""
FILLED_AS = dict.fromkeys(("number", "date", "instant", "bool", "whole"), "{0} is not None")
FILLED_AS |= {"text": "{0}", "": FILLED}
"""When a value of a kind is not empty; '' is any kind."""
CANONICAL = {
    "text": "value",
    "whole": "value",
    "bool": "value",
    "number": "{plain}(value)",
    "date": "value.isoformat()",
    "instant": "value.isoformat()",
    "link": "value.canonical",
}
"""The canonical form of a value whose kind is known; `canon` finds it out for the others."""
CONVERT: dict[str, Callable[[Any], Any]] = {
    "date": as_day,
    "instant": lambda value: datetime.fromisoformat(value) if isinstance(value, str) else value,
    "text": str,
    "bool": as_bool,
    "number": lambda value: Decimal(str(value)),
}


class WriteLevel(LevelCompiler):
    """Compiles one level; used once."""

    def __init__(self, model: type[Part], top: type[Part], unwanted: frozenset[str]) -> None:
        """`model` is the level's own, `top` the whole record's. Paths in `unwanted` are in no
        canonical form."""
        super().__init__(model, "values", "head")
        self._top = top
        self._unwanted = unwanted

    def compiled(
        self,
        rules: tuple[Rule, ...],
        tables: tuple[Each, ...],
        when: Expression | None = None,
        path: str = "",
    ) -> Level:
        """The level's function; `path` is `table/` for rows."""
        self._path = path
        self._operands(when, (name for rule in rules for name in self._needed(rule)))
        self._code.add("fields, form = {}, {}")
        self._rules(rules, UNWRITABLE, _fault)
        self._return(tables)
        return self._code.made()

    def _return(self, tables: tuple[Each, ...]) -> None:
        code, node = self._code, self._code.keep(Node)
        if not tables:
            code.add(f"return {node}(fields, {{}}), {{'f': form}}")
            return
        code.add("rows, forms = {}, {}")
        for each in tables:
            made = code.keep(self._rows(each))
            code.add(f"rows[{each.target!r}], forms[{each.target!r}] = {made}(values, head)")
        code.add(f"return {node}(fields, rows), {{'f': form, 't': forms}}")

    def _rows(self, each: Each) -> Callable[[Values, Values], tuple[Any, Any]]:
        source, itself = each.source, each.source == RECORD
        line = self._model if itself else kinds(self._model)[source]
        assert isinstance(line, type)
        level = WriteLevel(line, self._top, self._unwanted)
        row = level.compiled(each.rules, each.each, each.when, f"{self._path}{each.target}/")

        def rows(values: Values, head: Values) -> tuple[dict[str, Node], dict[str, Canonical]]:
            nodes: dict[str, Node] = {}
            forms: dict[str, Canonical] = {}
            for position, item in enumerate((values,) if itself else values.get(source) or ()):
                try:
                    made = row(item, head)
                except ExpressionFault as error:  # of its condition: those of rules are named
                    raise _fault(each, error) from None
                if made is not None:
                    key = item.get("id") or str(position + 1)
                    nodes[key], forms[key] = made
            return nodes, forms

        return rows

    # -- operands ---------------------------------------------------------------------------

    def _needed(self, rule: Rule) -> Iterator[str]:
        yield from needed(rule)
        if rule.link and rule.link.scope:
            yield rule.link.scope
        if rule.scale == "money":
            yield from self._currencies()

    def _currencies(self) -> list[str]:
        """Where the currency of an amount stands: beside it, or at the head."""
        own = ["currency"] if "currency" in kinds(self._model) else []
        return own + (["record.currency"] if "currency" in kinds(self._top) else [])

    def _owner(self, name: str) -> tuple[str, type[Part], str]:
        """Which values a name is looked up in, what they are, and under which name."""
        if name.startswith("record."):
            return "head", self._top, name[7:]
        return "values", self._model, name

    def _load(self, name: str, local: str) -> None:
        """A field as its object declares it, from how it is stored."""
        code = self._code
        values, model, field = self._owner(name)
        if field.startswith("custom."):
            code.add(f"{local} = {code.keep(own_field)}({values}, {field[7:]!r})")
            return
        code.add(f"{local} = {values}.get({field!r})")
        usual, kind = defaults(model).get(field), kinds(model).get(field)
        if usual is not None:
            code.add(f"if {local} is None: {local} = {code.keep(usual)}")
        if isinstance(kind, str) and kind in FROM_JSON:
            opening = "else" if usual is not None else f"if {local} is not None"
            code.add(f"{opening}: {local} = {code.keep(FROM_JSON[kind])}({local})")

    def _kind_of(self, name: str) -> str:
        """What a loaded field holds; empty: anything."""
        _, model, field = self._owner(name)
        kind = kinds(model).get(field, "")
        return kind if isinstance(kind, str) else ""

    # -- one rule ---------------------------------------------------------------------------

    def _value(self, rule: Rule) -> None:
        code = self._code
        origin, kind = self._origin(rule)
        code.add(f"value = {origin}")
        with code.block(f"if {FILLED_AS.get(kind, FILLED).format('value')}:"):
            self._put(rule, self._finish(rule, kind))
        constant = rule.default if rule.link is None else None
        if constant is not None or rule.clear:
            with code.block("else:"):
                code.add(f"value = {code.keep(constant)}")
                self._put(rule, "")

    def _put(self, rule: Rule, kind: str) -> None:
        code = self._code
        code.add(f"fields[{rule.target!r}] = value")
        if self._path + rule.target in self._unwanted:
            return
        form = CANONICAL.get(kind, "{canon}(value)").format(
            canon=code.keep(canon), plain=code.keep(plain)
        )
        code.add(f"form[{rule.target!r}] = {form}")

    def _origin(self, rule: Rule) -> tuple[str, str]:
        """An expression for the source's value, and of what kind that is."""
        code, x = self._code, self._x
        if rule.has_value:
            return code.keep(rule.value), ""
        if rule.expr is not None:
            return self._computed(rule.expr), ""
        if rule.template:
            return self._filled_in(rule), "text"
        if rule.call:
            return self._called(rule), ""
        if len(rule.sources) > 1:
            return f"{code.keep(joined)}{x.all(rule.sources)}", "text"
        names = (*rule.sources, *rule.otherwise)
        alike = {self._kind_of(name) for name in names}
        kind = alike.pop() if len(alike) == 1 else ""
        if rule.otherwise:
            return self._first_filled(names, FILLED_AS.get(kind, FILLED)), kind
        return x[names[0]], kind

    def _finish(self, rule: Rule, kind: str) -> str:
        """From the source's value to the document's; of what kind it is then."""
        code = self._code
        if rule.link is not None:
            link = rule.link
            scope = f"str({self._x[link.scope]} or '')" if link.scope else "''"
            code.add(f"value = {code.keep(_linking(rule))}(str(value), {scope})")
            return "link"
        if rule.map is not None:
            code.add(f"value = {code.keep(partial(coded, rule, rule.map.write))}(value)")
            kind = ""
        if rule.type and rule.type != kind:
            code.add(f"value = {code.keep(CONVERT[rule.type])}(value)")
            kind = ""
        if rule.scale != "":
            number = "value" if kind == "number" else f"{code.keep(Decimal)}(value)"
            code.add(f"value = {number}.quantize({self._unit(rule)}, {ROUND_HALF_UP!r})")
            kind = "number"
        if rule.cut:
            code.add(f"value = str(value)[:{rule.cut}]")
            kind = "text"
        if rule.max_bytes:
            code.add(f"{code.keep(partial(_measured, rule))}(value)")
        return kind

    def _unit(self, rule: Rule) -> str:
        if rule.scale == "money":
            found = " or ".join(self._x[name] for name in self._currencies())
            return f"{self._code.keep(money.unit_of)}({found or None} or 'CNY')"
        digits = rule.scale if isinstance(rule.scale, int) else money.SCALES[str(rule.scale)]
        return self._code.keep(money.unit(digits))


def _fault(rule: Rule | Each, error: Exception) -> MappingFault:
    words = say("field_unwritable", path=rule.target, detail=str(error), place=rule.place)
    return MappingFault(rule.target, words)


def _linking(rule: Rule) -> Callable[[str, str], LinkRef]:
    """`(key, scope)` -> the rule's link; many orders link to the same few records."""
    link = rule.link
    assert link is not None

    @lru_cache(REMEMBERED)
    def made(key: str, scope: str) -> LinkRef:
        return LinkRef(link.object, key, link.field, scope, rule.missing, rule.default)

    return made


def _measured(rule: Rule, value: Any) -> None:
    size = len(str(value).encode())
    if size > rule.max_bytes:
        words = say("too_long", path=rule.target, size=size, limit=rule.max_bytes)
        raise MappingFault(rule.target, words)
