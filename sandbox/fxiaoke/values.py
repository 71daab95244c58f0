"""Values: what a field takes, how it is kept, and how two of them compare."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sandbox.clock import CHINA

from .errors import bad_parameter
from .fields import DATES, NUMERIC, REFERENCES, Field

DAY = 86_400_000


def midnight(day: date) -> int:
    """A date as Fxiaoke keeps it: midnight in China, which in UTC is the day before."""
    return int(datetime.combine(day, time(), CHINA).timestamp() * 1000)


def plain(number: Decimal) -> str:
    """A number as Fxiaoke writes it: digits in a string, never an exponent."""
    return format(number, "f")


def clean(field: Field, value: Any, exists: Callable[[str, str], bool]) -> Any:
    """`value` as the field keeps it, None when empty. Refuses what the field does not take.

    `exists(object, key)` says whether a reference points to somebody.
    """
    if value is None or value == "" or value == []:
        return None
    if field.type in NUMERIC:
        return _number(field, value)
    if field.type in DATES:
        return _instant(field, value)
    if field.type == "true_or_false":
        return _typed(field, value, bool)
    if field.type == "employee":
        return _employees(field, value, exists)
    text = _text(field, value)
    if field.type in REFERENCES and not exists(field.target, text):
        raise bad_parameter(f"{field.label}：关联的数据不存在")
    if field.options and text not in dict(field.options):
        raise bad_parameter(f"{field.label}：选项值[{text}]不存在")
    return text


def typed_in(field: Field, value: Any) -> Any:
    """What the API would send for what a person types: 5 for "5", a day for its midnight."""
    if field.type in NUMERIC and isinstance(value, int | Decimal):
        return plain(Decimal(value))
    if field.type == "date" and isinstance(value, str) and value:
        return midnight(date.fromisoformat(value))
    return value


def _typed(field: Field, value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise bad_parameter(f"{field.label}：字段值格式错误")
    return value


def _text(field: Field, value: Any) -> str:
    text = str(_typed(field, value, str))
    if field.max_length and len(text) > field.max_length:
        raise bad_parameter(f"{field.label}：长度不能超过{field.max_length}个字符")
    return text


def _number(field: Field, value: Any) -> str:
    """Strings only, as documented: a JSON number is refused."""
    try:
        number = Decimal(_typed(field, value, str))
        rounded = number.quantize(Decimal(1).scaleb(-field.places), ROUND_HALF_UP)
        return plain(number if number == rounded else rounded)
    except InvalidOperation:
        raise bad_parameter(f"{field.label}：不是数字") from None


def _instant(field: Field, value: Any) -> int:
    instant = int(_typed(field, value, int))
    if field.type == "date":
        return midnight(datetime.fromtimestamp(instant / 1000, CHINA).date())
    return instant


def _employees(field: Field, value: Any, exists: Callable[[str, str], bool]) -> list[str]:
    people = [str(each) for each in _typed(field, value, list)]
    if not all(exists("PersonnelObj", person) for person in people):
        raise bad_parameter(f"{field.label}：员工不存在")
    return people


def comparable(field: Field) -> Callable[[Any], Any]:
    """How values of a field, kept or from a filter's list of strings, become comparable."""
    if field.type in NUMERIC:
        return _comparable_number
    if field.type in DATES:
        return int
    if field.type == "true_or_false":
        return lambda value: str(value).lower() == "true"
    return str


def _comparable_number(value: Any) -> Decimal:
    return Decimal(str(value))
