"""Checks of an account's responses against what this package expects of SmartLead.

Findings hold names of fields and types of values only: no key, no ids, no data of the account.
"""
