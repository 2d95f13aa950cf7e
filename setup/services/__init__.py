"""Services of the set-up: they store what the wizard and the office file say."""

from setup.services.office import (
    store_closed_days,
    store_divisions,
    store_hours,
    store_office,
    store_rooms,
    store_standard,
)
from setup.services.opening import NotReady, open_service
from setup.services.staff import import_staff

__all__ = [
    "NotReady",
    "import_staff",
    "open_service",
    "store_closed_days",
    "store_divisions",
    "store_hours",
    "store_office",
    "store_rooms",
    "store_standard",
]
