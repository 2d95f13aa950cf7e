"""Office data in `pengaturan/` (Django admin), for administrators."""

from office.admin import people, profile, worktime
from office.admin.permissions import OfficeDataAdmin

__all__ = ["OfficeDataAdmin", "people", "profile", "worktime"]
