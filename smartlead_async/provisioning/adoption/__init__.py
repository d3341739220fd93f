"""Campaigns that stand on the server, adopted into a plan file, lead files and a ledger."""
