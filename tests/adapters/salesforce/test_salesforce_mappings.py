"""The shipped mappings: they fit the org, and read a whole company."""

from __future__ import annotations

from decimal import Decimal

from salesforce_world import LINE, World, shape

from connector.contract import Record
from tests.adapters.assigned import Assigned
from tests.adapters.mapped import Mapped


class TestMappings(Mapped):
    kind = World
    system = "salesforce"
    of_the_site = frozenset({"contract", "project", "return_order"})

    def number_of(self, world: World, name: str, record: Record) -> str:
        return record.number or record.key

    def test_a_contact_is_read(self, demo: World) -> None:
        account = demo.sandbox.records("Account")[0]["Id"]
        demo.people("add", form="Contact", fields={"LastName": "王采购", "AccountId": account})
        assert [one.customer for one in self.objects(demo, "contact").values()] == [account]

    def test_an_opportunity_is_forecast_and_its_quote_read(self, demo: World) -> None:
        line = {"product": self.company.orders[0].lines[0].material, "quantity": 3, "price": 10}
        customer, quoted = self.company.customers[0].number, {**line, "Discount": 10}
        deal = demo.people("add_opportunity", customer=customer, lines=[line])
        demo.people("edit", form="Opportunity", key=deal, fields={"Probability": 60})
        demo.people("add_quote", opportunity=deal, lines=[quoted], Status="Approved")
        [forecast] = self.objects(demo, "forecast").values()
        assert (forecast.quantity, forecast.probability) == (3, Decimal("0.6"))
        assert (forecast.opportunity, forecast.status) == (deal, "confirmed")
        [quote] = self.objects(demo, "quote").values()
        assert (quote.opportunity, quote.status, quote.amount_with_tax) == (deal, "confirmed", 27)
        assert quote.customer == forecast.customer


def test_a_line_is_an_object_of_its_own() -> None:
    assert shape().tables[LINE].by == "OrderId"


class TestTodos(Assigned):
    kind = World
    system = "salesforce"
    owner = "OwnerId"
    due = "ActivityDate"
    finished = {"Status": "Completed"}
