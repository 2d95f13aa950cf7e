"""Addresses that programs read, not people."""

HEALTH = ("/healthz", "/healthz/live", "/healthz/ready", "/metrics")
"""Health checks and metrics: they answer whatever host and scheme they are asked with."""

PATTERN = r"^(kalender/langganan/.+\.ics|pesan/whatsapp/|api/.+)$"
"""The API, calendar feeds, the webhook of WhatsApp: paths without the leading slash. contrib/ repeats it."""
