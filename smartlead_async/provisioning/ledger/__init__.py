"""The ledger: what a job has done, so that it can be resumed."""
