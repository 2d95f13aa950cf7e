"""Text is sent compressed, because a phone on a slow network waits for every kilobyte."""

from django.http import FileResponse
from django.http.request import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = frozenset(
    {"text/html", "text/csv", "text/calendar", "text/plain", "image/svg+xml", "application/json"}
)


class TextCompressionMiddleware(GZipMiddleware):
    """Compresses pages and tables with gzip, of a length that tells nothing of what stands in them (BREACH).

    PDFs and uploaded files are left alone: they are compressed already, and a download keeps its length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind not in TEXT or isinstance(response, FileResponse):
            return response
        return super().process_response(request, response)
