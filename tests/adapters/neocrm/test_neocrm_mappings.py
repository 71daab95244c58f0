"""The shipped mappings: they fit the tenant, and read a whole company."""

from __future__ import annotations

from neocrm_world import World

from connector.assemble import shipped
from connector.hints import Hints
from tests.adapters.assigned import Assigned
from tests.adapters.mapped import Mapped


class TestMappings(Mapped):
    kind = World
    system = "neocrm"


def test_hints_tell_people_what_a_refusal_means():
    hints = Hints([shipped() / "hints" / "neocrm.yaml"])
    assert "too many calls" in hints.explain("调用过于频繁 [1020025]").words
    told = hints.explain("unit__c：选项值[9]不存在 [990005]")
    assert told.words == 'a field in Neocrm has no option "9"'
    assert hints.explain("x [invalid_grant]").who == "IT"


class TestTodos(Assigned):
    kind = World
    system = "neocrm"
    owner = "ownerId"
    finished = {"done__c": True}
