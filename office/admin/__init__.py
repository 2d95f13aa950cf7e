"""Office data in `pengaturan/` (Django admin), for administrators."""

from . import libraries, people, profile, worktime
from .permissions import OfficeDataAdmin

__all__ = ["OfficeDataAdmin", "libraries", "people", "profile", "worktime"]
