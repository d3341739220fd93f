"""The fake against the contract: what it lets in, what it answers, and how it fails when asked to."""
