"""Neocrm and Kingdee."""

from __future__ import annotations

from tests.system.carrying import Carrying


class TestNeocrm(Carrying):
    crm = "neocrm"
    order, number = "order", "po"
    told = ("erpNumber__c", "erpState__c")
    progress = ("erpProduction__c", "erpCarrierNo__c", "erpShippedOn__c")
    stock = ("erpStock__c", "name", "onHand__c")
    known_as = "crm (neocrm)  sandbox-client-id  connector@example.com"
