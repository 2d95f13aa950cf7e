"""Labels of choices, without hashing all of them at each call as Django does."""

from typing import Any

from django.db.models import Field, Model


def get_display(instance: Model, field: Field[Any, Any]) -> str:
    """Return the label of a field with choices, or an empty string. Use it as `_get_FIELD_display`."""
    own = getattr(instance, field.attname)
    return str(next((label for value, label in field.flatchoices if value == own), own or ""))
