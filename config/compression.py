"""Compresses text responses for phones on slow networks."""

from django.http import FileResponse
from django.http.request import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = frozenset(
    {"text/html", "text/csv", "text/calendar", "text/plain", "image/svg+xml", "application/json"}
)


class TextCompressionMiddleware(GZipMiddleware):
    """Compresses text with gzip, which Django pads by a random length against BREACH.

    PDFs and uploaded files are compressed already. Their downloads need a Content-Length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind not in TEXT or isinstance(response, FileResponse):
            return response
        return super().process_response(request, response)
