"""Compression of text responses, for phones on slow networks."""

from django.http import FileResponse
from django.http.request import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = frozenset(
    {"text/html", "text/csv", "text/calendar", "text/plain", "image/svg+xml", "application/json"}
)


class TextCompressionMiddleware(GZipMiddleware):
    """Django's gzip middleware for text only. It adds random bytes against the BREACH attack.

    PDFs and images are compressed already, and a download needs its Content-Length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind not in TEXT or isinstance(response, FileResponse):
            return response
        return super().process_response(request, response)
