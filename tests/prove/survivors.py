"""Mutants that no test notices: how many a function may have, and why they do no harm.

More than that in any function is a violation of `T12 mutation`, whatever the score.
"""

from __future__ import annotations

DEFAULT = "a default for what every canonical form, document or link has"
WORTH = "a shortcut: without it the same comes out, more slowly"
WORDS = "words of an error that is caught and told in ours"
EMPTY = "one kind of nothing for another: no key, no path, no table"
EDGE = "a bound to the last unit: of pieces tried, of a clock's lead, of a coin"
NO_TIME = "when a state that stays began: it is kept"
CHECKED = "a check of what was checked just before"
SHOWN = "where both sides write the record is always looked at first"
CODED = "a form in which the field that matters is there once, or is always filled"

LEFT: dict[str, tuple[int, str]] = {
    "connector.engine.adopting.x__arrived_rows": (9, DEFAULT),
    "connector.engine.adopting.x__material": (3, CODED),
    "connector.engine.adopting.x__same": (1, CODED),
    "connector.engine.adopting.x_added": (2, DEFAULT),
    "connector.engine.adopting.x_is_another": (1, EMPTY),
    "connector.engine.adopting.x_cleared": (5, DEFAULT),
    "connector.engine.base.x__fields": (3, EMPTY),
    "connector.engine.base.x_after_write": (1, CODED),
    "connector.engine.base.x_to_keep": (3, EMPTY),
    "connector.engine.base.x_whole": (2, DEFAULT),
    "connector.engine.plan.x__new": (1, WORTH),
    "connector.engine.plan.x__number": (1, CODED),
    "connector.engine.plan.x_update": (11, DEFAULT),
    "connector.engine.plan.xǁ_Fieldsǁ_decide": (2, SHOWN),
    "connector.engine.plan.xǁ_Fieldsǁcompare": (2, EMPTY),
    "connector.engine.plan.xǁ_Rowsǁ__init__": (11, DEFAULT),
    "connector.engine.plan.xǁ_Rowsǁ_dropped": (5, EMPTY),
    "connector.engine.plan.xǁ_Rowsǁ_equal": (1, CODED),
    "connector.engine.plan.xǁ_Rowsǁ_field": (2, EMPTY),
    "connector.engine.plan.xǁ_Rowsǁ_less_pieces": (3, WORTH),
    "connector.engine.plan.xǁ_Rowsǁ_pieces": (5, EDGE),
    "connector.engine.plan.xǁ_Rowsǁ_put_back": (2, EMPTY),
    "connector.engine.plan.xǁ_Rowsǁ_row": (1, DEFAULT),
    "connector.engine.retry.x_decide": (1, EDGE),
    "connector.engine.states.x__outcome": (1, EMPTY),
    "connector.engine.states.x_given_back": (1, NO_TIME),
    "connector.objects.money.x_ratio": (2, EMPTY),
    "connector.objects.money.x_spread": (6, WORDS),
    "connector.objects.money.x_unit_of": (1, WORTH),
    "connector.kit.bills.xǁBillsǁ_change_at_top": (1, EMPTY),
    "connector.kit.expected.x_new_rows": (3, CHECKED),
    "connector.kit.expected.x_numbers": (1, CODED),
    "connector.kit.window.xǁWindowǁat": (1, EMPTY),
    "connector.kit.window.xǁWindowǁopen": (1, EDGE),
}
