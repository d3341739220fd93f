"""Async client for SmartLead, and the bulk provisioning of campaigns."""

from ._version import __version__

__all__ = ["__version__"]
