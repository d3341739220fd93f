"""The transport protocol, and its default implementation on aiohttp."""

from .protocol import HttpRequest, HttpResponse, Transport

__all__ = ["HttpRequest", "HttpResponse", "Transport"]
