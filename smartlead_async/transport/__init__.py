"""How bytes get to SmartLead and back: a protocol of one method and one close, and the aiohttp default."""

from .protocol import HttpRequest, HttpResponse, Transport

__all__ = ["HttpRequest", "HttpResponse", "Transport"]
