"""The pages, one topic a module."""

from connector.console.pages import (
    audit,
    failures,
    insight,
    mappings,
    orders,
    overview,
    reports,
    reviews,
    rules,
    users,
)

PAGES = (overview, orders, failures, reviews, insight, reports, rules, mappings, audit, users)
ROUTERS = tuple(one.router for one in PAGES)
