"""Expressions: exact, pure, and behind a gate (reliability, section 5.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.mapping.expr import MAX_CHARACTERS, MAX_NODES, Expression, ExpressionFault

PROBES = {
    "comprehension": "[x for x in items]",
    "nested comprehension": "[[y for y in items] for x in items]",
    "comprehension with condition": "[x for x in items if x > 1]",
    "regex match": 'name =~ "(a+)+$"',
    "regex search": 'name =~~ "(a+)+$"',
    "regex mismatch": 'name !~ "(a+)+$"',
    "regex of constants": '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" =~ "(a+)+$"',
    "left shift": "1 << 100000",
    "right shift": "a >> 2",
    "bitwise and": "a & 3",
    "bitwise or": "a | 3",
    "bitwise xor": "a ^ 3",
    "clock": "$now > a",
    "today": "$today > a",
    "random": "$random() > 0.5",
    "regex builtin": '$re_groups > ""',
    "map builtin": "$map(a, items)",
    "filter builtin": "$filter(a, items)",
    "range builtin": "$range(1000000000)",
    "split builtin": "$split(name)",
    "parse builtin": '$parse_datetime("2026-01-01")',
    "attribute of a group": "(a).length",
    "dunder": '"".__class__',
    "dunder of a group": "(a).__class__.__mro__",
    "item": "items[0]",
    "slice": "name[0:2]",
    "mapping": '{"a": 1}',
    "python": '__import__("os").system("id")',
    "lambda": "lambda: 1",
    "assignment": "a = 1",
    "safe navigation": "items&[0]",
    "empty": "",
    "blank": "   ",
    "unbalanced": "(a + 1",
    "no operator": "a b",
    "deep parentheses": "(" * 240 + "a" + ")" * 240 + " +",
    "nothing but a comment": "# x",
}


@pytest.mark.parametrize("source", PROBES.values(), ids=PROBES.keys())
def test_what_could_run_hang_or_vary_is_refused_at_load(source: str) -> None:
    with pytest.raises(ExpressionFault):
        Expression(source)


def test_a_long_expression_is_refused_and_one_at_the_limit_is_not() -> None:
    fits = 'a == "' + "x" * (MAX_CHARACTERS - 7) + '"'
    assert len(fits) == MAX_CHARACTERS
    Expression(fits)
    with pytest.raises(ExpressionFault, match="characters"):
        Expression(fits + " ")


def test_too_many_parts_are_refused() -> None:
    # Each term adds a name and an operator.
    most = (MAX_NODES + 1) // 2
    Expression("+".join(["a"] * most))
    with pytest.raises(ExpressionFault, match="parts"):
        Expression("+".join(["a"] * (most + 1)))


@pytest.mark.parametrize("count", [50, 120, 240])
def test_deep_nesting_ends_in_a_result_or_a_refusal(count: int) -> None:
    try:
        assert Expression("(" * count + "a" + ")" * count)({"a": 1}.get) == 1
    except ExpressionFault as fault:
        assert str(fault)


def test_a_chain_of_signs_is_refused_before_the_stack_is_full() -> None:
    with pytest.raises(ExpressionFault):
        Expression("not " * 120 + "a")


@pytest.mark.parametrize("source", ["10 ** 999999999", "9 ** (9 ** 9)", "a ** a ** a"])
def test_a_huge_power_is_a_fault_and_no_wait(source: str) -> None:
    with pytest.raises(ExpressionFault):
        Expression(source)({"a": Decimal(99999)}.get)


def test_a_large_power_keeps_28_digits_and_no_more() -> None:
    assert len(Expression("9 ** 9 ** 9")({}.get).as_tuple().digits) == 28


@pytest.mark.parametrize("source", ["a / 0", "a / b", "a % b", "a // b"])
def test_division_by_nothing_is_a_fault(source: str) -> None:
    with pytest.raises(ExpressionFault):
        Expression(source)({"a": Decimal(1), "b": Decimal(0)}.get)


@pytest.mark.parametrize("source", ['a + "x"', "a * true", "a > name", "-name"])
def test_types_that_do_not_fit_are_a_fault(source: str) -> None:
    with pytest.raises(ExpressionFault):
        Expression(source)({"a": Decimal(1), "name": "n"}.get)


def test_a_tilde_or_shift_in_text_is_only_text() -> None:
    assert Expression('name == "a =~ b >> c"')({"name": "a =~ b >> c"}.get) is True


@pytest.mark.parametrize(
    "source, value",
    [
        ("0.1 + 0.2", "0.3"),
        ("19.99 * 3", "59.97"),
        ("13 / 100", "0.13"),
        ("2 ** 10", "1024"),
        ("7 % 4", "3"),
        ("7 // 2", "3"),
        ("$abs(0 - 1.50)", "1.50"),
        ("$max([1.10, 1.2])", "1.2"),
        ("$min([1.10, 1.2])", "1.10"),
        ("$sum([0.1, 0.2])", "0.3"),
    ],
)
def test_arithmetic_is_decimal_and_exact(source: str, value: str) -> None:
    result = Expression(source)(lambda name: None)
    assert isinstance(result, Decimal)
    assert result == Decimal(value)


def test_what_cannot_be_exact_has_28_digits() -> None:
    third = Expression("a / 3")({"a": Decimal(1)}.get)
    assert third == Decimal("0.3333333333333333333333333333")


@pytest.mark.parametrize(
    "source, holds",
    [
        ('kind == "gift" or amount > 10', True),
        ('kind in ["goods", "gift"]', True),
        ('not (kind == "gift")', False),
        ('kind == "gift" ? amount > 100 : true', False),
        ('created >= d"2026-11-20"', True),
    ],
)
def test_conditions_are_plain_comparisons(source: str, holds: bool) -> None:
    values = {"kind": "gift", "amount": Decimal(11), "created": date(2026, 11, 20)}
    assert Expression(source).holds(values.get) is holds


def test_a_dotted_name_is_one_name() -> None:
    expression = Expression('record.custom.zone == "x" and FCustId.FNumber != "record.no"')
    assert expression.names == ("record.custom.zone", "FCustId.FNumber")
    values = {"record.custom.zone": "x", "FCustId.FNumber": "1"}
    assert expression.holds(values.get)


def test_dots_in_text_and_numbers_are_left_alone() -> None:
    expression = Expression("name == 'a.b' and amount > 1.5")
    assert expression.names == ("name", "amount")
    assert expression.holds({"name": "a.b", "amount": Decimal("1.6")}.get)


def test_a_name_used_twice_is_asked_for_once() -> None:
    asked: list[str] = []

    def get(name: str) -> Any:
        asked.append(name)
        return Decimal(2)

    assert Expression("a * a + a")(get) == 6
    assert asked == ["a"]


@pytest.mark.parametrize(
    "source", ["a + b", "a == b", "a == null", 'b == "x" or a > 1', "a ? 1 : 2"]
)
def test_a_missing_operand_makes_the_whole_missing_and_the_condition_false(source: str) -> None:
    expression = Expression(source)
    assert expression({"b": "x"}.get) is None
    assert expression.holds({"b": "x"}.get) is False


def test_coalesce_is_how_a_missing_operand_is_dealt_with() -> None:
    expression = Expression('(a ?? "") != ""')
    assert expression.holds({}.get) is False
    assert expression.holds({"a": "x"}.get) is True


def test_empty_text_is_a_value_and_not_missing() -> None:
    assert Expression('a == ""').holds({"a": ""}.get) is True


def test_a_result_is_remembered_by_the_values_of_its_operands() -> None:
    expression = Expression("rate * 100")
    assert [expression({"rate": Decimal(r)}.get) for r in ("0.13", "0.06", "0.13")] == [13, 6, 13]
    assert len(expression._memory) == 2


def test_results_of_several_operands_are_told_apart_by_all_of_them() -> None:
    expression = Expression("a - b")
    pairs = [(5, 2), (5, 3), (2, 5), (5, 2)]
    found = [expression({"a": Decimal(a), "b": Decimal(b)}.get) for a, b in pairs]
    assert found == [3, 2, -3, 3]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.mapping.expr.REMEMBERED", 3)
    expression = Expression("a + 1")
    assert [expression({"a": Decimal(n)}.get) for n in range(10)] == list(range(1, 11))
    assert len(expression._memory) <= 3


def test_a_day_and_an_instant_are_not_confused() -> None:
    expression = Expression("a")
    day, instant = date(2026, 11, 20), datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert [expression({"a": a}.get) for a in (day, instant, day)] == [day, instant, day]
    assert type(expression({"a": day}.get)) is date


def test_text_and_a_number_that_look_alike_are_not_confused() -> None:
    expression = Expression('a == "1"')
    assert expression({"a": Decimal(1)}.get) is False
    assert expression({"a": "1"}.get) is True


def test_operands_that_cannot_be_remembered_are_evaluated_each_time() -> None:
    expression = Expression('"x" in a')
    assert [expression({"a": value}.get) for value in (["x"], ["y"], ["x"])] == [True, False, True]


def test_a_fault_is_not_remembered_as_a_result() -> None:
    expression = Expression("1 / a")
    for _ in range(2):
        with pytest.raises(ExpressionFault):
            expression({"a": Decimal(0)}.get)
    assert expression({"a": Decimal(2)}.get) == Decimal("0.5")


def test_words_that_do_not_fit_are_a_fault_of_the_expression_whatever_python_says() -> None:
    with pytest.raises(ExpressionFault):
        Expression("0 in a")({"a": Decimal(1)}.get)


def test_what_is_wrong_with_an_expression_is_told_the_same_each_time() -> None:
    told = []
    for _ in range(2):
        with pytest.raises(ExpressionFault) as caught:
            Expression("0\n0")
        told.append(str(caught.value))
    assert told[0] == told[1]
