"""The stamp: a random value that changes with each change of the office's data."""

from django.db import models


class Stamp(models.Model):
    """One row. Database triggers replace its value (office/remembered.py)."""

    value = models.CharField(max_length=36)

    def __str__(self) -> str:
        return self.value
