"""Functions that a migration names. The models are in `documents`."""

from documents.models.paper import check_initials, list_coded, list_deputies, list_letters

__all__ = ["check_initials", "list_coded", "list_deputies", "list_letters"]
