"""EspoCRM and Kingdee."""

from __future__ import annotations

from tests.system.carrying import Carrying


class TestEspoCrm(Carrying):
    crm = "espocrm"
    order, number = "SalesOrder", "number"
    told = ("cErpNumber", "cErpState")
    progress = ("cErpProduction", "cErpCarrierNo", "cErpShippedOn")
    stock = ("CErpStock", "name", "onHand")
    known_as = "crm (espocrm)  6b01e7617dbda25c1  connector"
