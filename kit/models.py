"""The tables of the ground floor."""

from django.db import models


class Version(models.Model):
    """The version of all cached data: the set of these random values (kit/cache.py). Usually one row."""

    value = models.CharField(max_length=36, primary_key=True)

    def __str__(self) -> str:
        return self.value
