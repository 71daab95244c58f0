"""Simulated remote systems: faithful enough to rehearse on, unpleasant enough to learn from.

Each system is an `Application` (see `server`) that keeps a ledger of every request that
arrived and every record it committed, also those whose answer was lost. Nothing here may
import the connector or its adapters: the sandbox bears witness about them.
"""
