"""The differences between a plan and what its ledger says is on the server."""
