"""The pipeline of a request: encode, limit, send, classify, retry, decode."""
