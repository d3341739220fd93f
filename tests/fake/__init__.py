"""The fake against the contract: what it accepts, what it returns, and how it fails on request."""
