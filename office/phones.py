"""Telephone numbers for display on pages and documents."""

from typing import Any

INDONESIA = 62
"""The country code of Indonesia."""


def readable(phone: Any) -> str:
    """Return `0812-3456-7890`, or `+65 9123 4567` for a foreign number; empty if there is no number."""
    if not phone:
        return ""
    return str(phone.as_national if phone.country_code == INDONESIA else phone.as_international)
