"""What every CRM does with a to-do of a rule, against the simulated system."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from connector.contract import Write
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import SalesOrder, Todo
from connector.objects.base import plain
from tests.adapters.simulated import World, mapping_of, whole

CHINA = ZoneInfo("Asia/Shanghai")
MARK = "connector:hub:1"


class Assigned:
    """Tests of one CRM. Subclass it and say which."""

    kind: ClassVar[type[World]]
    system: ClassVar[str]
    owner: ClassVar[str]
    """The field with the key of whose it is."""
    due: ClassVar[str] = ""
    """The field with its day, where it shows as `YYYY-MM-DD`."""
    finished: ClassVar[Mapping[str, Any]]
    """What says that it is done."""

    def test_it_is_made_for_whose_it_is_found_by_our_mark_and_finished(self) -> None:
        world = self.kind(self.kind.small_company(1))
        try:
            crm, mapping = world.adapter(), mapping_of(self.system, "todo")
            writer, reference = Writer(mapping), mapping.reference
            todo = self.todo(world)
            fields = dict(writer(plain(todo)).fields)
            options = mapping.options
            new = Write(mapping.form, "", fields, reference=(reference, MARK), options=options)
            key = crm.write(new).key
            made = self.there(world, key)
            assert str(made[self.owner]).strip("[]'") == todo.who
            assert not set(self.finished.items()) & set(_plain(made))
            if self.due:
                assert made[self.due] == "2026-12-01"
            world.later(crm, 100)
            assert [one.key for one in crm.find(writer.shape, reference, [MARK])] == [key]
            done = dict(writer(plain(todo.model_copy(update={"done": True}))).fields)
            moved = {name: value for name, value in done.items() if name not in fields}
            crm.write(Write(mapping.form, key, moved, options=options))
            assert set(self.finished.items()) <= set(_plain(self.there(world, key)))
        finally:
            world.stop()

    def todo(self, world: World) -> Todo:
        """About the first order, for its salesperson."""
        reader = Reader(mapping_of(self.system, "sales_order"), CHINA)
        record = whole(world.looking, reader.shape).records[0]
        order = reader(record)
        assert isinstance(order, SalesOrder)
        return Todo(
            channel="crm",
            created_on=date(2026, 11, 20),
            who=order.salesperson,
            title="跟进 SO-1",
            text="客户 甲公司 已延期 4 天",
            due_on=date(2026, 12, 1),
            order=record.key,
            customer=order.customer,
        )

    def there(self, world: World, key: str) -> dict[str, Any]:
        """As it stands in the system."""
        found = world.sandbox.records(mapping_of(self.system, "todo").form)
        return next(dict(one) for one in found if str(one[world.key_field]) == key)


def _plain(record: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in record.items() if isinstance(value, str | bool)]
