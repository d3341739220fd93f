"""Handlers: one function for each operation, registered by its request class."""
