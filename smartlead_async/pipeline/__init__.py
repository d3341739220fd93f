"""How a request is sent: encode, limit, send, classify, retry, decode."""
