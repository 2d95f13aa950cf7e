"""Office data in `pengaturan/` (Django admin), for administrators."""

from . import people, profile, site, worktime
from .permissions import OfficeDataAdmin

__all__ = ["OfficeDataAdmin", "people", "profile", "site", "worktime"]
