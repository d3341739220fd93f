"""README and docs are true: what stands there runs, links lead somewhere, docstrings say what they must."""
