"""Reading mapping files: every mistake at once, each with its place.

Nothing is guessed: unknown words, unknown fields, two origins, missing value maps and
ambiguous inverses are problems here, at load, and never surprises at night.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from connector import yamlfile
from connector.errors import ConfigError, Problem
from connector.mapping import template
from connector.mapping.expr import Expression, ExpressionFault
from connector.mapping.functions import FUNCTIONS
from connector.mapping.kinds import kinds
from connector.mapping.model import RECORD, Each, LinkSpec, Mapping, Rule, Side
from connector.mapping.values import ValueMap
from connector.messages import say
from connector.objects import OBJECTS, money
from connector.objects.base import Part

TOP = {
    "object", "form", "key", "number", "reference", "onto", "until", "on_change", "accept",
    "usable", "open", "sums", "options", "write", "read",
}  # fmt: skip
ORIGINS = ("from", "value", "template", "expr", "call")
WORDS = {
    *ORIGINS, "else", "when", "link", "scope", "map", "type", "scale", "max_bytes", "empty",
    "on", "missing", "default", "reads_as", "tolerance", "cut",
}  # fmt: skip
READ_WORDS = {*ORIGINS, "else", "when", "map", "type", "missing", "default"}
EACH_WORDS = {"each", "key", "fields", "when"}
TYPES = ("date", "instant", "text", "number", "bool")
STEPS = ("saved", "submitted", "audited")
CHANGES = ("edit", "change_bill", "unaudit", "ask")
LONGEST_NAME = 100
"""Characters of a value map's name."""
MOST_ELSE = 20
"""Fields of an `else`."""


class Values:
    """The value maps at hand, by name; asked once each."""

    def __init__(self, directories: Iterable[Path]) -> None:
        """Later directories override earlier ones, table by table."""
        self._directories = tuple(directories)
        self._known: dict[str, ValueMap | None] = {}

    def get(self, name: str) -> ValueMap | None:
        """The table called `name`; None if there is no such file. Raises `YamlFault`."""
        if name not in self._known:
            self._known[name] = self._load(name) if _is_plain(name) else None
        return self._known[name]

    def _load(self, name: str) -> ValueMap | None:
        for directory in reversed(self._directories):
            path = directory / f"{name}.yaml"
            if path.is_file():
                return ValueMap.of(name, yamlfile.to_plain(yamlfile.load(path)))
        return None


def load(path: Path, values: Values) -> Mapping:
    """The mapping in `path`. Raises ConfigError with every problem in it."""
    return parse(read_yaml(path), path.as_posix(), values, path.read_bytes())


def load_text(text: str, name: str, values: Values) -> Mapping:
    """The same for text that stands in no file. Raises ConfigError."""
    try:
        return parse(yamlfile.loads(text, name), name, values, text.encode())
    except yamlfile.YamlFault as fault:
        raise ConfigError([fault_problem(fault)]) from None


def read_yaml(path: Path) -> Any:
    """A file's content with places. Raises ConfigError with one problem if it is unreadable."""
    try:
        return yamlfile.load(path)
    except yamlfile.YamlFault as fault:
        raise ConfigError([fault_problem(fault)]) from None
    except OSError as error:
        words = say("file_unreadable", detail=error.strerror or str(error))
        raise ConfigError([Problem(path.as_posix(), words)]) from None


def fault_problem(fault: yamlfile.YamlFault) -> Problem:
    """A YAML fault as a problem in our words."""
    return Problem(fault.place, say(fault.reason, detail=fault.detail))


def parse(node: Any, name: str, values: Values, raw: bytes = b"") -> Mapping:
    """A mapping from YAML at hand; `name` is the file's, for places."""
    parser = _Parser(name, values)
    mapping = parser.mapping(node, raw)
    if parser.problems or mapping is None:
        raise ConfigError(parser.problems)
    return mapping


class _Parser:
    def __init__(self, name: str, values: Values) -> None:
        self.name = name
        self.values = values
        self.problems: list[Problem] = []
        self.used: dict[str, ValueMap] = {}

    def wrong(self, node: Any, item: Any, id: str, /, **params: Any) -> None:
        place = yamlfile.place(self.name, node, item)
        self.problems.append(Problem(place, say(id, **params)))

    # -- the file ---------------------------------------------------------------------------

    def mapping(self, node: Any, raw: bytes) -> Mapping | None:
        if not self._words(node, TOP, required=("object", "form", "key")):
            return None
        model = OBJECTS.get(str(node["object"]))
        if model is None:
            known = ", ".join(OBJECTS)
            self.wrong(node, "object", "unknown_object", name=node["object"], known=known)
            return None
        reference, unique = self._reference(node)
        sides = {
            "read": self._side(node, "read", model),
            "write": self._side(node, "write", model),
        }
        onto, onto_link = self._onto(node, model)
        return Mapping(
            file=self.name,
            object=str(node["object"]),
            form=str(node["form"]),
            key=self._names(node, "key"),
            number=str(node.get("number", "")),
            reference=reference,
            reference_unique=unique,
            onto=onto,
            onto_link=onto_link,
            until=self._one_of(node, "until", ("", *STEPS)),
            on_change=self._several_of(node, "on_change", CHANGES) or ("edit", "ask"),
            accept=frozenset(self._names(node, "accept")),
            usable=self._expression(node, "usable"),
            open=self._expression(node, "open"),
            sums=self._names(node, "sums"),
            options=yamlfile.to_plain(node.get("options", {})),
            options_at=yamlfile.place(self.name, node, "options"),
            read=sides["read"],
            write=sides["write"],
            version=self._version(raw),
            text=raw.decode("utf-8-sig"),
            tables=self.used,
        )

    def _version(self, raw: bytes) -> str:
        digest = hashlib.blake2b(raw, digest_size=8)
        for name in sorted(self.used):
            digest.update(repr((name, sorted(self.used[name].forward.items()))).encode())
        return digest.hexdigest()

    def _reference(self, node: Any) -> tuple[str, bool]:
        value = node.get("reference", "")
        if isinstance(value, str):
            return value, False
        if not self._words(value, {"field", "unique"}, required=("field",)):
            return "", False
        return str(value["field"]), bool(value.get("unique", False))

    def _onto(self, node: Any, model: type[Part]) -> tuple[str, str]:
        value = node.get("onto", "")
        if isinstance(value, str):
            holder, item, field, link = node, "onto", value, None
        elif self._words(value, {"from", "link"}, required=("from", "link")):
            holder, item, field, link = value, "from", str(value["from"]), self._link(value, value)
        else:
            return "", ""
        if field and field not in kinds(model):
            self.wrong(holder, item, "unknown_field", name=field, object=node["object"])
        return field, link.object if link else ""

    def _side(self, node: Any, which: str, model: type[Part]) -> Side | None:
        if which not in node:
            return None
        return self._rules(node, which, model, reading=which == "read", top=model)

    def _rules(
        self, node: Any, item: str, model: type[Part], *, reading: bool, top: type[Part]
    ) -> Side:
        body = node[item]
        if not isinstance(body, dict):
            self.wrong(node, item, "must_be_mapping", name=item)
            return Side()
        rules: list[Rule] = []
        tables: list[Each] = []
        for target, value in body.items():
            if not isinstance(target, str):
                self.wrong(body, target, "must_be_name", name=target)
            elif isinstance(value, dict) and "each" in value:
                tables.append(self._each(body, target, model, reading=reading, top=top))
            else:
                rules.append(self._rule(body, target, model, reading=reading, top=top))
        return Side(rules=tuple(rules), each=tuple(tables))

    # -- one table --------------------------------------------------------------------------

    def _each(
        self, body: Any, target: str, model: type[Part], *, reading: bool, top: type[Part]
    ) -> Each:
        node = body[target]
        self._words(node, EACH_WORDS, required=("each", "key", "fields"))
        source, form, by = self._each_source(node)
        line = kinds(model).get(target if reading else source)
        if not reading and source == RECORD:
            line = model
        if not isinstance(line, type):
            name = target if reading else source
            self.wrong(body, target, "not_a_list", name=name, object=model.__name__)
            line = Part
        when = self._expression(node, "when")
        if when is not None and not reading:
            self._check_names(node, "when", when.names, line, top)
        side = Side()
        if "fields" in node:
            side = self._rules(node, "fields", line, reading=reading, top=top)
        return Each(
            target=target,
            place=yamlfile.place(self.name, body, target),
            source=source,
            key=str(node.get("key", "")),
            rules=side.rules,
            each=side.each,
            when=when,
            form=form,
            by=by,
        )

    def _each_source(self, node: Any) -> tuple[str, str, str]:
        each = node.get("each", "")
        if isinstance(each, str):
            return each, "", ""
        if not self._words(each, {"form", "by"}, required=("form", "by")):
            return "", "", ""
        return str(each["form"]), str(each["form"]), str(each["by"])

    # -- one rule ---------------------------------------------------------------------------

    def _rule(
        self, body: Any, target: str, model: type[Part], *, reading: bool, top: type[Part]
    ) -> Rule:
        node = body[target]
        place = yamlfile.place(self.name, body, target)
        if isinstance(node, str):
            node = {"from": node}
        if not isinstance(node, dict):
            self.wrong(body, target, "rule_shape", name=target)
            return Rule(target=target, place=place)
        holder = body[target] if isinstance(body[target], dict) else body
        self._words_of(holder, node, READ_WORDS if reading else WORDS)
        origins = [word for word in ORIGINS if word in node]
        if "call" in origins and "from" in origins:
            origins.remove("from")  # the function's arguments
        if len(origins) != 1:
            self.wrong(body, target, "one_origin", name=target, known=", ".join(ORIGINS))
        self._check_count(body, target, node)
        rule = self._made(node, holder, target, place, reading=reading)
        if reading:
            self._check_target(body, target, model)
        else:
            self._check_sources(body, target, rule, model, top)
        return rule

    def _check_count(self, body: Any, target: str, node: Any) -> None:
        """`from` names one field; several only where a function or a link takes them."""
        count = len(self._names(node, "from"))
        if ("from" in node or "call" in node) and not count:
            self.wrong(body, target, "missing_word", name="from")
        if count > 1 and "call" not in node and "link" not in node:
            self.wrong(body, target, "one_field", name=target)
        if len(self._names(node, "else")) > MOST_ELSE:
            self.wrong(body, target, "else_too_long", name=target, most=MOST_ELSE)

    def _made(self, node: Any, holder: Any, target: str, place: str, *, reading: bool) -> Rule:
        call = str(node.get("call", ""))
        if call and call not in FUNCTIONS:
            self.wrong(holder, "call", "unknown_function", name=call, known=", ".join(FUNCTIONS))
        return Rule(
            target=target,
            place=place,
            sources=self._names(node, "from"),
            otherwise=self._names(node, "else"),
            value=_exact(yamlfile.to_plain(node.get("value"))),
            has_value="value" in node,
            template=str(node.get("template", "")),
            expr=self._expression(node, "expr"),
            call=call,
            when=self._expression(node, "when"),
            link=self._link(node, holder),
            map=self._map(node, holder, reading=reading),
            type=self._one_of(node, "type", ("", *TYPES)),
            scale=self._scale(node, holder),
            max_bytes=self._whole(node, holder, "max_bytes"),
            cut=self._whole(node, holder, "cut"),
            clear=self._one_of(node, "empty", ("", "clear", "leave")) == "clear",
            on=self._one_of(node, "on", ("always", "create", "check")),
            missing=self._missing(node),
            default=_exact(yamlfile.to_plain(node.get("default"))),
            reads_as=str(node.get("reads_as", "")),
            tolerance=self._number(node, holder, "tolerance") if "tolerance" in node else None,
        )

    def _number(self, node: Any, holder: Any, item: str) -> Decimal:
        value = node.get(item, 0)
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.wrong(holder, item, "must_be_number", name=item, value=value)
            return Decimal(0)

    def _whole(self, node: Any, holder: Any, item: str) -> int:
        value = yamlfile.to_plain(node.get(item, 0))
        if type(value) is int and value >= 0:
            return value
        self.wrong(holder, item, "must_be_number", name=item, value=value)
        return 0

    def _missing(self, node: Any) -> str:
        usual = "wait" if "link" in node else "fail"
        if "missing" not in node:
            return "default" if "default" in node else usual
        return self._one_of(node, "missing", ("wait", "fail", "default"))

    def _link(self, node: Any, holder: Any) -> LinkSpec | None:
        if "link" not in node:
            return None
        object, _, field = str(node["link"]).partition(".")
        if object not in OBJECTS:
            self.wrong(holder, "link", "unknown_object", name=object, known=", ".join(OBJECTS))
        elif field not in ("", "number", "key") and field not in kinds(OBJECTS[object]):
            self.wrong(holder, "link", "unknown_field", name=field, object=object)
        return LinkSpec(object, field or "number", str(node.get("scope", "")))

    def _map(self, node: Any, holder: Any, *, reading: bool) -> ValueMap | None:
        if "map" not in node:
            return None
        name = str(node["map"])
        try:
            table = self.values.get(name)
        except yamlfile.YamlFault as fault:
            self.problems.append(fault_problem(fault))
            return None
        except ValueError:
            self.wrong(holder, "map", "value_map_shape", name=name)
            return None
        if table is None:
            self.wrong(holder, "map", "unknown_value_map", name=name)
            return None
        if reading and table.ambiguous:
            codes = ", ".join(table.ambiguous)
            self.wrong(holder, "map", "ambiguous_value_map", name=name, codes=codes)
        self.used[name] = table
        return table

    def _scale(self, node: Any, holder: Any) -> str | int:
        scale = node.get("scale", "")
        if type(scale) is not bool and scale in range(money.MOST_DIGITS + 1):
            return int(scale)
        if scale in ("", "money", "price", "quantity"):
            return str(scale)
        known = f"money, price, quantity, 0–{money.MOST_DIGITS}"
        self.wrong(holder, "scale", "bad_choice", name="scale", known=known)
        return ""

    def _check_target(self, body: Any, target: str, model: type[Part]) -> None:
        if target.startswith("custom.") or target in kinds(model):
            return
        self.wrong(body, target, "unknown_field", name=target, object=model.__name__)

    def _check_sources(
        self, body: Any, target: str, rule: Rule, model: type[Part], top: type[Part]
    ) -> None:
        names = [*rule.sources, *rule.otherwise, *template.names(rule.template)]
        for expression in (rule.expr, rule.when):
            names += expression.names if expression else ()
        if rule.link and rule.link.scope:
            names.append(rule.link.scope)
        self._check_names(body, target, names, model, top)

    def _check_names(
        self, body: Any, target: str, names: Iterable[str], model: type[Part], top: type[Part]
    ) -> None:
        for name in names:
            where, field = (top, name[7:]) if name.startswith("record.") else (model, name)
            if not field.startswith("custom.") and field not in kinds(where):
                self.wrong(body, target, "unknown_field", name=name, object=where.__name__)

    # -- words and scalars ------------------------------------------------------------------

    def _words(self, node: Any, known: set[str], required: tuple[str, ...] = ()) -> bool:
        if not isinstance(node, dict):
            self.wrong(node, None, "must_be_mapping", name=self.name)
            return False
        self._words_of(node, node, known)
        missing = [word for word in required if word not in node]
        for word in missing:
            self.wrong(node, None, "missing_word", name=word)
        return not missing

    def _words_of(self, holder: Any, node: MappingOf[Any, Any], known: set[str]) -> None:
        for word in node:
            if word not in known:
                self.wrong(holder, word, "unknown_word", name=word, known=closest(word, known))
            elif node[word] is None and word not in ("value", "default"):
                self.wrong(holder, word, "missing_value", name=word)

    def _names(self, node: Any, item: str) -> tuple[str, ...]:
        value = node.get(item, ())
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list | tuple):
            return tuple(str(name) for name in value)
        self.wrong(node, item, "must_be_name", name=item)
        return ()

    def _one_of(self, node: Any, item: str, known: tuple[str, ...]) -> str:
        if item not in node:
            return known[0]
        value = str(node[item])
        if value not in known:
            self.wrong(node, item, "bad_choice", name=item, known=", ".join(filter(None, known)))
        return value

    def _several_of(self, node: Any, item: str, known: tuple[str, ...]) -> tuple[str, ...]:
        names = self._names(node, item)
        if not set(names) <= set(known):
            self.wrong(node, item, "bad_choice", name=item, known=", ".join(known))
        return names

    def _expression(self, node: Any, item: str) -> Expression | None:
        if item not in node:
            return None
        try:
            return Expression(str(node[item]))
        except ExpressionFault as fault:
            self.wrong(node, item, "bad_expression", name=item, detail=str(fault))
            return None


def _is_plain(name: str) -> bool:
    """It names a file in a folder, and none elsewhere on the machine."""
    return 0 < len(name) <= LONGEST_NAME and name[0] != "." and not set(name) & set("/\\:\0")


def closest(word: Any, known: Iterable[str]) -> str:
    """The known words, the most alike first, for the way out of a misspelling."""
    from difflib import get_close_matches

    alike = get_close_matches(str(word), list(known), n=2)
    return ", ".join(alike or sorted(known))


def _exact(value: Any) -> Any:
    return Decimal(repr(value)) if isinstance(value, float) else value
